#include "cli/wiring/subscription_trial.h"

#include <algorithm>

#include "pipeline/deliver/correction.h"
#include "pipeline/deliver/plan.h"

namespace wirewatch {

Result<SubscriptionTrial> SubscriptionTrial::Create(std::vector<StoredSubscription> subscriptions) {
  auto set = SubscriptionSet::Compile(std::move(subscriptions));
  if (!set) return std::move(set).error();
  auto matcher = SubscriptionMatcher::Create(*std::move(set));
  if (!matcher) return std::move(matcher).error();
  return SubscriptionTrial(*std::move(matcher));
}

Status SubscriptionTrial::Play(const AlertNotice& notice) {
  auto takers = matcher_.Match(notice);
  if (!takers) return std::move(takers).error();
  const std::vector<std::uint32_t> told = MustReach(notice);
  takers->insert(takers->end(), told.begin(), told.end());
  std::sort(takers->begin(), takers->end());
  takers->erase(std::unique(takers->begin(), takers->end()), takers->end());
  told_[notice.id] = *takers;
  for (const std::uint32_t taker : *takers) {
    TriedSubscription& tried = tried_[taker];
    ++tried.alerts;
    std::vector<PlannedDelivery> planned;
    Plan(subscriptions()[taker], notice, notice.alerted, planned);
    for (PlannedDelivery& delivery : planned) Take(tried, std::move(delivery), notice);
  }
  return {};
}

Result<std::string> SubscriptionTrial::WhyNot(const AlertNotice& notice, std::size_t subscription) {
  const auto number = static_cast<std::uint32_t>(subscription);
  const std::vector<std::uint32_t> told = MustReach(notice);
  if (std::find(told.begin(), told.end(), number) != told.end()) return std::string();
  return matcher_.WhyNot(notice, number);
}

std::vector<std::uint32_t> SubscriptionTrial::MustReach(const AlertNotice& notice) const {
  std::vector<std::uint32_t> reached;
  for (const std::string_view id : MustReachReadersOf(notice)) {
    const auto told = told_.find(std::string(id));
    if (told == told_.end()) continue;
    for (const std::uint32_t one : told->second) {
      if (WantsKind(subscriptions()[one].subscription.filter, notice.kind)) reached.push_back(one);
    }
  }
  return reached;
}

// As DeliveryStore::Record counts caps: over all subscriptions of a reader.
void SubscriptionTrial::Take(TriedSubscription& tried, PlannedDelivery delivery, const AlertNotice& notice) {
  DeliveryReason reason = delivery.entry.reason;
  if (delivery.cap && counts_[{delivery.cap->reader, delivery.cap->begin}]++ >= delivery.cap->limit) {
    delivery.message = std::move(delivery.cap->overflow);
    reason = DeliveryReason::kOverCap;
  }
  std::string id = delivery.message.id;
  const auto [at, is_new] = tried.messages.try_emplace(std::move(id));
  if (is_new) {
    at->second.message = std::move(delivery.message);
    at->second.what = Name(reason);
  }
  at->second.carries.push_back(&notice);
}

std::vector<const TriedMessage*> InOrder(const TriedSubscription& tried) {
  std::vector<const TriedMessage*> order;
  for (const auto& [id, message] : tried.messages) order.push_back(&message);
  std::stable_sort(order.begin(), order.end(), [](const TriedMessage* a, const TriedMessage* b) {
    return std::pair(a->message.due, a->carries.front()->alerted) <
           std::pair(b->message.due, b->carries.front()->alerted);
  });
  return order;
}

}  // namespace wirewatch
