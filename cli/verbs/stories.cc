// wirewatch stories: the articles of an archive, put into stories.

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/io/stop_signal.h"
#include "base/log.h"
#include "base/text/json_writer.h"
#include "cli/terminal/exit_code.h"
#include "cli/terminal/progress.h"
#include "cli/terminal/signals.h"
#include "cli/terminal/standard_output.h"
#include "cli/terminal/tell.h"
#include "cli/terminal/verb.h"
#include "cli/verbs/verbs.h"
#include "cli/wiring/config_input.h"
#include "cli/wiring/input_dead_letters.h"
#include "cli/wiring/pipeline_run.h"
#include "connectors/registry.h"
#include "monitoring/health.h"
#include "monitoring/metrics.h"
#include "pipeline/flow/flow_metrics.h"
#include "pipeline/flow/handler.h"
#include "pipeline/flow/pipeline.h"
#include "pipeline/match/article_facts.h"
#include "pipeline/match/article_matches.h"
#include "pipeline/match/folded_article_reader.h"
#include "pipeline/match/match_metrics.h"
#include "pipeline/match/match_step.h"
#include "pipeline/match/rule_store.h"
#include "pipeline/match/topic_words.h"
#include "pipeline/records/sink.h"
#include "pipeline/story/story_archive.h"
#include "pipeline/story/story_id.h"
#include "pipeline/story/story_signature.h"
#include "rules/pack/pack.h"
#include "rules/text/plain_text.h"

namespace wirewatch {
namespace {

struct Options {
  QuickConfig quick;
  std::string window;  // empty: the pack's
  std::size_t min_articles = 2;
  std::size_t limit = 0;  // of stories; 0: all
  std::size_t workers = 0;
  bool json = false;
  bool members = false;

  bool by_topic() const { return !quick.packs.empty(); }
};

// --------------------------------------------------------------------------------------------------------- reading

// Without rules each article is a match of no topic: so its facts and its signature take the way that they take with
// rules.
class AnyArticleReader : public Reader<ArticleMatches> {
 public:
  AnyArticleReader(FoldedArticleReader reader, InputLook& look) : reader_(std::move(reader)), look_(look) {}

  Outcome<ArticleMatches> Process(const Record& record, WallTime received) override {
    Outcome<ArticleMatches> outcome;
    outcome.rejection = reader_.Read(record, received);
    if (outcome.rejection) {
      look_.Add(record.payload, outcome.rejection->message);
    } else {
      const auto facts = std::make_shared<ArticleFacts>(FactsOf(reader_.article(), reader_.folded()));
      facts->signature = PackSignature(signatures_.Make(reader_.folded()));
      outcome.value.matches.emplace_back().article = facts;
    }
    if (record.payload.size() > FoldedArticleReader::kLargeRecord) {
      reader_.GiveBackMemory();
      signatures_ = SignatureMaker();
    }
    return outcome;
  }

 private:
  FoldedArticleReader reader_;
  SignatureMaker signatures_;
  InputLook& look_;
};

// As MatchStep, without rules.
Step<ArticleMatches> AnyArticleStep(const Config& config, MetricsRegistry& metrics, InputLook& look) {
  auto make = [&]() -> Result<std::unique_ptr<Reader<ArticleMatches>>> {
    auto reader = FoldedArticleReader::Create(config.decode.limits, config.decode.mapping,
                                              config.pipeline.pipeline.record_time, metrics);
    if (!reader) return std::move(reader).error();
    return std::unique_ptr<Reader<ArticleMatches>>(std::make_unique<AnyArticleReader>(*std::move(reader), look));
  };
  return {"stories", "source", "articles", MatchMetrics{metrics}.step, std::move(make)};
}

// "en" of "en-GB": all of one language are compared.
std::string_view PrimaryLanguage(std::string_view tag) { return tag.substr(0, tag.find('-')); }

// Written by the handler's thread, read after the pipeline has run.
struct Collected {
  StoryArchive archive;
  std::uint64_t canceled = 0;  // articles that are left out
  DeadLetterCounts dead_letters_by_reason;
};

class StoryCollector : public Handler<ArticleMatches> {
 public:
  StoryCollector(std::unique_ptr<DeadLetterSink> dead_letters, const Options& options, Collected& collected,
                 MetricsRegistry& metrics)
      : dead_letters_(std::move(dead_letters), !options.quick.dead_letters.empty(), collected.dead_letters_by_reason,
                      metrics),
        window_(ParseDuration(options.window)),
        collected_(collected) {}

  void Handle(ReceiptPtr receipt, Outcome<ArticleMatches> outcome) override {
    if (outcome.rejection) {
      dead_letters_.Add(receipt, *std::move(outcome.rejection));
    } else if (!outcome.value.matches.empty()) {
      receipt->SetOutcome(RecordOutcome::kMatched);
      Collect(outcome.value.matches);
    }
    receipt->Release();
  }

  Status Tend() override { return dead_letters_.Tend(); }
  void RequestStop() override { dead_letters_.RequestStop(); }
  Status Close(SteadyTime deadline) override { return dead_letters_.Close(deadline); }

 private:
  void Collect(const std::vector<Match>& matches) {
    const ArticleFacts& facts = *matches.front().article;
    if (facts.status == PublicationStatus::kCanceled) {
      ++collected_.canceled;
      return;
    }
    StoryArchive& archive = collected_.archive;
    const StoryArchive::ArticleNumber article = archive.Add({.id = facts.id,
                                                             .title = facts.title,
                                                             .url = facts.url,
                                                             .source = SourceOf(facts),
                                                             .signature = facts.signature,
                                                             .published_at = facts.published_at});
    for (const Match& match : matches) {
      const std::string_view group = match.topic.empty() ? PrimaryLanguage(facts.language) : match.topic;
      archive.Put(article, archive.GroupOf(group, window_.value_or(match.story.window)), TopicWordsOf(match));
    }
  }

  InputDeadLetters dead_letters_;
  const std::optional<std::chrono::milliseconds> window_;
  Collected& collected_;
};

// -------------------------------------------------------------------------------------------------------- printing

std::string HowJoined(const StoryArchive::Member& member, const StoryArchive& archive) {
  using How = StoryArchive::Member::How;
  if (member.how == How::kFirst) return "first";
  return fmt::format("{} {:.2f} of {}", member.how == How::kCopy ? "copy" : "event", member.likeness,
                     archive.article(member.like).id);
}

class StoryPrinter {
 public:
  // Borrows both.
  StoryPrinter(const Options& options, const StoryArchive& archive) : options_(options), archive_(archive) {}

  std::string Print(const StoryArchive::Story& story) const { return options_.json ? Json(story) : Text(story); }

 private:
  std::string IdOf(const StoryArchive::Story& story) const {
    const std::string_view topic = options_.by_topic() ? archive_.group(story.group).name : std::string_view();
    return StoryId(topic, archive_.article(story.members.front().article).id);
  }

  // One line.
  std::string Json(const StoryArchive::Story& story) const {
    const ArchivedArticle first = archive_.article(story.members.front().article);
    std::string line;
    JsonWriter json(line);
    json.BeginObject();
    json.Put("id", IdOf(story));
    if (first.published_at) json.Put("first_seen", FormatRfc3339(*first.published_at));
    json.Put("first_source", first.source);
    json.Put("sources", story.sources.size());
    json.Put("source_names", story.sources);
    json.Put("articles", story.members.size());
    json.Put(options_.by_topic() ? "topic" : "language", archive_.group(story.group).name);
    json.Put("title", first.title);
    json.Key("members");
    json.BeginArray();
    for (const StoryArchive::Member& member : story.members) {
      const ArchivedArticle article = archive_.article(member.article);
      json.BeginObject();
      json.Put("id", article.id);
      json.Put("title", article.title);
      json.Put("source", article.source);
      if (!article.url.empty()) json.Put("url", article.url);
      if (article.published_at) json.Put("published_at", FormatRfc3339(*article.published_at));
      json.Put("joined", HowJoined(member, archive_));
      json.EndObject();
    }
    json.EndArray();
    json.EndObject();
    return line + '\n';
  }

  // A block, ended by an empty line.
  std::string Text(const StoryArchive::Story& story) const {
    const ArchivedArticle first = archive_.article(story.members.front().article);
    const std::string& group = archive_.group(story.group).name;
    std::string text = fmt::format("{}, {}, {}first seen {} in {}\n  {}\n  story {}\n",
                                   Counted(story.sources.size(), "source"), Counted(story.members.size(), "article"),
                                   group.empty() ? "" : fmt::format("{}, ", PlainLine(group)), TimeText(first),
                                   SourceText(first), TitleText(first), IdOf(story));
    if (options_.members) {
      for (const StoryArchive::Member& member : story.members) {
        const ArchivedArticle article = archive_.article(member.article);
        text += fmt::format("    {}  {}\n      {}\n      {}: {}\n", TimeText(article), SourceText(article),
                            TitleText(article), PlainLine(article.id), PlainLine(HowJoined(member, archive_)));
        if (!article.url.empty()) text += fmt::format("      {}\n", PlainLine(article.url));
      }
    }
    return text + '\n';
  }

  static std::string Counted(std::size_t number, std::string_view what) {
    return fmt::format("{} {}{}", Grouped(static_cast<double>(number)), what, number == 1 ? "" : "s");
  }
  static std::string TimeText(const ArchivedArticle& article) {
    return article.published_at ? FormatRfc3339(*article.published_at) : "without a date";
  }
  static std::string SourceText(const ArchivedArticle& article) {
    return article.source.empty() ? "an unknown source" : PlainLine(article.source);
  }
  static std::string TitleText(const ArchivedArticle& article) {
    return article.title.empty() ? "(no title)" : PlainLine(article.title);
  }

  const Options& options_;
  const StoryArchive& archive_;
};

Status PrintStories(const Options& options, const Collected& collected, const StoryArchive::Clustered& clustered,
                    StopSwitch& stop) {
  constexpr std::size_t kBufferBytes = 64 << 10;
  StopSignal stop_writing;
  stop.OnStop([&] { stop_writing.Raise(); });
  const StoryPrinter printer(options, collected.archive);
  std::string buffer;
  std::size_t printed = 0;
  Status written;
  for (const StoryArchive::Story& story : clustered.stories) {
    if (!written || (options.limit > 0 && printed == options.limit)) break;
    if (story.members.size() < options.min_articles) continue;
    buffer += printer.Print(story);
    ++printed;
    if (buffer.size() < kBufferBytes) continue;
    written = WriteToStandardOutput(buffer, stop_writing, "stories");
    buffer.clear();
  }
  if (written) written = WriteToStandardOutput(buffer, stop_writing, "stories");
  stop.OnStop([] {});  // what it named is gone soon
  return written;
}

// ----------------------------------------------------------------------------------------------------------- whole

void PrintSummary(const Options& options, const Collected& collected, const StoryArchive::Clustered& clustered,
                  const StepMetrics& articles, std::chrono::duration<double> took) {
  const auto told = [](std::uint64_t number, std::string_view what) {
    if (number > 0) Tell(fmt::format("{} {}\n", Grouped(static_cast<double>(number)), what));
  };
  const double dead_letters = articles.dead_lettered.Value();
  if (options.quick.dead_letters.empty()) TellOfUntold(dead_letters);
  told(collected.canceled, "canceled articles are left out");
  told(clustered.later_versions, "later versions of articles are left out");
  told(collected.archive.undated(),
       "articles have no date: they come last, in the order of the input, at the time of the last one that has");
  const auto singles = static_cast<std::size_t>(
      std::count_if(clustered.stories.begin(), clustered.stories.end(),
                    [](const StoryArchive::Story& story) { return story.members.size() == 1; }));
  const double read = articles.read.Value();
  Tell(fmt::format(
      "read {} articles: {}{} stories, {} singles, {} dead letters; {:.2f} s, {} articles/s\n", Grouped(read),
      options.by_topic() ? fmt::format("{} matched, ", Grouped(articles.matched.Value())) : std::string(),
      Grouped(static_cast<double>(clustered.stories.size() - singles)), Grouped(static_cast<double>(singles)),
      Grouped(dead_letters), took.count(), Grouped(read / std::max(took.count(), 1e-3))));
}

std::optional<StoryArchive::Clustered> ClusterAll(const StoryArchive& archive, const StopSwitch& stop) {
  std::atomic<std::size_t> done = 0, all = 0;
  const Progress progress(true, [&] {
    const double share = 100.0 * static_cast<double>(done) / static_cast<double>(std::max<std::size_t>(1, all));
    return fmt::format("{:.0f} %, {} articles put into stories", share, Grouped(static_cast<double>(done)));
  });
  return archive.Cluster([&](std::size_t done_now, std::size_t all_now) {
    done = done_now;
    all = all_now;
    return !stop.stopped();
  });
}

Result<ExitCode> TellStories(const Options& options) {
  BlockSignals();
  auto config = MakeConfig(options.quick);
  if (!config) return std::move(config).error();
  log::SetLevel(log::Level::kWarn);
  const SteadyTime begin = SteadyNow();
  MetricsRegistry metrics;
  Health health;
  StopSwitch stop;
  const SignalThread signals(stop, [] {});
  std::unique_ptr<RuleStore> rules;  // null: none are asked
  if (options.by_topic()) {
    auto loaded = LoadRules(config->rules.packs, metrics, {}, stop, kInterrupted);
    if (!loaded) return std::move(loaded).error();
    rules = *std::move(loaded);
  }
  auto source = MakeSource(*config, metrics);
  if (!source) return std::move(source).error();
  const Source& source_view = **source;
  auto dead_letters = MakeDeadLetterSink(*config, metrics);
  if (!dead_letters) return std::move(dead_letters).error();

  Collected collected;
  InputLook look;
  PipelineOptions pipeline_options;
  pipeline_options.workers = options.workers;
  Step<ArticleMatches> step = rules != nullptr ? MatchStep(*rules, config->decode.limits, config->decode.mapping,
                                                           config->pipeline.pipeline.record_time, metrics, &look)
                                               : AnyArticleStep(*config, metrics, look);
  auto pipeline = Pipeline<ArticleMatches>::Create(
      *std::move(source), std::make_unique<StoryCollector>(*std::move(dead_letters), options, collected, metrics),
      std::move(step), pipeline_options, health);
  if (!pipeline) return std::move(pipeline).error();

  const StepMetrics articles = MatchMetrics{metrics}.step;
  const PipelineRun run = RunPipelines({pipeline->get()}, source_view, {articles, "articles", false}, stop);
  if (run.gave_up) FinishAtOnce(run.status);
  if (!run.status) return run.status.error();
  const auto clustered = ClusterAll(collected.archive, stop);
  if (run.interrupted || !clustered) {
    Tell("wirewatch: stopped by a signal, before all articles were put into stories: none are printed\n");
    return kInterrupted;
  }
  if (Status printed = PrintStories(options, collected, *clustered, stop); !printed) return std::move(printed).error();
  PrintSummary(options, collected, *clustered, articles, SteadyNow() - begin);
  return TellOfInput(run, metrics, look) ? kNoArticles : kOk;
}

// For the command line: what is wrong with a value; empty: nothing.
std::string CheckWindow(const std::string& text) {
  return ParseDuration(text) ? "" : fmt::format("'{}' is not a duration such as 48h or 2d", text);
}

}  // namespace

void AddStories(CLI::App& app, int& exit_code) {
  constexpr int kMost = 1'000'000'000;
  auto options = std::make_shared<Options>();
  Verb stories(app, "stories", "Put the articles of an archive into stories, print these");
  stories.Value("files", options->quick.inputs, "Article files and directories (plain, .zst, .gz); - or none: stdin");
  stories
      .Value("--packs,-p", options->quick.packs,
             "Stories of each topic of these rules, a file or a directory, in place of each language; more: say it "
             "again")
      .OneValueATime();
  stories
      .Value("--window", options->window,
             "An article joins a story that had one within this time; else the topic's, without packs 48h")
      .Check(CheckWindow);
  stories.Value("--min-articles", options->min_articles, "Print stories of so many articles or more")
      .Between(1, kMost)
      .ShowDefault();
  stories.Value("--limit", options->limit, "Print so many stories, those of most sources; 0: all").Between(0, kMost);
  stories.Flag("--members,-m", options->members, "Print each article of a story, and how it joined");
  stories.Flag("--json", options->json, "Print a JSON object a story, with its members");
  stories.Value("--dead-letters", options->quick.dead_letters,
                "Append records that cannot be processed to this file, whole; else a line each on stderr");
  stories.Value("--config,-c", options->quick.decode, "Take limits and mapping from `decode` of this configuration");
  stories.Value("--workers,-w", options->workers, "Threads that read; 0: one for each core").Between(0, 1024);
  stories.Footer(
      "Articles are taken in the order of their published_at, whatever the order of the input. The stories of most\n"
      "sources come first. How articles join, and what the numbers say: docs/stories.md.\n\n"
      "Examples:\n"
      "  wirewatch stories deploy/sample-wire --members\n"
      "  wirewatch stories articles.ndjson.zst --packs rules/packs --limit 10\n"
      "  wirewatch stories articles.ndjson.zst --window 7d --min-articles 5 --json > stories.ndjson");
  stories.OnChosen([options, &exit_code] { exit_code = Finish(TellStories(*options)); });
}

}  // namespace wirewatch
