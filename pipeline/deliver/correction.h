// Who was told must hear the correction: a correction or withdrawal also goes to the subscriptions that had the alert
// which it corrects, whatever their other conditions say of it. A withdrawn article has no snippets, and what is
// corrected may have lost the very words that a reader asked for; that is what they have to be told.
#ifndef WIREWATCH_PIPELINE_DELIVER_CORRECTION_H_
#define WIREWATCH_PIPELINE_DELIVER_CORRECTION_H_

#include "pipeline/deliver/alert_notice.h"
#include "pipeline/deliver/subscription.h"

namespace wirewatch {

// Whether AlertNotice::corrects names an alert whose readers must hear of this one.
inline bool MustReachWhoWasTold(const AlertNotice& notice) {
  return !notice.corrects.empty() && (notice.kind == AlertKind::kCorrection || notice.kind == AlertKind::kWithdrawn);
}

// Unless they said that they do not want the kind.
inline bool WantsKind(const SubscriptionFilter& filter, AlertKind kind) {
  if (filter.kinds.empty()) return true;
  for (const AlertKind wanted : filter.kinds) {
    if (wanted == kind) return true;
  }
  return false;
}

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_DELIVER_CORRECTION_H_
