#include "rules/pack/pack_library.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "base/yaml/yaml_text.h"
#include "rules/pack/library_files.h"
#include "rules/pack/pack_loader.h"
#include "tests/support/source_directory.h"

namespace wirewatch {
namespace {

using ::testing::ElementsAre;

constexpr std::string_view kPlaces = R"(library: places
facet: countries
lists:
  NL: {en: [Netherlands, Dutch], nl: [Nederland], zh-Hant: [荷蘭], zh-Hans: [荷兰], any: [=NLD]}
  BE: {en: [Belgium], nl: [België], zh: [比利時]}
  XX: [nowhere, netherlands]
groups:
  all: [benelux, XX, NL]
  benelux: [NL, BE]
)";

PackLibrary Places() {
  YamlText text("places.yaml", kPlaces);
  PackLibrary library = ReadLibrary(text);
  EXPECT_EQ(Render(text.TakeDiagnostics()), "");
  return library;
}

// The terms that @name stands for; {"-"}: it is not known.
std::vector<std::string> Terms(const PackLibrary& library, const std::string& name) {
  const auto found = FindTerms(library, ParseLibraryName(name));
  if (!found) return {"-"};
  EXPECT_EQ(found->kind, Expression::Kind::kOr);
  std::vector<std::string> terms;
  for (const Expression& term : found->children) terms.push_back(ToText(term.term));
  return terms;
}

TEST(PackLibraryTest, ANameIsALibraryAListAndALanguage) {
  const LibraryName whole = ParseLibraryName("places.NL:zh-Hant");
  EXPECT_EQ(whole.name, "places");
  EXPECT_EQ(whole.list, "NL");
  EXPECT_EQ(whole.language, "zh-Hant");
  EXPECT_EQ(ParseLibraryName("places:nl").name, "places");
  EXPECT_EQ(ParseLibraryName("places:nl").list, "");
}

TEST(PackLibraryTest, AListHasTheTermsOfAllLanguagesOrOfOne) {
  const PackLibrary library = Places();
  EXPECT_EQ(library.facet, "countries");
  EXPECT_THAT(Terms(library, "places.NL"), ElementsAre("Netherlands", "Dutch", "Nederland", "荷蘭", "荷兰", "=NLD"));
  EXPECT_THAT(Terms(library, "places.NL:nl"), ElementsAre("Nederland", "=NLD"));
  EXPECT_THAT(Terms(library, "places.NL:zh"), ElementsAre("荷蘭", "荷兰", "=NLD"));
  EXPECT_THAT(Terms(library, "places.NL:zh-Hant"), ElementsAre("荷蘭", "=NLD"));
  EXPECT_THAT(Terms(library, "places.BE:zh-Hans"), ElementsAre("比利時"));
  EXPECT_THAT(Terms(library, "places.XX:de"), ElementsAre("nowhere", "netherlands"));
}

TEST(PackLibraryTest, TheLibraryAndItsGroupsHaveEachTermOnce) {
  const PackLibrary library = Places();
  EXPECT_THAT(Terms(library, "places:en"), ElementsAre("Netherlands", "Dutch", "=NLD", "Belgium", "nowhere"));
  EXPECT_THAT(Terms(library, "places.benelux:nl"), ElementsAre("Nederland", "=NLD", "België"));
  EXPECT_THAT(Terms(library, "places.all:nl"), ElementsAre("Nederland", "=NLD", "België", "nowhere", "netherlands"));
}

TEST(PackLibraryTest, WhatThereIsNotIsNotKnown) {
  const PackLibrary library = Places();
  EXPECT_THAT(Terms(library, "places.FR"), ElementsAre("-"));
  EXPECT_THAT(Terms(library, "places.BE:fr"), ElementsAre("-"));
  EXPECT_THAT(Terms(library, "places:klingonese"), ElementsAre("-"));
  EXPECT_EQ(HelpForName(library, ParseLibraryName("places.nl")), "did you mean @places.NL?");
  EXPECT_EQ(HelpForName(library, ParseLibraryName("places.BE:fr")),
            "the library has terms in en, nl, zh, zh-Hans, zh-Hant");
}

TEST(PackLibraryTest, AFileWithItsKeyAtTheBeginningOfALineIsALibrary) {
  EXPECT_TRUE(IsLibraryText("library: a"));
  EXPECT_TRUE(IsLibraryText("# words\n\nlibrary: a\n"));
  EXPECT_FALSE(IsLibraryText("pack: a\nlists:\n  library: [book]\n"));
  EXPECT_FALSE(IsLibraryText(""));
}

// The pack of docs/lists.md uses the library of docs/lists.md, and the vendors of the repository.
TEST(PackLibraryTest, TheExamplesOfItsPageLoad) {
  const auto page = YamlText::ReadFile(SourceDirectory() / "docs/lists.md");
  ASSERT_TRUE(page);
  std::vector<std::string> blocks;
  const std::string fence = "```yaml\n";
  for (std::size_t begin = page->find(fence); begin != std::string::npos; begin = page->find(fence, begin)) {
    begin += fence.size();
    blocks.push_back(page->substr(begin, page->find("```", begin) - begin));
  }
  ASSERT_EQ(blocks.size(), 2u);
  LibraryFiles libraries([&](const std::filesystem::path& file) -> Result<std::string> {
    if (file == "lists/places.yaml") return blocks[1];
    return YamlText::ReadFile(SourceDirectory() / "rules/packs" / file);
  });
  LoadedPacks loaded = LoadPackText(blocks[0], "border-trade.yaml", libraries);
  AddLibraries(libraries, loaded);
  EXPECT_EQ(Render(loaded.diagnostics), "");
  EXPECT_EQ(loaded.libraries.size(), 2u);
}

}  // namespace
}  // namespace wirewatch
