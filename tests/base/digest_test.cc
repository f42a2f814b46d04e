#include "base/digest.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace wirewatch {
namespace {

// Expected values are from another implementation: sha256sum of each part behind its length as 8 little-endian bytes.
TEST(DigestTest, IsTheFirstHalfOfSha256OverLengthPrefixedParts) {
  EXPECT_EQ(DigestHex({}), "e3b0c44298fc1c149afbf4c8996fb924");
  EXPECT_EQ(DigestHex({"abc"}), "ce91dc5eec0139adf091900d225971d6");
  EXPECT_EQ(DigestHex({"5g-vendor-bans", "urn:newsml:example.org:20261123:1"}), "42fa241dca80f7ff0ef01af041782fba");
}

TEST(DigestTest, TellsApartWhereOnePartEndsAndTheNextBegins) {
  const std::set<std::string> digests = {DigestHex({"abc"}),         DigestHex({"ab", "c"}), DigestHex({"a", "bc"}),
                                         DigestHex({"", "abc"}),     DigestHex({"abc", ""}), DigestHex({"a", "b", "c"}),
                                         DigestHex({"", "", "abc"}), DigestHex({})};
  EXPECT_EQ(digests.size(), 8u);
}

TEST(DigestTest, TakesAnyBytesAndLongParts) {
  EXPECT_NE(DigestHex({std::string_view("a\0b", 3)}), DigestHex({std::string_view("a\0c", 3)}));
  EXPECT_EQ(DigestHex({std::string(1 << 20, 'x')}), "ea8741b60f1272a6d61e82226091e3a1");
}

}  // namespace
}  // namespace wirewatch
