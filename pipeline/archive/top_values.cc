#include "pipeline/archive/top_values.h"

#include <algorithm>

namespace wirewatch {

void TopValues::Add(std::string_view value) {
  auto at = counts_.find(value);
  if (at == counts_.end()) {
    Counted begin;
    if (counts_.size() >= capacity_) {  // it takes the place, and the count, of the rarest
      is_exact_ = false;
      const auto rarest = by_count_.begin();
      begin = {rarest->first, rarest->first};
      const auto gone = counts_.find(rarest->second);
      by_count_.erase(rarest);
      counts_.erase(gone);
    }
    at = counts_.emplace(value, begin).first;
  } else {
    by_count_.erase({at->second.count, at->first});
  }
  ++at->second.count;
  by_count_.emplace(at->second.count, at->first);
}

std::vector<TopValues::Count> TopValues::Top(std::size_t most) const {
  std::vector<Count> top;
  for (const auto& [value, counted] : counts_) top.push_back({value, counted.count, counted.over});
  std::stable_sort(top.begin(), top.end(), [](const Count& a, const Count& b) { return a.count > b.count; });
  if (top.size() > most) top.resize(most);
  return top;
}

}  // namespace wirewatch
