#include "pipeline/story/word_rarity.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "base/text/numbers.h"
#include "base/text/utf8.h"
#include "pipeline/story/word_frequencies.h"

namespace wirewatch {
namespace {

constexpr std::size_t kStemCharacters = 6;
constexpr double kCommonShare = 0.25;
constexpr float kUnlisted = 5.116F;  // ln(kCommonShare / 0.0015)

// Open addressing, half full: an article asks for 200 stems.
class Table {
 public:
  Table() : slots_(kSlots) {
    std::string_view rest = WordFrequencies();
    while (!rest.empty()) {
      const std::string_view line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(rest.size(), line.size() + 1));
      if (!line.empty() && line.front() != '#') AddLine(line);
    }
  }

  float Find(std::uint32_t stem) const { return slots_[Place(stem)].rarity; }

 private:
  static constexpr std::size_t kSlots = 1 << 17;  // nearly twice the stems of word_frequencies.txt
  struct Slot {
    std::uint32_t stem = 0;
    float rarity = kUnlisted;
  };

  // "CLASS STEM STEM ...": the share of the stems is 2^(-CLASS/2).
  void AddLine(std::string_view line) {
    const std::size_t end = std::min(line.find(' '), line.size());
    const int half_bits = ParseNumber<int>(line.substr(0, end)).value_or(0);
    const auto rarity = static_cast<float>(std::max(0.0, std::log(kCommonShare) + half_bits / 2.0 * std::log(2.0)));
    line.remove_prefix(end);
    while (!line.empty()) {
      line.remove_prefix(1);
      const std::string_view stem = line.substr(0, line.find(' '));
      const std::uint32_t hash = StemHash(stem);
      slots_[Place(hash)] = {hash, rarity};
      line.remove_prefix(stem.size());
    }
  }

  // Of the stem, or the free one where it would be.
  std::size_t Place(std::uint32_t stem) const {
    std::size_t at = stem % kSlots;
    while (slots_[at].rarity != kUnlisted && slots_[at].stem != stem) at = (at + 1) % kSlots;
    return at;
  }

  std::vector<Slot> slots_;
};

}  // namespace

std::string_view StemOf(std::string_view word) {
  std::size_t end = 0;
  for (std::size_t i = 0; i < kStemCharacters && end < word.size(); ++i) end += CharacterSize(word[end]);
  return word.substr(0, end);
}

std::uint32_t StemHash(std::string_view stem) {
  return static_cast<std::uint32_t>(XXH3_64bits(stem.data(), stem.size()));
}

float RarityOf(std::uint32_t stem_hash) {
  static const Table table;
  return table.Find(stem_hash);
}

}  // namespace wirewatch
