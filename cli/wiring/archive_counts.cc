#include "cli/wiring/archive_counts.h"

#include <memory>
#include <utility>
#include <vector>

#include "connectors/registry.h"
#include "monitoring/health.h"
#include "monitoring/metrics.h"
#include "pipeline/flow/handler.h"
#include "pipeline/flow/pipeline.h"
#include "pipeline/match/article_matches.h"
#include "pipeline/match/match_metrics.h"
#include "pipeline/match/match_step.h"
#include "pipeline/match/rule_store.h"

namespace wirewatch {
namespace {

class CountingHandler : public Handler<ArticleMatches> {
 public:
  explicit CountingHandler(MatchCounts& counts) : counts_(counts) {}

  void Handle(ReceiptPtr receipt, Outcome<ArticleMatches> outcome) override {
    if (outcome.rejection) {
      receipt->SetOutcome(RecordOutcome::kDeadLettered);
    } else if (!outcome.value.matches.empty()) {
      receipt->SetOutcome(RecordOutcome::kMatched);
      matches_.clear();
      for (const Match& match : outcome.value.matches) matches_.push_back(&match);
      counts_.Add(matches_);
    }
    receipt->Release();
  }
  Status Tend() override { return {}; }
  void RequestStop() override {}
  Status Close(SteadyTime) override { return {}; }

 private:
  MatchCounts& counts_;
  std::vector<const Match*> matches_;  // reused
};

}  // namespace

Result<ArchiveCounts> CountArchive(const QuickConfig& input, StopSwitch& stop) {
  auto config = MakeConfig(input);
  if (!config) return std::move(config).error();
  MetricsRegistry metrics;
  Health health;
  auto rules = LoadRules(config->rules.packs, metrics, {}, stop, kOk);
  if (!rules) return std::move(rules).error();
  auto source = MakeSource(*config, metrics);
  if (!source) return std::move(source).error();
  const Source& source_view = **source;

  ArchiveCounts counted;
  counted.counts.emplace(CountBy::kTopic, *(*rules)->Current(), std::vector<std::string>());
  auto pipeline = Pipeline<ArticleMatches>::Create(
      *std::move(source), std::make_unique<CountingHandler>(*counted.counts),
      MatchStep(**rules, config->decode.limits, config->decode.mapping, config->pipeline.pipeline.record_time, metrics),
      config->pipeline.pipeline, health);
  if (!pipeline) return std::move(pipeline).error();
  const StepMetrics articles = MatchMetrics{metrics}.step;
  counted.run = RunPipelines({pipeline->get()}, source_view, {articles, "articles", false}, stop);
  if (counted.run.gave_up) FinishAtOnce(counted.run.status);
  if (!counted.run.status) return counted.run.status.error();
  counted.articles = static_cast<std::uint64_t>(articles.read.Value());
  counted.dead_letters = static_cast<std::uint64_t>(articles.dead_lettered.Value());
  return counted;
}

}  // namespace wirewatch
