#include "connectors/kafka/consume/shown_lag.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace wirewatch {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr Partition kOne{1};

WallTime Wall(int s) { return WallTime(seconds(s)); }
SteadyTime Steady(int s) { return SteadyTime(seconds(s)); }

// A partition that is ours and shown.
struct Shown {
  explicit Shown(bool from_latest = false) : lag({seconds(15), from_latest}) {
    leases.Assign(kOne, std::nullopt);
    lag.Show({kOne});
  }
  std::optional<PartitionLag> At(int s, const std::map<Partition, PartitionOffsets>& known) {
    const auto changed = lag.Update(known, leases, Wall(1000 + s), Steady(s));
    return changed.empty() ? std::nullopt : std::optional(changed.at(kOne));
  }
  PartitionLeases leases;
  ShownLag lag;
};

TEST(ShownLagTest, RecordsAreThoseBehindWhatIsCommitted) {
  Shown shown;
  EXPECT_EQ(shown.At(0, {{kOne, {10, 30, 25}}})->records, 5);
  EXPECT_EQ(shown.At(0, {{kOne, {10, 30, 31}}})->records, 0);
  EXPECT_EQ(shown.At(0, {{kOne, {10, 30, std::nullopt}}})->records, 20);
  EXPECT_EQ(Shown(true).At(0, {{kOne, {10, 30, std::nullopt}}})->records, 0);
  EXPECT_FALSE(shown.At(0, {{Partition{2}, {10, 30, 25}}})) << "it is not ours";
}

TEST(ShownLagTest, SecondsAreThoseOfTheOldestOpenRecord) {
  Shown shown;
  const auto entry = shown.leases.Enter(kOne, Offset{25}, Offset{25}, Wall(990));
  EXPECT_EQ(shown.At(0, {{kOne, {10, 30, 25}}})->seconds, 10);
  shown.leases.Acknowledge({"t", kOne, Offset{25}, entry->lease});
  EXPECT_EQ(shown.At(0, {{kOne, {10, 26, 26}}})->seconds, 0);
}

TEST(ShownLagTest, SecondsOfWhatIsNotReadBeginWhenItIsMet) {
  Shown shown;
  EXPECT_EQ(shown.At(1, {{kOne, {10, 30, 25}}})->seconds, 0);
  EXPECT_EQ(shown.At(5, {{kOne, {10, 30, 25}}})->seconds, 4);
  shown.leases.Assign(kOne, std::nullopt);
  EXPECT_EQ(shown.At(9, {{kOne, {10, 30, 25}}})->seconds, 0) << "under a new lease it begins anew";
  shown.leases.MeetEnd(kOne, Offset{30}, Steady(9));
  EXPECT_EQ(shown.At(12, {{kOne, {10, 30, 25}}})->seconds, 0) << "what is left nobody gets to see";
}

TEST(ShownLagTest, WithoutAnAnswerTheSecondsGoOn) {
  Shown shown;
  shown.At(0, {{kOne, {10, 30, 25}}});
  EXPECT_FALSE(shown.At(14, {}));
  EXPECT_EQ(shown.At(15, {})->records, 5);
  EXPECT_EQ(shown.At(20, {})->seconds, 20);
  EXPECT_THAT(shown.lag.Show({Partition{2}}), ElementsAre(kOne));
  EXPECT_FALSE(shown.At(30, {})) << "it went";
}

TEST(ShownLagTest, APartitionThatWentStaysShownUntilOthersCome) {
  Shown shown;
  shown.leases.Revoke(kOne);
  EXPECT_EQ(shown.At(0, {{kOne, {10, 30, 25}}})->records, 5);
  EXPECT_THAT(shown.lag.Show({kOne}), IsEmpty());
}

}  // namespace
}  // namespace wirewatch
