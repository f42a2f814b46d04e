#include "cli/wiring/archive_run.h"

#include <fmt/format.h>

#include "base/clock.h"
#include "cli/terminal/exit_code.h"
#include "cli/terminal/progress.h"
#include "cli/terminal/since.h"
#include "cli/terminal/standard_output.h"
#include "cli/terminal/tell.h"
#include "cli/wiring/config_input.h"
#include "connectors/kafka/consume/kafka_range_source.h"
#include "connectors/kafka/kafka_connectors.h"
#include "connectors/registry.h"
#include "pipeline/match/rule_store.h"
#include "pipeline/records/dead_letter_reason.h"

namespace wirewatch {
namespace {

constexpr std::string_view kKafkaPrefix = "kafka:";

// Of the kafka topic that is named; empty: none is.
Result<std::string> KafkaTopicAsked(const ArchiveOptions& options) {
  const auto is_topic = [](const std::string& path) { return path.starts_with(kKafkaPrefix); };
  if (std::none_of(options.on.begin(), options.on.end(), is_topic)) return std::string();
  if (options.on.size() > 1) {
    return Error{ErrorCode::kInvalid, "--on: one kafka topic stands alone, without other topics and without files"};
  }
  std::string topic = options.on.front().substr(kKafkaPrefix.size());
  if (topic.empty()) return Error{ErrorCode::kInvalid, "--on kafka: without a kafka topic; write --on kafka:TOPIC"};
  if (options.config.empty()) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("--on {}: where its brokers are is in a configuration; add --config wirewatch.yaml",
                             options.on.front())};
  }
  return topic;
}

}  // namespace

void AddArchiveOptions(Verb& verb, ArchiveOptions& options) {
  verb.Value("--on,-i", options.on,
             "The archive: article files and directories (plain, .zst, .gz); - or none: stdin; or kafka:TOPIC");
  verb.Value("--since", options.since, "Only articles from this time on (2026-11-23T00:00:00Z), or of the last 7d")
      .Check(CheckSince);
  verb.Value("--until", options.until, "Only articles before this time").Check(CheckSince);
  verb.Value("--config,-c", options.config,
             "Take `decode`, `alerts` and, for kafka:TOPIC, `kafka` of this configuration");
  verb.Value("--dead-letters", options.dead_letters,
             "Append records that cannot be processed to this file, whole; else a line each on stderr");
  verb.Value("--workers,-w", options.workers, "Threads that match; 0: one for each core").Between(0, 1024);
}

Result<Archive> Archive::Open(const ArchiveOptions& options) {
  const auto topic = KafkaTopicAsked(options);
  if (!topic) return topic.error();
  TimeRange range;
  if (!options.since.empty()) range.since = ParseSince(options.since);
  if (!options.until.empty()) range.until = ParseSince(options.until);
  if (range.since && range.until && *range.since >= *range.until) {
    return Error{ErrorCode::kInvalid, fmt::format("--since {} is not before --until {}: no article is in between",
                                                  options.since, options.until)};
  }
  QuickConfig quick;
  quick.inputs = topic->empty() ? options.on : std::vector<std::string>{"none"};
  quick.record_time = "published";
  quick.dead_letters = options.dead_letters;
  auto config = MakeConfig(quick);
  if (!config) return std::move(config).error();
  std::optional<Config> file;
  if (!options.config.empty()) {
    auto loaded = LoadConfig(options.config);
    if (!loaded) return std::move(loaded).error();
    file = *std::move(loaded);
    config->decode = file->decode;
    config->alerts = file->alerts;
  }
  Archive archive{.config = *std::move(config),
                  .range = topic->empty() ? range : TimeRange(),
                  .keeps_dead_letters = !options.dead_letters.empty(),
                  .workers = options.workers,
                  .metrics = std::make_unique<MetricsRegistry>(),
                  .source = nullptr,
                  .dead_letters = nullptr};
  if (topic->empty()) {
    auto source = MakeSource(archive.config, *archive.metrics);
    if (!source) return std::move(source).error();
    archive.source = *std::move(source);
  } else {
    auto source = KafkaRangeSource::Create(KafkaSettingsOf(*file), *topic, range.since, range.until);
    if (!source) return std::move(source).error();
    archive.source = *std::move(source);
  }
  auto dead_letters = MakeDeadLetterSink(archive.config, *archive.metrics);
  if (!dead_letters) return std::move(dead_letters).error();
  archive.dead_letters = *std::move(dead_letters);
  return archive;
}

Result<std::shared_ptr<const RuleSet>> LoadRuleSet(std::vector<std::filesystem::path> packs, StopSwitch& stop) {
  MetricsRegistry metrics;  // nobody reads it
  const auto rules = LoadRules(std::move(packs), metrics, {}, stop, kInterrupted);
  if (!rules) return rules.error();
  return (*rules)->Current();
}

void TellOfArchive(const Archive& archive, const ArchiveRun& run) {
  const auto number = [](std::uint64_t count) { return Grouped(static_cast<double>(count)); };
  if (!archive.keeps_dead_letters) TellOfUntold(static_cast<double>(run.dead_lettered));
  std::string left_out;
  if (run.left_out > 0) left_out += fmt::format(", {} outside of --since and --until", number(run.left_out));
  if (run.undated > 0) left_out += fmt::format(", {} without a date left out", number(run.undated));
  Tell(fmt::format("read {} articles{}, {} dead letters; {:.2f} s, {} articles/s\n", number(run.read), left_out,
                   number(run.dead_lettered), run.run.took.count(), Grouped(run.PerSecond())));
  if (run.run.interrupted) Tell("wirewatch: stopped by a signal, before the end of the archive\n");
}

Result<ExitCode> FinishReport(std::string_view report, const Archive& archive, const ArchiveRun& run,
                              StopSwitch& stop) {
  if (Status written = PrintReport(report, stop); !written) return std::move(written).error();
  TellOfArchive(archive, run);
  return run.run.interrupted ? kInterrupted : run.no_articles ? kNoArticles : kOk;
}

ArchiveFacts FactsOf(const ArchiveRun& run, std::vector<std::string> on, DayCounts days) {
  return {.on = std::move(on),
          .read = run.read,
          .bytes = run.bytes,
          .articles = run.articles,
          .left_out = run.left_out,
          .undated = run.undated,
          .dead_lettered = run.dead_lettered,
          .days = std::move(days),
          .seconds = run.run.took.count(),
          .complete = run.run.status.has_value() && !run.run.interrupted};
}

Result<std::unique_ptr<ArchiveScanner>> ArchiveScanner::Create(const Archive& archive,
                                                               std::vector<std::shared_ptr<const RuleSet>> rules,
                                                               bool measures, InputLook& look) {
  auto reader = FoldedArticleReader::Create(archive.config.decode.limits, archive.config.decode.mapping,
                                            RecordTime::kPublished, *archive.metrics);
  if (!reader) return std::move(reader).error();
  std::vector<Matcher> matchers;
  for (const auto& rule_set : rules) {
    auto matcher = Matcher::Create(rule_set);
    if (!matcher) return std::move(matcher).error();
    matchers.push_back(*std::move(matcher));
  }
  return std::unique_ptr<ArchiveScanner>(
      new ArchiveScanner(*std::move(reader), std::move(rules), std::move(matchers), archive, measures, look));
}

ArchiveScanner::ArchiveScanner(FoldedArticleReader reader, std::vector<std::shared_ptr<const RuleSet>> rules,
                               std::vector<Matcher> matchers, const Archive& archive, bool measures, InputLook& look)
    : reader_(std::move(reader)),
      rules_(std::move(rules)),
      matchers_(std::move(matchers)),
      metrics_{*archive.metrics},
      range_(archive.range),
      measures_(measures),
      look_(look),
      found_(matchers_.size()),
      cpu_(matchers_.size()) {}

ArchiveScanner::Found ArchiveScanner::Scan(const Record& record, WallTime received) {
  rejection_ = reader_.Read(record, received);
  if (rejection_) {
    look_.Add(record.payload, rejection_->message);
    return Found::kRejected;
  }
  if (range_.bounded()) {
    const auto& published = reader_.article().published_at;
    if (!published) return Found::kUndated;
    if (!range_.Has(*published)) return Found::kLeftOut;
  }
  if (++first_ >= matchers_.size()) first_ = 0;
  for (std::size_t i = 0; i < matchers_.size(); ++i) {
    const std::size_t at = (first_ + i) % matchers_.size();
    const std::chrono::nanoseconds before = measures_ ? ThreadCpuTime() : std::chrono::nanoseconds();
    auto found = matchers_[at].Match(reader_.document(), reader_.folded());
    if (measures_) cpu_[at] = ThreadCpuTime() - before;
    if (!found) {
      metrics_.engine_errors.Increment();
      rejection_ = {DeadLetterReason::kEngineError, found.error().message};
      return Found::kRejected;
    }
    found_[at] = *std::move(found);
  }
  return Found::kArticle;
}

void ArchiveScanner::Done(const Record& record) {
  if (record.payload.size() <= FoldedArticleReader::kLargeRecord) return;
  reader_.GiveBackMemory();
  for (std::size_t i = 0; i < matchers_.size(); ++i) {
    if (auto matcher = Matcher::Create(rules_[i])) matchers_[i] = *std::move(matcher);
  }
}

void FinishArchiveRun(PipelineBase& pipeline, const Source& source, const Archive& archive, const InputLook& look,
                      const RunOptions& options, StopSwitch& stop, ArchiveRun& run) {
  const StepMetrics articles = MatchMetrics{*archive.metrics}.step;
  run.run = RunPipelines({&pipeline}, source, {articles, options.what, false}, stop);
  if (run.run.gave_up) FinishAtOnce(run.run.status);
  run.read = static_cast<std::uint64_t>(articles.read.Value());
  run.bytes = static_cast<std::uint64_t>(articles.bytes_read.Value());
  run.no_articles = TellOfInput(run.run, *archive.metrics, look);
}

}  // namespace wirewatch
