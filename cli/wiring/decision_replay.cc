#include "cli/wiring/decision_replay.h"

#include <atomic>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "cli/wiring/alert_options.h"
#include "cli/wiring/calling_sink.h"
#include "connectors/registry.h"
#include "monitoring/health.h"
#include "monitoring/metrics.h"
#include "pipeline/alert/alert_handler.h"
#include "pipeline/alert/alert_sink.h"
#include "pipeline/alert/decision_sink.h"
#include "pipeline/decode/article.h"
#include "pipeline/decode/article_decoder.h"
#include "pipeline/decode/format_guess.h"
#include "pipeline/flow/pipeline.h"
#include "pipeline/flow/reader.h"
#include "pipeline/match/article_matches.h"
#include "pipeline/match/match_metrics.h"
#include "pipeline/match/match_step.h"
#include "pipeline/match/rule_store.h"

namespace wirewatch {
namespace {

// Looks for one article. A record without a match tells its id no more, and is decoded once again.
class ArticleWatch : public Reader<ArticleMatches> {
 public:
  ArticleWatch(std::unique_ptr<Reader<ArticleMatches>> reader, ArticleDecoder decoder, const std::string& article,
               std::atomic<bool>& was_read)
      : reader_(std::move(reader)), decoder_(std::move(decoder)), article_(article), was_read_(was_read) {}

  void BeginBatch() override { reader_->BeginBatch(); }
  Outcome<ArticleMatches> Process(const Record& record, WallTime received) override {
    Outcome<ArticleMatches> outcome = reader_->Process(record, received);
    if (!was_read_ && !outcome.rejection && IdOf(record, outcome.value) == article_) was_read_ = true;
    return outcome;
  }

 private:
  std::string_view IdOf(const Record& record, const ArticleMatches& found) {
    if (!found.matches.empty()) return found.matches.front().article->id;
    if (found.revision) return found.revision->article->id;
    return decoder_.Decode(record.payload, record.readable_after, decoded_) ? std::string_view() : decoded_.id;
  }

  const std::unique_ptr<Reader<ArticleMatches>> reader_;
  ArticleDecoder decoder_;
  Article decoded_;  // reused
  const std::string& article_;
  std::atomic<bool>& was_read_;
};

Result<DecisionReplay> Replay(const Config& config, const std::string& article,
                              std::function<void(const Decision&)> take_decision,
                              std::function<void(const Alert&)> take_alert, StopSwitch& stop) {
  MetricsRegistry metrics;
  Health health;
  auto rules = LoadRules(config.rules.packs, metrics, {}, stop, kInterrupted);
  if (!rules) return std::move(rules).error();
  auto source = MakeSource(config, metrics);
  if (!source) return std::move(source).error();
  const Source& source_view = **source;
  auto dead_letters = MakeDeadLetterSink(config, metrics);
  if (!dead_letters) return std::move(dead_letters).error();

  InputLook look;
  std::atomic<bool> was_read = false;
  Step<ArticleMatches> step = MatchStep(**rules, config.decode.limits, config.decode.mapping,
                                        config.pipeline.pipeline.record_time, metrics, &look);
  if (!article.empty()) {
    step.make_reader = [&, make = std::move(step.make_reader)]() -> Result<std::unique_ptr<Reader<ArticleMatches>>> {
      auto reader = make();
      if (!reader) return reader;
      auto decoder = ArticleDecoder::Create(config.decode.limits, config.decode.mapping);
      if (!decoder) return std::move(decoder).error();
      return std::unique_ptr<Reader<ArticleMatches>>(
          std::make_unique<ArticleWatch>(*std::move(reader), *std::move(decoder), article, was_read));
    };
  }
  std::vector<std::unique_ptr<AlertSink>> alerts;
  alerts.push_back(std::make_unique<CallingSink<AlertSink, Alert>>(std::move(take_alert)));
  auto handler =
      std::make_unique<AlertHandler>(std::move(alerts), *std::move(dead_letters),
                                     std::make_unique<CallingSink<DecisionSink, Decision>>(std::move(take_decision)),
                                     AlertHandlerOptionsOf(config, false, false), metrics);
  auto pipeline = Pipeline<ArticleMatches>::Create(*std::move(source), std::move(handler), std::move(step),
                                                   config.pipeline.pipeline, health);
  if (!pipeline) return std::move(pipeline).error();

  DecisionReplay replay;
  replay.run = RunPipelines({pipeline->get()}, source_view, {MatchMetrics{metrics}.step, "articles", false}, stop);
  if (replay.run.gave_up) FinishAtOnce(replay.run.status);
  replay.was_read = was_read;
  replay.no_articles = TellOfInput(replay.run, metrics, look);
  return replay;
}

}  // namespace

Result<DecisionReplay> ReplayDecisions(const Config& config, const std::string& article,
                                       const std::function<void(const Decision&)>& take, StopSwitch& stop) {
  return Replay(
      config, article, take, [](const Alert&) {}, stop);
}

Result<DecisionReplay> ReplayAlerts(const Config& config, const std::function<void(const Alert&)>& take,
                                    StopSwitch& stop) {
  return Replay(
      config, "", [](const Decision&) {}, take, stop);
}

}  // namespace wirewatch
