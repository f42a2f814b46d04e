#include "rules/pair_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

namespace wirewatch {
namespace {

using Pair = PairTable::Pair;

TEST(PairTableTest, AnEmptyOneHoldsNothing) {
  const PairTable table;
  EXPECT_FALSE(table.MayHold({0, 0}));
  const PairTable::Range range = table.Find({1, 2});
  EXPECT_EQ(range.begin, range.end);
}

TEST(PairTableTest, FindsAllThatIsFiledUnderAPairAndTheFilterPassesIt) {
  std::mt19937 random(1);
  const auto number = [&] { return static_cast<std::uint32_t>(random() % 300); };
  for (const std::size_t count : {1, 2, 100, 20'000}) {
    std::vector<Pair> pairs(count);
    for (Pair& pair : pairs) pair = {number(), number()};  // many twice or more
    std::sort(pairs.begin(), pairs.end(), PairTable::InOrder);
    const PairTable table(pairs);
    for (std::uint32_t left = 0; left < 300; ++left) {
      for (std::uint32_t right = 0; right < 300; ++right) {
        const Pair pair{left, right};
        const PairTable::Range range = table.Find(pair);
        ASSERT_EQ(range.end - range.begin, std::count(pairs.begin(), pairs.end(), pair)) << left << ' ' << right;
        for (std::uint32_t i = range.begin; i < range.end; ++i) ASSERT_EQ(pairs[i], pair);
        if (range.begin != range.end) {
          ASSERT_TRUE(table.MayHold(pair)) << left << ' ' << right;
        }
      }
      if (count > 1'000) left += 36;
    }
  }
}

TEST(PairTableTest, TheFilterStopsNearlyAllOthers) {
  std::vector<Pair> pairs;
  for (std::uint32_t i = 0; i < 10'000; ++i) pairs.push_back({i, i + 1});
  std::sort(pairs.begin(), pairs.end(), PairTable::InOrder);
  const PairTable table(pairs);
  int passed = 0;
  for (std::uint32_t i = 0; i < 10'000; ++i) passed += table.MayHold({i, i + 2}) ? 1 : 0;
  EXPECT_LT(passed, 1'000);
}

}  // namespace
}  // namespace wirewatch
