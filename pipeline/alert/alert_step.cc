#include "pipeline/alert/alert_step.h"

#include <memory>
#include <utility>
#include <variant>

#include "pipeline/alert/alert_metrics.h"
#include "pipeline/alert/decision.h"
#include "pipeline/match/match_message.h"
#include "pipeline/match/trace.h"
#include "pipeline/records/rejection.h"

namespace wirewatch {
namespace {

class MatchReader : public Reader<ArticleMatches> {
 public:
  Outcome<ArticleMatches> Process(const Record& record, WallTime /*received*/) override {
    Outcome<ArticleMatches> outcome;
    if (outcome.rejection = RejectUnreadable(record); outcome.rejection) return outcome;
    if (record.use == RecordUse::kRecalls) return Recalled(record);
    auto message = ReadMessage(record.payload);
    if (!message) {
      outcome.rejection = {DeadLetterReason::kInvalidMatch, message.error().message};
    } else if (Match* const match = std::get_if<Match>(&*message)) {
      match->trace = TraceOf(record.headers);
      outcome.value.matches.push_back(std::move(*match));
    } else {
      outcome.value.revision = std::get<Revision>(*std::move(message));
      outcome.value.revision->trace = TraceOf(record.headers);
    }
    return outcome;
  }

 private:
  static Outcome<ArticleMatches> Recalled(const Record& record) {
    Outcome<ArticleMatches> outcome;
    if (auto decision = ReadDecision(record.payload)) {
      outcome.value.decision = std::make_shared<const Decision>(*std::move(decision));
    } else {
      outcome.rejection = {DeadLetterReason::kInvalidMatch, decision.error().message};
    }
    return outcome;
  }
};

}  // namespace

Step<ArticleMatches> AlertStep(MetricsRegistry& metrics) {
  auto make = []() -> Result<std::unique_ptr<Reader<ArticleMatches>>> {
    return std::unique_ptr<Reader<ArticleMatches>>(std::make_unique<MatchReader>());
  };
  return {"alert", "source of alert", "matches", AlertMetrics{metrics}.step, std::move(make)};
}

}  // namespace wirewatch
