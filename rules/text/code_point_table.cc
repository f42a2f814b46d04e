#include "rules/text/code_point_table.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/text/utf8.h"
#include "rules/text/word_spelling.h"

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
constexpr Range kHangul[] = {{0x1100, 0x11FF}, {0xA960, 0xA97F}, {0xAC00, 0xD7FF}};
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
    {0x093C, 0x093C},   {0x09BE, 0x09BE},   {0x09D7, 0x09D7},   {0x0B3E, 0x0B3E},   {0x0B56, 0x0B57},
    {0x0BBE, 0x0BBE},   {0x0BD7, 0x0BD7},   {0x0C56, 0x0C56},   {0x0CC2, 0x0CC2},   {0x0CD5, 0x0CD6},
    {0x0D3E, 0x0D3E},   {0x0D57, 0x0D57},   {0x0DCA, 0x0DCA},   {0x0DCF, 0x0DCF},   {0x0DDF, 0x0DDF},
    {0x102E, 0x102E},   {0x1161, 0x1175},   {0x11A8, 0x11C2},   {0x1B35, 0x1B35},   {0x3099, 0x309A},
    {0x110BA, 0x110BA}, {0x11127, 0x11127}, {0x1133E, 0x1133E}, {0x11357, 0x11357}, {0x114B0, 0x114B0},
    {0x114BA, 0x114BA}, {0x114BD, 0x114BD}, {0x115AF, 0x115AF}, {0x11930, 0x11930},
};
constexpr Range kRadicalBlocks[] = {{0x2E80, 0x2EFF}, {0x2F00, 0x2FDF}};
constexpr char32_t kMiddleDot = 0xB7;
constexpr Range kNewlines[] = {{'\n', '\n'}, {'\r', '\r'}, {0x2028, 0x2029}};

// The ideograph that a radical of the CJK Radicals Supplement is (EquivalentUnifiedIdeograph.txt of Unicode 14), from
// U+2E80 on; 0: none. Those of Kangxi Unicode takes apart itself.
constexpr char32_t kFirstRadical = 0x2E80;
constexpr char32_t kRadicals[] = {
    0,      0x5382,  0x4E5B, 0x4E5A,  0x4E59,  0x4EBB, 0x5182,  0x20628, 0x5200, 0x5202,  0x535C, 0x353E, 0x5C0F,
    0x5C0F, 0x5140,  0x5C23, 0x5C22,  0x21BC2, 0x5DF3, 0x5E7A,  0x5F51,  0x5F50, 0x5FC4,  0x5FC3, 0x624C, 0x6535,
    0,      0x65E1,  0x65E5, 0x6708,  0x6B7A,  0x6BCD, 0x6C11,  0x6C35,  0x6C3A, 0x706C,  0x722B, 0x722B, 0x4E2C,
    0x725B, 0x72AD,  0x738B, 0x24D14, 0x76EE,  0x793A, 0x793B,  0x25AD7, 0x7CF9, 0x7E9F,  0x7F53, 0x7F52, 0x34C1,
    0x5197, 0x2626B, 0x7F8A, 0x2634C, 0x2634B, 0x8002, 0x8080,  0x807F,  0x8089, 0x26951, 0x8279, 0x8279, 0x8279,
    0x864E, 0x8864,  0x8980, 0x897F,  0x89C1,  0x89D2, 0x278B2, 0x8BA0,  0x8D1D, 0x27FB7, 0x8F66, 0x8FB6, 0x8FB6,
    0x8FB6, 0x9091,  0x9485, 0x9577,  0x9578,  0x957F, 0x95E8,  0x28E0F, 0x961D, 0x96E8,  0x9752, 0x97E6, 0x9875,
    0x98CE, 0x98DE,  0x98DF, 0x2967F, 0x98E0,  0x9963, 0x29810, 0x9A6C,  0x9AA8, 0x9B3C,  0x9C7C, 0x9E1F, 0x5364,
    0x9EA6, 0x9EC4,  0x9EFE, 0x6589,  0x9F50,  0x6B6F, 0x9F7F,  0x7ADC,  0x9F99, 0x9F9C,  0x4E80, 0x9F9F,
};

// The marks that fold away, because writers of the script leave them out, or because they are no part of the word. All
// other marks stay: vowels, lengths, voicings and tones that a word is never written without. Known by block, since
// Unicode has no property for it: the combining class says where a mark is drawn (a Telugu vowel has 84, a Tibetan one
// 130, a Buginese one 230, as an accent has), and Indic_Syllabic_Category knows Brahmic scripts alone; of these the
// marks are Cantillation_Mark. tests/rules/text/fold_test.cc has every mark of Unicode by script.
constexpr Range kDroppedMarks[] = {
    // Accents of Latin, Greek, Cyrillic, Coptic and Glagolitic, and letters written above others in abbreviations.
    {0x0300, 0x036F},
    {0x0483, 0x0487},
    {0x1AB0, 0x1AFF},
    {0x1DC0, 0x1DFF},
    {0x20D0, 0x20F0},
    {0x2CEF, 0x2CF1},
    {0x2DE0, 0x2DFF},
    {0xA66F, 0xA66F},
    {0xA674, 0xA67D},
    {0xA69E, 0xA69F},
    {0xFE20, 0xFE2F},
    {0x1E000, 0x1E02A},
    {0x1E08F, 0x1E08F},
    // Points of scripts whose letters are consonants: Hebrew, Arabic (hamza above and below a letter too), Syriac,
    // Samaritan; and the marks of recitation of these. Ethiopic gemination.
    {0x0591, 0x05C7},
    {0xFB1E, 0xFB1E},
    {0x0610, 0x061A},
    {0x064B, 0x065F},
    {0x0670, 0x0670},
    {0x06D6, 0x06ED},
    {0x0898, 0x089F},
    {0x08CA, 0x08FF},
    {0x10EFD, 0x10EFF},
    {0x0711, 0x0711},
    {0x0730, 0x074A},
    {0x0816, 0x082D},
    {0x135D, 0x135F},
    // How Sanskrit is recited, above words of any Brahmic script; the Gurmukhi udaat.
    {0x0951, 0x0954},
    {0x0A51, 0x0A51},
    {0x1CD0, 0x1CF9},
    {0xA8E0, 0xA8F1},
    {0x11366, 0x1136C},
    {0x11370, 0x11374},
    // Emphasis and astrological signs under Tibetan syllables; tones and readings beside Chinese and old Korean.
    {0x0F18, 0x0F19},
    {0x0F35, 0x0F35},
    {0x0F37, 0x0F37},
    {0x0F3E, 0x0F3F},
    {0x0FC6, 0x0FC6},
    {0x302A, 0x302F},
    {0x16FF0, 0x16FF1},
    // Marks on symbols and numbers: music, dance, Phaistos, Coptic epacts, SignWriting.
    {0x1B6B, 0x1B73},
    {0x101FD, 0x101FD},
    {0x102E0, 0x102E0},
    {0x1CF00, 0x1CF46},
    {0x1D165, 0x1D1AD},
    {0x1D242, 0x1D244},
    {0x1DA00, 0x1DAAF},
};

constexpr bool WithoutBlanks(char32_t c) { return Among(kIdeographs, c) || Among(kWithoutBlanks, c); }

// Letters that Unicode does not take apart: as people type them without the right keyboard (Łukasz as Lukasz), and as
// they are written with another keyboard. Arabic, Persian and Urdu have yeh, kaf, heh and alef of their own, and
// writers use those they have: as Lucene's ArabicNormalizer and PersianNormalizer do, but letters that readers tell
// apart stay apart: teh marbuta and heh, the Urdu heh of two eyes (ھ) and that of one (ہ), the big yeh (ے).
const std::map<char32_t, std::u32string_view>& PlainLetters() {
  static const std::map<char32_t, std::u32string_view> letters = {
      {U'æ', U"ae"},
      {U'œ', U"oe"},
      {U'ø', U"o"},
      {U'ł', U"l"},
      {U'đ', U"d"},
      {U'ð', U"d"},
      {U'þ', U"th"},
      {U'ħ', U"h"},
      {U'ŧ', U"t"},
      {U'ı', U"i"},
      {U'ȷ', U"j"},
      {U'ŋ', U"n"},
      {U'ĸ', U"k"},
      {U'ƒ', U"f"},
      {U'ƀ', U"b"},
      {U'ȼ', U"c"},
      {U'ɇ', U"e"},
      {U'ǥ', U"g"},
      {U'ɨ', U"i"},
      {U'ɉ', U"j"},
      {U'ɍ', U"r"},
      {U'ɏ', U"y"},
      {U'ƶ', U"z"},
      {U'ʉ', U"u"},
      {U'ⱥ', U"a"},
      {U'ⱡ', U"l"},
      {U'ᵽ', U"p"},
      {U'ǝ', U"ə"},
      {0x0671, U"\u0627"},        // alef wasla
      {0x0649, U"\u064A"},        // alef maksura, the Egyptian and Persian yeh
      {0x06CC, U"\u064A"},        // Farsi yeh
      {0x06A9, U"\u0643"},        // keheh
      {0x06C1, U"\u0647"},        // heh goal
      {0x06D5, U"\u0647"},        // ae, with which Unicode makes heh with yeh above
      {0x06C3, U"\u0629"},        // teh marbuta goal
      {0x05F0, U"\u05D5\u05D5"},  // the Yiddish digraphs
      {0x05F1, U"\u05D5\u05D9"},
      {0x05F2, U"\u05D9\u05D9"},
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

// A mark that folds away; those that enclose a letter do in every script.
bool IsAccent(char32_t c) {
  const utf8proc_category_t category = CategoryOf(c);
  return category == UTF8PROC_CATEGORY_ME || (IsMark(category) && Among(kDroppedMarks, c));
}

CodePoints Decompose(char32_t c, int options) {
  utf8proc_int32_t buffer[64];
  int boundary_class = 0;
  const utf8proc_ssize_t length = utf8proc_decompose_char(static_cast<utf8proc_int32_t>(c), buffer, std::size(buffer),
                                                          static_cast<utf8proc_option_t>(options), &boundary_class);
  if (length < 0 || length > static_cast<utf8proc_ssize_t>(std::size(buffer))) return {c};
  return CodePoints(buffer, buffer + length);
}

std::string Encode(const CodePoints& characters) {
  std::string bytes;
  for (const char32_t c : characters) AppendUtf8(c, bytes);
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
  if (kFirstRadical <= c && c < kFirstRadical + std::size(kRadicals) && kRadicals[c - kFirstRadical] != 0) {
    return {kRadicals[c - kFirstRadical]};
  }
  // Composed Cyrillic letters that are no letter with an accent (KeptAccent).
  for (const auto& [upper, lower] : {std::pair{U'Й', U'й'}, {U'Ї', U'ї'}, {U'Ў', U'ў'}, {U'Ѓ', U'ѓ'}, {U'Ќ', U'ќ'}}) {
    if (c == upper || c == lower) return {lower};
  }
  CodePoints folded;
  const CodePoints parts = Decompose(c, UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT);
  for (const char32_t part : parts) {
    // The Catalan l with its dot is half of ŀl, the Afrikaans ŉ is 'n: as letters beside such signs are read.
    if (parts.size() > 1 && (part == kMiddleDot || Among(kApostrophes, part))) continue;
    if (!IsAccent(part) && !Vanishes(part)) AppendFolded(part, folded);
  }
  return folded;
}

// Whether a symbol is letters or an ideograph in a circle or a square, or a radical: Ⓐ ㎏ ㊙ ⼀. Those above the line
// (™) are no part of the word.
bool IsDrawnLetter(char32_t c) {
  if (CategoryOf(c) != UTF8PROC_CATEGORY_SO) return false;
  const auto type = utf8proc_get_property(static_cast<utf8proc_int32_t>(c))->decomp_type;
  return type == UTF8PROC_DECOMP_TYPE_CIRCLE || type == UTF8PROC_DECOMP_TYPE_SQUARE || Among(kRadicalBlocks, c);
}

struct Character {
  CharacterClass character_class = CharacterClass::kSeparator;
  bool alone = false;
  bool composes = false;
  bool respells = false;
  bool joins = false;
  bool hangul = false;
  bool as_is = false;
  std::uint8_t order = 0;
  std::string bytes = {};
};

Character Classify(char32_t c) {
  using enum CharacterClass;
  if (Among(kNewlines, c)) return {.character_class = kNewline};
  if (Among(kIdeographs, c) && IsLetter(CategoryOf(c)) && !(0x2F800 <= c && c <= 0x2FA1F)) {
    return {.character_class = kAlone, .alone = true, .as_is = true};
  }
  if (Among(kHangulSyllables, c)) return {.character_class = kLetter, .hangul = true, .as_is = true};
  if (Vanishes(c)) return {.character_class = kFormat};
  if (IsAccent(c)) return {.character_class = kAccent};
  const bool drawn = IsDrawnLetter(c);
  if (!IsWordCharacter(c) && !drawn) return {};

  const CodePoints folded = FoldCharacter(c);
  if (folded.empty()) return {.character_class = drawn ? kSeparator : kAccent};
  // A fraction, a bracketed number, a ligature of several words: as one word it would read wrongly.
  if (!std::all_of(folded.begin(), folded.end(), IsWordCharacter)) return {};

  Character character;
  const char32_t first = folded.front();
  character.alone = WithoutBlanks(first);
  if (drawn && character.alone && folded.size() > 1) return {};
  character.hangul = Among(kHangul, first);
  character.composes = Among(kComposing, first);
  // Behind a row of marks the next one may have to stand before the last. Letters with a nukta are common, and marks
  // that stand before a nukta are rare (strokes through Kharoshthi and Duployan), so there the mark asks.
  constexpr std::uint8_t kNukta = 7;
  const bool before_nukta = OrderOf(first) != 0 && OrderOf(first) < kNukta;
  character.respells = character.composes || AsksForRespelling(first) || before_nukta ||
                       (folded.size() > 1 && IsMark(CategoryOf(folded.back())) && OrderOf(folded.back()) > kNukta);
  character.joins = MayJoin(first);
  character.bytes = Respelled(Encode(folded));
  const utf8proc_category_t category = CategoryOf(first);
  constexpr char32_t kThaiAm = 0x0E33, kLaoAm = 0x0EB3;
  if (c == kThaiAm || c == kLaoAm) {  // Unicode has them for letters
    character.character_class = kVowelSign;
    character.joins = character.respells = false;
    character.order = OrderOf(c);
    character.bytes = Encode({c});
  } else if (character.alone && folded.size() > 1) {
    character.character_class = kAlone;
    character.bytes = Encode({c});  // the digraphs of kana and Lao: one character, one word
  } else if (IsMark(category)) {
    character.character_class = kVowelSign;
    character.order = OrderOf(first);
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
    entry.respells = character.respells;
    entry.joins = character.joins;
    entry.hangul = character.hangul;
    entry.order = character.order;
    entry.as_is = character.as_is;
    entry.plain_letter = character.character_class == CharacterClass::kLetter && !character.respells &&
                         !character.hangul && bytes.size() <= std::min(kShort, EncodedSize(c));
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
