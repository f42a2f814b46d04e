// Plan: what follows for a subscription from an alert that it takes: for each channel one ledger entry and the message
// that carries it, now or later. Pure: a function of subscription, alert and time.
//
// In this order, the first that holds decides:
//   feed       the alert is in the feed from now on, whatever else holds
//   snoozed    by the longest of the snoozes that hold (all, the topic, the story, the source): held until it ends;
//              where quiet hours hold then, until they end
//   quiet      held until they end; critical alerts pass where the subscription says so
//   digest     hourly, daily: held until the next time of the schedule
//   at once    now, or, over the reader's cap, in the summary at the end of the cap's time
// What one message carries is held under one key: two alerts that are held until the same moment, for the same kind of
// reason, go out together.
#ifndef WIREWATCH_PIPELINE_DELIVER_PLAN_H_
#define WIREWATCH_PIPELINE_DELIVER_PLAN_H_

#include <string>
#include <vector>

#include "base/clock.h"
#include "pipeline/deliver/alert_notice.h"
#include "pipeline/deliver/delivery_store.h"

namespace wirewatch {

// Appends to `planned`. REQUIRES: the subscription takes the alert.
void Plan(const StoredSubscription& subscription, const AlertNotice& notice, WallTime now,
          std::vector<PlannedDelivery>& planned);

// OutboxMessage::destination of a channel: scheme, host and port of its URL; "mailto:" and the domain of the first
// address; "feed".
std::string DestinationOf(const SubscribedChannel& channel);

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_DELIVER_PLAN_H_
