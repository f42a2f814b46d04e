#include "rules/codes/language_code.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/support/iso_codes.h"

namespace wirewatch {
namespace {

std::string Upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::toupper(c); });
  return text;
}

// Whether an article in `tag` is one for a rule's `wanted`, both as people write them.
bool Holds(std::string_view tag, std::string_view wanted) {
  return LanguageHolds(CanonicalLanguage(tag), CanonicalLanguage(wanted));
}

TEST(LanguageCodeTest, HoldsEveryFormOfALanguageOnEveryOther) {
  std::size_t languages = 0;
  for (const std::string part : {"639-3", "639-2"}) {
    for (const auto& language : IsoCodes(part)) {
      if (!language.contains("alpha_2") || language.at("alpha_3") == "hbs") continue;  // sh: below
      ++languages;
      std::vector<std::string> forms;
      for (const char* key : {"alpha_2", "alpha_3", "bibliographic"}) {
        if (language.contains(key)) forms.push_back(language.at(key));
      }
      for (const std::string& article : forms) {
        for (const std::string& rule : forms) {
          EXPECT_TRUE(Holds(article, rule)) << article << ' ' << rule;
          EXPECT_TRUE(Holds(article + "-XX", Upper(rule))) << article << ' ' << rule;
          EXPECT_TRUE(Holds(Upper(article) + "_gb", rule)) << article << ' ' << rule;
        }
      }
      const std::string code = language.at("alpha_2");
      const std::string shortest = code == "bh" ? "bho" : code;  // withdrawn; CLDR reads it as Bhojpuri
      EXPECT_EQ(CanonicalLanguage(std::string(language.at("alpha_3"))), shortest);
    }
  }
  EXPECT_EQ(languages, 183u + 183u + 1u);  // bh stands in 639-2 alone
}

TEST(LanguageCodeTest, KnowsEveryCodeAndNoOther) {
  std::set<std::string> known;
  for (const auto& language : IsoCodes("639-3")) {
    known.insert(std::string(language.at("alpha_3")));
    if (language.contains("alpha_2")) known.insert(std::string(language.at("alpha_2")));
  }
  for (const auto& language : IsoCodes("639-2")) {
    known.insert(std::string(language.at("alpha_3")));
    if (language.contains("alpha_2")) known.insert(std::string(language.at("alpha_2")));
    if (language.contains("bibliographic")) known.insert(std::string(language.at("bibliographic")));
  }
  for (const char* nothing : {"und", "mul", "zxx", "mis"}) known.erase(nothing);
  known.erase("qaa-qtz");
  for (const std::string& code : known) EXPECT_TRUE(IsLanguage(code)) << code;
  // Beside the standard's there are the withdrawn ones and those for private use.
  std::size_t others = 0;
  for (char a = 'a'; a <= 'z'; ++a) {
    for (char b = 'a'; b <= 'z'; ++b) {
      for (const std::string& code : {std::string{a, b}}) {
        if (IsLanguage(code) && !known.contains(code)) {
          EXPECT_TRUE(code == "iw" || code == "in" || code == "ji" || code == "jw" || code == "mo" || code == "sh")
              << code;
        }
      }
      for (char c = 'a'; c <= 'z'; ++c) {
        const std::string code{a, b, c};
        const bool for_private_use = a == 'q' && b <= 't';
        others += IsLanguage(code) && !known.contains(code) && !for_private_use ? 1 : 0;
      }
    }
  }
  EXPECT_EQ(others, 143u);
}

TEST(LanguageCodeTest, LeavesWhatIsCanonicalAsItIs) {
  for (char a = 'a'; a <= 'z'; ++a) {
    for (char b = 'a'; b <= 'z'; ++b) {
      const std::string two = CanonicalLanguage(std::string{a, b});
      EXPECT_EQ(CanonicalLanguage(two), two);
      for (char c = 'a'; c <= 'z'; ++c) {
        const std::string once = CanonicalLanguage(std::string{a, b, c} + "-Latn-GB-x-desk");
        EXPECT_EQ(CanonicalLanguage(once), once);
        EXPECT_TRUE(once.empty() || LanguageHolds(once, once)) << once;
      }
    }
  }
}

TEST(LanguageCodeTest, ReadsRetiredCodes) {
  constexpr std::pair<std::string_view, std::string_view> kCases[] = {
      {"iw", "he"},  {"in", "id"}, {"ji", "yi"},  {"jw", "jv"},  {"mo", "ro"},  {"mol", "ro"},      {"scc", "sr"},
      {"scr", "hr"}, {"sh", "sr"}, {"hbs", "sr"}, {"fil", "tl"}, {"tgl", "tl"}, {"iw-IL", "he-IL"},
  };
  for (const auto& [written, canonical] : kCases) EXPECT_EQ(CanonicalLanguage(written), canonical) << written;
}

TEST(LanguageCodeTest, WritesTagsInOneForm) {
  constexpr std::pair<std::string_view, std::string_view> kCases[] = {
      {"EN", "en"},
      {"en_gb", "en-GB"},
      {"EN-us", "en-US"},
      {"en-USA", "en-US"},
      {"eng-GB", "en-GB"},
      {"pt_BR.UTF-8", "pt-BR"},
      {"sr_RS@latin", "sr-RS"},
      {"zh-hant-hk", "zh-Hant-HK"},
      {"zh-cmn-Hans", "zh-Hans"},
      {"zh-cmn-Hans-CN", "zh-Hans-CN"},
      {"cmn-Hans", "zh-Hans"},
      {"zh-yue-HK", "yue-HK"},
      {"ar-arb", "ar"},
      {"ar-arz-EG", "arz-EG"},
      {"sgn-ase", "ase"},
      {"zh-CHS", "zh-Hans"},
      {"zh-guoyu", "zh"},
      {"i-klingon", "tlh"},
      {"no-NYN", "nn"},
      {"es-419", "es-419"},
      {"ca-valencia", "ca-valencia"},
      {"de-DE-1996", "de-DE-1996"},
      {"de-CH-x-Phonebk", "de-CH-x-phonebk"},
      {"en-US-u-CA-gregory", "en-US-u-ca-gregory"},
      {"sl-rozaj-biske", "sl-rozaj-biske"},
      {"en-", "en"},
      {"en--GB", "en"},
      {"en-GB!", "en"},
      {"de-averylongsubtag-DE", "de"},
      {"qaa", "qaa"},
      {"yue", "yue"},
      {"ber", "ber"},
  };
  for (const auto& [written, canonical] : kCases) EXPECT_EQ(CanonicalLanguage(written), canonical) << written;
}

TEST(LanguageCodeTest, IsEmptyForWhatNamesNoLanguage) {
  for (const char* written : {"",      "-",        "e",   "xx",  "xyz1", "English", "english",   "Deutsch",
                              "und",   "UND-Latn", "mul", "zxx", "mis",  "x-desk",  "i-default", "en,fr",
                              "en fr", "*",        "12",  "jp",  "cn",   "123-en",  "\xC3\xA9n", "qz"}) {
    EXPECT_EQ(CanonicalLanguage(written), "") << written;
    EXPECT_FALSE(IsLanguage(written)) << written;
  }
}

// A rule for a macrolanguage takes what is written in its members; one for a member takes no other.
TEST(LanguageCodeTest, HoldsMembersOfMacrolanguages) {
  constexpr std::pair<std::string_view, std::string_view> kSame[] = {
      {"cmn", "zh"}, {"arb", "ar"}, {"pes", "fa"}, {"per", "fa"}, {"zsm", "ms"}, {"ekk", "et"}, {"lvs", "lv"},
      {"als", "sq"}, {"swh", "sw"}, {"uzn", "uz"}, {"khk", "mn"}, {"azj", "az"}, {"npi", "ne"}, {"ory", "or"},
      {"ydd", "yi"}, {"plt", "mg"}, {"kmr", "ku"}, {"pbu", "ps"}, {"gug", "gn"},
  };
  for (const auto& [member, macro] : kSame) {
    EXPECT_TRUE(Holds(member, macro)) << member;
    EXPECT_TRUE(Holds(macro, member)) << member;
  }
  constexpr std::pair<std::string_view, std::string_view> kMembers[] = {
      {"nb", "no"},  {"nn", "no"},        {"nb-NO", "nor"}, {"nno", "no"}, {"yue", "zh"}, {"nan", "zh"}, {"wuu", "zh"},
      {"hak", "zh"}, {"yue-HK", "zh-HK"}, {"arz", "ar"},    {"ary", "ar"}, {"apc", "ar"}, {"prs", "fa"}, {"swc", "sw"},
      {"uzs", "uz"}, {"mvf", "mn"},       {"azb", "az"},    {"dty", "ne"}, {"yih", "yi"}, {"ckb", "ku"}, {"pbt", "ps"},
      {"ltg", "lv"}, {"vro", "et"},       {"aln", "sq"},    {"tw", "ak"},  {"zlm", "ms"}, {"gax", "om"},
  };
  for (const auto& [member, macro] : kMembers) {
    EXPECT_TRUE(Holds(member, macro)) << member;
    EXPECT_FALSE(Holds(macro, member)) << member;
  }
}

// Readers take these for languages of their own: a rule for one must not bring the other.
TEST(LanguageCodeTest, KeepsLanguagesOfTheirOwnApart) {
  constexpr std::pair<std::string_view, std::string_view> kApart[] = {
      {"id", "ms"}, {"ind", "msa"}, {"min", "ms"}, {"bjn", "ms"}, {"hr", "sh"},   {"bs", "sh"},  {"cnr", "sh"},
      {"hr", "sr"}, {"bs", "hr"},   {"cnr", "sr"}, {"nb", "nn"},  {"yue", "nan"}, {"de", "nds"}, {"en", "sco"},
      {"cs", "sk"}, {"pa", "pnb"},  {"fa", "tg"},  {"ro", "rom"}, {"ku", "zza"},  {"ar", "mt"},  {"zh", "za"},
  };
  for (const auto& [one, other] : kApart) {
    EXPECT_FALSE(Holds(one, other)) << one << ' ' << other;
    EXPECT_FALSE(Holds(other, one)) << one << ' ' << other;
  }
}

TEST(LanguageCodeTest, HoldsWhatIsMoreSpecial) {
  EXPECT_TRUE(Holds("zh-HK", "zh"));
  EXPECT_TRUE(Holds("zh-Hant-HK", "zh-HK"));
  EXPECT_TRUE(Holds("zh-Hant-HK", "zh-Hant"));
  EXPECT_TRUE(Holds("zh-TW", "zh-Hant"));
  EXPECT_TRUE(Holds("zh-TW", "zh-Hant-TW"));
  EXPECT_TRUE(Holds("zh-SG", "zh-Hans"));
  EXPECT_TRUE(Holds("de-AT-1996", "de-1996"));
  EXPECT_FALSE(Holds("zh", "zh-HK"));
  EXPECT_FALSE(Holds("zh", "zh-Hant"));
  EXPECT_FALSE(Holds("zh-CN", "zh-Hant"));
  EXPECT_FALSE(Holds("zh-Hans-TW", "zh-Hant"));
  EXPECT_FALSE(Holds("en-x-gb", "en-GB"));
  EXPECT_FALSE(Holds("en-GB", "en-US"));
  EXPECT_FALSE(Holds("", "en"));
  EXPECT_FALSE(Holds("en", ""));
  EXPECT_FALSE(Holds("", ""));
}

}  // namespace
}  // namespace wirewatch
