// WordLane: finds terms of words, phrases and wildcards by looking up every word of an article.
//
// A term is a row of words of the Vocabulary. It is filed under one of them, the one that the fewest terms hold, and
// there under the word beside it; where both stand, the rest of the row is compared, number by number. So the cost of
// an article is a look-up for each word, in a table that hardly grows with the rules (word_memory.h), and a search
// among the neighbours of each word that terms are filed under.
#ifndef WIREWATCH_RULES_WORD_LANE_H_
#define WIREWATCH_RULES_WORD_LANE_H_

#include <cstdint>
#include <span>
#include <vector>

#include "rules/document.h"
#include "rules/expression.h"
#include "rules/fold.h"
#include "rules/positions.h"
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
    std::vector<std::uint32_t> acting;    // tokens
  };

  // Takes the terms that are no regular expressions.
  explicit WordLane(std::span<const Term> terms);

  // Adds every occurrence of the terms to `positions`.
  void Scan(const Document& document, const FoldedDocument& folded, Memory& memory, Positions& positions) const;

 private:
  // A term, filed under one word of its row.
  struct Filed {
    std::uint32_t term = 0;
    std::uint32_t row = 0;      // the first word of it, in rows_
    std::uint32_t written = 0;  // into written_, one more; 0: any way of writing will do
    std::uint16_t size = 0;     // words of the row
    std::uint16_t offset = 0;   // of the word that it is filed under
    Scope scope = Scope::kAnywhere;
  };
  // By which neighbour of that word a term is filed: the one before, the one behind, or none, since it has none or that
  // has wildcards.
  enum class Side : std::uint8_t { kNone, kBefore, kBehind };
  static constexpr std::size_t kSides = 3;
  struct Scanner;

  Vocabulary vocabulary_;
  std::vector<std::uint32_t> rows_;
  std::vector<WrittenText> written_;
  // Of each word of the vocabulary the term that is just this word, anywhere, however written.
  static constexpr std::uint32_t kNoTerm = ~std::uint32_t{0};
  std::vector<std::uint32_t> alone_;
  // Of each word and side, into filed_; one more at the end.
  std::vector<std::uint32_t> first_;
  std::vector<Filed> filed_;               // of each word and side, by neighbour
  std::vector<std::uint32_t> neighbours_;  // of filed_
};

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_WORD_LANE_H_
