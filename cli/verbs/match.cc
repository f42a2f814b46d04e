// wirewatch match: articles to matches, without Kafka and without state.

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "base/io/stop_signal.h"
#include "base/log.h"
#include "cli/terminal/exit_code.h"
#include "cli/terminal/progress.h"
#include "cli/terminal/signals.h"
#include "cli/terminal/standard_output.h"
#include "cli/terminal/tell.h"
#include "cli/terminal/verb.h"
#include "cli/verbs/verbs.h"
#include "cli/wiring/config_input.h"
#include "cli/wiring/input_dead_letters.h"
#include "cli/wiring/match_counts.h"
#include "cli/wiring/match_view.h"
#include "cli/wiring/pipeline_run.h"
#include "cli/wiring/topic_name.h"
#include "connectors/config_checks.h"
#include "connectors/file/file_list.h"
#include "connectors/registry.h"
#include "connectors/stdio/terminal.h"
#include "monitoring/health.h"
#include "monitoring/metrics.h"
#include "pipeline/flow/flow_metrics.h"
#include "pipeline/flow/handler.h"
#include "pipeline/flow/pipeline.h"
#include "pipeline/match/article_matches.h"
#include "pipeline/match/match_metrics.h"
#include "pipeline/match/match_step.h"
#include "pipeline/match/rule_store.h"
#include "pipeline/records/sink.h"
#include "rules/pack/pack.h"
#include "rules/pack/pack_files.h"

namespace wirewatch {
namespace {

struct Options {
  QuickConfig quick;
  std::string summary;
  std::size_t workers = 0;
  bool text = false, json = false, csv = false;
  std::string by;
  std::vector<std::string> topics;
  std::string min_severity;
  int min_score = 0;
  std::size_t sample = 0;  // 0: all
  std::int64_t seed = 1;
  bool shadow = false;
};

// What was counted, for people and for --summary. Written by the handler's thread, read after the pipeline has run.
struct Counts {
  std::uint64_t matches = 0;
  std::map<std::string, std::uint64_t> matches_by_topic;
  std::uint64_t shadow_matches = 0;  // only with --shadow
  DeadLetterCounts dead_letters_by_reason;
};

// Prints the matches, in the order of the articles, through a buffer of its own.
class MatchPrinter : public Handler<ArticleMatches> {
 public:
  // `view`: null, all matches are printed as NDJSON. That is done here, without a step in between: it is what archives
  // of millions of articles are matched with.
  MatchPrinter(std::unique_ptr<DeadLetterSink> dead_letters, bool keeps_dead_letters, std::unique_ptr<MatchView> view,
               Counts& counts, MetricsRegistry& metrics)
      : dead_letters_(std::move(dead_letters), keeps_dead_letters, counts.dead_letters_by_reason, metrics),
        view_(std::move(view)),
        counts_(counts) {}

  void Handle(ReceiptPtr receipt, Outcome<ArticleMatches> outcome) override {
    const std::vector<Match>& matches = outcome.value.matches;
    if (outcome.rejection) {
      dead_letters_.Add(receipt, *std::move(outcome.rejection));
    } else if (!matches.empty()) {
      receipt->SetOutcome(RecordOutcome::kMatched);
    }
    for (const Match& match : matches) {
      ++counts_.matches;
      ++counts_.matches_by_topic[match.topic];
      if (view_ != nullptr) continue;
      AppendJson(match, buffer_);
      buffer_ += '\n';
    }
    for (const Match& match : outcome.value.shadow) {  // there is no view then
      ++counts_.shadow_matches;
      AppendJson(match, buffer_, MatchStatus::kShadow);
      buffer_ += '\n';
    }
    if (matches.empty() && outcome.value.shadow.empty()) return receipt->Release();
    if (view_ != nullptr) Show(matches);
    unwritten_.push_back(std::move(receipt));
    if (buffer_.size() >= kBufferBytes) Write();
  }

  Status Tend() override {
    Write();
    Status tended = dead_letters_.Tend();
    return failure_ ? tended : failure_;
  }
  void RequestStop() override {
    stop_.Raise();
    dead_letters_.RequestStop();
  }
  Status Close(SteadyTime deadline) override {
    if (view_ != nullptr) view_->End(buffer_);
    Write();
    if (Status closed = dead_letters_.Close(deadline); !closed) return closed;
    return failure_;
  }

 private:
  static constexpr std::size_t kBufferBytes = 64 << 10;

  void Show(const std::vector<Match>& matches) {
    shown_.clear();
    for (const Match& match : matches) shown_.push_back(&match);
    view_->Add(shown_, buffer_);
  }

  void Write() {
    if (failure_) failure_ = WriteToStandardOutput(buffer_, stop_, "matches");
    buffer_.clear();
    // Matches that are lost are told by failure_ alone, once.
    for (const ReceiptPtr& receipt : std::exchange(unwritten_, {})) receipt->Release();
  }

  InputDeadLetters dead_letters_;
  const std::unique_ptr<MatchView> view_;
  std::vector<const Match*> shown_;  // reused
  Counts& counts_;
  std::string buffer_;
  std::vector<ReceiptPtr> unwritten_;  // whose matches are in buffer_: in flight, so that a stop sees them wait
  StopSignal stop_;
  Status failure_;  // of stdout
};

std::string SummaryJson(const Counts& counts, const StepMetrics& articles, const RuleSet& rules, const PipelineRun& run,
                        bool shadow) {
  nlohmann::ordered_json json;
  json["version"] = WIREWATCH_VERSION;
  json["rule_set"] = rules.hash();
  json["read"] = static_cast<std::uint64_t>(articles.read.Value());
  json["bytes"] = static_cast<std::uint64_t>(articles.bytes_read.Value());
  json["matched"] = static_cast<std::uint64_t>(articles.matched.Value());
  json["unmatched"] = static_cast<std::uint64_t>(articles.unmatched.Value());
  json["dead_lettered"] = static_cast<std::uint64_t>(articles.dead_lettered.Value());
  json["dead_letters_by_reason"] = counts.dead_letters_by_reason;
  json["matches"] = counts.matches;
  json["matches_by_topic"] = counts.matches_by_topic;
  if (shadow) json["shadow_matches"] = counts.shadow_matches;
  json["complete"] = run.status.has_value() && !run.interrupted;  // the input was read to its end
  json["seconds"] = run.took.count();
  json["articles_per_second"] = articles.read.Value() / std::max(run.took.count(), 1e-3);
  return json.dump(2) + "\n";
}

void PrintSummary(const Options& options, const Counts& counts, const StepMetrics& articles, const PipelineRun& run) {
  const double dead_letters = articles.dead_lettered.Value();
  if (options.quick.dead_letters.empty()) TellOfUntold(dead_letters);
  const std::string shadow =
      options.shadow ? fmt::format(" and {} in shadow", Grouped(static_cast<double>(counts.shadow_matches))) : "";
  Tell(fmt::format(
      "read {} articles: {} matched, {} unmatched, {} dead letters; {} matches{}; {:.2f} s, {} articles/s\n",
      Grouped(articles.read.Value()), Grouped(articles.matched.Value()), Grouped(articles.unmatched.Value()),
      Grouped(dead_letters), Grouped(static_cast<double>(counts.matches)), shadow, run.took.count(),
      run.PerSecond(articles.read.Value())));
}

// The summary takes the place of what its file holds, so that must be nothing that somebody else wrote.
Status CheckSummary(const Options& options, const Config& config) {
  const std::filesystem::path summary = options.summary;
  const auto is_summary = [&](const std::filesystem::path& path) {
    std::error_code error;
    return Resolved(path) == Resolved(summary) || std::filesystem::equivalent(path, summary, error);  // a hard link
  };
  const auto is_in = [&](const auto& paths) { return std::any_of(paths.begin(), paths.end(), is_summary); };
  std::error_code ignored;  // what cannot be looked at cannot be written, either
  const auto type = std::filesystem::status(summary, ignored).type();
  if (type != std::filesystem::file_type::regular && type != std::filesystem::file_type::not_found) return {};
  std::string_view taken;
  const auto packs = FindPackFiles(config.rules.packs);
  if (ReadsAsInput(config, summary) || is_in(options.quick.inputs)) taken = "articles are read from it";
  if (packs && is_in(*packs)) taken = "it is a pack";
  if (!options.quick.decode.empty() && is_summary(options.quick.decode)) taken = "it is the configuration";
  if (!options.quick.dead_letters.empty() && is_summary(options.quick.dead_letters)) {
    taken = "the dead letters go there";
  }
  if (taken.empty()) return {};
  return Error{ErrorCode::kInvalid, fmt::format("{}: {}; write the summary elsewhere", options.summary, taken)};
}

// Counts and samples are printed at the end.
bool PrintsMeanwhile(const Options& options) { return options.by.empty() && options.sample == 0; }

bool Selects(const Options& options) {
  return !options.topics.empty() || !options.min_severity.empty() || options.min_score > 0;
}

// What is printed, unless it is all matches as NDJSON: null. Errors: kNotFound: a topic that there is not.
Result<std::unique_ptr<MatchView>> MakeView(const Options& options, const RuleSet& rules) {
  const bool to_terminal = IsTerminal(STDOUT_FILENO);
  const bool text = options.text || (to_terminal && !options.json && !options.csv && !options.shadow);
  const bool plain = options.by.empty() && !text && !options.csv;
  if (plain && !Selects(options) && options.sample == 0) return std::unique_ptr<MatchView>();

  MatchSelection selection;
  if (Status known = CheckTopics(rules, options.topics); !known) return std::move(known).error();
  selection.topics = options.topics;
  for (const TopicSeverity severity : {TopicSeverity::kMedium, TopicSeverity::kHigh, TopicSeverity::kCritical}) {
    if (Name(severity) == options.min_severity) selection.min_severity = severity;
  }
  selection.min_score = static_cast<std::uint32_t>(options.min_score);

  std::unique_ptr<MatchView> view;
  if (!options.by.empty()) {
    const auto by =
        std::find_if(std::begin(kCountBys), std::end(kCountBys), [&](CountBy one) { return Name(one) == options.by; });
    const CountForm form = options.json ? CountForm::kJson : options.csv ? CountForm::kCsv : CountForm::kTable;
    view = MakeCountingView(MatchCounts(*by, rules, options.topics), form);
  } else if (options.csv) {
    view = MakeCsvView();
  } else {
    view = text ? MakeTextView(ColourOnStdout(), TerminalWidth(STDOUT_FILENO)) : MakeNdjsonView();
  }
  if (options.sample > 0) {
    view = MakeSamplingView(options.sample, static_cast<std::uint64_t>(options.seed), std::move(view));
  }
  if (Selects(options)) view = MakeSelectingView(std::move(selection), std::move(view));
  return view;
}

Result<ExitCode> MatchAll(const Options& options) {
  BlockSignals();
  auto config = MakeConfig(options.quick);
  if (!config) return std::move(config).error();
  log::SetLevel(log::Level::kWarn);
  if (!options.summary.empty()) {  // a path that cannot be written is told before the work, not after it
    if (Status free = CheckSummary(options, *config); !free) return std::move(free).error();
    if (Status written = WriteFile(options.summary, ""); !written) return std::move(written).error();
  }
  MetricsRegistry metrics;
  Health health;
  StopSwitch stop;
  const SignalThread signals(stop, [] {});
  auto rules = LoadRules(config->rules.packs, metrics, {}, stop, kInterrupted);
  if (!rules) return std::move(rules).error();
  auto view = MakeView(options, *(*rules)->Current());
  if (!view) return std::move(view).error();
  auto source = MakeSource(*config, metrics);
  if (!source) return std::move(source).error();
  const Source& source_view = **source;
  auto dead_letters = MakeDeadLetterSink(*config, metrics);
  if (!dead_letters) return std::move(dead_letters).error();

  Counts counts;
  InputLook look;
  PipelineOptions pipeline_options;
  pipeline_options.workers = options.workers;
  pipeline_options.record_time = config->pipeline.pipeline.record_time;
  auto pipeline = Pipeline<ArticleMatches>::Create(
      *std::move(source),
      std::make_unique<MatchPrinter>(*std::move(dead_letters), !options.quick.dead_letters.empty(), *std::move(view),
                                     counts, metrics),
      MatchStep(**rules, config->decode.limits, config->decode.mapping, pipeline_options.record_time, metrics, &look,
                {.live = nullptr, .tells = options.shadow}),
      pipeline_options, health);
  if (!pipeline) return std::move(pipeline).error();

  const StepMetrics articles = MatchMetrics{metrics}.step;
  const PipelineRun run =
      RunPipelines({pipeline->get()}, source_view, {articles, "articles", PrintsMeanwhile(options)}, stop);
  PrintSummary(options, counts, articles, run);
  const bool no_articles = TellOfInput(run, metrics, look);
  Status finished = run.status;
  if (!options.summary.empty()) {
    Status written =
        WriteFile(options.summary, SummaryJson(counts, articles, *(*rules)->Current(), run, options.shadow));
    if (!written) finished = std::move(written);
  }
  if (run.gave_up) FinishAtOnce(finished);
  if (!finished) return std::move(finished).error();
  if (run.interrupted) Tell("wirewatch: stopped by a signal, before the end of the input\n");
  return run.interrupted ? kInterrupted : no_articles ? kNoArticles : kOk;
}

}  // namespace

void AddMatch(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  Verb match(app, "match", "Match articles: print, count or sample the matches; no Kafka, no state");
  match.Value("files", options->quick.inputs, "Article files and directories (plain, .zst, .gz); - or none: stdin");
  match.Value("--packs,-p", options->quick.packs, "A rule file or a directory of them; more: say it again")
      .Required()
      .OneValueATime();
  match.Value("--summary", options->summary, "Write the counts to this file, as JSON");
  match.Value("--dead-letters", options->quick.dead_letters,
              "Append records that cannot be processed to this file, whole; else a line each on stderr");
  match.Value("--config,-c", options->quick.decode, "Take limits and mapping from `decode` of this configuration");
  match.Value("--record-time", options->quick.record_time, std::string(kRecordTimeHelp))
      .OneOf({"received", "published"});
  match.Value("--workers,-w", options->workers, "Threads that match; 0: one for each core").Between(0, 1024);
  VerbOption text = match.Flag("--text", options->text,
                               "Print matches as people read them, with their words marked; the default on a terminal");
  VerbOption json =
      match.Flag("--json", options->json, "Print matches as NDJSON, the default elsewhere; counts as JSON");
  VerbOption csv = match.Flag("--csv", options->csv, "Print a table for spreadsheets");
  text.Excludes(json).Excludes(csv);
  json.Excludes(csv);
  VerbOption by = match.Value("--by", options->by, "Print how many articles match, by rule, topic, source or language");
  by.OneOf({"rule", "topic", "source", "language"}).Excludes(text);
  VerbOption topic =
      match.Value("--topic,-t", options->topics, "Only matches of this topic; more: say it again").OneValueATime();
  VerbOption severity =
      match.Value("--min-severity", options->min_severity, "Only matches of this severity or a higher one")
          .OneOf({"low", "medium", "high", "critical"});
  VerbOption score =
      match.Value("--min-score", options->min_score, "Only matches of this score or a higher one").Between(0, 100);
  VerbOption sample = match.Value("--sample", options->sample, "Only so many matches, chosen at random")
                          .Between(1, 1'000'000)
                          .Excludes(by);
  match.Value("--seed", options->seed, "Of --sample: the same number chooses the same matches").Needs(sample);
  match
      .Flag("--shadow", options->shadow,
            "Print what rules in shadow match, too, as NDJSON; such a match says \"status\": \"shadow\"")
      .Excludes(text)
      .Excludes(csv)
      .Excludes(by)
      .Excludes(topic)
      .Excludes(severity)
      .Excludes(score)
      .Excludes(sample);
  match.Footer(
      "On a terminal matches are printed as text, elsewhere as NDJSON. The counts on stderr are those of all matches.\n"
      "A record that cannot be processed is counted and told, and the next one goes on: the exit code stays 0;\n"
      "it is 6 when not one record is an article.\n\n"
      "Examples:\n"
      "  printf '{\"id\":\"1\",\"title\":\"Sweden bans Huawei from 5G\",\"language\":\"en\"}' | wirewatch match "
      "--packs rules/packs\n"
      "  wirewatch match articles.ndjson.zst --packs rules/packs --summary counts.json > matches.ndjson\n"
      "  wirewatch match articles.ndjson.zst --packs rules/packs --text --sample 20 | less -R\n"
      "  wirewatch match articles.ndjson.zst --packs rules/packs --by rule");
  match.OnChosen([options, &exit_code] { exit_code = Finish(MatchAll(*options)); });
}

}  // namespace wirewatch
