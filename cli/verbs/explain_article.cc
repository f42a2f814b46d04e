#include "cli/verbs/explain_article.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "base/diagnostic.h"
#include "base/io/stop_signal.h"
#include "base/log.h"
#include "cli/terminal/signals.h"
#include "cli/terminal/standard_output.h"
#include "cli/terminal/tell.h"
#include "cli/verbs/explain_view.h"
#include "cli/wiring/archive_run.h"
#include "cli/wiring/config_input.h"
#include "cli/wiring/topic_name.h"
#include "connectors/stdio/terminal.h"
#include "pipeline/decode/article.h"
#include "rules/text/plain_text.h"
#include "rules/tools/explanation.h"
#include "rules/tools/remedy.h"

namespace wirewatch {
namespace {

constexpr std::size_t kMostNear = 5;   // topics that did not fire
constexpr double kNear = 0.5;          // closeness
constexpr std::size_t kMostRules = 3;  // of a topic that is not named, and of those that do not hold

struct ReadArticle {
  Article article;
  std::optional<WallTime> now;
};

struct ReadArticles {
  std::optional<ReadArticle> wanted;
  std::vector<std::string> ids;  // of the first ones
  std::size_t count = 0;
  ExitCode code = kOk;
};

// The article that is asked about. Reading ends when it is there.
Result<ReadArticles> Read(const ExplainArticleOptions& options, StopSwitch& stop) {
  ArchiveOptions on;
  on.on = options.files;
  on.config = options.config;
  on.workers = 1;
  auto archive = Archive::Open(on);
  if (!archive) return std::move(archive).error();
  ReadArticles read;
  using Value = std::optional<ReadArticle>;
  const auto run = RunArchive<Value>(
      *archive, {},
      [&] {
        return [&](const ScannedArticle& scanned) -> Value {
          if (!options.id.empty() && scanned.article.id != options.id) return std::nullopt;
          return ReadArticle{scanned.article, scanned.document.now};
        };
      },
      [&](const ArchivePlace&, Value value) {
        ++read.count;
        if (!value) return;
        if (read.ids.size() < 4) read.ids.push_back(value->article.id);
        if (!read.wanted) read.wanted = std::move(value);
        if (!options.id.empty() || read.count > 3) stop.Stop();  // nothing more has to be known
      },
      stop);
  if (!run) return run.error();
  if (!run->run.status) return run->run.status.error();
  if (run->no_articles) read.code = kNoArticles;
  if (run->run.interrupted && !read.wanted) read.code = kInterrupted;
  return read;
}

Result<std::vector<std::size_t>> RulesShown(const ExplainArticleOptions& options, const TopicExplanation& explanation) {
  std::vector<std::size_t> shown;
  if (!options.rule.empty()) {
    std::vector<std::string_view> ids;
    for (std::size_t i = 0; i < explanation.rules.size(); ++i) {
      ids.push_back(explanation.rules[i].rule->id);
      if (ids.back() == options.rule) return std::vector{i};
    }
    const std::string_view nearest = Nearest(options.rule, ids);
    return Error{ErrorCode::kNotFound,
                 fmt::format("--rule {}: topic {} has no such rule; {}", options.rule, explanation.topic->id,
                             nearest.empty() ? fmt::format("it has {}", fmt::join(ids, ", "))
                                             : fmt::format("did you mean '{}'?", nearest))};
  }
  const bool any_holds = std::any_of(explanation.rules.begin(), explanation.rules.end(),
                                     [](const RuleExplanation& rule) { return rule.holds(); });
  for (const std::size_t i : explanation.Nearest()) {
    if (any_holds && !explanation.rules[i].holds()) break;
    if (shown.size() == kMostRules && (!any_holds || options.topics.empty())) break;
    shown.push_back(i);
    if (!any_holds && options.topics.empty()) break;  // of each topic that nearly fired the nearest
  }
  return shown;
}

Result<ExplainView> Explained(const ExplainArticleOptions& options, const RuleSet& rules, const ReadArticle& read,
                              const Document& document, Explainer& explainer) {
  ExplainView view{read.article, document, {}, 0};
  std::vector<const Topic*> asked;
  for (const std::string& id : options.topics) {
    const auto topic = FindTopic(rules, id);
    if (!topic) return topic.error();
    asked.push_back(*topic);
  }
  if (asked.empty()) asked.assign(rules.topics().begin(), rules.topics().end());
  for (const Topic* topic : asked) {
    auto explanation = explainer.Explain(*topic);
    if (!explanation) return std::move(explanation).error();
    view.topics.push_back({*std::move(explanation), {}, {}});
  }
  if (options.topics.empty()) {
    std::stable_sort(view.topics.begin(), view.topics.end(), [](const ExplainedTopic& a, const ExplainedTopic& b) {
      return std::pair(a.explanation.fired(), a.explanation.closeness) >
             std::pair(b.explanation.fired(), b.explanation.closeness);
    });
    std::size_t shown = 0, near = 0;
    for (; shown < view.topics.size(); ++shown) {
      const TopicExplanation& explanation = view.topics[shown].explanation;
      if (explanation.fired()) continue;
      if (near++ == kMostNear || explanation.closeness < kNear) break;
    }
    view.others = view.topics.size() - shown;
    view.topics.resize(shown);
  }
  for (ExplainedTopic& topic : view.topics) {
    auto shown = RulesShown(options, topic.explanation);
    if (!shown) return std::move(shown).error();
    topic.rules = *std::move(shown);
    if (topic.rules.empty()) continue;
    if (topic.explanation.fired() && topic.explanation.rules[topic.rules.front()].holds()) continue;
    auto remedy = FindRemedy(*topic.explanation.topic, topic.rules.front(), document);
    if (!remedy) return std::move(remedy).error();
    topic.remedy = *std::move(remedy);
  }
  return view;
}

}  // namespace

Result<ExitCode> ExplainArticle(const ExplainArticleOptions& options) {
  BlockSignals();
  log::SetLevel(log::Level::kWarn);
  StopSwitch stop;
  const SignalThread signals(stop, [] {});
  const auto rules = LoadRuleSet({options.packs.begin(), options.packs.end()}, stop);
  if (!rules) return rules.error();
  const auto read = Read(options, stop);
  if (!read) return read.error();
  if (read->code != kOk) {
    if (read->code == kInterrupted) Tell("wirewatch: stopped by a signal, before the article was found\n");
    return read->code;
  }
  if (!read->wanted) {
    return Error{ErrorCode::kNotFound,
                 options.id.empty()
                     ? std::string("the input holds no article")
                     : fmt::format("--id {}: the input has no such article (it has {})", options.id, read->count)};
  }
  if (options.id.empty() && read->count > 1) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("the input holds several articles ({}{}); say which: --id {}",
                             PlainLine(fmt::format("{}", fmt::join(read->ids, ", "))),
                             read->count > read->ids.size() ? ", ..." : "", PlainLine(read->ids.front()))};
  }
  Document document = DocumentOf(read->wanted->article);
  document.now = read->wanted->now;
  Explainer explainer(document);
  const auto view = Explained(options, **rules, *read->wanted, document, explainer);
  if (!view) return view.error();
  if (!options.html.empty()) {
    if (Status written = WriteFile(options.html, ExplainHtml(*view, explainer)); !written)
      return std::move(written).error();
    if (!options.json) {
      Tell(fmt::format("wrote {}\n", options.html));
      return kOk;
    }
  }
  const std::string text = options.json ? ExplainJson(*view, explainer)
                                        : ExplainText(*view, explainer, WantsColour(STDOUT_FILENO),
                                                      std::min<std::size_t>(TerminalWidth(STDOUT_FILENO), 120));
  StopSignal stop_writing;
  if (Status written = WriteToStandardOutput(text, stop_writing, "explanations"); !written)
    return std::move(written).error();
  return kOk;
}

}  // namespace wirewatch
