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

TEST(NumbersTest, BothEndsOfARangeBelongToIt) {
  EXPECT_EQ(ParseNumberIn<int>("-3", -3, 9), -3);
  EXPECT_EQ(ParseNumberIn<int>("9", -3, 9), 9);
  EXPECT_EQ(ParseNumberIn<int>("-4", -3, 9), std::nullopt);
  EXPECT_EQ(ParseNumberIn<int>("10", -3, 9), std::nullopt);
  EXPECT_EQ(ParseNumberIn<int>("5 ", -3, 9), std::nullopt);
  EXPECT_EQ(ParseNumberIn<std::uint8_t>("300", 0, 255), std::nullopt);
}

}  // namespace
}  // namespace wirewatch
