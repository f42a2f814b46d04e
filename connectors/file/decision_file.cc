#include "connectors/file/decision_file.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

#include "base/file_read.h"

namespace wirewatch {

Result<std::size_t> ForEachDecisionInFile(const std::string& path, const std::function<Status(Decision)>& take) {
  constexpr std::size_t kBlock = 256 << 10;
  const auto fd = OpenRegularFile(path);
  if (!fd) return Error(fd.error()).In(path);
  std::size_t others = 0;
  std::string unread;
  std::vector<char> block(kBlock);
  for (;;) {
    const ssize_t bytes = read(fd->get(), block.data(), block.size());
    if (bytes < 0 && errno == EINTR) continue;
    if (bytes < 0) return Error{ErrorCode::kIo, std::strerror(errno)}.In(path);
    if (bytes == 0) return others;
    unread.append(block.data(), static_cast<std::size_t>(bytes));
    std::size_t begin = 0;
    for (std::size_t end = unread.find('\n'); end != std::string::npos; end = unread.find('\n', begin)) {
      auto decision = ReadDecision(std::string_view(unread).substr(begin, end - begin));
      begin = end + 1;
      if (!decision) {
        ++others;
      } else if (Status taken = take(*std::move(decision)); !taken) {
        return std::move(taken).error();
      }
    }
    unread.erase(0, begin);
  }
}

}  // namespace wirewatch
