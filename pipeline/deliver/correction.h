// Who was told must hear the correction: a correction or withdrawal also goes to the subscriptions that had the alert
// which it corrects, or one before it of the same story, whatever their other conditions say of it. A withdrawn article
// has no snippets, and what is corrected may have lost the very words that a reader asked for; that is what they have
// to be told. The alerts of the story count too, as the one that is corrected may be an update that no longer had the
// words, and so did not reach them.
#ifndef WIREWATCH_PIPELINE_DELIVER_CORRECTION_H_
#define WIREWATCH_PIPELINE_DELIVER_CORRECTION_H_

#include <string_view>
#include <vector>

#include "base/result.h"
#include "pipeline/alert/alert.h"
#include "pipeline/deliver/alert_notice.h"
#include "pipeline/deliver/delivery_store.h"
#include "pipeline/deliver/subscription.h"

namespace wirewatch {

// The ids of the alerts whose readers must hear of this one; of other kinds than correction and withdrawn none.
// Borrowed from the notice.
std::vector<std::string_view> MustReachReadersOf(const AlertNotice& notice);

// Unless they said that they do not want the kind.
bool WantsKind(const SubscriptionFilter& filter, AlertKind kind);

// Whether the notice must reach the subscription, by what the ledger has of it. That it is enabled is not asked.
// Errors: those of the store.
Result<bool> MustReach(DeliveryStore& store, const Subscription& subscription, const AlertNotice& notice);

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_DELIVER_CORRECTION_H_
