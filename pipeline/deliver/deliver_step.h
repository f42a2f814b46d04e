// DeliverStep: the records of a deliver step are alerts that another process raised (docs/schema/alert.schema.json).
#ifndef WIREWATCH_PIPELINE_DELIVER_DELIVER_STEP_H_
#define WIREWATCH_PIPELINE_DELIVER_DELIVER_STEP_H_

#include "monitoring/metrics.h"
#include "pipeline/deliver/alert_notice.h"
#include "pipeline/flow/reader.h"

namespace wirewatch {

// What is no alert becomes a dead letter, `invalid-alert`.
Step<AlertNotice> DeliverStep(MetricsRegistry& metrics);

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_DELIVER_DELIVER_STEP_H_
