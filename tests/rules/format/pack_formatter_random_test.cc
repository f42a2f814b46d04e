// A thousand random packs: what the formatter writes says the same, holds every comment, and is written again as it is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "rules/format/pack_formatter.h"
#include "rules/pack/pack_loader.h"
#include "rules/pack/topic_digest.h"
#include "tests/support/corpus.h"
#include "tests/support/pack_text_generator.h"

namespace wirewatch {
namespace {

std::vector<Digest> DigestsOf(const std::string& text) {
  std::vector<Digest> digests;
  const LoadedPacks loaded = LoadPackText(text, "pack.yaml");
  for (const auto& pack : loaded.packs) {
    for (const Topic& topic : pack->topics) digests.push_back(DigestOf(topic));
  }
  return digests;
}

// Those that begin with the mark of a comment, in the order in which they stand there.
std::vector<std::string> InOrderOf(std::string_view text, std::vector<std::string> comments) {
  std::vector<std::pair<std::size_t, std::string>> placed;
  for (std::string& comment : comments) {
    // As a whole: "# note 1" is no "# note 12".
    std::size_t at = text.find(comment + "\n");
    placed.emplace_back(at, std::move(comment));
  }
  std::stable_sort(placed.begin(), placed.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> ordered;
  for (auto& [at, comment] : placed) ordered.push_back(at == std::string_view::npos ? "lost: " + comment : comment);
  return ordered;
}

TEST(PackFormatterRandomTest, WritesThousandPacksWithTheSameMeaningAndAllCommentsAndTheSameAgain) {
  PackTextGenerator generator(17, SampleArticles());
  std::size_t formatted_packs = 0, comments = 0, in_order = 0;
  for (int attempt = 0; attempt < 10000 && formatted_packs < 1000; ++attempt) {
    const GeneratedPack pack = generator.Make();
    const Diagnostics found = LoadPackText(pack.text, "pack.yaml").diagnostics;
    if (HasErrors(found)) continue;  // a rule that says nothing, say
    const FormattedPack once = FormatPack(pack.text, "pack.yaml");
    ASSERT_TRUE(once.text) << Render(once.errors) << pack.text;
    const FormattedPack twice = FormatPack(*once.text, "pack.yaml");
    ASSERT_TRUE(twice.text) << Render(twice.errors) << *once.text;
    ASSERT_EQ(*twice.text, *once.text) << pack.text;
    ASSERT_EQ(DigestsOf(*once.text), DigestsOf(pack.text)) << pack.text << "---\n" << *once.text;
    std::vector<std::string> notes = pack.comments;
    std::erase_if(notes, [](const std::string& note) { return note.find("wirewatch") != std::string::npos; });
    const std::vector<std::string> kept = InOrderOf(*once.text, notes);
    if (pack.keys_in_order) {
      ASSERT_EQ(kept, notes) << pack.text << "---\n" << *once.text;
      ++in_order;
    } else {
      ASSERT_THAT(kept, testing::UnorderedElementsAreArray(notes)) << pack.text << "---\n" << *once.text;
    }
    ++formatted_packs;
    comments += notes.size();
  }
  EXPECT_EQ(formatted_packs, 1000U);
  EXPECT_GT(comments, 5000U);
  EXPECT_GT(in_order, 300U);
}

}  // namespace
}  // namespace wirewatch
