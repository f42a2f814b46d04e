// What stores of desk tests have in them.
#ifndef WIREWATCH_TESTS_SUPPORT_DESK_SAMPLES_H_
#define WIREWATCH_TESTS_SUPPORT_DESK_SAMPLES_H_

#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "pipeline/alert/alert.h"
#include "pipeline/deliver/alert_notice.h"
#include "pipeline/deliver/delivery_store.h"
#include "pipeline/deliver/plan.h"
#include "pipeline/deliver/subscription.h"
#include "tests/support/sample_alert.h"

namespace wirewatch {

inline constexpr char kSampleHook[] = "https://hooks.example.org/services/T0/SECRET-PATH";
inline constexpr char kSampleSecret[] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8G";

// Takes alerts of the topic 5g-vendor-bans: to a webhook, and into a feed.
inline Subscription SampleSubscription(std::string id = "desk-europe") {
  Subscription subscription;
  subscription.id = std::move(id);
  subscription.reader = "desk@example.org";
  subscription.title = "Europe desk";
  subscription.filter.topics = {"5g-vendor-bans"};
  subscription.channels = {
      {.kind = ChannelKind::kWebhook, .id = "webhook", .url = kSampleHook, .secret = kSampleSecret, .to = {}},
      {.kind = ChannelKind::kFeed, .id = "feed", .url = "", .secret = "", .to = {}}};
  return subscription;
}

inline AlertNotice SampleNotice(const std::string& article_id, WallTime alerted,
                                const std::string& topic = "5g-vendor-bans") {
  Alert alert = SampleAlert(article_id);
  alert.match.topic = topic;
  alert.because = "the first article of a story";
  alert.alerted = alerted;
  alert.id = AlertId(topic, article_id);
  auto notice = ReadNotice(ToJson(alert));
  if (!notice) std::abort();
  return *std::move(notice);
}

// As the deliver step would; `takers` take it.
inline void RecordFor(DeliveryStore& store, const AlertNotice& notice, const std::vector<std::string>& takers) {
  PlannedAlert planned{.notice = &notice, .planned = {}};
  for (const std::string& id : takers) {
    const auto stored = store.FindSubscription(id);
    if (!stored || !*stored) std::abort();
    Plan(**stored, notice, notice.alerted, planned.planned);
  }
  if (!store.Record({planned})) std::abort();
}

}  // namespace wirewatch

#endif  // WIREWATCH_TESTS_SUPPORT_DESK_SAMPLES_H_
