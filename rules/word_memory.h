// WordMemory: which words of a Vocabulary each word of the news is, remembered by one thread.
//
// News repeats its words: nearly every one has been met before, and costs one look-up in a table that stays in the
// processor's cache, whatever the size of the vocabulary. What the table holds is bounded; when it is full it begins
// anew between two articles.
#ifndef WIREWATCH_RULES_WORD_MEMORY_H_
#define WIREWATCH_RULES_WORD_MEMORY_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rules/fold.h"
#include "rules/vocabulary.h"
#include "rules/word_key.h"

namespace wirewatch {

// Threads: one at a time.
class WordMemory {
 public:
  // Numbers of the vocabulary's words; of a word that is none of them, `plain` is kNone and there are no wildcards.
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};

  WordMemory();

  // What is remembered of other vocabularies is forgotten. Borrows `vocabulary` until the next call.
  void Use(const Vocabulary& vocabulary);

  // Looks up the words of an article. `words` gets one number for each token, for the questions below until the next
  // call.
  void LookUp(const FoldedDocument& folded, std::vector<std::uint32_t>& words);

  // Whether this is the first time that it is asked for this word in this article.
  bool FirstSight(std::uint32_t word) { return std::exchange(words_[word].seen, article_) != article_; }
  std::uint32_t PlainOf(std::uint32_t word) const { return words_[word].plain; }
  // Of all that the word is (vocabulary.h).
  std::uint8_t UsesOf(std::uint32_t word) const { return words_[word].uses; }
  std::span<const std::uint32_t> WildcardsOf(std::uint32_t word) const {
    return std::span(wildcards_).subspan(words_[word].wildcards, words_[word].wildcard_count);
  }

 private:
  struct Word {
    std::uint32_t plain = kNone;
    std::uint32_t wildcards = 0;  // the first, in wildcards_
    std::uint32_t wildcard_count = 0;
    std::uint32_t seen = 0;  // the last article that FirstSight was asked in
    std::uint8_t uses = 0;
  };
  static constexpr std::uint32_t kUnknown = 0;  // in words_: what is nothing in the vocabulary
  struct Met {
    WordKey key;  // of a long word `high` is the place of its bytes in long_words_
    std::uint32_t word = kUnknown;
  };
  // Slots are small and words stand in the order in which they were first met, frequent ones first: both so that what
  // is read all the time lies close together.
  struct Slot {
    std::uint32_t tag = 0;  // of the hash
    std::uint32_t met = 0;  // into met_, one more; 0: free
  };

  // A word to look up.
  struct Wanted {
    std::string_view text;
    WordKey key;
    std::uint64_t hash = 0;
  };
  static constexpr std::size_t kRound = 32;

  void Forget();
  void Grow();
  void Fetch(const FoldedDocument& folded, std::size_t begin, std::size_t end);
  std::uint32_t Find(const Wanted& wanted);
  std::uint32_t Learn(WordKey key, std::string_view text);
  bool Is(const Met& met, const WordKey& key, std::string_view text) const {
    if (key.is_inline()) return met.key == key;
    return met.key.size == key.size && met.key.low == key.low &&
           std::string_view(long_words_).substr(met.key.high, key.size) == text;
  }

  const std::uint64_t seed_;
  const Vocabulary* vocabulary_ = nullptr;
  std::uint32_t article_ = 0;
  std::vector<Slot> slots_;  // a power of two, at most half of them taken
  std::vector<Met> met_;
  std::array<Wanted, kRound> round_;
  std::vector<Word> words_;
  std::vector<std::uint32_t> wildcards_;
  std::string long_words_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_WORD_MEMORY_H_
