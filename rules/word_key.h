// WordKey: a word of folded text in the form that tables of words compare and hash.
#ifndef WIREWATCH_RULES_WORD_KEY_H_
#define WIREWATCH_RULES_WORD_KEY_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace wirewatch {

// A word of up to 16 bytes is its own key: equal keys are equal words. Of a longer one `low` is a hash and its bytes
// must be compared as well.
struct WordKey {
  static constexpr std::size_t kInlineBytes = 16;

  std::uint64_t low = 0;
  std::uint64_t high = 0;
  std::uint32_t size = 0;

  bool is_inline() const { return size <= kInlineBytes; }
  bool operator==(const WordKey&) const = default;
};

// Mixes two words as wyhash does: the halves of their product (Wang Yi, github.com/wangyi-fudan/wyhash).
inline std::uint64_t MixWords(std::uint64_t a, std::uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

// `seed` is chance, new in each process: whoever writes articles must not be able to choose words that fall into one
// place of a table.
inline std::uint64_t HashOf(const WordKey& key, std::uint64_t seed) {
  constexpr std::uint64_t kOdd = 0x9E3779B97F4A7C15;
  return MixWords(key.low ^ seed, (key.high + key.size) * kOdd ^ (seed >> 32));
}

// `readable`: bytes that may be read from word.data() on, at least word.size(). The more, the faster.
inline WordKey KeyOf(std::string_view word, std::size_t readable, std::uint64_t seed) {
  // The bytes of the first and of the second half that belong to a word of so many bytes. A table, since whether a word
  // is longer than eight bytes cannot be guessed.
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
  WordKey key;
  key.size = static_cast<std::uint32_t>(word.size());
  if (word.size() <= WordKey::kInlineBytes && readable >= WordKey::kInlineBytes) {
    key.low = load(word.data()) & kMasks[word.size()][0];
    key.high = load(word.data() + 8) & kMasks[word.size()][1];
    return key;
  }
  if (word.size() <= WordKey::kInlineBytes) {
    char padded[WordKey::kInlineBytes] = {};
    std::memcpy(padded, word.data(), word.size());
    key.low = load(padded);
    key.high = load(padded + 8);
    return key;
  }
  std::uint64_t hash = seed;
  for (std::size_t at = 0; at + 16 <= word.size(); at += 16) {
    hash = MixWords(load(&word[at]) ^ hash, load(&word[at + 8]) ^ ~seed);
  }
  key.low = MixWords(load(&word[word.size() - 16]) ^ hash, load(&word[word.size() - 8]) ^ ~seed);
  return key;
}

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_WORD_KEY_H_
