#include "base/text/utf8.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>

namespace wirewatch {
namespace {

constexpr std::string_view kCharacters[] = {"a", "é", "€", "😀"};  // of one to four bytes

TEST(Utf8Test, ItsFirstByteTellsTheSizeOfACharacter) {
  for (std::size_t i = 0; i < std::size(kCharacters); ++i) EXPECT_EQ(CharacterSize(kCharacters[i].front()), i + 1);
  EXPECT_EQ(CharacterSize('\x80'), 1u);
  EXPECT_EQ(CharacterSize('\xBF'), 1u);
}

TEST(Utf8Test, LeavesOutACharacterThatIsCutAtTheEnd) {
  for (const std::string_view character : kCharacters) {
    const std::string whole = "x" + std::string(character);
    EXPECT_EQ(WithoutCutCharacter(whole), whole);
    for (std::size_t cut = 1; cut < character.size(); ++cut) {
      EXPECT_EQ(WithoutCutCharacter(std::string_view(whole).substr(0, 1 + cut)), "x") << character << cut;
    }
  }
  EXPECT_EQ(WithoutCutCharacter(""), "");
  EXPECT_EQ(WithoutCutCharacter("\xE2\x82"), "");
}

TEST(Utf8Test, BytesThatAreNoCharacterStay) {
  for (const std::string_view text : {"\x80", "a\x80\x80\x80\x80", "\xC3\xA9\x80"}) {
    EXPECT_EQ(WithoutCutCharacter(text), text);
  }
}

// Unicode 15, 3.9, "U+FFFD Substitution of Maximal Subparts".
TEST(Utf8Test, TellsHowMuchOfABrokenCharacterBelongsTogether) {
  EXPECT_EQ(BrokenCharacterSize("\xE2\x82", 0), 2u);
  EXPECT_EQ(BrokenCharacterSize("x\xF0\x9F\x98y", 1), 3u);
  EXPECT_EQ(BrokenCharacterSize("\xF0\x9Fy", 0), 2u);
  EXPECT_EQ(BrokenCharacterSize("\xC3", 0), 1u);
  EXPECT_EQ(BrokenCharacterSize("\x80\x80", 0), 1u);
  EXPECT_EQ(BrokenCharacterSize("\xED\xA0\x80", 0), 1u) << "a surrogate begins no character";
  EXPECT_EQ(BrokenCharacterSize("\xE0\x80\x80", 0), 1u) << "nor does an overlong form";
}

}  // namespace
}  // namespace wirewatch
