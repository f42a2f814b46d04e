#include "base/text/numbers.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace wirewatch {
namespace {

TEST(NumbersTest, TheWholeTextIsANumberOrNothing) {
  EXPECT_EQ(ParseNumber<int>("42"), 42);
  EXPECT_EQ(ParseNumber<int>("-42"), -42);
  EXPECT_EQ(ParseNumber<int>("007"), 7);
  for (const char* text : {"", " 42", "42 ", "+42", "4.2", "4e2", "0x2A", "four"}) {
    EXPECT_EQ(ParseNumber<int>(text), std::nullopt) << text;
  }
}

TEST(NumbersTest, ANumberThatDoesNotFitIsNone) {
  EXPECT_EQ(ParseNumber<std::uint8_t>("255"), 255);
  EXPECT_EQ(ParseNumber<std::uint8_t>("256"), std::nullopt);
  EXPECT_EQ(ParseNumber<std::uint32_t>("-1"), std::nullopt);
}

}  // namespace
}  // namespace wirewatch
