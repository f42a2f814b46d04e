// WordLane: finds terms of words, phrases and wildcards by looking up every word of an article.
//
// A term is a row of words of the Vocabulary. A term of one word is known at once. A longer one is filed under two of
// its words that stand beside each other, those that the fewest terms hold: where both stand, the rest of the row is
// compared, number by number. So the cost of an article is a look-up for each word, in a table that hardly grows with
// the rules (word_memory.h), and one for each two words, nearly all of which end in a filter (pair_table.h).
#ifndef WIREWATCH_RULES_LANES_WORD_LANE_H_
#define WIREWATCH_RULES_LANES_WORD_LANE_H_

#include <cstdint>
#include <span>
#include <vector>

#include "rules/lanes/pair_table.h"
#include "rules/lanes/positions.h"
#include "rules/lanes/term_table.h"
#include "rules/lanes/vocabulary.h"
#include "rules/lanes/word_memory.h"
#include "rules/language/expression.h"
#include "rules/language/word_pattern.h"
#include "rules/text/document.h"
#include "rules/text/fold.h"

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
    std::vector<std::uint32_t> filed, beside_wildcards;  // tokens
    std::vector<Pair> pairs, wildcard_pairs;
  };

  // Takes the terms that are no regular expressions.
  explicit WordLane(const TermTable& terms);

  // Adds every occurrence of the terms to `positions`.
  void Scan(const Document& document, const FoldedDocument& folded, Memory& memory, Positions& positions) const;

 private:
  // What is filed under a word or a pair: the number of a term that stands wherever they stand; or kMore, and above it
  // an index into more_, of a term that asks for more.
  using Filing = std::uint32_t;
  static constexpr Filing kMore = Filing{1} << 31;
  static_assert(TermTable::kMost < kMore / 2);
  struct More {
    std::uint32_t term = 0;
    std::uint32_t row = 0;      // more than two words: the first of them, in rows_
    std::uint32_t written = 0;  // into written_, one more; 0: any way of writing will do
    std::uint32_t size = 0;     // words
    std::uint32_t offset = 0;   // of the word that it is filed under, or of the second of two
    Scope scope = Scope::kAnywhere;
  };
  // What a word is good for (Vocabulary::uses). Vocabulary::alone is the term of kAlone.
  enum Use : std::uint16_t {
    kAlone = 1,  // a term is just this word, anywhere, however written
    kFiled = 2,  // terms of one word are filed under it
    // It is the right or the left one of two; of which of them have wildcards, so that few pairs of words with
    // wildcards need be tried. LookUpWords counts on these numbers.
    kRight = 1 << 2,  // of two plain ones
    kLeft = 1 << 3,
    kRightOfPlain = 1 << 4,  // and has wildcards itself
    kLeftOfWildcard = 1 << 5,
    kRightOfWildcard = 1 << 6,  // and is plain itself
    kLeftOfPlain = 1 << 7,
    kRightOfTwo = 1 << 8,  // both have
    kLeftOfTwo = 1 << 9,
    kBesideWildcards = kRightOfPlain | kRightOfWildcard | kRightOfTwo,
  };
  struct Scanner;
  struct PairUses {
    Use left, right;
  };
  PairUses UsesIn(PairTable::Pair pair) const;

  // A term while the lane is made: its row is in `rows`, of all terms.
  using Rows = std::vector<std::uint32_t>;
  Filing File(const More& term, const Rows& rows);
  void FileWords(const std::vector<More>& terms, const Rows& rows);
  void FilePairs(std::vector<More>& terms, const Rows& rows, std::span<const std::uint32_t> uses);
  // How much of Memory's notes are of this article.
  struct Noted {
    std::size_t alone = 0, filed = 0, pairs = 0, beside_wildcards = 0;
  };
  Noted LookUpWords(const FoldedDocument& folded, Memory& memory) const;
  void NoteWildcardPairs(std::span<const std::uint32_t> tokens, Memory& memory) const;
  std::span<const Memory::Pair> KeepLikely(std::span<Memory::Pair> pairs) const;

  Vocabulary vocabulary_;
  std::vector<std::uint32_t> first_;  // of each word of the vocabulary, into by_word_; one more at the end
  std::vector<Filing> by_word_;
  PairTable pairs_;  // of filings
  std::vector<More> more_;
  Rows rows_;
  std::vector<WrittenText> written_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_LANES_WORD_LANE_H_
