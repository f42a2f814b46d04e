#include "pipeline/records/offset_tracker.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <random>
#include <set>
#include <vector>

namespace wirewatch {
namespace {

Offset At(std::int64_t offset) { return static_cast<Offset>(offset); }

TEST(OffsetTrackerTest, HasNothingToCommitBeforeTheFirstIsDone) {
  OffsetTracker tracker;
  EXPECT_EQ(tracker.Committable(), std::nullopt);
  tracker.Begin(At(7));
  EXPECT_EQ(tracker.Committable(), std::nullopt);
  EXPECT_EQ(tracker.open(), 1U);
}

TEST(OffsetTrackerTest, WaitsForTheOldestThatIsOpen) {
  OffsetTracker tracker;
  tracker.Begin(At(7));
  tracker.Begin(At(9));
  tracker.Done(At(9));
  EXPECT_EQ(tracker.Committable(), std::nullopt);
  tracker.Done(At(7));
  EXPECT_EQ(tracker.Committable(), At(10));
  EXPECT_EQ(tracker.open(), 0U);
}

TEST(OffsetTrackerTest, KeepsWhatIsCommittableWhileNewerOnesAreOpen) {
  OffsetTracker tracker;
  tracker.Begin(At(0));
  tracker.Done(At(0));
  tracker.Begin(At(1'000'000'000'000));
  EXPECT_EQ(tracker.Committable(), At(1));
}

// What an OffsetTracker is for, written so that it is obviously right: the offset after the last begun one before the
// first that is open.
class NaiveTracker {
 public:
  void Begin(Offset offset) { begun_.insert(offset); }
  void Done(Offset offset) { done_.insert(offset); }
  std::optional<Offset> Committable() const {
    std::optional<Offset> last;
    for (const Offset offset : begun_) {
      if (!done_.contains(offset)) break;
      last = At(static_cast<std::int64_t>(offset) + 1);
    }
    return last;
  }
  std::size_t open() const { return begun_.size() - done_.size(); }

 private:
  std::set<Offset> begun_, done_;
};

TEST(OffsetTrackerTest, AgreesWithTheNaiveOneOnRandomOrdersWithGaps) {
  for (std::uint32_t seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const auto below = [&](std::size_t bound) {
      return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random);
    };
    OffsetTracker tracker;
    NaiveTracker naive;
    std::vector<Offset> open;
    std::int64_t next = static_cast<std::int64_t>(below(1'000'000));
    // How far acknowledgements lag behind: a few records or hundreds.
    const std::size_t window = 1 + below(seed % 2 == 0 ? 4 : 400);
    for (int step = 0; step < 400; ++step) {
      if (open.size() < window && below(3) != 0) {
        next += 1 + static_cast<std::int64_t>(below(4) == 0 ? below(1000) : 0);
        tracker.Begin(At(next));
        naive.Begin(At(next));
        open.push_back(At(next));
      } else if (!open.empty()) {
        const auto chosen = open.begin() + static_cast<std::ptrdiff_t>(below(open.size()));
        tracker.Done(*chosen);
        naive.Done(*chosen);
        open.erase(chosen);
      }
      ASSERT_EQ(tracker.Committable(), naive.Committable());
      ASSERT_EQ(tracker.open(), naive.open());
    }
    std::shuffle(open.begin(), open.end(), random);
    for (const Offset offset : open) {
      tracker.Done(offset);
      naive.Done(offset);
      ASSERT_EQ(tracker.Committable(), naive.Committable());
    }
    EXPECT_EQ(tracker.Committable(), At(next + 1));
    EXPECT_EQ(tracker.open(), 0U);
  }
}

}  // namespace
}  // namespace wirewatch
