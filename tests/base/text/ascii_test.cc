#include "base/text/ascii.h"

#include <gtest/gtest.h>

namespace wirewatch {
namespace {

TEST(AsciiTest, ComparesInAnyCase) {
  EXPECT_TRUE(EqualsInAnyCase("Content-Type", "content-tYPE"));
  EXPECT_TRUE(EqualsInAnyCase("", ""));
  EXPECT_FALSE(EqualsInAnyCase("cookie", "cookies"));
  EXPECT_FALSE(EqualsInAnyCase("cookies", "cookie"));
  EXPECT_FALSE(EqualsInAnyCase("@", "`")) << "32 apart, and no letters";
  EXPECT_FALSE(EqualsInAnyCase("É", "é")) << "letters of ASCII alone";
}

TEST(AsciiTest, FindsBeginningsAndPartsInAnyCase) {
  EXPECT_TRUE(BeginsInAnyCase("<?XML version", "<?xml"));
  EXPECT_TRUE(BeginsInAnyCase("a", ""));
  EXPECT_FALSE(BeginsInAnyCase("<?x", "<?xml"));
  EXPECT_TRUE(ContainsInAnyCase("application/XHTML+xml", "xhtml"));
  EXPECT_TRUE(ContainsInAnyCase("a", ""));
  EXPECT_FALSE(ContainsInAnyCase("text/plain", "html"));
}

}  // namespace
}  // namespace wirewatch
