#include "connectors/file/line_read.h"

#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <utility>
#include <vector>

#include "base/file_read.h"

namespace wirewatch {

Status ForEachLineInFile(const std::string& path, const std::function<Status(std::string_view line)>& take) {
  constexpr std::size_t kBlock = 256 << 10;
  const auto fd = OpenRegularFile(path);
  if (!fd) return Error(fd.error()).In(path);
  std::string unread;
  std::vector<char> block(kBlock);
  for (;;) {
    const ssize_t bytes = read(fd->get(), block.data(), block.size());
    if (bytes < 0 && errno == EINTR) continue;
    if (bytes < 0) return Error{ErrorCode::kIo, std::strerror(errno)}.In(path);
    if (bytes == 0) return {};
    unread.append(block.data(), static_cast<std::size_t>(bytes));
    std::size_t begin = 0;
    for (std::size_t end = unread.find('\n'); end != std::string::npos; end = unread.find('\n', begin)) {
      Status taken = take(std::string_view(unread).substr(begin, end - begin));
      if (!taken) return taken;
      begin = end + 1;
    }
    unread.erase(0, begin);
  }
}

}  // namespace wirewatch
