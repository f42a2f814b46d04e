// WordLane: finds terms of words, phrases and wildcards by looking up every word of an article.
//
// A term is a row of words of the Vocabulary. A term of one word is known at once. A longer term has its posting under
// two neighbouring words of its row: the rarest word and the rarer of its neighbours. Where both occur, the rest of the
// row is compared, number by number.
//
//   a token of the article, "bans"
//     |  WordMemory: one cache line
//     v
//   Word { number, plain, alone, uses }                                      uses: word_uses.h
//     |
//     |  kAlone ---------------------> `alone` is a term: Positions::Add     "bans"
//     |
//     |  kHasPostings ---------------> postings of the word (by_word_) --.   title:bans, ="Bans"
//     |                                                                  |
//     `  kLeft.., kRight.. of this                                       |
//        token and the one before ---> postings of the pair (PairTable) --'   "export bans", "new export bans"
//                                                                        |
//                       bit 31 clear: a term occurs here, Positions::Add <+> bit 31 set: More
//                                                                              the rest of the row, the scope, the
//                                                                              spelling are compared; then
//                                                                              Positions::Add
//
// Cost of an article: one look-up a word, in a table that hardly grows with the rules (word_memory.h), and one for each
// two neighbouring words whose bits make a pair. A filter ends nearly all of the latter (pair_table.h).
#ifndef WIREWATCH_RULES_LANES_WORD_LANE_H_
#define WIREWATCH_RULES_LANES_WORD_LANE_H_

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "rules/lanes/pair_table.h"
#include "rules/lanes/positions.h"
#include "rules/lanes/term_table.h"
#include "rules/lanes/vocabulary.h"
#include "rules/lanes/word_memory.h"
#include "rules/lanes/word_uses.h"
#include "rules/language/expression.h"
#include "rules/language/word_pattern.h"
#include "rules/text/document.h"
#include "rules/text/fold.h"

namespace wirewatch {

// Immutable; shared by threads.
class WordLane {
 public:
  // What one thread needs to scan; reused from article to article. REQUIRES: it is used with `lane` only.
  struct Memory {
    explicit Memory(const WordLane& lane) { UseLanguage(lane.vocabulary_, TextLanguage()); }
    // From now on `words` is for articles in that language, reduced.
    void UseLanguage(const Vocabulary& vocabulary, TextLanguage language);

    WordMemory* words = nullptr;                                                // one of those
    std::array<std::unique_ptr<WordMemory>, TextLanguage::kCount> by_language;  // made when they are needed
    std::vector<std::uint32_t> of_token;  // of each token of the article, Word::number
    // What the first pass over an article notes (LookUpWords). Sizes: tokens of the longest article so far.
    struct Alone {
      std::uint32_t term = 0, number = 0;
    };
    struct Pair {
      PairTable::Pair pair;
      std::uint32_t token = 0;  // of the pair's right word
    };
    std::vector<Alone> alone;
    std::vector<std::uint32_t> with_postings;     // tokens whose word has kHasPostings
    std::vector<std::uint32_t> beside_wildcards;  // tokens that make a pair with wildcards with the one before, perhaps
    std::vector<Pair> pairs, wildcard_pairs;
  };

  // Takes the terms that are no regular expressions.
  explicit WordLane(const TermTable& terms);

  // Adds every occurrence of the terms to `positions`.
  void Scan(const Document& document, const FoldedDocument& folded, Memory& memory, Positions& positions) const;

 private:
  // A posting: what to do where a word, or a pair of words, occurs.
  //   bit 31 clear: the number of a term that occurs wherever they do
  //   bit 31 set (kMore): the low 31 bits are an index into more_, whose term needs a further check
  using Posting = std::uint32_t;
  static constexpr Posting kMore = Posting{1} << 31;
  static_assert(TermTable::kMost < kMore / 2);
  // A term that is to be checked where its word or pair occurs.
  struct More {
    std::uint32_t term = 0;
    std::uint32_t row = 0;           // of three words and more: index of the first one in rows_
    std::uint32_t written = 0;       // index into written_, plus 1; 0: every spelling of the words will do
    std::uint32_t size = 0;          // number of words
    std::uint32_t offset = 0;        // which word of the term has the posting; of a pair the right one
    Scope scope = Scope::kAnywhere;  // where the term may stand
  };
  struct Scanner;
  struct PairUses {
    LaneUse left, right;
  };
  PairUses UsesIn(PairTable::Pair pair) const;

  // A term while the lane is made: its row is in `rows`, of all terms.
  using Rows = std::vector<std::uint32_t>;
  // The number of a word of the term's pattern, added if it is new.
  std::uint32_t AddWord(const Term& term, std::string_view word, bool is_whole_term);
  Posting MakePosting(const More& term, const Rows& rows);
  void AddWordPostings(const std::vector<More>& terms, const Rows& rows);
  void AddPairPostings(std::vector<More>& terms, const Rows& rows, std::span<const std::uint32_t> uses);
  // How much of Memory's notes are of this article.
  struct Noted {
    std::size_t alone = 0, with_postings = 0, pairs = 0, beside_wildcards = 0;
  };
  Noted LookUpWords(const FoldedDocument& folded, Memory& memory) const;
  void NoteWildcardPairs(std::span<const std::uint32_t> tokens, Memory& memory) const;
  std::span<const Memory::Pair> KeepLikely(std::span<Memory::Pair> pairs) const;

  Vocabulary vocabulary_;
  std::vector<std::uint32_t> first_;  // of each word of the vocabulary, into by_word_; one more at the end
  std::vector<Posting> by_word_;
  PairTable pairs_;  // their numbers are postings
  std::vector<More> more_;
  Rows rows_;
  std::vector<WrittenText> written_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_LANES_WORD_LANE_H_
