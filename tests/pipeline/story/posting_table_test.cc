#include "pipeline/story/posting_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <numeric>
#include <random>
#include <set>
#include <utility>
#include <vector>

namespace wirewatch {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

using Entries = std::vector<std::uint32_t>;

// The numbers of entries 0 to `count` - 1, which rise with them.
std::vector<std::uint64_t> Rising(std::size_t count) {
  std::vector<std::uint64_t> orders(count);
  std::iota(orders.begin(), orders.end(), 1'000);
  return orders;
}

Entries Found(const PostingTable& table, std::uint32_t key) {
  const auto found = table.Find(key);
  return {found.begin(), found.end()};
}

TEST(PostingTableTest, AnEmptyTableHasNothing) {
  const PostingTable table;
  EXPECT_THAT(Found(table, 0), IsEmpty());
  EXPECT_THAT(Found(table, 0xFFFFFFFF), IsEmpty());
  table.Prefetch(7);
  EXPECT_EQ(table.bytes(), 0U);
}

TEST(PostingTableTest, AKeyHasItsEntriesInTheOrderOfTheirNumbers) {
  PostingTable table;
  const std::vector<std::uint64_t> orders = {50, 10, 40, 20, 30};
  for (std::uint32_t entry = 0; entry < orders.size(); ++entry) table.Add(7, entry, orders);
  table.Add(8, 2, orders);
  EXPECT_THAT(Found(table, 7), ElementsAre(1, 3, 4, 2, 0));
  EXPECT_THAT(Found(table, 8), ElementsAre(2));
  EXPECT_THAT(Found(table, 9), IsEmpty());
}

TEST(PostingTableTest, AnEntryThatIsRemovedIsGoneAndTheOthersKeepTheirOrder) {
  PostingTable table;
  const auto orders = Rising(4);
  for (std::uint32_t entry = 0; entry < 4; ++entry) table.Add(7, entry, orders);
  table.Remove(7, 1, orders);
  EXPECT_THAT(Found(table, 7), ElementsAre(0, 2, 3));
  table.Remove(7, 3, orders);
  table.Remove(7, 0, orders);
  EXPECT_THAT(Found(table, 7), ElementsAre(2));
  table.Add(7, 0, orders);
  EXPECT_THAT(Found(table, 7), ElementsAre(0, 2));
  table.Remove(7, 2, orders);
  table.Remove(7, 0, orders);
  EXPECT_THAT(Found(table, 7), IsEmpty());
}

TEST(PostingTableTest, TheKeysAtTheEndsOfTheirRangeAreKeysAsOthers) {
  PostingTable table;
  const auto orders = Rising(4);
  const std::vector<std::uint32_t> keys = {0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF};
  for (const std::uint32_t key : keys) table.Add(key, 3, orders);
  for (const std::uint32_t key : keys) table.Add(key, 0, orders);
  for (const std::uint32_t key : keys) EXPECT_THAT(Found(table, key), ElementsAre(0, 3)) << key;
}

// The slots of a small table, as posting_table.h spreads keys over them.
std::size_t HomeOf(std::uint32_t key, std::size_t slots) {
  const std::uint32_t mixed = (key ^ key >> 15) * 0x9E3779B1;
  return static_cast<std::size_t>(std::uint64_t{mixed} * slots >> 32);
}

// Keys that all belong to a few slots, of which the last is the last of the table: probes go on at its beginning.
TEST(PostingTableTest, KeysThatCollideAtTheEndOfTheTableGoOnAtItsBeginning) {
  constexpr std::size_t kSlots = 64;  // of the smallest table, which grows at 52 keys
  std::vector<std::uint32_t> keys;
  for (std::uint32_t key = 0; keys.size() < 40; ++key) {
    const std::size_t home = HomeOf(key, kSlots);
    if (home >= kSlots - 3 || home < 2) keys.push_back(key);
  }
  const auto orders = Rising(keys.size());
  std::mt19937 random(11);
  for (int round = 0; round < 50; ++round) {
    PostingTable table;
    for (std::uint32_t i = 0; i < keys.size(); ++i) table.Add(keys[i], i, orders);
    std::set<std::uint32_t> left;
    for (std::uint32_t i = 0; i < keys.size(); ++i) left.insert(i);
    std::vector<std::uint32_t> leaving(left.begin(), left.end());
    std::shuffle(leaving.begin(), leaving.end(), random);
    for (const std::uint32_t gone : leaving) {
      table.Remove(keys[gone], gone, orders);
      left.erase(gone);
      for (std::uint32_t i = 0; i < keys.size(); ++i) {
        ASSERT_THAT(Found(table, keys[i]), ElementsAreArray(left.contains(i) ? Entries{i} : Entries{}))
            << "key " << i << " after " << gone << " was removed";
      }
    }
  }
}

TEST(PostingTableTest, ManyKeysAreFoundThroughEachGrowth) {
  PostingTable table;
  const auto orders = Rising(20'000);
  for (std::uint32_t i = 0; i < 20'000; ++i) table.Add(i * 0x10001, i, orders);
  for (std::uint32_t i = 0; i < 20'000; ++i) ASSERT_THAT(Found(table, i * 0x10001), ElementsAre(i));
  // Eight bytes a slot, of which a growth leaves at least 64 in 100 full.
  EXPECT_LE(table.bytes(), 20'000U * 8 * 100 / 64 + 1'000);
  EXPECT_GE(table.bytes(), 20'000U * 8 * 100 / 80);
}

TEST(PostingTableTest, AListThatShrinksGivesItsMemoryBack) {
  PostingTable table;
  const auto orders = Rising(100'000);
  for (std::uint32_t entry = 0; entry < 100'000; ++entry) table.Add(7, entry, orders);
  EXPECT_GE(table.bytes(), 400'000U);
  for (std::uint32_t entry = 99'999; entry >= 100; --entry) table.Remove(7, entry, orders);
  EXPECT_LE(table.bytes(), 4'000U);
  for (std::uint32_t entry = 99; entry >= 1; --entry) table.Remove(7, entry, orders);
  EXPECT_LE(table.bytes(), 1'000U);
  EXPECT_THAT(Found(table, 7), ElementsAre(0));
}

// Against a map of ordered sets.
class PostingTableModelTest : public testing::TestWithParam<std::uint32_t> {};

TEST_P(PostingTableModelTest, AnyHistoryGivesWhatAMultimapGives) {
  std::mt19937 random(GetParam());
  const auto pick = [&](std::uint32_t end) { return static_cast<std::uint32_t>(random() % end); };
  constexpr std::uint32_t kEntries = 400;
  // Few keys have many entries each, many have few.
  const std::uint32_t kinds = std::vector<std::uint32_t>{3, 60, 5'000}[GetParam() % 3];
  std::vector<std::uint64_t> orders = Rising(kEntries);
  std::shuffle(orders.begin(), orders.end(), random);

  PostingTable table;
  std::map<std::uint32_t, std::set<std::pair<std::uint64_t, std::uint32_t>>> model;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> added;  // key, entry
  for (int step = 0; step < 12'000; ++step) {
    const bool removes = !added.empty() && pick(1'000) < (step / 2'000 % 2 == 0 ? 350U : 650U);
    std::uint32_t key = 0;
    if (removes) {
      std::swap(added[pick(static_cast<std::uint32_t>(added.size()))], added.back());
      const auto [gone_key, gone] = added.back();
      added.pop_back();
      table.Remove(key = gone_key, gone, orders);
      model[key].erase({orders[gone], gone});
    } else {
      key = pick(kinds) * 0x01000193;
      const std::uint32_t entry = pick(kEntries);
      if (!model[key].emplace(orders[entry], entry).second) continue;
      table.Add(key, entry, orders);
      added.emplace_back(key, entry);
    }
    for (const std::uint32_t asked : {key, pick(kinds) * 0x01000193}) {
      Entries wanted;
      for (const auto& [order, entry] : model[asked]) wanted.push_back(entry);
      ASSERT_EQ(Found(table, asked), wanted) << "step " << step;
    }
  }
  for (const auto& [key, entries] : model) ASSERT_EQ(table.Find(key).size(), entries.size());
}

INSTANTIATE_TEST_SUITE_P(Seeds, PostingTableModelTest, testing::Range(1U, 13U));

}  // namespace
}  // namespace wirewatch
