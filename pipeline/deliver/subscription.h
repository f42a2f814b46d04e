// Subscription: who wants which alerts, by which channels, when. A value; subscription_file.h reads and writes it.
#ifndef WIREWATCH_PIPELINE_DELIVER_SUBSCRIPTION_H_
#define WIREWATCH_PIPELINE_DELIVER_SUBSCRIPTION_H_

#include <bitset>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "pipeline/alert/alert.h"
#include "rules/pack/pack.h"

namespace wirewatch {

// All conditions that are given must hold. An empty list is no condition.
struct SubscriptionFilter {
  bool operator==(const SubscriptionFilter&) const = default;

  std::vector<std::string> topics = {};          // ids; one of them
  std::vector<std::string> tags = {};            // one of them
  TopicSeverity severity = TopicSeverity::kLow;  // at least
  std::uint32_t score = 0;                       // at least
  std::vector<AlertKind> kinds = {};             // one of them
  std::vector<std::string> languages = {},
                           countries = {};  // canonical (rules/codes); an alert that says none passes no such list
  std::vector<std::string> sources = {};    // names or hosts, as `source:` of the rule language takes them
  // A wirewatch expression over what the alert carries: title; first paragraph (lead) and snippets (body); attributes.
  std::string match = {};
  // By the name of a facet (rules/engine/facet_set.h) its values, in any case of letters: one of them is near. Every
  // facet that is named asks for one.
  std::map<std::string, std::vector<std::string>> facets = {};
};

enum class ChannelKind : std::uint8_t { kWebhook, kSlack, kTeams, kDiscord, kEmail, kFeed, kAlertmanager };
inline constexpr ChannelKind kChannelKinds[] = {ChannelKind::kWebhook,     ChannelKind::kSlack, ChannelKind::kTeams,
                                                ChannelKind::kDiscord,     ChannelKind::kEmail, ChannelKind::kFeed,
                                                ChannelKind::kAlertmanager};

constexpr std::string_view Name(ChannelKind kind) {
  constexpr std::string_view kNames[] = {"webhook", "slack", "teams", "discord", "email", "feed", "alertmanager"};
  return kNames[static_cast<std::size_t>(kind)];
}

// Where the alerts of a subscription go. `url` and `secret` are secrets: never logged, masked where they are shown.
struct SubscribedChannel {
  bool operator==(const SubscribedChannel&) const = default;

  ChannelKind kind = ChannelKind::kFeed;
  // Unique in its subscription: its name as written, else the kind, with "-2" and so on where a kind comes again. A
  // part of the delivery's key: what is renamed is another channel.
  std::string id;
  std::string url;              // of all but email and feed
  std::string secret;           // of webhook: "whsec_" and base64 (Standard Webhooks 1.0); empty: unsigned
  std::vector<std::string> to;  // of email: addresses
};

// Days of the week, Monday is bit 0.
using Weekdays = std::bitset<7>;
inline constexpr Weekdays kEveryDay{0b1111111};

// When alerts go out. Times of the day are those of the subscription's time zone; see schedule.h.
struct DeliverySchedule {
  bool operator==(const DeliverySchedule&) const = default;

  enum class Kind : std::uint8_t { kAtOnce, kHourly, kDaily };
  Kind kind = Kind::kAtOnce;
  std::chrono::minutes at{};  // of kDaily: since midnight; of kHourly: since the full hour
  Weekdays days = kEveryDay;  // of kHourly and kDaily
};

// [from, to): what falls into it is held, and goes out as one message ("while you were away") when it ends. `from`
// after `to`: over midnight; `days` are those on which it begins.
struct QuietHours {
  bool operator==(const QuietHours&) const = default;

  std::chrono::minutes from{}, to{};  // since midnight; not equal
  Weekdays days = kEveryDay;
  bool critical_passes = true;
};

// At most `messages` at-once messages in each `per` (from full multiples of `per` since 1970) to the reader, over all
// of the reader's subscriptions; the rest becomes one message at the end of that time.
struct RateCap {
  bool operator==(const RateCap&) const = default;

  std::uint32_t messages = 0;
  std::chrono::minutes per{60};
};

// What is not told until `until`, by subscription; it is held, as in quiet hours.
struct Snooze {
  bool operator==(const Snooze&) const = default;

  enum class Of : std::uint8_t { kAll, kTopic, kStory, kSource };
  Of of = Of::kAll;
  std::string value;  // topic id, story id, source; empty of kAll
  WallTime until;
};

struct Subscription {
  bool operator==(const Subscription&) const = default;

  std::string id;      // unique over all; as a topic's id
  std::string reader;  // who: a mail address or a name; caps count by it
  std::string title;   // for people; empty: the id
  SubscriptionFilter filter;
  std::vector<SubscribedChannel> channels;  // one at least
  DeliverySchedule schedule;
  std::string time_zone = "UTC";  // IANA name
  std::optional<QuietHours> quiet;
  std::optional<RateCap> cap;
  std::string language = "en";  // of messages; one of MessageLanguages()
  bool enabled = true;
  std::vector<Snooze> snoozes;
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_DELIVER_SUBSCRIPTION_H_
