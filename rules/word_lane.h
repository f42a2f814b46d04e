// WordLane: finds terms of words, phrases and wildcards by looking up every word of an article.
//
// A term is a row of words of the Vocabulary. A term of one word is known at once. A longer one is filed under two of
// its words that stand beside each other, those that the fewest terms hold: where both stand, the rest of the row is
// compared, number by number. So the cost of an article is a look-up for each word, in a table that hardly grows with
// the rules (word_memory.h), and one for each two words, nearly all of which end in a filter (pair_table.h).
#ifndef WIREWATCH_RULES_WORD_LANE_H_
#define WIREWATCH_RULES_WORD_LANE_H_

#include <cstdint>
#include <span>
#include <vector>

#include "rules/document.h"
#include "rules/expression.h"
#include "rules/fold.h"
#include "rules/pair_table.h"
#include "rules/positions.h"
#include "rules/term_table.h"
#include "rules/vocabulary.h"
#include "rules/word_memory.h"
#include "rules/word_pattern.h"

namespace wirewatch {

// Immutable; shared by threads.
class WordLane {
 public:
  // What one thread needs to scan; reused from article to article. Made for one lane.
  struct Memory {
    explicit Memory(const WordLane& lane) { words.Use(lane.vocabulary_); }

    WordMemory words;
    std::vector<std::uint32_t> of_token;  // WordMemory's numbers
    // What the first pass over an article notes, see LookUpWords. As long as the longest article so far.
    struct Alone {
      std::uint32_t term = 0, number = 0;
    };
    struct Pair {
      PairTable::Pair pair;
      std::uint32_t token = 0;  // of the right one
    };
    std::vector<Alone> alone;
    std::vector<std::uint32_t> filed, wildcard_pairs;  // tokens
    std::vector<Pair> pairs;
  };

  // Takes the terms that are no regular expressions.
  explicit WordLane(const TermTable& terms);

  // Adds every occurrence of the terms to `positions`.
  void Scan(const Document& document, const FoldedDocument& folded, Memory& memory, Positions& positions) const;

 private:
  // A term that stands where its word, or its two words, stand and the rest holds.
  struct Filed {
    std::uint32_t term = 0;
    std::uint32_t row = 0;      // the first word of it, in rows_
    std::uint32_t written = 0;  // into written_, one more; 0: any way of writing will do
    std::uint16_t size = 0;     // words of the row
    std::uint16_t offset = 0;   // of the word that it is filed under, or of the second of two
    Scope scope = Scope::kAnywhere;
  };
  // What a word is good for (Vocabulary::uses). Vocabulary::alone is the term of kAlone.
  enum Use : std::uint8_t {
    kAlone = 1,  // a term is just this word, anywhere, however written
    kFiled = 2,  // terms of one word are filed under it
    // It is the right or the left one of two. LookUpWords counts on these numbers.
    kRight = 4,
    kLeft = 8,
    // One of the two has wildcards: for them there is no quick filter.
    kWildcardRight = 16,
    kWildcardLeft = 32,
  };
  struct Scanner;

  void FileWords(const std::vector<Filed>& filed);
  void FilePairs(std::vector<Filed> filed, std::span<const std::uint32_t> uses);
  // How much of Memory's notes are of this article.
  struct Noted {
    std::size_t alone = 0, filed = 0, pairs = 0, wildcard_pairs = 0;
  };
  Noted LookUpWords(const FoldedDocument& folded, Memory& memory) const;
  std::size_t KeepLikelyPairs(std::span<Memory::Pair> pairs) const;

  Vocabulary vocabulary_;
  std::vector<std::uint32_t> rows_;
  std::vector<WrittenText> written_;
  std::vector<std::uint32_t> first_;  // of each word of the vocabulary, into by_word_; one more at the end
  std::vector<Filed> by_word_;
  PairTable pairs_;
  std::vector<Filed> by_pair_;  // as pairs_ tells
};

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_WORD_LANE_H_
