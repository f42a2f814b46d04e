// wirewatch eval: what rules do on articles that people have labelled.

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/log.h"
#include "cli/report/eval_report.h"
#include "cli/terminal/exit_code.h"
#include "cli/terminal/progress.h"
#include "cli/terminal/signals.h"
#include "cli/terminal/tell.h"
#include "cli/terminal/verb.h"
#include "cli/verbs/eval_browse.h"
#include "cli/verbs/verbs.h"
#include "cli/wiring/archive_run.h"
#include "cli/wiring/labels_file.h"
#include "cli/wiring/pipeline_run.h"
#include "cli/wiring/topic_name.h"
#include "pipeline/archive/evaluation.h"
#include "pipeline/archive/reservoir.h"
#include "pipeline/decode/article.h"
#include "rules/engine/matcher.h"
#include "rules/engine/shadow_rules.h"
#include "rules/text/fold.h"
#include "rules/tools/explanation.h"

namespace wirewatch {
namespace {

struct Options {
  std::vector<std::string> packs;
  ArchiveOptions archive;
  std::string labels;
  std::vector<std::string> topics;
  std::string min_precision, min_recall, min_share;
  std::size_t least = 10;
  std::string resample = "stories";
  std::size_t rounds = 1000, seed = 1;
  std::size_t limit = 20;
  bool shadow = false;
  bool json = false, csv = false, browse = false;
};

// What flows from workers.
struct Looked {
  std::optional<LabelledArticle> labelled;
  std::shared_ptr<const Article> article;  // of one on which rules and labels disagree
  std::vector<UnlabelledAlert> unlabelled;
};

// Which topics of the labels are judged, as indices into RuleSet::topics(); those that are not: nothing.
std::vector<std::optional<std::uint32_t>> JudgedTopics(const Labels& labels, const RuleSet& rules,
                                                       const std::vector<std::string>& asked) {
  std::vector<std::optional<std::uint32_t>> judged(labels.topics().size());
  for (std::size_t i = 0; i < judged.size(); ++i) {
    const std::string& id = labels.topics()[i];
    if (!asked.empty() && std::find(asked.begin(), asked.end(), id) == asked.end()) continue;
    for (std::uint32_t topic = 0; topic < rules.topics().size(); ++topic) {
      if (rules.topics()[topic]->id == id) judged[i] = topic;
    }
  }
  return judged;
}

// Looks at the articles of one worker. Rules in shadow count only where they are asked for.
class Looker {
 public:
  using Judged = std::vector<std::optional<std::uint32_t>>;
  Looker(std::shared_ptr<const RuleSet> rules, const Labels& labels, const Judged& judged, bool with_shadow)
      : rules_(std::move(rules)), labels_(labels), judged_(judged), shadow_(*rules_), with_shadow_(with_shadow) {}

  Looked Look(const ScannedArticle& scanned) {
    std::vector<TopicMatch> found = scanned.found[0];
    if (!with_shadow_ && !shadow_.empty() && !found.empty()) shadow_.TakeFrom(*rules_, found);
    const Labels::Row* const row = labels_.Find(scanned.article.id);
    Looked looked;
    if (row != nullptr) looked.labelled = Judge(scanned, *row, found);
    if (looked.labelled && std::any_of(looked.labelled->topics.begin(), looked.labelled->topics.end(),
                                       [](const auto& topic) { return KindOf(topic.second).has_value(); })) {
      looked.article = std::make_shared<const Article>(scanned.article);
    }
    for (const TopicMatch& match : found) {
      const Topic& topic = *rules_->topics()[match.topic];
      const auto at = std::find(judged_.begin(), judged_.end(), std::optional(match.topic));
      if (at == judged_.end()) continue;
      if (row != nullptr && Labels::Of(*row, static_cast<std::size_t>(at - judged_.begin()))) continue;
      looked.unlabelled.push_back(
          {topic.id, scanned.article.id, scanned.article.title, std::string(Name(match.severity))});
    }
    return looked;
  }

 private:
  LabelledArticle Judge(const ScannedArticle& scanned, const Labels::Row& row, const std::vector<TopicMatch>& found) {
    LabelledArticle article;
    article.id = scanned.article.id;
    article.title = scanned.article.title;
    article.language = PrimaryLanguage(scanned.article.language);
    article.time = scanned.article.published_at;
    article.signature = signatures_.Make(scanned.folded);
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (!row[i] || !judged_[i]) continue;
      const Topic& topic = *rules_->topics()[*judged_[i]];
      LabelledArticle::OnTopic& on = article.topics[i];
      on.grade = *row[i];
      const auto match =
          std::find_if(found.begin(), found.end(), [&](const TopicMatch& each) { return each.topic == *judged_[i]; });
      if (match != found.end()) {
        on.fired = match->severity;
        for (const std::uint32_t rule : match->rules) on.rules.push_back(topic.rules[rule].id);
      }
    }
    return article;
  }

  const std::shared_ptr<const RuleSet> rules_;
  const Labels& labels_;
  const Judged& judged_;
  const ShadowRules shadow_;
  const bool with_shadow_;
  SignatureMaker signatures_;
};

// Says of articles on which rules and labels disagree why that is, for so many of each list as are shown: on a large
// topic it takes a second for each that is missed.
class Reasons {
 public:
  // `most`: of each list; 0: all.
  Reasons(std::shared_ptr<const RuleSet> rules, const Labels& labels, std::size_t most)
      : rules_(std::move(rules)), labels_(labels), most_(most) {}

  // In the order of the archive.
  void Keep(const LabelledArticle& article, std::shared_ptr<const Article> text) {
    for (const auto& [topic, on] : article.topics) {
      const auto kind = KindOf(on);
      if (!kind || (++counts_[{topic, *kind}] > most_ && most_ > 0)) continue;
      kept_.push_back({article.id, topic, text, ""});
    }
  }

  // With so many threads; ends early when `stop` was called.
  void Find(std::size_t workers, const StopSwitch& stop) {
    std::atomic<std::size_t> next = 0;
    const auto work = [&] {
      auto matcher = Matcher::Create(rules_);
      if (!matcher) return;
      for (std::size_t at; !stop.stopped() && (at = next++) < kept_.size();) kept_[at].why = WhyOf(kept_[at], *matcher);
    };
    const Progress progress(kept_.size() > 2, [&] {
      return fmt::format("explaining {} of {} misses and false alarms", std::min(next.load(), kept_.size()),
                         kept_.size());
    });
    if (workers == 0) workers = std::max(1U, std::thread::hardware_concurrency());
    std::vector<std::jthread> threads;
    for (std::size_t i = 1; i < std::min(workers, kept_.size()); ++i) threads.emplace_back(work);
    work();
  }

  void PutInto(Evaluation& evaluation) const {
    for (const Kept& kept : kept_) evaluation.Explain(kept.article, kept.topic, kept.why);
  }

 private:
  struct Kept {
    std::string article;
    std::size_t topic = 0;  // index into Labels::topics()
    std::shared_ptr<const Article> text;
    std::string why;
  };

  std::string WhyOf(const Kept& kept, Matcher& matcher) const {
    const Document document = DocumentOf(*kept.text);
    FoldedDocument folded;
    Fold(document, folded);
    const auto found = matcher.Match(document, folded);
    if (!found) return "";
    for (const Topic* const topic : rules_->topics()) {
      if (topic->id != labels_.topics()[kept.topic]) continue;
      for (const TopicMatch& match : *found) {
        if (rules_->topics()[match.topic] != topic) continue;
        const auto grade = Labels::Of(*labels_.Find(kept.article), kept.topic);
        if (grade == Grade::kMust) return "why not: only rules in shadow hold";
        return "why: " + WhyItFired(*topic, match, document);
      }
      return "why not: " + WhyNot(*topic, document);
    }
    return "";
  }

  const std::shared_ptr<const RuleSet> rules_;
  const Labels& labels_;
  const std::size_t most_;
  std::map<std::pair<std::size_t, Disagreement::Kind>, std::size_t> counts_;
  std::vector<Kept> kept_;
};

// A share in [0, 1] as people write it.
std::string CheckShare(const std::string& text) {
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (end == text.c_str() || *end != '\0' || !(value >= 0 && value <= 1)) return "it is no number from 0 to 1: " + text;
  return "";
}

// What is below a threshold, of topics and languages with enough articles of label 2.
std::vector<std::string> TooLow(const Options& options, const Labels& labels,
                                const std::vector<Evaluation::TopicRows>& topics) {
  std::vector<std::string> low;
  const auto check = [&](std::string_view what, std::optional<double> value, const std::string& least,
                         const std::string& where) {
    if (least.empty()) return;
    const double wanted = std::strtod(least.c_str(), nullptr);
    if (wanted <= 0 || (value && *value >= wanted)) return;
    low.push_back(fmt::format("{} of {} is {}, and {} is asked for", what, where,
                              value ? fmt::format("{:.3f}", *value) : "of no alert", least));
  };
  const auto check_row = [&](const EvaluationRow& row, const std::string& where) {
    if (row.must() < options.least) return;
    check("precision", row.precision(), options.min_precision, where);
    check("recall", row.recall(), options.min_recall, where);
    check("the share of 2s among high alerts", row.high_share(), options.min_share, where);
  };
  for (const Evaluation::TopicRows& topic : topics) {
    const std::string& name = labels.topics()[topic.topic];
    check_row(topic.all, name);
    for (const auto& [language, row] : topic.languages) {
      check_row(row, fmt::format("{} in {}", name, language.empty() ? "unknown language" : language));
    }
  }
  return low;
}

Result<ExitCode> RunEval(const Options& options) {
  BlockSignals();
  log::SetLevel(log::Level::kWarn);
  StopSwitch stop;
  const SignalThread signals(stop, [] {});
  const auto labels = ReadLabels(options.labels);
  if (!labels) return labels.error();
  auto archive = Archive::Open(options.archive);
  if (!archive) return std::move(archive).error();
  const auto rules = LoadRuleSet({options.packs.begin(), options.packs.end()}, stop);
  if (!rules) return rules.error();
  if (Status known = CheckTopics(**rules, options.topics); !known) return std::move(known).error();
  const auto judged = JudgedTopics(labels->labels, **rules, options.topics);
  if (std::none_of(judged.begin(), judged.end(), [](const auto& topic) { return topic.has_value(); })) {
    return Error{ErrorCode::kInvalid, fmt::format("{}: it has labels for {}, and the packs have none of these topics{}",
                                                  options.labels, fmt::join(labels->labels.topics(), ", "),
                                                  options.topics.empty() ? "" : " that are asked for")};
  }

  Evaluation evaluation(labels->labels);
  if (options.browse) {
    if (Status can = CanBrowse(options.archive.on); !can) return std::move(can).error();
  }
  Reasons reasons(*rules, labels->labels, options.limit);
  DayCounts days;
  Reservoir<UnlabelledAlert> unlabelled(options.limit == 0 ? 1'000'000 : options.limit, options.seed);
  const auto run = RunArchive<Looked>(
      *archive, {*rules},
      [&]() -> ArchiveReader<Looked>::Look {
        auto looker = std::make_shared<Looker>(*rules, labels->labels, judged, options.shadow);
        return [looker](const ScannedArticle& scanned) { return looker->Look(scanned); };
      },
      [&](const ArchivePlace& place, Looked looked) {
        if (place.time) days.Add(*place.time);
        if (looked.article) reasons.Keep(*looked.labelled, std::move(looked.article));
        if (looked.labelled) evaluation.Add(*std::move(looked.labelled));
        for (UnlabelledAlert& alert : looked.unlabelled) {
          if (const auto at = unlabelled.Pass()) unlabelled.Put(*at, std::move(alert));
        }
      },
      stop);
  if (!run) return run.error();
  if (!run->run.status) return run->run.status.error();
  if (!options.csv) reasons.Find(archive->workers, stop);
  reasons.PutInto(evaluation);

  EvalReport report{.evaluation = evaluation,
                    .topics = {},
                    .options = {options.resample == "stories" ? Resample::kStories : Resample::kArticles,
                                options.rounds, options.seed},
                    .archive = FactsOf(*run, options.archive.on, std::move(days)),
                    .packs = options.packs,
                    .config = options.archive.config,
                    .labels = options.labels,
                    .disagreements = labels->disagreements,
                    .left_out = labels->left_out,
                    .unknown_topics = {},
                    .unlabelled = unlabelled.passed(),
                    .unlabelled_sample = {},
                    .too_low = {}};
  report.topics = evaluation.Rows(report.options);
  for (std::size_t i = 0; i < judged.size(); ++i) {
    const std::string& id = labels->labels.topics()[i];
    if (!judged[i] && options.topics.empty()) report.unknown_topics.push_back(id);
  }
  auto kept = unlabelled.kept();
  std::sort(kept.begin(), kept.end(), [](const auto& a, const auto& b) { return a.number < b.number; });
  for (auto& alert : kept) report.unlabelled_sample.push_back(std::move(alert.thing));
  report.too_low = TooLow(options, labels->labels, report.topics);

  const auto finished = FinishReport(options.json  ? EvalJson(report)
                                     : options.csv ? EvalCsv(report)
                                                   : EvalText(report, options.limit),
                                     *archive, *run, stop);
  if (!finished) return finished.error();
  if (options.browse) Browse(report, stop);
  if (*finished != kOk) return *finished;
  const bool asks = !options.min_precision.empty() || !options.min_recall.empty() || !options.min_share.empty();
  if (asks && evaluation.articles().empty()) {
    Tell("wirewatch: no labelled article is in the archive, so nothing reaches a threshold\n");
    return kExpectationFailed;
  }
  for (const std::string& low : report.too_low) Tell(fmt::format("wirewatch: too low: {}\n", low));
  return report.too_low.empty() ? kOk : kExpectationFailed;
}

}  // namespace

void AddEval(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  Verb eval(app, "eval", "Measure rules on labelled articles: precision, recall, F1; what they miss, and why");
  eval.Value("packs", options->packs, "Rule files and directories of them").Required();
  AddArchiveOptions(eval, options->archive);
  eval.Value("--labels", options->labels, "What people said of the articles: a table, NDJSON, or exported feedback")
      .Required();
  eval.Value("--topic,-t", options->topics, "Only this topic; more: say it again").OneValueATime();
  eval.Value("--min-precision", options->min_precision, "Exit code 4 where it is lower, of a topic or language")
      .Check(CheckShare);
  eval.Value("--min-recall", options->min_recall, "The same of the recall").Check(CheckShare);
  eval.Value("--min-high-share", options->min_share, "The same of the share of 2s among alerts of high severity")
      .Check(CheckShare);
  eval.Value("--least", options->least, "Thresholds count where at least so many articles have label 2")
      .Between(0, 1'000'000)
      .ShowDefault();
  eval.Value("--resample", options->resample, "What the bootstrap of F1 draws: stories, or articles")
      .OneOf({"stories", "articles"})
      .ShowDefault();
  eval.Value("--rounds", options->rounds, "Of the bootstrap").Between(10, 100'000).ShowDefault();
  eval.Value("--seed", options->seed, "Another number draws otherwise").Between(0, 1'000'000'000).ShowDefault();
  eval.Value("--limit", options->limit, "Articles of each list, and so many of each topic are explained; 0: all")
      .Between(0, 1'000'000)
      .ShowDefault();
  eval.Flag("--shadow", options->shadow, "Rules in shadow count as if they were active");
  auto json = eval.Flag("--json", options->json, "Print one JSON document, of all articles; why: of --limit");
  auto csv = eval.Flag("--csv", options->csv, "Print the figures as CSV: a line for each topic and language");
  csv.Excludes(json);
  eval.Flag("--browse", options->browse, "On a terminal: then show misses and false alarms one by one, e explains")
      .Excludes(json)
      .Excludes(csv);
  eval.Footer(std::string(kArchiveHelp) +
              "\nLabels: 2 the topic must fire, 1 it may, 0 it must not. Precision counts only 0s as false, strict "
              "precision 1s,\n"
              "too. docs/quality.md has the forms of the file. Exit code 4: below a threshold.\n\n"
              "Examples:\n"
              "  wirewatch eval rules/packs --on deploy/sample-wire --labels tests/testdata/labels/sample-wire.tsv\n"
              "  wirewatch eval rules/packs --on archive/ --labels labels.tsv --min-precision 0.95 --min-recall 0.9\n"
              "  wirewatch eval rules/packs --on archive/ --labels feedback.jsonl --json > eval.json");
  eval.OnChosen([options, &exit_code] { exit_code = Finish(RunEval(*options)); });
}

}  // namespace wirewatch
