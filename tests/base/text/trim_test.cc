#include "base/text/trim.h"

#include <gtest/gtest.h>

namespace wirewatch {
namespace {

TEST(TrimTest, TakesWhiteSpaceFromBothEnds) {
  EXPECT_EQ(Trimmed(" \t\r\n a b \n"), "a b");
  EXPECT_EQ(Trimmed("a"), "a");
  EXPECT_EQ(Trimmed(" \n "), "");
  EXPECT_EQ(Trimmed(""), "");
  EXPECT_EQ(TrimmedEnd(" a "), " a");
}

TEST(TrimTest, AFormFeedIsSpaceButNoBlank) {
  EXPECT_EQ(Trimmed("\f a\v"), "\f a\v");
  EXPECT_EQ(Trimmed("\f a\v", IsSpace), "a");
}

TEST(TrimTest, ABlankOfMoreThanOneByteStays) {
  EXPECT_EQ(Trimmed("\xC2\xA0 a", IsSpace), "\xC2\xA0 a");  // NO-BREAK SPACE
}

}  // namespace
}  // namespace wirewatch
