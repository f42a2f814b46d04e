#include "rules/text/plain_text.h"

#include <gtest/gtest.h>

#include <string>

namespace wirewatch {
namespace {

TextLayout Brackets(std::size_t width, std::size_t indent = 0) { return {width, indent, "[", "]", true}; }
TextLayout Colours(std::size_t width) { return {width, 0, "<", ">", false}; }

TEST(PlainLineTest, LeavesOrdinaryTextAsItIs) { EXPECT_EQ(PlainLine("Łódź, 中文 🐻"), "Łódź, 中文 🐻"); }

TEST(PlainLineTest, TakesWhatATerminalActsOnAway) {
  EXPECT_EQ(PlainLine("a\x1B[2Jb\nc\rd\te\x7Fg"), "a [2Jb c d e g");
  EXPECT_EQ(PlainLine("a\xC2\x9B"
                      "2Jb"),
            "a 2Jb")
      << "C1 in UTF-8";
  EXPECT_EQ(PlainLine("a\xE2\x80\xAE"
                      "b\xE2\x81\xA6"
                      "c"),
            "abc")
      << "marks that turn the direction";
  EXPECT_EQ(PlainLine("a\xE2\x80\xA8"
                      "b"),
            "a b")
      << "line separator";
  EXPECT_EQ(PlainLine("a\xFF"
                      "b"),
            "a\xEF\xBF\xBD"
            "b")
      << "no UTF-8";
}

TEST(WrapMarkedTest, BreaksAtBlanks) {
  EXPECT_EQ(WrapMarked("one two three", {}, Brackets(7)), "one two\nthree\n");
  EXPECT_EQ(WrapMarked("one two three", {}, Brackets(8)), "one two\nthree\n");
  EXPECT_EQ(WrapMarked("one two three", {}, Brackets(100)), "one two three\n");
}

TEST(WrapMarkedTest, IndentsEveryLine) { EXPECT_EQ(WrapMarked("one two", {}, Brackets(5, 2)), "  one\n  two\n"); }

TEST(WrapMarkedTest, BreaksAWordThatIsTooLong) {
  EXPECT_EQ(WrapMarked("abcdefgh ij", {}, Brackets(3)), "abc\ndef\ngh\nij\n");
}

TEST(WrapMarkedTest, PrintsNothingOfNothing) {
  EXPECT_EQ(WrapMarked("", {}, Brackets(10)), "");
  EXPECT_EQ(WrapMarked("  ", {}, Brackets(10)), "");
}

TEST(WrapMarkedTest, PutsBracketsAroundMarkedTextAndCountsThem) {
  EXPECT_EQ(WrapMarked("it bans it", {{3, 7}}, Brackets(100)), "it [bans] it\n");
  EXPECT_EQ(WrapMarked("it bans it", {{3, 7}}, Brackets(9)), "it [bans]\nit\n");
  EXPECT_EQ(WrapMarked("it bans it", {{3, 7}}, Brackets(8)), "it\n[bans]\nit\n");
  EXPECT_EQ(WrapMarked("bans", {{0, 4}}, Brackets(100)), "[bans]\n");
}

TEST(WrapMarkedTest, TakesColourUpAgainOnTheNextLineAndCountsItNot) {
  EXPECT_EQ(WrapMarked("a rip and replace b", {{2, 17}}, Colours(9)), "a <rip and>\n<replace> b\n");
}

TEST(WrapMarkedTest, GivesEastAsianCharactersTwoColumnsAndBreaksBetweenThem) {
  EXPECT_EQ(WrapMarked("瑞典禁止华为", {{6, 12}}, Colours(6)), "瑞典<禁>\n<止>华为\n");
}

TEST(WrapMarkedTest, KeepsMarksInPlaceBehindWhatIsTakenAway) {
  EXPECT_EQ(WrapMarked("\x1B\xE2\x80\xAE"
                       "bans it",
                       {{4, 8}}, Brackets(100)),
            "[bans] it\n");
}

}  // namespace
}  // namespace wirewatch
