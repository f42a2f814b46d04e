// SubscriptionSet: all subscriptions compiled together: which of them take an alert, and why not.
//
// Conditions on what an alert says of itself are looked up by topic and tag; all expressions are one RuleSet, so that
// 100,000 of them cost what 100,000 rules cost; it is asked only where somebody with an expression would else take the
// alert. Immutable; shared by threads as shared_ptr<const SubscriptionSet>.
//
// What the conditions mean: topics are ids. Tags, languages, countries and sources mean what `tag:`, `lang:`,
// `country:` and `source:` mean in the rule language (rules/language/attributes.h); tags are those of the alert's
// topic. An expression reads the text that the alert carries (notice_text.h): title, first paragraph and snippets.
//
// A facet is asked for with values, one of which is near (rules/engine/facet_set.h).
//
// Alerts that are about no article: what such an alert does not say, it does not meet. So a subscription that asks for
// languages, countries or a score gets none of kind quiet or summary; one that asks for sources or has an expression
// gets no quiet (but where the alert names the source that is silent), and a summary where one of the alerts that it
// lists, which has a title and a source, meets both.
//
// A withdrawn alert has no snippets, and its article may be another than the one that was told. So an expression may
// take an alert and not its withdrawal. Who must hear of it all the same is whoever was told before: the ledger knows,
// not the set.
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

// What is wrong with an expression, at its place in the expression; also lints. Without errors: Compile takes it. There
// are no lists (@vendors), and length and urgency, which alerts do not carry, cannot be asked for. Takes milliseconds
// for a regular expression, in rare cases seconds.
Diagnostics CheckMatch(std::string_view expression, const std::string& from);

class SubscriptionSet {
 public:
  // Those that are deleted, disabled or not enabled are left out. `before`: expressions that it has compiled are taken
  // over, so that an edit costs a fraction of the whole (bench_deliver).
  // kInvalid: an expression cannot be compiled; the sentence names its subscription. kTooLarge: the regular expressions
  // of all are too much together; the one with the most is named. kInternal: the engine failed.
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

  // Indexes into subscriptions(), rising, of those that take the alert. kInternal: the engine failed; never reported as
  // "nobody".
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
