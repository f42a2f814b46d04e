#include "rules/lanes/pair_table.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <vector>

namespace wirewatch {
namespace {

using Pair = PairTable::Pair;

// Each pair's posting is its place.
PairTable TableOf(const std::vector<Pair>& pairs) {
  std::vector<PairTable::Entry> entries;
  for (const Pair& pair : pairs) entries.push_back({pair, static_cast<std::uint32_t>(entries.size())});
  return PairTable(entries);
}

TEST(PairTableTest, AnEmptyOneHoldsNothing) {
  const PairTable table;
  EXPECT_FALSE(table.MayHold({0, 0}));
  EXPECT_TRUE(table.Find({1, 2}).empty());
}

TEST(PairTableTest, FindsAllThatIsFiledUnderAPairAndTheFilterPassesIt) {
  std::mt19937 random(1);
  const auto number = [&] { return static_cast<std::uint32_t>(random() % 300); };
  for (const std::size_t count : {1, 2, 100, 20'000}) {
    std::vector<Pair> pairs(count);
    for (Pair& pair : pairs) pair = {number(), number()};  // many twice or more
    const PairTable table = TableOf(pairs);
    for (std::uint32_t left = 0; left < 300; ++left) {
      for (std::uint32_t right = 0; right < 300; ++right) {
        const Pair pair{left, right};
        std::vector<std::uint32_t> expected, found;
        for (std::uint32_t i = 0; i < pairs.size(); ++i) {
          if (pairs[i] == pair) expected.push_back(i);
        }
        for (const PairTable::Entry& entry : table.Find(pair)) {
          ASSERT_EQ(entry.pair, pair);
          found.push_back(entry.posting);
        }
        ASSERT_EQ(found, expected) << left << ' ' << right;
        if (!expected.empty()) {
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
  const PairTable table = TableOf(pairs);
  int passed = 0;
  for (std::uint32_t i = 0; i < 10'000; ++i) passed += table.MayHold({i, i + 2}) ? 1 : 0;
  EXPECT_LT(passed, 1'000);
}

}  // namespace
}  // namespace wirewatch
