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

namespace wirewatch {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr hours kWindow(48);
constexpr Partition kPartition{3};

WallTime At(int hour) { return WallTime(hours(500'000 + hour)); }

struct ArticleSpec {
  std::string id = "a";
  std::string version = "";
  std::string text = "text";
  PublicationStatus status = PublicationStatus::kUsable;
  std::optional<WallTime> published_at = {}, embargoed_until = {};
};

std::shared_ptr<const ArticleFacts> FactsOf(const ArticleSpec& spec) {
  ArticleFacts facts;
  facts.id = spec.id;
  facts.version = spec.version;
  facts.content_hash = DigestHex({spec.text});
  facts.title = spec.text;
  facts.status = spec.status;
  facts.published_at = spec.published_at;
  facts.embargoed_until = spec.embargoed_until;
  return std::make_shared<const ArticleFacts>(facts);
}

Match MatchOf(const std::string& topic, const ArticleSpec& spec) {
  Match match;
  match.topic = topic;
  match.topic_title = "Topic " + topic;
  match.score = 70;
  match.rules = {"rule-of-" + topic};
  match.article = FactsOf(spec);
  return match;
}

// What a policy says to the records of one log, in words.
class Talk {
 public:
  explicit Talk(AlertOptions options = {}) : policy(options) {}

  // "new", "correction", "repeat", "held", ...; what was held and is given out stands before: "released; repeat".
  std::string Say(const std::string& topic, const ArticleSpec& spec, WallTime time = At(0),
                  Partition partition = kPartition) {
    const RecordPlace place{"log", partition, Offset{next_[partition]++}, 0};
    std::string said = Advance(place, time);
    const AlertVerdict verdict = policy.Apply(MatchOf(topic, spec), place);
    if (verdict.raised) last = verdict.raised->alert;
    if (verdict.raised) return said + std::string(Name(verdict.raised->alert.kind));
    if (verdict.suppressed) return said + std::string(Name(*verdict.suppressed));
    return said + (verdict.held ? "held" : verdict.embargo_too_long ? "too long" : "nothing");
  }
  // The topics that are withdrawn.
  std::vector<std::string> Revise(const ArticleSpec& spec, std::vector<std::string> holds = {}, WallTime time = At(0),
                                  Partition partition = kPartition) {
    const RecordPlace place{"log", partition, Offset{next_[partition]++}, 0};
    Advance(place, time);
    Revision revision;
    revision.article = FactsOf(spec);
    revision.topics = std::move(holds);
    std::vector<std::string> topics;
    for (const RaisedAlert& raised : policy.Apply(revision, place)) {
      EXPECT_EQ(raised.alert.kind, AlertKind::kWithdrawn);
      last = raised.alert;
      topics.push_back(raised.alert.match.topic);
    }
    std::sort(topics.begin(), topics.end());
    return topics;
  }
  std::string Advance(const RecordPlace& place, WallTime time) {
    std::string said;
    for (const RaisedAlert& raised : policy.Advance(place, time)) {
      EXPECT_LE(*raised.alert.match.article->embargoed_until, time) << "early";
      released.push_back(raised.alert);
      said += "released; ";
    }
    return said;
  }
  Offset next(Partition partition = kPartition) { return Offset{next_[partition]}; }

  AlertPolicy policy;
  Alert last;  // that a record raised itself
  std::vector<Alert> released;

 private:
  std::map<Partition, std::int64_t> next_;
};

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
  talk.policy.Forget(KeyOf("bans", *FactsOf({"a"})));
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
  talk.policy.Confirm(KeyOf("t", *FactsOf({"a", "1"})));
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
  talk.policy.Confirm(KeyOf("t", *FactsOf({"h", "1"})));
  talk.policy.Undo(kPartition, then);
  EXPECT_EQ(talk.Say("t", {"c"}, At(5)), "new");
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

// ------------------------------------------------------------------------------------------- against a naive model

// A record of a log: a match of one topic, or a revision.
struct Entry {
  WallTime time;
  std::string topic;  // empty: a revision
  ArticleSpec article;
  std::vector<std::string> holds = {};  // of a revision
};
using Log = std::vector<Entry>;

// Decides by going through all that was read, from the beginning, for every record anew: the header of AlertPolicy in
// the plainest form. Without embargoes.
class NaiveModel {
 public:
  NaiveModel(const std::map<Partition, Log>& logs, std::chrono::milliseconds window, bool per_partition)
      : logs_(logs), window_(window), per_partition_(per_partition) {}

  // To the record at `at` of `partition`, after `read` records of each partition that is ours.
  std::string Say(const std::map<Partition, std::size_t>& read, Partition partition, std::size_t at) const {
    const Entry& entry = logs_.at(partition)[at];
    const WallTime now = Clock(partition, at + 1);
    std::vector<Seen> seen = AllSeen(read);
    std::erase_if(seen, [&](const Seen& one) {
      const WallTime own = one.partition == partition ? now : Clock(one.partition, read.at(one.partition));
      return one.entry->article.id != entry.article.id || one.stamp < std::max(own, now) - window_;
    });
    if (!entry.topic.empty()) return SayTo(entry, entry.topic, seen, partition);
    for (const Seen& one : seen) {
      const bool here = !per_partition_ || one.partition == partition;
      if (here && one.entry->topic.empty() && Canceled(entry) && Same(*one.entry, entry)) return "";
    }
    std::set<std::string> topics;
    for (const Seen& one : seen) {
      if (!one.entry->topic.empty() && (!per_partition_ || one.partition == partition)) topics.insert(one.entry->topic);
    }
    std::string withdrawn;
    for (const std::string& topic : topics) {
      if (std::count(entry.holds.begin(), entry.holds.end(), topic) > 0) continue;
      if (SayTo(entry, topic, seen, partition) == "withdrawn") withdrawn += topic + " ";
    }
    return withdrawn;
  }

 private:
  struct Seen {
    const Entry* entry;
    Partition partition;
    WallTime stamp;
    std::size_t at;
    auto order() const { return std::make_tuple(stamp, partition, at); }
  };

  static bool Same(const Entry& a, const Entry& b) {
    return a.article.version == b.article.version && a.article.text == b.article.text &&
           a.article.status == b.article.status;
  }
  static bool Later(const Entry& a, const Entry& b) {
    const int left = std::atoi(a.article.version.c_str()), right = std::atoi(b.article.version.c_str());
    if (left != 0 && right != 0 && left != right) return left > right;
    const auto &one = a.article.published_at, &other = b.article.published_at;
    return one && other && *one > *other;
  }
  static bool Canceled(const Entry& entry) { return entry.article.status == PublicationStatus::kCanceled; }

  // The latest record time among the first `count` of the log.
  WallTime Clock(Partition partition, std::size_t count) const {
    WallTime clock{};
    for (std::size_t i = 0; i < count; ++i) clock = std::max(clock, logs_.at(partition)[i].time);
    return clock;
  }

  std::vector<Seen> AllSeen(const std::map<Partition, std::size_t>& read) const {
    std::vector<Seen> seen;
    for (const auto& [partition, count] : read) {
      const Log& log = logs_.at(partition);
      std::map<std::tuple<std::string, std::string, std::string, std::string, int>, Seen> last;
      for (std::size_t i = 0; i < count; ++i) {
        const Entry& entry = log[i];
        const WallTime clock = Clock(partition, i + 1);
        if (entry.topic.empty() && !Canceled(entry)) {  // remembered only where somebody may have been told
          bool concerns = false;
          for (std::size_t before = 0; before < i; ++before) {
            concerns |= !log[before].topic.empty() && log[before].article.id == entry.article.id &&
                        Clock(partition, before + 1) >= clock - window_;
          }
          if (!concerns) continue;
        }
        last.insert_or_assign({entry.topic, entry.article.id, entry.article.version, entry.article.text,
                               static_cast<int>(entry.article.status)},
                              Seen{&entry, partition, clock, i});
      }
      for (const auto& [key, one] : last) seen.push_back(one);
    }
    return seen;
  }

  std::string SayTo(const Entry& entry, const std::string& topic, const std::vector<Seen>& seen,
                    Partition partition) const {
    std::vector<Seen> told, withdrawing;
    bool repeat = false, outdated = false;
    for (const Seen& one : seen) {
      bool withdraws = Canceled(*one.entry);
      if (one.entry->topic.empty()) {
        if (per_partition_ && one.partition != partition) continue;
        const bool holds = std::count(one.entry->holds.begin(), one.entry->holds.end(), topic) > 0;
        if (holds && !withdraws) continue;
        const bool somebody_told = std::any_of(seen.begin(), seen.end(), [&](const Seen& other) {
          return other.entry->topic == topic && other.order() < one.order();
        });
        if (!withdraws && !somebody_told) continue;
        withdraws = true;
      } else if (one.entry->topic != topic) {
        continue;
      }
      outdated |= Later(*one.entry, entry);
      repeat |= one.entry->topic == entry.topic && !entry.topic.empty() && Same(*one.entry, entry);
      (withdraws ? withdrawing : told).push_back(one);
    }
    if (repeat) return "repeat";
    if (outdated) return "outdated";
    const bool stands = std::any_of(told.begin(), told.end(), [&](const Seen& one) {
      return std::none_of(withdrawing.begin(), withdrawing.end(), [&](const Seen& other) {
        return Later(*other.entry, *one.entry) || (!Later(*one.entry, *other.entry) && other.order() > one.order());
      });
    });
    if (Canceled(entry) || entry.topic.empty()) return stands ? "withdrawn" : "canceled";
    return told.empty() ? "new" : "correction";
  }

  const std::map<Partition, Log>& logs_;
  const std::chrono::milliseconds window_;
  const bool per_partition_;
};

// Logs as two steps write them: every topic in a partition of its own, every revision in all of them. Or as they are
// where an article may come by any partition.
std::map<Partition, Log> RandomLogs(std::mt19937_64& random, int partitions, bool two_steps) {
  const auto below = [&](std::uint64_t n) { return random() % n; };
  std::map<Partition, Log> logs;
  for (int p = 0; p < partitions; ++p) logs[Partition{p}];
  WallTime time = At(0);
  const std::size_t events = 10 + below(40);
  for (std::size_t i = 0; i < events; ++i) {
    time += minutes(below(8) == 0 ? below(700) : below(30));
    Entry entry;
    entry.article.id = std::to_string(below(5));
    entry.article.version = below(3) == 0 ? "" : std::to_string(1 + below(4));
    entry.article.text = std::to_string(below(3));
    if (below(4) == 0) entry.article.published_at = At(static_cast<int>(below(4)));
    if (below(8) == 0) entry.article.status = PublicationStatus::kCanceled;
    // Producers' clocks differ: a record may be written with an earlier time than the one before.
    const auto written = [&] { return time - minutes(below(4) == 0 ? below(90) : 0); };
    std::vector<std::string> holds;
    for (const char* topic : {"t", "u", "v"}) {
      if (below(2) == 0) holds.emplace_back(topic);
    }
    for (const std::string& topic : holds) {
      entry.topic = topic;
      entry.time = written();
      logs[Partition{static_cast<int>((two_steps ? topic[0] : below(100)) % static_cast<unsigned>(partitions))}]
          .push_back(entry);
    }
    const bool is_revision = entry.article.status == PublicationStatus::kCanceled || entry.article.version > "1";
    if (!two_steps || !is_revision) continue;
    entry.topic.clear();
    entry.holds = holds;
    for (auto& [partition, log] : logs) {
      entry.time = written();
      log.push_back(entry);
    }
  }
  return logs;
}

// A process that is given partitions and loses them.
class Process {
 public:
  Process(const std::map<Partition, Log>& logs, AlertOptions options) : logs_(logs), policy_(options) {}

  std::string Handle(Partition partition, std::size_t at) {
    const Entry& entry = logs_.at(partition)[at];
    const RecordPlace place{"log", partition, Offset{static_cast<std::int64_t>(at)}, 0};
    EXPECT_THAT(policy_.Advance(place, entry.time), IsEmpty());
    if (!entry.topic.empty()) {
      const AlertVerdict verdict = policy_.Apply(MatchOf(entry.topic, entry.article), place);
      if (verdict.suppressed) return std::string(Name(*verdict.suppressed));
      const Alert& alert = verdict.raised->alert;
      const bool is_new = alert.kind == AlertKind::kNew;
      EXPECT_EQ(alert.id, is_new ? AlertId(entry.topic, entry.article.id)
                                 : AlertId(entry.topic, entry.article.id, EditionOf(*FactsOf(entry.article)).digest));
      EXPECT_EQ(alert.corrects.empty(), is_new);
      EXPECT_NE(alert.corrects, alert.id);
      return std::string(Name(alert.kind));
    }
    Revision revision;
    revision.article = FactsOf(entry.article);
    revision.topics = entry.holds;
    std::set<std::string> topics;
    for (const RaisedAlert& raised : policy_.Apply(revision, place)) topics.insert(raised.alert.match.topic);
    std::string withdrawn;
    for (const std::string& topic : topics) withdrawn += topic + " ";
    return withdrawn;
  }
  void Lose(Partition partition) { policy_.Forget(partition); }
  // From the first record whose time is not before the window of one shortly before `read`: as Kafka finds it.
  void Gain(Partition partition, std::size_t read, std::chrono::milliseconds window, std::size_t back) {
    policy_.Forget(partition);
    if (read == 0) return;
    const Log& log = logs_.at(partition);
    const WallTime begin = log[read - 1 - std::min(back, read - 1)].time - window;
    const auto first = std::find_if(log.begin(), log.end(), [&](const Entry& entry) { return entry.time >= begin; });
    for (std::size_t at = static_cast<std::size_t>(first - log.begin()); at < read; ++at) Handle(partition, at);
  }

 private:
  const std::map<Partition, Log>& logs_;
  AlertPolicy policy_;
};

// Two processes share partitions that go to and fro between them. Whoever has one decides as the naive model, to which
// nothing was ever lost.
void PlayAgainstTheModel(bool two_steps, std::map<std::string, int>& said) {
  std::mt19937_64 random(two_steps ? 20261123 : 20261129);
  const auto below = [&](std::uint64_t n) { return random() % n; };
  for (int round = 0; round < 1'000; ++round) {
    const std::chrono::milliseconds window = minutes(1 + below(600));
    const auto logs = RandomLogs(random, 1 + static_cast<int>(below(3)), two_steps);
    const NaiveModel model(logs, window, two_steps);
    const AlertOptions options{.window = window, .revisions_per_partition = two_steps};
    std::vector<std::unique_ptr<Process>> processes;
    for (int i = 0; i < 2; ++i) processes.push_back(std::make_unique<Process>(logs, options));
    std::map<Partition, std::size_t> read, owner;
    for (const auto& [partition, log] : logs) read[partition] = owner[partition] = 0;
    const auto more = [&] {
      return std::any_of(logs.begin(), logs.end(),
                         [&](const auto& log) { return read[log.first] < log.second.size(); });
    };
    while (more()) {
      const Partition partition{static_cast<std::int32_t>(below(logs.size()))};
      if (below(12) == 0) {
        processes[owner[partition]]->Lose(partition);
        owner[partition] = below(2);
        processes[owner[partition]]->Gain(partition, read[partition], window, below(3));
      }
      const std::size_t at = read[partition];
      if (at == logs.at(partition).size()) continue;
      std::map<Partition, std::size_t> ours;
      for (const auto& [one, count] : read) {
        if (owner[one] == owner[partition]) ours[one] = count;
      }
      const std::string expected = model.Say(ours, partition, at);
      const std::string actual = processes[owner[partition]]->Handle(partition, at);
      ASSERT_EQ(actual, expected) << "round " << round << ", partition " << static_cast<int>(partition) << ", record "
                                  << at;
      ++said[actual];
      ++read[partition];
    }
  }
}

TEST(AlertPolicyTest, PartitionsThatGoAndComeBackAreAsIfNobodyHadStopped) {
  std::map<std::string, int> said;
  PlayAgainstTheModel(true, said);
  for (const char* word : {"new", "correction", "withdrawn", "repeat", "outdated", "canceled", "t ", "t u v "}) {
    EXPECT_GT(said[word], 30) << word;
  }
}

// An article may come by one partition and by another, whose clock is far behind.
TEST(AlertPolicyTest, ArticlesInSeveralPartitionsAreKnownByTheWindowsOfAll) {
  std::map<std::string, int> said;
  PlayAgainstTheModel(false, said);
  for (const char* word : {"new", "correction", "withdrawn", "repeat", "outdated", "canceled"}) {
    EXPECT_GT(said[word], 100) << word;
  }
}

Log EmbargoedLog(std::mt19937_64& random) {
  const auto below = [&](std::uint64_t n) { return random() % n; };
  Log log;
  WallTime time = At(0);
  const std::size_t size = 5 + below(40);
  for (std::size_t i = 0; i < size; ++i) {
    time += minutes(below(60));
    Entry& entry = log.emplace_back();
    entry.time = time;
    entry.topic = below(2) == 0 ? "t" : "u";
    entry.article.id = std::to_string(below(4));
    entry.article.version = std::to_string(1 + below(3));
    if (below(3) == 0) entry.article.embargoed_until = time + minutes(below(300));
    if (below(8) == 0) {
      // Of one number alone: of two texts under one number the record time tells which is the later, and that of a
      // repeat that was undone is not known before it comes again.
      entry.article.status = PublicationStatus::kCanceled;
      entry.article.version = "4";
    }
  }
  return log;
}

// Whoever takes over at any offset, after the last window was read again, gives out every alert that one who never
// stopped gives out from there on: none early (Talk sees to that), none lost.
TEST(AlertPolicyTest, WhatIsHeldIsGivenOutByWhoeverTakesOver) {
  std::mt19937_64 random(7);
  std::size_t released = 0;
  for (int round = 0; round < 1'000; ++round) {
    const Log log = EmbargoedLog(random);
    const minutes window(300 + random() % 600);
    const AlertOptions options{.window = window, .longest_embargo = window};
    const std::size_t cut = random() % (log.size() + 1);
    const auto play = [&](Talk& talk, std::size_t begin, std::size_t end, std::multiset<std::string>* given) {
      for (std::size_t i = begin; i < end; ++i) {
        talk.released.clear();
        const std::string said = talk.Say(log[i].topic, log[i].article, log[i].time);
        if (given == nullptr) continue;
        for (const Alert& alert : talk.released) {
          given->insert(alert.match.topic + " " + alert.match.article->id + " " + alert.match.article->version);
        }
        if (said.ends_with("new") || said.ends_with("correction")) {
          given->insert(log[i].topic + " " + log[i].article.id + " " + log[i].article.version);
        }
        released += talk.released.size();
      }
    };
    Talk never_stopped(options), restored(options);
    std::multiset<std::string> expected, actual;
    play(never_stopped, 0, cut, nullptr);
    play(never_stopped, cut, log.size(), &expected);
    const auto first = std::find_if(log.begin(), log.end(), [&](const Entry& entry) {
      return cut > 0 && entry.time >= log[cut - 1].time - window;
    });
    play(restored, static_cast<std::size_t>(first - log.begin()), cut, nullptr);
    play(restored, cut, log.size(), &actual);
    EXPECT_TRUE(std::includes(actual.begin(), actual.end(), expected.begin(), expected.end())) << "round " << round;
  }
  EXPECT_GT(released, 1'000u);
}

// A transaction is undone anywhere, and its records come again: the alerts are those of one to which nothing happened.
TEST(AlertPolicyTest, WhatATransactionUndidIsGivenOutOnceInTheEnd) {
  std::mt19937_64 random(8);
  for (int round = 0; round < 1'000; ++round) {
    const Log log = EmbargoedLog(random);
    const std::size_t cut = random() % (log.size() + 1), begin = random() % (cut + 1);
    const auto play = [&](bool undoes) {
      AlertPolicy policy({});
      std::vector<std::string> committed, open;
      const auto handle = [&](std::size_t from, std::size_t to) {
        for (std::size_t at = from; at < to; ++at) {
          const RecordPlace place{"log", kPartition, Offset{static_cast<std::int64_t>(at)}, 0};
          for (const RaisedAlert& raised : policy.Advance(place, log[at].time)) open.push_back(raised.alert.id);
          const AlertVerdict verdict = policy.Apply(MatchOf(log[at].topic, log[at].article), place);
          if (verdict.raised) open.push_back(verdict.raised->alert.id + verdict.raised->alert.corrects);
        }
      };
      const auto commit = [&] {
        for (const Entry& entry : log) policy.Confirm(KeyOf(entry.topic, *FactsOf(entry.article)));
        committed.insert(committed.end(), open.begin(), open.end());
        open.clear();
      };
      handle(0, begin);
      commit();
      handle(begin, cut);
      if (undoes) {
        open.clear();
        policy.Undo(kPartition, Offset{static_cast<std::int64_t>(begin)});
        handle(begin, cut);
      }
      handle(cut, log.size());
      commit();
      committed.push_back("held " + std::to_string(policy.held()));
      return committed;
    };
    ASSERT_EQ(play(true), play(false)) << "round " << round << ", undone from " << begin << " at " << cut;
  }
}

}  // namespace
}  // namespace wirewatch
