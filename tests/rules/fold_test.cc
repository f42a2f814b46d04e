#include "rules/fold.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <utf8proc.h>

#include <string>
#include <string_view>
#include <vector>

#include "rules/code_point_table.h"

namespace wirewatch {
namespace {

using ::testing::ElementsAre;

std::string Folded(std::string_view text) { return FoldText(text).text; }

Document MakeDocument(std::string_view title, std::string_view summary, std::string_view body) {
  Document document;
  document.texts = {title, summary, body};
  return document;
}

// The original bytes of every word.
std::vector<std::string> Words(std::string_view text) {
  const FoldedDocument folded = FoldText(text);
  std::vector<std::string> words;
  for (const Token& token : folded.tokens) words.emplace_back(token.original.Of(text));
  return words;
}

struct Case {
  std::string_view text;
  std::string_view folded;
};

void ExpectFolds(std::initializer_list<Case> cases) {
  for (const Case& c : cases) EXPECT_EQ(Folded(c.text), c.folded) << c.text;
}

TEST(FoldTest, MakesWordsLowerCaseAndPartsThemByOneBlank) {
  ExpectFolds({{"Huawei  and\tZTE", "huawei and zte"},
               {"  leading and trailing  ", "leading and trailing"},
               {"5G-network, 5G network; 5g  network!", "5g network 5g network 5g network"},
               {"Huawei's", "huawei s"},
               {"AT&T C++ #tag @name", "at t c tag name"},
               {"", ""},
               {" ... ", ""}});
}

TEST(FoldTest, DropsAccentsWhetherComposedOrNot) {
  ExpectFolds({{"Prohibición", "prohibicion"},
               {"Prohibicio\u0301n", "prohibicion"},
               {"Żółć", "zolc"},
               {"Ångström", "angstrom"},
               {"Việt Nam", "viet nam"},
               {"ёлка йод", "елка иод"},
               {"ἄνθρωπος ᾳ", "ανθρωποσ α"},
               {"مُحَمَّد", "محمد"},
               {"أحمد", "احمد"},
               {"שָׁלוֹם", "שלום"}});
}

TEST(FoldTest, MakesLettersPlainThatUnicodeLeavesWhole) {
  ExpectFolds({{"Łukasz ŁÓDŹ", "lukasz lodz"},
               {"Straße STRASSE STRAẞE", "strasse strasse strasse"},
               {"Ærø Œuvre", "aero oeuvre"},
               {"Đà Nẵng", "da nang"},
               {"Þór Guðmundsson", "thor gudmundsson"},
               {"Diyarbakır İSTANBUL istanbul", "diyarbakir istanbul istanbul"},
               {"Οδυσσεύς ΟΔΥΣΣΕΎΣ", "οδυσσευσ οδυσσευσ"}});
}

TEST(FoldTest, TakesCompatibilityFormsApart) {
  ExpectFolds({{"ＺＴＥ ５Ｇ", "zte 5g"},
               {"ﬁnance eﬀort", "finance effort"},
               {"CO₂ m²", "co2 m2"},
               {"Ⅷ", "viii"},
               {"٥G २०२६", "5g 2026"},
               {"3½", "3"},
               {"ｱﾒﾘｶ", "ア メ リ カ"}});
}

TEST(FoldTest, MakesEveryCharacterOfAScriptWithoutBlanksAWord) {
  ExpectFolds({{"华为公司", "华 为 公 司"},
               {"华为5G网络", "华 为 5g 网 络"},
               {"ファーウェイ", "フ ァ ー ウ ェ イ"},
               {"東京での会議", "東 京 で の 会 議"},
               {"น้ำมัน", "น้ ำ มั น"}});
  EXPECT_THAT(Words("在5G"), ElementsAre("在", "5G"));
}

TEST(FoldTest, KeepsVoicedKanaHangulAndVowelSigns) {
  ExpectFolds({{"ガス カス", "ガ ス カ ス"},
               {"カ\u3099ス", "ガ ス"},
               {"ｶﾞｽ", "ガ ス"},
               {"한국 뉴스", "한국 뉴스"},
               {"\u1112\u1161\u11ab\u1100\u116e\u11a8", "한국"},
               {"की का", "की का"}});
  EXPECT_THAT(Words("カ\u3099ス"), ElementsAre("カ\u3099", "ス"));
}

TEST(FoldTest, LetsInvisibleCharactersVanishInsideAWord) {
  ExpectFolds({{"net\u00adwork", "network"},
               {"net\u200bwork net\u200dwork \ufeffnetwork", "network network network"},
               {"\u202bHuawei\u202c", "huawei"},
               {"محـــمد", "محمد"},
               {"5\ufe0f\u20e3G", "5g"}});
  EXPECT_THAT(Words("\u202bHua\u00adwei\u202c caf\u0065\u0301!"), ElementsAre("Hua\u00adwei", "cafe\u0301"));
}

TEST(FoldTest, PartsWordsAtSymbolsAndEmoji) {
  ExpectFolds({{"ban🚫huawei", "ban huawei"}, {"👩‍💻 code", "code"}, {"€100m", "100m"}, {"10℃", "10"}});
}

TEST(FoldTest, DropsFullStopsBetweenSingleLetters) {
  ExpectFolds({{"U.S. and U.S.A.", "us and usa"},
               {"the U.S.-led, e.g. this", "the us led eg this"},
               {"т.е. да", "те да"},
               {"É.U.", "eu"},
               {"J.Smith 3.a a.3 5.G", "j smith 3 a a 3 5 g"},
               {"U.S.Army", "us army"},
               {"end.A new", "end a new"},
               {"U. S.", "u s"},
               {"U..S", "u s"},
               {"भा.ज.पा", "भाजपा"}});
  EXPECT_THAT(Words("the U.S. is"), ElementsAre("the", "U.S", "is"));
}

TEST(FoldTest, PartsParagraphsAndFieldsByNewlines) {
  const Document document = MakeDocument("A title", "\r\n", "\n \n First one.\r\n\r\nSecond\u2029third\n");
  FoldedDocument folded;
  Fold(document, folded);
  EXPECT_EQ(folded.text, "a title\nfirst one\nsecond\nthird");
  EXPECT_EQ(folded.fields[0], (TokenRange{0, 2}));
  EXPECT_EQ(folded.fields[1], (TokenRange{2, 2}));
  EXPECT_EQ(folded.fields[2], (TokenRange{2, 6}));
  EXPECT_EQ(folded.first_paragraph, (TokenRange{2, 4}));
  EXPECT_EQ(folded.first_paragraph_span.Of(document.text(Field::kBody)), " First one.");
  EXPECT_EQ(folded.FieldOf({0, 1}), Field::kTitle);
  EXPECT_EQ(folded.FieldOf({2, 4}), Field::kBody);
}

TEST(FoldTest, TakesAWholeBodyWithoutNewlinesAsTheFirstParagraph) {
  FoldedDocument folded;
  Fold(MakeDocument("", "", "only one"), folded);
  EXPECT_EQ(folded.first_paragraph, (TokenRange{0, 2}));
  EXPECT_EQ(folded.first_paragraph_span, (Span{0, 8}));
  Fold(MakeDocument("title", "", " -- "), folded);
  EXPECT_EQ(folded.first_paragraph, (TokenRange{1, 1}));
  EXPECT_TRUE(folded.first_paragraph_span.empty());
}

TEST(FoldTest, FindsTheTokenOfAByte) {
  const FoldedDocument folded = FoldText("one 华 three");
  EXPECT_EQ(folded.TokenAt(0), 0u);
  EXPECT_EQ(folded.TokenAt(2), 0u);
  EXPECT_EQ(folded.TokenAt(4), 1u);
  EXPECT_EQ(folded.TokenAt(6), 1u);
  EXPECT_EQ(folded.TokenAt(8), 2u);
}

TEST(FoldTest, ForgetsTheDocumentBefore) {
  FoldedDocument folded;
  Fold(MakeDocument("a long title here", "with a summary", "and\na body"), folded);
  Fold(MakeDocument("Short", "", ""), folded);
  EXPECT_EQ(folded.text, "short");
  EXPECT_EQ(folded.tokens.size(), 1u);
  EXPECT_EQ(folded.first_paragraph.size(), 0u);
}

TEST(FoldTest, ReadsInvalidUtf8AsSeparators) {
  ExpectFolds({{"a\xff"
                "b",
                "a b"},
               {"caf\xc3", "caf"},
               {"\xe5\x8d", ""},
               {std::string_view("a\0b", 3), "a b"}});
}

TEST(FoldPatternTest, KeepsWildcardsWhereTheyStand) {
  EXPECT_EQ(FoldPattern("Exclud*"), "exclud*");
  EXPECT_EQ(FoldPattern("\"Telecom* Réseau?\""), "telecom* reseau?");
  EXPECT_EQ(FoldPattern("organi?ation"), "organi?ation");
  EXPECT_EQ(FoldPattern("*phone"), "*phone");
  EXPECT_EQ(FoldPattern("a ** b-?c"), "a ** b ?c");
  EXPECT_EQ(FoldPattern("high-risk vendor*"), "high risk vendor*");
  EXPECT_EQ(FoldPattern("U.S. ban*"), "us ban*");
  EXPECT_EQ(FoldPattern("华为*"), "华 为*");
  EXPECT_EQ(FoldPattern("..."), "");
}

std::string Encode(char32_t c) {
  utf8proc_uint8_t bytes[4];
  const utf8proc_ssize_t size = utf8proc_encode_char(static_cast<utf8proc_int32_t>(c), bytes);
  return {reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size)};
}

// The guarantees of fold.h, on every character of Unicode, alone and between others.
void ExpectGuarantees(std::string_view text) {
  const FoldedDocument folded = FoldText(text);
  ASSERT_EQ(Folded(folded.text), folded.text) << text;
  ASSERT_TRUE(utf8proc_decompose(reinterpret_cast<const utf8proc_uint8_t*>(folded.text.data()),
                                 static_cast<utf8proc_ssize_t>(folded.text.size()), nullptr, 0,
                                 static_cast<utf8proc_option_t>(0)) >= 0)
      << "not valid UTF-8: " << text;
  std::uint32_t folded_end = 0, original_end = 0;
  for (const Token& token : folded.tokens) {
    ASSERT_FALSE(token.folded.empty()) << text;
    ASSERT_EQ(token.folded.begin, folded_end == 0 ? 0 : folded_end + 1) << text;
    ASSERT_GE(token.original.begin, original_end) << text;
    ASSERT_LE(token.original.end, text.size()) << text;
    ASSERT_EQ(Folded(token.original.Of(text)), token.folded.Of(folded.text)) << text;
    folded_end = token.folded.end;
    original_end = token.original.end;
  }
  ASSERT_EQ(folded_end, folded.text.size());
}

TEST(FoldTest, KeepsItsGuaranteesOnEveryCharacter) {
  for (char32_t c = 0; c < 0x110000; ++c) {
    if (0xD800 <= c && c < 0xE000) continue;
    const std::string character = Encode(c);
    ASSERT_NO_FATAL_FAILURE(ExpectGuarantees(character)) << std::hex << static_cast<std::uint32_t>(c);
    // Unassigned planes behave alike; the longer contexts are for what is assigned.
    if (c >= 0x20000 && c % 0x100 != 0) continue;
    for (const std::string_view around : {"a", "か", "ᄀ", ".", "क"}) {
      const std::string text = "x " + std::string(around) + character + "." + character + std::string(around) + " y";
      ASSERT_NO_FATAL_FAILURE(ExpectGuarantees(text)) << std::hex << static_cast<std::uint32_t>(c);
    }
  }
}

TEST(FoldTest, NeedsNoRoomItDoesNotHave) {
  // Characters that fold to many more bytes than they have, after a long run of ASCII and before one.
  std::string text(1000, 'a');
  for (int i = 0; i < 500; ++i) text += "\uFDF2\u3300 ß ";
  text += std::string(1000, 'b');
  ExpectGuarantees(text);
}

}  // namespace
}  // namespace wirewatch
