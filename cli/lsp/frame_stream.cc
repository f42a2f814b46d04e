#include "cli/lsp/frame_stream.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/io/io_error.h"
#include "base/text/ascii.h"
#include "base/text/numbers.h"
#include "base/text/trim.h"

namespace wirewatch {
namespace {

// The value of Content-Length among the lines of a header; nothing: there is none, or it is no number.
std::optional<std::size_t> LengthIn(std::string_view header) {
  while (!header.empty()) {
    const std::string_view line = header.substr(0, header.find('\n'));
    header.remove_prefix(std::min(line.size() + 1, header.size()));
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || AsciiLowerCase(Trimmed(line.substr(0, colon))) != "content-length") continue;
    return ParseNumberIn<std::size_t>(Trimmed(line.substr(colon + 1)), 0, std::size_t{1} << 40);
  }
  return std::nullopt;
}

}  // namespace

bool FrameStream::Fill() {
  char bytes[1 << 16];
  while (true) {
    const ssize_t got = read(in_, bytes, sizeof bytes);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    buffer_.append(bytes, static_cast<std::size_t>(got));
    return true;
  }
}

bool FrameStream::Skip(std::size_t bytes) {
  while (bytes > buffer_.size()) {
    bytes -= buffer_.size();
    buffer_.clear();
    if (!Fill()) return false;
  }
  buffer_.erase(0, bytes);
  return true;
}

std::optional<FrameStream::Frame> FrameStream::Read() {
  std::size_t end = std::string::npos, size_of_end = 4;
  while (true) {
    end = buffer_.find("\r\n\r\n");
    size_of_end = 4;
    if (const std::size_t bare = buffer_.find("\n\n"); bare < end) {
      end = bare;
      size_of_end = 2;
    }
    if (end != std::string::npos) break;
    if (buffer_.size() > kMostHeaderBytes) {
      buffer_.erase(0, buffer_.size() - 3);  // the end of a header may have begun
      return Frame{"", "this is no header of a message: Content-Length: N and an empty line"};
    }
    if (!Fill()) return std::nullopt;
  }
  const std::optional<std::size_t> length = LengthIn(std::string_view(buffer_).substr(0, end));
  buffer_.erase(0, end + size_of_end);
  if (!length) return Frame{"", "a header has no Content-Length, or one that is no number"};
  if (*length > kMostBytes) {
    if (!Skip(*length)) return std::nullopt;
    return Frame{"", fmt::format("a message of {} bytes is too long: at most {}", *length, kMostBytes)};
  }
  while (buffer_.size() < *length) {
    if (!Fill()) return std::nullopt;
  }
  Frame frame{buffer_.substr(0, *length), ""};
  buffer_.erase(0, *length);
  return frame;
}

Status FrameStream::Write(std::string_view body) {
  const std::string message = fmt::format("Content-Length: {}\r\n\r\n{}", body.size(), body);
  std::string_view left = message;
  while (!left.empty()) {
    const ssize_t written = write(out_, left.data(), left.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return IoError("stdout", "cannot be written", errno);
    left.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

}  // namespace wirewatch
