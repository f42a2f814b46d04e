// WordMemory: a cache, one a thread, of which words of a Vocabulary each word of the articles matches. Where the rules
// ask for forms of words (~ban), one a thread and language.
//
// Articles repeat their words. So nearly every word has been met before and costs one cache line of one table, whatever
// the size of the vocabulary. The table is bounded: when it is full it is emptied, between two articles.
// By hand, as NumberTable and PairTable are: measured against std::unordered_map. absl::flat_hash_map is no smaller,
// and its look-ups cannot be prefetched in steps (PairTable::FetchBucket).
#ifndef WIREWATCH_RULES_LANES_WORD_MEMORY_H_
#define WIREWATCH_RULES_LANES_WORD_MEMORY_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rules/lanes/vocabulary.h"
#include "rules/lanes/word_key.h"
#include "rules/lanes/word_uses.h"
#include "rules/text/fold.h"

namespace wirewatch {

// Threads: one at a time.
class WordMemory {
 public:
  static constexpr std::uint32_t kNone = Vocabulary::kNone;

  // The part of what is known of an article's word that every token reads: 16 bytes. The rest is in Known. All
  // words of articles that match no word of the vocabulary have the number 0 and no uses.
  struct Word {
    std::uint32_t number = 0;
    std::uint32_t plain = kNone;  // its number in the vocabulary as a plain word
    std::uint32_t alone = kNone;  // Vocabulary::alone of `plain`
    std::uint16_t seen = 0;       // the last article that it occurred in, see LookUp
    WordUses uses = 0;            // of `plain` and of all words with wildcards that match it, together
  };
  // The part that is read only for the few tokens that may make a pair with wildcards, or have postings.
  struct Known {
    std::uint32_t plain = kNone;
    std::uint32_t plain_uses = 0;  // of `plain`
    std::uint32_t wildcards = 0;   // the first, see WildcardsOf
    std::uint32_t wildcard_count = 0;
  };
  // A word with wildcards of the vocabulary that matches a word of the article.
  struct Wildcard {
    std::uint32_t number = 0;
    std::uint32_t uses = 0;
  };

  WordMemory() = default;

  // Forgets all words of the vocabulary before. Borrows `vocabulary` until the next call. `language`: of all articles
  // that are looked up from now on, as Vocabulary::Reduced gives it.
  void Use(const Vocabulary& vocabulary, TextLanguage language = TextLanguage());

  // Calls visit(token, word, is_first) for every token of an article in order; is_first: the article has not had this
  // word before. Inlined into the caller's loop, so that the processor works on a word and on the next one at the same
  // time.
  template <typename Visit>
  [[gnu::always_inline]] void LookUp(const FoldedDocument& folded, Visit visit);

  const Known& known(std::uint32_t number) const { return known_[number]; }
  // The words with wildcards that match the word of that number.
  std::span<const Wildcard> WildcardsOf(std::uint32_t number) const {
    return std::span(wildcards_).subspan(known_[number].wildcards, known_[number].wildcard_count);
  }
  // Prefetches. First FetchKnown for all words that will be asked for, then FetchWildcards, then `known` and
  // WildcardsOf: so the waits for memory overlap.
  void FetchKnown(std::uint32_t number) const { __builtin_prefetch(&known_[number]); }
  void FetchWildcards(std::uint32_t number) const { __builtin_prefetch(wildcards_.data() + known_[number].wildcards); }

 private:
  // All that a look-up reads of a word that was met before: half a cache line.
  struct alignas(32) Slot {
    // Long word: high = kLong + offset in long_words_. Default key: free slot.
    WordKey key;
    Word word;
  };
  // A word to look up.
  struct Wanted {
    WordKey key;
    std::uint64_t hash = 0;
  };
  static constexpr std::size_t kRound = 32;

  void BeginArticle();
  void Forget();
  void Grow();
  void Fetch(const FoldedDocument& folded, std::size_t begin, std::size_t end);
  Word& Find(const Wanted& wanted, const FoldedDocument& folded, std::uint32_t token) {
    Slot& slot = slots_[wanted.hash & mask_];
    if (slot.key == wanted.key) [[likely]]
      return slot.word;
    return FindFurther(wanted, folded.Word(token));
  }
  Word& FindFurther(const Wanted& wanted, std::string_view text);
  Word Learn(std::string_view text);
  WordKey Keep(WordKey key, std::string_view text);
  bool IsKept(const WordKey& kept, const WordKey& key, std::string_view text) const;

  const Vocabulary* vocabulary_ = nullptr;
  TextLanguage language_;
  std::uint64_t seed_ = 0;
  std::uint16_t article_ = 0;
  std::vector<Slot> slots_;  // a power of two, at most half of them taken
  std::size_t mask_ = 0;     // slots_.size() - 1
  std::size_t met_ = 0;      // slots taken
  std::array<Wanted, kRound> round_;
  std::vector<Known> known_;  // by number
  std::vector<Wildcard> wildcards_;
  std::vector<std::uint32_t> found_;  // what Learn finds; reused
  std::string long_words_;            // each with its size before it
};

template <typename Visit>
inline void WordMemory::LookUp(const FoldedDocument& folded, Visit visit) {
  BeginArticle();
  const std::size_t count = folded.tokens.size();
  for (std::size_t begin = 0; begin < count; begin += kRound) {
    const std::size_t end = std::min(count, begin + kRound);
    Fetch(folded, begin, end);
    for (std::size_t i = begin; i < end; ++i) {
      const auto token = static_cast<std::uint32_t>(i);
      Word& word = Find(round_[i - begin], folded, token);
      const bool is_first = std::exchange(word.seen, article_) != article_;
      visit(token, std::as_const(word), is_first);
    }
  }
}

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_LANES_WORD_MEMORY_H_
