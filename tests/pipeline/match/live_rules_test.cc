// What a running service does with its rules: shadow, budgets, the oracle.
#include "pipeline/match/live_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <mutex>
#include <optional>
#include <sstream>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "monitoring/metrics.h"
#include "pipeline/match/article_matcher.h"
#include "pipeline/match/live_oracle.h"
#include "pipeline/match/rule_budgets.h"
#include "pipeline/match/shadow_keeper.h"
#include "pipeline/match/shadow_record.h"
#include "rules/pack/pack_loader.h"
#include "rules/reference/reference_matcher.h"
#include "tests/support/temp_dir.h"

namespace wirewatch {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using namespace std::chrono_literals;

const WallTime kNoon = *ParseRfc3339("2026-03-02T12:00:00Z");

std::shared_ptr<const RuleSet> Compile(const std::string& topics) {
  LoadedPacks loaded = LoadPackText("pack: p\nowner: desk@example.org\ntopics:\n" + topics, "p.yaml");
  EXPECT_FALSE(HasErrors(loaded.diagnostics)) << Render(loaded.diagnostics);
  CompiledRules compiled = RuleSet::Compile(std::move(loaded.packs));
  EXPECT_NE(compiled.rule_set, nullptr) << Render(compiled.diagnostics);
  return compiled.rule_set;
}

constexpr char kShadowed[] =
    "  - id: bans\n"
    "    title: Bans\n"
    "    rules:\n"
    "      - {id: old, match: ban, score: 40}\n"
    "      - {id: new, match: bar OR ban, score: 90, severity: critical, status: shadow}\n"
    "  - id: spies\n"
    "    title: Spies\n"
    "    status: shadow\n"
    "    rules: [{id: r, match: spy}]\n";

LiveRulesOptions WithFile(const std::filesystem::path& file) { return {file, {}, 0}; }

// One worker of a service.
class Worker {
 public:
  Worker(const std::shared_ptr<const RuleSet>& rules, MetricsRegistry& metrics, ShadowUse shadow)
      : matcher_(ArticleMatcher::Create(rules, {}, {}, RecordTime::kReceived, metrics, shadow)) {
    EXPECT_TRUE(matcher_) << matcher_.error().message;
  }

  ArticleMatches Read(const std::string& id, const std::string& title, const std::string& more = "",
                      WallTime time = kNoon, std::optional<WallTime> received = std::nullopt) {
    const std::string json = "{\"id\":\"" + id + "\",\"title\":\"" + title + "\"" + more + "}";
    Record record;
    record.payload = json;
    record.timestamp = time;
    record.place.stream = "articles";
    Outcome<ArticleMatches> outcome = matcher_->Process(record, received.value_or(time));
    EXPECT_FALSE(outcome.rejection);
    return std::move(outcome.value);
  }
  ArticleMatcher& matcher() { return *matcher_; }

 private:
  Result<ArticleMatcher> matcher_;
};

std::string Told(const ArticleMatches& found) {
  std::string told;
  for (const Match& match : found.matches) {
    told += match.topic + " " + std::to_string(match.score) + " " + std::string(Name(match.severity)) + " spans " +
            std::to_string(match.spans.size()) + ";";
  }
  return told;
}

// ---- downstream nobody sees them

TEST(LiveRulesTest, RulesInShadowAreNotTold) {
  const auto rules = Compile(kShadowed);
  MetricsRegistry metrics;
  LiveRules live({}, nullptr, {}, metrics);
  for (const bool is_live : {true, false}) {
    Worker worker(rules, metrics, {is_live ? &live : nullptr});
    EXPECT_EQ(Told(worker.Read("1", "A ban")), "bans 40 medium spans 1;");
    EXPECT_TRUE(worker.Read("2", "A spy behind a bar").empty());
  }
  const ShadowMetrics counted{metrics};
  EXPECT_EQ(counted.matches.With("bans", "new").Value(), 2);
  EXPECT_EQ(counted.would_match.With("bans", "new").Value(), 1);
  EXPECT_EQ(counted.matches.With("spies", "r").Value(), 1);
}

TEST(LiveRulesTest, WhoAsksIsToldOfThem) {
  MetricsRegistry metrics;
  Worker worker(Compile(kShadowed), metrics, {nullptr, true});
  const ArticleMatches found = worker.Read("1", "A spy ban");
  EXPECT_EQ(Told(found), "bans 40 medium spans 1;");
  ASSERT_THAT(found.shadow, SizeIs(2));
  EXPECT_THAT(found.shadow[0].rules, ElementsAre("new"));
  std::string line;
  AppendJson(found.shadow[1], line, MatchStatus::kShadow);
  EXPECT_THAT(line, HasSubstr("\"topic\":\"spies\",\"status\":\"shadow\""));
}

// Who was told of an article while its topic was active must not hear that it holds no longer.
TEST(LiveRulesTest, ARevisionNamesTheTopicsThatHoldInShadowToo) {
  MetricsRegistry metrics;
  Worker worker(Compile(kShadowed), metrics, {});
  const ArticleMatches found = worker.Read("1", "A spy ban", R"(,"version":"2")");
  ASSERT_TRUE(found.revision);
  EXPECT_THAT(found.revision->topics, ElementsAre("bans", "spies"));
  EXPECT_EQ(Told(found), "bans 40 medium spans 1;");
}

// ---- the record

std::string Contents(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

TEST(ShadowRecordTest, AFileTellsWhatEachRuleWouldHaveDone) {
  const TempDir dir;
  const std::filesystem::path file = dir.Path("shadow.ndjson");
  const auto rules = Compile(kShadowed);
  MetricsRegistry metrics;
  {
    LiveRules live(WithFile(file), nullptr, {}, metrics);
    Worker worker(rules, metrics, {&live});
    worker.Read("1", "A ban");
    worker.Read("2", "Nothing of it");
    worker.Read("3", "He bars a way past the bar", "", kNoon + 24h);
  }
  {
    // After a restart it goes on.
    LiveRules live(WithFile(file), nullptr, {}, metrics);
    Worker worker(rules, metrics, {&live});
    worker.Read("4", "Another ban", "", kNoon + 25h);
  }
  const auto records = ReadShadowFile(file);
  ASSERT_TRUE(records) << records.error().message;
  ASSERT_THAT(*records, SizeIs(2));
  const ShadowRecord& record = records->at(0);
  EXPECT_EQ(record.topic + "/" + record.rule, "bans/new");
  EXPECT_EQ(record.since, kNoon);
  EXPECT_EQ(record.last, kNoon + 25h);
  EXPECT_EQ(record.articles, 4u);
  EXPECT_EQ(record.count, (ShadowCount{3, 2}));
  ASSERT_THAT(record.days, SizeIs(2));
  EXPECT_EQ(record.days.rbegin()->second, (ShadowCount{2, 1}));
  ASSERT_THAT(record.samples, SizeIs(3));
  for (const ShadowSample& sample : record.samples) {
    EXPECT_EQ(sample.caught, sample.article != "3");
    ASSERT_THAT(sample.words, SizeIs(1));
    const ShadowWords& words = sample.words[0];
    EXPECT_EQ(words.snippet.substr(words.in_snippet.begin, words.in_snippet.size()),
              sample.article == "3" ? "bar" : "ban");
  }
  EXPECT_EQ(records->at(1).count, ShadowCount());
  EXPECT_EQ(ReadShadowRecord(ToJson(record)).value(), record);
}

TEST(ShadowRecordTest, ARuleThatWasChangedBeginsAnew) {
  const TempDir dir;
  const std::filesystem::path file = dir.Path("shadow.ndjson");
  MetricsRegistry metrics;
  LiveRules live(WithFile(file), nullptr, {}, metrics);
  {
    Worker worker(Compile(kShadowed), metrics, {&live});
    worker.Read("1", "A spy");
    std::string changed = kShadowed;
    changed.replace(changed.find("match: spy"), 10, "match: spies");
    EXPECT_TRUE(worker.matcher().Use(Compile(changed)));
    worker.Read("2", "Spies and spies");
  }
  live.Save();
  const auto records = ReadShadowFile(file);
  ASSERT_TRUE(records);
  EXPECT_EQ(records->at(1).rule, "r");
  EXPECT_EQ(records->at(1).count.hits, 1u);
  ASSERT_THAT(records->at(1).samples, SizeIs(1));
  EXPECT_EQ(records->at(1).samples[0].article, "2");
}

ShadowRecord RecordOf(std::uint32_t from, std::uint32_t to) {
  ShadowRecord record;
  record.topic = "t";
  record.rule = "r";
  record.digest = "d";
  for (std::uint32_t i = from; i < to; ++i) {
    ShadowSample sample;
    sample.article = std::to_string(i);
    sample.rank = RankOf(record.digest, sample.article, "");
    AddHit(record, kNoon + i * 1h, i % 2 == 0);
    if (Wants(record, sample.rank)) AddSample(record, std::move(sample));
  }
  return record;
}

TEST(ShadowRecordTest, TheRecordsOfTwoProcessesAreThatOfOne) {
  EXPECT_EQ(Joined(RecordOf(0, 150), RecordOf(150, 500)), RecordOf(0, 500));
  EXPECT_THAT(RecordOf(0, 500).samples, SizeIs(kShadowSamples));
  // Read again, an article is no second sample.
  EXPECT_EQ(Joined(RecordOf(0, 5), RecordOf(0, 5)).samples, RecordOf(0, 5).samples);
}

TEST(ShadowRecordTest, ItIsBounded) {
  const ShadowRecord record = RecordOf(0, 24 * 100);
  EXPECT_THAT(record.days, SizeIs(kShadowDays));
  EXPECT_EQ(record.count.hits, 2400u);
}

TEST(ShadowRecordTest, WhatIsNoRecordSaysSo) {
  EXPECT_THAT(ReadShadowRecord("{}").error().message, HasSubstr("schema_version"));
  EXPECT_THAT(ReadShadowRecord(R"({"schema_version":9})").error().message, HasSubstr("schema_version is 9"));
  EXPECT_THAT(ReadShadowRecord("[]").error().message, HasSubstr("no record"));
}

TEST(ShadowKeeperTest, AFullDiskIsAMetricAndNotALoss) {
  const TempDir dir;
  const std::filesystem::path file = std::filesystem::path(dir.Path("not-there")) / "shadow.ndjson";
  MetricsRegistry metrics;
  LiveRules live(WithFile(file), nullptr, {}, metrics);
  {
    Worker worker(Compile(kShadowed), metrics, {&live});
    worker.Read("1", "A spy");
  }
  live.Save();
  EXPECT_EQ(ShadowMetrics{metrics}.write_failures.Value(), 1);
  std::filesystem::create_directory(file.parent_path());
  live.Save();
  EXPECT_EQ(ReadShadowFile(file).value()[1].count.hits, 1u);
}

TEST(ShadowKeeperTest, AnUnreadableFileIsKeptAside) {
  const TempDir dir;
  const std::filesystem::path file = dir.Path("shadow.ndjson");
  std::ofstream(file) << "not a record\n";
  MetricsRegistry metrics;
  LiveRules live(WithFile(file), nullptr, {}, metrics);
  { Worker worker(Compile(kShadowed), metrics, {&live}); }
  live.Save();
  EXPECT_EQ(Contents(file.string() + ".unreadable"), "not a record\n");
  EXPECT_THAT(ReadShadowFile(file).value(), SizeIs(2));
}

std::string InShadow(const std::string& topic, int rules) {
  std::string text = "  - id: " + topic + "\n    title: T\n    status: shadow\n    rules:\n";
  for (int i = 0; i < rules; ++i) text += "      - {id: r" + std::to_string(i) + ", match: ban}\n";
  return text;
}

// A rule that runs no longer makes room for one that does, also while its record is on its way to the file.
TEST(ShadowKeeperTest, RulesMayComeAndGoWhileTheFileIsWritten) {
  const TempDir dir;
  const std::filesystem::path file = dir.Path("shadow.ndjson");
  MetricsRegistry metrics;
  const auto a = Compile(InShadow("a", ShadowKeeper::kMostRecords));
  const auto b = Compile(InShadow("b", ShadowKeeper::kMostRecords));
  const ShadowRules in_a(*a), in_b(*b);
  ShadowKeeper keeper(file, metrics);
  std::atomic<bool> done = false;
  std::thread reloads([&] {
    for (int i = 0; i < 40; ++i) {
      keeper.Know(*a, in_a, {});
      keeper.Know(*b, in_b, {});
    }
    done = true;
  });
  while (!done) EXPECT_TRUE(keeper.Write());
  reloads.join();
  EXPECT_TRUE(keeper.Write());
  const auto records = ReadShadowFile(file);
  ASSERT_TRUE(records) << records.error().message;
  ASSERT_THAT(*records, SizeIs(ShadowKeeper::kMostRecords));
  EXPECT_EQ(records->front().topic, "b");
}

// ---- budgets

constexpr char kBudgets[] =
    "  - id: t\n"
    "    title: The topic\n"
    "    rules:\n"
    "      - {id: flood, match: the, score: 90, budget: {hits: 3/h}}\n"
    "      - {id: calm, match: ban, score: 40}\n"
    "  - id: other\n"
    "    title: Other\n"
    "    rules: [{id: r, match: the}]\n";

TEST(RuleBudgetsTest, ARuleThatFloodsRunsInShadowAndTheOthersGoOn) {
  std::vector<Demotion> told;
  MetricsRegistry metrics;
  const auto rules = Compile(kBudgets);
  LiveRules live(
      {}, nullptr, [&](const Demotion& demotion) { told.push_back(demotion); }, metrics);
  Worker worker(rules, metrics, {&live}), other(rules, metrics, {&live});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(worker.Read(std::to_string(i), "The ban").matches[0].score, 90u);
  EXPECT_THAT(told, IsEmpty());
  // The one over it: it is the first that is not told.
  EXPECT_EQ(Told(worker.Read("4", "The ban")), "t 90 medium spans 2;other 50 medium spans 1;");
  EXPECT_EQ(Told(worker.Read("5", "The ban")), "t 40 medium spans 1;other 50 medium spans 1;");
  EXPECT_EQ(Told(other.Read("6", "The end")), "other 50 medium spans 1;");
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].topic + "/" + told[0].rule + " " + told[0].owner, "t/flood desk@example.org");
  EXPECT_EQ(told[0].because, "more than 3 articles in an hour, which is its budget");
  const ShadowMetrics counted{metrics};
  EXPECT_EQ(counted.demoted.With("t", "flood", "hits", "desk@example.org").Value(), 1);
  EXPECT_EQ(counted.matches.With("t", "flood").Value(), 2);
  // It lasts beyond the hour, until its topic is changed.
  EXPECT_EQ(Told(worker.Read("7", "The end", "", kNoon + 48h)), "other 50 medium spans 1;");
  std::string edited = kBudgets;
  edited.replace(edited.find("title: Other"), 12, "title: Still");
  EXPECT_TRUE(worker.matcher().Use(Compile(edited)));
  EXPECT_EQ(Told(worker.Read("8", "The end")), "other 50 medium spans 1;");
  edited.replace(edited.find("3/h"), 3, "9/h");
  EXPECT_TRUE(worker.matcher().Use(Compile(edited)));
  EXPECT_EQ(Told(worker.Read("9", "The end")), "t 90 medium spans 1;other 50 medium spans 1;");
  EXPECT_EQ(counted.demoted.With("t", "flood", "hits", "desk@example.org").Value(), 0);
}

TEST(RuleBudgetsTest, HitsCountInTheHourOfTheirRecordsAndNotOfTheClock) {
  MetricsRegistry metrics;
  std::vector<Demotion> told;
  LiveRules live(
      {}, nullptr, [&](const Demotion& demotion) { told.push_back(demotion); }, metrics);
  Worker worker(Compile(kBudgets), metrics, {&live});
  // A backlog of two days, read in one go, from two partitions.
  for (int hour = 0; hour < 48; ++hour) {
    for (int i = 0; i < 3; ++i) worker.Read("a", "The end", "", kNoon + hour * 1h - (i == 2 ? 1h : 0h));
  }
  EXPECT_THAT(told, IsEmpty());
}

TEST(RuleBudgetsTest, RecordsFromTheFutureDoNotEndTheCounting) {
  MetricsRegistry metrics;
  std::vector<Demotion> told;
  LiveRules live(
      {}, nullptr, [&](const Demotion& demotion) { told.push_back(demotion); }, metrics);
  Worker worker(Compile(kBudgets), metrics, {&live});
  for (int hour = 0; hour < 3; ++hour) worker.Read("a", "The end", "", kNoon + 10'000h + hour * 1h, kNoon - 1h);
  EXPECT_THAT(told, IsEmpty());
  for (int i = 0; i < 4; ++i) worker.Read("b", "The end");
  EXPECT_THAT(told, SizeIs(1));
}

TEST(RuleBudgetsTest, ATopicGoesWithAllItsRules) {
  MetricsRegistry metrics;
  LiveRules live({}, nullptr, {}, metrics);
  Worker worker(Compile("  - id: t\n    title: T\n    budget: {hits: 1/h}\n    rules:\n"
                        "      - {id: a, match: ban}\n      - {id: b, match: bar}\n"),
                metrics, {&live});
  EXPECT_THAT(worker.Read("1", "A ban").matches, SizeIs(1));
  EXPECT_THAT(worker.Read("2", "A bar").matches, SizeIs(1));
  EXPECT_THAT(worker.Read("3", "A ban").matches, IsEmpty());
  EXPECT_THAT(worker.Read("4", "A bar").matches, IsEmpty());
  EXPECT_EQ(ShadowMetrics{metrics}.demoted.With("t", "*", "hits", "desk@example.org").Value(), 1);
}

TEST(RuleBudgetsTest, TheDefaultIsForRulesThatSayNothing) {
  MetricsRegistry metrics;
  LiveRules live({{}, {.cpu = std::nullopt, .hits = 1}, 0}, nullptr, {}, metrics);
  Worker worker(Compile(kBudgets), metrics, {&live});
  for (int i = 0; i < 2; ++i) worker.Read(std::to_string(i), "The ban");
  EXPECT_EQ(Told(worker.Read("3", "The ban")), "t 90 medium spans 1;");
}

TEST(RuleBudgetsTest, WhatTakesTooLongRests) {
  const auto rules = Compile(
      "  - id: t\n    title: T\n    rules:\n      - {id: slow, match: the, budget: {cpu: 10us}}\n"
      "      - {id: quick, match: the, budget: {cpu: 10us}}\n");
  MetricsRegistry metrics;
  RuleBudgets budgets({}, metrics);
  auto standing = budgets.StandingOf(rules);
  EXPECT_TRUE(standing->takes_times);
  EXPECT_FALSE(standing->counts_hits);
  std::vector<Demotion> demotions;
  for (std::uint32_t i = 0; i < RuleBudgets::kLeastTimed && demotions.empty(); ++i) {
    demotions = budgets.CountTimes(*standing, {{{0, 0}, 12us}, {{0, 1}, 9us}}, 64, kNoon);
    EXPECT_EQ(demotions.empty(), i + 1 < RuleBudgets::kLeastTimed);
  }
  ASSERT_THAT(demotions, SizeIs(1));
  EXPECT_EQ(demotions[0].rule, "slow");
  EXPECT_EQ(demotions[0].because, "it takes 12us of processor time an article on average, over its budget of 10us");
  standing = budgets.StandingOf(rules);
  EXPECT_THAT(standing->resting, ElementsAre(RulePlace{0, 0}));
  EXPECT_TRUE(standing->shadow.Has({0, 0}));
  EXPECT_FALSE(standing->shadow.Has({0, 1}));
  // One that is looked at seldom may take longer: what counts is the average over all articles.
  RuleBudgets others({}, metrics);
  standing = others.StandingOf(rules);
  for (std::uint32_t i = 0; i < 1000; ++i) {
    std::vector<RuleTime> times = {{{0, 1}, 1us}};
    if (i % 10 == 0) times.insert(times.begin(), {{0, 0}, 90us});
    EXPECT_THAT(others.CountTimes(*standing, times, 1, kNoon), IsEmpty());
  }
}

TEST(RuleBudgetsTest, AMatchTakesTheTimeOfEachRuleAndLeavesOutWhatRests) {
  const auto rules = Compile(kBudgets);
  auto matcher = Matcher::Create(rules);
  ASSERT_TRUE(matcher);
  Document document;
  document.texts = {"The ban", "", ""};
  FoldedDocument folded;
  Fold(document, folded);
  MatchWatch watch{.resting = {{0, 0}}, .timed = true};
  const auto found = matcher->Match(document, folded, &watch);
  ASSERT_TRUE(found);
  EXPECT_THAT(found->at(0).rules, ElementsAre(1));
  ASSERT_THAT(watch.times, SizeIs(2));
  EXPECT_EQ(watch.times[0].place, (RulePlace{0, 1}));
  EXPECT_EQ(watch.times[1].place, (RulePlace{1, 0}));
}

// ---- the oracle

struct Letters {
  std::mutex mutex;
  std::vector<std::string> lines;
};

class LetterSink : public DeadLetterSink {
 public:
  explicit LetterSink(std::shared_ptr<Letters> letters) : letters_(std::move(letters)) {}
  std::string_view name() const override { return "test"; }
  Status Ready() const override { return {}; }
  void RequestStop() override {}
  void Flush() override {}
  Status Close(SteadyTime) override { return {}; }
  void Send(const DeadLetter& letter, Delivery delivery) override {
    const std::lock_guard lock(letters_->mutex);
    letters_->lines.push_back(ToJson(letter));
    delivery.Delivered();
  }

 private:
  const std::shared_ptr<Letters> letters_;
};

struct Offered {
  Article article;
  Document document;
  Record record;
  std::vector<TopicMatch> engine;
};

Offered OfferedOn(const std::shared_ptr<const RuleSet>& rules, std::string title) {
  Offered offered;
  offered.article.id = "a-1";
  offered.article.title = std::move(title);
  offered.document = DocumentOf(offered.article);
  offered.record.payload = R"({"id":"a-1"})";
  offered.record.place.stream = "articles";
  offered.engine = ReferenceMatch(*rules, offered.document).value();
  return offered;
}

TEST(LiveOracleTest, AMatchThatTheEngineDropsIsADeadLetterWithBothAnswers) {
  const auto rules = Compile(kShadowed);
  const auto letters = std::make_shared<Letters>();
  MetricsRegistry metrics;
  LiveOracle oracle(1, std::make_unique<LetterSink>(letters), metrics);
  Offered offered = OfferedOn(rules, "A spy and a ban");
  ASSERT_THAT(offered.engine, SizeIs(2));
  EXPECT_TRUE(oracle.Offer(rules, offered.article, offered.document, offered.record, offered.engine));
  oracle.WaitUntilIdle();
  EXPECT_THAT(letters->lines, IsEmpty());
  offered.engine.pop_back();  // the fault
  EXPECT_TRUE(oracle.Offer(rules, offered.article, offered.document, offered.record, offered.engine));
  oracle.WaitUntilIdle();
  ASSERT_THAT(letters->lines, SizeIs(1));
  EXPECT_THAT(letters->lines[0], HasSubstr(R"("reason":"oracle-mismatch")"));
  EXPECT_THAT(letters->lines[0], HasSubstr(R"(\"engine\":[],\"reference\":[{\"topic\":\"spies\",\"rules\":[\"r\"])"));
  EXPECT_THAT(letters->lines[0], HasSubstr(R"("payload":"{\"id\":\"a-1\"}")"));
  const ShadowMetrics counted{metrics};
  EXPECT_EQ(counted.oracle.With("checked").Value(), 2);
  EXPECT_EQ(counted.oracle_differences.Value(), 1);
}

// So that the end of a process does not wait for all rules to be looked at, one by one.
TEST(LiveOracleTest, TheReferenceMatcherCanBeStopped) {
  const auto rules = Compile(kShadowed);
  const Offered offered = OfferedOn(rules, "A spy and a ban");
  std::stop_source stop;
  EXPECT_TRUE(ReferenceMatch(*rules, offered.document, stop.get_token()));
  stop.request_stop();
  const auto stopped = ReferenceMatch(*rules, offered.document, stop.get_token());
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::kTimeout);
}

TEST(LiveOracleTest, WhatIsTooMuchIsDroppedAndCounted) {
  const auto rules = Compile(kShadowed);
  MetricsRegistry metrics;
  LiveOracle oracle(1, std::make_unique<LetterSink>(std::make_shared<Letters>()), metrics, 0);
  const Offered offered = OfferedOn(rules, "A ban");
  EXPECT_FALSE(oracle.Offer(rules, offered.article, offered.document, offered.record, offered.engine));
  EXPECT_EQ(ShadowMetrics{metrics}.oracle.With("dropped").Value(), 1);
}

TEST(LiveOracleTest, TheSameShareIsTakenEverywhere) {
  MetricsRegistry metrics;
  const LiveOracle oracle(100, std::make_unique<LetterSink>(std::make_shared<Letters>()), metrics);
  int wanted = 0;
  for (int i = 0; i < 10'000; ++i) wanted += oracle.Wants("article-" + std::to_string(i)) ? 1 : 0;
  EXPECT_GT(wanted, 60);
  EXPECT_LT(wanted, 150);
}

TEST(LiveOracleTest, AServiceHasItsArticlesLookedAtAgain) {
  const auto rules = Compile(kShadowed);
  const auto letters = std::make_shared<Letters>();
  MetricsRegistry metrics;
  {
    LiveRules live({{}, {}, 1}, std::make_unique<LetterSink>(letters), {}, metrics);
    Worker worker(rules, metrics, {&live});
    EXPECT_EQ(Told(worker.Read("1", "A spy ban")), "bans 40 medium spans 1;");
  }
  const ShadowMetrics counted{metrics};
  EXPECT_EQ(counted.oracle.With("checked").Value() + counted.oracle.With("dropped").Value(), 1);
  EXPECT_THAT(letters->lines, IsEmpty());
}

}  // namespace
}  // namespace wirewatch
