#include "pipeline/deliver/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/digest.h"
#include "base/text/ascii.h"
#include "pipeline/alert/alert.h"
#include "pipeline/deliver/schedule.h"
#include "rules/codes/host.h"
#include "rules/language/attributes.h"
#include "rules/language/expression.h"
#include "rules/text/document.h"
#include "rules/text/fold.h"

namespace wirewatch {
namespace {

// What was decided for all channels that send, before each gets its message.
struct Decided {
  DeliveryReason reason = DeliveryReason::kAtOnce;
  MessageKind kind = MessageKind::kAlert;
  WallTime due;
};

// `time`, or the end of the quiet hours that hold then.
WallTime AfterQuiet(const Subscription& subscription, const AlertNotice& notice, WallTime time) {
  if (!subscription.quiet) return time;
  if (subscription.quiet->critical_passes && notice.severity == TopicSeverity::kCritical) return time;
  return QuietUntil(*subscription.quiet, subscription.time_zone, time).value_or(time);
}

// The first time of the schedule from `time` on. NextTime looks behind its time; no clock tells less than a
// microsecond, so that one before stands for "from".
WallTime NextTimeFrom(const Subscription& subscription, WallTime time) {
  return NextTime(subscription.schedule, subscription.time_zone, time - std::chrono::microseconds(1));
}

Decided Decide(const Subscription& subscription, const AlertNotice& notice, WallTime now) {
  const bool at_once = subscription.schedule.kind == DeliverySchedule::Kind::kAtOnce;
  std::optional<WallTime> snoozed;
  for (const Snooze& snooze : subscription.snoozes) {
    if (Holds(snooze, notice, now)) snoozed = std::max(snoozed.value_or(snooze.until), snooze.until);
  }
  if (snoozed) {
    const WallTime end = at_once ? *snoozed : NextTimeFrom(subscription, *snoozed);
    return {DeliveryReason::kSnoozed, MessageKind::kCatchUp, AfterQuiet(subscription, notice, end)};
  }
  if (!at_once) {
    const WallTime next = NextTime(subscription.schedule, subscription.time_zone, now);
    return {DeliveryReason::kDigest, MessageKind::kDigest, AfterQuiet(subscription, notice, next)};
  }
  const WallTime due = AfterQuiet(subscription, notice, now);
  if (due > now) return {DeliveryReason::kQuietHours, MessageKind::kCatchUp, due};
  return {DeliveryReason::kAtOnce, MessageKind::kAlert, now};
}

// MessageId's `about` of what is held.
std::string HeldUntil(DeliveryReason reason, WallTime due) {
  return fmt::format("{} {}", Name(reason), FormatRfc3339(due));
}

OutboxMessage MessageFor(const StoredSubscription& subscription, const SubscribedChannel& channel, MessageKind kind,
                         std::string_view about, WallTime due, WallTime now) {
  OutboxMessage message;
  message.id = MessageId(subscription.subscription.id, channel.id, kind, about);
  message.subscription = subscription.subscription.id;
  message.reader = subscription.subscription.reader;
  message.channel = channel.id;
  message.channel_kind = channel.kind;
  message.destination = DestinationOf(channel);
  message.kind = kind;
  message.due = due;
  message.created = now;
  return message;
}

CapCount CapFor(const StoredSubscription& subscription, const SubscribedChannel& channel, const AlertNotice& notice,
                WallTime now) {
  const RateCap& cap = *subscription.subscription.cap;
  const std::chrono::microseconds per = cap.per;
  const std::chrono::microseconds since = now.time_since_epoch();
  CapCount count;
  count.reader = subscription.subscription.reader;
  count.begin = WallTime(since - (since % per + per) % per);
  count.limit = cap.messages;
  const WallTime due = AfterQuiet(subscription.subscription, notice, count.begin + per);
  count.overflow =
      MessageFor(subscription, channel, MessageKind::kOverflow, HeldUntil(DeliveryReason::kOverCap, due), due, now);
  return count;
}

constexpr std::size_t kShortDigest = 12;  // digits

}  // namespace

void Plan(const StoredSubscription& subscription, const AlertNotice& notice, WallTime now,
          std::vector<PlannedDelivery>& planned) {
  std::optional<Decided> decided;  // not asked of a subscription that has only feeds
  for (const SubscribedChannel& channel : subscription.subscription.channels) {
    PlannedDelivery& delivery = planned.emplace_back();
    LedgerEntry& entry = delivery.entry;
    entry.subscription = subscription.subscription.id;
    entry.alert = notice.id;
    entry.channel = channel.id;
    entry.revision = subscription.revision;
    entry.decided = now;
    if (channel.kind == ChannelKind::kFeed) {
      entry.reason = DeliveryReason::kFeed;
      delivery.message = MessageFor(subscription, channel, MessageKind::kAlert, notice.id, now, now);
      delivery.message.state = MessageState::kDelivered;
      delivery.message.finished = now;
    } else {
      if (!decided) decided = Decide(subscription.subscription, notice, now);
      entry.reason = decided->reason;
      const bool held = decided->reason != DeliveryReason::kAtOnce;
      delivery.message = MessageFor(subscription, channel, decided->kind,
                                    held ? HeldUntil(decided->reason, decided->due) : notice.id, decided->due, now);
      if (!held && subscription.subscription.cap) delivery.cap = CapFor(subscription, channel, notice, now);
    }
    entry.message = delivery.message.id;
  }
}

bool Holds(const Snooze& snooze, const AlertNotice& notice, WallTime now) {
  if (snooze.until <= now) return false;
  switch (snooze.of) {
    case Snooze::Of::kAll: return true;
    case Snooze::Of::kTopic: return notice.topic == snooze.value;
    case Snooze::Of::kStory: return notice.story && notice.story->id == snooze.value;
    case Snooze::Of::kSource: break;
  }
  const std::string host = HostOf(notice.url);
  Document document;
  document.source = notice.source;
  document.source_host = host;
  const FoldedDocument no_text;
  ArticleAttributes attributes;
  attributes.Begin(document, no_text);
  return attributes.Holds(AttributeTest(Attribute::kSource, Comparison::kIs, snooze.value));
}

std::string DestinationOf(const SubscribedChannel& channel) {
  if (channel.kind == ChannelKind::kFeed) return std::string(Name(channel.kind));
  if (channel.kind == ChannelKind::kEmail) {
    const std::string_view address = channel.to.empty() ? std::string_view() : channel.to.front();
    const std::size_t at = address.rfind('@');
    return at == std::string_view::npos ? std::string(Name(channel.kind))
                                        : "mailto:" + AsciiLowerCase(address.substr(at + 1));
  }
  const std::string_view url = channel.url;
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return std::string(Name(channel.kind));
  std::string_view authority = url.substr(scheme + 3);
  authority = authority.substr(0, authority.find_first_of("/\\?#"));
  if (const std::size_t user = authority.rfind('@'); user != std::string_view::npos) authority.remove_prefix(user + 1);
  return AsciiLowerCase(url.substr(0, scheme + 3)) + AsciiLowerCase(authority) + '#' +
         DigestHex({url}).substr(0, kShortDigest);
}

}  // namespace wirewatch
