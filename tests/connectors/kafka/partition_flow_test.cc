#include "connectors/kafka/consume/partition_flow.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace wirewatch {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

constexpr Partition kOne{1}, kTwo{2};

// Takes as many records as it has room for.
class SmallInbox : public RecordInbox {
 public:
  bool Offer(Record& record, SteadyTime /*deadline*/) override {
    if (room == 0) return false;
    --room;
    offered.emplace_back(record.place.partition, static_cast<std::int64_t>(record.place.offset));
    record = {};
    return true;
  }
  void Flush() override { ++flushes; }
  void Tell(const PartitionEvent& /*event*/) override {}
  void Beat() override {}

  int room = 0, flushes = 0;
  std::vector<std::pair<Partition, std::int64_t>> offered;
};

class FakeConsumer : public PartitionFlow::Consumer {
 public:
  std::vector<Partition> OurPartitions() const override { return ours; }
  bool IsFarAhead(Partition partition) const override { return far_ahead.contains(partition); }
  void PausePartitions(const std::vector<Partition>& partitions) override {
    for (const Partition partition : partitions) EXPECT_TRUE(paused.insert(partition).second) << "paused twice";
  }
  void ResumePartitions(const std::vector<Partition>& partitions) override {
    for (const Partition partition : partitions) EXPECT_EQ(paused.erase(partition), 1u) << "it was not paused";
  }
  void OnOffered(const RecordPlace& place) override { told.push_back(static_cast<std::int64_t>(place.offset)); }

  std::vector<Partition> ours{kOne, kTwo};
  std::set<Partition> far_ahead, paused;
  std::vector<std::int64_t> told;
};

Record At(Partition partition, std::int64_t offset) {
  Record record;
  record.place = {"t", partition, Offset{offset}, 1};
  return record;
}

struct Flow {
  explicit Flow(std::chrono::milliseconds pause_after) : flow(consumer, {"t", {}, pause_after}) {}
  FakeConsumer consumer;
  SmallInbox inbox;
  PartitionFlow flow;
};

constexpr std::chrono::milliseconds kAtOnce{0};
constexpr std::chrono::hours kNever{1000};

TEST(PartitionFlowTest, WhatFindsNoRoomIsHeldAndAllThatFollowsBehindIt) {
  Flow f(kNever);
  f.inbox.room = 1;
  f.flow.Take(At(kOne, 1), f.inbox);
  f.flow.Take(At(kOne, 2), f.inbox);
  f.inbox.room = 2;
  f.flow.Take(At(kTwo, 7), f.inbox);
  EXPECT_THAT(f.inbox.offered, ElementsAre(Pair(kOne, 1))) << "no record overtakes another";
  EXPECT_TRUE(f.flow.HoldsRecordsOf(kTwo));
  f.flow.OfferHeld(f.inbox);
  f.flow.OfferHeld(f.inbox);
  EXPECT_THAT(f.inbox.offered, ElementsAre(Pair(kOne, 1), Pair(kOne, 2), Pair(kTwo, 7)));
  EXPECT_THAT(f.consumer.told, ElementsAre(1, 2, 7));
  EXPECT_FALSE(f.flow.holds_records());
  EXPECT_FALSE(f.flow.is_paused());
}

TEST(PartitionFlowTest, WithoutRoomAllIsPausedUntilNothingIsHeld) {
  Flow f(kAtOnce);
  f.flow.Take(At(kOne, 1), f.inbox);
  EXPECT_FALSE(f.flow.is_paused());
  f.flow.OfferHeld(f.inbox);
  EXPECT_TRUE(f.flow.is_paused());
  EXPECT_THAT(f.consumer.paused, ElementsAre(kOne, kTwo));
  f.flow.Take(At(kTwo, 7), f.inbox);  // it was fetched before the pause
  f.inbox.room = 2;
  f.flow.OfferHeld(f.inbox);
  EXPECT_TRUE(f.flow.is_paused()) << "a record is still held";
  f.flow.OfferHeld(f.inbox);
  EXPECT_FALSE(f.flow.is_paused());
  EXPECT_THAT(f.consumer.paused, IsEmpty());
}

TEST(PartitionFlowTest, APartitionThatComesDuringThePauseIsPausedToo) {
  Flow f(kAtOnce);
  f.consumer.ours = {kOne};
  f.flow.Take(At(kOne, 1), f.inbox);
  f.flow.OfferHeld(f.inbox);
  f.flow.Take(At(kTwo, 1), f.inbox);
  f.flow.Take(At(kTwo, 2), f.inbox);
  EXPECT_THAT(f.consumer.paused, ElementsAre(kOne, kTwo));
}

TEST(PartitionFlowTest, APartitionThatIsFarAheadHasNoRoom) {
  Flow f(kAtOnce);
  f.inbox.room = 1;
  f.consumer.far_ahead = {kOne};
  f.flow.Take(At(kOne, 1), f.inbox);
  EXPECT_TRUE(f.flow.holds_records());
  f.flow.OfferHeld(f.inbox);
  EXPECT_EQ(f.inbox.flushes, 1) << "its open record may wait in a batch";
  EXPECT_TRUE(f.flow.is_paused());
  f.consumer.far_ahead.clear();
  f.flow.OfferHeld(f.inbox);
  EXPECT_THAT(f.inbox.offered, ElementsAre(Pair(kOne, 1)));
  EXPECT_FALSE(f.flow.is_paused());
}

TEST(PartitionFlowTest, PartitionsThatGoLeaveNothingBehind) {
  Flow f(kAtOnce);
  f.flow.Take(At(kOne, 1), f.inbox);
  f.flow.Take(At(kTwo, 1), f.inbox);
  f.flow.Take(At(kTwo, 2), f.inbox);
  f.flow.OfferHeld(f.inbox);
  EXPECT_THAT(f.flow.CountHeld([](const Record& record) { return record.place.offset == Offset{1}; }),
              ElementsAre(Pair(kOne, 1u), Pair(kTwo, 1u)));
  f.flow.DropPartitions([](Partition partition) { return partition == kOne; });
  EXPECT_THAT(f.consumer.paused, ElementsAre(kTwo)) << "the next owner is not to find it paused";
  EXPECT_FALSE(f.flow.HoldsRecordsOf(kOne));
  f.flow.DropPartitions([](Partition partition) { return partition == kTwo; });
  EXPECT_FALSE(f.flow.holds_records());
  EXPECT_FALSE(f.flow.is_paused());
  EXPECT_THAT(f.consumer.paused, IsEmpty());
}

TEST(PartitionFlowTest, WhatIsHeldBackIsPausedWithItsFirstRecordAndComesInOrder) {
  Flow f(kNever);
  f.inbox.room = 9;
  f.flow.HoldBack();
  EXPECT_THAT(f.consumer.paused, IsEmpty()) << "nothing was read of either yet";
  f.flow.Take(At(kOne, 1), f.inbox);
  f.flow.Take(At(kOne, 2), f.inbox);  // it was fetched before the pause
  EXPECT_THAT(f.consumer.paused, ElementsAre(kOne));
  EXPECT_THAT(f.inbox.offered, IsEmpty());
  f.flow.GoOn();
  EXPECT_TRUE(f.flow.OfferHeld(f.inbox));
  EXPECT_TRUE(f.flow.OfferHeld(f.inbox));
  EXPECT_THAT(f.inbox.offered, ElementsAre(Pair(kOne, 1), Pair(kOne, 2)));
  EXPECT_THAT(f.consumer.paused, IsEmpty());
  EXPECT_FALSE(f.flow.is_paused());
}

TEST(PartitionFlowTest, WhatIsHeldBackStaysSoThoughPartitionsGo) {
  Flow f(kNever);
  f.inbox.room = 9;
  f.flow.HoldBack();
  f.flow.Take(At(kOne, 1), f.inbox);
  f.flow.DropPartitions([](Partition partition) { return partition == kOne; });
  f.flow.Take(At(kTwo, 1), f.inbox);
  EXPECT_THAT(f.inbox.offered, IsEmpty());
  f.flow.DropPartitions([](Partition partition) { return partition == kTwo; });
  f.flow.GoOn();
  EXPECT_FALSE(f.flow.is_paused());
  f.flow.Take(At(kOne, 2), f.inbox);
  EXPECT_THAT(f.inbox.offered, ElementsAre(Pair(kOne, 2)));
}

// The time without room is counted anew for the next record that finds none.
TEST(PartitionFlowTest, WithTheLastRecordThatIsHeldTheTimeWithoutRoomEnds) {
  constexpr std::chrono::milliseconds kPauseAfter{1};
  for (const bool whole_partition : {false, true}) {
    Flow f(kPauseAfter);
    const auto hold = [&](std::int64_t offset) {
      f.flow.Take(At(kOne, offset), f.inbox);
      f.flow.OfferHeld(f.inbox);
    };
    hold(1);
    if (whole_partition) {
      f.flow.DropPartitions([](Partition) { return true; });
    } else {
      f.flow.DropRecords([](const Record&) { return true; });
    }
    for (const SteadyTime dropped = SteadyNow(); SteadyNow() - dropped < kPauseAfter;) {
    }
    hold(2);
    EXPECT_FALSE(f.flow.is_paused()) << whole_partition;
  }
}

TEST(PartitionFlowTest, WithTheLastStaleRecordThePauseEnds) {
  Flow f(kAtOnce);
  f.flow.Take(At(kOne, 1), f.inbox);
  f.flow.Take(At(kTwo, 2), f.inbox);
  f.flow.OfferHeld(f.inbox);
  f.flow.DropRecords([](const Record& record) { return record.place.partition == kOne; });
  EXPECT_TRUE(f.flow.is_paused());
  f.flow.DropRecords([](const Record& record) { return record.place.partition == kTwo; });
  EXPECT_FALSE(f.flow.is_paused());
  EXPECT_THAT(f.consumer.paused, IsEmpty());
}

}  // namespace
}  // namespace wirewatch
