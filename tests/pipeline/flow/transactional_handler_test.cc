// A log, a broker that commits or undoes, and leases that come and go, all scripted: what a real broker does of it is
// in tests/integration/kafka_exactly_once.sh.
#include "pipeline/flow/transactional_handler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "monitoring/health.h"
#include "pipeline/alert/alert_handler.h"
#include "pipeline/alert/alert_sink.h"
#include "pipeline/match/article_matches.h"

namespace wirewatch {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Partitions with records, read by one process that may lose them for a while.
class World : public Transactions {
 public:
  struct Reader {
    std::uint64_t lease = 0;
    std::int64_t position = 0, committed = 0;
  };

  bool Holds(const RecordPlace& place) const override { return readers.at(place.partition).lease == place.lease; }

  Result<bool> TakeName() override {
    if (!fenced.empty()) return Error{ErrorCode::kRejected, fenced};
    return ++tries_to_take_name >= tries_needed;
  }
  Result<bool> Commit(const ReadPlaces& read) override {
    if (!fenced.empty()) return Error{ErrorCode::kRejected, fenced};
    const bool all_ours = std::all_of(read.begin(), read.end(),
                                      [&](const auto& at) { return readers.at(at.first).lease == at.second.lease; });
    if (!all_ours || refuses_next) {
      refuses_next = false;
      Undo(read);
      return false;
    }
    ++transactions;
    for (const auto& [partition, up_to] : read) readers.at(partition).committed = static_cast<std::int64_t>(up_to.next);
    for (auto& [text, delivery] : open) {
      committed.push_back(text);
      delivery.Delivered();
    }
    open.clear();
    return true;
  }
  Status Abort(const ReadPlaces& read) override {
    Undo(read);
    return {};
  }
  void RequestStop() override {}

  // The partition goes and comes back, and is read from what is committed.
  void ChangeLease(Partition partition) {
    Reader& reader = readers.at(partition);
    reader.lease = ++leases;
    reader.position = reader.committed;
  }

  std::map<Partition, Reader> readers;
  std::vector<std::pair<std::string, Delivery>> open;  // sent in the open transaction
  std::vector<std::string> committed;
  std::size_t transactions = 0;
  std::size_t tries_to_take_name = 0, tries_needed = 1;
  bool refuses_next = false;
  std::string fenced;  // why; empty: not
  Status failure;      // of its sinks

 private:
  void Undo(const ReadPlaces& read) {
    open.clear();
    for (const auto& [partition, up_to] : read) {
      if (readers.at(partition).lease == up_to.lease) ChangeLease(partition);
    }
  }
  std::uint64_t leases = 0;
};

// Takes part in the transactions of a World.
template <typename Sink>
class WorldSink : public Sink {
 public:
  explicit WorldSink(World& world) : world_(world) {}
  std::string_view name() const override { return "world"; }
  Status Ready() const override { return {}; }
  Status Failure() const override { return world_.failure; }
  void RequestStop() override {}
  void Flush() override {}
  Status Close(SteadyTime) override { return {}; }

 protected:
  World& world_;
};

class Alerts : public WorldSink<AlertSink> {
 public:
  Alerts(World& world, std::string refused) : WorldSink(world), refused_(std::move(refused)) {}
  void Send(const Alert& alert, Delivery delivery) override {
    const std::string& article = alert.match.article->id;
    if (article == refused_) return delivery.Refused({ErrorCode::kRejected, "too large"});
    const std::string version = alert.match.article->version.empty() ? "" : "@" + alert.match.article->version;
    world_.open.emplace_back(
        (alert.kind == AlertKind::kNew ? "alert" : std::string(Name(alert.kind))) + " " + article + version,
        std::move(delivery));
  }

 private:
  const std::string refused_;
};

class DeadLetters : public WorldSink<DeadLetterSink> {
 public:
  using WorldSink::WorldSink;
  void Send(const DeadLetter& letter, Delivery delivery) override {
    world_.open.emplace_back("dead " + std::string(letter.record.payload), std::move(delivery));
  }
};

class TransactionalHandlerTest : public ::testing::Test, protected Receipt::Owner {
 protected:
  void Make(TransactionalOptions options, std::string refused = "") {
    std::vector<std::unique_ptr<AlertSink>> sinks;
    sinks.push_back(std::make_unique<Alerts>(*world_, std::move(refused)));
    handler_ = std::make_unique<TransactionalHandler<ArticleMatches>>(Stage(std::move(sinks)), world_, options);
  }

  std::unique_ptr<AlertHandler> Stage(std::vector<std::unique_ptr<AlertSink>> sinks) {
    AlertHandlerOptions options;
    options.partitioned = true;
    options.releases_by_clock = false;
    options.transactional = true;
    auto handler = std::make_unique<AlertHandler>(std::move(sinks), std::make_unique<DeadLetters>(*world_), nullptr,
                                                  options, metrics_);
    alert_handler_ = handler.get();
    return handler;
  }

  // One article, by its id: "-..." matches nothing, "!..." cannot be read; "a@2" is version 2 of a, "a@2x" its
  // cancellation, which matches nothing.
  void Handle(Partition partition, std::int64_t offset, const std::string& id, std::uint64_t lease,
              RecordUse use = RecordUse::kCounts) {
    // As the source does it: what happened to the partition stands before its next record.
    const auto [told, is_first] = told_leases_.try_emplace(partition, lease);
    if (std::exchange(told->second, lease) != lease) {
      handler_->Observe({use == RecordUse::kRestores ? PartitionEvent::Kind::kAssigned : PartitionEvent::Kind::kUndone,
                         partition, Offset{offset}});
    }
    Record record;
    record.use = use;
    const auto payload = std::make_shared<const std::string>(id);
    record.payload = *payload;
    record.memory = payload;
    record.place = {"articles", partition, Offset{offset}, lease};
    Outcome<ArticleMatches> outcome;
    auto& matches = outcome.value.matches;
    auto& revision = outcome.value.revision;
    if (id[0] == '!') {
      outcome.rejection = {DeadLetterReason::kEngineError, "test"};
    } else if (id[0] != '-') {
      ArticleFacts facts;
      const std::size_t at = id.find('@');
      facts.id = id.substr(0, at);
      if (at != std::string::npos) facts.version = id.substr(at + 1, 1);
      facts.content_hash = facts.version;
      if (id.ends_with('x')) facts.status = PublicationStatus::kCanceled;
      const auto shared = std::make_shared<const ArticleFacts>(facts);
      if (at != std::string::npos) revision.emplace().article = shared;
      if (!id.ends_with('x')) {
        Match& match = matches.emplace_back();
        match.topic = "topic";
        match.article = shared;
        if (revision) revision->topics = {"topic"};
      }
    }
    handler_->Advance(partition, WallTime());
    handler_->Handle(std::make_shared<Receipt>(static_cast<Receipt::Owner&>(*this), std::move(record), WallTime()),
                     std::move(outcome));
  }
  // The next record of a partition's log, from where its reader is.
  bool HandleNext(Partition partition, const std::vector<std::string>& log) {
    World::Reader& reader = world_->readers.at(partition);
    if (reader.position == static_cast<std::int64_t>(log.size())) return false;
    const std::int64_t offset = reader.position++;
    Handle(partition, offset, log[static_cast<std::size_t>(offset)], reader.lease);
    return true;
  }

  void Settled(const Receipt& receipt) override { ++outcomes_[receipt.outcome()]; }
  void Destroyed(const Receipt& receipt) override { unsettled_ += receipt.settled() ? 0 : 1; }

  static constexpr TransactionalOptions kByHand{std::chrono::hours(1), 1'000'000};
  static constexpr Partition kFirst{0};

  MetricsRegistry metrics_;
  const std::shared_ptr<World> world_ = std::make_shared<World>();
  std::map<RecordOutcome, int> outcomes_;
  int unsettled_ = 0;
  std::map<Partition, std::uint64_t> told_leases_;
  std::unique_ptr<TransactionalHandler<ArticleMatches>> handler_;
  AlertHandler* alert_handler_ = nullptr;  // of handler_
};

TEST_F(TransactionalHandlerTest, WhereItIsOfNoUseToWaitItEndsAlsoWithoutRecords) {
  Make(kByHand);
  EXPECT_TRUE(handler_->Tend());
  world_->failure = Error{ErrorCode::kNotFound, "there is no such kafka topic"};
  const Status tended = handler_->Tend();
  ASSERT_FALSE(tended);
  EXPECT_EQ(tended.error().code, ErrorCode::kNotFound);
}

TEST_F(TransactionalHandlerTest, ItIsReadyWhenTheHandlersSinksAre) {
  Make(kByHand);
  Health health;
  handler_->AddReadiness(health);
  EXPECT_EQ(health.Ready().text, "ok sink world\nok dead letters world\n");
}

TEST_F(TransactionalHandlerTest, NothingIsSettledBeforeItsTransactionIsCommitted) {
  world_->readers[kFirst];
  Make({std::chrono::hours(1), 3});
  Handle(kFirst, 0, "a", 0);
  Handle(kFirst, 1, "-", 0);
  EXPECT_THAT(outcomes_, IsEmpty());
  EXPECT_THAT(world_->committed, IsEmpty());
  Handle(kFirst, 2, "!x", 0);
  EXPECT_THAT(world_->committed, ElementsAre("alert a", "dead !x"));
  EXPECT_EQ(world_->readers[kFirst].committed, 3);
  EXPECT_EQ(outcomes_[RecordOutcome::kMatched], 1);
  EXPECT_EQ(outcomes_[RecordOutcome::kUnmatched], 1);
  EXPECT_EQ(outcomes_[RecordOutcome::kDeadLettered], 1);
}

TEST_F(TransactionalHandlerTest, AnIntervalEndsATransactionThoughNothingComes) {
  world_->readers[kFirst];
  Make({std::chrono::milliseconds(1), 1'000'000});
  Handle(kFirst, 0, "a", 0);
  while (world_->transactions == 0) ASSERT_TRUE(handler_->Tend());
  EXPECT_THAT(world_->committed, ElementsAre("alert a"));
  ASSERT_TRUE(handler_->Tend());
  EXPECT_EQ(world_->transactions, 1u) << "an empty transaction";
}

// A process that waited for its first record would fence the one that took over from it.
TEST_F(TransactionalHandlerTest, ItTakesItsNameThoughNothingComes) {
  world_->tries_needed = 3;
  Make(kByHand);
  for (int round = 0; round < 5; ++round) ASSERT_TRUE(handler_->Tend());
  EXPECT_EQ(world_->tries_to_take_name, 3u);
  world_->fenced = "fenced by a younger process";
  ASSERT_TRUE(handler_->Tend()) << "it took its name again";
}

TEST_F(TransactionalHandlerTest, ItEndsWhenItsNameIsRefused) {
  world_->fenced = "fenced by a younger process";
  Make(kByHand);
  const Status tended = handler_->Tend();
  ASSERT_FALSE(tended);
  EXPECT_THAT(tended.error().message, HasSubstr("fenced by a younger process"));
}

// The partition went with a transaction of ours open, another process alerted on "a", and the partition came back.
TEST_F(TransactionalHandlerTest, WhatIsRestoredIsNotMistakenForWhatWeHadUnderWay) {
  world_->readers[kFirst];
  Make(kByHand);
  Handle(kFirst, 0, "a", 0);
  world_->ChangeLease(kFirst);
  const std::uint64_t lease = world_->readers[kFirst].lease;
  Handle(kFirst, 0, "a", lease, RecordUse::kRestores);
  Handle(kFirst, 1, "b", lease);
  Handle(kFirst, 2, "a", lease);  // a repeat
  ASSERT_TRUE(handler_->Close(SteadyNow()));
  EXPECT_THAT(world_->committed, ElementsAre("alert b"));
  EXPECT_EQ(outcomes_[RecordOutcome::kReadAgain], 1);
  EXPECT_EQ(outcomes_[RecordOutcome::kSuppressed], 1);
}

// What was written down about a partition is so under each lease of it.
TEST_F(TransactionalHandlerTest, WhatRecallsIsHandledUnderALeaseThatEndedAndIsInNoTransaction) {
  world_->readers[kFirst];
  Make(kByHand);
  world_->ChangeLease(kFirst);
  Handle(kFirst, 7, "-", 0, RecordUse::kRecalls);
  EXPECT_EQ(outcomes_[RecordOutcome::kRecalled], 1) << "it waits for no transaction";
  Handle(kFirst, 0, "a", world_->readers[kFirst].lease);
  ASSERT_TRUE(handler_->Close(SteadyNow()));
  EXPECT_THAT(world_->committed, ElementsAre("alert a"));
  EXPECT_EQ(world_->readers[kFirst].committed, 1);
  EXPECT_EQ(outcomes_[RecordOutcome::kReadAgain], 0);
}

TEST_F(TransactionalHandlerTest, CorrectionsAndWithdrawalsAreUndoneWithTheirTransaction) {
  world_->readers[kFirst];
  Make(kByHand);
  const std::vector<std::string> log = {"a", "a@2", "a@3x", "b"};
  for (int round = 0; round < 3; ++round) {
    while (HandleNext(kFirst, log)) {
    }
    world_->refuses_next = round < 2;
    ASSERT_TRUE(handler_->Close(SteadyNow()));
  }
  EXPECT_THAT(world_->committed, ElementsAre("alert a", "correction a@2", "withdrawn a@3", "alert b"));
}

// A transaction with an alert under way was undone, and its partition went elsewhere for good.
TEST_F(TransactionalHandlerTest, WhatWasUndoneElsewhereIsNotRememberedForEver) {
  Make(kByHand);
  for (int i = 0; i < 100; ++i) {
    const Partition partition{i};
    world_->readers[partition];
    Handle(partition, 0, "a" + std::to_string(i), 0);
    EXPECT_EQ(alert_handler_->under_way(), 1u);
    world_->ChangeLease(partition);
    handler_->Observe({PartitionEvent::Kind::kRevoked, partition, {}});
    EXPECT_EQ(alert_handler_->under_way(), 0u);
  }
  EXPECT_EQ(outcomes_[RecordOutcome::kReadAgain], 100);
}

TEST_F(TransactionalHandlerTest, WhatIsUndoneIsReadAgainAndSentAgain) {
  world_->readers[kFirst];
  Make(kByHand);
  const std::vector<std::string> log = {"a", "b"};
  while (HandleNext(kFirst, log)) {
  }
  world_->refuses_next = true;
  ASSERT_TRUE(handler_->Close(SteadyNow()));
  EXPECT_THAT(world_->committed, IsEmpty());
  EXPECT_EQ(outcomes_[RecordOutcome::kReadAgain], 2);
  while (HandleNext(kFirst, log)) {
  }
  ASSERT_TRUE(handler_->Close(SteadyNow()));
  EXPECT_THAT(world_->committed, ElementsAre("alert a", "alert b"));
  EXPECT_EQ(outcomes_[RecordOutcome::kMatched], 2);
}

TEST_F(TransactionalHandlerTest, RecordsOfALostPartitionAreNotHandled) {
  world_->readers[kFirst];
  Make(kByHand);
  world_->ChangeLease(kFirst);
  Handle(kFirst, 0, "a", 0);
  EXPECT_THAT(world_->open, IsEmpty());
  EXPECT_EQ(outcomes_[RecordOutcome::kReadAgain], 1);
}

TEST_F(TransactionalHandlerTest, WhatWasSentUnderALostLeaseIsUndoneBeforeTheNewOneIsHandled) {
  world_->readers[kFirst];
  Make(kByHand);
  Handle(kFirst, 0, "a", 0);
  world_->ChangeLease(kFirst);
  Handle(kFirst, 0, "a", world_->readers[kFirst].lease);
  ASSERT_TRUE(handler_->Close(SteadyNow()));
  EXPECT_THAT(world_->committed, ElementsAre("alert a"));
  EXPECT_EQ(outcomes_[RecordOutcome::kReadAgain], 1);
  EXPECT_EQ(outcomes_[RecordOutcome::kMatched], 1);
}

// Reading went back by itself, so nobody asked us to undo what we had sent.
TEST_F(TransactionalHandlerTest, WhatWasSentIsUndoneBeforeTheHandlerHearsOfIt) {
  world_->readers[kFirst];
  Make(kByHand);
  Handle(kFirst, 0, "a", 0);
  world_->ChangeLease(kFirst);
  handler_->Observe({PartitionEvent::Kind::kUndone, kFirst, Offset{0}});
  EXPECT_THAT(world_->open, IsEmpty());
  EXPECT_EQ(alert_handler_->under_way(), 0u);
  EXPECT_EQ(outcomes_[RecordOutcome::kReadAgain], 1);
}

TEST_F(TransactionalHandlerTest, ARefusedAlertIsADeadLetterOfTheSameTransaction) {
  world_->readers[kFirst];
  Make(kByHand, "big");
  Handle(kFirst, 0, "big", 0);
  ASSERT_TRUE(handler_->Close(SteadyNow()));
  EXPECT_THAT(world_->committed, ElementsAre("dead big"));
  EXPECT_EQ(world_->transactions, 1u);
  EXPECT_EQ(outcomes_[RecordOutcome::kDeadLettered], 1);
}

TEST_F(TransactionalHandlerTest, FencedItHandlesNothingMoreAndSettlesNothing) {
  world_->readers[kFirst];
  Make({std::chrono::hours(1), 1});
  world_->fenced = "somebody has our name";
  Handle(kFirst, 0, "a", 0);
  Handle(kFirst, 1, "b", 0);
  const Status tended = handler_->Tend();
  ASSERT_FALSE(tended);
  EXPECT_THAT(tended.error().message, HasSubstr("somebody has our name"));
  EXPECT_THAT(outcomes_, IsEmpty());
  EXPECT_EQ(world_->open.size(), 1u) << "after the first nothing is sent";
  world_->open.clear();
  EXPECT_EQ(unsettled_, 2);
}

TEST_F(TransactionalHandlerTest, TheHandlerHearsOfACommitAndOfNothingElse) {
  class Counting : public Handler<ArticleMatches> {
   public:
    explicit Counting(int& committed) : committed_(committed) {}
    void Handle(ReceiptPtr receipt, Outcome<ArticleMatches>) override { receipt->Release(); }
    void Committed(Partition) override { ++committed_; }
    Status Tend() override { return {}; }
    void RequestStop() override {}
    Status Close(SteadyTime) override { return {}; }

   private:
    int& committed_;
  };
  int committed = 0;
  world_->readers[kFirst];
  handler_ = std::make_unique<TransactionalHandler<ArticleMatches>>(std::make_unique<Counting>(committed), world_,
                                                                    TransactionalOptions{std::chrono::hours(1), 2});
  Handle(kFirst, 0, "a", 0);
  EXPECT_EQ(committed, 0);
  Handle(kFirst, 1, "b", 0);
  EXPECT_EQ(committed, 1);
  world_->refuses_next = true;
  Handle(kFirst, 2, "c", 0);
  Handle(kFirst, 3, "d", 0);
  EXPECT_EQ(committed, 1) << "it was undone";
}

// Whatever is undone and whoever loses what: each article alerts once, and each broken record is one dead letter.
TEST_F(TransactionalHandlerTest, EverythingOnceUnderAnyHistory) {
  for (unsigned seed = 0; seed < 1000; ++seed) {
    std::mt19937 random(seed);
    const auto chance = [&](unsigned percent) { return random() % 100 < percent; };
    *world_ = World();
    told_leases_.clear();
    Make({std::chrono::hours(1), 1 + random() % 6}, "p0-3");
    std::map<Partition, std::vector<std::string>> logs;
    std::vector<std::string> wanted;
    for (int p = 0; p < 3; ++p) {
      std::vector<std::string>& log = logs[Partition{p}];
      for (int i = 0; i < 12; ++i) {
        const std::string name = "p" + std::to_string(p) + "-" + std::to_string(i);
        log.push_back((chance(20) ? "-" : chance(15) ? "!" : "") + name);
        if (log.back()[0] == '!' || log.back() == "p0-3") wanted.push_back("dead " + log.back());
        if (log.back()[0] == 'p' && log.back() != "p0-3") {
          wanted.push_back("alert " + log.back());
          if (chance(25)) {
            log.push_back(name + "@2");
            wanted.push_back("correction " + log.back());
          }
          if (log.back() != name && chance(40)) {
            log.push_back(name + "@3x");
            wanted.push_back("withdrawn " + name + "@3");
          }
        }
        if (chance(20)) {  // sent twice; but what was canceled would come back
          const std::string twice = log[random() % log.size()];
          const std::string canceled = twice.substr(0, twice.find('@')) + "@3x";
          if (std::find(log.begin(), log.end(), canceled) == log.end()) log.push_back(twice);
        }
        if (log.back()[0] == '!' && log.size() > 1 && std::count(log.begin(), log.end(), log.back()) > 1)
          log.pop_back();
      }
      world_->readers[Partition{p}];
    }
    // A refused alert is forgotten, so that its repeat is refused as well.
    const auto repeats = std::count(logs[Partition{0}].begin(), logs[Partition{0}].end(), "p0-3");
    for (long i = 1; i < repeats; ++i) wanted.emplace_back("dead p0-3");

    for (int step = 0; step < 2000; ++step) {
      const Partition partition{static_cast<std::int32_t>(random() % 3)};
      if (chance(4)) world_->ChangeLease(partition);
      world_->refuses_next = chance(10);
      if (chance(5)) {
        ASSERT_TRUE(handler_->Tend());
      }
      if (!HandleNext(partition, logs[partition]) && chance(50)) {
        ASSERT_TRUE(handler_->Close(SteadyNow()));
      }
    }
    bool more = true;
    world_->refuses_next = false;
    while (more) {
      more = false;
      for (auto& [partition, log] : logs) more |= HandleNext(partition, log);
      ASSERT_TRUE(handler_->Close(SteadyNow()));
      for (auto& [partition, log] : logs) {
        more |= world_->readers[partition].committed < static_cast<std::int64_t>(log.size());
      }
    }
    std::sort(wanted.begin(), wanted.end());
    std::sort(world_->committed.begin(), world_->committed.end());
    ASSERT_EQ(world_->committed, wanted) << "seed " << seed;
  }
}

}  // namespace
}  // namespace wirewatch
