// word_frequencies: counts in how many articles of WIREWATCH_CORPUS each stem stands, and prints
// pipeline/story/word_frequencies.txt:
//
//   WIREWATCH_CORPUS=... build/dev/bin/word_frequencies > pipeline/story/word_frequencies.txt
//
// Only counts leave the corpus: single stems, without the texts that they stood in. A stem's share is that of the
// language in which it is most frequent, among languages of at least kLeastArticles articles.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "pipeline/story/story_signature.h"
#include "rules/text/fold.h"
#include "tests/support/corpus.h"

namespace wirewatch {
namespace {

constexpr double kLeastArticles = 100, kLeastShare = 0.004, kLeastCount = 4;

struct Language {
  double articles = 0;
  std::unordered_map<std::string, double> stems;
};

int Main() {
  std::map<std::string, Language> languages;
  FoldedDocument folded;
  for (const auto& file : CorpusFiles()) {
    const Status read = ReadArticles(file, [&](const StoredArticle& article) {
      Fold(article.document(), folded);
      const std::vector<std::string> all = StoryStems(folded);
      const std::unordered_set<std::string> stems(all.begin(), all.end());
      Language& language = languages[article.language.substr(0, 2)];
      ++language.articles;
      for (const std::string& stem : stems) ++language.stems[stem];
    });
    if (!read) {
      fmt::print(stderr, "{}\n", read.error().message);
      return 1;
    }
  }
  std::unordered_map<std::string, double> shares;
  for (const auto& [name, language] : languages) {
    if (language.articles < kLeastArticles) continue;
    for (const auto& [stem, count] : language.stems) {
      const double share = count / language.articles;
      if (count < kLeastCount || share < kLeastShare) continue;
      shares[stem] = std::max(shares[stem], share);
    }
  }
  std::map<int, std::set<std::string>> classes;
  for (const auto& [stem, share] : shares) classes[static_cast<int>(std::lround(-2 * std::log2(share)))].insert(stem);
  fmt::print("# Stems by the share of articles that have them, made by tests/support/word_frequencies_main.cc.\n"
             "# A line: a class C, and the stems whose share is about 2^(-C/2) in some language.\n");
  for (const auto& [half_bits, stems] : classes) {
    std::string line;
    const auto flush = [&] {
      if (!line.empty()) fmt::print("{}{}\n", half_bits, line);
      line.clear();
    };
    for (const std::string& stem : stems) {
      if (line.size() + stem.size() > 120) flush();
      line += ' ' + stem;
    }
    flush();
  }
  return languages.empty() ? 1 : 0;
}

}  // namespace
}  // namespace wirewatch

int main() { return wirewatch::Main(); }
