// wirewatch suggest: which terms would make a topic better, as far as labels tell.

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
#include "cli/report/suggest_report.h"
#include "cli/terminal/exit_code.h"
#include "cli/terminal/signals.h"
#include "cli/terminal/tell.h"
#include "cli/terminal/verb.h"
#include "cli/verbs/verbs.h"
#include "cli/wiring/archive_run.h"
#include "cli/wiring/labels_file.h"
#include "cli/wiring/pipeline_run.h"
#include "cli/wiring/topic_name.h"
#include "pipeline/archive/evaluation.h"
#include "pipeline/archive/term_suggestions.h"
#include "pipeline/archive/term_uses.h"
#include "rules/engine/shadow_rules.h"
#include "rules/tools/explanation.h"

namespace wirewatch {
namespace {

struct Options {
  std::vector<std::string> packs;
  ArchiveOptions archive;
  std::string labels, topic;
  std::size_t min_stories = 2, limit = 10;
  bool json = false;
};

// The topic in the rules and in the labels.
struct Asked {
  std::uint32_t topic = 0;   // index into RuleSet::topics()
  std::size_t labelled = 0;  // index into Labels::topics()
};

bool Fires(const RuleSet& rules, const ShadowRules& shadow, std::uint32_t topic, std::vector<TopicMatch> found) {
  std::erase_if(found, [&](const TopicMatch& match) { return match.topic != topic; });
  if (!shadow.empty() && !found.empty()) shadow.TakeFrom(rules, found);
  return !found.empty();
}

// The topic with one rule that never holds: what explains it says of an article whether `unless` or the languages of
// the topic keep it out, whatever its rules.
Topic WithoutRules(const Topic& topic) {
  Topic without = topic;
  without.rules.resize(1);
  Rule& rule = without.rules.front();
  rule.languages.clear();
  rule.match = Expression();
  rule.match.term.text = "zzyzxqwv";
  return without;
}

// Reads the archive and learns from the articles with a label.
using Text = std::optional<JudgedText>;
ArchiveReader<Text>::Look Learn(std::shared_ptr<const RuleSet> rules, const Labels& labels, Asked asked) {
  struct Worker {
    ShadowRules shadow;
    Topic without_rules;
    SignatureMaker signatures;
  };
  auto worker = std::make_shared<Worker>(Worker{ShadowRules(*rules), WithoutRules(*rules->topics()[asked.topic]), {}});
  return [rules = std::move(rules), &labels, asked, worker](const ScannedArticle& scanned) -> Text {
    const Labels::Row* const row = labels.Find(scanned.article.id);
    const auto grade = row == nullptr ? std::nullopt : Labels::Of(*row, asked.labelled);
    if (!grade) return std::nullopt;
    JudgedText text;
    text.id = scanned.article.id;
    text.language = PrimaryLanguage(scanned.article.language);
    text.time = scanned.article.published_at;
    text.grade = *grade;
    text.fired = Fires(*rules, worker->shadow, asked.topic, scanned.found[0]);
    if (!text.fired && *grade == Grade::kMust) {
      const auto explained = Explainer(scanned.document).Explain(worker->without_rules);
      text.out_of_reach = explained && (explained->outcome == TopicExplanation::Outcome::kLanguage ||
                                        (explained->unless && explained->unless->holds));
    }
    text.signature = worker->signatures.Make(scanned.folded);
    text.uses = TermUsesOf(scanned.folded, text.language);
    return text;
  };
}

struct Nothing {};

// Reads the archive once more, for what the suggested terms would cost.
Result<ArchiveRun> MeasureCosts(const Options& options, const std::shared_ptr<const RuleSet>& rules,
                                const Labels& labels, Asked asked, Suggestions& suggestions, StopSwitch& stop) {
  auto archive = Archive::Open(options.archive);
  if (!archive) return std::move(archive).error();
  std::vector<std::shared_ptr<TermCosts>> workers;
  const ShadowRules shadow(*rules);
  auto run = RunArchive<Nothing>(
      *archive, {rules},
      [&]() -> ArchiveReader<Nothing>::Look {
        workers.push_back(std::make_shared<TermCosts>(suggestions));
        return [&, costs = workers.back()](const ScannedArticle& scanned) {
          const Labels::Row* const row = labels.Find(scanned.article.id);
          costs->Add(scanned.folded, Fires(*rules, shadow, asked.topic, scanned.found[0]),
                     row != nullptr && Labels::Of(*row, asked.labelled).has_value());
          return Nothing();
        };
      },
      [](const ArchivePlace&, Nothing) {}, stop, {.what = "articles once more, for the costs"});
  TermCosts all(suggestions);
  for (const auto& costs : workers) all.Add(*costs);
  all.PutInto(suggestions);
  return run;
}

Result<ExitCode> RunSuggest(const Options& options) {
  BlockSignals();
  log::SetLevel(log::Level::kWarn);
  StopSwitch stop;
  const SignalThread signals(stop, [] {});
  const auto& on = options.archive.on;
  if (on.empty() || std::find(on.begin(), on.end(), "-") != on.end()) {
    return Error{ErrorCode::kInvalid, "suggest reads the archive twice, so it cannot be stdin: name files with --on"};
  }
  const auto labels = ReadLabels(options.labels);
  if (!labels) return labels.error();
  auto archive = Archive::Open(options.archive);
  if (!archive) return std::move(archive).error();
  const auto rules = LoadRuleSet({options.packs.begin(), options.packs.end()}, stop);
  if (!rules) return rules.error();
  if (Status known = CheckTopics(**rules, {options.topic}); !known) return std::move(known).error();
  const auto& topics = labels->labels.topics();
  const auto labelled = std::find(topics.begin(), topics.end(), options.topic);
  if (labelled == topics.end()) {
    return Error{ErrorCode::kInvalid, fmt::format("{}: it has no label for topic {}, but for {}", options.labels,
                                                  options.topic, fmt::join(topics, ", "))};
  }
  Asked asked{.topic = 0, .labelled = static_cast<std::size_t>(labelled - topics.begin())};
  while ((*rules)->topics()[asked.topic]->id != options.topic) ++asked.topic;

  TermLearner learner;
  DayCounts days;
  auto run = RunArchive<Text>(
      *archive, {*rules}, [&] { return Learn(*rules, labels->labels, asked); },
      [&](const ArchivePlace& place, Text text) {
        if (place.time) days.Add(*place.time);
        if (text) learner.Add(*std::move(text));
      },
      stop);
  if (!run) return run.error();
  if (!run->run.status) return run->run.status.error();

  SuggestReport report;
  report.topic = options.topic;
  report.options = {options.min_stories, options.limit == 0 ? 100'000 : options.limit};
  report.suggestions = learner.Suggest(report.options);
  report.archive = FactsOf(*run, on, std::move(days));
  report.packs = options.packs;
  report.labels = options.labels;
  for (const auto& [id, row] : labels->labels.articles())
    report.labelled += Labels::Of(row, asked.labelled).has_value();
  report.in_archive = learner.size() + learner.left_out();
  report.left_out = learner.left_out();
  if (!report.suggestions.terms.empty() && !run->run.interrupted) {
    const auto costs = MeasureCosts(options, *rules, labels->labels, asked, report.suggestions, stop);
    if (!costs) return costs.error();
    if (!costs->run.status) return costs->run.status.error();
    run->run.interrupted = costs->run.interrupted;
  }

  return FinishReport(options.json ? SuggestJson(report) : SuggestText(report), *archive, *run, stop);
}

}  // namespace

void AddSuggest(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  Verb suggest(app, "suggest", "Suggest terms that would gain a topic recall or precision, learnt from labels");
  suggest.Value("packs", options->packs, "Rule files and directories of them").Required();
  AddArchiveOptions(suggest, options->archive);
  suggest.Value("--topic,-t", options->topic, "The topic that is to become better").Required();
  suggest.Value("--labels", options->labels, "What people said of the articles: a table, NDJSON, or exported feedback")
      .Required();
  suggest.Value("--min-stories", options->min_stories, "A term must stand in articles of so many stories")
      .Between(1, 1'000)
      .ShowDefault();
  suggest.Value("--limit", options->limit, "Terms of each language and kind; 0: all").Between(0, 100'000).ShowDefault();
  suggest.Flag("--json", options->json, "Print one JSON document");
  suggest.Footer(
      std::string(kArchiveHelp) +
      "\nThe archive is read twice: for the labelled articles, and for what the terms would cost. Suggestions are for\n"
      "people to judge: few labels share chance words. docs/quality.md says how to read them.\n\n"
      "Examples:\n"
      "  wirewatch suggest rules/packs --topic 5g-vendor-bans --on deploy/sample-wire --labels "
      "tests/testdata/labels/sample-wire.tsv\n"
      "  wirewatch suggest rules/packs --topic 5g-vendor-bans --on archive/ --labels labels.tsv --json");
  suggest.OnChosen([options, &exit_code] { exit_code = Finish(RunSuggest(*options)); });
}

}  // namespace wirewatch
