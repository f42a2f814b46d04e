// CodePointTable: what the fold makes of each Unicode character.
//
// A page has 256 code points. It is made when the first of them is looked up, from utf8proc's tables and a short
// written list (code_point_table.cc): about 0.1 ms and 2 KiB a page. A process that reads English makes two or three
// pages; one that reads every script needs 300 KiB. From then on a character costs one look-up.
#ifndef WIREWATCH_RULES_TEXT_CODE_POINT_TABLE_H_
#define WIREWATCH_RULES_TEXT_CODE_POINT_TABLE_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>

namespace wirewatch {

enum class CharacterClass : std::uint8_t {
  kSeparator,  // parts words and is not kept: punctuation, symbols, blanks, emoji
  kNewline,    // parts paragraphs
  kFormat,     // vanishes, even inside a word: soft hyphen, zero-width characters, bidi marks
  kAccent,     // vanishes too, but belongs to the letter before it: marks that writers leave out
  kLetter,     // of a word
  kDigit,      // of a word, but never of an abbreviation such as "U.S."
  kVowelSign,  // a mark that is kept: it joins whatever word stands before it, or begins one
  kAlone,      // a word by itself: a character of a script written without blanks
};

struct FoldedCharacter {
  CharacterClass character_class = CharacterClass::kSeparator;
  bool alone = false;      // kVowelSign, kAlone: of a script written without blanks
  bool composes = false;   // may melt into the character before it: Hangul parts, voiced kana marks, Indic vowels
  bool respells = false;   // its word may need Respelled (word_spelling.h); true of all that compose
  bool joins = false;      // kAlone: may be the rest of the word before it (JoinsWord)
  bool hangul = false;     // kLetter: of a word of Hangul
  bool as_is = false;      // `bytes` is empty because the character folds to itself
  std::uint8_t order = 0;  // kVowelSign: OrderOf (word_spelling.h)
  std::string_view bytes;
};

class CodePointTable {
 public:
  static constexpr std::size_t kLongestFolded = 63;  // bytes of one folded character

  // Thread-safe, as the whole class is.
  static const CodePointTable& Get();

  // `bytes` of the result live as long as the table.
  FoldedCharacter At(char32_t code_point) const {
    if (code_point >= kCodePoints) return {};
    const Page& page = PageOf(code_point);
    const Entry& entry = page.entries[code_point % kPageSize];
    const char* bytes = entry.size <= kShort ? entry.bytes : page.long_bytes.data() + entry.place();
    return {.character_class = entry.character_class,
            .alone = entry.alone,
            .composes = entry.composes,
            .respells = entry.respells,
            .joins = entry.joins,
            .hangul = entry.hangul,
            .as_is = entry.as_is,
            .order = entry.order,
            .bytes = {bytes, entry.size}};
  }

  // The character's bytes, at most kShort and never more than its own, if it is a letter like nearly all: one that
  // melts into no other. Else null. kShort bytes are readable.
  static constexpr std::size_t kShort = 4;
  struct Letter {
    const char* bytes;
    std::size_t size;
  };
  Letter PlainLetterAt(char32_t code_point) const {
    const Entry& entry = PageOf(code_point).entries[code_point % kPageSize];
    return {entry.plain_letter ? entry.bytes : nullptr, entry.size};
  }

  // Whether the character is a word by itself and folds to itself, as those of Han.
  bool IsIdeograph(char32_t code_point) const {
    const Entry& entry = PageOf(code_point).entries[code_point % kPageSize];
    return entry.character_class == CharacterClass::kAlone && entry.as_is;
  }

 private:
  static constexpr char32_t kCodePoints = 0x110000, kPageSize = 256;
  struct Entry {
    CharacterClass character_class = CharacterClass::kSeparator;
    bool alone : 1 = false;
    bool composes : 1 = false;
    bool respells : 1 = false;
    bool joins : 1 = false;
    bool hangul : 1 = false;
    bool as_is : 1 = false;
    bool plain_letter : 1 = false;
    std::uint8_t order = 0;
    std::uint8_t size = 0;    // bytes it folds to
    char bytes[kShort] = {};  // what it folds to, if that is short; else its offset in Page::long_bytes, low byte first

    std::size_t place() const {
      return static_cast<unsigned char>(bytes[0]) | static_cast<unsigned char>(bytes[1]) << 8;
    }
    bool operator==(const Entry&) const = default;
  };
  struct Page {
    std::array<Entry, kPageSize> entries;
    std::string long_bytes;

    bool operator==(const Page&) const = default;
  };

  CodePointTable() = default;
  // REQUIRES: a code point, as every decoder gives.
  const Page& PageOf(char32_t code_point) const {
    const Page* page = pages_[code_point / kPageSize].load(std::memory_order_acquire);
    return page != nullptr ? *page : MakePage(code_point / kPageSize);
  }
  const Page& MakePage(char32_t number) const;

  // A page is complete when its address stands here, and then never changes.
  mutable std::array<std::atomic<const Page*>, kCodePoints / kPageSize> pages_{};
  mutable std::mutex mutex_;       // guards made_
  mutable std::deque<Page> made_;  // like pages are kept once: most of Han, Hangul, the empty planes
};

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_TEXT_CODE_POINT_TABLE_H_
