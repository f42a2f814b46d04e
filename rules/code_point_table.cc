#include "rules/code_point_table.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace wirewatch {
namespace {

using CodePoints = std::vector<char32_t>;

struct Range {
  char32_t first, last;
};

template <std::size_t n>
constexpr bool Among(const Range (&ranges)[n], char32_t c) {
  for (const Range& range : ranges) {
    if (range.first <= c && c <= range.last) return true;
  }
  return false;
}

// Where Unicode 14 has letters and marks; the planes between hold nothing or private signs.
constexpr Range kAssigned[] = {{0x0000, 0xD7FF}, {0xF900, 0xFFFF}, {0x10000, 0x323FF}, {0xE0000, 0xE0FFF}};
constexpr Range kIdeographs[] = {
    {0x3400, 0x4DBF}, {0x4E00, 0x9FFF}, {0x20000, 0x2A6DF}, {0x2A700, 0x2FA1F}, {0x30000, 0x323AF}};
constexpr Range kHangulSyllables[] = {{0xAC00, 0xD7A3}};
// Letters of scripts written without blanks: a reader finds words there by knowing them, we find characters in a row.
constexpr Range kWithoutBlanks[] = {
    {0x0E00, 0x0E7F},    // Thai
    {0x0E80, 0x0EFF},    // Lao
    {0x1000, 0x109F},    // Myanmar
    {0x1780, 0x17FF},    // Khmer
    {0x2E80, 0x2FDF},    // Han radicals
    {0x3005, 0x3007},    // Han iteration mark, closing mark, zero
    {0x3021, 0x3029},    // Hangzhou numerals
    {0x3038, 0x303C},    //
    {0x3041, 0x30FF},    // Hiragana, Katakana
    {0x3100, 0x312F},    // Bopomofo
    {0x31A0, 0x31BF},    // Bopomofo
    {0x31F0, 0x31FF},    // Katakana
    {0xA9E0, 0xA9FF},    // Myanmar
    {0xAA60, 0xAA7F},    // Myanmar
    {0xF900, 0xFAFF},    // Han, compatibility
    {0x1AFF0, 0x1B16F},  // Kana
};
// Apostrophes that Unicode counts as letters; as separators they part words as ' and ’ do ("комп’ютер", "Hawaiʻi").
constexpr Range kApostrophes[] = {{0x02B9, 0x02BF}, {0x02C8, 0x02C8}, {0x07F4, 0x07F5}, {0xA78B, 0xA78C}};
// The characters that may melt into the one before them: the last parts of all composed characters (Unicode 15), less
// the accents.
constexpr Range kComposing[] = {
    {0x09BE, 0x09BE},   {0x09D7, 0x09D7},   {0x0B3E, 0x0B3E},   {0x0B56, 0x0B57},   {0x0BBE, 0x0BBE},
    {0x0BD7, 0x0BD7},   {0x0CC2, 0x0CC2},   {0x0CD5, 0x0CD6},   {0x0D3E, 0x0D3E},   {0x0D57, 0x0D57},
    {0x0DCA, 0x0DCA},   {0x0DCF, 0x0DCF},   {0x0DDF, 0x0DDF},   {0x0FB5, 0x0FB5},   {0x0FB7, 0x0FB7},
    {0x102E, 0x102E},   {0x1161, 0x1175},   {0x11A8, 0x11C2},   {0x1B35, 0x1B35},   {0x3099, 0x309A},
    {0x11127, 0x11127}, {0x1133E, 0x1133E}, {0x11357, 0x11357}, {0x114B0, 0x114B0}, {0x114BA, 0x114BA},
    {0x114BD, 0x114BD}, {0x115AF, 0x115AF}, {0x11930, 0x11930},
};
constexpr Range kNewlines[] = {{'\n', '\n'}, {'\r', '\r'}, {0x2028, 0x2029}};

constexpr bool WithoutBlanks(char32_t c) { return Among(kIdeographs, c) || Among(kWithoutBlanks, c); }

// Letters that Unicode does not take apart, as people type them without the right keyboard: Łukasz as Lukasz.
const std::map<char32_t, std::u32string_view>& PlainLetters() {
  static const std::map<char32_t, std::u32string_view> letters = {
      {U'æ', U"ae"}, {U'œ', U"oe"}, {U'ø', U"o"}, {U'ł', U"l"}, {U'đ', U"d"}, {U'ð', U"d"}, {U'þ', U"th"},
      {U'ħ', U"h"},  {U'ŧ', U"t"},  {U'ı', U"i"}, {U'ȷ', U"j"}, {U'ŋ', U"n"}, {U'ĸ', U"k"}, {U'ƒ', U"f"},
      {U'ƀ', U"b"},  {U'ȼ', U"c"},  {U'ɇ', U"e"}, {U'ǥ', U"g"}, {U'ɨ', U"i"}, {U'ɉ', U"j"}, {U'ɍ', U"r"},
      {U'ɏ', U"y"},  {U'ƶ', U"z"},  {U'ʉ', U"u"}, {U'ⱥ', U"a"}, {U'ⱡ', U"l"}, {U'ᵽ', U"p"},
  };
  return letters;
}

utf8proc_category_t CategoryOf(char32_t c) { return utf8proc_category(static_cast<utf8proc_int32_t>(c)); }

bool IsLetter(utf8proc_category_t category) {
  return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO;
}
bool IsMark(utf8proc_category_t category) {
  return category >= UTF8PROC_CATEGORY_MN && category <= UTF8PROC_CATEGORY_ME;
}
bool IsNumber(utf8proc_category_t category) {
  return category >= UTF8PROC_CATEGORY_ND && category <= UTF8PROC_CATEGORY_NO;
}
bool IsWordCharacter(char32_t c) {
  const utf8proc_category_t category = CategoryOf(c);
  return (IsLetter(category) || IsMark(category) || IsNumber(category)) && !Among(kApostrophes, c);
}

bool Vanishes(char32_t c) {
  constexpr char32_t kTatweel = 0x0640;  // stretches an Arabic word on the line
  return CategoryOf(c) == UTF8PROC_CATEGORY_CF || c == kTatweel ||
         utf8proc_get_property(static_cast<utf8proc_int32_t>(c))->ignorable != 0;
}

// Combining class (Unicode 4.3) 0 are vowel signs that carry meaning, 8 the voicing of kana, 9 the killer of a vowel;
// all others are accents, points and tones, which writers leave out. Scripts without blanks keep theirs.
bool IsAccent(char32_t c) {
  const utf8proc_property_t* property = utf8proc_get_property(static_cast<utf8proc_int32_t>(c));
  if (!IsMark(CategoryOf(c))) return false;
  if (property->category == UTF8PROC_CATEGORY_ME) return true;
  constexpr int kVoicing = 8, kVirama = 9;
  const int combining_class = property->combining_class;
  return combining_class != 0 && combining_class != kVoicing && combining_class != kVirama && !WithoutBlanks(c);
}

CodePoints Decompose(char32_t c, int options) {
  utf8proc_int32_t buffer[64];
  int boundary_class = 0;
  const utf8proc_ssize_t length = utf8proc_decompose_char(static_cast<utf8proc_int32_t>(c), buffer, std::size(buffer),
                                                          static_cast<utf8proc_option_t>(options), &boundary_class);
  if (length < 0 || length > static_cast<utf8proc_ssize_t>(std::size(buffer))) return {c};
  return CodePoints(buffer, buffer + length);
}

CodePoints Compose(const CodePoints& characters) {
  std::vector<utf8proc_int32_t> buffer(characters.begin(), characters.end());
  const utf8proc_ssize_t length =
      utf8proc_normalize_utf32(buffer.data(), static_cast<utf8proc_ssize_t>(buffer.size()), UTF8PROC_COMPOSE);
  return CodePoints(buffer.begin(), buffer.begin() + std::max<utf8proc_ssize_t>(length, 0));
}

std::string Encode(const CodePoints& characters) {
  std::string bytes;
  for (const char32_t c : characters) {
    utf8proc_uint8_t buffer[4];
    const utf8proc_ssize_t length = utf8proc_encode_char(static_cast<utf8proc_int32_t>(c), buffer);
    bytes.append(buffer, buffer + length);
  }
  return bytes;
}

std::size_t EncodedSize(char32_t c) { return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4; }

// Value of a decimal digit of any script. Unicode keeps ten of a script in a row, so the place in the run of digits
// tells.
char32_t AsciiDigit(char32_t c) {
  char32_t zero = c;
  while (zero > 0 && CategoryOf(zero - 1) == UTF8PROC_CATEGORY_ND) --zero;
  return U'0' + (c - zero) % 10;
}

void AppendFolded(char32_t c, CodePoints& folded) {
  constexpr int kFull = UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD;
  for (const char32_t lower : Decompose(c, kFull)) {
    if (IsAccent(lower) || Vanishes(lower)) continue;
    if (CategoryOf(lower) == UTF8PROC_CATEGORY_ND) {
      folded.push_back(AsciiDigit(lower));
    } else if (const auto plain = PlainLetters().find(lower); plain != PlainLetters().end()) {
      folded.insert(folded.end(), plain->second.begin(), plain->second.end());
    } else {
      folded.push_back(lower);
    }
  }
}

// Accents go before case: the Greek iota subscript is an accent, but its lower case is a letter.
CodePoints FoldCharacter(char32_t c) {
  CodePoints folded;
  for (const char32_t part : Decompose(c, UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT)) {
    if (!IsAccent(part) && !Vanishes(part)) AppendFolded(part, folded);
  }
  return Compose(folded);
}

struct Character {
  CharacterClass character_class = CharacterClass::kSeparator;
  bool alone = false;
  bool composes = false;
  bool as_is = false;
  std::string bytes = {};
};

Character Classify(char32_t c) {
  using enum CharacterClass;
  if (Among(kNewlines, c)) return {.character_class = kNewline};
  if (Among(kIdeographs, c) && IsLetter(CategoryOf(c)) && !(0x2F800 <= c && c <= 0x2FA1F)) {
    return {.character_class = kAlone, .alone = true, .as_is = true};
  }
  if (Among(kHangulSyllables, c)) return {.character_class = kLetter, .as_is = true};
  if (Vanishes(c)) return {.character_class = kFormat};
  if (IsAccent(c)) return {.character_class = kAccent};
  if (!IsWordCharacter(c)) return {};

  const CodePoints folded = FoldCharacter(c);
  if (folded.empty()) return {.character_class = kAccent};
  // A fraction, a bracketed number, a ligature of several words: as one word it would read wrongly.
  if (!std::all_of(folded.begin(), folded.end(), IsWordCharacter)) return {};

  Character character;
  character.alone = WithoutBlanks(folded.front());
  character.composes = Among(kComposing, folded.front());
  character.bytes = Encode(folded);
  const utf8proc_category_t category = CategoryOf(folded.front());
  if (character.alone && folded.size() > 1) {
    character.character_class = kAlone;
    character.bytes = Encode({c});  // Thai "am", the kana digraphs: one character, one word
  } else if (IsMark(category)) {
    character.character_class = kVowelSign;
  } else if (character.alone) {
    character.character_class = kAlone;
  } else {
    character.character_class = IsNumber(category) ? kDigit : kLetter;
  }
  return character;
}

}  // namespace

const CodePointTable& CodePointTable::Get() {
  static const CodePointTable table;
  return table;
}

const CodePointTable::Page& CodePointTable::MakePage(char32_t number) const {
  const std::lock_guard lock(mutex_);
  if (const Page* page = pages_[number].load(std::memory_order_relaxed)) return *page;  // another thread was first
  const char32_t first = number * kPageSize;
  Page page;
  for (char32_t c = first; Among(kAssigned, first) && c < first + kPageSize; ++c) {
    const Character character = Classify(c);
    const std::string& bytes = character.bytes;
    const std::size_t place = page.long_bytes.size();
    if (bytes.size() > kLongestFolded || place > 0xFFFF) std::abort();  // the bits of an entry
    Entry& entry = page.entries[c % kPageSize];
    entry.character_class = character.character_class;
    entry.alone = character.alone;
    entry.composes = character.composes;
    entry.as_is = character.as_is;
    entry.plain_letter = character.character_class == CharacterClass::kLetter && !character.composes &&
                         !character.as_is && bytes.size() <= std::min(kShort, EncodedSize(c));
    entry.size = static_cast<std::uint8_t>(bytes.size());
    if (bytes.size() <= kShort) {
      std::copy(bytes.begin(), bytes.end(), entry.bytes);
    } else {
      entry.bytes[0] = static_cast<char>(place & 0xFF);
      entry.bytes[1] = static_cast<char>(place >> 8);
      page.long_bytes += bytes;
    }
  }
  const auto like = std::find(made_.begin(), made_.end(), page);
  const Page& made = like != made_.end() ? *like : made_.emplace_back(std::move(page));
  pages_[number].store(&made, std::memory_order_release);
  return made;
}

}  // namespace wirewatch
