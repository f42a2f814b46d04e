// HitCounts: how often rules held the last time that somebody counted: what `match --by rule --json` or `backtest
// --json` printed.
#ifndef WIREWATCH_CLI_LSP_HIT_COUNTS_H_
#define WIREWATCH_CLI_LSP_HIT_COUNTS_H_

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "base/result.h"

namespace wirewatch {

class HitCounts {
 public:
  struct Count {
    std::uint64_t articles = 0, alone = 0;
  };

  // kNotFound, kIo, kInvalid: it cannot be read, or holds no such counts.
  static Result<HitCounts> Read(const std::filesystem::path& file);

  // `rule`: empty, of the topic.
  std::optional<Count> Of(const std::string& topic, const std::string& rule) const;

 private:
  std::map<std::pair<std::string, std::string>, Count> counts_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_CLI_LSP_HIT_COUNTS_H_
