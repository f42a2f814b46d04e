#include "rules/engine/facet_set.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "tests/support/source_directory.h"

namespace wirewatch {
namespace {

std::shared_ptr<const PackLibrary> Library(std::string_view yaml) {
  YamlText text("library.yaml", yaml);
  auto library = std::make_shared<const PackLibrary>(ReadLibrary(text));
  EXPECT_EQ(Render(text.TakeDiagnostics()), "");
  return library;
}

constexpr std::string_view kPlaces = R"(library: places
facet: countries
lists:
  SD: {en: [Sudan], nl: [Soedan]}
  SS: {en: [South Sudan]}
  MX: [Mexico]
  PL: {en: [=Polish], nl: [Polen]}
  US: [America]
  CN: {zh: [美中]}
except: {any: [New Mexico], en: [South America]}
)";
constexpr std::string_view kTowns = R"(library: towns
facet: countries
lists:
  MX: [Mexico City, Tijuana]
)";
constexpr std::string_view kVendors = R"(library: vendors
facet: vendors
lists:
  Huawei: [Huawei]
)";
constexpr std::string_view kWords = R"(library: words
lists:
  banning: [ban]
)";

std::shared_ptr<const FacetSet> Set() {
  auto set = FacetSet::Compile({Library(kPlaces), Library(kTowns), Library(kVendors), Library(kWords)}, nullptr);
  EXPECT_TRUE(set);
  return *set;
}

std::string TextOf(const Facets& facets) {
  std::string text;
  for (const Facet& facet : facets) {
    text += facet.name + ":";
    for (const FacetValue& value : facet.values) {
      text += fmt::format(" {} {}{}", value.value, value.count, value.near ? " near" : "");
    }
    text += "; ";
  }
  return text;
}

// Facets of an article; its spans are the places of "ban" in the body.
std::string FacetsOf(const std::shared_ptr<const FacetSet>& set, std::string_view title, std::string_view body,
                     std::string_view language = "en") {
  Document document;
  document.texts = {title, "", body};
  document.language = language;
  FoldedDocument folded;
  Fold(document, folded);
  std::vector<MatchSpan> spans;
  for (std::size_t at = body.find("ban"); at != std::string_view::npos; at = body.find("ban", at + 1)) {
    const auto begin = static_cast<std::uint32_t>(at);
    spans.push_back({Field::kBody, {begin, begin + 3}, 0, 0});
  }
  auto finder = FacetFinder::Create(set);
  EXPECT_TRUE(finder);
  EXPECT_TRUE(finder->Find(document, folded));
  return TextOf(finder->Near(spans));
}

std::string Words(std::uint32_t count) {
  std::string words;
  for (std::uint32_t i = 0; i < count; ++i) words += "word ";
  return words;
}

TEST(FacetSetTest, CountsTheNamesOfEachFacet) {
  EXPECT_EQ(FacetsOf(Set(), "Huawei", "A ban. Huawei left Tijuana for Mexico, not for Sudan."),
            "countries: MX 2 near SD 1 near; vendors: Huawei 2 near; ");
  EXPECT_EQ(FacetsOf(Set(), "Quiet", "Nobody is named."), "");
}

TEST(FacetSetTest, OfNamesThatOverlapTheLongestCounts) {
  EXPECT_EQ(FacetsOf(Set(), "South Sudan", ""), "countries: SS 1 near; ");
  EXPECT_EQ(FacetsOf(Set(), "Sudan, South Sudan and Mexico City", ""), "countries: MX 1 near SD 1 near SS 1 near; ");
}

TEST(FacetSetTest, WhatOnlyLooksLikeANameDoesNotCount) {
  EXPECT_EQ(FacetsOf(Set(), "New Mexico and South America", ""), "");
  EXPECT_EQ(FacetsOf(Set(), "New Mexico, old Mexico", ""), "countries: MX 1 near; ");
}

TEST(FacetSetTest, NamesAreOfTheArticlesLanguageOrOfNone) {
  EXPECT_EQ(FacetsOf(Set(), "Polen, Soedan, Tijuana", "", "en-GB"), "countries: MX 1 near; ");
  EXPECT_EQ(FacetsOf(Set(), "Polen, Soedan, Tijuana", "", "nl"), "countries: MX 1 near PL 1 near SD 1 near; ");
  EXPECT_EQ(FacetsOf(Set(), "Polen, Polish", "", ""), "countries: PL 2 near; ") << "an unknown language is any";
  EXPECT_EQ(FacetsOf(Set(), "美中", "", "zh-TW"), "countries: CN 1 near; ");
}

TEST(FacetSetTest, NearIsTheTitleOrAFewWordsFromASpan) {
  EXPECT_EQ(FacetsOf(Set(), "", "Mexico " + Words(kFacetWords) + "ban"), "countries: MX 1 near; ");
  EXPECT_EQ(FacetsOf(Set(), "", "Mexico " + Words(kFacetWords + 1) + "ban"), "countries: MX 1; ");
  EXPECT_EQ(FacetsOf(Set(), "", "ban " + Words(kFacetWords) + "Mexico " + Words(1) + "Sudan"),
            "countries: MX 1 near SD 1; ");
  EXPECT_EQ(FacetsOf(Set(), "", "ban " + Words(60) + "Mexico " + Words(60) + "ban"), "countries: MX 1; ");
  EXPECT_EQ(FacetsOf(Set(), "Mexico", Words(60) + "Sudan Sudan"), "countries: MX 1 near SD 2; ")
      << "what is near comes first";
}

TEST(FacetSetTest, AFacetHasABoundedNumberOfValues) {
  std::string yaml = "library: many\nfacet: many\nlists:\n", text;
  for (int i = 10; i < 60; ++i) {
    yaml += fmt::format("  L{0}: [name{0}]\n", i);
    text += fmt::format("name{} ", i);
  }
  auto set = FacetSet::Compile({Library(yaml)}, nullptr);
  ASSERT_TRUE(set);
  const std::string facets = FacetsOf(*set, "", text + "name59");
  EXPECT_TRUE(facets.starts_with("many: L59 2 L10 1 ")) << facets;
  EXPECT_EQ(std::count(facets.begin(), facets.end(), 'L'), kMaxFacetValues);
}

TEST(FacetSetTest, TheSameNamesAreTheSameSet) {
  const auto set = Set();
  EXPECT_EQ(*FacetSet::Compile({Library(kPlaces), Library(kTowns), Library(kVendors)}, set), set);
  EXPECT_NE(*FacetSet::Compile({Library(kVendors), Library(kPlaces)}, set), set);
  EXPECT_EQ(*FacetSet::Compile({Library(kWords)}, set), nullptr);
}

// The libraries of the repository, with what has gone wrong before: what is written like a name and is none.
struct Trap {
  const char* language;
  const char* text;
  const char* facets;
};

std::shared_ptr<const FacetSet> ShippedSet() {
  FacetSet::Libraries libraries;
  for (const auto& entry : std::filesystem::directory_iterator(SourceDirectory() / "rules/packs/lists")) {
    std::ifstream in(entry.path(), std::ios::binary);
    libraries.push_back(Library(std::string(std::istreambuf_iterator<char>(in), {})));
  }
  auto set = FacetSet::Compile(libraries, nullptr);
  EXPECT_TRUE(set);
  return *set;
}

TEST(FacetSetTest, TheShippedLibrariesKnowTheirTraps) {
  const auto set = ShippedSet();
  const Trap traps[] = {
      {"en", "The US told us so", "countries: US 1 near; "},
      {"en", "Roast turkey for who can chat", ""},
      {"en", "Ankara rejects it, Turkey says", "countries: TR 2 near; "},
      {"en", "A polish for nails; the Polish cabinet", "countries: PL 1 near; "},
      {"en", "Michael Jordan and the peaches of Georgia", ""},
      {"en", "Jordanian troops in Jordan", "countries: JO 2 near; "},
      {"en", "Latin America and New Mexico", ""},
      {"en", "Chad plays; troops in Chad", "countries: TD 1 near; "},
      {"en", "South Sudan, not Sudan", "countries: SD 1 near SS 1 near; "},
      {"en", "Papua New Guinea", "countries: PG 1 near; "},
      {"en", "The Chinese vendor ZTE, told NATO", "agencies: NATO 1 near; countries: CN 1 near; vendors: ZTE 1 near; "},
      {"nl", "Nederland en de Zweedse AIVD in Den Haag", "agencies: AIVD 1 near; countries: NL 2 near SE 1 near; "},
      {"nl", "Frans sprak vs. Duitsland", "countries: DE 1 near; "},
      {"nl", "De VS en de Chinese overheid", "countries: CN 1 near US 1 near; "},
      {"es", "La Moncloa y los chinos de Huawei, dice EE.UU.",
       "countries: CN 1 near ES 1 near US 1 near; vendors: Huawei 1 near; "},
      {"pl", "mali i niemal Niemcy", "countries: DE 1 near; "},
      {"pl", "Daniel kupuje gazy", ""},
      {"pl", "w Chinach i na Węgrzech", "countries: CN 1 near HU 1 near; "},
      {"de", "Die US-Regierung und Tschechiens Kabinett", "countries: CZ 1 near US 1 near; "},
      {"es", "Los fines de la red", ""},
      {"nl", "Ze letten op wenende kinderen", ""},
      {"cs", "Daňové úniky a svědek činu za prahy domu", ""},
      {"cs", "Dánové a Švédi v Praze", "countries: CZ 1 near DK 1 near SE 1 near; "},
      {"pl", "Dwa dania i pięć kijów, mówi Kuba", ""},
      {"pl", "Z Danii na Kubie do Kijowa", "countries: CU 1 near DK 1 near UA 1 near; "},
      {"ro", "Un roman de sărbătoare", ""},
      {"ro", "Guvernul român și cel sârb", "countries: RO 1 near RS 1 near; "},
      {"zh-CN", "提高通过率", ""},
      {"sl", "Danes je v Sloveniji in na Kitajskem lepo", "countries: CN 1 near SI 1 near; "},
      {"pt", "A China e os alemães", "countries: CN 1 near DE 1 near; "},
      {"ru", "Индивидуальная дань; Даниил в Китае и Литве", "countries: CN 1 near LT 1 near; "},
      {"en", "A soul in Real Madrid, a micron of dust, the CNI and MSS bands", ""},
      {"fr", "L'Amérique latine et la Chine", "countries: CN 1 near; "},
      {"bg", "Газа и нафта от Русия", "countries: PS 1 near RU 1 near; "},
      {"bg", "цената на газа в България", "countries: BG 1 near; "},
      {"ro", "România și SUA, eu cred", "countries: RO 1 near US 1 near; "},
      {"cs", "Františkův cech a Kennedy v Německu", "countries: DE 1 near; "},
      {"zh-TW", "美國禁用華為，上海地區", "countries: US 1 near; vendors: Huawei 1 near; "},
      {"zh-CN", "白俄罗斯与俄罗斯", "countries: BY 1 near RU 1 near; "},
      {"zh-CN", "美中不足，其中方便", ""},
      {"zh-TW", "美中談判", "countries: CN 1 near US 1 near; "},
  };
  for (const Trap& trap : traps) EXPECT_EQ(FacetsOf(set, trap.text, "", trap.language), trap.facets) << trap.text;
}

}  // namespace
}  // namespace wirewatch
