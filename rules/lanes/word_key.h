// WordKey: a word of folded text in the form that tables of words compare and hash.
#ifndef WIREWATCH_RULES_LANES_WORD_KEY_H_
#define WIREWATCH_RULES_LANES_WORD_KEY_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace wirewatch {

//   up to 16 bytes   low, high: the bytes of the word, filled up with zeros. No folded word has a zero in it, so equal
//                    keys are equal words.
//   longer           low: a hash of the word; high: kLong. Words with equal keys must be compared themselves. kLong has
//                    the byte 0xFF, which stands in no UTF-8: no short word has such a key.
//   default          the key of no word
struct WordKey {
  static constexpr std::size_t kInlineBytes = 16;
  static constexpr std::uint64_t kLong = std::uint64_t{0xFF} << 56;

  std::uint64_t low = 0;
  std::uint64_t high = 0;

  bool is_inline() const { return high < kLong; }
  bool is_nothing() const { return low == 0 && high == 0; }
  bool operator==(const WordKey&) const = default;
};

// Mixes two words as wyhash does: the halves of their product (Wang Yi, github.com/wangyi-fudan/wyhash).
inline std::uint64_t MixWords(std::uint64_t a, std::uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

// `seed` is random: who writes articles must not be able to choose words that all fall into one slot of a table.
inline std::uint64_t HashOf(const WordKey& key, std::uint64_t seed) {
  constexpr std::uint64_t kOdd = 0x9E3779B97F4A7C15;
  return MixWords(key.low ^ seed, key.high ^ (seed * kOdd));
}

// `readable`: bytes that may be read from word.data() on, at least word.size(). From 16 on it is faster.
// An empty word has the default key: Vocabulary asks so for the empty prefix.
inline WordKey KeyOf(std::string_view word, std::size_t readable, std::uint64_t seed) {
  // By the size of the word: masks for the bytes of `low` and of `high` that belong to it. A table and not a branch:
  // the processor cannot predict whether a word is longer than eight bytes.
  static constexpr auto kMasks = [] {
    std::array<std::array<std::uint64_t, 2>, WordKey::kInlineBytes + 1> masks{};
    for (std::size_t size = 1; size <= WordKey::kInlineBytes; ++size) {
      const auto mask = [](std::size_t bytes) {
        return bytes >= 8 ? ~std::uint64_t{0} : (std::uint64_t{1} << (8 * bytes)) - 1;
      };
      masks[size] = {mask(size), size > 8 ? mask(size - 8) : 0};
    }
    return masks;
  }();
  const auto load = [](const char* bytes) {
    std::uint64_t value;
    std::memcpy(&value, bytes, sizeof(value));
    return value;
  };
  if (word.size() <= WordKey::kInlineBytes && readable >= WordKey::kInlineBytes) [[likely]] {
    const auto& masks = kMasks[word.size()];
    return {load(word.data()) & masks[0], load(word.data() + 8) & masks[1]};
  }
  if (word.size() <= WordKey::kInlineBytes) {
    char padded[WordKey::kInlineBytes] = {};
    if (!word.empty()) std::memcpy(padded, word.data(), word.size());  // of an empty one data() may be null
    return {load(padded), load(padded + 8)};
  }
  std::uint64_t hash = seed;
  for (std::size_t at = 0; at + 16 <= word.size(); at += 16) {
    hash = MixWords(load(&word[at]) ^ hash, load(&word[at + 8]) ^ ~seed);
  }
  hash = MixWords(load(&word[word.size() - 16]) ^ hash, load(&word[word.size() - 8]) ^ ~seed);
  return {hash, WordKey::kLong};
}

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_LANES_WORD_KEY_H_
