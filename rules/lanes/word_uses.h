// WordUses: what WordLane does with a word of the Vocabulary, as bits. WordLane gives a word its bits when it is built,
// Vocabulary and WordMemory store them without reading them, and WordLane reads them for every word of an article.
//
//   bit   9     8     7     6     5     4     3     2       1        0
//        left right left right left right left right  postings  alone
//        `--*_*--'  `--*_w--'  `--w_*--'  `--w_w--'                    w: a plain word, *: a word with wildcards
//
// Each two bits belong to one kind of pair: the word is the left or the right half of a pair of that kind that has
// postings. There is a kind for each combination of plain halves and halves with wildcards, so that few pairs
// with wildcards are tried.
#ifndef WIREWATCH_RULES_LANES_WORD_USES_H_
#define WIREWATCH_RULES_LANES_WORD_USES_H_

#include <cstdint>

namespace wirewatch {

using WordUses = std::uint16_t;

enum LaneUse : WordUses {
  kAlone = 1 << 0,        // a term is just this word, anywhere, in any spelling: Vocabulary::alone is its number
  kHasPostings = 1 << 1,  // it has postings: terms of one word that need a further check
  kRight = 1 << 2,        // both halves are plain
  kLeft = 1 << 3,
  kRightOfPlain = 1 << 4,  // this half has wildcards, the left one is plain
  kLeftOfWildcard = 1 << 5,
  kRightOfWildcard = 1 << 6,  // this half is plain, the left one has wildcards
  kLeftOfPlain = 1 << 7,
  kRightOfTwo = 1 << 8,  // both halves have wildcards
  kLeftOfTwo = 1 << 9,
  kBesideWildcards = kRightOfPlain | kRightOfWildcard | kRightOfTwo,
};

// The kinds of pairs that a word and the one after it may make, as the bits of the right halves.
// LookUpWords calls it for every two words of an article: one shift and one AND.
constexpr std::uint32_t PairsOf(std::uint32_t uses_of_left, std::uint32_t uses_of_right) {
  return uses_of_right & uses_of_left >> 1;
}
static_assert(PairsOf(kLeft, kRight) == kRight);
static_assert(PairsOf(kLeftOfWildcard, kRightOfPlain) == kRightOfPlain);
static_assert(PairsOf(kLeftOfPlain, kRightOfWildcard) == kRightOfWildcard);
static_assert(PairsOf(kLeftOfTwo, kRightOfTwo) == kRightOfTwo);
// Of other bits it may not make a pair: kRight of the left word would fall on kHasPostings, kHasPostings on kAlone.
static_assert((PairsOf(kRight | kRightOfPlain | kRightOfWildcard | kRightOfTwo, 0xFFFF) &
               (kRight | kBesideWildcards)) == 0);
static_assert((PairsOf(kAlone | kHasPostings, 0xFFFF) & (kRight | kBesideWildcards)) == 0);

// 1 if `use`, which is one bit, is among `uses`, else 0: to advance an index without a branch.
constexpr std::uint32_t CountOf(LaneUse use, std::uint32_t uses) { return uses / use & 1; }

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_LANES_WORD_USES_H_
