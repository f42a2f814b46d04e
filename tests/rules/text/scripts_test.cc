// What readers of each script take for one letter and for different ones: every mark of Unicode, every character that
// Unicode composes of others, and spellings by kind. More than 500 lines, of which 350 are tables.
#include <gtest/gtest.h>
#include <utf8proc.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "rules/text/code_point_table.h"
#include "rules/text/fold.h"
#include "rules/text/word_spelling.h"

namespace wirewatch {
namespace {

std::string Folded(std::string_view text) { return FoldText(text).text; }

std::string Encode(const std::vector<char32_t>& characters) {
  std::string bytes;
  for (const char32_t c : characters) {
    utf8proc_uint8_t buffer[4];
    const auto size = utf8proc_encode_char(static_cast<utf8proc_int32_t>(c), buffer);
    bytes.append(buffer, buffer + size);
  }
  return bytes;
}

enum Fate : std::uint8_t {
  kKept,
  kInvisible,   // default ignorable code points: variation selectors and their like
  kAccent,      // of Latin, Greek, Cyrillic, Coptic, Glagolitic: left out by who has not the keyboard
  kPoint,       // of a script whose letters are consonants: written for children and in scripture; Ethiopic gemination
  kRecitation,  // Cantillation_Mark of Unicode's Indic_Syllabic_Category, and their like
  kEmphasis,    // under a Tibetan syllable, as underlining is; astrological signs
  kBesideHan,   // tones and readings, as in a dictionary
  kOnSymbol,    // music, dance, numbers: what they stand on is no word
};

struct Marks {
  const char* script;  // Unicode's Script property; any: Inherited or Common
  char32_t first, last;
  Fate fate;
};

// All of Unicode 15: Mn and Mc, by script.
constexpr Marks kMarks[] = {
    {"any", 0x0300, 0x034E, kAccent},
    {"any", 0x034F, 0x034F, kInvisible},
    {"any", 0x0350, 0x036F, kAccent},
    {"Cyrillic", 0x0483, 0x0484, kAccent},
    {"any", 0x0485, 0x0486, kAccent},
    {"Cyrillic", 0x0487, 0x0487, kAccent},
    {"Hebrew", 0x0591, 0x05C7, kPoint},
    {"Arabic", 0x0610, 0x061A, kPoint},
    {"any", 0x064B, 0x0655, kPoint},
    {"Arabic", 0x0656, 0x065F, kPoint},
    {"any", 0x0670, 0x0670, kPoint},
    {"Arabic", 0x06D6, 0x06ED, kPoint},
    {"Syriac", 0x0711, 0x074A, kPoint},
    {"Thaana", 0x07A6, 0x07B0, kKept},
    {"Nko", 0x07EB, 0x07FD, kKept},
    {"Samaritan", 0x0816, 0x082D, kPoint},
    {"Mandaic", 0x0859, 0x085B, kKept},
    {"Arabic", 0x0898, 0x08FF, kPoint},
    {"Devanagari", 0x0900, 0x094F, kKept},
    {"any", 0x0951, 0x0954, kRecitation},
    {"Devanagari", 0x0955, 0x0963, kKept},
    {"Bengali", 0x0981, 0x09FE, kKept},
    {"Gurmukhi", 0x0A01, 0x0A4D, kKept},
    {"Gurmukhi", 0x0A51, 0x0A51, kRecitation},
    {"Gurmukhi", 0x0A70, 0x0A75, kKept},
    {"Gujarati", 0x0A81, 0x0AFF, kKept},
    {"Oriya", 0x0B01, 0x0B63, kKept},
    {"Tamil", 0x0B82, 0x0BD7, kKept},
    {"Telugu", 0x0C00, 0x0C63, kKept},
    {"Kannada", 0x0C81, 0x0CE3, kKept},
    {"Kannada", 0x0CF3, 0x0CF3, kKept},
    {"Malayalam", 0x0D00, 0x0D63, kKept},
    {"Sinhala", 0x0D81, 0x0DF3, kKept},
    {"Thai", 0x0E31, 0x0E4E, kKept},
    {"Lao", 0x0EB1, 0x0ECD, kKept},
    {"Lao", 0x0ECE, 0x0ECE, kKept},
    {"Tibetan", 0x0F18, 0x0F37, kEmphasis},
    {"Tibetan", 0x0F39, 0x0F39, kKept},
    {"Tibetan", 0x0F3E, 0x0F3F, kEmphasis},
    {"Tibetan", 0x0F71, 0x0FBC, kKept},
    {"Tibetan", 0x0FC6, 0x0FC6, kEmphasis},
    {"Myanmar", 0x102B, 0x109D, kKept},
    {"Ethiopic", 0x135D, 0x135F, kPoint},
    {"Tagalog", 0x1712, 0x1715, kKept},
    {"Hanunoo", 0x1732, 0x1734, kKept},
    {"Buhid", 0x1752, 0x1753, kKept},
    {"Tagbanwa", 0x1772, 0x1773, kKept},
    {"Khmer", 0x17B4, 0x17B5, kInvisible},
    {"Khmer", 0x17B6, 0x17DD, kKept},
    {"Mongolian", 0x180B, 0x180F, kInvisible},
    {"Mongolian", 0x1885, 0x18A9, kKept},
    {"Limbu", 0x1920, 0x193B, kKept},
    {"Buginese", 0x1A17, 0x1A1B, kKept},
    {"Tai Tham", 0x1A55, 0x1A7F, kKept},
    {"any", 0x1AB0, 0x1ACE, kAccent},
    {"Balinese", 0x1B00, 0x1B44, kKept},
    {"Balinese", 0x1B6B, 0x1B73, kOnSymbol},
    {"Sundanese", 0x1B80, 0x1BAD, kKept},
    {"Batak", 0x1BE6, 0x1BF3, kKept},
    {"Lepcha", 0x1C24, 0x1C37, kKept},
    {"any", 0x1CD0, 0x1CF9, kRecitation},
    {"any", 0x1DC0, 0x20F0, kAccent},
    {"Coptic", 0x2CEF, 0x2CF1, kAccent},
    {"Tifinagh", 0x2D7F, 0x2D7F, kKept},
    {"Cyrillic", 0x2DE0, 0x2DFF, kAccent},
    {"any", 0x302A, 0x302D, kBesideHan},
    {"Hangul", 0x302E, 0x302F, kBesideHan},
    {"any", 0x3099, 0x309A, kKept},
    {"Cyrillic", 0xA66F, 0xA69F, kAccent},
    {"Bamum", 0xA6F0, 0xA6F1, kKept},
    {"Syloti Nagri", 0xA802, 0xA82C, kKept},
    {"Saurashtra", 0xA880, 0xA8C5, kKept},
    {"Devanagari", 0xA8E0, 0xA8F1, kRecitation},
    {"Devanagari", 0xA8FF, 0xA8FF, kKept},
    {"Kayah Li", 0xA926, 0xA92D, kKept},
    {"Rejang", 0xA947, 0xA953, kKept},
    {"Javanese", 0xA980, 0xA9C0, kKept},
    {"Myanmar", 0xA9E5, 0xA9E5, kKept},
    {"Cham", 0xAA29, 0xAA4D, kKept},
    {"Myanmar", 0xAA7B, 0xAA7D, kKept},
    {"Tai Viet", 0xAAB0, 0xAAC1, kKept},
    {"Meetei Mayek", 0xAAEB, 0xABED, kKept},
    {"Hebrew", 0xFB1E, 0xFB1E, kPoint},
    {"any", 0xFE00, 0xFE0F, kInvisible},
    {"any", 0xFE20, 0xFE2D, kAccent},
    {"Cyrillic", 0xFE2E, 0xFE2F, kAccent},
    {"any", 0x101FD, 0x102E0, kOnSymbol},
    {"Old Permic", 0x10376, 0x1037A, kKept},
    {"Kharoshthi", 0x10A01, 0x10A3F, kKept},
    {"Manichaean", 0x10AE5, 0x10AE6, kKept},
    {"Hanifi Rohingya", 0x10D24, 0x10D27, kKept},
    {"Yezidi", 0x10EAB, 0x10EAC, kKept},
    {"Arabic", 0x10EFD, 0x10EFF, kPoint},
    {"Sogdian", 0x10F46, 0x10F50, kKept},
    {"Old Uyghur", 0x10F82, 0x10F85, kKept},
    {"Brahmi", 0x11000, 0x1107F, kKept},
    {"Kaithi", 0x11080, 0x110C2, kKept},
    {"Chakma", 0x11100, 0x11146, kKept},
    {"Mahajani", 0x11173, 0x11173, kKept},
    {"Sharada", 0x11180, 0x111CF, kKept},
    {"Khojki", 0x1122C, 0x1123E, kKept},
    {"Khojki", 0x11241, 0x11241, kKept},
    {"Khudawadi", 0x112DF, 0x112EA, kKept},
    {"Grantha", 0x11300, 0x11303, kKept},
    {"any", 0x1133B, 0x1133B, kKept},
    {"Grantha", 0x1133C, 0x11363, kKept},
    {"Grantha", 0x11366, 0x11374, kRecitation},
    {"Newa", 0x11435, 0x1145E, kKept},
    {"Tirhuta", 0x114B0, 0x114C3, kKept},
    {"Siddham", 0x115AF, 0x115DD, kKept},
    {"Modi", 0x11630, 0x11640, kKept},
    {"Takri", 0x116AB, 0x116B7, kKept},
    {"Ahom", 0x1171D, 0x1172B, kKept},
    {"Dogra", 0x1182C, 0x1183A, kKept},
    {"Dives Akuru", 0x11930, 0x11943, kKept},
    {"Nandinagari", 0x119D1, 0x119E4, kKept},
    {"Zanabazar Square", 0x11A01, 0x11A47, kKept},
    {"Soyombo", 0x11A51, 0x11A99, kKept},
    {"Bhaiksuki", 0x11C2F, 0x11C3F, kKept},
    {"Marchen", 0x11C92, 0x11CB6, kKept},
    {"Masaram Gondi", 0x11D31, 0x11D47, kKept},
    {"Gunjala Gondi", 0x11D8A, 0x11D97, kKept},
    {"Makasar", 0x11EF3, 0x11EF6, kKept},
    {"Kawi", 0x11F00, 0x11F42, kKept},
    {"Egyptian Hieroglyphs", 0x13440, 0x13455, kKept},
    {"Bassa Vah", 0x16AF0, 0x16AF4, kKept},
    {"Pahawh Hmong", 0x16B30, 0x16B36, kKept},
    {"Miao", 0x16F4F, 0x16F92, kKept},
    {"Khitan Small Script", 0x16FE4, 0x16FE4, kKept},
    {"Han", 0x16FF0, 0x16FF1, kBesideHan},
    {"Duployan", 0x1BC9D, 0x1BC9E, kKept},
    {"any", 0x1CF00, 0x1D1AD, kOnSymbol},
    {"Greek", 0x1D242, 0x1D244, kOnSymbol},
    {"SignWriting", 0x1DA00, 0x1DAAF, kOnSymbol},
    {"Glagolitic", 0x1E000, 0x1E02A, kAccent},
    {"Cyrillic", 0x1E08F, 0x1E08F, kAccent},
    {"Nyiakeng Puachue Hmong", 0x1E130, 0x1E136, kKept},
    {"Toto", 0x1E2AE, 0x1E2AE, kKept},
    {"Wancho", 0x1E2EC, 0x1E2EF, kKept},
    {"Nag Mundari", 0x1E4EC, 0x1E4EF, kKept},
    {"Mende Kikakui", 0x1E8D0, 0x1E8D6, kKept},
    {"Adlam", 0x1E944, 0x1E94A, kKept},
    {"any", 0xE0100, 0xE01EF, kInvisible},
};

const Marks* FindMarks(char32_t c) {
  for (const Marks& marks : kMarks) {
    if (marks.first <= c && c <= marks.last) return &marks;
  }
  return nullptr;
}

TEST(ScriptsTest, DropNoMarkThatCarriesTheWord) {
  std::size_t kept = 0, dropped = 0;
  for (char32_t c = 0; c < 0x110000; ++c) {
    const auto category = utf8proc_category(static_cast<utf8proc_int32_t>(c));
    if (category != UTF8PROC_CATEGORY_MN && category != UTF8PROC_CATEGORY_MC) continue;
    const Marks* marks = FindMarks(c);
    ASSERT_NE(marks, nullptr) << "a mark of no known script: " << std::hex << static_cast<std::uint32_t>(c);
    const std::string with = Encode({0x0921, c, 0x0921}), without = Encode({0x0921, 0x0921});
    if (marks->fate == kKept) {
      EXPECT_NE(Folded(with), Folded(without)) << marks->script << " " << std::hex << static_cast<std::uint32_t>(c);
      ++kept;
    } else {
      EXPECT_EQ(Folded(with), Folded(without)) << marks->script << " " << std::hex << static_cast<std::uint32_t>(c);
      ++dropped;
    }
  }
  EXPECT_GT(kept, 1000u);
  EXPECT_GT(dropped, 500u);
}

// Two kept marks on one letter fold to two words, unless they are one mark to Unicode.
TEST(ScriptsTest, TellKeptMarksApart) {
  std::vector<std::string> folded;
  for (char32_t c = 0; c < 0x20000; ++c) {
    const Marks* marks = FindMarks(c);
    const auto category = utf8proc_category(static_cast<utf8proc_int32_t>(c));
    const bool is_mark = category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_MC;
    if (!is_mark || marks == nullptr || marks->fate != kKept) continue;
    folded.push_back(Folded(Encode({0x0921, c})));
  }
  std::sort(folded.begin(), folded.end());
  EXPECT_EQ(std::adjacent_find(folded.begin(), folded.end()), folded.end());
}

// Unicode Standard Annex 15: canonically equivalent texts are one text.
TEST(ScriptsTest, TakeComposedAndDecomposedCharactersForOne) {
  std::size_t composed = 0;
  for (char32_t c = 0x80; c < 0x110000; ++c) {
    if (0xD800 <= c && c < 0xE000) continue;
    utf8proc_int32_t parts[64];
    int boundary_class = 0;
    const auto count = utf8proc_decompose_char(static_cast<utf8proc_int32_t>(c), parts, std::size(parts),
                                               UTF8PROC_DECOMPOSE, &boundary_class);
    ASSERT_GT(count, 0);
    if (count == 1 && parts[0] == static_cast<utf8proc_int32_t>(c)) continue;
    ++composed;
    const std::vector<char32_t> apart(parts, parts + count);
    EXPECT_EQ(Folded(Encode({c})), Folded(Encode(apart))) << std::hex << static_cast<std::uint32_t>(c);
    EXPECT_EQ(Folded("\u0915" + Encode({c}) + "\u0915"), Folded("\u0915" + Encode(apart) + "\u0915"))
        << std::hex << static_cast<std::uint32_t>(c);
  }
  EXPECT_GT(composed, 12'000u);
}

TEST(ScriptsTest, TakeMarksInAnyOrderThatMeansTheSame) {
  std::vector<char32_t> marks;
  for (char32_t c = 0x300; c < 0x20000; ++c) {
    const auto* property = utf8proc_get_property(static_cast<utf8proc_int32_t>(c));
    if (property->combining_class != 0 && marks.size() < 1000) marks.push_back(c);
  }
  for (const char32_t a : marks) {
    const char32_t b = marks[(a * 31) % marks.size()];
    const auto class_of = [](char32_t c) {
      return utf8proc_get_property(static_cast<utf8proc_int32_t>(c))->combining_class;
    };
    if (class_of(a) == class_of(b)) continue;
    EXPECT_EQ(Folded(Encode({0x0E01, a, b})), Folded(Encode({0x0E01, b, a})))
        << std::hex << static_cast<std::uint32_t>(a) << " " << static_cast<std::uint32_t>(b);
  }
}

TEST(ScriptsTest, RespellsWhatIsRespelledToItself) {
  for (const std::string_view text : {"น้ํา", "ນໍ້າ", "അവന്\u200d", "ড়\u09bcা", "क़\u093c", "কত্\u200d", "བོདིུ"}) {
    EXPECT_EQ(Respelled(Respelled(text)), Respelled(text)) << text;
  }
}

struct Pair {
  std::string_view kind, one, other;
};

// As different as they are for the machine, a reader sees one word.
class OneWordTest : public ::testing::TestWithParam<Pair> {};

TEST_P(OneWordTest, FoldsAlike) {
  EXPECT_EQ(Folded(GetParam().one), Folded(GetParam().other));
  EXPECT_FALSE(Folded(GetParam().one).empty());
  for (const std::string_view spelling : {GetParam().one, GetParam().other}) {
    const FoldedDocument folded = FoldText(spelling);
    EXPECT_EQ(Folded(folded.text), folded.text);
    for (const Token& token : folded.tokens) {
      EXPECT_EQ(Folded(token.original.Of(spelling)), token.folded.Of(folded.text));
    }
  }
}

class DifferentWordsTest : public ::testing::TestWithParam<Pair> {};

TEST_P(DifferentWordsTest, FoldApart) { EXPECT_NE(Folded(GetParam().one), Folded(GetParam().other)); }

std::string NameOf(const ::testing::TestParamInfo<Pair>& info) {
  return std::string(info.param.kind) + "_" + std::to_string(info.index);
}

constexpr Pair kOneWord[] = {
    // Persian, Urdu and Arabic, typed with each other's keyboards
    {"arabic", "كتاب", "کتاب"},
    {"arabic", "علي", "علی"},
    {"arabic", "على", "علي"},
    {"arabic", "إيران", "ایران"},
    {"arabic", "پاکستان", "پاكستان"},
    {"arabic", "ہندوستان", "هندوستان"},
    {"arabic", "خانۀ", "خانه"},
    {"arabic", "خانه\u0654", "خانۀ"},
    {"arabic", "ٱلكتاب", "الكتاب"},
    {"arabic", "القرآن", "القران"},
    {"arabic", "أحمد", "احمد"},
    {"arabic", "مسؤول", "مسوول"},
    {"arabic", "می\u200cخواهم", "ميخواهم"},
    {"arabic", "ﻛﺘﺎﺏ", "كتاب"},
    {"arabic", "ﷲ", "الله"},
    {"arabic", "ۃ", "ة"},
    {"arabic", "مدرسۃ", "مدرسة"},
    {"arabic", "ﮐﺘﺎﺏ", "کتاب"},
    // Malayalam chillu and nta, Bengali khanda ta, the Marathi eyelash
    {"malayalam", "അവൻ", "അവന്\u200d"},
    {"malayalam", "അവൾ", "അവള്\u200d"},
    {"malayalam", "കേരളത്തിൽ", "കേരളത്തില്\u200d"},
    {"malayalam", "സർക്കാർ", "സര്\u200dക്കാര്\u200d"},
    {"malayalam", "കണ്ണൂർ", "കണ്ണൂര്\u200d"},
    {"malayalam", "പൺ", "പണ്\u200d"},
    {"malayalam", "അതിന്റെ", "അതിൻറെ"},
    {"malayalam", "അതിന്റെ", "അതിന്\u200dറെ"},
    {"malayalam", "കൊ", "ക\u0d46\u0d3e"},
    {"bengali", "হঠাৎ", "হঠাত্\u200d"},
    {"bengali", "উৎসব", "উত্\u200dসব"},
    {"bengali", "\u09df", "\u09af\u09bc"},
    {"bengali", "পড়া", "প\u09a1\u09bcা"},
    {"bengali", "বো", "ব\u09c7\u09be"},
    {"devanagari", "\u0930\u094d\u200dय", "\u0931\u094dय"},
    {"devanagari", "ज़मीन", "जमीन"},
    {"devanagari", "\u095b\u092e\u0940\u0928", "\u091c\u093c\u092e\u0940\u0928"},
    {"devanagari", "फ़्रांस", "फ्रांस"},
    {"devanagari", "\u095cका", "\u0921\u093cका"},
    {"devanagari", "\u0929", "\u0928\u093c"},
    {"devanagari", "भारत\u200d", "भारत"},
    {"telugu", "కై", "క\u0c46\u0c56"},
    {"kannada", "ಕೋ", "ಕ\u0cc6\u0cc2\u0cd5"},
    {"tamil", "கொ", "க\u0bc6\u0bbe"},
    {"sinhala", "කෝ", "ක\u0dd9\u0dcf\u0dca"},
    {"odia", "ଡ଼", "ଡ\u0b3c"},
    {"tibetan", "བཱི", "བི\u0f71"},
    {"tibetan", "ཀྵ", "ཀ\u0fb5"},
    {"myanmar", "ဦး", "ဥ\u102eး"},
    // Thai and Lao am, tones before and behind vowels, ae as two e
    {"thai", "น้ำ", "น\u0e49\u0e4d\u0e32"},
    {"thai", "น้ำ", "น\u0e4d\u0e49\u0e32"},
    {"thai", "น้ำ", "น\u0e33\u0e49"},
    {"thai", "นำ", "น\u0e4d\u0e32"},
    {"thai", "ทำงาน", "ท\u0e4d\u0e32งาน"},
    {"thai", "ก่ำ", "ก\u0e4d\u0e48\u0e32"},
    {"thai", "ที่", "ท\u0e48\u0e35"},
    {"thai", "รู้", "ร\u0e49\u0e39"},
    {"thai", "แม่", "เเม่"},
    {"lao", "ນຳ", "ນໍາ"},
    {"lao", "ນ້ຳ", "ນ\u0ec9\u0ecd\u0eb2"},
    {"lao", "ນ້ຳ", "ນ\u0ecd\u0ec9\u0eb2"},
    {"lao", "ໜ", "ຫນ"},
    {"lao", "ໝາ", "ຫມາ"},
    {"lao", "ແມ່", "ເເມ່"},
    // Hebrew and Yiddish
    {"hebrew", "ײדיש", "יידיש"},
    {"hebrew", "װאָס", "וואס"},
    {"hebrew", "ױ", "וי"},
    {"hebrew", "ײַ", "\ufb1f"},
    {"hebrew", "שָׁלוֹם", "שלום"},
    {"hebrew", "\ufb4f", "אל"},
    {"hebrew", "\ufb2aלום", "שלום"},
    {"hebrew", "\ufb21", "א"},
    // Radicals and compatibility forms of Han
    {"han", "⺟", "母"},
    {"han", "⼈", "人"},
    {"han", "⽇⽊", "日木"},
    {"han", "⻋", "车"},
    {"han", "⻢", "马"},
    {"han", "⿓", "龍"},
    {"han", "⻄", "西"},
    {"han", "\uf900", "豈"},
    {"han", "\U0002f800", "丽"},
    {"han", "㊀", "一"},
    {"han", "㊙", "秘"},
    {"han", "🈲", "禁"},
    {"kana", "ｱﾒﾘｶ", "アメリカ"},
    {"kana", "ｶﾞｽ", "ガス"},
    {"kana", "カ\u3099ス", "ガス"},
    {"kana", "㋐", "ア"},
    {"kana", "パリ", "ハ\u309aリ"},
    {"hangul", "한국", "\u1112\u1161\u11ab\u1100\u116e\u11a8"},
    {"hangul", "㉮", "가"},
    {"hangul", "ﾡ", "ㄱ"},
    // Latin and the like
    {"latin", "paral·lel", "paraŀlel"},
    {"latin", "PARAL·LEL", "PARAĿLEL"},
    {"latin", "col·legi", "collegi"},
    {"latin", "ijs", "ĳs"},
    {"latin", "ŉ man", "'n man"},
    {"latin", "ǆep", "džep"},
    {"latin", "ǈubav", "ljubav"},
    {"latin", "ﬁnance", "finance"},
    {"latin", "București", "Bucureşti"},
    {"latin", "Ⅷ", "viii"},
    {"latin", "Ⓗⓤⓐⓦⓔⓘ", "huawei"},
    {"latin", "𝐇𝐮𝐚𝐰𝐞𝐢", "huawei"},
    {"latin", "𝟝𝔾", "5g"},
    {"latin", "ＺＴＥ", "zte"},
    {"latin", "🄷🅄", "hu"},
    {"latin", "10㎏", "10kg"},
    {"latin", "①", "1"},
    {"latin", "Azǝrbaycan", "Azərbaycan"},
    {"latin", "ſtraße", "strasse"},
    {"greek", "Ὀδυσσεύς", "ΟΔΥΣΣΕΥΣ"},
    {"greek", "µm", "μm"},
    {"armenian", "և", "եւ"},
    {"cyrillic", "ёлка", "елка"},
    {"cyrillic", "\u0438\u0306од", "йод"},
    {"cyrillic", "КИ\u0406\u0308В", "Київ"},
    {"cyrillic", "у\u0306сё", "ўсе"},
    {"cyrillic", "ЙОД", "йод"},
    {"cyrillic", "комп'ютер", "компʼютер"},
    {"cyrillic", "комп’ютер", "комп'ютер"},
    {"cyrillic", "замо\u0301к", "замок"},
    {"hawaiian", "Hawaiʻi", "Hawai'i"},
    {"hawaiian", "Oʻahu", "O’ahu"},
    {"uzbek", "O‘zbekiston", "Oʻzbekiston"},
    {"digits", "٥ ۵ ५ ５", "5 5 5 5"},
};

constexpr Pair kDifferentWords[] = {
    // Vowels that are marks
    {"buginese", "ᨅᨔ", "ᨅᨗᨔᨘ"},
    {"telugu", "కె", "కై"},
    {"telugu", "పెన", "పైన"},
    {"telugu", "కొ", "కో"},
    {"tibetan", "བད", "བོད"},
    {"tibetan", "བུ", "བི"},
    {"tibetan", "ཀ", "ཀྵ"},
    {"devanagari", "की", "का"},
    {"devanagari", "कल", "कला"},
    {"devanagari", "लड़का", "लडका"},
    {"devanagari", "हस", "हँस"},
    {"bengali", "কল", "কাল"},
    {"bengali", "হয়", "হয"},
    {"bengali", "পড়া", "পডা"},
    {"gurmukhi", "ਸ਼ਾਮ", "ਸਾਮ"},
    {"gurmukhi", "ਕਲ", "ਕੁਲ"},
    {"gujarati", "કામ", "કમ"},
    {"odia", "ଡ଼", "ଡ"},
    {"tamil", "கல்", "கல"},
    {"tamil", "கால்", "கல்"},
    {"kannada", "ಕೆ", "ಕೇ"},
    {"malayalam", "അവൻ", "അവന്"},
    {"malayalam", "കല", "കാല"},
    {"sinhala", "කල", "කාල"},
    {"thai", "มา", "ม้า"},
    {"thai", "เสือ", "เสื้อ"},
    {"thai", "ไหม", "ไหม้"},
    {"thai", "กิน", "กัน"},
    {"lao", "ມາ", "ມ້າ"},
    {"lao", "ຂໍ", "ຂ"},
    {"khmer", "កា", "កិ"},
    {"khmer", "ក", "ក៉"},
    {"myanmar", "ကို", "ကု"},
    {"myanmar", "က", "က့"},
    {"thaana", "ދަ", "ދި"},
    {"javanese", "ꦏ", "ꦏꦶ"},
    {"balinese", "ᬓ", "ᬓᬶ"},
    {"nko", "ߞߊ", "ߞߊ߫"},
    {"limbu", "ᤁ", "ᤁᤡ"},
    {"chakma", "𑄇", "𑄇𑄨"},
    {"adlam", "𞤀", "𞤀𞥄"},
    {"kana", "ガス", "カス"},
    {"kana", "パリ", "バリ"},
    {"mongolian", "ᠠ", "ᠠᢩ"},
    // Letters that look alike or are neighbours, and are different to their readers
    {"urdu", "کہا", "کھا"},
    {"urdu", "لڑکی", "لڑکے"},
    {"arabic", "كتابة", "كتابه"},
    {"arabic", "بيت", "نيت"},
    {"pashto", "ې", "ی"},
    {"sindhi", "ڪ", "ک"},
    {"cyrillic", "гніт", "гнит"},
    {"cyrillic", "мой", "мои"},
    {"cyrillic", "їх", "іх"},
    {"cyrillic", "ўсё", "усё"},
    {"cyrillic", "ќе", "ке"},
    {"cyrillic", "ґрати", "грати"},
    {"cyrillic", "пʼять", "пять"},
    {"han", "华", "華"},
    {"han", "未", "末"},
    {"kana", "か", "カ"},
    {"hebrew", "ש", "ס"},
    {"latin", "Huawei™", "Huaweitm"},
};

TEST(ScriptsTest, RespellWordsOfAnyLength) {
  // Each is one word of 900,000 characters; in quadratic time they would be minutes.
  constexpr int kTimes = 450'000;
  for (const std::string_view letters : {"ํา", "ໍາ", "ൻറ", "ന്‍", "क़"}) {
    const std::string once = FoldText(letters).text;
    std::string word, respelled;
    for (int i = 0; i < kTimes; ++i) word += letters, respelled += once;
    EXPECT_EQ(FoldText(word).text, respelled) << letters;
  }
}

INSTANTIATE_TEST_SUITE_P(Scripts, OneWordTest, ::testing::ValuesIn(kOneWord), NameOf);
INSTANTIATE_TEST_SUITE_P(Scripts, DifferentWordsTest, ::testing::ValuesIn(kDifferentWords), NameOf);

}  // namespace
}  // namespace wirewatch
