#include "cli/wiring/topic_name.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "base/diagnostic.h"

namespace wirewatch {

Result<const Topic*> FindTopic(const RuleSet& rules, const std::string& id) {
  std::vector<std::string_view> ids;
  for (const Topic* const topic : rules.topics()) {
    if (topic->id == id) return topic;
    ids.push_back(topic->id);
  }
  const std::string_view nearest = Nearest(id, ids);
  std::string help;
  if (!nearest.empty()) {
    help = fmt::format("did you mean '{}'?", nearest);
  } else {
    constexpr std::size_t kMost = 10;
    const std::size_t shown = std::min(ids.size(), kMost);
    help = fmt::format("they have {}", fmt::join(ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(shown), ", "));
    if (ids.size() > shown) help += fmt::format(" and {} more", ids.size() - shown);
  }
  return Error{ErrorCode::kNotFound, fmt::format("--topic {}: the packs have no such topic; {}", id, help)};
}

Status CheckTopics(const RuleSet& rules, const std::vector<std::string>& ids) {
  for (const std::string& id : ids) {
    if (auto topic = FindTopic(rules, id); !topic) return std::move(topic).error();
  }
  return {};
}

}  // namespace wirewatch
