#include "pipeline/story/word_rarity.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "base/text/numbers.h"
#include "base/text/utf8.h"
#include "pipeline/story/word_frequencies.h"

namespace wirewatch {
namespace {

constexpr std::size_t kStemCharacters = 6;
constexpr double kCommonShare = 0.25, kUnlistedShare = 0.0015;

using Table = std::unordered_map<std::uint32_t, float>;

// Lines "CLASS STEM STEM ...": the share of the stems is 2^(-CLASS/2).
Table ReadTable() {
  Table table;
  std::string_view rest = WordFrequencies();
  while (!rest.empty()) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (line.empty() || line.front() == '#') continue;
    const std::size_t end = std::min(line.find(' '), line.size());
    const int half_bits = ParseNumber<int>(line.substr(0, end)).value_or(0);
    const double share = std::pow(2.0, -half_bits / 2.0);
    const auto rarity = static_cast<float>(std::max(0.0, std::log(kCommonShare / share)));
    line.remove_prefix(end);
    while (!line.empty()) {
      line.remove_prefix(1);
      const std::string_view stem = line.substr(0, line.find(' '));
      table.emplace(StemHash(stem), rarity);
      line.remove_prefix(stem.size());
    }
  }
  return table;
}

}  // namespace

std::string_view StemOf(std::string_view word) {
  std::size_t end = 0;
  for (std::size_t i = 0; i < kStemCharacters && end < word.size(); ++i) end += CharacterSize(word[end]);
  return word.substr(0, end);
}

std::uint32_t StemHash(std::string_view stem) { return static_cast<std::uint32_t>(XXH3_64bits(stem.data(), stem.size())); }

float RarityOf(std::uint32_t stem_hash) {
  static const Table table = ReadTable();
  static const auto unlisted = static_cast<float>(std::log(kCommonShare / kUnlistedShare));
  const auto at = table.find(stem_hash);
  return at == table.end() ? unlisted : at->second;
}

}  // namespace wirewatch
