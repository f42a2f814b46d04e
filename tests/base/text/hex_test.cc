#include "base/text/hex.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace wirewatch {
namespace {

TEST(HexTest, ReadsDigitsOfEitherCase) {
  EXPECT_EQ(HexDigit('0'), 0);
  EXPECT_EQ(HexDigit('9'), 9);
  EXPECT_EQ(HexDigit('a'), 10);
  EXPECT_EQ(HexDigit('F'), 15);
  for (const char c : {'g', 'G', '/', ':', '@', '`', ' ', '\0', '\xFF'}) EXPECT_EQ(HexDigit(c), -1) << int{c};
}

TEST(HexTest, ReadsBytes) {
  EXPECT_EQ(HexByteAt("%2e", 1), '.');
  EXPECT_EQ(HexByteAt("fF", 0), '\xFF');
  EXPECT_EQ(HexByteAt("%2", 1), std::nullopt);
  EXPECT_EQ(HexByteAt("%", 1), std::nullopt);
  EXPECT_EQ(HexByteAt("2g", 0), std::nullopt);
  EXPECT_EQ(HexByteAt("g2", 0), std::nullopt);
}

TEST(HexTest, WritesWhatItReads) {
  for (int byte = 0; byte < 256; ++byte) {
    std::string written;
    AppendHex(static_cast<unsigned char>(byte), written);
    ASSERT_EQ(written.size(), 2u);
    EXPECT_EQ(HexByteAt(written, 0), static_cast<char>(byte));
  }
}

}  // namespace
}  // namespace wirewatch
