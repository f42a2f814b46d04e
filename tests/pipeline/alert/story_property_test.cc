// Random logs through the alert handler: what it says of them is the same whatever is undone, wherever it is restored,
// and whenever it is killed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <iterator>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/story_talk.h"

namespace wirewatch {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using ::testing::IsEmpty;

constexpr Partition kOther{4};

Offset OffsetOf(std::size_t at) { return Offset{static_cast<std::int64_t>(at)}; }

void CountKinds(const StoryTalk& talk, std::map<std::string, int>& said) {
  for (const Alert& alert : talk.alerts) ++said[std::string(Name(alert.kind))];
  for (const Decision& decision : talk.decisions) ++said[decision.reason.empty() ? decision.outcome : decision.reason];
}

// A log must hold all that can happen, or the tests below show nothing.
void ExpectAll(const std::map<std::string, int>& said, const std::set<std::string>& but = {}) {
  for (const char* word : {"new", "grow", "update", "correction", "withdrawn", "burst", "quiet", "summary", "held",
                           "same-story", "folded", "untold", "repeat", "outdated", "canceled", "dropped", "state"}) {
    const auto at = said.find(word);
    EXPECT_GT(at == said.end() ? 0 : at->second, but.contains(word) ? -1 : 2) << word;
  }
}

// Every record's lines, from one process that handles the whole log.
std::vector<std::vector<std::string>> LinesOf(StoryTalk& talk, const std::vector<StoryRecord>& log) {
  std::vector<std::vector<std::string>> lines;
  for (std::size_t at = 0; at < log.size(); ++at) {
    talk.HandleAt(log[at], kPartition, OffsetOf(at));
    lines.push_back(talk.lines);
  }
  return lines;
}

// What AlertPolicy asks of StoryAlerts for one record.
struct Asked {
  struct Match {
    AlertKey key;
    wirewatch::Match match;
  };
  std::vector<RaisedAlert> released, raised;
  std::vector<Match> touched;
};

std::vector<Asked> AskedOf(const std::vector<StoryRecord>& log, const std::function<Partition(std::size_t)>& partition,
                           std::chrono::milliseconds window) {
  AlertPolicy policy({.window = window});
  std::vector<Asked> all(log.size());
  for (std::size_t at = 0; at < log.size(); ++at) {
    const RecordPlace place{"log", partition(at), OffsetOf(at), 0};
    all[at].released = policy.Advance(place, log[at].time);
    ArticleMatches found = log[at].Found();
    for (Match& match : found.matches) {
      const AlertKey key = KeyOf(match.topic, *match.article);
      AlertVerdict verdict = policy.Apply(std::move(match), place);
      if (verdict.raised) all[at].raised.push_back(*std::move(verdict.raised));
      if (verdict.suppressed) all[at].touched.push_back({key, std::move(match)});
    }
    if (found.revision) all[at].raised = policy.Apply(*found.revision, place).withdrawn;
  }
  return all;
}

// All that StoryAlerts answers to it.
std::vector<std::string> Answers(StoryAlerts& stories, const Asked& asked, const RecordPlace& place, WallTime time) {
  std::vector<std::string> said;
  const auto say = [&](StoryVerdict verdict) {
    said.push_back(verdict.kind + " " + verdict.because + " " + verdict.alert_id + " " + verdict.story_id + " " +
                   verdict.state + (verdict.suppressed ? std::string(Name(*verdict.suppressed)) : ""));
    if (verdict.raised) said.push_back(ToJson(verdict.raised->alert));
    for (const RaisedAlert& beside : verdict.beside) said.push_back(ToJson(beside.alert));
  };
  const auto advance = [&](WallTime to) {
    const TopicVerdicts of_topics = stories.Advance(place, to);
    for (const RaisedAlert& raised : of_topics.raised) said.push_back(ToJson(raised.alert));
    for (const Decision& decision : of_topics.states) said.push_back(ToJson(decision));
  };
  for (const RaisedAlert& raised : asked.released) {
    advance(raised.until);
    say(stories.Apply(raised, place, true));
  }
  advance(time);
  for (const RaisedAlert& raised : asked.raised) say(stories.Apply(raised, place));
  for (const Asked::Match& touched : asked.touched) said.push_back(stories.Touch(touched.key, touched.match, place));
  said.push_back(std::to_string(stories.stories()) + " stories, " + std::to_string(stories.articles()) + " articles");
  return said;
}

// Of any records, of one partition or, where the state is of none, of two that are in one transaction.
TEST(StoryPropertyTest, WhatIsUndoneIsAnsweredAgainAndAlike) {
  std::mt19937_64 random(11);
  for (std::uint64_t seed = 1; seed <= 24; ++seed) {
    const bool partitioned = seed % 2 == 0;
    const auto partition = [&](std::size_t at) { return partitioned || at % 3 != 0 ? kPartition : kOther; };
    const std::vector<StoryRecord> log = RandomStoryLog(seed);
    const hours window(4 + random() % 40);
    const std::vector<Asked> asked = AskedOf(log, partition, window);
    StoryOptions options{.window = window, .partitioned = partitioned, .undoable = true};
    if (seed % 3 == 0) options.max_articles = 20;
    StoryAlerts never_undone(options), undone(options);
    std::size_t begin = 0;
    for (std::size_t end = 0; end < log.size(); begin = end) {
      end = std::min(log.size(), begin + 1 + random() % 25);
      std::vector<std::vector<std::string>> wanted;
      for (std::size_t at = begin; at < end; ++at) {
        const RecordPlace place{"log", partition(at), OffsetOf(at), 0};
        wanted.push_back(Answers(never_undone, asked[at], place, log[at].time));
      }
      for (std::uint64_t tries = random() % 3;; --tries) {
        const std::size_t far = tries == 0 ? end : begin + random() % (end - begin + 1);
        for (std::size_t at = begin; at < far; ++at) {
          const RecordPlace place{"log", partition(at), OffsetOf(at), 0};
          ASSERT_EQ(Answers(undone, asked[at], place, log[at].time), wanted[at - begin])
              << "seed " << seed << ", record " << at << ", from " << begin;
        }
        if (tries == 0) break;
        const bool other_first = random() % 2 == 0;
        undone.Undo(other_first ? kOther : kPartition, OffsetOf(begin));
        undone.Undo(other_first ? kPartition : kOther, OffsetOf(begin));
      }
      undone.Committed(kPartition);
      undone.Committed(kOther);
    }
  }
}

// AlertPolicy does not bring back what was forgotten meanwhile, nor when a version was seen before: so nothing is, and
// no version comes twice.
TEST(StoryPropertyTest, WhatATransactionUndidIsSaidAgainAndAlike) {
  std::map<std::string, int> said;
  std::mt19937_64 random(12);
  for (std::uint64_t seed = 31; seed <= 42; ++seed) {
    const std::vector<StoryRecord> log = RandomStoryLog(seed, {.gap = minutes(5'000), .repeats = false});
    AlertHandlerOptions options = StoryTalk::Partitioned(hours(24 * 60));
    options.transactional = true;
    StoryTalk never_undone(options), undone(options);
    never_undone.delivers = undone.delivers = false;
    std::vector<std::vector<std::string>> lines;
    for (std::size_t at = 0; at < log.size(); ++at) {
      never_undone.HandleAt(log[at], kPartition, OffsetOf(at));
      lines.push_back(never_undone.lines);
      never_undone.Deliver();
    }
    CountKinds(never_undone, said);
    std::size_t begin = 0;
    for (std::size_t end = 0; end < log.size(); begin = end) {
      end = std::min(log.size(), begin + 1 + random() % 25);
      for (std::uint64_t tries = random() % 3;; --tries) {
        const std::size_t far = tries == 0 ? end : begin + random() % (end - begin + 1);
        for (std::size_t at = begin; at < far; ++at) {
          undone.HandleAt(log[at], kPartition, OffsetOf(at));
          ASSERT_EQ(undone.lines, lines[at]) << "seed " << seed << ", record " << at << ", from " << begin;
        }
        if (tries == 0) break;
        undone.Drop();
        undone.Observe(PartitionEvent::Kind::kUndone, kPartition, OffsetOf(begin));
      }
      undone.Deliver();
      undone.handler->Committed(kPartition);
    }
  }
  ExpectAll(said, {"repeat"});
}

// Whoever takes over at `cut`: reads the decisions of the window, some of which are on records that were not committed,
// then the records of the window, and goes on.
void TakeOver(StoryTalk& talk, const std::vector<StoryRecord>& log, const std::vector<Decision>& decisions,
              std::size_t cut, std::size_t decided, std::chrono::milliseconds window) {
  talk.Observe(PartitionEvent::Kind::kAssigned);
  if (cut > 0) {
    const WallTime since = log[cut - 1].time - window;
    const auto first = static_cast<std::size_t>(
        std::find_if(log.begin(), log.end(), [&](const StoryRecord& record) { return record.time >= since; }) -
        log.begin());
    for (const Decision& decision : decisions) {
      if (decision.offset >= OffsetOf(first) && decision.offset < OffsetOf(decided)) talk.Recall(decision);
    }
    for (std::size_t at = first; at < cut; ++at) {
      talk.HandleAt(log[at], kPartition, OffsetOf(at), RecordUse::kRestores);
      ASSERT_TRUE(talk.lines.empty()) << "it follows from what only restores: " << talk.lines[0];
    }
  }
  talk.Observe(PartitionEvent::Kind::kRestored);
}

TEST(StoryPropertyTest, WhoeverTakesOverGoesOnLikeOneThatNeverStopped) {
  std::map<std::string, int> said;
  std::mt19937_64 random(13);
  for (std::uint64_t seed = 101; seed <= 124; ++seed) {
    // What is held when nothing comes for longer than the window is known to nobody who begins behind it.
    const bool embargoes = seed % 2 == 0;
    const std::vector<StoryRecord> log =
        RandomStoryLog(seed, {.gap = minutes(embargoes ? 1'500 : 5'000), .embargoes = embargoes});
    const hours window(embargoes ? 26 + random() % 24 : 4 + random() % 24);
    StoryTalk never_stopped(StoryTalk::Partitioned(window));
    const auto lines = LinesOf(never_stopped, log);
    CountKinds(never_stopped, said);
    for (int round = 0; round < 8; ++round) {
      const std::size_t cut = random() % (log.size() + 1);
      StoryTalk restored(StoryTalk::Partitioned(window));
      ASSERT_NO_FATAL_FAILURE(TakeOver(restored, log, never_stopped.decisions, cut, cut + random() % 20, window));
      for (std::size_t at = cut; at < log.size(); ++at) {
        restored.HandleAt(log[at], kPartition, OffsetOf(at));
        ASSERT_EQ(restored.lines, lines[at])
            << "seed " << seed << ", window " << window.count() << " h, cut at " << cut << ", record " << at;
      }
    }
  }
  ExpectAll(said);
}

// Silences after which topics are dropped.
TEST(StoryPropertyTest, TopicsThatWereDroppedAreAsIfTheyHadNeverBeen) {
  std::mt19937_64 random(17);
  for (std::uint64_t seed = 701; seed <= 708; ++seed) {
    std::vector<StoryRecord> log = RandomStoryLog(seed, {.records = 200, .embargoes = false});  // as above
    // The topic u begins and ends, and does so again; and now and then all is silent.
    for (std::size_t at = 0; at < log.size(); ++at) {
      log[at].time += hours(24) * (at / 40 * 7) + hours(24 * 20) * (at / 150);
      if (at % 100 > 30 && !log[at].topic.empty()) log[at].topic = "t";
    }
    const hours window(24);
    StoryTalk never_stopped(StoryTalk::Partitioned(window));
    const auto lines = LinesOf(never_stopped, log);
    for (int round = 0; round < 8; ++round) {
      const std::size_t cut = random() % (log.size() + 1);
      StoryTalk restored(StoryTalk::Partitioned(window));
      ASSERT_NO_FATAL_FAILURE(TakeOver(restored, log, never_stopped.decisions, cut, log.size(), window));
      for (std::size_t at = cut; at < log.size(); ++at) {
        restored.HandleAt(log[at], kPartition, OffsetOf(at));
        ASSERT_EQ(restored.lines, lines[at]) << "seed " << seed << ", cut at " << cut << ", record " << at;
      }
    }
    const auto alone = [](std::size_t) { return kPartition; };
    const std::vector<Asked> asked = AskedOf(log, alone, window);
    StoryAlerts once({.window = window, .undoable = true}), undone({.window = window, .undoable = true});
    for (std::size_t at = 0; at < log.size(); ++at) {
      const RecordPlace place{"log", kPartition, OffsetOf(at), 0};
      const auto wanted = Answers(once, asked[at], place, log[at].time);
      ASSERT_EQ(Answers(undone, asked[at], place, log[at].time), wanted);
      undone.Undo(kPartition, OffsetOf(at));
      ASSERT_EQ(Answers(undone, asked[at], place, log[at].time), wanted) << "seed " << seed << ", record " << at;
      undone.Committed(kPartition);
    }
  }
}

// Each goes on for a while only, and writes what the next one finds.
TEST(StoryPropertyTest, ManyWhoTakeOverFromEachOtherGoOnLikeOneThatNeverStopped) {
  std::mt19937_64 random(14);
  for (std::uint64_t seed = 201; seed <= 212; ++seed) {
    const std::vector<StoryRecord> log = RandomStoryLog(seed);
    const hours window(26 + random() % 24);
    StoryTalk never_stopped(StoryTalk::Partitioned(window));
    const auto lines = LinesOf(never_stopped, log);
    std::vector<Decision> decisions;
    std::size_t committed = 0;
    while (committed < log.size()) {
      StoryTalk next(StoryTalk::Partitioned(window));
      ASSERT_NO_FATAL_FAILURE(TakeOver(next, log, decisions, committed, log.size(), window));
      const std::size_t end = std::min(log.size(), committed + random() % 60);
      for (std::size_t at = committed; at < end; ++at) {
        next.HandleAt(log[at], kPartition, OffsetOf(at));
        ASSERT_EQ(next.lines, lines[at]) << "seed " << seed << ", from " << committed << ", record " << at;
      }
      decisions.insert(decisions.end(), next.decisions.begin(), next.decisions.end());
      // What is not committed is handled again by the next.
      committed += (end - committed) - random() % (1 + (end - committed) / 4);
      if (end == log.size()) committed = end;
    }
  }
}

TEST(StoryPropertyTest, AKillWithWhatWasRememberedThenGivesTheSameAlertsInAll) {
  std::map<std::string, int> said;
  std::mt19937_64 random(15);
  for (std::uint64_t seed = 301; seed <= 308; ++seed) {
    // Within the window: what is older is remembered of AlertPolicy by the time at which it was read again. And a
    // revision that is read again withdraws once more what an earlier version, which came behind it, had told.
    const std::vector<StoryRecord> log = RandomStoryLog(seed, {.step = minutes(10), .late_versions = false});
    AlertHandlerOptions options;
    options.alerts.window = hours(24 * 60);
    options.releases_by_clock = false;
    options.archive = true;
    const auto ids = [](const StoryTalk& talk) {
      std::set<std::string> all;
      for (const Alert& alert : talk.alerts) all.insert(std::string(Name(alert.kind)) + " " + alert.id);
      return all;
    };
    RememberedAlerts kept;
    StoryTalk undisturbed(options, &kept);
    LinesOf(undisturbed, log);
    CountKinds(undisturbed, said);
    for (int round = 0; round < 5; ++round) {
      const std::size_t remembered = random() % (log.size() + 1);
      const std::size_t killed = remembered + random() % (log.size() + 1 - remembered);
      RememberedAlerts memory;
      StoryTalk first(options, &memory);
      for (std::size_t at = 0; at < remembered; ++at) first.HandleAt(log[at], kPartition, OffsetOf(at));
      ASSERT_TRUE(first.handler->Close(SteadyNow()));
      memory.frozen = true;
      for (std::size_t at = remembered; at < killed; ++at) first.HandleAt(log[at], kPartition, OffsetOf(at));
      memory.frozen = false;
      StoryTalk second(options, &memory);
      LinesOf(second, log);
      std::set<std::string> both = ids(first);
      both.merge(ids(second));
      const std::set<std::string> wanted = ids(undisturbed);
      std::vector<std::string> others;
      std::set_symmetric_difference(both.begin(), both.end(), wanted.begin(), wanted.end(), std::back_inserter(others));
      ASSERT_THAT(others, IsEmpty()) << "seed " << seed << ", remembered " << remembered << ", killed " << killed;
    }
  }
  for (const char* word : {"new", "grow", "update", "correction", "withdrawn", "burst", "summary", "held", "folded"}) {
    EXPECT_GT(said[word], 5) << word;
  }
}

// What was remembered is older than the window.
TEST(StoryPropertyTest, WhatIsReadAgainBehindALongWindowAlertsLater) {
  for (std::uint64_t seed = 401; seed <= 406; ++seed) {
    const std::vector<StoryRecord> log = RandomStoryLog(seed);
    AlertHandlerOptions options;
    options.alerts.window = hours(12);
    options.releases_by_clock = false;
    options.archive = true;
    RememberedAlerts memory;
    StoryTalk first(options, &memory);
    for (std::size_t at = 0; at < 300; ++at) first.HandleAt(log[at], kPartition, OffsetOf(at));
    ASSERT_TRUE(first.handler->Close(SteadyNow()));
    StoryTalk second(options, &memory);
    LinesOf(second, log);
    EXPECT_GT(second.alerts.size(), 20u);
  }
}

// The log of decisions is lost, or begins within the window.
TEST(StoryPropertyTest, WithoutDecisionsItGoesOnAllTheSame) {
  std::mt19937_64 random(16);
  for (std::uint64_t seed = 501; seed <= 510; ++seed) {
    const std::vector<StoryRecord> log = RandomStoryLog(seed);
    const hours window(24);
    StoryTalk never_stopped(StoryTalk::Partitioned(window));
    LinesOf(never_stopped, log);
    for (int round = 0; round < 4; ++round) {
      const std::size_t cut = 100 + random() % 200;
      std::vector<Decision> left = never_stopped.decisions;
      if (round % 2 == 0) {
        left.clear();
      } else {
        std::erase_if(left, [&](const Decision& decision) { return decision.offset < OffsetOf(cut - 20); });
      }
      StoryTalk restored(StoryTalk::Partitioned(window));
      ASSERT_NO_FATAL_FAILURE(TakeOver(restored, log, left, cut, log.size(), window));
      for (std::size_t at = cut; at < log.size(); ++at) restored.HandleAt(log[at], kPartition, OffsetOf(at));
      EXPECT_GT(restored.alerts.size(), 20u) << "seed " << seed << ", cut at " << cut;
      EXPECT_EQ(restored.dead_letters, 0u);
    }
  }
}

// Partitions that come and go leave nothing behind.
TEST(StoryPropertyTest, APartitionThatGoesTakesItsTopicsWithIt) {
  const std::vector<StoryRecord> log = RandomStoryLog(601, {.records = 120});
  StoryTalk talk(StoryTalk::Partitioned(hours(24)));
  std::vector<std::vector<std::string>> lines;
  for (int round = 0; round < 3; ++round) {
    talk.Observe(PartitionEvent::Kind::kAssigned, kPartition);
    talk.Observe(PartitionEvent::Kind::kAssigned, kOther);
    for (std::size_t at = 0; at < log.size(); ++at) {
      talk.HandleAt(log[at], kOther, OffsetOf(at));
      const std::vector<std::string> other = talk.lines;
      talk.HandleAt(log[at], kPartition, OffsetOf(at));
      if (round == 0) lines.push_back(other);
      ASSERT_EQ(other, lines[at]) << "round " << round << ", record " << at;
      if (round == 1 && at == 60) talk.Observe(PartitionEvent::Kind::kRevoked, kPartition);
      if (round == 1 && at == 60) talk.Observe(PartitionEvent::Kind::kAssigned, kPartition);
    }
    talk.Observe(PartitionEvent::Kind::kRevoked, kPartition);
    talk.Observe(PartitionEvent::Kind::kRevoked, kOther);
  }
}

}  // namespace
}  // namespace wirewatch
