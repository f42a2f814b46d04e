// More than 500 lines: all of it runs with every kernel of the machine, by one fixture.
#include "rules/text/fold.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <utf8proc.h>

#include <cstring>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "rules/text/ascii_words.h"
#include "rules/text/code_point_table.h"
#include "tests/support/reference_fold.h"

namespace wirewatch {
namespace {

using ::testing::ElementsAre;

// Every test of FoldTest runs with every kernel of this machine.
const AsciiKernel* kernel = &AsciiKernels().front();

class FoldTest : public ::testing::TestWithParam<AsciiKernel> {
 protected:
  FoldTest() { kernel = &GetParam(); }
};

FoldedDocument FoldTitle(std::string_view text) {
  Document document;
  document.texts[0] = text;
  FoldedDocument folded;
  Fold(document, folded, *kernel);
  return folded;
}

std::string Folded(std::string_view text) { return FoldTitle(text).text; }

Document MakeDocument(std::string_view title, std::string_view summary, std::string_view body) {
  Document document;
  document.texts = {title, summary, body};
  return document;
}

// The original bytes of every word.
std::vector<std::string> Words(std::string_view text) {
  const FoldedDocument folded = FoldTitle(text);
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

TEST_P(FoldTest, MakesWordsLowerCaseAndPartsThemByOneBlank) {
  ExpectFolds({{"Huawei  and\tZTE", "huawei and zte"},
               {"  leading and trailing  ", "leading and trailing"},
               {"5G-network, 5G network; 5g  network!", "5g network 5g network 5g network"},
               {"AT&T C++ #tag @name", "at t c tag name"},
               {"", ""},
               {" ... ", ""}});
}

TEST_P(FoldTest, DropsAccentsWhetherComposedOrNot) {
  ExpectFolds({{"Prohibición", "prohibicion"},
               {"Prohibicio\u0301n", "prohibicion"},
               {"Żółć", "zolc"},
               {"Ångström", "angstrom"},
               {"Việt Nam", "viet nam"},
               {"ёлка йод", "елка йод"},
               {"ἄνθρωπος ᾳ", "ανθρωποσ α"},
               {"مُحَمَّد", "محمد"},
               {"أحمد", "احمد"},
               {"שָׁלוֹם", "שלום"}});
}

TEST_P(FoldTest, MakesLettersPlainThatUnicodeLeavesWhole) {
  ExpectFolds({{"Łukasz ŁÓDŹ", "lukasz lodz"},
               {"Straße STRASSE STRAẞE", "strasse strasse strasse"},
               {"Ærø Œuvre", "aero oeuvre"},
               {"Đà Nẵng", "da nang"},
               {"Þór Guðmundsson", "thor gudmundsson"},
               {"Diyarbakır İSTANBUL istanbul", "diyarbakir istanbul istanbul"},
               {"Οδυσσεύς ΟΔΥΣΣΕΎΣ", "οδυσσευσ οδυσσευσ"}});
}

TEST_P(FoldTest, TakesCompatibilityFormsApart) {
  ExpectFolds({{"ＺＴＥ ５Ｇ", "zte 5g"},
               {"ﬁnance eﬀort", "finance effort"},
               {"CO₂ m²", "co2 m2"},
               {"Ⅷ", "viii"},
               {"٥G २०२६", "5g 2026"},
               {"3½", "3"},
               {"ｱﾒﾘｶ", "ア メ リ カ"}});
}

TEST_P(FoldTest, MakesEveryCharacterOfAScriptWithoutBlanksAWord) {
  ExpectFolds({{"华为公司", "华 为 公 司"},
               {"华为5G网络", "华 为 5g 网 络"},
               {"ファーウェイ", "フ ァ ー ウ ェ イ"},
               {"東京での会議", "東 京 で の 会 議"},
               {"น้ำมัน", "น้ำ มั น"}});
  EXPECT_THAT(Words("在5G"), ElementsAre("在", "5G"));
}

TEST_P(FoldTest, KeepsVoicedKanaHangulAndVowelSigns) {
  ExpectFolds({{"ガス カス", "ガ ス カ ス"},
               {"カ\u3099ス", "ガ ス"},
               {"ｶﾞｽ", "ガ ス"},
               {"한국 뉴스", "한국 뉴스"},
               {"\u1112\u1161\u11ab\u1100\u116e\u11a8", "한국"},
               {"की का", "की का"}});
  EXPECT_THAT(Words("カ\u3099ス"), ElementsAre("カ\u3099", "ス"));
}

TEST_P(FoldTest, LetsInvisibleCharactersVanishInsideAWord) {
  ExpectFolds({{"net\u00adwork", "network"},
               {"net\u200bwork net\u200dwork \ufeffnetwork", "network network network"},
               {"\u202bHuawei\u202c", "huawei"},
               {"محـــمد", "محمد"},
               {"5\ufe0f\u20e3G", "5g"}});
  EXPECT_THAT(Words("\u202bHua\u00adwei\u202c caf\u0065\u0301!"), ElementsAre("Hua\u00adwei", "cafe\u0301"));
}

TEST_P(FoldTest, PartsWordsAtSymbolsAndEmoji) {
  ExpectFolds({{"ban🚫huawei", "ban huawei"}, {"👩‍💻 code", "code"}, {"€100m", "100m"}, {"10℃", "10"}});
}

TEST_P(FoldTest, LeavesOutWhatEnglishTiesToAWordByAnApostrophe) {
  ExpectFolds({{"Huawei's founder", "huawei founder"},
               {"Huawei\u2019s founder", "huawei founder"},
               {"Huawei\u2018s HUAWEI'S huawei\u02bcs huawei\uff07s", "huawei huawei huawei huawei"},
               {"the model's price", "the model price"},
               {"the Model S's price", "the model s price"},
               {"Reuters' report", "reuters report"},
               {"the U.S.'s reply, Apple Inc.'s and Apple Inc.\u2019s", "the us reply apple inc and apple inc"},
               {"the 1990's, Macy's, McDonald's", "the 1990 macy mcdonald"},
               {"they're we'll I'd I'm you've", "they we i i you"},
               {"caf\u00e9's \u534e\u4e3a's \ud55c\uad6d\u2019s", "cafe \u534e \u4e3a \ud55c\uad6d"},
               {"Huawei's.", "huawei"},
               {"(Huawei's)", "huawei"},
               {"\u201cHuawei's\u201d \u2018Huawei\u2019s\u2019", "huawei huawei"},
               {"Huawei's\nfounder", "huawei\nfounder"},
               {"Huawei's\u200b founder", "huawei founder"},
               {"it's's", "it s"}});
  EXPECT_THAT(Words("Huawei's founder"), ElementsAre("Huawei", "founder"));
}

TEST_P(FoldTest, KeepsNotInTheWordThatItTurnsRound) {
  ExpectFolds({{"can't mobile-pay", "cant mobile pay"},
               {"don\u2019t DON'T won't", "dont dont wont"},
               {"isn't, wasn't.", "isnt wasnt"},
               {"can't've", "cant"},
               {"caf\u00e9n't", "cafent"},
               {"Not't", "not t"}});
  EXPECT_THAT(Words("They can't pay"), ElementsAre("They", "can't", "pay"));
}

TEST_P(FoldTest, PartsWordsAtAllOtherApostrophes) {
  ExpectFolds({{"l'\u00c9tat d'Artagnan qu'il dell'arte", "l etat d artagnan qu il dell arte"},
               {"O'Brien D'Angelo", "o brien d angelo"},
               {"rock 'n' roll, rock'n'roll", "rock n roll rock n roll"},
               {"'s-Hertogenbosch, 't Hooft", "s hertogenbosch t hooft"},
               {"the 's' key", "the s key"},
               {"Sana'a, Hawai'i, Ka'ahumanu", "sana a hawai i ka ahumanu"},
               {"Huawei'snew 5's5", "huawei snew 5 s5"},
               {"Huawei's\u00e9 x's\u0301", "huawei se x s"},
               {"Huawei' s", "huawei s"},
               {"ABD'nin, 5G'yi", "abd nin 5g yi"},
               {"d's", "d"}});
}

// A clitic, or initials, at every place of a kernel's block, after words of several lengths.
TEST_P(FoldTest, FindsWhatHoldsAWordTogetherAnywhereInABlock) {
  FoldedDocument folded, plain;
  for (const std::string_view tie : {"'s",
                                     "\u2019s",
                                     "n't",
                                     "n\u2019t",
                                     "'ll",
                                     ".'s",
                                     ".\u2019s",
                                     "'s.",
                                     "\u2019s.",
                                     "n't.",
                                     "\u2019s.\u2019s",
                                     "'sa",
                                     "'s\u00e9",
                                     "'",
                                     "n't've",
                                     "n't.'s",
                                     "n't's",
                                     "n\u2019t\u2019ve",
                                     "n\u2019t\u201d",
                                     "'s\u201d",
                                     "'s\u2014",
                                     "n't\u00e9",
                                     "n't2",
                                     "n't.\u2019s",
                                     "'d n't",
                                     " U.S.",
                                     " U.S",
                                     " u.s.a-",
                                     " U.S.'s",
                                     " U.S's",
                                     " U.S\u2019s",
                                     " U.S.A\u00e9",
                                     " U.S.\u00e9",
                                     " U.S.Army",
                                     " U.5",
                                     " a.b.c.d.e.f.g.h.",
                                     "'s.t",
                                     ".U.S.",
                                     "'U.S",
                                     "\nU.S.",
                                     "\ndon't",
                                     " U.S\u201d",
                                     " U.S.\u201d",
                                     " U.Sn't",
                                     " U.n't",
                                     ". U.S."}) {
    for (std::size_t before = 0; before < 140; ++before) {
      for (const std::size_t word : {1, 5, 61, 70}) {
        std::string text(before, ' ');
        for (std::size_t i = 0; i + 3 < before; i += 3) text[i] = 'x';
        text += "x " + std::string(word, 'w') + std::string(tie) +
                " and more of it, enough for a block or two. It ends here.";
        const Document document = MakeDocument("t", text, text);
        Fold(document, folded, GetParam());
        ReferenceFold(document, plain);
        ASSERT_EQ(folded.text, plain.text) << text;
        for (std::size_t i = 0; i < plain.tokens.size(); ++i) {
          ASSERT_EQ(folded.tokens[i].folded, plain.tokens[i].folded) << text;
          ASSERT_EQ(folded.tokens[i].original, plain.tokens[i].original) << text;
        }
      }
    }
  }
}

TEST_P(FoldTest, PartsHangulFromLettersAndDigits) {
  ExpectFolds({{"5G를 금지", "5g 를 금지"},
               {"LG전자 SK하이닉스", "lg 전자 sk 하이닉스"},
               {"삼성SDS는", "삼성 sds 는"},
               {"2026년 3월", "2026 년 3 월"},
               {"제5세대", "제 5 세대"},
               {"\u1112\u1161\u11abA", "한 a"},
               {"한国", "한 国"},
               {"A.가", "a 가"},
               {"U.S한국", "us 한국"}});
  EXPECT_THAT(Words("5G를"), ElementsAre("5G", "를"));
}

TEST_P(FoldTest, DropsFullStopsBetweenSingleLetters) {
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

TEST_P(FoldTest, PartsParagraphsAndFieldsByNewlines) {
  const Document document = MakeDocument("A title", "\r\n", "\n \n First one.\r\n\r\nSecond\u2029third\n");
  FoldedDocument folded;
  Fold(document, folded, *kernel);
  EXPECT_EQ(folded.text, "a title\nfirst one\nsecond\nthird");
  EXPECT_EQ(folded.fields[0], (TokenRange{0, 2}));
  EXPECT_EQ(folded.fields[1], (TokenRange{2, 2}));
  EXPECT_EQ(folded.fields[2], (TokenRange{2, 6}));
  EXPECT_EQ(folded.first_paragraph, (TokenRange{2, 4}));
  EXPECT_EQ(folded.first_paragraph_span.Of(document.text(Field::kBody)), " First one.");
  EXPECT_EQ(folded.FieldOf({0, 1}), Field::kTitle);
  EXPECT_EQ(folded.FieldOf({2, 4}), Field::kBody);
}

TEST_P(FoldTest, TakesAWholeBodyWithoutNewlinesAsTheFirstParagraph) {
  FoldedDocument folded;
  Fold(MakeDocument("", "", "only one"), folded, *kernel);
  EXPECT_EQ(folded.first_paragraph, (TokenRange{0, 2}));
  EXPECT_EQ(folded.first_paragraph_span, (Span{0, 8}));
  Fold(MakeDocument("title", "", " -- "), folded, *kernel);
  EXPECT_EQ(folded.first_paragraph, (TokenRange{1, 1}));
  EXPECT_TRUE(folded.first_paragraph_span.empty());
}

TEST_P(FoldTest, ForgetsTheDocumentBefore) {
  FoldedDocument folded;
  Fold(MakeDocument("a long title here", "with a summary", "and\na body"), folded, *kernel);
  Fold(MakeDocument("Short", "", ""), folded, *kernel);
  EXPECT_EQ(folded.text, "short");
  EXPECT_EQ(folded.tokens.size(), 1u);
  EXPECT_EQ(folded.first_paragraph.size(), 0u);
}

TEST_P(FoldTest, ReadsInvalidUtf8AsSeparators) {
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
  EXPECT_EQ(FoldPattern("Macy's sale*"), "macy sale*");
  EXPECT_EQ(FoldPattern("we're*"), "we re*");
  EXPECT_EQ(FoldPattern("vendor*'s price"), "vendor* price");
  EXPECT_EQ(FoldPattern("can't"), "cant");
  EXPECT_EQ(FoldPattern("~Ban of (~Vendör), HUAWEI~1's"), "~ban of ~vendor huawei~1");
  EXPECT_EQ(FoldPattern("huawei~2 ~ban~1"), "huawei~2 ~ban~1");
  EXPECT_EQ(FoldPattern("5~10 ~ a~b ~~x 华~1 x~"), "5 10 a b ~x 华~1 x");
}

std::string Encode(char32_t c) {
  utf8proc_uint8_t bytes[4];
  const utf8proc_ssize_t size = utf8proc_encode_char(static_cast<utf8proc_int32_t>(c), bytes);
  return {reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size)};
}

// The guarantees of fold.h, on every character of Unicode, alone and between others.
void ExpectGuarantees(std::string_view text) {
  const FoldedDocument folded = FoldTitle(text);
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

TEST(FoldGuaranteesTest, HoldOnEveryCharacter) {
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

// Spellings that mean the same to Unicode, and what all of them fold to.
struct Equivalents {
  std::vector<std::string_view> texts;
  std::string_view folded;
};

void ExpectFoldAlike(const std::vector<Equivalents>& cases) {
  for (const Equivalents& c : cases) {
    for (const std::string_view text : c.texts) {
      EXPECT_EQ(Folded(text), c.folded) << text;
      ASSERT_NO_FATAL_FAILURE(ExpectGuarantees(text));
      FoldedDocument plain;
      ReferenceFold(MakeDocument(text, "", ""), plain);
      EXPECT_EQ(plain.text, c.folded) << text;
    }
  }
}

// Marks with no letter before them: whether a letter goes on with them depends on all of them, not on the first.
TEST_P(FoldTest, PartsMarksOfAScriptWithoutBlanksFromTheLetterBehind) {
  ExpectFoldAlike({{{"\u094d\u3099t", "\u3099\u094dt"}, "\u3099\u094d t"},
                   {{"\u09cd\uff9et", "\uff9e\u09cdt"}, "\u3099\u09cd t"},
                   {{"x \u094d\u309a5", "x \u309a\u094d5"}, "x \u309a\u094d 5"},
                   {{"\u094d\u200d\u3099t", "\u094d\u200c\u3099t"}, "\u3099\u094d t"},
                   {{"\u200b\u3099\u00ad\u094d\ufeff\u0301t"}, "\u3099\u094d t"},
                   {{"\u0f74\u0e38\u0915", "\u0e38\u0f74\u0915"}, "\u0e38\u0f74 \u0915"},
                   {{"\u07f3\u0eb8\u07ca", "\u0eb8\u07f3\u07ca"}, "\u0eb8\u07f3 \u07ca"},
                   {{"\u093e\u0e38t"}, "\u093e\u0e38 t"},
                   {{"\u094d\u3099\u304b", "\u3099\u094d\u304b"}, "\u3099\u094d \u304b"},
                   {{"\u094d\u3099\ud55c", "\u3099\u094d\u1112\u1161\u11ab"}, "\u3099\u094d \ud55c"}});
}

TEST_P(FoldTest, LeavesOtherMarksWithTheLetterBehind) {
  ExpectFoldAlike({{{"\u094dt", "\u094d\u200dt"}, "\u094dt"},
                   {{"\u093f\u0915\u092f\u093e"}, "\u093f\u0915\u092f\u093e"},
                   {{"\u094dt\u094d\u3099t", "\u094dt\u3099\u094dt"}, "\u094dt\u3099\u094dt"},
                   {{"a.\u094d\u3099b", "a.\u3099\u094db"}, "a\u3099\u094db"}});
}

TEST_P(FoldTest, ReadsTheMarksOfALetterInAnyOrderThatMeansTheSame) {
  ExpectFoldAlike({{{"\u0439\u094d", "\u0438\u0306\u094d", "\u0438\u094d\u0306"}, "\u0439\u094d"},
                   {{"\u0439\u0e31", "\u0438\u0306\u0e31"}, "\u0439\u0e31"},
                   {{"\u0438\u0e31\u0306"}, "\u0438\u0e31"},
                   {{"\u045c", "\u043a\u0301", "\u043a\u0341"}, "\u045c"},
                   {{"\u0457\u0301", "\u0456\u0308\u0301", "\u0456\u0344"}, "\u0457"},
                   {{"\u0959\U0001bc9e", "\u0916\u093c\U0001bc9e", "\u0916\U0001bc9e\u093c"}, "\u0916\U0001bc9e"},
                   {{"\u09df\U00010a39", "\u09af\u09bc\U00010a39"}, "\u09af\U00010a39\u09bc"},
                   // Beside one another, marks of Thai stand before those of Lao and behind those of Indic scripts.
                   {{"\u0e01\u0e33\u0ec8", "\u0e01\u0ec8\u0e33"}, "\u0e01\u0e33\u0ec8"},
                   {{"\u0e35\U00010f4f\u0e35\u0eba"}, "\u0eba\u0e35\u0e35\U00010f4f"},
                   {{"\u304b\u0e35\u3099"}, "\u304c\u0e35"},
                   {{"\u0915\u094d\u200d\u093c", "\u0915\u093c\u094d"}, "\u0915\u094d"}});
}

TEST_P(FoldTest, KeepsTheOldHangulVowelBeforeTheEndsOfSyllables) {
  ExpectFoldAlike({{{"\uac00\u11a7", "\u1100\u1161\u11a7"}, "\uac00\u11a7"},
                   {{"\uac00\u11a7\u1100\uac01", "\uac00\u11a7\u1100\u1100\u1161\u11a8"}, "\uac00\u11a7\u1100\uac01"},
                   {{"\uac01", "\uac00\u11a8"}, "\uac01"}});
}

TEST_P(FoldTest, ReadsComposedLettersAndApostrophesAsTheirParts) {
  ExpectFoldAlike({{{"\u1e37\u00b7\u1e37", "l\u0323\u00b7l\u0323", "l\u0387L"}, "ll"},
                   {{"Huawei\u1ffds reply", "Huawei\u00b4s reply"}, "huawei reply"},
                   {{"can\u1ffdt", "can\u00b4t"}, "cant"}});
}

TEST_P(FoldTest, NeedsNoRoomItDoesNotHave) {
  // Characters that fold to many more bytes than they have, after a long run of ASCII and before one.
  std::string text(1000, 'a');
  for (int i = 0; i < 500; ++i) text += "\uFDF2\u3300 ß ";
  text += std::string(1000, 'b');
  ExpectGuarantees(text);
}

// Pieces of text with what the kernels leave to the slow path, and with what they only seem to have to.
std::string RandomText(std::mt19937& random) {
  static const std::vector<std::string> kPieces = {"a",
                                                   "B",
                                                   "z",
                                                   "5",
                                                   "the",
                                                   "Oil",
                                                   "prices",
                                                   "2026",
                                                   "internationalisation",
                                                   " ",
                                                   " ",
                                                   " ",
                                                   ", ",
                                                   ". ",
                                                   ".",
                                                   ".",
                                                   "\n",
                                                   "\r\n",
                                                   "\n\n",
                                                   "-",
                                                   "'",
                                                   "U.S.",
                                                   "e.g.",
                                                   "J.Smith",
                                                   "3.a",
                                                   "@[`{/:",
                                                   std::string(1, '\0'),
                                                   "\x7f",
                                                   "\u2019",
                                                   "\u201c",
                                                   "\u201d",
                                                   "\u2014",
                                                   "\u2010",
                                                   "\u2027",
                                                   "\u2028",
                                                   "\u2029",
                                                   "\u200b",
                                                   "\u00ad",
                                                   "\u00a0",
                                                   "\u20ac",
                                                   "caf\u00e9",
                                                   "\u00c9",
                                                   "\u0301",
                                                   "\u00df",
                                                   "\u0587",
                                                   "\u0142",
                                                   "\u043c\u0438\u0440",
                                                   "\u0419",
                                                   "\u03b1",
                                                   "\u0645",
                                                   "\u0928\u093f",
                                                   "\u534e",
                                                   "\u4e3a\u516c\u53f8",
                                                   "\U00020000",
                                                   "\u304b\u3099",
                                                   "\ud55c",
                                                   "\u1112\u1161",
                                                   "\u0e33",
                                                   "'s",
                                                   "\u2019s ",
                                                   "n't ",
                                                   "'ll",
                                                   ".'s ",
                                                   "\u02bc",
                                                   "l\u00b7l",
                                                   "\u0d28\u0d4d",
                                                   "\u200d",
                                                   "\u0d31",
                                                   "\u0e19\u0e49",
                                                   "\u0e4d",
                                                   "\u0e32",
                                                   "\u0e40",
                                                   "\u0eab\u0e99",
                                                   "\u091c\u093c",
                                                   "\u0c46\u0c56",
                                                   "\u0f72\u0f71",
                                                   "\u09a4\u09cd",
                                                   "\u05f2",
                                                   "\u2e9f",
                                                   "\u11ab",
                                                   "\ufdfa",
                                                   "\ufb03",
                                                   "\U0001f6ab",
                                                   "\ufe0f",
                                                   "\xff",
                                                   "\xc3",
                                                   "\xe2",
                                                   "\xe2\x80",
                                                   "\x80",
                                                   "\x99",
                                                   "\xed\xa0\x80",
                                                   "\xc0\x80",
                                                   "\xe0\x80\x80",
                                                   "\xf4\x90\x80\x80",
                                                   "\xf0\x9f\x9a"};
  // Texts of few kinds of pieces have runs; texts of all kinds have neighbours.
  const std::size_t kinds = random() % 3 == 0 ? kPieces.size() : 1 + random() % 6;
  std::vector<std::string> chosen;
  for (std::size_t i = 0; i < kinds; ++i) chosen.push_back(kPieces[random() % kPieces.size()]);
  const std::size_t ascii = random() % 4, size = random() % 301;
  std::string text;
  while (text.size() < size)
    text += kPieces[random() % 4 < ascii ? random() % 20 : 0], text += chosen[random() % kinds];
  text.resize(size);
  return text;
}

TEST_P(FoldTest, AgreesWithThePlainFoldOnRandomTexts) {
  std::mt19937 random(1);
  FoldedDocument folded, plain;
  for (int i = 0; i < 30'000; ++i) {
    // Each in memory of its own, so that a sanitizer sees what is read behind it.
    const std::string title = i % 3 == 0 ? "" : RandomText(random), summary = i % 5 != 0 ? "" : RandomText(random);
    const std::string body = RandomText(random);
    const std::vector<char> body_bytes(body.begin(), body.end());
    const Document document = MakeDocument(title, summary, {body_bytes.data(), body_bytes.size()});
    Fold(document, folded, GetParam());
    ReferenceFold(document, plain);
    ASSERT_EQ(folded.text, plain.text) << ::testing::PrintToString(document.texts);
    ASSERT_EQ(folded.tokens.size(), plain.tokens.size());
    for (std::size_t token = 0; token < plain.tokens.size(); ++token) {
      ASSERT_EQ(folded.tokens[token].folded, plain.tokens[token].folded);
      ASSERT_EQ(folded.tokens[token].original, plain.tokens[token].original);
    }
    ASSERT_EQ(folded.fields, plain.fields);
    ASSERT_EQ(folded.first_paragraph, plain.first_paragraph);
    ASSERT_EQ(folded.first_paragraph_span, plain.first_paragraph_span);
  }
}

TEST_P(FoldTest, LeavesReadableBytesBehindTheText) {
  for (const std::string_view text :
       {"", "a", "fifteen letters", "a text that is longer than the others", "华为公司"}) {
    const FoldedDocument folded = FoldTitle(text);
    EXPECT_GE(folded.text.capacity(), folded.text.size() + FoldedDocument::kPadding);
    const FoldedDocument moved = [&] { return FoldTitle(text); }();
    std::string behind(FoldedDocument::kPadding, '\0');
    std::memcpy(behind.data(), moved.text.data() + moved.text.size(), behind.size());
  }
}

INSTANTIATE_TEST_SUITE_P(Kernels, FoldTest, ::testing::ValuesIn(AsciiKernels().begin(), AsciiKernels().end()),
                         [](const auto& kernel_info) { return std::string(kernel_info.param.name); });

TEST(CodePointTableTest, HasSeparatorsOnlyWhereTheKernelsTakeThemForGranted) {
  for (char32_t c = 0x2010; c <= 0x2027; ++c) {
    EXPECT_EQ(CodePointTable::Get().At(c).character_class, CharacterClass::kSeparator)
        << std::hex << static_cast<std::uint32_t>(c);
  }
}

}  // namespace
}  // namespace wirewatch
