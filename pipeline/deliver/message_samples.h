// Messages to try templates with: made-up alerts of each kind, alone and together.
#ifndef WIREWATCH_PIPELINE_DELIVER_MESSAGE_SAMPLES_H_
#define WIREWATCH_PIPELINE_DELIVER_MESSAGE_SAMPLES_H_

#include <memory>
#include <vector>

#include "base/clock.h"
#include "pipeline/deliver/alert_notice.h"
#include "pipeline/deliver/channel.h"
#include "pipeline/deliver/delivery_store.h"
#include "pipeline/deliver/signed_link.h"
#include "pipeline/deliver/subscription.h"

namespace wirewatch {

// An OutgoingMessage with all that it borrows.
struct SampleMessage {
  OutboxMessage message;
  Subscription subscription;
  SubscribedChannel channel;
  std::vector<AlertNotice> alerts;
  WallTime now;

  OutgoingMessage View() const { return {message, subscription, channel, alerts, now}; }
};

// One of each AlertKind, in their order, and an earlier one of the story of the last grow.
std::vector<AlertNotice> SampleAlerts();

// A message of that kind: of kAlert with the first of `alerts`, else with all. REQUIRES: !alerts.empty().
SampleMessage SampleOf(MessageKind kind, std::vector<AlertNotice> alerts = SampleAlerts());

// Of each kind, of kAlert one with each alert.
std::vector<SampleMessage> AllSamples();

// Of links that look right and lead nowhere.
std::shared_ptr<const LinkSigner> SampleLinks();

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_DELIVER_MESSAGE_SAMPLES_H_
