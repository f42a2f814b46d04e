// What becomes of articles that report one story.
#include "pipeline/alert/story_alerts.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "tests/support/story_talk.h"

namespace wirewatch {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

Report Original(const std::string& id, std::uint32_t event = 1) { return {.id = id, .event = event}; }
Report Copy(const std::string& id, std::uint32_t event = 1) {
  return {.id = id, .event = event, .wording = Wording::kCopy};
}
Report Rewrite(const std::string& id, std::uint32_t event = 1) {
  return {.id = id, .event = event, .wording = Wording::kRewrite};
}
Report Version(Report report, const std::string& version) {
  report.version = version;
  return report;
}
Report Canceled(Report report, const std::string& version) {
  report.status = PublicationStatus::kCanceled;
  return Version(std::move(report), version);
}
Report With(Report report, TopicSeverity severity) {
  report.severity = severity;
  return report;
}
Report By(Report report, const std::string& source) {
  report.source = source;
  return report;
}

// Without a log of matches: the state is the process's own.
AlertHandlerOptions OneStep() {
  AlertHandlerOptions options;
  options.releases_by_clock = false;
  return options;
}

class StoryAlertsTest : public ::testing::Test {
 protected:
  StoryTalk talk_;
};

// ------------------------------------------------------------------------------------------------- first versions

TEST_F(StoryAlertsTest, TheFirstArticleOfAStoryIsNew) {
  EXPECT_EQ(talk_.Say(Original("a")), "new");
  const Alert& alert = talk_.last();
  EXPECT_EQ(alert.id, AlertId("t", "a"));
  EXPECT_EQ(alert.because, "the first article of a story, by a.example");
  ASSERT_TRUE(alert.story);
  EXPECT_EQ(alert.story->first_seen, At(0));
  EXPECT_EQ(alert.story->first_source, "a.example");
  EXPECT_EQ(alert.story->sources, 1u);
  EXPECT_EQ(alert.story->articles, 1u);
  EXPECT_EQ(alert.story->size, 1u);
  EXPECT_THAT(alert.previous, IsEmpty());
  EXPECT_EQ(alert.corrects, "");
  EXPECT_EQ(talk_.Say(Original("b", 2)), "new") << "another story";
}

TEST_F(StoryAlertsTest, ACopyJoinsTheStoryAndIsNotTold) {
  talk_.Say(Original("a"));
  EXPECT_EQ(talk_.Say(Copy("b")), "same-story");
  const Decision& decision = talk_.decisions.back();
  EXPECT_EQ(decision.outcome, "suppressed");
  EXPECT_THAT(decision.because, StartsWith("a copy ("));
  EXPECT_THAT(decision.because, HasSubstr("of the story of article a, which has 2 sources and 2 articles now"));
  EXPECT_EQ(decision.story_id, talk_.last().story->id);
}

TEST_F(StoryAlertsTest, ARewriteOfTheSameEventJoinsTheStory) {
  talk_.Say(Original("a"));
  EXPECT_EQ(talk_.Say(Rewrite("b")), "same-story");
  EXPECT_THAT(talk_.decisions.back().because, StartsWith("the same event ("));
}

TEST_F(StoryAlertsTest, TopicsHaveStoriesOfTheirOwn) {
  EXPECT_EQ(talk_.Say(Original("a"), At(0), "t"), "new");
  EXPECT_EQ(talk_.Say(Original("a"), At(0), "u"), "new");
  EXPECT_EQ(talk_.Say(Copy("b"), At(0), "u"), "same-story");
}

TEST_F(StoryAlertsTest, AnArticleWithoutASignatureIsAStoryOfItsOwn) {
  StoryAlerts stories({});
  for (const char* id : {"a", "b"}) {
    ArticleFacts facts;
    facts.id = id;
    Match match = MatchOfReport("t", Original("a"), {});
    match.article = std::make_shared<const ArticleFacts>(facts);
    RaisedAlert raised{KeyOf("t", facts), {}};
    raised.alert.match = match;
    EXPECT_EQ(stories.Apply(raised, {"log", kPartition, Offset{1}, 0}).kind, "new");
  }
}

TEST_F(StoryAlertsTest, AStoryGrowsAtEachStepOfSourcesOnce) {
  talk_.policy.grow = {2, 4};
  EXPECT_EQ(talk_.Say(Original("a")), "new");
  EXPECT_EQ(talk_.Say(Copy("b")), "grow");
  EXPECT_EQ(talk_.last().because, "the story has come to 2 sources; the latest is b.example");
  EXPECT_EQ(talk_.last().corrects, "");
  const std::string second = talk_.last().id;
  EXPECT_EQ(talk_.Say(Copy("c")), "same-story");
  EXPECT_EQ(talk_.Say(Copy("d")), "grow");
  EXPECT_NE(talk_.last().id, second);
  EXPECT_THAT(talk_.last().previous, ElementsAre(AlertId("t", "a"), second));
  EXPECT_EQ(talk_.Say(Copy("e")), "same-story");
}

TEST_F(StoryAlertsTest, TheSamePublisherIsNoNewSource) {
  talk_.policy.grow = {2};
  talk_.Say(By(Original("a"), "Wire.example"));
  EXPECT_EQ(talk_.Say(By(Copy("b"), "wire.example")), "same-story");
  EXPECT_EQ(talk_.Say(By(Copy("c"), "other.example")), "grow");
  EXPECT_EQ(talk_.last().story->sources, 2u);
  EXPECT_EQ(talk_.last().story->articles, 3u);
}

TEST_F(StoryAlertsTest, WhereNoPublisherIsGivenItIsTheHostOfTheAddress) {
  const auto source = [](const std::string& name, const std::string& url) {
    ArticleFacts facts;
    facts.id = "a";
    facts.source = name;
    facts.url = url;
    StoryAlerts stories({});
    RaisedAlert raised{KeyOf("t", facts), {}};
    raised.alert.match.topic = "t";
    raised.alert.match.article = std::make_shared<const ArticleFacts>(facts);
    return stories.Apply(raised, {"log", kPartition, Offset{1}, 0}).raised->alert.story->first_source;
  };
  EXPECT_EQ(source("", "https://news.example:8080/a?b#c"), "news.example");
  EXPECT_EQ(source("The Wire", "https://news.example/"), "The Wire");
  EXPECT_EQ(source("", ""), "");
}

TEST_F(StoryAlertsTest, AMoreSevereArticleIsAnUpdate) {
  talk_.Say(Original("a"));
  EXPECT_EQ(talk_.Say(With(Copy("b"), TopicSeverity::kLow)), "same-story");
  EXPECT_EQ(talk_.Say(With(Copy("c"), TopicSeverity::kCritical)), "update");
  EXPECT_EQ(talk_.last().because, "the story is of severity critical now, and was medium");
  EXPECT_EQ(talk_.last().id, AlertId("t", "c"));
  EXPECT_EQ(talk_.Say(With(Copy("d"), TopicSeverity::kHigh)), "same-story");
}

TEST_F(StoryAlertsTest, AnArticleThatBringsARuleIsAnUpdate) {
  talk_.Say(Original("a"));
  Report report = Copy("b");
  report.rules = {"r1", "r2"};
  EXPECT_EQ(talk_.Say(report), "update");
  EXPECT_EQ(talk_.last().because, "rule r2 holds, which had not in this story");
  report.id = "c";
  EXPECT_EQ(talk_.Say(report), "same-story");
}

// ---------------------------------------------------------------------------------------------------- later versions

TEST_F(StoryAlertsTest, ALaterVersionOfAnArticleThatWasToldIsACorrection) {
  talk_.Say(Original("a"));
  EXPECT_EQ(talk_.Say(Version(Original("a"), "2")), "correction");
  EXPECT_EQ(talk_.last().corrects, AlertId("t", "a"));
  const std::string second = talk_.last().id;
  EXPECT_EQ(talk_.Say(Version(Original("a"), "3")), "correction");
  EXPECT_EQ(talk_.last().corrects, second);
  EXPECT_EQ(talk_.last().story->articles, 1u);
  EXPECT_EQ(talk_.last().story->size, 3u);
}

TEST_F(StoryAlertsTest, ALaterVersionOfAnArticleThatWasNotToldIsNot) {
  talk_.Say(Original("a"));
  talk_.Say(Copy("b"));
  EXPECT_EQ(talk_.Say(Version(Copy("b"), "2")), "same-story");
  EXPECT_EQ(talk_.decisions.back().because, "another version of an article of the story of a, and nothing new in it");
}

TEST_F(StoryAlertsTest, ALaterVersionThatIsMoreSevereIsAnUpdateThatNamesTheAlertBefore) {
  talk_.Say(Original("a"));
  EXPECT_EQ(talk_.Say(With(Version(Original("a"), "2"), TopicSeverity::kHigh)), "update");
  EXPECT_EQ(talk_.last().corrects, AlertId("t", "a"));
  talk_.Say(Copy("b"));
  EXPECT_EQ(talk_.Say(With(Version(Copy("b"), "2"), TopicSeverity::kCritical)), "update");
  EXPECT_EQ(talk_.last().corrects, "") << "it had no alert of its own";
}

TEST_F(StoryAlertsTest, AVersionThatComesAgainIsARepeat) {
  talk_.Say(Original("a"));
  EXPECT_EQ(talk_.Say(Original("a")), "repeat");
}

TEST_F(StoryAlertsTest, NoTwoAlertsHaveOneId) {
  // AlertPolicy knows a version for the window; the article is known for as long as any version of it comes.
  talk_.Say(Version(Original("a"), "2"), At(0));
  EXPECT_EQ(talk_.Say(Version(Original("a"), "1"), At(30)), "outdated");
  EXPECT_EQ(talk_.Say(Version(Original("a"), "3"), At(60)), "correction");
  EXPECT_EQ(talk_.last().corrects, AlertId("t", "a"));
  EXPECT_NE(talk_.last().id, AlertId("t", "a"));
}

// -------------------------------------------------------------------------------------------------------- withdrawn

TEST_F(StoryAlertsTest, ACanceledArticleThatWasToldIsWithdrawn) {
  talk_.Say(Original("a"));
  EXPECT_EQ(talk_.Say(Canceled(Original("a"), "2")), "withdrawn");
  EXPECT_EQ(talk_.last().because, "the publisher canceled the article");
  EXPECT_EQ(talk_.last().corrects, AlertId("t", "a"));
}

TEST_F(StoryAlertsTest, AnArticleThatHoldsNoLongerIsWithdrawn) {
  talk_.Say(Original("a"));
  EXPECT_EQ(talk_.Revise(Version(Original("a"), "2")), "withdrawn");
  EXPECT_EQ(talk_.last().because, "version 2 of the article does not hold on the topic any more");
}

TEST_F(StoryAlertsTest, AnArticleThatNobodyWasToldOfIsNotWithdrawn) {
  talk_.Say(Original("a"));
  talk_.Say(Copy("b"));
  EXPECT_EQ(talk_.Say(Canceled(Copy("b"), "2")), "untold");
  EXPECT_EQ(talk_.Revise(Version(Copy("b"), "3")), "");
  EXPECT_EQ(talk_.Say(Version(Original("a"), "2")), "correction") << "the story stands";
}

TEST_F(StoryAlertsTest, AStoryOfWhichNothingIsToldAnyMoreIsToldAnew) {
  talk_.Say(Original("a"));
  talk_.Say(Copy("b"));
  talk_.Say(Canceled(Original("a"), "2"));
  EXPECT_EQ(talk_.Say(Copy("c")), "new");
  EXPECT_EQ(talk_.last().because, "the first article of a story that nobody was told of, by c.example");
  EXPECT_EQ(talk_.last().story->articles, 3u);
  EXPECT_EQ(talk_.last().corrects, "");
  EXPECT_EQ(talk_.Say(Copy("d")), "same-story");
}

TEST_F(StoryAlertsTest, AStoryOfWhichSomethingIsStillToldIsNotToldAnew) {
  talk_.policy.grow = {2};
  talk_.Say(Original("a"));
  talk_.Say(Copy("b"));
  talk_.Say(Canceled(Original("a"), "2"));
  EXPECT_EQ(talk_.Say(Copy("c")), "same-story");
}

// What a pack says of a topic stands in matches; what withdraws may come without one.
TEST_F(StoryAlertsTest, AWithdrawalLeavesTheTopicsPolicyAsItIs) {
  talk_.policy.throttle = 1;
  talk_.Say(Original("a"), At(0));
  EXPECT_EQ(talk_.Say(Original("b", 2), At(0)), "folded");
  talk_.Revise(Version(Original("a"), "2"), At(0));
  talk_.Say(Original("c", 3), At(1));
  const Alert* const summary = talk_.Last(AlertKind::kSummary);
  ASSERT_NE(summary, nullptr);
  EXPECT_EQ(summary->match.story.throttle, 1u);
}

// --------------------------------------------------------------------------------------------------------- throttle

TEST_F(StoryAlertsTest, WhatIsOverTheThrottleIsFoldedAndTheSummaryOfTheHourListsIt) {
  talk_.policy.throttle = 2;
  EXPECT_EQ(talk_.Say(Original("a", 1), At(0)), "new");
  EXPECT_EQ(talk_.Say(Original("b", 2), At(0)), "new");
  EXPECT_EQ(talk_.Say(Original("c", 3), At(0) + minutes(20)), "folded");
  EXPECT_EQ(talk_.decisions.back().outcome, "folded");
  EXPECT_EQ(talk_.decisions.back().kind, "new");
  EXPECT_THAT(talk_.decisions.back().because, HasSubstr("more than 2 alerts in this hour"));
  EXPECT_EQ(talk_.Say(Version(Original("c", 3), "2"), At(0) + minutes(59)), "folded") << "a correction";
  EXPECT_EQ(talk_.Say(Original("d", 4), At(1)), "+ summary; new");
  ASSERT_NE(talk_.Last(AlertKind::kSummary), nullptr);
  const Alert& summary = *talk_.Last(AlertKind::kSummary);
  ASSERT_TRUE(summary.summary);
  EXPECT_EQ(summary.because, fmt::format("2 alerts over the topic's throttle in the hour from {} UTC",
                                         FormatRfc3339(At(0)).substr(0, 16)));
  EXPECT_EQ(summary.summary->begin, At(0));
  EXPECT_EQ(summary.summary->end, At(1));
  EXPECT_EQ(summary.summary->count, 2u);
  ASSERT_THAT(summary.summary->alerts, SizeIs(2));
  EXPECT_EQ(summary.summary->alerts[0]->id, AlertId("t", "c"));
  EXPECT_EQ(summary.summary->alerts[0]->kind, "new");
  EXPECT_EQ(summary.summary->alerts[0]->source, "c.example");
  EXPECT_EQ(summary.summary->alerts[1]->kind, "correction");
  EXPECT_EQ(summary.match.topic_title, "Topic t");
  EXPECT_FALSE(summary.story);
}

TEST_F(StoryAlertsTest, AWithdrawalIsNeverFolded) {
  talk_.policy.throttle = 1;
  talk_.Say(Original("a", 1));
  EXPECT_EQ(talk_.Say(Original("b", 2)), "folded");
  EXPECT_EQ(talk_.Say(Canceled(Original("a", 1), "2")), "withdrawn");
  EXPECT_EQ(talk_.Say(Canceled(Original("b", 2), "2")), "withdrawn") << "the summary tells of it";
}

TEST_F(StoryAlertsTest, AtTheEndOfAnInputThatNothingKeepsTheSummaryComesAtOnce) {
  StoryTalk talk(OneStep());
  talk.policy.throttle = 0;
  EXPECT_EQ(talk.Say(Original("a")), "folded");
  EXPECT_EQ(talk.Last(AlertKind::kSummary), nullptr);
  ASSERT_TRUE(talk.handler->Close(SteadyNow()));
  ASSERT_NE(talk.Last(AlertKind::kSummary), nullptr);
}

TEST_F(StoryAlertsTest, WhatIsRememberedIsNotSummedUpAtTheEnd) {
  RememberedAlerts memory;
  {
    StoryTalk talk(OneStep(), &memory);
    talk.policy.throttle = 0;
    talk.Say(Original("a"));
    ASSERT_TRUE(talk.handler->Close(SteadyNow()));
    EXPECT_EQ(talk.Last(AlertKind::kSummary), nullptr);
  }
  StoryTalk talk(OneStep(), &memory);
  EXPECT_EQ(talk.Say(Original("b", 2), At(1)), "+ summary; new");
  EXPECT_EQ(talk.alerts.front().summary->alerts[0]->id, AlertId("t", "a"));
}

// By a clock, where there is no log: an alert of an article that is older than the hour that was closed.
TEST_F(StoryAlertsTest, AClockClosesTheHourAndLeavesTheRecordTimeAlone) {
  StoryAlerts stories({});
  StoryPolicy policy;
  policy.throttle = 0;
  const auto say = [&](const Report& report, int offset) {
    RaisedAlert raised;
    raised.alert.match = MatchOfReport("t", report, policy);
    raised.key = KeyOf("t", *raised.alert.match.article);
    const RecordPlace place{"log", kPartition, Offset{offset}, 0};
    EXPECT_THAT(stories.Advance(place, At(0)).raised, IsEmpty());
    return stories.Apply(raised, place);
  };
  EXPECT_EQ(say(Original("a"), 1).suppressed, Suppressed::kFolded);
  EXPECT_THAT(stories.AdvanceAll(At(0)).raised, IsEmpty());
  EXPECT_THAT(stories.AdvanceAll(At(1'000)).raised, SizeIs(1));
  EXPECT_EQ(say(Copy("b"), 2).suppressed, Suppressed::kSameStory) << "it is no thousand hours later";
  EXPECT_THAT(stories.AdvanceAll(At(1'001)).raised, IsEmpty());
}

// A topic's entry that is older than those of its articles, and a log that is read again from its beginning.
TEST_F(StoryAlertsTest, ASummaryThatNobodyAskedForComesBesideTheAlertThatFindsItDue) {
  StoryPolicy policy;
  policy.throttle = 1;
  const auto say = [&](StoryAlerts& stories, const Report& report, WallTime time) {
    RaisedAlert raised;
    raised.alert.match = MatchOfReport("t", report, policy);
    raised.key = KeyOf("t", *raised.alert.match.article);
    const RecordPlace place{"log", kPartition, Offset{1}, 0};
    stories.Advance(place, time);
    return stories.Apply(raised, place);
  };
  StoryAlerts before({});
  say(before, Original("a", 1), At(0));
  EXPECT_EQ(say(before, Original("b", 2), At(0)).suppressed, Suppressed::kFolded);
  const std::string topic = before.SaveTopic("t");
  say(before, Original("c", 3), At(5));
  StoryAlerts behind({});
  ASSERT_TRUE(behind.Load(before.SaveArticle("c").text));
  ASSERT_TRUE(behind.Load(topic));
  behind.Loaded();
  const StoryVerdict verdict = say(behind, Original("d", 4), At(0));
  EXPECT_EQ(verdict.kind, "new");
  ASSERT_THAT(verdict.beside, SizeIs(1));
  EXPECT_EQ(verdict.beside[0].alert.kind, AlertKind::kSummary);
  EXPECT_TRUE(verdict.raised);
}

// --------------------------------------------------------------------------------------------------- what comes back

TEST_F(StoryAlertsTest, AnArticleThatComesBackIsToldUnderIdsOfItsOwn) {
  std::set<std::string> ids;
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(talk_.Say(Original("a")), "new");
    const std::string came = talk_.last().id;
    EXPECT_EQ(talk_.last().corrects, "");
    EXPECT_EQ(talk_.last().because, round == 0 ? "the first article of a story, by a.example"
                                               : "an article that was withdrawn has come back, by a.example");
    EXPECT_TRUE(ids.insert(came).second);
    EXPECT_EQ(talk_.Say(Canceled(Original("a"), "1")), "withdrawn");
    EXPECT_EQ(talk_.last().corrects, came);
    EXPECT_TRUE(ids.insert(talk_.last().id).second);
  }
}

TEST_F(StoryAlertsTest, AnArticleThatComesBackToItsStoryIsACorrection) {
  talk_.policy.grow = {2};
  talk_.Say(Original("a"));
  EXPECT_EQ(talk_.Say(Copy("b")), "grow");
  EXPECT_EQ(talk_.Say(Canceled(Original("a"), "1")), "withdrawn");
  const std::string withdrawn = talk_.last().id;
  EXPECT_EQ(talk_.Say(Original("a")), "correction");
  EXPECT_EQ(talk_.last().because, "an article that was withdrawn has come back, by a.example");
  EXPECT_EQ(talk_.last().corrects, withdrawn);
  EXPECT_EQ(talk_.Say(Canceled(Original("a"), "2")), "withdrawn");
  EXPECT_EQ(talk_.Say(Version(Original("a"), "3")), "correction") << "with a number, too";
  EXPECT_EQ(talk_.Say(Original("a")), "outdated");
}

TEST_F(StoryAlertsTest, AnArticleThatComesBackWhileItsAlertIsUnderWayIsToldAllTheSame) {
  talk_.delivers = false;
  EXPECT_EQ(talk_.Say(Original("a")), "new");
  EXPECT_EQ(talk_.Say(Canceled(Original("a"), "1")), "withdrawn");
  EXPECT_EQ(talk_.Say(Original("a")), "new");
  talk_.Deliver();
  EXPECT_EQ(talk_.settled, 3u);
}

// ---------------------------------------------------------------------------------------------------- burst and quiet

TEST_F(StoryAlertsTest, ManyStoriesOfManySourcesWithinAnHourAreABurst) {
  talk_.policy.burst = BurstSensitivity::kHigh;
  std::string said;
  for (std::uint32_t i = 1; i <= 12; ++i) {
    said = talk_.Say(Original("a" + std::to_string(i), i), At(0) + minutes(i));
    if (said != "new") break;
  }
  EXPECT_EQ(said, "new + burst");
  ASSERT_NE(talk_.Last(AlertKind::kBurst), nullptr);
  const Alert& burst = *talk_.Last(AlertKind::kBurst);
  EXPECT_EQ(burst.burst->stories, 10u);
  EXPECT_EQ(burst.because, "10 stories of 10 sources within an hour, on a topic that is new here");
  EXPECT_EQ(burst.match.article->id, "a10");
  EXPECT_FALSE(burst.story);
}

TEST_F(StoryAlertsTest, ATopicThatFallsSilentIsQuietOnce) {
  talk_.policy.quiet = true;
  const auto hourly = [&](int from, int to) {
    for (int hour = from; hour < to; ++hour) {
      talk_.Say(By(Original("a" + std::to_string(hour), static_cast<std::uint32_t>(hour)), "s.example"), At(hour));
    }
  };
  hourly(0, 120);
  EXPECT_EQ(talk_.Last(AlertKind::kQuiet), nullptr);
  talk_.policy.quiet = false;
  talk_.Say(Original("other"), At(125), "u");
  EXPECT_EQ(talk_.Last(AlertKind::kQuiet), nullptr) << "some hours of silence";
  EXPECT_EQ(talk_.Say(Original("more"), At(160), "u"), "+ quiet; same-story");
  ASSERT_NE(talk_.Last(AlertKind::kQuiet), nullptr);
  const Alert& quiet = *talk_.Last(AlertKind::kQuiet);
  EXPECT_EQ(quiet.match.topic, "t");
  EXPECT_EQ(quiet.quiet->since, At(119));
  EXPECT_THAT(quiet.because, HasSubstr("the topic is silent since"));
  EXPECT_THAT(talk_.Say(Original("third", 77), At(200), "u"), Not(HasSubstr("quiet")));
}

// Its time is over; the clock's says nothing of it.
TEST_F(StoryAlertsTest, TheEndOfAnArchiveMakesNoTopicQuiet) {
  AlertHandlerOptions options = OneStep();
  options.archive = true;
  StoryTalk talk(options);
  talk.policy.quiet = true;
  const int past = -300'000;  // hours
  for (int hour = 0; hour < 120; ++hour) {
    talk.Say(Original("a" + std::to_string(hour), static_cast<std::uint32_t>(hour)), At(past + hour));
  }
  ASSERT_TRUE(talk.handler->Close(SteadyNow()));
  EXPECT_EQ(talk.Last(AlertKind::kQuiet), nullptr);
}

// ----------------------------------------------------------------------------------------------------------- window

TEST_F(StoryAlertsTest, AnArticleBehindTheWindowBeginsAStory) {
  talk_.policy.window = hours(10);
  talk_.Say(Original("a"), At(0));
  EXPECT_EQ(talk_.Say(Copy("b"), At(9)), "same-story");
  EXPECT_EQ(talk_.Say(Copy("c"), At(18)), "same-story") << "the window goes on with the story";
  EXPECT_EQ(talk_.Say(Copy("d"), At(29)), "new");
}

TEST_F(StoryAlertsTest, WhatIsForgottenIsTheArticlesAndTheirStories) {
  talk_.Say(Original("a"), At(0));
  talk_.Say(Copy("b"), At(40));
  EXPECT_EQ(talk_.Say(Copy("c"), At(80)), "same-story");
  EXPECT_EQ(talk_.Say(Copy("d"), At(200)), "new");
}

TEST_F(StoryAlertsTest, AVersionLaterThanTheWindowBeginsAStory) {
  talk_.Say(Original("a"), At(0));
  EXPECT_EQ(talk_.Say(Version(Original("a"), "2"), At(49)), "new");
  EXPECT_EQ(talk_.last().story->articles, 1u);
}

TEST_F(StoryAlertsTest, AnArticleThatWasForgottenGoesToTheStoryThatItBegan) {
  talk_.Say(Original("a"), At(0));
  talk_.Say(Copy("b"), At(40));
  Report other = Original("a", 2);
  other.version = "2";
  EXPECT_EQ(talk_.Say(other, At(60)), "same-story");
  EXPECT_THAT(talk_.decisions.back().because, StartsWith("another version of the first article"));
}

TEST_F(StoryAlertsTest, BeyondTheBoundTheOldestArticlesAreGivenUp) {
  AlertHandlerOptions options = StoryTalk::Partitioned();
  options.max_articles = 3;
  StoryTalk talk(options);
  for (std::uint32_t i = 1; i <= 4; ++i) EXPECT_EQ(talk.Say(Original("a" + std::to_string(i), i)), "new");
  EXPECT_EQ(talk.Say(Original("b", 5)), "new");
  EXPECT_EQ(talk.Say(Copy("c", 5)), "same-story");
  EXPECT_EQ(talk.Say(Copy("d", 1)), "new") << "its story is given up";
}

TEST_F(StoryAlertsTest, TheBoundIsOneOfAllTopicsAndTheOldestGoFirst) {
  AlertHandlerOptions options = StoryTalk::Partitioned();
  options.max_articles = 4;
  StoryTalk talk(options);
  talk.Say(Original("u1", 1), At(0), "u");
  talk.Say(Original("u2", 2), At(3), "u");
  for (std::uint32_t i = 1; i <= 4; ++i) talk.Say(Original("t" + std::to_string(i), 10 + i), At(3), "t");
  EXPECT_EQ(talk.Say(Copy("c", 2), At(4), "u"), "same-story") << "a topic that boils takes the oldest first";
  EXPECT_EQ(talk.Say(Copy("d", 1), At(4), "u"), "new");
}

TEST_F(StoryAlertsTest, ATopicOfWhichNothingComesAnyMoreIsDropped) {
  AlertHandlerOptions options = OneStep();
  RememberedAlerts memory;
  StoryTalk talk(options, &memory);
  const auto topics = [&] {
    return std::count_if(memory.texts.begin(), memory.texts.end(),
                         [](const auto& entry) { return entry.second.starts_with("{\"story_topic\""); });
  };
  talk.Say(Original("a"), At(0), "gone");
  for (int day = 0; day < 20; ++day) talk.Say(Original("t" + std::to_string(day), 2), At(24 * day), "t");
  ASSERT_TRUE(talk.handler->Close(SteadyNow()));
  EXPECT_EQ(topics(), 1);
}

// --------------------------------------------------------------------------------------------------------- embargo

TEST_F(StoryAlertsTest, AnEmbargoedArticleJoinsWhenItIsReleased) {
  Report report = Original("a");
  report.embargoed_until = At(2);
  EXPECT_EQ(talk_.Say(report, At(0)), "held");
  EXPECT_EQ(talk_.Say(Copy("b"), At(1)), "new") << "nobody was told yet";
  EXPECT_EQ(talk_.Say(Original("c", 2), At(2)), "same-story; new");
}

TEST_F(StoryAlertsTest, WhatIsDroppedUnderEmbargoHasADecision) {
  Report report = Original("a");
  report.embargoed_until = At(9);
  EXPECT_EQ(talk_.Say(report, At(0)), "held");
  EXPECT_EQ(talk_.Say(Version(report, "2"), At(1)), "dropped; held");
  EXPECT_EQ(talk_.decisions[1].article_version, "1");
  EXPECT_EQ(talk_.decisions[1].because, "version 2 of the article came before the embargo of this one ended");
  EXPECT_EQ(talk_.Revise(Canceled(Original("a"), "3"), At(2)), "dropped");
  EXPECT_EQ(talk_.decisions.back().because, "the article was canceled before its embargo ended");
  EXPECT_EQ(talk_.decisions.back().topic, "t");
  EXPECT_EQ(talk_.Say(Original("b", 2), At(10)), "new");
}

TEST_F(StoryAlertsTest, AnEmbargoThatIsTooLongIsADecisionWithAReason) {
  Report report = Original("a");
  report.embargoed_until = At(100);
  EXPECT_EQ(talk_.Say(report, At(0)), "embargoed");
  EXPECT_EQ(talk_.dead_letters, 1u);
}

// Not at the record that comes next, however late that is.
TEST_F(StoryAlertsTest, AnEmbargoedArticleIsJudgedAtTheEndOfItsEmbargo) {
  talk_.policy.throttle = 1;
  talk_.policy.window = hours(10);
  Report late = Original("late", 2);
  late.embargoed_until = At(2) + minutes(30);
  Report copy = Copy("copy");
  copy.embargoed_until = At(9);
  EXPECT_EQ(talk_.Say(Original("a"), At(1)), "new");
  EXPECT_EQ(talk_.Say(late, At(1)), "held");
  EXPECT_EQ(talk_.Say(copy, At(1)), "held");
  EXPECT_EQ(talk_.Say(Original("b", 3), At(20)), "new; same-story; new") << "hours and windows of their own";
  const Alert& released = talk_.alerts[1];
  EXPECT_EQ(released.match.article->id, "late");
  EXPECT_EQ(released.story->first_seen, At(2) + minutes(30));
}

TEST_F(StoryAlertsTest, WhatEndsBeforeAnEmbargoIsToldBefore) {
  talk_.policy.throttle = 1;
  Report report = Original("held", 9);
  report.embargoed_until = At(3);
  talk_.Say(report, At(0));
  talk_.Say(Original("a", 1), At(0));
  EXPECT_EQ(talk_.Say(Original("b", 2), At(0)), "folded");
  EXPECT_EQ(talk_.Say(Original("c", 3), At(5)), "+ summary; new; new");
}

// -------------------------------------------------------------------------------------------- what was not delivered

TEST_F(StoryAlertsTest, AnAlertThatIsRefusedForGoodLetsTheNextArticleBeTold) {
  talk_.refuses = [](const Alert& alert) { return alert.match.article->id == "a"; };
  EXPECT_EQ(talk_.Say(Original("a")), "new");
  EXPECT_EQ(talk_.dead_letters, 1u);
  EXPECT_EQ(talk_.Say(Copy("b")), "new");
  EXPECT_THAT(talk_.last().previous, IsEmpty());
  EXPECT_EQ(talk_.Say(Copy("c")), "same-story");
}

TEST_F(StoryAlertsTest, AStepThatIsRefusedForGoodIsToldWithTheNextSource) {
  talk_.policy.grow = {2, 3};
  talk_.Say(Original("a"));
  EXPECT_EQ(talk_.Say(Copy("b")), "grow");
  talk_.refuses = [](const Alert& alert) { return alert.match.article->id == "c"; };
  EXPECT_EQ(talk_.Say(Copy("c")), "grow");
  EXPECT_EQ(talk_.Say(Copy("d")), "grow");
  EXPECT_EQ(talk_.last().because, "the story has come to 4 sources; the latest is d.example");
}

// It is a dead letter, and not raised again: what a summary lists has decisions of its own.
TEST_F(StoryAlertsTest, ASummaryThatIsRefusedForGoodIsADeadLetter) {
  talk_.policy.throttle = 1;
  talk_.refuses = [](const Alert& alert) { return alert.kind == AlertKind::kSummary; };
  talk_.Say(Original("a", 1), At(0));
  EXPECT_EQ(talk_.Say(Original("b", 2), At(0)), "folded");
  EXPECT_EQ(talk_.Say(Original("c", 3), At(1)), "+ summary; new");
  EXPECT_EQ(talk_.dead_letters, 1u);
  EXPECT_THAT(talk_.last_dead_letter, HasSubstr("\"kind\":\"summary\""));
  EXPECT_EQ(talk_.settled, 3u) << "the record is done: its own alert went out";
}

TEST_F(StoryAlertsTest, ABurstThatIsRefusedForGoodIsADeadLetter) {
  talk_.policy.burst = BurstSensitivity::kHigh;
  talk_.refuses = [](const Alert& alert) { return alert.kind == AlertKind::kBurst; };
  for (std::uint32_t i = 1; i <= 10; ++i) talk_.Say(Original("a" + std::to_string(i), i), At(0) + minutes(i));
  EXPECT_EQ(talk_.dead_letters, 1u);
  EXPECT_THAT(talk_.last_dead_letter, HasSubstr("\"kind\":\"burst\""));
}

TEST_F(StoryAlertsTest, AWithdrawalThatIsRefusedForGoodLeavesTheArticleTold) {
  talk_.Say(Original("a"));
  talk_.refuses = [](const Alert& alert) { return alert.kind == AlertKind::kWithdrawn; };
  EXPECT_EQ(talk_.Say(Canceled(Original("a"), "2")), "withdrawn");
  talk_.refuses = nullptr;
  EXPECT_EQ(talk_.Say(Copy("b")), "same-story");
  EXPECT_EQ(talk_.Say(Canceled(Original("a"), "3")), "withdrawn");
  EXPECT_EQ(talk_.Say(Copy("c")), "new");
}

TEST_F(StoryAlertsTest, OfTwoAlertsThatAreRefusedOutOfOrderNothingIsLeft) {
  talk_.delivers = false;
  talk_.refuses = [](const Alert&) { return true; };
  talk_.Say(Original("a"));
  talk_.Say(Version(Original("a"), "2"));
  talk_.Deliver();
  talk_.refuses = nullptr;
  EXPECT_EQ(talk_.Say(Copy("b")), "new");
}

// ------------------------------------------------------------------------------------------------------------ undo

TEST_F(StoryAlertsTest, WhatIsCommittedIsNotTakenBack) {
  AlertHandlerOptions options = StoryTalk::Partitioned();
  options.transactional = true;
  StoryTalk talk(options);
  EXPECT_EQ(talk.Say(Original("a")), "new");
  talk.handler->Committed(kPartition);
  EXPECT_EQ(talk.Say(Original("b", 2)), "new");
  talk.Observe(PartitionEvent::Kind::kUndone, kPartition, Offset{0});
  EXPECT_EQ(talk.Say(Copy("c")), "same-story");
  EXPECT_EQ(talk.Say(Copy("d", 2)), "new") << "what was not is";
}

// -------------------------------------------------------------------------------------------------------------- ids

TEST_F(StoryAlertsTest, AtMostFiveAlertsOfTheStoryAreNamed) {
  std::vector<std::string> ids;
  for (int version = 1; version <= 8; ++version) {
    talk_.Say(Version(Original("a"), std::to_string(version)));
    EXPECT_THAT(talk_.last().previous, SizeIs(std::min(version - 1, 5)));
    ids.push_back(talk_.last().id);
  }
  EXPECT_THAT(talk_.last().previous, ElementsAre(ids[2], ids[3], ids[4], ids[5], ids[6]));
}

TEST_F(StoryAlertsTest, ARunOfTheSameRecordsGivesTheSameIds) {
  const std::vector<StoryRecord> log = RandomStoryLog(1, {.records = 150, .gap = {}});
  StoryTalk again;
  std::set<std::string> ids;
  for (const StoryRecord& record : log) {
    talk_.Handle(record);
    again.Handle(record);
    EXPECT_EQ(talk_.lines, again.lines);
  }
  for (const Alert& alert : talk_.alerts) EXPECT_TRUE(ids.insert(alert.id).second) << ToJson(alert);
}

// -------------------------------------------------------------------------------------------------- what is written

TEST_F(StoryAlertsTest, WhatCannotBeReadIsSaidSo) {
  StoryAlerts stories({.partitioned = true});
  Decision decision;
  decision.topic = "t";
  for (const char* state : {"AQ==", "no base64", "AgAA"}) {
    for (const char* outcome : {"alerted", "state"}) {
      decision.state = state;
      decision.outcome = outcome;
      EXPECT_FALSE(stories.Recall(decision)) << state;
    }
  }
  for (const char* text : {"{\"story_article\":1", "{\"story_article\":9,\"topics\":[]}", "{\"story_topic\":1}",
                           "{\"story_topic\":1,\"said\":\"{}\",\"state\":\"\"}",
                           "{\"story_article\":1,\"topics\":[{\"topic\":\"t\",\"state\":\"AQ==\"}]}"}) {
    EXPECT_TRUE(StoryAlerts::IsSaved(text)) << text;
    EXPECT_FALSE(stories.Load(text)) << text;
  }
}

}  // namespace
}  // namespace wirewatch
