// SubscriptionSet: all subscriptions compiled together: which of them take an alert, and why not.
//
// Conditions on what an alert says of itself are looked up by topic and tag; all expressions are one RuleSet, so that
// 100,000 of them cost what 100,000 rules cost. Immutable; shared by threads as shared_ptr<const SubscriptionSet>.
#ifndef WIREWATCH_PIPELINE_DELIVER_SUBSCRIPTION_SET_H_
#define WIREWATCH_PIPELINE_DELIVER_SUBSCRIPTION_SET_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "base/result.h"
#include "pipeline/deliver/alert_notice.h"
#include "pipeline/deliver/delivery_store.h"
#include "pipeline/deliver/subscription.h"

namespace wirewatch {

// What is wrong with an expression, at its place in the expression. Empty: nothing.
Diagnostics CheckMatch(std::string_view expression, const std::string& from);

class SubscriptionSet {
 public:
  // Those that are deleted or not enabled are left out. `before`: expressions that it has compiled are taken over.
  // kInvalid: an expression cannot be compiled; the sentence names its subscription. kInternal: the engine failed.
  static Result<std::shared_ptr<const SubscriptionSet>> Compile(std::vector<StoredSubscription> subscriptions,
                                                                const SubscriptionSet* before = nullptr);
  ~SubscriptionSet();

  const std::vector<StoredSubscription>& subscriptions() const;

 private:
  friend class SubscriptionMatcher;
  struct Rep;
  explicit SubscriptionSet(std::unique_ptr<Rep> rep);
  const std::unique_ptr<Rep> rep_;
};

// Threads: one at a time; make one a thread.
class SubscriptionMatcher {
 public:
  static Result<SubscriptionMatcher> Create(std::shared_ptr<const SubscriptionSet> set);
  ~SubscriptionMatcher();
  SubscriptionMatcher(SubscriptionMatcher&&) noexcept;
  SubscriptionMatcher& operator=(SubscriptionMatcher&&) noexcept;

  // Indexes into subscriptions(), rising, of those that take the alert; valid until the next call. kInternal: the
  // engine failed; never reported as "nobody".
  Result<std::vector<std::uint32_t>> Match(const AlertNotice& notice);

  // The first condition of the subscription that the alert does not meet, as a sentence for people ("its severity is
  // low; medium or more is asked for"); empty: it takes the alert. For one alert: slow.
  Result<std::string> WhyNot(const AlertNotice& notice, std::uint32_t subscription);

  const SubscriptionSet& set() const;

 private:
  struct Rep;
  explicit SubscriptionMatcher(std::unique_ptr<Rep> rep);
  std::unique_ptr<Rep> rep_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_DELIVER_SUBSCRIPTION_SET_H_
