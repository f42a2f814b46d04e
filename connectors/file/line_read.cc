#include "connectors/file/line_read.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/file_read.h"
#include "base/io/stop_signal.h"
#include "connectors/bytes/decompress.h"
#include "connectors/bytes/fd_input.h"
#include "connectors/bytes/record_feed.h"
#include "pipeline/records/source.h"

namespace wirewatch {
namespace {

// For an input that offers no records: the bytes of a regular file, which are never waited for.
class NoInbox : public RecordInbox {
  bool Offer(Record&, SteadyTime) override { return false; }
  void Flush() override {}
  void Tell(const PartitionEvent&) override {}
  void Beat() override {}
};

}  // namespace

Status ForEachLineInFile(const std::string& path, const std::function<Status(std::string_view line)>& take) {
  constexpr std::size_t kBlock = 256 << 10;
  auto fd = OpenRegularFile(path);
  if (!fd) return Error(fd.error()).In(path);
  NoInbox nowhere;
  StopSignal never;
  RecordFeed feed(nowhere, never);
  FdInput file(*std::move(fd), path, feed);
  const auto content = Decompress(file);
  if (!content) return content.error();
  std::string unread;
  std::vector<char> block(kBlock);
  for (;;) {
    const auto bytes = (*content)->Read(block.data(), block.size());
    if (!bytes) return bytes.error();
    if (*bytes == 0) return {};
    const std::size_t known = unread.size();  // holds no newline
    unread.append(block.data(), *bytes);
    std::size_t begin = 0;
    for (std::size_t end = unread.find('\n', known); end != std::string::npos; end = unread.find('\n', begin)) {
      Status taken = take(std::string_view(unread).substr(begin, end - begin));
      if (!taken) return taken;
      begin = end + 1;
    }
    unread.erase(0, begin);
    if (unread.size() > kMostLineReadBytes) {
      return Error{ErrorCode::kTooLarge,
                   fmt::format("a line has more than {} bytes: this is no file of lines of JSON", kMostLineReadBytes)}
          .In(path);
    }
  }
}

}  // namespace wirewatch
