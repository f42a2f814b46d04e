// MisspelledWords: which words of a vocabulary are `huawei~1`, and which of them a word of an article is a misspelling
// of.
//
// By symmetric deletion (W. Garbe, "1000x faster spelling correction", 2012; T. Bocek, E. Hunt, B. Stiller, "Fast
// similarity search in large dictionaries", 2007): two words are one edit from each other only if leaving out at most
// one letter of each gives the same text. What is left of each word of the rules is in a table; what is left of a word
// of an article is looked up there, and what is found is compared. A word of n letters costs n + 1 look-ups for ~1,
// about n * n / 2 if any word has ~2, whatever the number of rules.
#ifndef WIREWATCH_RULES_LANES_MISSPELLED_WORDS_H_
#define WIREWATCH_RULES_LANES_MISSPELLED_WORDS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "rules/lanes/number_table.h"

namespace wirewatch {

// Immutable once filled; shared by threads.
class MisspelledWords {
 public:
  explicit MisspelledWords(std::uint64_t seed) : seed_(seed) {}

  bool empty() const { return words_.empty(); }

  // `edits`: 1 or 2.
  void Add(std::uint32_t number, std::string_view word, std::uint32_t edits);

  // Appends the numbers of the words that `word` is, or is a misspelling of.
  void Find(std::string_view word, std::vector<std::uint32_t>& numbers) const;

 private:
  struct Word {
    std::uint32_t number = 0;
    std::uint32_t edits = 0;
    std::u32string letters;
  };

  // Hashes of what is left of a word, each in constant time: of polynomials in a random number, whose parts can be put
  // together.
  class Rests;

  std::uint64_t seed_;
  std::vector<Word> words_;
  NumberTable by_rest_;  // indices into words_, by what is left of the word
  std::size_t shortest_ = 0, longest_ = 0;
  std::uint32_t most_edits_ = 0;
  std::vector<std::uint64_t> powers_{1};  // of a random odd number: to the length of the longest word, and more
};

// Whether `a` and `b` are at most `most` edits from each other: letters put in, left out, changed, or changed with
// their neighbour, none of them touched twice (optimal string alignment).
bool AreWithin(std::u32string_view a, std::u32string_view b, std::size_t most);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_LANES_MISSPELLED_WORDS_H_
