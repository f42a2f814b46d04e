#include "connectors/bytes/spill_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

#include "base/digest.h"
#include "base/io/io_error.h"
#include "base/text/ascii.h"

namespace wirewatch {
namespace {

// Pieces of one size: the digest must not depend on how the bytes arrived.
constexpr std::size_t kPieceBytes = 256 << 10;
constexpr std::size_t kNameBytes = 64;
constexpr const char* kOpenFiles = "/proc/self/fd";

// The last part of a path, of letters that every file system takes.
std::string PlainName(std::string_view stream) {
  std::string name(stream.substr(stream.rfind('/') + 1).substr(0, kNameBytes));
  for (char& c : name) {
    const bool plain = IsAsciiLetter(c) || IsAsciiDigit(c) || c == '.' || c == '-' || c == '_';
    if (!plain) c = '_';
  }
  return name;
}

}  // namespace

Result<std::unique_ptr<SpillFile>> SpillFile::Create(const std::filesystem::path& directory, std::string_view stream,
                                                     std::uint64_t offset) {
  std::unique_ptr<SpillFile> spill(
      new SpillFile(directory, fmt::format("{}-{}", PlainName(stream), offset), std::string(stream)));
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) {
    return IoError(directory.string(), "the directory for records too long to be held cannot be made", error.value());
  }
  if (Status opened = spill->Open(); !opened) return std::move(opened).error();
  return spill;
}

SpillFile::SpillFile(std::filesystem::path directory, std::string name, std::string stream)
    : directory_(std::move(directory)), name_(std::move(name)), stream_(std::move(stream)) {
  buffer_.reserve(kPieceBytes);
}

Status SpillFile::Open() {
  // Without a name until it is whole; /proc is what gives it one.
  if (access(kOpenFiles, X_OK) == 0) fd_ = UniqueFd(open(directory_.c_str(), O_WRONLY | O_TMPFILE | O_CLOEXEC, 0600));
  if (fd_) return {};
  std::string path = (directory_ / fmt::format(".{}-XXXXXX", name_)).string();
  fd_ = UniqueFd(mkostemp(path.data(), O_CLOEXEC));  // mode 0600
  if (!fd_) return IoError(directory_.string(), "a record too long to be held cannot be kept there", errno);
  unfinished_path_ = std::move(path);
  return {};
}

SpillFile::~SpillFile() {
  if (!unfinished_path_.empty()) unlink(unfinished_path_.c_str());
}

Status SpillFile::Append(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t taken = std::min(bytes.size(), kPieceBytes - buffer_.size());
    buffer_.append(bytes.substr(0, taken));
    bytes.remove_prefix(taken);
    if (buffer_.size() < kPieceBytes) break;
    if (Status written = WriteOut(); !written) return written;
  }
  return {};
}

Result<std::string> SpillFile::Finish() {
  if (Status written = WriteOut(); !written) return std::move(written).error();
  if (fsync(fd_.get()) != 0) return Failure("cannot be forced to disk");
  const std::string id = DigestHex({stream_, digest_}).substr(0, 12);
  const std::string path = (directory_ / fmt::format("{}-{}.record", name_, id)).string();
  if (!GiveName(path)) return Failure("cannot be given its name");
  const UniqueFd directory(open(directory_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory) fsync(directory.get());  // the name, too
  return path;
}

bool SpillFile::GiveName(const std::string& path) {
  if (unfinished_path_.empty()) {
    const std::string self = fmt::format("{}/{}", kOpenFiles, fd_.get());
    // One that is there is whole, and the same: its name tells its content.
    return linkat(AT_FDCWD, self.c_str(), AT_FDCWD, path.c_str(), AT_SYMLINK_FOLLOW) == 0 || errno == EEXIST;
  }
  if (std::rename(unfinished_path_.c_str(), path.c_str()) != 0) return false;
  unfinished_path_.clear();
  return true;
}

Status SpillFile::WriteOut() {
  digest_ = DigestHex({digest_, buffer_});
  for (std::string_view rest = buffer_; !rest.empty();) {
    const ssize_t written = write(fd_.get(), rest.data(), rest.size());
    if (written >= 0) {
      rest.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      return Failure("cannot be written");
    }
  }
  buffer_.clear();
  return {};
}

Error SpillFile::Failure(std::string_view what) const {
  return IoError((directory_ / name_).string(), fmt::format("a record too long to be held {}", what), errno);
}

}  // namespace wirewatch
