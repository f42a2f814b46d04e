#include "pipeline/alert/alert_policy.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/alert_talk.h"

namespace wirewatch {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(AlertPolicyTest, OneAlertForEachTopicAndArticle) {
  Talk talk;
  EXPECT_EQ(talk.Say("bans", {"a"}), "new");
  EXPECT_EQ(talk.Say("spies", {"a"}), "new");
  EXPECT_EQ(talk.Say("bans", {"b"}), "new");
  EXPECT_EQ(talk.Say("bans", {"a"}), "repeat");
}

TEST(AlertPolicyTest, ANewVersionIsACorrectionThatNamesTheAlertBefore) {
  Talk talk;
  ASSERT_EQ(talk.Say("bans", {"a", "1"}), "new");
  const std::string first = talk.last.id;
  EXPECT_EQ(first, AlertId("bans", "a"));
  EXPECT_EQ(talk.last.corrects, "");
  ASSERT_EQ(talk.Say("bans", {"a", "2", "other"}), "correction");
  const std::string second = talk.last.id;
  EXPECT_EQ(talk.last.corrects, first);
  ASSERT_EQ(talk.Say("bans", {"a", "3", "other"}), "correction") << "a higher version, be its text the same";
  EXPECT_EQ(talk.last.corrects, second);
  EXPECT_EQ(std::set<std::string>({first, second, talk.last.id}).size(), 3u);
  EXPECT_EQ(talk.Say("bans", {"a", "3", "other"}), "repeat");
  EXPECT_EQ(talk.Say("bans", {"a", "2", "other"}), "repeat") << "seen before";
  EXPECT_EQ(talk.Say("bans", {"a", "2", "never seen"}), "outdated");
  EXPECT_EQ(talk.Say("bans", {"a", "3", "mended without a number"}), "correction");
}

TEST(AlertPolicyTest, WithoutVersionsTheTextAndTheTimeOfPublicationDecide) {
  Talk talk;
  ASSERT_EQ(talk.Say("t", {"a", "", "one", {}, At(1)}), "new");
  EXPECT_EQ(talk.Say("t", {"a", "", "one", {}, At(2)}), "repeat") << "the same text, sent again";
  EXPECT_EQ(talk.Say("t", {"a", "", "older", {}, At(-1)}), "outdated");
  EXPECT_EQ(talk.Say("t", {"a", "", "two", {}, At(3)}), "correction");
  EXPECT_EQ(talk.Say("t", {"a", "", "no date"}), "correction") << "nothing says that it is older";
}

TEST(AlertPolicyTest, ACanceledArticleWithdrawsOnceAndRaisesNothingElse) {
  const ArticleSpec canceled{"a", "3", "killed", PublicationStatus::kCanceled};
  Talk talk;
  EXPECT_EQ(talk.Say("t", canceled), "canceled") << "nobody heard of it";
  EXPECT_EQ(talk.Say("t", {"a", "2"}), "outdated") << "late: it is canceled already";

  Talk told;
  ASSERT_EQ(told.Say("t", {"a", "1"}), "new");
  ASSERT_EQ(told.Say("t", {"a", "2"}), "correction");
  const std::string before = told.last.id;
  ASSERT_EQ(told.Say("t", canceled), "withdrawn");
  EXPECT_EQ(told.last.corrects, before);
  EXPECT_EQ(told.last.reason, kArticleCanceled);
  EXPECT_EQ(told.Say("t", canceled), "repeat");
  EXPECT_EQ(told.Say("t", {"a", "4", "killed again", PublicationStatus::kCanceled}), "canceled");
  EXPECT_EQ(told.Say("t", {"a", "5", "it was right after all"}), "correction");
  EXPECT_EQ(told.Say("t", {"a", "6", "no", PublicationStatus::kCanceled}), "withdrawn");
}

TEST(AlertPolicyTest, ARevisionReachesTheTopicsThatItHoldsOnNoLonger) {
  Talk talk;
  ASSERT_EQ(talk.Say("bans", {"a", "1"}), "new");
  const std::string first = talk.last.id;
  ASSERT_EQ(talk.Say("spies", {"a", "1"}), "new");
  EXPECT_THAT(talk.Revise({"other", "2"}), IsEmpty());
  EXPECT_THAT(talk.Revise({"a", "2", "rain"}, {"spies"}), ElementsAre("bans"));
  EXPECT_EQ(talk.last.corrects, first);
  EXPECT_EQ(talk.last.reason, kHoldsNoLonger);
  EXPECT_EQ(talk.last.match.topic_title, "Topic bans") << "as the alert before";
  EXPECT_EQ(talk.last.match.rules, std::vector<std::string>{"rule-of-bans"});
  EXPECT_EQ(talk.last.match.article->title, "rain");
  EXPECT_THAT(talk.Revise({"a", "2", "rain"}, {"spies"}), IsEmpty());
  EXPECT_EQ(talk.Say("spies", {"a", "2", "rain"}), "correction");
  EXPECT_THAT(talk.Revise({"a", "3", "", PublicationStatus::kCanceled}), ElementsAre("spies"));
  EXPECT_EQ(talk.Say("bans", {"a", "2", "late"}), "outdated");
}

TEST(AlertPolicyTest, ACanceledArticleIsNotRaisedByALateVersionOfIt) {
  Talk talk;
  EXPECT_THAT(talk.Revise({"a", "3", "", PublicationStatus::kCanceled}), IsEmpty());
  EXPECT_EQ(talk.Say("t", {"a", "2"}), "outdated");
  EXPECT_EQ(talk.Say("t", {"a", "4"}), "correction") << "of what was said of it elsewhere";
}

TEST(AlertPolicyTest, AnEmbargoHoldsTheAlertUntilTheTimeOfTheRecordsHasCome) {
  Talk talk;
  EXPECT_EQ(talk.Say("t", {"a", "1", "text", {}, {}, At(5)}, At(0)), "held");
  EXPECT_EQ(talk.policy.held(), 1u);
  EXPECT_EQ(talk.Say("t", {"a", "1", "text", {}, {}, At(5)}, At(1)), "repeat");
  EXPECT_EQ(talk.Say("t", {"b"}, At(4)), "new");
  EXPECT_EQ(talk.Say("t", {"c"}, At(5)), "released; new");
  EXPECT_EQ(talk.policy.held(), 0u);
  EXPECT_EQ(talk.Say("t", {"a", "1", "text", {}, {}, At(5)}, At(6)), "repeat");
  EXPECT_EQ(talk.Say("t", {"a", "2"}, At(6)), "correction");
}

TEST(AlertPolicyTest, AnEmbargoThatIsOverOrLiftedHoldsNothing) {
  Talk talk;
  EXPECT_EQ(talk.Say("t", {"a", "1", "text", {}, {}, At(0)}, At(0)), "new");
  EXPECT_EQ(talk.Say("t", {"b", "1", "text", {}, {}, At(5)}, At(0)), "held");
  EXPECT_EQ(talk.Say("t", {"b", "1", "text"}, At(1)), "new") << "sent again without embargo";
  EXPECT_EQ(talk.Say("t", {"x"}, At(9)), "new") << "nothing was left to be released";
  EXPECT_EQ(talk.Say("t", {"c", "1", "text", {}, {}, At(20)}, At(10)), "held");
  EXPECT_EQ(talk.Say("t", {"c", "1", "text", {}, {}, At(30)}, At(11)), "held") << "put off";
  EXPECT_EQ(talk.Say("t", {"y"}, At(29)), "new");
  EXPECT_EQ(talk.Say("t", {"z"}, At(30)), "released; new");
}

TEST(AlertPolicyTest, WhatIsHeldFollowsTheLaterVersion) {
  Talk talk;
  ASSERT_EQ(talk.Say("t", {"a", "1", "text", {}, {}, At(5)}, At(0)), "held");
  EXPECT_EQ(talk.Say("t", {"a", "2", "right", {}, {}, At(5)}, At(1)), "held");
  EXPECT_EQ(talk.Say("t", {"x"}, At(5)), "released; new");
  ASSERT_EQ(talk.Say("t", {"b", "1", "text", {}, {}, At(50)}, At(6)), "held");
  EXPECT_EQ(talk.Say("t", {"b", "2", "no", PublicationStatus::kCanceled}, At(7)), "canceled") << "nobody heard of it";
  ASSERT_EQ(talk.Say("t", {"c", "1", "text", {}, {}, At(50)}, At(8)), "held");
  EXPECT_THAT(talk.Revise({"c", "2"}, {}, At(9)), IsEmpty());
  EXPECT_EQ(talk.policy.held(), 0u);
}

TEST(AlertPolicyTest, AnEmbargoLongerThanTheStateIsKeptIsRefused) {
  Talk talk({.longest_embargo = hours(10)});
  EXPECT_EQ(talk.Say("t", {"a", "1", "text", {}, {}, At(10)}, At(0)), "held");
  EXPECT_EQ(talk.Say("t", {"b", "1", "text", {}, {}, At(11)}, At(0)), "too long");
  EXPECT_EQ(talk.Say("t", {"b", "1", "text", {}, {}, At(11)}, At(1)), "held") << "of the refused nothing is known";
}

TEST(AlertPolicyTest, AnEmbargoMayLastLongerThanTheWindowWhereTheStateIsKept) {
  Talk talk;
  ASSERT_EQ(talk.Say("t", {"a", "1", "text", {}, {}, At(500)}, At(0)), "held");
  EXPECT_EQ(talk.Say("t", {"x"}, At(499)), "new");
  EXPECT_THAT(talk.policy.ReleaseDue(At(499)), IsEmpty());
  EXPECT_EQ(talk.policy.ReleaseDue(At(500)).size(), 1u);
  EXPECT_EQ(talk.Say("t", {"a", "1", "text", {}, {}, At(500)}, At(501)), "repeat");
}

TEST(AlertPolicyTest, AForgottenAlertIsRaisedAgain) {
  Talk talk;
  ASSERT_EQ(talk.Say("bans", {"a"}), "new");
  talk.policy.Forget(KeyOf("bans", *SharedFacts({"a"})));
  EXPECT_EQ(talk.Say("bans", {"a"}), "new");
  EXPECT_EQ(talk.Say("bans", {"a"}), "repeat");
}

TEST(AlertPolicyTest, TheIdIsTheSameInEveryProcess) {
  Talk one, other;
  ASSERT_EQ(other.Say("bans", {"z"}), "new");
  ASSERT_EQ(one.Say("bans", {"a"}) + other.Say("bans", {"a"}), "newnew");
  EXPECT_EQ(one.last.id, other.last.id);
  ASSERT_EQ(one.Say("bans", {"a", "2"}) + other.Say("bans", {"a", "2"}), "correctioncorrection");
  EXPECT_EQ(one.last.id, other.last.id);
  EXPECT_EQ(one.last.id.size(), 32u);
}

TEST(AlertPolicyTest, IdsDoNotRunTopicAndArticleTogether) { EXPECT_NE(AlertId("ab", "c"), AlertId("a", "bc")); }

TEST(AlertPolicyTest, ARepeatIsKnownForAWindowFromTheLastOneOn) {
  Talk talk({.window = hours(48)});
  EXPECT_EQ(talk.Say("t", {"a"}, At(0)), "new");
  EXPECT_EQ(talk.Say("t", {"a"}, At(48)), "repeat");
  EXPECT_EQ(talk.Say("t", {"a"}, At(90)), "repeat");
  EXPECT_EQ(talk.Say("t", {"a"}, At(139)), "new");
}

TEST(AlertPolicyTest, APartitionThatIsBehindHasItsOwnTime) {
  Talk talk;
  ASSERT_EQ(talk.Say("t", {"a"}, At(0)), "new");
  EXPECT_EQ(talk.Say("t", {"b"}, At(1'000), Partition{4}), "new");
  EXPECT_EQ(talk.Say("t", {"a"}, At(10)), "repeat");
}

// The same article in two partitions, the second far behind the first: its old clock must not stand for the newer one.
TEST(AlertPolicyTest, APartitionThatCatchesUpDoesNotMakeAnotherForget) {
  Talk talk;
  ASSERT_EQ(talk.Say("t", {"a"}, At(100), Partition{1}), "new");
  ASSERT_EQ(talk.Say("t", {"a"}, At(0), Partition{2}), "repeat");
  EXPECT_EQ(talk.Say("t", {"a"}, At(101), Partition{1}), "repeat");
}

TEST(AlertPolicyTest, ARecordTimeThatGoesBackDoesNotTurnTheClockBack) {
  Talk talk;
  ASSERT_EQ(talk.Say("t", {"a"}, At(0)), "new");
  ASSERT_EQ(talk.Say("t", {"b"}, At(49)), "new");
  EXPECT_EQ(talk.Say("t", {"a"}, At(1)), "new") << "its window was over by the clock of the partition";
  EXPECT_EQ(talk.Say("t", {"b"}, At(1)), "repeat");
}

// Article a alerts at 0; the partition goes at 40, comes back at 47 and is restored from its log. At 49 a's window is
// over, as it is for one that never stopped.
TEST(AlertPolicyTest, APartitionThatComesBackIsNotStampedWithTheOldClock) {
  Talk talk;
  ASSERT_EQ(talk.Say("t", {"a"}, At(0)), "new");
  ASSERT_EQ(talk.Say("t", {"b"}, At(40)), "new");
  talk.policy.Forget(kPartition);
  EXPECT_EQ(talk.policy.sightings(), 0u);
  ASSERT_EQ(talk.Say("t", {"a"}, At(0)), "new") << "restored";
  ASSERT_EQ(talk.Say("t", {"b"}, At(40)), "new") << "restored";
  EXPECT_EQ(talk.Say("t", {"a"}, At(49)), "new");
  EXPECT_EQ(talk.Say("t", {"b"}, At(49)), "repeat");
}

TEST(AlertPolicyTest, WhatIsUndoneComesAgainAsIfForTheFirstTime) {
  Talk talk;
  ASSERT_EQ(talk.Say("t", {"a", "1"}, At(0)), "new");
  ASSERT_EQ(talk.Say("t", {"h", "1", "text", {}, {}, At(5)}, At(0)), "held");
  talk.policy.Confirm(KeyOf("t", *SharedFacts({"a", "1"})));
  const Offset from = talk.next();
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(talk.Say("t", {"b", "1"}, At(1)), "new");
    EXPECT_EQ(talk.Say("t", {"b", "2"}, At(1)), "correction");
    EXPECT_EQ(talk.last.corrects, AlertId("t", "b"));
    EXPECT_EQ(talk.Say("t", {"a", "1"}, At(1)), "repeat");
    EXPECT_THAT(talk.Revise({"a", "2"}, {}, At(1)), ElementsAre("t"));
    EXPECT_EQ(talk.Say("t", {"i", "1", "text", {}, {}, At(50)}, At(1)), "held");
    EXPECT_EQ(talk.policy.held(), 2u);
    talk.policy.Undo(kPartition, from);
    EXPECT_EQ(talk.policy.held(), 1u);
  }
  const Offset then = talk.next();
  EXPECT_EQ(talk.Say("t", {"c"}, At(5)), "released; new");
  talk.policy.Undo(kPartition, then);
  EXPECT_EQ(talk.Say("t", {"c"}, At(5)), "released; new") << "what was given out is held again";
  talk.policy.Confirm(KeyOf("t", *SharedFacts({"h", "1"})));
  talk.policy.Undo(kPartition, then);
  EXPECT_EQ(talk.Say("t", {"c"}, At(5)), "new");
}

TEST(AlertPolicyTest, WhatWasCanceledAndComesBackIsToldAgain) {
  Talk talk;
  const ArticleSpec usable{"a", "1"}, canceled{"a", "1", "text", PublicationStatus::kCanceled};
  EXPECT_EQ(talk.Say("t", usable), "new");
  EXPECT_EQ(talk.Say("t", canceled), "withdrawn");
  EXPECT_EQ(talk.Say("t", canceled), "repeat");
  const Offset back = talk.next();
  EXPECT_EQ(talk.Say("t", usable), "correction");
  EXPECT_EQ(talk.Say("t", usable), "repeat");
  talk.policy.Undo(kPartition, back);
  EXPECT_EQ(talk.Say("t", usable), "correction") << "it was undone";
  EXPECT_EQ(talk.Say("t", canceled), "withdrawn");
  EXPECT_EQ(talk.Say("t", usable), "correction");
  EXPECT_THAT(talk.Revise(canceled), ElementsAre("t"));
  EXPECT_EQ(talk.Say("t", usable), "correction");
  EXPECT_THAT(talk.Revise(canceled), ElementsAre("t"));
}

// Of a file, say, after a restart.
TEST(AlertPolicyTest, WhatIsReadAgainHasNotComeBack) {
  Talk talk;
  const ArticleSpec usable{"a", "1"}, canceled{"a", "1", "text", PublicationStatus::kCanceled};
  const auto read = [&](std::int64_t offset, const ArticleSpec& spec) {
    const AlertVerdict verdict = talk.policy.Apply(MatchOf("t", spec), {"log", kPartition, Offset{offset}, 0});
    return std::string(verdict.raised ? Name(verdict.raised->alert.kind) : Name(*verdict.suppressed));
  };
  EXPECT_EQ(read(10, usable), "new");
  EXPECT_EQ(read(20, canceled), "withdrawn");
  EXPECT_EQ(read(30, usable), "correction");
  for (const std::int64_t offset : {10, 20, 30}) {
    EXPECT_EQ(read(offset, offset == 20 ? canceled : usable), "repeat") << offset;
  }
}

TEST(AlertPolicyTest, WhatIsHeldAndNeverGivenOutIsNamed) {
  Talk talk;
  ArticleSpec held{"a", "1", "text", {}, {}, At(9)};
  const auto apply = [&](const ArticleSpec& spec) {
    return talk.policy.Apply(MatchOf("t", spec), {"log", kPartition, talk.next(), 0}).dropped;
  };
  talk.Say("t", held);
  held.embargoed_until = At(8);
  EXPECT_FALSE(apply(held)) << "it is held until another time";
  held.version = "2";
  const auto replaced = apply(held);
  ASSERT_TRUE(replaced);
  EXPECT_EQ(replaced->alert.match.article->version, "1");
  const auto canceled = apply({"a", "3", "text", PublicationStatus::kCanceled});
  ASSERT_TRUE(canceled);
  EXPECT_EQ(canceled->alert.match.article->version, "2");
  EXPECT_EQ(talk.policy.held(), 0u);
}

TEST(AlertPolicyTest, BeyondItsBoundTheOldestAreForgottenAndCounted) {
  Talk talk({.max_sightings = 100});
  for (int i = 0; i < 250; ++i) ASSERT_EQ(talk.Say("t", {std::to_string(i)}, At(0)), "new");
  EXPECT_EQ(talk.policy.sightings(), 100u);
  EXPECT_EQ(talk.policy.given_up(), 150u);
  EXPECT_EQ(talk.Say("t", {"150"}, At(0)), "repeat");
  EXPECT_EQ(talk.Say("t", {"149"}, At(0)), "new");
  for (int i = 0; i < 10'000; ++i) talk.Say("t", {"one", std::to_string(i)}, At(0));
  EXPECT_LE(talk.policy.sightings(), 100u) << "an article of endless versions";
}

TEST(AlertPolicyTest, WhatIsSavedIsKnownAfterwards) {
  Talk talk;
  ASSERT_EQ(talk.Say("t", {"a", "1"}, At(0)), "new");
  ASSERT_EQ(talk.Say("t", {"a", "2"}, At(1)), "correction");
  const std::string second = talk.last.id;
  ASSERT_EQ(talk.Say("u", {"a", "2"}, At(1)), "new");
  ASSERT_EQ(talk.Say("t", {"h", "1", "held", {}, {}, At(100)}, At(2)), "held");
  ASSERT_THAT(talk.Revise({"k", "1", "", PublicationStatus::kCanceled}, {}, At(3)), IsEmpty());

  Talk next;
  for (const char* article : {"h", "a", "k"}) {
    const AlertPolicy::Saved saved = talk.policy.Save(article);
    EXPECT_EQ(saved.last.has_value(), article != std::string("h"));
    const Status loaded = next.policy.Load(saved.text);
    ASSERT_TRUE(loaded) << loaded.error().message;
    EXPECT_EQ(next.policy.Save(article).text, saved.text);
  }
  EXPECT_EQ(next.policy.sightings(), talk.policy.sightings());
  EXPECT_EQ(next.Say("t", {"a", "1"}, At(4)), "repeat");
  EXPECT_EQ(next.Say("t", {"a", "3"}, At(4)), "correction");
  EXPECT_EQ(next.last.corrects, second);
  EXPECT_EQ(next.Say("u", {"a", "2"}, At(4)), "repeat");
  EXPECT_EQ(next.Say("t", {"k", "0"}, At(4)), "outdated");
  EXPECT_EQ(next.Say("t", {"x"}, At(100)), "released; new");
  EXPECT_EQ(next.released.at(0).match.article->title, "held");
  EXPECT_EQ(next.Say("t", {"h", "1", "held", {}, {}, At(100)}, At(101)), "repeat");

  EXPECT_EQ(talk.policy.Save("unknown").text, "");
  for (const char* broken : {"", "{", "[]", R"({"version":2})", R"({"version":1,"article":"a","topics":[{}]})"}) {
    AlertPolicy policy({});
    EXPECT_FALSE(policy.Load(broken)) << broken;
  }
}

}  // namespace
}  // namespace wirewatch
