#include <utility>

#include "pipeline/alert/alert.h"
#include "tests/connectors/store/delivery_store_contract.h"
#include "tests/support/sample_alert.h"

namespace wirewatch {

WallTime Minute(int minutes) { return *ParseRfc3339("2026-11-23T09:00:00Z") + std::chrono::minutes(minutes); }

AlertNotice NoticeOf(int number, int minute) {
  Alert alert = SampleAlert("article-" + std::to_string(number));
  alert.alerted = Minute(minute);
  return Must(ReadNotice(ToJson(alert)));
}

Subscription SubscriptionOf(std::string_view id, std::string_view reader) {
  Subscription subscription;
  subscription.id = id;
  subscription.reader = reader;
  SubscribedChannel channel;
  channel.kind = ChannelKind::kWebhook;
  channel.id = "webhook";
  channel.url = "https://hooks.example.org/" + std::string(id);
  subscription.channels = {channel};
  return subscription;
}

PlannedDelivery AtOnce(const AlertNotice& notice, std::string_view subscription, int minute) {
  return HeldUntil(notice, minute, subscription, minute, MessageKind::kAlert, DeliveryReason::kAtOnce);
}

PlannedDelivery HeldUntil(const AlertNotice& notice, int due, std::string_view subscription, int minute,
                          MessageKind kind, DeliveryReason reason) {
  PlannedDelivery planned;
  planned.entry.subscription = subscription;
  planned.entry.alert = notice.id;
  planned.entry.channel = "webhook";
  planned.entry.revision = 7;
  planned.entry.reason = reason;
  planned.entry.decided = Minute(minute);
  OutboxMessage& message = planned.message;
  message.id =
      MessageId(subscription, "webhook", kind, kind == MessageKind::kAlert ? notice.id : FormatRfc3339(Minute(due)));
  message.subscription = subscription;
  message.reader = "ada@example.org";
  message.channel = "webhook";
  message.channel_kind = ChannelKind::kWebhook;
  message.destination = "https://hooks.example.org";
  message.kind = kind;
  message.due = Minute(due);
  message.created = Minute(minute);
  planned.entry.message = message.id;
  return planned;
}

std::size_t RecordOf(DeliveryStore& store, const AlertNotice& notice, const std::vector<PlannedDelivery>& planned) {
  return Must(store.Record({{&notice, planned}}));
}

ClaimRequest ClaimBy(std::string_view owner, int minute, std::size_t limit) {
  return {std::string(owner), Minute(minute), Minute(minute + 5), limit, {}};
}

std::vector<std::string> IdsOf(const std::vector<AlertNotice>& notices) {
  std::vector<std::string> ids;
  for (const AlertNotice& notice : notices) ids.push_back(notice.id);
  return ids;
}
std::vector<std::string> IdsOf(const std::vector<OutboxMessage>& messages) {
  std::vector<std::string> ids;
  for (const OutboxMessage& message : messages) ids.push_back(message.id);
  return ids;
}

PlannedDelivery Capped(const AlertNotice& notice, std::uint32_t limit, std::string_view subscription) {
  PlannedDelivery planned = AtOnce(notice, subscription);
  CapCount cap;
  cap.reader = "ada@example.org";
  cap.begin = Minute(0);
  cap.limit = limit;
  cap.overflow = HeldUntil(notice, 60, subscription, 0, MessageKind::kOverflow, DeliveryReason::kOverCap).message;
  planned.cap = cap;
  return planned;
}

PlannedDelivery Snoozed(const AlertNotice& notice, int until, int minute) {
  return HeldUntil(notice, until, "desk", minute, MessageKind::kCatchUp, DeliveryReason::kSnoozed);
}

}  // namespace wirewatch
