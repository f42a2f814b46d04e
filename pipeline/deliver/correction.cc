#include "pipeline/deliver/correction.h"

#include <algorithm>

namespace wirewatch {

std::vector<std::string_view> MustReachReadersOf(const AlertNotice& notice) {
  if (notice.kind != AlertKind::kCorrection && notice.kind != AlertKind::kWithdrawn) return {};
  std::vector<std::string_view> ids(notice.previous.begin(), notice.previous.end());
  if (!notice.corrects.empty() && std::find(ids.begin(), ids.end(), notice.corrects) == ids.end()) {
    ids.push_back(notice.corrects);
  }
  return ids;
}

bool WantsKind(const SubscriptionFilter& filter, AlertKind kind) {
  if (filter.kinds.empty()) return kind != AlertKind::kDemoted;
  return std::find(filter.kinds.begin(), filter.kinds.end(), kind) != filter.kinds.end();
}

Result<bool> MustReach(DeliveryStore& store, const Subscription& subscription, const AlertNotice& notice) {
  const std::vector<std::string_view> ids = MustReachReadersOf(notice);
  if (ids.empty() || !WantsKind(subscription.filter, notice.kind)) return false;
  const auto told = store.ToldOf(ids);
  if (!told) return told.error();
  return std::any_of(told->begin(), told->end(), [&](const auto& one) { return one.second == subscription.id; });
}

}  // namespace wirewatch
