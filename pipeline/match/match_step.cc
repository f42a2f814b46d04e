#include "pipeline/match/match_step.h"

#include <memory>
#include <utility>

#include "base/log.h"
#include "pipeline/match/match_metrics.h"

namespace wirewatch {
namespace {

constexpr log::Module kLog("match");

class ArticleReader : public Reader<ArticleMatches> {
 public:
  ArticleReader(const RuleStore& rules, ArticleMatcher matcher, InputLook* look)
      : rules_(rules), matcher_(std::move(matcher)), look_(look) {}

  void BeginBatch() override {
    if (Status used = matcher_.Use(rules_.Current()); !used) {
      kLog.Error("the new rules are not used by a worker: {error}",
                 {{"error", used.error().message}});  // no article failed by it
    }
  }
  Outcome<ArticleMatches> Process(const Record& record, WallTime received) override {
    Outcome<ArticleMatches> outcome = matcher_.Process(record, received);
    if (outcome.rejection && look_ != nullptr) look_->Add(record.payload, outcome.rejection->message);
    return outcome;
  }

 private:
  const RuleStore& rules_;
  ArticleMatcher matcher_;
  InputLook* const look_;
};

}  // namespace

Step<ArticleMatches> MatchStep(const RuleStore& rules, DecodeLimits limits, DecodeMapping mapping,
                               RecordTime record_time, MetricsRegistry& metrics, InputLook* look, ShadowUse shadow) {
  auto make = [&rules, limits, mapping = std::move(mapping), record_time, &metrics, look,
               shadow]() -> Result<std::unique_ptr<Reader<ArticleMatches>>> {
    auto matcher = ArticleMatcher::Create(rules.Current(), limits, mapping, record_time, metrics, shadow);
    if (!matcher) return std::move(matcher).error();
    return std::unique_ptr<Reader<ArticleMatches>>(std::make_unique<ArticleReader>(rules, *std::move(matcher), look));
  };
  return {"match", "source", "articles", MatchMetrics{metrics}.step, std::move(make)};
}

}  // namespace wirewatch
