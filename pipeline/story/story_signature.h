// StorySignature: what of an article tells whether another one reports the same story. Made in the match step, where
// the text is; compared in the alert step, where it is not. At most 0.5 KB, whatever the article.
//
//   text    a bottom-k sketch: the smallest of the hashes of all shingles (runs of words) of summary and body. It tells
//           how much of one text stands in another, also where one is much shorter (a cut tail). Broder, "On the
//           resemblance and containment of documents", 1997; bottom-k: Cohen and Kaplan, 2007.
//   title   the same of the title.
//   terms   the words that tell most about what happened: rare in the news at large (word_rarity.h), repeated, in the
//           title; of the title and the beginning of the text. In scripts without blanks each two characters that stand
//           side by side are a word.
//
// By hand: no kept C++ library makes sketches. The hash is XXH3.
#ifndef WIREWATCH_PIPELINE_STORY_STORY_SIGNATURE_H_
#define WIREWATCH_PIPELINE_STORY_STORY_SIGNATURE_H_

#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "rules/text/fold.h"

namespace wirewatch {

// What is compared. Borrows from a StorySignature, or from whoever packed one.
struct SignatureView {
  std::span<const std::uint32_t> text;    // rising; fewer than kText: of all shingles that there are
  std::span<const std::uint32_t> title;   // rising
  std::span<const std::uint32_t> terms;   // StemHash of each term's stem; rising
  std::span<const std::uint8_t> weights;  // of each term, in tenths: rarity times what repetition and the title add
};

struct StorySignature {
  static constexpr std::size_t kText = 64, kTitle = 8, kTerms = 32;  // the most of each

  bool empty() const { return text.empty() && title.empty() && terms.empty(); }
  SignatureView View() const { return {text, title, terms, weights}; }
  bool operator==(const StorySignature&) const = default;

  // As of SignatureView.
  std::vector<std::uint32_t> text, title, terms;
  std::vector<std::uint8_t> weights;
};

// A word that could be a term: of the title, or of the beginning of the text.
struct StoryWord {
  std::uint32_t hash = 0;  // StemHash of its stem
  bool in_title = false;
  auto operator<=>(const StoryWord&) const = default;
};
// Each of them, in the order of the text, behind what `words` holds.
void AppendStoryWords(const FoldedDocument& folded, std::vector<StoryWord>& words);
// The same as stems.
std::vector<std::string> StoryStems(const FoldedDocument& folded);

// Threads: one at a time; make one a thread. Its memory is reused.
class SignatureMaker {
 public:
  StorySignature Make(const FoldedDocument& folded);

 private:
  std::vector<std::uint32_t> Sketch(const FoldedDocument& folded, TokenRange tokens, std::size_t most);
  // Of shingles_.
  std::vector<std::uint32_t> Smallest(std::size_t most);
  void GroupWords();
  void PutTerms(const FoldedDocument& folded, StorySignature& signature);

  std::vector<std::uint32_t> shingles_, smallest_;
  std::vector<std::uint64_t> hashes_;  // of the words of a sketch
  std::vector<std::uint8_t> widths_;   // of each, as part of a shingle
  std::vector<StoryWord> words_, grouped_;
  std::vector<std::pair<float, std::uint32_t>> weighed_;
};

// Bytes, and back. Empty: of an empty one. kInvalid: these are none.
std::string PackSignature(const StorySignature& signature);
Result<StorySignature> UnpackSignature(std::string_view bytes);

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_STORY_STORY_SIGNATURE_H_
