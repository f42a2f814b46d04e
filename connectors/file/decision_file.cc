#include "connectors/file/decision_file.h"

#include <string_view>
#include <utility>

#include "connectors/file/line_read.h"

namespace wirewatch {

Result<std::size_t> ForEachDecisionInFile(const std::string& path, const std::function<Status(Decision)>& take) {
  std::size_t others = 0;
  Status read = ForEachLineInFile(path, [&](std::string_view line) -> Status {
    auto decision = ReadDecision(line);
    if (decision) return take(*std::move(decision));
    ++others;
    return {};
  });
  if (!read) return std::move(read).error();
  return others;
}

}  // namespace wirewatch
