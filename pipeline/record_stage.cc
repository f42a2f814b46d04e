#include "pipeline/record_stage.h"

#include <utility>

#include "base/log.h"
#include "pipeline/match_message.h"

namespace wirewatch {
namespace {

class ArticleReader : public RecordStage {
 public:
  ArticleReader(const RuleStore& rules, MatchStage stage, InputLook* look)
      : rules_(rules), stage_(std::move(stage)), look_(look) {}

  void BeginBatch() override {
    if (Status used = stage_.Use(rules_.Current()); !used) {
      log::Error("the new rules are not used by a worker: {}", used.error().message);  // no article failed by it
    }
  }
  MatchOutcome Process(const Record& record, WallTime received) override {
    MatchOutcome outcome = stage_.Process(record, received);
    if (outcome.rejection && look_ != nullptr) look_->Add(record.payload, outcome.rejection->message);
    return outcome;
  }

 private:
  const RuleStore& rules_;
  MatchStage stage_;
  InputLook* const look_;
};

class MatchReader : public RecordStage {
 public:
  MatchOutcome Process(const Record& record, WallTime /*received*/) override {
    MatchOutcome outcome;
    if (outcome.rejection = RejectUnreadable(record); outcome.rejection) return outcome;
    auto message = ReadMessage(record.payload);
    if (!message) {
      outcome.rejection = {kInvalidMatch, message.error().message};
    } else if (Match* const match = std::get_if<Match>(&*message)) {
      match->trace = TraceOf(record.headers);
      outcome.matches.push_back(std::move(*match));
    } else {
      outcome.revision = std::get<Revision>(*std::move(message));
      outcome.revision->trace = TraceOf(record.headers);
    }
    return outcome;
  }
};

}  // namespace

RecordStep MatchStep(const RuleStore& rules, DecodeLimits limits, DecodeMapping mapping, Metrics& metrics,
                     InputLook* look) {
  auto make = [&rules, limits, mapping = std::move(mapping), &metrics, look]() -> Result<std::unique_ptr<RecordStage>> {
    auto stage = MatchStage::Create(rules.Current(), limits, mapping, metrics);
    if (!stage) return std::move(stage).error();
    return std::unique_ptr<RecordStage>(std::make_unique<ArticleReader>(rules, *std::move(stage), look));
  };
  return {"match", metrics.match_step, std::move(make)};
}

RecordStep AlertStep(Metrics& metrics) {
  auto make = []() -> Result<std::unique_ptr<RecordStage>> {
    return std::unique_ptr<RecordStage>(std::make_unique<MatchReader>());
  };
  return {"alert", metrics.alert_step, std::move(make)};
}

}  // namespace wirewatch
