// SubscriptionTrial: what subscriptions would have got of alerts that are there already. Nothing is sent or written.
#ifndef WIREWATCH_CLI_WIRING_SUBSCRIPTION_TRIAL_H_
#define WIREWATCH_CLI_WIRING_SUBSCRIPTION_TRIAL_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "pipeline/deliver/alert_notice.h"
#include "pipeline/deliver/delivery_store.h"
#include "pipeline/deliver/subscription_set.h"

namespace wirewatch {

struct TriedMessage {
  OutboxMessage message;
  std::string_view what;                    // Name(DeliveryReason)
  std::vector<const AlertNotice*> carries;  // in the order in which they were played
};

// What a subscription would have got.
struct TriedSubscription {
  std::size_t alerts = 0;
  std::map<std::string, TriedMessage> messages;  // by id
};

// The messages in the order in which they are due.
std::vector<const TriedMessage*> InOrder(const TriedSubscription& tried);

// Plays alerts as the deliver step would have taken them, each at its own time. Threads: one at a time.
class SubscriptionTrial {
 public:
  // Errors: those of SubscriptionSet::Compile.
  static Result<SubscriptionTrial> Create(std::vector<StoredSubscription> subscriptions);

  // Those that are enabled.
  const std::vector<StoredSubscription>& subscriptions() const { return matcher_.set().subscriptions(); }
  const TriedSubscription& tried(std::size_t subscription) const { return tried_[subscription]; }

  // REQUIRES: the oldest first, each once; `notice` outlives the trial.
  Status Play(const AlertNotice& notice);

  // As SubscriptionMatcher::WhyNot; empty also where it must hear of what corrects an alert that it took in this trial.
  Result<std::string> WhyNot(const AlertNotice& notice, std::size_t subscription);

 private:
  explicit SubscriptionTrial(SubscriptionMatcher matcher)
      : matcher_(std::move(matcher)), tried_(subscriptions().size()) {}
  // Those that took, in this trial, what the notice corrects (correction.h).
  std::vector<std::uint32_t> MustReach(const AlertNotice& notice) const;
  void Take(TriedSubscription& tried, PlannedDelivery delivery, const AlertNotice& notice);

  SubscriptionMatcher matcher_;
  std::vector<TriedSubscription> tried_;
  std::unordered_map<std::string, std::vector<std::uint32_t>> told_;  // by alert: who took it
  std::map<std::pair<std::string, WallTime>, std::uint32_t> counts_;  // by reader and begin of a cap's time
};

}  // namespace wirewatch

#endif  // WIREWATCH_CLI_WIRING_SUBSCRIPTION_TRIAL_H_
