// Alert policies of several processes against a naive model, over random logs.
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

#include "pipeline/alert/alert_policy.h"
#include "tests/support/alert_talk.h"

namespace wirewatch {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

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
    if (!entry.topic.empty()) return SayTo(entry, entry.topic, seen, partition, at);
    bool repeat = false, again = false;
    for (const Seen& one : seen) {
      const bool here = !per_partition_ || one.partition == partition;
      if (!here || !one.entry->topic.empty() || !Canceled(entry) || !Same(*one.entry, entry)) continue;
      repeat = true;
      if (one.partition != partition) continue;
      const auto since = Since(partition, *one.entry, at);
      for (const char* topic : {"t", "u", "v"}) again |= since && IsTakenBack(partition, entry, topic, *since, at);
    }
    if (repeat && !again) return "";
    std::set<std::string> topics;
    for (const Seen& one : seen) {
      if (!one.entry->topic.empty() && (!per_partition_ || one.partition == partition)) topics.insert(one.entry->topic);
    }
    std::string withdrawn;
    for (const std::string& topic : topics) {
      if (std::count(entry.holds.begin(), entry.holds.end(), topic) > 0) continue;
      if (SayTo(entry, topic, seen, partition, at) == "withdrawn") withdrawn += topic + " ";
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

  // A revision is only where somebody may have been told.
  bool IsRemembered(Partition partition, std::size_t at) const {
    const Log& log = logs_.at(partition);
    if (!log[at].topic.empty() || Canceled(log[at])) return true;
    const WallTime clock = Clock(partition, at + 1);
    for (std::size_t before = 0; before < at; ++before) {
      if (!log[before].topic.empty() && log[before].article.id == log[at].article.id &&
          Clock(partition, before + 1) >= clock - window_) {
        return true;
      }
    }
    return false;
  }

  std::vector<Seen> AllSeen(const std::map<Partition, std::size_t>& read) const {
    std::vector<Seen> seen;
    for (const auto& [partition, count] : read) {
      const Log& log = logs_.at(partition);
      std::map<std::tuple<std::string, std::string, std::string, std::string, int>, Seen> last;
      for (std::size_t i = 0; i < count; ++i) {
        const Entry& entry = log[i];
        const WallTime clock = Clock(partition, i + 1);
        if (!IsRemembered(partition, i)) continue;
        last.insert_or_assign({entry.topic, entry.article.id, entry.article.version, entry.article.text,
                               static_cast<int>(entry.article.status)},
                              Seen{&entry, partition, clock, i});
      }
      for (const auto& [key, one] : last) seen.push_back(one);
    }
    return seen;
  }

  // The record since which that edition counts, before the record at `end`; nothing: it is not in the window.
  std::optional<std::size_t> Since(Partition partition, const Entry& edition, std::size_t end) const {
    const Log& log = logs_.at(partition);
    std::optional<std::size_t> since;
    WallTime last{};
    for (std::size_t at = 0; at < end; ++at) {
      const Entry& one = log[at];
      if (one.topic != edition.topic || one.article.id != edition.article.id || !Same(one, edition)) continue;
      if (!IsRemembered(partition, at)) continue;
      const WallTime clock = Clock(partition, at + 1);
      if (since && last < clock - window_) since.reset();
      bool again = false;
      for (const char* topic : {"t", "u", "v"}) {
        if (since && (one.topic.empty() || one.topic == topic)) again |= IsTakenBack(partition, one, topic, *since, at);
      }
      if (!since || again) since = at;
      last = clock;
    }
    if (last < Clock(partition, end + 1) - window_) since.reset();
    return since;
  }
  std::size_t LastOf(Partition partition, const Entry& revision, std::size_t end) const {
    std::size_t last = 0;
    for (std::size_t at = 0; at < end; ++at) {
      const Entry& one = logs_.at(partition)[at];
      if (one.topic.empty() && one.article.id == revision.article.id && Same(one, revision) &&
          IsRemembered(partition, at)) {
        last = at;
      }
    }
    return last;
  }
  // Whether a record in between says the contrary.
  bool IsTakenBack(Partition partition, const Entry& entry, const std::string& topic, std::size_t since,
                   std::size_t end) const {
    const bool withdraws = entry.topic.empty() || Canceled(entry);
    for (std::size_t at = since + 1; at < end; ++at) {
      const Entry& other = logs_.at(partition)[at];
      if (other.article.id != entry.article.id || (!other.topic.empty() && other.topic != topic)) continue;
      // What its last one said.
      if (other.topic.empty() && LastOf(partition, other, end) != at) continue;
      const bool holds = std::count(other.holds.begin(), other.holds.end(), topic) > 0;
      const bool other_withdraws = Canceled(other) || (other.topic.empty() && !holds);
      if (other_withdraws == withdraws || (withdraws && other.topic.empty())) continue;
      const auto other_since = Since(partition, other, end);
      if (other_since && *other_since > since) return true;
    }
    return false;
  }

  std::string SayTo(const Entry& entry, const std::string& topic, const std::vector<Seen>& seen, Partition partition,
                    std::size_t at) const {
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
      if (one.entry->topic == entry.topic && !entry.topic.empty() && Same(*one.entry, entry)) {
        const auto since = one.partition == partition ? Since(partition, entry, at) : std::nullopt;
        repeat |= !since || !IsTakenBack(partition, entry, topic, *since, at);
      }
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
      EXPECT_EQ(alert.id, is_new
                              ? AlertId(entry.topic, entry.article.id)
                              : AlertId(entry.topic, entry.article.id, EditionOf(*SharedFacts(entry.article)).digest));
      EXPECT_EQ(alert.corrects.empty(), is_new);
      EXPECT_NE(alert.corrects, alert.id);
      return std::string(Name(alert.kind));
    }
    Revision revision;
    revision.article = SharedFacts(entry.article);
    revision.topics = entry.holds;
    std::set<std::string> topics;
    for (const RaisedAlert& raised : policy_.Apply(revision, place).withdrawn) topics.insert(raised.alert.match.topic);
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
        for (const Entry& entry : log) policy.Confirm(KeyOf(entry.topic, *SharedFacts(entry.article)));
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
