#include "pipeline/match/article_reader.h"

#include <memory>
#include <utility>

#include "base/log.h"
#include "pipeline/match/match_stage.h"

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

}  // namespace wirewatch
