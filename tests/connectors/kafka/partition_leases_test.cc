#include "connectors/kafka/consume/partition_leases.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace wirewatch {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Optional;
using testing::Pair;

constexpr Partition kOne{1}, kTwo{2};

Offset At(std::int64_t offset) { return Offset{offset}; }
WallTime Wall(std::int64_t ms) { return WallTime(milliseconds(ms)); }
SteadyTime Steady(std::int64_t ms) { return SteadyTime(milliseconds(ms)); }

std::uint64_t Enter(PartitionLeases& leases, std::int64_t offset, Partition partition = kOne) {
  const auto entry = leases.Enter(partition, At(offset), At(offset), Wall(offset));
  EXPECT_TRUE(entry);
  return entry ? entry->lease : 0;
}
RecordPlace Place(std::int64_t offset, std::uint64_t lease, Partition partition = kOne) {
  return {"t", partition, At(offset), lease};
}

TEST(PartitionLeasesTest, WhatIsSettledWithoutAGapIsCommittedOnce) {
  PartitionLeases leases;
  EXPECT_TRUE(leases.Assign(kOne, std::nullopt));
  const std::uint64_t lease = Enter(leases, 5);
  Enter(leases, 6);
  Enter(leases, 9);
  EXPECT_FALSE(leases.Acknowledge(Place(6, lease)));
  EXPECT_THAT(leases.TakeCommittable(), IsEmpty());
  EXPECT_FALSE(leases.Acknowledge(Place(5, lease)));
  EXPECT_THAT(leases.TakeCommittable(), ElementsAre(Pair(kOne, At(7))));
  EXPECT_THAT(leases.TakeCommittable(), IsEmpty());
  EXPECT_THAT(leases.Stored({kOne, kTwo}), ElementsAre(Pair(kOne, At(7))));
  EXPECT_TRUE(leases.Acknowledge(Place(9, lease)));
  EXPECT_THAT(leases.TakeCommittable(), ElementsAre(Pair(kOne, At(10))));
}

TEST(PartitionLeasesTest, WhatIsAcknowledgedLateMovesNothingOfTheNextLease) {
  PartitionLeases leases;
  leases.Assign(kOne, std::nullopt);
  const std::uint64_t old = Enter(leases, 5);
  leases.Revoke(kOne);
  EXPECT_FALSE(leases.Holds(kOne, old));
  leases.Assign(kOne, std::nullopt);
  const std::uint64_t lease = Enter(leases, 5);
  EXPECT_NE(lease, old);
  EXPECT_FALSE(leases.Acknowledge(Place(5, old)));
  EXPECT_THAT(leases.TakeCommittable(), IsEmpty());
  EXPECT_TRUE(leases.Acknowledge(Place(5, lease)));
}

TEST(PartitionLeasesTest, RecordsBeforeTheLiveOffsetOnlyRestore) {
  PartitionLeases leases;
  EXPECT_FALSE(leases.Assign(kOne, PartitionLeases::Start{At(3), At(5)}));
  EXPECT_THAT(leases.NextToRead(kOne), Optional(At(3)));
  const auto first = leases.Enter(kOne, At(3), At(3), Wall(3));
  const auto second = leases.Enter(kOne, At(4), At(4), Wall(4));
  ASSERT_TRUE(first && second);
  EXPECT_TRUE(first->restores && second->restores);
  EXPECT_EQ(leases.Open(kOne), 0u);
  EXPECT_FALSE(leases.RestoredBy(Place(3, first->lease)));
  EXPECT_TRUE(leases.RestoredBy(Place(4, first->lease)));
  EXPECT_FALSE(leases.RestoredBy(Place(4, first->lease))) << "it is told once";
  EXPECT_FALSE(leases.Enter(kOne, At(5), At(5), Wall(5))->restores);
  EXPECT_TRUE(leases.Assign(kTwo, PartitionLeases::Start{At(5), At(5)})) << "there is nothing to restore";
}

TEST(PartitionLeasesTest, TheEndOfThePartitionTellsThatItIsRestored) {
  PartitionLeases leases;
  leases.Assign(kOne, PartitionLeases::Start{At(3), At(5)});
  Enter(leases, 3);
  leases.MeetEnd(kOne, At(4), Steady(0));
  EXPECT_FALSE(leases.RestoredByEnd(kOne)) << "more may come before the live offset";
  leases.MeetEnd(kOne, At(5), Steady(0));
  EXPECT_TRUE(leases.RestoredByEnd(kOne));
  EXPECT_FALSE(leases.RestoredByEnd(kOne));
}

TEST(PartitionLeasesTest, AtTheEndWhatNobodyGetsToSeeIsPassed) {
  PartitionLeases leases;
  leases.Assign(kOne, std::nullopt);
  const std::uint64_t lease = Enter(leases, 5);
  leases.MeetEnd(kOne, At(8), Steady(0));
  EXPECT_THAT(leases.TakeCommittable(), IsEmpty());
  leases.Acknowledge(Place(5, lease));
  EXPECT_THAT(leases.TakeCommittable(), ElementsAre(Pair(kOne, At(8))));
}

TEST(PartitionLeasesTest, ReadingThatGoesBackBeginsANewLease) {
  PartitionLeases leases;
  leases.Assign(kOne, std::nullopt);
  const std::uint64_t old = Enter(leases, 5);
  const auto entry = leases.Enter(kOne, At(2), At(2), Wall(2));
  ASSERT_TRUE(entry);
  EXPECT_THAT(entry->went_back_from, Optional(At(5)));
  EXPECT_NE(entry->lease, old);
  EXPECT_FALSE(leases.Holds(kOne, old));
  EXPECT_EQ(leases.Open(kOne), 1u);
}

TEST(PartitionLeasesTest, ThatTheStateIsRestoredIsToldOnceWhateverReadingDoes) {
  PartitionLeases leases(true);
  leases.Assign(kOne, PartitionLeases::Start{At(3), At(5)});
  EXPECT_TRUE(leases.RestoredBy(Place(4, Enter(leases, 4))));
  const std::uint64_t lease = Enter(leases, 5);
  EXPECT_TRUE(leases.Rewind({{kOne, {lease, At(6)}}}));
  leases.Rewound(leases.RewindsDue());
  EXPECT_FALSE(leases.RestoredBy(Place(5, Enter(leases, 5)))) << "undone";
  EXPECT_TRUE(leases.Enter(kOne, At(3), At(3), Wall(3))->rewinds);
  leases.Rewound(leases.RewindsDue());
  const auto again = leases.Enter(kOne, At(3), At(3), Wall(3));
  EXPECT_FALSE(again->restores) << "it may be another record than the one that was there";
  EXPECT_FALSE(leases.RestoredBy(Place(3, again->lease))) << "went back";
}

TEST(PartitionLeasesTest, ReadingThatGoesBackBeforeTheStateIsRestoredEndsTheRestoring) {
  PartitionLeases leases;
  leases.Assign(kOne, PartitionLeases::Start{At(3), At(9)});
  EXPECT_TRUE(leases.Enter(kOne, At(5), At(5), Wall(5))->restores);
  const auto back = leases.Enter(kOne, At(4), At(4), Wall(4));
  EXPECT_FALSE(back->restores);
  EXPECT_FALSE(leases.RestoredBy(Place(4, back->lease)));
}

// What is in the open transaction ends with the lease, so it must be read again, too.
TEST(PartitionLeasesTest, WithTransactionsReadingThatGoesBackIsARewindToWhatIsCommitted) {
  PartitionLeases leases(true);
  leases.Assign(kOne, std::nullopt);
  const std::uint64_t old = Enter(leases, 5);
  Enter(leases, 8);
  leases.SetCommitted({{kOne, {old, At(6)}}});
  const auto entry = leases.Enter(kOne, At(7), At(7), Wall(7));
  ASSERT_TRUE(entry);
  EXPECT_THAT(entry->went_back_from, Optional(At(8)));
  EXPECT_TRUE(entry->rewinds);
  EXPECT_FALSE(leases.Holds(kOne, old));
  EXPECT_FALSE(leases.BeginCommit({{kOne, {old, At(9)}}}));
  EXPECT_FALSE(leases.Enter(kOne, At(8), At(8), Wall(8))) << "until it is sought";
  EXPECT_THAT(leases.RewindsDue(), ElementsAre(Pair(kOne, At(6))));
  EXPECT_THAT(leases.Rewound(leases.RewindsDue()), ElementsAre(Pair(kOne, At(6))));
  EXPECT_GT(Enter(leases, 6), old);
}

TEST(PartitionLeasesTest, NobodyGoesBackWhileItIsOpenWhetherACommitSucceeds) {
  PartitionLeases leases(true);
  leases.Assign(kOne, std::nullopt);
  const std::uint64_t lease = Enter(leases, 5);
  Enter(leases, 6);
  const ReadPlaces read{{kOne, {lease, At(6)}}};
  for (const bool committed : {true, false}) {
    PartitionLeases copy = leases;
    EXPECT_TRUE(copy.BeginCommit(read));
    EXPECT_TRUE(copy.Enter(kOne, At(6), At(6), Wall(6))->rewinds);
    EXPECT_THAT(copy.RewindsDue(), IsEmpty());
    EXPECT_TRUE(copy.rewinds());
    if (committed) {
      copy.SetCommitted(read);
    } else {
      copy.Rewind(read);
    }
    EXPECT_THAT(copy.RewindsDue(), ElementsAre(Pair(kOne, At(committed ? 6 : 5))));
  }
}

TEST(PartitionLeasesTest, WhileASeekIsDueNothingIsTaken) {
  PartitionLeases leases;
  leases.Assign(kOne, std::nullopt);
  Enter(leases, 5);
  leases.SeekTo(kOne, At(9));
  leases.SeekTo(kTwo, At(9));
  EXPECT_FALSE(leases.TakesRecords(kOne));
  EXPECT_FALSE(leases.Enter(kOne, At(6), At(6), Wall(6)));
  EXPECT_THAT(leases.SeeksDue(), ElementsAre(Pair(kOne, At(9)))) << "the other partition is not ours";
  leases.Sought();
  EXPECT_THAT(leases.SeeksDue(), IsEmpty());
  EXPECT_EQ(Enter(leases, 9), 1u);
}

TEST(PartitionLeasesTest, ARewindGoesBackToWhatIsCommitted) {
  PartitionLeases leases;
  leases.Assign(kOne, std::nullopt);
  leases.Assign(kTwo, std::nullopt);
  const std::uint64_t one = Enter(leases, 5), two = Enter(leases, 3, kTwo);
  Enter(leases, 6);
  EXPECT_FALSE(leases.Rewind({{kOne, {two, At(7)}}})) << "of another lease";
  EXPECT_FALSE(leases.rewinds());
  leases.SetCommitted({{kOne, {one, At(6)}}});
  EXPECT_TRUE(leases.Rewind({{kOne, {one, At(7)}}, {kTwo, {two, At(4)}}}));
  EXPECT_FALSE(leases.Holds(kOne, one));
  EXPECT_EQ(leases.Open(kOne), 0u);
  EXPECT_THAT(leases.RewindsDue(), ElementsAre(Pair(kOne, At(6)), Pair(kTwo, At(3))));
  EXPECT_THAT(leases.Rewound({{kOne, At(6)}}), ElementsAre(Pair(kOne, At(6))));
  EXPECT_TRUE(leases.rewinds()) << "the other partition was not gone back in";
  EXPECT_GT(Enter(leases, 6), two);
  EXPECT_FALSE(leases.Enter(kTwo, At(4), At(4), Wall(4)));
}

TEST(PartitionLeasesTest, EndsOfQuietPartitionsAreCommittedOnce) {
  PartitionLeases leases;
  leases.Assign(kOne, std::nullopt);
  const std::uint64_t lease = Enter(leases, 5);
  leases.MeetEnd(kOne, At(8), Steady(0));
  EXPECT_THAT(leases.QuietEnds(Steady(1000), milliseconds(1000)), IsEmpty()) << "a record is open";
  leases.Acknowledge(Place(5, lease));
  EXPECT_THAT(leases.QuietEnds(Steady(999), milliseconds(1000)), IsEmpty());
  const auto ends = leases.QuietEnds(Steady(1000), milliseconds(1000));
  EXPECT_THAT(ends, ElementsAre(Pair(kOne, At(8))));
  leases.EndsCommitted(ends, false, Steady(1000));
  EXPECT_THAT(leases.QuietEnds(Steady(1999), milliseconds(1000)), IsEmpty()) << "not again at once";
  EXPECT_THAT(leases.QuietEnds(Steady(2000), milliseconds(1000)), ElementsAre(Pair(kOne, At(8))));
  leases.EndsCommitted(ends, true, Steady(2000));
  EXPECT_THAT(leases.QuietEnds(Steady(9000), milliseconds(1000)), IsEmpty());
}

// What the bookkeeping must say of one partition, by counting every offset: no tracker, no leases of its own.
class Model {
 public:
  enum Step { kAssign, kRevoke, kRead, kGoBack, kSettleOldest, kSettleNewest, kSettleStale, kUndo, kSeekBack, kCommit };
  static constexpr int kSteps = 10;

  explicit Model(bool transactional) : leases_(transactional), transactional_(transactional) {}

  // Does the step to both, where it can be done. False: it cannot.
  bool Do(Step step) {
    switch (step) {
      case kAssign:
        if (ours_) return false;
        leases_.Assign(kOne, std::nullopt);
        ours_ = true;
        NewLease(next_);
        has_resume_ = false;
        return true;
      case kRevoke:
        if (!ours_) return false;
        leases_.Revoke(kOne);
        ours_ = rewinds_ = false;
        Stale();
        return true;
      case kRead: return Read(next_);
      case kGoBack: return next_ >= 2 && !rewinds_ && Read(next_ - 2);
      case kSettleOldest: return !open_.empty() && Settle(*open_.begin());
      case kSettleNewest: return open_.size() > 1 && Settle(*open_.rbegin());
      case kSettleStale:
        if (stale_.empty()) return false;
        EXPECT_FALSE(leases_.Acknowledge(stale_.back()));
        return true;
      case kUndo:
        if (!ours_ || rewinds_ || !first_) return false;
        EXPECT_TRUE(leases_.Rewind({{kOne, {lease_, At(next_)}}}));
        rewinds_ = true;
        Stale();
        return true;
      case kSeekBack:
        if (!ours_ || !rewinds_) return false;
        resume_ = std::min(resume_, back_.value_or(resume_));
        EXPECT_THAT(leases_.RewindsDue(), ElementsAre(Pair(kOne, At(resume_))));
        EXPECT_EQ(leases_.Rewound(leases_.RewindsDue()).size(), 1u);
        rewinds_ = false;
        NewLease(resume_);
        return true;
      case kCommit:
        if (!ours_ || !first_) return false;
        leases_.SetCommitted({{kOne, {lease_, At(Committable())}}});
        resume_ = Committable();
        return true;
    }
    return false;
  }

  // Everything that can be asked.
  void Check() const {
    EXPECT_EQ(leases_.Owns(kOne), ours_);
    EXPECT_EQ(leases_.TakesRecords(kOne), ours_ && !rewinds_);
    EXPECT_EQ(leases_.rewinds(), rewinds_);
    EXPECT_EQ(leases_.Open(kOne), open_.size());
    for (const RecordPlace& place : stale_) EXPECT_FALSE(leases_.Holds(kOne, place.lease));
    if (!ours_ || rewinds_) return;
    if (lease_ != 0) {
      EXPECT_TRUE(leases_.Holds(kOne, lease_));
    }
    PartitionLeases copy = leases_;
    copy.TakeCommittable();
    const auto stored = copy.Stored({kOne});
    if (first_ && Committable() > *first_) {
      EXPECT_THAT(stored, ElementsAre(Pair(kOne, At(Committable()))));
    } else {
      EXPECT_THAT(stored, IsEmpty());
    }
  }

 private:
  void NewLease(std::int64_t next) {
    next_ = next;
    first_.reset();
    back_.reset();
    open_.clear();
    lease_ = 0;
  }
  void Stale() {
    for (const std::int64_t offset : open_) stale_.push_back(Place(offset, lease_));
    open_.clear();
  }
  // The offset behind all that is settled without a gap.
  std::int64_t Committable() const { return open_.empty() ? next_ : *open_.begin(); }

  bool Read(std::int64_t offset) {
    const auto entry = leases_.Enter(kOne, At(offset), At(offset), Wall(offset));
    EXPECT_EQ(entry.has_value(), ours_ && !rewinds_);
    if (!entry) return true;
    const bool back = first_ && offset < next_;
    EXPECT_EQ(entry->went_back_from.has_value(), back);
    EXPECT_EQ(entry->rewinds, back && transactional_);
    if (entry->rewinds) {
      back_ = offset;
      rewinds_ = true;
      Stale();
      return true;
    }
    if (back) {
      Stale();
      NewLease(offset);
      has_resume_ = false;
    }
    if (!first_) {
      first_ = offset;
      if (!has_resume_) resume_ = offset;
      has_resume_ = true;
    }
    lease_ = entry->lease;
    EXPECT_TRUE(leases_.Holds(kOne, lease_));
    EXPECT_FALSE(leases_.RestoredBy(Place(offset, lease_))) << "it was restored when it was assigned";
    open_.insert(offset);
    next_ = offset + 1;
    return true;
  }
  bool Settle(std::int64_t offset) {
    open_.erase(offset);
    EXPECT_EQ(leases_.Acknowledge(Place(offset, lease_)), open_.empty());
    return true;
  }

  PartitionLeases leases_;
  bool transactional_;
  bool ours_ = false, rewinds_ = false;
  std::uint64_t lease_ = 0;
  std::int64_t next_ = 10;   // offset to read
  std::int64_t resume_ = 0;  // where a rewind goes back to: what is committed or sought, or the first record
  bool has_resume_ = false;
  std::optional<std::int64_t> back_;   // where reading went back to by itself
  std::optional<std::int64_t> first_;  // that was read under the lease
  std::set<std::int64_t> open_;
  std::vector<RecordPlace> stale_;  // open when their lease ended
};

// All sequences of steps up to a length, each from a copy of the state before.
std::uint64_t DoAll(const Model& before, int steps, const std::string& trail) {
  if (steps == 0 || testing::Test::HasFailure()) return 0;
  std::uint64_t done = 0;
  for (int step = 0; step < Model::kSteps; ++step) {
    Model model = before;
    if (!model.Do(static_cast<Model::Step>(step))) continue;
    model.Check();
    const std::string so_far = trail + " " + std::to_string(step);
    if (testing::Test::HasFailure()) ADD_FAILURE() << so_far;
    done += 1 + DoAll(model, steps - 1, so_far);
  }
  return done;
}

TEST(PartitionLeasesTest, EveryShortSequenceKeepsTheBooksOfAPartition) {
  EXPECT_GT(DoAll(Model(false), 9, "steps:"), 150'000u);
  EXPECT_GT(DoAll(Model(true), 9, "steps with transactions:"), 100'000u);
}

}  // namespace
}  // namespace wirewatch
