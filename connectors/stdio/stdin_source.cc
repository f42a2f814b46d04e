#include "connectors/stdio/stdin_source.h"

#include <string_view>
#include <utility>

#include "connectors/bytes/fd_input.h"
#include "connectors/bytes/record_feed.h"

namespace wirewatch {
namespace {

constexpr std::string_view kStream = "stdin";

}  // namespace

StdinSource::StdinSource(UniqueFd fd, Framing framing, RecordLimits limits)
    : fd_(std::move(fd)), framing_(framing), reading_(std::move(limits)) {}

Status StdinSource::Run(RecordInbox& inbox) {
  RecordFeed feed(inbox, stop_);
  FdInput input(std::move(fd_), std::string(kStream), feed);
  Status read = ReadStream(input, framing_, kStream, reading_, feed);
  inbox.Flush();
  return read;
}

}  // namespace wirewatch
