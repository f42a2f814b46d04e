// Vocabulary: the words that the terms of a rule set are made of, each with a number: plain ones ("huawei") and those
// with wildcards ("exclud*", "organi?ation").
//
// Plain words stand in a hash table; words with wildcards are filed under the bytes before their first wildcard, which
// are looked up for every length in use. So a word costs a few look-ups, not a walk over the patterns.
#ifndef WIREWATCH_RULES_VOCABULARY_H_
#define WIREWATCH_RULES_VOCABULARY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace wirewatch {

// Immutable once filled; shared by threads. Moves, but is not copied: it holds views of its own keys.
class Vocabulary {
 public:
  Vocabulary() = default;
  Vocabulary(Vocabulary&&) = default;
  Vocabulary& operator=(Vocabulary&&) = default;

  // The number of a word as it stands in a folded pattern, added if it is new.
  std::uint32_t Add(std::string_view word);

  std::size_t size() const { return words_.size(); }
  std::string_view word(std::uint32_t number) const { return words_[number]; }
  bool has_wildcards(std::uint32_t number) const { return wildcards_[number]; }

  // What the word is good for where it stands: bits whose meaning is the caller's.
  void AddUse(std::uint32_t number, std::uint8_t use) { uses_[number] |= use; }
  std::uint8_t uses(std::uint32_t number) const { return uses_[number]; }

  // The plain word that `word` is.
  std::optional<std::uint32_t> FindPlain(std::string_view word) const;
  // Appends the words with wildcards that `word` is, rising.
  void FindWildcards(std::string_view word, std::vector<std::uint32_t>& numbers) const;

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  template <typename Value>
  using ByText = std::unordered_map<std::string, Value, Hash, std::equal_to<>>;

  ByText<std::uint32_t> numbers_;
  std::vector<std::string_view> words_;  // the keys of numbers_
  std::vector<bool> wildcards_;
  std::vector<std::uint8_t> uses_;
  ByText<std::vector<std::uint32_t>> by_prefix_;  // words with wildcards, by what stands before the first
  std::vector<std::size_t> prefix_sizes_;         // those in use, rising
};

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_VOCABULARY_H_
