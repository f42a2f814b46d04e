// wirewatch hygiene: which rules do nothing any more.

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/log.h"
#include "cli/report/hygiene_report.h"
#include "cli/report/sparkline.h"
#include "cli/terminal/exit_code.h"
#include "cli/terminal/signals.h"
#include "cli/terminal/tell.h"
#include "cli/terminal/verb.h"
#include "cli/verbs/verbs.h"
#include "cli/wiring/archive_run.h"
#include "cli/wiring/labels_file.h"
#include "cli/wiring/pipeline_run.h"
#include "cli/wiring/topic_name.h"
#include "pipeline/archive/rule_hygiene.h"
#include "rules/engine/matcher.h"

namespace wirewatch {
namespace {

struct Options {
  std::vector<std::string> packs;
  ArchiveOptions archive;
  std::string labels;
  std::vector<std::string> topics;
  std::size_t silent_days = 30, min_hits = 3, limit = 20;
  bool json = false;
};

// Looks at the articles of one worker. It matches by itself, since it asks the matcher which terms it found.
class Looker {
 public:
  // `labels` may be null.
  Looker(std::shared_ptr<const RuleSet> rules, const Labels* labels, Matcher matcher)
      : rules_(std::move(rules)), labels_(labels), matcher_(std::move(matcher)) {}

  HygieneHit Look(const ScannedArticle& scanned) {
    HygieneHit hit;
    const auto found = matcher_.Match(scanned.document, scanned.folded);
    if (!found) {
      failed_ = found.error();
      return hit;
    }
    matcher_.AppendFoundTerms(hit.found);
    const Labels::Row* const row = labels_ == nullptr ? nullptr : labels_->Find(scanned.article.id);
    for (const TopicMatch& match : *found) {
      HygieneHit::OnTopic& on = hit.topics.emplace_back(HygieneHit::OnTopic{match.topic, match.rules, std::nullopt});
      for (const MatchSpan& span : match.spans) hit.used.push_back(span.term);
      if (row == nullptr) continue;
      const auto& topics = labels_->topics();
      const auto at = std::find(topics.begin(), topics.end(), rules_->topics()[match.topic]->id);
      if (at != topics.end()) on.grade = Labels::Of(*row, static_cast<std::size_t>(at - topics.begin()));
    }
    std::sort(hit.used.begin(), hit.used.end());
    hit.used.erase(std::unique(hit.used.begin(), hit.used.end()), hit.used.end());
    return hit;
  }
  const Status& failed() const { return failed_; }

 private:
  const std::shared_ptr<const RuleSet> rules_;
  const Labels* const labels_;
  Matcher matcher_;
  Status failed_;
};

Result<ExitCode> RunHygiene(const Options& options) {
  BlockSignals();
  log::SetLevel(log::Level::kWarn);
  StopSwitch stop;
  const SignalThread signals(stop, [] {});
  std::optional<LabelsFile> labels;
  if (!options.labels.empty()) {
    auto read = ReadLabels(options.labels);
    if (!read) return std::move(read).error();
    labels = *std::move(read);
  }
  auto archive = Archive::Open(options.archive);
  if (!archive) return std::move(archive).error();
  const auto rules = LoadRuleSet({options.packs.begin(), options.packs.end()}, stop);
  if (!rules) return rules.error();
  if (Status known = CheckTopics(**rules, options.topics); !known) return std::move(known).error();

  RuleHygiene hygiene(**rules);
  DayCounts days;
  std::vector<std::shared_ptr<Looker>> workers;
  Status failed;  // of making a worker
  const auto run = RunArchive<HygieneHit>(
      *archive, {},
      [&]() -> ArchiveReader<HygieneHit>::Look {
        auto matcher = Matcher::Create(*rules);
        if (!matcher) {
          failed = std::move(matcher).error();
          return [](const ScannedArticle&) { return HygieneHit(); };
        }
        workers.push_back(std::make_shared<Looker>(*rules, labels ? &labels->labels : nullptr, *std::move(matcher)));
        return [looker = workers.back()](const ScannedArticle& scanned) { return looker->Look(scanned); };
      },
      [&](const ArchivePlace& place, HygieneHit hit) {
        if (place.time) days.Add(*place.time);
        hygiene.Add(hit, place.time);
      },
      stop);
  if (!run) return run.error();
  if (!failed) return failed.error();
  if (!run->run.status) return run->run.status.error();
  for (const auto& worker : workers) {
    if (!worker->failed()) return worker->failed().error();
  }

  const HygieneReport report{
      .hygiene = hygiene,
      .rules = **rules,
      .options = {.min_hits = options.min_hits, .silent_days = static_cast<std::int64_t>(options.silent_days)},
      .archive = FactsOf(*run, options.archive.on, std::move(days)),
      .packs = options.packs,
      .topics = options.topics,
      .labels = options.labels};
  return FinishReport(options.json ? HygieneJson(report) : HygieneText(report, options.limit, IsUtf8Locale()), *archive,
                      *run, stop);
}

}  // namespace

void AddHygiene(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  Verb hygiene(app, "hygiene", "Tell which rules do nothing: never fire, always with another one, less and less");
  hygiene.Value("packs", options->packs, "Rule files and directories of them").Required();
  AddArchiveOptions(hygiene, options->archive);
  hygiene.Value("--labels", options->labels, "What people said of articles: tells rules that bring only false alarms");
  hygiene.Value("--topic,-t", options->topics, "Tell of this topic alone; more: say it again").OneValueATime();
  hygiene.Value("--silent-days", options->silent_days, "Tell topics without a hit for so many days at the end")
      .Between(1, 100'000)
      .ShowDefault();
  hygiene.Value("--min-hits", options->min_hits, "Of each of two rules that are compared")
      .Between(1, 1'000'000)
      .ShowDefault();
  hygiene.Value("--limit", options->limit, "Lines of each list; 0: all").Between(0, 1'000'000).ShowDefault();
  hygiene.Flag("--json", options->json, "Print one JSON document, of all");
  hygiene.Footer(
      std::string(kArchiveHelp) +
      "\nWhat an archive shows may be otherwise tomorrow; where the expressions alone prove it, that is said.\n"
      "docs/quality.md says what to do about each finding.\n\n"
      "Examples:\n"
      "  wirewatch hygiene rules/packs --on deploy/sample-wire\n"
      "  wirewatch hygiene rules/packs --on archive/ --since 365d --labels labels.tsv --json > hygiene.json");
  hygiene.OnChosen([options, &exit_code] { exit_code = Finish(RunHygiene(*options)); });
}

}  // namespace wirewatch
