// CodePointTable: what the fold makes of each Unicode character.
//
// Built once from utf8proc's tables and a short written list (code_point_table.cc), so that folding an article costs
// one look-up a character. About 150 KiB; a few milliseconds to build.
#ifndef WIREWATCH_RULES_CODE_POINT_TABLE_H_
#define WIREWATCH_RULES_CODE_POINT_TABLE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace wirewatch {

enum class CharacterClass : std::uint8_t {
  kSeparator,  // parts words and is not kept: punctuation, symbols, blanks, emoji
  kNewline,    // parts paragraphs
  kFormat,     // vanishes, even inside a word: soft hyphen, zero-width characters, bidi marks
  kAccent,     // vanishes too, but belongs to the letter before it: combining marks
  kLetter,     // of a word
  kDigit,      // of a word, but never of an abbreviation such as "U.S."
  kVowelSign,  // a mark that is no accent and is kept: it joins whatever word stands before it
  kAlone,      // a word by itself: a character of a script written without blanks
};

struct FoldedCharacter {
  CharacterClass character_class = CharacterClass::kSeparator;
  bool alone = false;     // kVowelSign, kAlone: of a script written without blanks
  bool composes = false;  // may melt into the character before it: Hangul parts, voiced kana marks, Indic vowels
  bool as_is = false;     // `bytes` is empty because the character folds to itself
  std::string_view bytes;
};

class CodePointTable {
 public:
  static constexpr std::size_t kLongestFolded = 63;  // bytes of one folded character

  // Built by the first call. Thread-safe.
  static const CodePointTable& Get();

  FoldedCharacter At(char32_t code_point) const {
    if (code_point >= kCodePoints) return {};
    const std::uint32_t entry = blocks_[first_[code_point >> 8]][code_point & 0xFF];
    return {static_cast<CharacterClass>(entry & 7), (entry & kAloneBit) != 0, (entry & kComposesBit) != 0,
            (entry & kAsIsBit) != 0, std::string_view(pool_).substr(entry >> 12, (entry >> 6) & kLongestFolded)};
  }

 private:
  static constexpr char32_t kCodePoints = 0x110000;
  // An entry, from the lowest bit: 3 class, 1 alone, 1 composes, 1 as is, 6 length, 20 place in the pool.
  static constexpr std::uint32_t kAloneBit = 1 << 3, kComposesBit = 1 << 4, kAsIsBit = 1 << 5;
  using Block = std::array<std::uint32_t, 256>;

  CodePointTable();

  std::array<std::uint16_t, kCodePoints / 256> first_{};  // block of each 256 code points; like blocks are kept once
  std::vector<Block> blocks_;
  std::string pool_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_CODE_POINT_TABLE_H_
