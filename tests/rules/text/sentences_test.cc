#include "rules/text/sentences.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unicode/uchar.h>
#include <utf8proc.h>

#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "rules/reference/reference_sentences.h"
#include "rules/text/abbreviations.h"
#include "rules/text/fold.h"
#include "rules/text/sentence_marks.h"
#include "rules/text/text_unit.h"
#include "tests/support/source_directory.h"

namespace wirewatch {
namespace {

using testing::ElementsAre;

// The folded words of each unit of a body.
std::vector<std::string> Units(TextUnit unit, std::string_view body) {
  Document document;
  document.texts[static_cast<std::size_t>(Field::kBody)] = body;
  FoldedDocument folded;
  Fold(document, folded);
  Sentences sentences;
  sentences.Begin(document, folded);
  std::vector<std::string> units;
  for (std::uint32_t token = 0; token < folded.tokens.size();) {
    const TokenRange around = sentences.Around(unit, {token, token + 1});
    EXPECT_EQ(around.begin, token);
    units.emplace_back(
        Span{folded.tokens[around.begin].folded.begin, folded.tokens[around.end - 1].folded.end}.Of(folded.text));
    token = around.end;
  }
  return units;
}

std::vector<std::string> SentencesOf(std::string_view body) { return Units(TextUnit::kSentence, body); }

// A text with '|' before each word that begins a sentence, but the first.
std::string Parted(std::string_view text, std::string_view language, Field of = Field::kBody) {
  Document document;
  document.texts[static_cast<std::size_t>(of)] = text;
  document.language = language;
  FoldedDocument folded;
  Fold(document, folded);
  const std::vector<bool> ends = ReferenceEnds(TextUnit::kSentence, document, folded);
  Sentences sentences;
  sentences.Begin(document, folded);
  std::string parted;
  std::size_t done = 0;
  for (std::uint32_t token = 0; token + 1 < folded.tokens.size(); ++token) {
    const bool end = sentences.Around(TextUnit::kSentence, {token, token + 1}).end == token + 1;
    EXPECT_EQ(end, ends[token]) << "engine and reference differ behind " << folded.Word(token) << " in " << text;
    if (!end) continue;
    const std::size_t next = folded.tokens[token + 1].original.begin;
    parted += std::string(text.substr(done, next - done)) + '|';
    done = next;
  }
  return parted + std::string(text.substr(done));
}

// Each text as Parted gives it, in an article of that language and, unless told, in one whose language nobody gave.
struct Case {
  std::string_view language, parted;
  bool needs_language = false;
};

void Expect(std::initializer_list<Case> cases) {
  for (const Case& c : cases) {
    std::string text(c.parted);
    std::erase(text, '|');
    EXPECT_EQ(Parted(text, c.language), c.parted) << c.language;
    if (c.needs_language) continue;
    EXPECT_EQ(Parted(text, ""), c.parted) << "of unknown language";
  }
}

TEST(SentencesTest, KnowAbbreviationsOfEachLanguage) {
  Expect({
      {"en", "Mr. Smith met Sen. Jones of St. Louis at 10 a.m. Monday. |They talked."},
      {"en", "Gov. Lee of Calif. told Acme Corp. executives about it on Nov. 3. |Nobody came."},
      {"en", "Shares of Acme Inc. |The maker of cranes fell."},
      {"de", "Die Stadt zahlt 3 Mio. Euro, z. B. an Dr. A. Beck bzw. Huawei. |Das reicht."},
      {"de", "Sie kostet 2,5 Mrd. Dollar inkl. Steuern, d. h. Miete und Strom. |Mehr nicht."},
      {"de", "Das gilt laut Nr. 5 und Art. 3 Abs. 2 auch für u. a. Huawei. |Die Firma klagt."},
      {"de", "Es waren 3 Mio. |Die Stadt zahlt."},
      {"de", "Dr. med. Weber und Prof. em. Kurz zahlen zzt. Huawei max. 5 Euro. |Das reicht.", true},
      {"fr", "Des marques, p. ex. Huawei, et M. Roy. |Ils partent.", true},
      {"fr", "MM. Durand et Petit ont vu Mme Roy, art. 5, p. 12. |Ils partent."},
      {"fr", "C'était en l'an 50 av. J.-C. à Rome. |Les uns partent."},
      {"es", "La Sra. Ruiz y el Dr. Gil leen la pág. 5 y el núm. 7. |Los demás esperan.", true},
      {"es", "Vive en EE. UU. desde 2010. |También trabaja allí."},
      {"es", "Lo sabe Ud. Vive en la Av. Mayor. |La casa es grande.", true},
      {"it", "Alcune marche, p. es. Huawei, crescono. |Questo basta.", true},
      {"it", "Il sig. Rossi e il dott. Bianchi vedono l'avv. Verdi. |Questo basta."},
      {"it", "Lo dice l'art. 5, comma 2, cfr. Huawei. |Una legge nuova."},
      {"pt", "O Sr. Silva e a Dra. Costa leem o art. 5. |Mas a Exma. Juíza não."},
      {"nl", "De heer drs. Jansen kreeg 3 mln. Euro o.a. van dhr. De Boer. |Het is veel."},
      {"pl", "Prezydent gen. Nowak i prof. Kowalski byli na ul. Długiej, np. Huawei. |Według nich nie."},
      {"pl", "W 2020 r. firma sprzedała 3 tys. |Nie wiadomo, ile.", true},
      {"cs", "Sídlí na tř. Míru. |Podle nich ne.", true},
      {"cs", "Byl tam např. Novák, tzv. Expert, a Ing. Dvořák z nám. Míru. |Podle nich ne."},
      {"sk", "Bol tam napr. Novák, tzv. Expert, a Ing. Dvořák. |Podľa nich nie."},
      {"sl", "Tam je bil npr. Novak, t. i. Ekspert, in prof. Kos. |Kljub temu ne."},
      {"hr", "Bio je tamo npr. Horvat, tzv. Ekspert, i prof. Kos. |Prema njima ne."},
      {"hr", "Došao je gosp. Horvat. |Prema njima ne."},
      {"sv", "Mötet den 5 feb. 2020 börjar kl. 12. |Det är allt.", true},
      {"nl", "Op 5 jan. 2020 kwam Huawei. |Het is veel.", true},
      {"da", "Den 5 sept. 2020 var det 5 pct. Huawei. |Det er alt.", true},
      {"sv", "Det gäller bl.a. Huawei, t.ex. Volvo och dvs. Ericsson. |Det är allt."},
      {"no", "Det gjelder bl.a. Huawei, f.eks. Telenor, kl. 10. |Det er alt."},
      {"da", "Det gælder bl.a. Huawei, f.eks. TDC, kl. 10. |Det er alt."},
      {"fi", "Paikalla oli mm. Huawei, esim. Nokia ja prof. Virtanen. |Tämä on kaikki.", true},
      {"hu", "Ott volt pl. Kovács, ill. Szabó és dr. Nagy. |Ez minden.", true},
      {"ro", "Au venit dl. Popescu și prof. Radu, art. 5. |Potrivit lor nu."},
      {"bg", "Дойде проф. Иванов от ул. Раковски, т. е. Иван. |Според него не."},
      {"bg", "През 2020 г. |Това е всичко."},
      {"ru", "Музей им. Ленина на ул. Мира, т. е. Иван, г. Москва. |Это всё."},
      {"ru", "В 2020 г. Компания была здесь. |Она ушла."},
      {"uk", "Музей ім. Шевченка на вул. Миру, м. Київ. |Це все."},
      {"uk", "Це коштує 5 тис. грн. |Але не всім."},
      {"el", "Ο κ. Παπαδόπουλος και η δρ. Μαρία πήγαν. |Αυτό είναι όλο."},
      {"tr", "Prof. Dr. Yılmaz ile Doç. Kaya ve Av. Demir geldi. |Ancak gitti."},
      {"hi", "डॉ. राम और प्रो. शर्मा आए। |वे गए।"},
      {"ar", "قال د. محمد و م. أحمد ذلك. |ثم ذهب."},
      {"he", "אמר ד. כהן את זה. |הוא הלך."},
  });
}

TEST(SentencesTest, KnowOrdinalsAndDates) {
  Expect({
      {"de", "Das Verbot gilt ab dem 3. Mai für Huawei. |Der Rest folgt."},
      {"de", "Im 2. Weltkrieg, im 19. Jahrhundert und am 31. Dezember war es so. |Die Stadt brannte."},
      {"de", "Beim 3. Versuch auf dem 2. Platz, zum 50. Geburtstag und im XX. Jahrhundert. |Das war's."},
      {"de", "Die 1. Bundesliga. |Der Verein.", true},
      {"de", "Es geschah im Jahr 2020. |Der Konzern klagt."},
      {"de", "Es geschah im Jahr 2020. |Konzerne klagen."},
      {"de", "Ludwig XIV. Gemahlin war da. |Sie ging.", true},
      {"de", "Am 3. 5. 2026 und am 4. 6. war es so. |Dann nicht."},
      {"cs", "Dne 3. 5. 2026 a 3. května bylo vše. |Podle nich ne."},
      {"tr", "2. Dünya Savaşı 3. Mayıs günü bitti. |Ancak barış yoktu."},
      {"tr", "Türkiye 1. Lig takımı geldi. |Ancak gitti.", true},
      {"hu", "II. János Pál Rómában volt. |Ez minden.", true},
      {"fi", "Se tapahtui 3. toukokuuta. |Tämä on kaikki."},
      {"en", "He came 3rd in World War II. |Huawei did not."},
      {"en", "They had 12. |Others had none."},
      {"en", "Up 3.5 to 10.30. |Then more."},
  });
}

TEST(SentencesTest, EndBehindAnAbbreviationBeforeAWordThatBeginsSentences) {
  Expect({
      {"en", "He lives in the U.S. |The plan failed."},
      {"en", "The U.S. Army and the U.S. Senate met at 5 p.m. |They left."},
      {"en", "It makes vitamin C. |This helps J. Smith."},
      {"en", "She lives in the U.S. |A ban came.", true},
      {"en", "J. He and Mr. So and Dr. The met."},
      {"fr", "Il vit aux U.S.A. |Les autres non."},
      {"pt", "Ele sabe quem é. |O resto não.", true},
      {"pl", "Minister ds. Brexitu i rzecznik ws. Huawei z Wlk. Brytanii, 5 proc. |Jednak nie."},
      {"sl", "To je Covid-19. |Kitajska ne.", true},
      {"ru", "Это было в 2020 г. |Она ушла в г. Орёл."},
      {"pl", "To było w 2020 r. |Według niej nie."},
  });
  EXPECT_EQ(Parted("U.S. And China Sign With Acme Corp. At Last", "en", Field::kTitle),
            "U.S. And China Sign With Acme Corp. At Last");
}

TEST(SentencesTest, EndAtTheStopsOfEachScript) {
  Expect({
      {"am", "አልፋ መጣ፧ |ቤታ ሄደ። |ጋማ"},
      {"am", "አልፋ መጣ።|ቤታ ሄደ፡፡ |ጋማ መጣ:: |ዴልታ፡ሄደ፨ |ኤ"},
      {"bo", "ལྷ་ས། |བོད་ཡིག༎ |ལྷ"},
      {"my", "a။|b၊ |c"},
      {"km", "a។|b"},
      {"hy", "Նա եկավ։ |Նա գնաց: |Ո՞վ եկավ։"},
      {"ka", "თბილისი დიდია. |ბათუმი ლამაზია. |ა. წერეთელი"},
      {"el", "Ποιος ήρθε; |Εκείνος; |ναι"},
      {"ar", "من جاء؟ |هو. |ثم ذهب؛ وعاد"},
      {"ar", "من جاء؟|هو"},
      {"fa", "او آمد. |او رفت؟ |نه"},
      {"ur", "وہ آیا۔ |وہ گیا۔ |بی۔بی۔سی"},
      {"hi", "वह आया। |वह गया॥ |नहीं"},
      {"bn", "সে এল। |সে গেল।|না"},
      {"zh", "他来了。|她走了！|好吗？|好．|行!|是?|对"},
      {"zh", "上涨3.5%。|他说：“好。”|然后"},
      {"ja", "彼は来た。|彼女は「はい。」|と言った"},
      {"ko", "그는 왔다. |그녀는 갔다."},
      {"th", "เขามา พ.ศ. 2563 ดร. สมชาย"},
      {"mn", "a᠃ |b᠉ |c"},
      {"jv", "a꧈|b꧉|c"},
      {"en", "one\u200F. |Two.\u200E |Three\u203C |Four"},
      {"en", "See example.org/a?b=1!c and Yahoo!Inc for 10:30."},
  });
}

TEST(SentencesTest, TakeQuotesBracketsAndMarksOfEveryLanguage) {
  Expect({
      {"es", "¿Quién vino? ¡|Él! —|Sí —dijo—. |Luego se fue."},
      {"fr", "«\u00A0Non.\u00A0» |Il partit."},
      {"de", "„Nein.“ |Sie ging. »|Ja!« rief er nicht »nie?« rief sie.", true},
      {"en", "He said (twice.) |Then \"No!\" he said. |It was... |Over… and out. '|Yes.' |Done"},
      {"en", "Wait ... |What?! |No!!! |Yes"},
  });
}

// Every mark that Unicode gives the property ends a sentence between two words with a blank behind it.
TEST(SentencesTest, EndAtEveryStopOfUnicode) {
  std::size_t stops = 0;
  for (char32_t c = 0; c < 0x110000; ++c) {
    const int property = u_getIntPropertyValue(static_cast<UChar32>(c), UCHAR_SENTENCE_BREAK);
    const bool known = utf8proc_codepoint_valid(static_cast<utf8proc_int32_t>(c)) &&
                       utf8proc_category(static_cast<utf8proc_int32_t>(c)) != UTF8PROC_CATEGORY_CN;
    if (property == U_SB_STERM && known) {
      ++stops;
      EXPECT_TRUE(IsSentenceStop(c)) << std::hex << static_cast<std::uint32_t>(c);
      utf8proc_uint8_t bytes[4];
      const utf8proc_ssize_t size = utf8proc_encode_char(static_cast<utf8proc_int32_t>(c), bytes);
      const std::string mark(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
      EXPECT_EQ(Parted("One" + mark + " Two", ""), "One" + mark + " |Two");
    } else if (IsSentenceStop(c)) {
      const bool tibetan = 0x0F0D <= c && c <= 0x0F14, khmer = 0x17D4 <= c && c <= 0x17DA;
      EXPECT_TRUE(tibetan || khmer) << std::hex << static_cast<std::uint32_t>(c);
    }
    EXPECT_EQ(IsFullStop(c), property == U_SB_ATERM) << std::hex << static_cast<std::uint32_t>(c);
    const bool small = u_charType(static_cast<UChar32>(c)) == U_LOWERCASE_LETTER;
    if (known && small) {
      EXPECT_EQ(IsLowerCase(c), property == U_SB_LOWER) << std::hex << static_cast<std::uint32_t>(c);
    }
  }
  EXPECT_GT(stops, 140u);
}

TEST(SentencesTest, RowsOfWordsAreWordsOfTheirLanguage) {
  for (const WordRow& row : WordRows()) {
    EXPECT_EQ(LanguageOfRows(row.language), row.language);
    const FoldedDocument words = FoldText(row.words);
    EXPECT_FALSE(words.tokens.empty());
    EXPECT_EQ(row.words.find("  "), std::string_view::npos) << row.words;
    EXPECT_FALSE(row.words.starts_with(' ') || row.words.ends_with(' ')) << row.words;
  }
  std::ifstream in(SourceDirectory() / "docs/rules.md");
  const std::string manual{std::istreambuf_iterator<char>(in), {}};
  for (const WordRow& row : WordRows()) {
    const bool listed = row.use == WordUse::kGoesOn || row.use == WordUse::kMayEnd || row.use == WordUse::kBeforeNumber;
    EXPECT_TRUE(!listed || manual.find(row.words) != std::string::npos) << "docs/rules.md lacks " << row.words;
  }
  EXPECT_EQ(LanguageOfRows("DE-at"), "de");
  EXPECT_EQ(LanguageOfRows("nb"), "no");
  EXPECT_EQ(LanguageOfRows("sw"), "");
  EXPECT_EQ(LanguageOfRows("x"), "");
  EXPECT_EQ(LanguageOfRows(""), "");
}

TEST(SentencesTest, EndAtStopsBeforeABlank) {
  EXPECT_THAT(SentencesOf("One two. Three! Four? Five… Six"), ElementsAre("one two", "three", "four", "five", "six"));
  EXPECT_THAT(SentencesOf("Wow!! Really?! Yes..."), ElementsAre("wow", "really", "yes"));
  EXPECT_THAT(SentencesOf("one; two: three, four - five"), ElementsAre("one two three four five"));
  EXPECT_THAT(SentencesOf("wirewatch.example and a.bc!d"), ElementsAre("wirewatch example and a bc d"));
  EXPECT_THAT(SentencesOf("Up 3.5 % to 1,000.00. Then 2. Third"), ElementsAre("up 3 5 to 1 000 00", "then 2", "third"));
  EXPECT_THAT(SentencesOf("one\u00a0two.\u3000Three"), ElementsAre("one two", "three"));
}

TEST(SentencesTest, EndAtParagraphsToo) {
  EXPECT_THAT(SentencesOf("One two\nthree. Four\r\n\r\nfive"), ElementsAre("one two", "three", "four", "five"));
  EXPECT_THAT(Units(TextUnit::kParagraph, "One. Two\nthree. Four"), ElementsAre("one two", "three four"));
}

TEST(SentencesTest, TakeClosingQuotesAndBrackets) {
  EXPECT_THAT(SentencesOf("He said \"stop.\" Then (we left.) Next"),
              ElementsAre("he said stop", "then we left", "next"));
  EXPECT_THAT(SentencesOf("„Nein.“ Sie ging. »Ja.« Er kam."), ElementsAre("nein", "sie ging", "ja", "er kam"));
  EXPECT_THAT(SentencesOf("\"Why?\" she asked. \"Why?\" She left."), ElementsAre("why she asked", "why", "she left"));
}

TEST(SentencesTest, GoOnBehindAbbreviations) {
  EXPECT_THAT(SentencesOf("Mr. Smith met Dr. Jones. They talked"), ElementsAre("mr smith met dr jones", "they talked"));
  EXPECT_THAT(SentencesOf("The U.S. Senate vs. Huawei Inc. Ltd, e.g. J. Smith"),
              ElementsAre("the us senate vs huawei inc ltd eg j smith"));
  EXPECT_THAT(SentencesOf("No. 5 came. The answer is no. But"), ElementsAre("no 5 came", "the answer is no", "but"));
  EXPECT_THAT(SentencesOf("He is a rep. She met Rep. Miller"), ElementsAre("he is a rep", "she met rep miller"));
  EXPECT_THAT(SentencesOf("Approx. Ten or abbr. five… and six"), ElementsAre("approx ten or abbr five and six"));
  EXPECT_THAT(SentencesOf("banned! zte sues? yes"), ElementsAre("banned", "zte sues", "yes"));
  EXPECT_THAT(SentencesOf("Who met Mr.? Nobody"), ElementsAre("who met mr", "nobody"));
}

TEST(SentencesTest, EndAtTheStopsOfOtherScripts) {
  EXPECT_THAT(SentencesOf("华为。中兴！5G？好"), ElementsAre("华 为", "中 兴", "5g", "好"));
  EXPECT_THAT(SentencesOf("「はい。」と言う"), ElementsAre("は い", "と 言 う"));
  EXPECT_THAT(SentencesOf("सरकार। कंपनी"), testing::SizeIs(2));
  EXPECT_THAT(SentencesOf("لا؟ نعم"), testing::SizeIs(2));
}

// What stands between two words may be as long as an article. One call for each stop would need a stack of that depth,
// and one search for each its square of time.
TEST(SentencesTest, TakeRowsOfStopsOfAnyLength) {
  for (const std::string_view row : {". ", "* . ", "... ", ".\" ", "! ", "?) ", "\u2026 ", ".", "..", ".\"", "\u00a0. ",
                                     "\u3000", "\uff0e ", "( ", "\u0964", ". \u0964", "- . - "}) {
    std::string body = "Huawei ";
    for (int i = 0; i < 1'000'000; ++i) body += row;
    body += " Ban";
    EXPECT_LE(SentencesOf(body).size(), 2u) << row;
  }
  std::string body = "Huawei";
  for (int i = 0; i < 1'000'000; ++i) body += ". ";
  EXPECT_THAT(SentencesOf(body + "Ban"), ElementsAre("huawei", "ban"));
  EXPECT_THAT(SentencesOf(body + "ban"), ElementsAre("huawei ban"));
}

TEST(SentencesTest, FieldsAreApart) {
  Document document;
  document.texts = {"A title", "", "a body. And more"};
  FoldedDocument folded;
  Fold(document, folded);
  Sentences sentences;
  sentences.Begin(document, folded);
  EXPECT_EQ(sentences.Around(TextUnit::kSentence, {1, 2}), (TokenRange{0, 2}));
  EXPECT_EQ(sentences.Around(TextUnit::kSentence, {2, 5}), (TokenRange{2, 6}));
  document.texts = {"other", "", ""};
  Fold(document, folded);
  sentences.Begin(document, folded);
  EXPECT_EQ(sentences.Around(TextUnit::kParagraph, {0, 1}), (TokenRange{0, 1}));
}

}  // namespace
}  // namespace wirewatch
