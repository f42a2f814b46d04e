// wirewatch explain: why a subscriber was told, or was not.

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/io/stop_signal.h"
#include "base/log.h"
#include "cli/terminal/exit_code.h"
#include "cli/terminal/progress.h"
#include "cli/terminal/signals.h"
#include "cli/terminal/since.h"
#include "cli/terminal/standard_output.h"
#include "cli/terminal/tell.h"
#include "cli/terminal/verb.h"
#include "cli/verbs/explain_article.h"
#include "cli/verbs/verbs.h"
#include "cli/wiring/config_input.h"
#include "cli/wiring/decision_replay.h"
#include "cli/wiring/pipeline_run.h"
#include "connectors/file/decision_file.h"
#include "connectors/kafka/admin/decision_log.h"
#include "connectors/kafka/kafka_connectors.h"
#include "connectors/registry.h"
#include "pipeline/alert/decision.h"
#include "rules/text/plain_text.h"

namespace wirewatch {
namespace {

struct Options {
  std::string decision;  // the id of an article
  QuickConfig quick;     // `decode`: the configuration, whose log is read where there are no packs
  std::string since;
  bool story = false;
  bool json = false;

  bool replays() const { return !quick.packs.empty(); }
};

// --------------------------------------------------------------------------------------------------------- reading

using Take = std::function<Status(Decision)>;

// Where decisions are looked for.
struct DecisionLog {
  std::string name;  // for people
  // Calls `take` with each decision. Gives how many records are none. May be called again.
  std::function<Result<std::size_t>(const Take& take)> read;
  std::string no_decision;  // for people: what it means that there is none
};

Result<DecisionLog> LogOf(const Options& options) {
  auto config = LoadConfig(options.quick.decode);
  if (!config) return std::move(config).error();
  if (!config->decisions) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("{}: its decisions go nowhere (`decisions`); replay the articles: --packs PACKS FILES",
                             options.quick.decode)};
  }
  DecisionTimes times;
  if (!options.since.empty()) times.since = ParseSince(options.since);
  DecisionLog log;
  log.no_decision = fmt::format(
      "it matched no topic (an article that matches nothing has no decision), or its record is {}not kept any more",
      times.since ? "older than --since, or " : "");
  if (const auto file = DecisionSinkOf(*config).file; file != nullptr) {
    std::string path = file(config->decisions->fields);
    log.name = fmt::format("file {}", path);
    log.read = [path = std::move(path), times](const Take& take) {
      return ForEachDecisionInFile(path, [&](Decision decision) -> Status {
        return times.since && decision.record_time < *times.since ? Status() : take(std::move(decision));
      });
    };
    return log;
  }
  std::string topic = KafkaTopicOf(config->decisions->fields);
  log.name = fmt::format("kafka topic {}", topic);
  log.read = [kafka = KafkaSettingsOf(*config), topic = std::move(topic), times](const Take& take) {
    return ForEachDecision(kafka, topic, times, take);
  };
  return log;
}

// The decisions of an archive. With --story all of them are kept: which story it is that is asked for is known only
// when the article comes.
Result<DecisionLog> Replay(const Options& options, StopSwitch& stop, ExitCode& code) {
  auto config = MakeConfig(options.quick);
  if (!config) return std::move(config).error();
  auto decisions = std::make_shared<std::vector<Decision>>();
  const auto replay = ReplayDecisions(
      *config, options.decision,
      [&](const Decision& decision) {
        if (options.story || decision.article_id == options.decision) decisions->push_back(decision);
      },
      stop);
  if (!replay) return replay.error();
  if (!replay->run.status) return replay->run.status.error();
  if (replay->no_articles) code = kNoArticles;
  DecisionLog log;
  log.name = "the input";
  log.no_decision = replay->was_read
                        ? "the article was read, and matched no topic: what matches nothing has no decision"
                        : "the input has no such article";
  log.read = [decisions](const Take& take) -> Result<std::size_t> {
    for (const Decision& decision : *decisions) {
      if (Status taken = take(decision); !taken) return std::move(taken).error();
    }
    return std::size_t{0};
  };
  return log;
}

using Stories = std::set<std::pair<std::string, std::string>>;  // topic and story id

Stories StoriesOf(const std::vector<Decision>& decisions) {
  Stories stories;
  for (const Decision& decision : decisions) {
    if (!decision.story_id.empty()) stories.emplace(decision.topic, decision.story_id);
  }
  return stories;
}

struct Chosen {
  std::vector<Decision> decisions;  // in the order of their times
  std::size_t others = 0;           // records that hold no decision
};

// The decisions that `wanted` holds of. After a crash a match may be decided on again: what is the same is given once.
Result<Chosen> Choose(const DecisionLog& log, const StopSwitch& stop,
                      const std::function<bool(const Decision&)>& wanted) {
  Chosen chosen;
  std::set<std::string> known;
  const auto others = log.read([&](Decision decision) -> Status {
    if (stop.stopped()) return Error{ErrorCode::kTimeout, "stopped by a signal"};
    if (!wanted(decision)) return {};
    decision.state.clear();  // for wirewatch alone
    if (known.insert(ToJson(decision)).second) chosen.decisions.push_back(std::move(decision));
    return {};
  });
  if (!others) return others.error();
  chosen.others = *others;
  std::stable_sort(chosen.decisions.begin(), chosen.decisions.end(),
                   [](const Decision& a, const Decision& b) { return a.record_time < b.record_time; });
  return chosen;
}

// -------------------------------------------------------------------------------------------------------- printing

// "alerted, new", "suppressed, same-story", "held".
std::string OutcomeText(const Decision& decision) {
  const std::string& more = decision.kind.empty() ? decision.reason : decision.kind;
  return PlainLine(more.empty() ? decision.outcome : fmt::format("{}, {}", decision.outcome, more));
}

std::string VersionOf(const Decision& decision) {
  return decision.article_version.empty() ? "" : fmt::format("version {}: ", PlainLine(decision.article_version));
}

std::string BySource(const Decision& decision) {
  return decision.source.empty() ? "" : fmt::format(", {}", PlainLine(decision.source));
}

// What became of the article on each topic.
std::string ArticleText(const std::vector<Decision>& decisions) {
  const Decision& last = decisions.back();
  std::string text = fmt::format("article {}{}\n  {}\n", PlainLine(last.article_id), BySource(last),
                                 last.title.empty() ? "(no title)" : PlainLine(last.title));
  std::set<std::string_view> topics;
  for (const Decision& of_topic : decisions) {
    if (!topics.insert(of_topic.topic).second) continue;
    text += fmt::format("topic {}\n", PlainLine(of_topic.topic));
    for (const Decision& decision : decisions) {
      if (decision.topic != of_topic.topic) continue;
      text += fmt::format("  {}  {}{}: {}\n", FormatRfc3339(decision.record_time), VersionOf(decision),
                          OutcomeText(decision), PlainLine(decision.because));
      if (!decision.alert_id.empty()) text += fmt::format("    alert {}\n", PlainLine(decision.alert_id));
      if (!decision.story_id.empty()) text += fmt::format("    story {}\n", PlainLine(decision.story_id));
    }
  }
  return text;
}

// A line for each decision on an article of the story.
std::string StoryText(const std::string& topic, const std::string& story, const std::vector<Decision>& decisions) {
  std::string text = fmt::format("story {} on topic {}\n", PlainLine(story), PlainLine(topic));
  for (const Decision& decision : decisions) {
    if (decision.topic != topic || decision.story_id != story) continue;
    text += fmt::format("  {}  {}{}: {}{}: {}\n", FormatRfc3339(decision.record_time), PlainLine(decision.article_id),
                        BySource(decision), VersionOf(decision), OutcomeText(decision), PlainLine(decision.because));
  }
  return text;
}

ExitCode Stopped() {
  Tell("wirewatch: stopped by a signal, before the end of the input: nothing is printed\n");
  return kInterrupted;
}

Result<ExitCode> Explain(const Options& options) {
  BlockSignals();
  log::SetLevel(log::Level::kWarn);
  StopSwitch stop;
  const SignalThread signals(stop, [] {});
  ExitCode code = kOk;
  auto log = options.replays() ? Replay(options, stop, code) : LogOf(options);
  if (!log) return std::move(log).error();
  if (stop.stopped()) return Stopped();
  if (code != kOk) return code;
  const auto is_meant = [&](const Decision& decision) { return decision.article_id == options.decision; };
  const auto of_article = Choose(*log, stop, is_meant);
  if (stop.stopped()) return Stopped();
  if (!of_article) return of_article.error();
  if (of_article->others > 0) {
    Tell(fmt::format("{}: records that hold no decision are passed over: {}\n", PlainLine(log->name),
                     Grouped(static_cast<double>(of_article->others))));
  }
  if (of_article->decisions.empty()) {
    return Error{ErrorCode::kNotFound, fmt::format("{}: there is no decision on article {}: {}", log->name,
                                                   options.decision, log->no_decision)};
  }
  const Stories stories = options.story ? StoriesOf(of_article->decisions) : Stories();
  std::vector<Decision> all = of_article->decisions;
  if (!stories.empty()) {
    auto chosen = Choose(*log, stop, [&](const Decision& decision) {
      return is_meant(decision) || stories.contains({decision.topic, decision.story_id});
    });
    if (stop.stopped()) return Stopped();
    if (!chosen) return std::move(chosen).error();
    all = std::move(chosen->decisions);
  }
  std::string text;
  if (options.json) {
    for (const Decision& decision : all) text += ToJson(decision) + '\n';
  } else {
    text = ArticleText(of_article->decisions);
    for (const auto& [topic, story] : stories) text += StoryText(topic, story, all);
  }
  StopSignal stop_writing;
  stop.OnStop([&] { stop_writing.Raise(); });
  Status written = WriteToStandardOutput(text, stop_writing, "decisions");
  stop.OnStop([] {});  // what it named is gone soon
  if (!written) return std::move(written).error();
  return kOk;
}

}  // namespace

void AddExplain(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  auto of_article = std::make_shared<ExplainArticleOptions>();
  options->quick.record_time = "published";
  Verb explain(app, "explain", "Tell why topics fire on an article or why not; or what became of an article, and why");
  explain.Value("files", options->quick.inputs,
                "The article, or with --id or --decision files and directories of articles (plain, .zst, .gz); - or "
                "none: stdin");
  const VerbOption packs = explain
                               .Value("--packs,-p", options->quick.packs,
                                      "Rules, a file or a directory; more: say it again; with --decision: replay the "
                                      "files with them")
                               .OneValueATime();
  const VerbOption config = explain.Value(
      "--config,-c", options->quick.decode,
      "Take limits and mapping from it; --decision without --packs: read the decisions that its `run` has written");
  const VerbOption topic = explain
                               .Value("--topic,-t", of_article->topics,
                                      "Only this topic, whether it fires or not; more: say it again; none: those that "
                                      "fire and those that nearly do")
                               .OneValueATime();
  explain.Value("--rule,-r", of_article->rule, "Only this rule of the topic").Needs(topic);
  const VerbOption id =
      explain.Value("--id", of_article->id, "The article with this id, of the files (the first, of several versions)");
  explain.Value("--html", of_article->html, "Write a page to this file instead");
  const VerbOption decision = explain
                                  .Value("--decision,-d", options->decision,
                                         "What became of the article with this id: who was told, or why not")
                                  .Excludes(topic)
                                  .Excludes(id);
  explain.Value("--since", options->since, "Only decisions from this time on, or of the last 2h, 7d; not with --packs")
      .Check(CheckSince)
      .Needs(config)
      .Needs(decision)
      .Excludes(packs);
  explain.Flag("--story", options->story, "Print all decisions on the stories of the article, too").Needs(decision);
  explain.Flag("--json", options->json,
               "Print JSON: one object (docs/explain.md); decisions as lines (docs/schema/decision.schema.json)");
  explain.Footer(
      "An article: for each rule its clauses, with the words that made them hold, or with the nearest miss and what\n"
      "would make it fire (docs/explain.md). Exit code 0 whether it fires or not; 5: there is no such article or "
      "topic.\n"
      "A decision: with --packs the files are read as by `run --record-time published`: in the order of the input,\n"
      "which should be that of the articles' dates; nothing goes out. Exit code 5: there is none on the article.\n\n"
      "Examples:\n"
      "  wirewatch explain article.json --topic 5g-vendor-bans --packs rules/packs\n"
      "  wirewatch explain deploy/sample-wire --id har-2026-003 --packs rules/packs --html why.html\n"
      "  wirewatch explain --decision har-2026-003 --packs rules/packs deploy/sample-wire\n"
      "  wirewatch explain --decision har-2026-003 --config wirewatch.yaml --since 7d --story");
  explain.OnChosen([options, of_article, packs, config, decision, &exit_code] {
    if (!decision.given()) {
      if (!packs.given()) FailMissing("--packs");
      of_article->files = options->quick.inputs;
      of_article->packs = options->quick.packs;
      of_article->config = options->quick.decode;
      of_article->json = options->json;
      exit_code = Finish(ExplainArticle(*of_article));
      return;
    }
    if (!packs.given() && !config.given()) FailMissing("--packs or --config");
    if (!options->quick.inputs.empty() && !packs.given()) FailMissing("--packs, with which files are replayed");
    exit_code = Finish(Explain(*options));
  });
}

}  // namespace wirewatch
