#include "rules/codes/country_code.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "tests/support/iso_codes.h"

namespace wirewatch {
namespace {

std::string Lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

TEST(CountryCodeTest, KnowsEveryCountryByEachOfItsCodesAndNames) {
  const auto countries = IsoCodes("3166-1");
  ASSERT_EQ(countries.size(), 249u);
  for (const auto& country : countries) {
    const std::string code = country.at("alpha_2");
    for (const char* key : {"alpha_2", "alpha_3", "numeric", "name", "common_name", "official_name"}) {
      if (!country.contains(key)) continue;
      const std::string written = country.at(key);
      EXPECT_EQ(CanonicalCountry(written), code) << written;
      EXPECT_EQ(CanonicalCountry(Lower(written)), code) << written;
    }
  }
}

TEST(CountryCodeTest, KnowsThePartsOfEveryCountry) {
  for (const auto& part : IsoCodes("3166-2")) {
    const std::string code = part.at("code");
    EXPECT_EQ(CanonicalCountry(code), code.substr(0, 2)) << code;
  }
}

TEST(CountryCodeTest, NoCodeOfTwoLettersMeansAnotherCountryThanTheStandardSays) {
  for (const auto& country : IsoCodes("3166-3")) {
    const std::string code = country.at("alpha_2");
    EXPECT_NE(CanonicalCountry(code), "") << code;
    EXPECT_NE(CanonicalCountry(std::string(country.at("alpha_3"))), "") << code;
  }
}

TEST(CountryCodeTest, KnowsWhatNewsWrites) {
  constexpr std::pair<std::string_view, std::string_view> kCases[] = {
      {"UK", "GB"},
      {"uk", "GB"},
      {"EL", "GR"},
      {"XK", "XK"},
      {"Kosovo", "XK"},
      {"EU", "EU"},
      {"European Union", "EU"},
      {"SU", "SU"},
      {"USSR", "SU"},
      {"YU", "YU"},
      {"CS", "CS"},
      {"SCG", "CS"},
      {"DD", "DD"},
      {"ZR", "CD"},
      {"BU", "MM"},
      {"TP", "TL"},
      {"FX", "FR"},
      {"ROM", "RO"},
      {"36", "AU"},
      {"036", "AU"},
      {"8", "AL"},
      {"U.K.", "GB"},
      {"Great Britain", "GB"},
      {"Scotland", "GB"},
      {"U.S.", "US"},
      {"USA", "US"},
      {"the United States of America", "US"},
      {"united states", "US"},
      {"South Korea", "KR"},
      {"Korea, North", "KP"},
      {"Russia", "RU"},
      {"Iran", "IR"},
      {"Syria", "SY"},
      {"Turkey", "TR"},
      {"Türkiye", "TR"},
      {"turkiye", "TR"},
      {"Ivory Coast", "CI"},
      {"Cote d'Ivoire", "CI"},
      {"CÔTE D’IVOIRE", "CI"},
      {"The Netherlands", "NL"},
      {"Holland", "NL"},
      {"Czech Republic", "CZ"},
      {"Burma", "MM"},
      {"Macau", "MO"},
      {"Vatican City", "VA"},
      {"Trinidad & Tobago", "TT"},
      {"St. Lucia", "LC"},
      {"Bosnia", "BA"},
      {"DR Congo", "CD"},
      {"Congo", "CG"},
      {"Palestine", "PS"},
      {"Taiwan", "TW"},
      {"GB-SCT", "GB"},
      {"us-ny", "US"},
      {"UAE", "AE"},
  };
  for (const auto& [written, code] : kCases) EXPECT_EQ(CanonicalCountry(written), code) << written;
}

TEST(CountryCodeTest, IsEmptyForWhatNamesNoCountry) {
  for (const char* written : {"", " ", "the", "AA", "ZZ", "QQ", "XX", "ABC", "999", "0", "Europe", "Narnia", "G",
                              "GB-SCOTLAND", "GB-A-B", "en-GB", "GB,US", "Paris", "\xFF\xFE"}) {
    EXPECT_EQ(CanonicalCountry(written), "") << written;
  }
  EXPECT_EQ(CanonicalCountry(std::string(1'000'000, 'a')), "");
}

TEST(CountryCodeTest, LeavesWhatIsCanonicalAsItIs) {
  for (char first = 'A'; first <= 'Z'; ++first) {
    for (char second = 'A'; second <= 'Z'; ++second) {
      const std::string once = CanonicalCountry(std::string{first, second});
      EXPECT_EQ(CanonicalCountry(once), once);
    }
  }
}

}  // namespace
}  // namespace wirewatch
