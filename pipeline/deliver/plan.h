// Plan: what follows for a subscription from an alert that it takes: for each channel one ledger entry and the message
// that carries it, now or later. Pure: a function of subscription, alert and time.
//
// In this order, the first that holds decides:
//   feed       the alert is in the feed from now on, whatever else holds
//   snoozed    one of the snoozes holds (all, the topic, the story, the source): until the last of them ends; of a
//              subscription with a schedule until its first time from then on
//   digest     hourly, daily: until the next time of the schedule
//   quiet      at once, but in quiet hours: until they end
//   at once    now, or, over the reader's cap, in the summary at the end of the cap's time
//
// Quiet hours hold for whatever goes out, not only for what comes in: where they hold when a snooze, a schedule's time
// or a cap's time ends, what was held waits until they end. Of a schedule that is all they do: an alert that comes at
// night goes out with the digest of its schedule, not when the night ends.
//
// Severity: a critical alert passes quiet hours where the subscription says so, at each of these times. It passes
// nothing else: no snooze, no schedule, no cap. So of a digest whose time lies in quiet hours the critical alerts go
// out then, the others when the quiet hours end.
//
// Kind: makes no difference. A correction or withdrawal goes the way of any alert: what was told at once is withdrawn
// at once, and what is held is corrected in the message that carries it.
//
// Messages: two alerts that are held for the same reason until the same moment go out together, whatever snooze or time
// of a schedule held each (as when two times of it fall into the same quiet hours). Alerts that are held for different
// reasons do not: when a snooze is ended early, what it held leaves early, and must not take along what the night
// holds.
//
// Cap: only messages at once count, each channel's by itself, over all subscriptions of the reader.
#ifndef WIREWATCH_PIPELINE_DELIVER_PLAN_H_
#define WIREWATCH_PIPELINE_DELIVER_PLAN_H_

#include <string>
#include <vector>

#include "base/clock.h"
#include "pipeline/deliver/alert_notice.h"
#include "pipeline/deliver/delivery_store.h"
#include "pipeline/deliver/subscription.h"

namespace wirewatch {

// Appends to `planned`, an entry a channel, in their order. The message of a feed is delivered already; all others
// wait. REQUIRES: the subscription takes the alert, and is well formed (subscription_file.h).
void Plan(const StoredSubscription& subscription, const AlertNotice& notice, WallTime now,
          std::vector<PlannedDelivery>& planned);

// Whether the snooze is about the alert and has not ended at `now`. A source is named as `source:` of the rule language
// names it. A summary is of no single story or source, so only its topic can be snoozed, or all.
bool Holds(const Snooze& snooze, const AlertNotice& notice, WallTime now);

// OutboxMessage::destination of a channel: scheme, host and port of its URL, in lower case, '#' and 12 hex digits of a
// hash of the whole URL (services have many endpoints at one host, each with a rate and a health of its own); "mailto:"
// and the domain of the first address; "feed". Of what is no URL the channel's kind alone: nothing of it is shown.
std::string DestinationOf(const SubscribedChannel& channel);

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_DELIVER_PLAN_H_
