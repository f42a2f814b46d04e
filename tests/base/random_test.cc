#include "base/random.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <set>
#include <string>

namespace wirewatch {
namespace {

TEST(RandomTest, GivesSoManyBytesAsAreAskedFor) {
  for (const std::size_t count : {0, 1, 32, 1000}) EXPECT_EQ(RandomBytes(count).size(), count);
}

// Two of 16 bytes that are the same would come once in 10^38.
TEST(RandomTest, NeverGivesTheSameTwice) {
  std::set<std::string> given;
  for (int i = 0; i < 1000; ++i) given.insert(RandomBytes(16));
  EXPECT_EQ(given.size(), 1000U);
}

}  // namespace
}  // namespace wirewatch
