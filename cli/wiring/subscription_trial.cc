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
  if (MustReachWhoWasTold(notice)) {
    for (const std::uint32_t told : told_[notice.corrects]) {
      if (WantsKind(subscriptions()[told].subscription.filter, notice.kind)) takers->push_back(told);
    }
    std::sort(takers->begin(), takers->end());
    takers->erase(std::unique(takers->begin(), takers->end()), takers->end());
  }
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
