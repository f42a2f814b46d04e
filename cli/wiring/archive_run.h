// RunArchive: articles of the past through one rule set, or two, for verbs that ask what rules would have done:
// `backtest`, `diff`, `profile` and their like. The same Pipeline as `match` and `run`, with two functions of the
// caller's in it: one that looks at each article in a worker's thread, and one that takes what it made, in order.
//
//   Archive archive = Archive::Open(options)                         source, decoder, dead letters: what the command
//                                                                    line says (AddArchiveOptions)
//   rules = LoadRuleSet(packs, stop)                                 for each rule set
//   RunArchive<Value>(archive, {rules}, make_look, take, stop)       reads all, once
//
//   source thread      worker threads (N)                                   handler thread
//   files, stdin,      decode, fold, match with each rule set               take(place, Value)
//   kafka topic        look(ScannedArticle) -> Value                        one at a time, in the archive's order
//
// Example: the number of hits of each topic.
//
//   std::map<std::string, int> hits;
//   auto run = RunArchive<std::vector<std::string>>(
//       archive, {rules},
//       [&] {
//         return [&rules](const ScannedArticle& scanned) {
//           std::vector<std::string> topics;
//           for (const TopicMatch& match : scanned.found[0]) topics.push_back(rules->topics()[match.topic]->id);
//           return topics;
//         };
//       },
//       [&](const ArchivePlace&, std::vector<std::string> topics) { for (auto& topic : topics) ++hits[topic]; }, stop);
//
// Who needs the matches as the alert step takes them, with their words and snippets, has MatchTeller
// (pipeline/match/match_teller.h) in `look`; who wants to know which alerts follow gives these to AlertReplay
// (cli/wiring/alert_replay.h) in `take`.
//
// Memory: constant, whatever the size of the archive: what is in flight is bounded (PipelineOptions). What `take` keeps
//         is the caller's; keep sums, samples and sketches (pipeline/archive/), not articles.
// Order:  that of the source; of a kafka topic that of each partition. Whoever folds over time should have archives
//         that are in the order of their dates. The same input gives the same calls of `take`, whatever the workers.
// Time:   record time is `published` (docs/configuration.md, pipeline.record_time).
#ifndef WIREWATCH_CLI_WIRING_ARCHIVE_RUN_H_
#define WIREWATCH_CLI_WIRING_ARCHIVE_RUN_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "cli/report/archive_facts.h"
#include "cli/terminal/exit_code.h"
#include "cli/terminal/signals.h"
#include "cli/terminal/verb.h"
#include "cli/wiring/input_dead_letters.h"
#include "cli/wiring/pipeline_run.h"
#include "monitoring/health.h"
#include "monitoring/metrics.h"
#include "pipeline/config.h"
#include "pipeline/decode/article.h"
#include "pipeline/decode/format_guess.h"
#include "pipeline/flow/handler.h"
#include "pipeline/flow/pipeline.h"
#include "pipeline/flow/reader.h"
#include "pipeline/match/folded_article_reader.h"
#include "pipeline/match/match_metrics.h"
#include "pipeline/records/record.h"
#include "pipeline/records/sink.h"
#include "pipeline/records/source.h"
#include "rules/engine/match.h"
#include "rules/engine/matcher.h"
#include "rules/engine/rule_set.h"
#include "rules/text/document.h"
#include "rules/text/fold.h"

namespace wirewatch {

// ---------------------------------------------------------------------------------------------------- command line

// What an archive is, as people say it.
struct ArchiveOptions {
  // Files and directories (plain, .zst, .gz), one after the other; none or "-": stdin; or one "kafka:TOPIC".
  std::vector<std::string> on;
  // A configuration of which `decode`, `alerts` and, for a kafka topic, `kafka` are taken; empty: none.
  std::string config;
  std::string since, until;  // as ParseSince; empty: without a bound. [since, until)
  std::string dead_letters;  // a file; empty: a line each on stderr
  std::size_t workers = 0;   // 0: one for each core
};

// --on, --config, --since, --until, --dead-letters, --workers. `options` outlives the reading of the command line.
void AddArchiveOptions(Verb& verb, ArchiveOptions& options);

// For --help, behind what a verb says of itself.
inline constexpr std::string_view kArchiveHelp =
    "An archive is files and directories (plain, .zst, .gz), - for stdin, or kafka:TOPIC with --config, read without\n"
    "a group and without committing anything. --since and --until are the articles' own dates; of a kafka topic the\n"
    "times of its records. Exit code 6: not one record is an article.\n";

// --------------------------------------------------------------------------------------------------------- archive

// [since, until); nothing: without a bound.
struct TimeRange {
  bool bounded() const { return since || until; }
  bool Has(WallTime time) const { return (!since || time >= *since) && (!until || time < *until); }

  std::optional<WallTime> since, until;
};

// An archive that is open, for one RunArchive.
struct Archive {
  // kInvalid: what the options say does not go together. kNotFound, kIo: as FileSource::Create. Of a kafka topic: as
  // KafkaRangeSource::Create.
  static Result<Archive> Open(const ArchiveOptions& options);

  // Made of the options: `decode`, `alerts`; record_time is `published`.
  Config config;
  TimeRange range;  // of dates, which RunArchive keeps to; of a kafka topic the source does, and this is empty
  bool keeps_dead_letters = false;
  std::size_t workers = 0;
  std::unique_ptr<MetricsRegistry> metrics;  // before what borrows it
  std::unique_ptr<Source> source;
  std::unique_ptr<DeadLetterSink> dead_letters;
};

// Loads and compiles packs. Told to stop meanwhile it ends the process (LoadRules).
// Errors: as RuleStore::Create.
Result<std::shared_ptr<const RuleSet>> LoadRuleSet(std::vector<std::filesystem::path> packs, StopSwitch& stop);

// ------------------------------------------------------------------------------------------------------------- run

// Where an article stands in the archive.
struct ArchivePlace {
  Partition partition{};
  Offset offset{};
  // How far the record time of the partition has come (HandlerBase::Advance), and the article's own: of a file its
  // date, of a kafka topic the record's. Without a date, or dated ahead: nothing.
  WallTime record_time{};
  std::optional<WallTime> time;
};

// An article in a worker's thread. All of it is borrowed, during the call.
struct ScannedArticle {
  const Record& record;
  WallTime received;
  std::optional<WallTime> recorded;  // as StepTimes
  const Article& article;
  const Document& document;
  const FoldedDocument& folded;
  // By rule set: the topics that hold, as Matcher::Match. TopicMatch::topic and rule are indices into RuleSet::topics
  // and its rules.
  const std::vector<std::vector<TopicMatch>>& found;
  // By rule set: CPU time that it took to match, where RunOptions::measures; else 0. The rule sets take turns in going
  // first, since the first one finds the text cold.
  const std::vector<std::chrono::nanoseconds>& cpu;
};

struct ArchiveRun {
  PipelineRun run;             // `run.status`: what ended it early; `run.interrupted`: a signal did
  std::uint64_t read = 0;      // records
  std::uint64_t bytes = 0;     // of records, decompressed
  std::uint64_t articles = 0;  // that `look` was shown
  std::uint64_t left_out = 0;  // articles outside of the range
  std::uint64_t undated = 0;   // articles without a date, left out because there is a range
  std::uint64_t dead_lettered = 0;
  DeadLetterCounts dead_letters_by_reason;
  bool no_articles = false;  // as TellOfInput, which has told so: the verb's exit code is kNoArticles

  double PerSecond() const { return static_cast<double>(read) / (run.took.count() > 1e-3 ? run.took.count() : 1e-3); }
};

// For a report. `days`: of the articles that `take` had.
ArchiveFacts FactsOf(const ArchiveRun& run, std::vector<std::string> on, DayCounts days);

struct RunOptions {
  bool measures = false;               // ScannedArticle::cpu; two system calls a rule set and article
  std::string_view what = "articles";  // in the line of progress
};

// After the verb's own output, on stderr: what was read, left out and could not be processed.
void TellOfArchive(const Archive& archive, const ArchiveRun& run);

// The end of a verb: prints `report` on stdout, then TellOfArchive. Told to stop it prints what was counted until then.
// The exit code, when the verb has nothing against it: kOk, kInterrupted or kNoArticles. Errors: as PrintReport.
Result<ExitCode> FinishReport(std::string_view report, const Archive& archive, const ArchiveRun& run, StopSwitch& stop);

// ------------------------------------------------------------------------------------ what RunArchive is made of

// Decode, fold and match of one worker.
class ArchiveScanner {
 public:
  // Borrows `archive`. Errors: as ArticleMatcher::Create.
  static Result<std::unique_ptr<ArchiveScanner>> Create(const Archive& archive,
                                                        std::vector<std::shared_ptr<const RuleSet>> rules,
                                                        bool measures, InputLook& look);

  enum class Found { kArticle, kLeftOut, kUndated, kRejected };
  Found Scan(const Record& record, WallTime received);
  ScannedArticle article(const Record& record, WallTime received) const {
    return {record, received, reader_.recorded(), reader_.article(), reader_.document(), reader_.folded(),
            found_, cpu_};
  }
  std::optional<WallTime> time() const { return reader_.time(); }
  Rejection TakeRejection() { return *std::move(rejection_); }  // REQUIRES: kRejected
  // To be called when the article of the record is not looked at any more.
  void Done(const Record& record);

 private:
  ArchiveScanner(FoldedArticleReader reader, std::vector<std::shared_ptr<const RuleSet>> rules,
                 std::vector<Matcher> matchers, const Archive& archive, bool measures, InputLook& look);

  FoldedArticleReader reader_;
  const std::vector<std::shared_ptr<const RuleSet>> rules_;
  std::vector<Matcher> matchers_;
  MatchMetrics metrics_;
  const TimeRange range_;
  const bool measures_;
  InputLook& look_;
  std::size_t first_ = 0;  // the rule set that goes first
  std::vector<std::vector<TopicMatch>> found_;
  std::vector<std::chrono::nanoseconds> cpu_;
  std::optional<Rejection> rejection_;
};

// What flows from workers to handler: never worth a copy of its record.
template <class Value>
struct ArchiveValue {
  bool empty() const { return true; }

  ArchiveScanner::Found found = ArchiveScanner::Found::kRejected;
  std::optional<WallTime> time;
  bool matched = false;
  Value value{};
};

template <class Value>
class ArchiveReader : public Reader<ArchiveValue<Value>> {
 public:
  using Look = std::function<Value(const ScannedArticle&)>;
  ArchiveReader(std::unique_ptr<ArchiveScanner> scanner, Look look)
      : scanner_(std::move(scanner)), look_(std::move(look)) {}

  Outcome<ArchiveValue<Value>> Process(const Record& record, WallTime received) override {
    Outcome<ArchiveValue<Value>> outcome;
    outcome.value.found = scanner_->Scan(record, received);
    if (outcome.value.found == ArchiveScanner::Found::kRejected) {
      outcome.rejection = scanner_->TakeRejection();
    } else if (outcome.value.found == ArchiveScanner::Found::kArticle) {
      const ScannedArticle scanned = scanner_->article(record, received);
      outcome.time = scanner_->time();
      outcome.value.time = record.timestamp ? record.timestamp : scanner_->time();
      for (const auto& found : scanned.found) outcome.value.matched |= !found.empty();
      outcome.value.value = look_(scanned);
    }
    scanner_->Done(record);
    return outcome;
  }

 private:
  const std::unique_ptr<ArchiveScanner> scanner_;
  const Look look_;
};

template <class Value>
class ArchiveHandler : public Handler<ArchiveValue<Value>> {
 public:
  using Take = std::function<void(const ArchivePlace&, Value)>;
  // Borrows `archive` and `run`.
  ArchiveHandler(Archive& archive, Take take, ArchiveRun& run)
      : dead_letters_(std::move(archive.dead_letters), archive.keeps_dead_letters, run.dead_letters_by_reason,
                      *archive.metrics),
        take_(std::move(take)),
        run_(run) {}

  void Advance(Partition partition, WallTime record_time) override { record_times_[partition] = record_time; }
  void Handle(ReceiptPtr receipt, Outcome<ArchiveValue<Value>> outcome) override {
    using Found = ArchiveScanner::Found;
    ArchiveValue<Value>& value = outcome.value;
    if (outcome.rejection) {
      ++run_.dead_lettered;
      dead_letters_.Add(receipt, *std::move(outcome.rejection));
    } else if (value.found == Found::kArticle) {
      ++run_.articles;
      if (value.matched) receipt->SetOutcome(RecordOutcome::kMatched);
      const RecordPlace& place = receipt->record().place;
      take_({place.partition, place.offset, record_times_[place.partition], value.time}, std::move(value.value));
    } else {
      ++(value.found == Found::kUndated ? run_.undated : run_.left_out);
    }
    receipt->Release();
  }
  Status Tend() override { return dead_letters_.Tend(); }
  void RequestStop() override { dead_letters_.RequestStop(); }
  Status Close(SteadyTime deadline) override { return dead_letters_.Close(deadline); }

 private:
  InputDeadLetters dead_letters_;
  const Take take_;
  ArchiveRun& run_;
  std::map<Partition, WallTime> record_times_;
};

// The end of RunArchive. Ends the process when threads were left behind (PipelineRun::gave_up).
void FinishArchiveRun(PipelineBase& pipeline, const Source& source, const Archive& archive, const InputLook& look,
                      const RunOptions& options, StopSwitch& stop, ArchiveRun& run);

// Reads `archive` to its end, or until `stop`. `rules`: none: articles are only read, and `found` is empty.
// `make_look`: called once for each worker, before all else: gives the function of that worker, which is called by one
// thread at a time. `take`: called by one thread, never together with itself; what it has written may be read when
// this returns.
// Errors: what is in the way of a start; an error while it runs is in `run.status`.
// `archive` is used up.
template <class Value>
Result<ArchiveRun> RunArchive(Archive& archive, const std::vector<std::shared_ptr<const RuleSet>>& rules,
                              const std::function<typename ArchiveReader<Value>::Look()>& make_look,
                              typename ArchiveHandler<Value>::Take take, StopSwitch& stop,
                              const RunOptions& options = {}) {
  ArchiveRun run;
  InputLook look;
  Health health;
  Step<ArchiveValue<Value>> step{"archive", "source", "articles", MatchMetrics{*archive.metrics}.step, nullptr};
  step.make_reader = [&]() -> Result<std::unique_ptr<Reader<ArchiveValue<Value>>>> {
    auto scanner = ArchiveScanner::Create(archive, rules, options.measures, look);
    if (!scanner) return std::move(scanner).error();
    return std::unique_ptr<Reader<ArchiveValue<Value>>>(
        std::make_unique<ArchiveReader<Value>>(*std::move(scanner), make_look()));
  };
  PipelineOptions pipeline_options = archive.config.pipeline.pipeline;
  pipeline_options.workers = archive.workers;
  const Source& source = *archive.source;
  auto handler = std::make_unique<ArchiveHandler<Value>>(archive, std::move(take), run);
  auto pipeline = Pipeline<ArchiveValue<Value>>::Create(std::move(archive.source), std::move(handler), std::move(step),
                                                        pipeline_options, health);
  if (!pipeline) return std::move(pipeline).error();
  FinishArchiveRun(**pipeline, source, archive, look, options, stop, run);
  return run;
}

}  // namespace wirewatch

#endif  // WIREWATCH_CLI_WIRING_ARCHIVE_RUN_H_
