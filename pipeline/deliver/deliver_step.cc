#include "pipeline/deliver/deliver_step.h"

#include <memory>
#include <utility>

#include "pipeline/deliver/deliver_metrics.h"
#include "pipeline/records/dead_letter_reason.h"
#include "pipeline/records/rejection.h"

namespace wirewatch {
namespace {

class NoticeReader : public Reader<AlertNotice> {
 public:
  Outcome<AlertNotice> Process(const Record& record, WallTime /*received*/) override {
    Outcome<AlertNotice> outcome;
    if (outcome.rejection = RejectUnreadable(record); outcome.rejection) return outcome;
    auto notice = ReadNotice(record.payload);
    if (!notice) {
      outcome.rejection = {DeadLetterReason::kInvalidAlert, notice.error().message};
    } else {
      outcome.value = *std::move(notice);
    }
    return outcome;
  }
};

}  // namespace

Step<AlertNotice> DeliverStep(MetricsRegistry& metrics) {
  auto make = []() -> Result<std::unique_ptr<Reader<AlertNotice>>> {
    return std::unique_ptr<Reader<AlertNotice>>(std::make_unique<NoticeReader>());
  };
  return {"deliver", "source of deliver", "alerts", DeliverMetrics{metrics}.step, std::move(make)};
}

}  // namespace wirewatch
