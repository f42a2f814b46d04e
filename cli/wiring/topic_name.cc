#include "cli/wiring/topic_name.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"

namespace wirewatch {

Status CheckTopic(const RuleSet& rules, const std::string& topic) {
  std::vector<std::string_view> ids;
  for (const Topic* const known : rules.topics()) ids.push_back(known->id);
  if (std::find(ids.begin(), ids.end(), topic) != ids.end()) return {};
  const std::string_view nearest = Nearest(topic, ids);
  return Error{ErrorCode::kInvalid, fmt::format("there is no topic '{}'; {}", topic,
                                                nearest.empty() ? fmt::format("the packs have {}", fmt::join(ids, ", "))
                                                                : fmt::format("did you mean '{}'?", nearest))};
}

}  // namespace wirewatch
