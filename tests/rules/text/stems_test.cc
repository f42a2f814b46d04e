#include "rules/text/stems.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "rules/text/fold.h"
#include "rules/text/han_variants.h"
#include "tests/support/source_directory.h"

namespace wirewatch {
namespace {

using ::testing::ElementsAre;

bool Share(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return std::any_of(a.begin(), a.end(),
                     [&](const std::string& stem) { return std::find(b.begin(), b.end(), stem) != b.end(); });
}

bool AreForms(std::string_view a, std::string_view b, std::string_view language) {
  const StemLanguage of = StemLanguageOf(language);
  return Share(StemsOf(FoldText(a).text, of), StemsOf(FoldText(b).text, of));
}

TEST(StemsTest, FormsOfAWordShareAStem) {
  const std::vector<std::pair<std::string_view, std::vector<std::string_view>>> kForms = {
      {"en", {"ban", "bans", "banned", "banning"}},
      {"en-GB", {"supply", "supplies", "supplied", "supplying"}},
      {"de", {"Verbot", "Verbote", "Verbots", "Verboten"}},
      {"de", {"Verband", "Verbände", "Verbänden", "Verbands"}},
      {"de", {"sanktionieren", "sanktioniert", "sanktionierte", "sanktionierten"}},
      {"nl", {"leverancier", "leveranciers"}},
      {"nl", {"sanctie", "sancties"}},
      {"fr", {"bloquer", "bloqué", "bloquée", "bloqués", "BLOQUEES", "bloquent", "bloquait"}},
      {"fr", {"exclure", "exclu", "exclue", "exclus"}},
      {"es", {"prohibir", "prohíbe", "prohibió", "prohibido", "prohibidas", "PROHIBIO", "prohibieron"}},
      {"es", {"prohibición", "prohibiciones", "prohibicion"}},
      {"it", {"vietare", "vieta", "vietato", "vietata", "vietati", "vieterà"}},
      {"pt", {"proibição", "proibições"}},
      {"ro", {"companie", "companii", "companiei", "companiile", "companiilor"}},
      {"hu", {"hálózat", "hálózatot", "hálózatok", "hálózatban", "hálózatokat"}},
      {"tr", {"şirket", "şirketi", "şirketler", "şirketlerin", "şirketten"}},
      {"sv", {"nätverk", "nätverket", "nätverken"}},
      {"nb", {"forbud", "forbudet"}},
      {"fi", {"kielto", "kieltoa", "kieltoja"}},
      {"ru", {"запрет", "запрета", "запретов", "запретом"}},
      {"el", {"κύρωση", "κυρώσεις", "κυρώσεων"}},
      {"pl", {"zakaz", "zakazu", "zakazem", "zakazów"}},
      {"cs", {"zákaz", "zákazu", "zákazem", "zákazů"}},
      {"sk", {"zákaz", "zákazu", "zákazom", "zákazov"}},
      {"bg", {"мрежа", "мрежата", "мрежи", "мрежите"}},
  };
  for (const auto& [language, forms] : kForms) {
    for (const std::string_view form : forms)
      EXPECT_TRUE(AreForms(forms[0], form, language)) << language << " " << form;
  }
}

TEST(StemsTest, WordsThatAreAllEndingsAreNoFormsOfEachOther) {
  EXPECT_FALSE(AreForms("lari", "leri", "tr"));
  EXPECT_FALSE(AreForms("ακι", "αμε", "el"));
}

TEST(StemsTest, OtherWordsShareNone) {
  EXPECT_FALSE(AreForms("ban", "bank", "en"));
  EXPECT_FALSE(AreForms("ban", "band", "en"));
  EXPECT_FALSE(AreForms("red", "rey", "es"));
  EXPECT_FALSE(AreForms("zakaz", "zakup", "pl"));
  EXPECT_FALSE(AreForms("запрет", "запах", "ru"));
}

TEST(StemsTest, AWordOfALanguageWithoutFormsIsAFormOfItselfAlone) {
  EXPECT_THAT(StemsOf("bans", StemLanguage::kNone), ElementsAre("bans"));
  EXPECT_EQ(StemLanguageOf("zh-HK"), StemLanguage::kNone);
  EXPECT_EQ(StemLanguageOf(""), StemLanguage::kNone);
  EXPECT_EQ(StemLanguageOf("nn"), StemLanguage::kNorwegian);
  EXPECT_EQ(StemLanguageOf("en-GB"), StemLanguage::kEnglish);
  EXPECT_EQ(StemLanguageOf("enm"), StemLanguage::kNone);
}

TEST(StemsTest, ATopicSaysTheLanguageWhereTheArticleDoesNot) {
  const StemLanguages polish_and_chinese = StemLanguagesOf({"pl", "zh"});
  EXPECT_EQ(LanguagesOfForms("pl", polish_and_chinese), BitOf(StemLanguage::kPolish));
  EXPECT_EQ(LanguagesOfForms("", polish_and_chinese), BitOf(StemLanguage::kPolish) | BitOf(StemLanguage::kNone));
  EXPECT_EQ(LanguagesOfForms("de", polish_and_chinese), BitOf(StemLanguage::kNone));
  EXPECT_EQ(LanguagesOfForms("de", 0), BitOf(StemLanguage::kGerman));
  EXPECT_EQ(LanguagesOfForms("", 0), kOneForEachScript);
}

TEST(StemsTest, EveryThreadHasStemmersOfItsOwn) {
  std::vector<std::thread> threads;
  std::vector<std::vector<std::string>> stems(4);
  for (std::vector<std::string>& mine : stems) {
    threads.emplace_back([&mine] {
      for (int i = 0; i < 200; ++i) mine = StemsOf(i % 2 == 0 ? "supplies" : "sanctioned", StemLanguage::kEnglish);
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const auto& mine : stems) EXPECT_THAT(mine, ElementsAre("sanction", "sanctioned"));
}

// The forms of a word, folded, and the stems of each.
struct Form {
  std::string word;
  std::vector<std::string> stems;
  std::size_t line;
};

struct Quality {
  double recall, precision;
};

// Of a file with the forms of one word on each line: of the pairs of forms of a word, how many share a stem; of the
// pairs that share one, how many are of a word.
Quality Measure(const std::string& name, StemLanguage language) {
  const auto path = SourceDirectory() / "tests/testdata/stems" / (name + ".txt");
  std::ifstream file(path);
  EXPECT_TRUE(file) << path;
  std::vector<Form> forms;
  std::size_t words = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#')) continue;
    ++words;
    std::istringstream all(line.starts_with("-- ") ? line.substr(3) : line);
    for (std::string written; all >> written;) {
      const std::string folded = FoldText(written).text;
      const bool is_new =
          std::none_of(forms.begin(), forms.end(), [&](const Form& form) { return form.word == folded; });
      if (is_new) forms.push_back({folded, StemsOf(folded, language), words});
    }
  }
  double of_a_word = 0, found = 0, wrong = 0;
  for (std::size_t i = 0; i < forms.size(); ++i) {
    for (std::size_t j = i + 1; j < forms.size(); ++j) {
      const bool same = forms[i].line == forms[j].line, share = Share(forms[i].stems, forms[j].stems);
      of_a_word += same ? 1 : 0;
      found += same && share ? 1 : 0;
      wrong += !same && share ? 1 : 0;
    }
  }
  const Quality quality{found / of_a_word, found / (found + wrong)};
  std::cout << name << ": " << words << " words, " << forms.size() << " forms, recall " << quality.recall
            << ", precision " << quality.precision << "\n";
  return quality;
}

// docs/rules.md has these figures. The precision is that among words that were chosen to look alike.
TEST(StemsTest, OurOwnStemsJoinNearlyAllForms) {
  for (const std::string language : {"pl", "cs", "bg", "sk"}) {
    const Quality tuned = Measure(language, StemLanguageOf(language));
    EXPECT_GE(tuned.recall, 0.97) << language;
    EXPECT_GE(tuned.precision, 0.93) << language;
    const Quality unseen = Measure(language + "_unseen", StemLanguageOf(language));
    EXPECT_GE(unseen.recall, 0.85) << language;
    EXPECT_GE(unseen.precision, 0.97) << language;
  }
}

TEST(HanVariantsTest, TraditionalAndSimplifiedAreOneClass) {
  const auto are_one = [](std::string_view a, std::string_view b) {
    return !HanClassOf(a).empty() && HanClassOf(a) == HanClassOf(b);
  };
  EXPECT_TRUE(are_one("華", "华"));
  EXPECT_TRUE(are_one("發", "发"));
  EXPECT_TRUE(are_one("髮", "发"));
  EXPECT_TRUE(are_one("後", "后"));
  EXPECT_TRUE(are_one("臺", "台"));
  EXPECT_TRUE(are_one("裡", "里"));
  EXPECT_TRUE(are_one("網", "网"));
  EXPECT_FALSE(are_one("华", "为"));
  EXPECT_EQ(HanClassOf("人"), "");
  EXPECT_EQ(HanClassOf("abc"), "");
  EXPECT_EQ(HanClassOf("삼"), "");
  EXPECT_EQ(HanClassOf("华为"), "");
  EXPECT_EQ(HanClassOf(""), "");
}

TEST(HanVariantsTest, TheCharacterOfAClassIsOfTheClass) {
  for (const std::string_view c : {"华", "發", "钟", "鐘", "鍾"}) EXPECT_EQ(HanClassOf(HanClassOf(c)), HanClassOf(c));
}

}  // namespace
}  // namespace wirewatch
