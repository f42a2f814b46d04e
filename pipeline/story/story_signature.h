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

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "rules/text/fold.h"

namespace wirewatch {

struct StoryTerm {
  std::uint32_t hash = 0;   // StemHash of its stem
  std::uint8_t weight = 0;  // in tenths; rarity times what repetition and the title add
  bool operator==(const StoryTerm&) const = default;
};

struct StorySignature {
  static constexpr std::size_t kText = 64, kTitle = 8, kTerms = 32;  // the most of each

  bool empty() const { return text.empty() && title.empty() && terms.empty(); }
  bool operator==(const StorySignature&) const = default;

  std::vector<std::uint32_t> text;   // rising; fewer than kText: of all shingles that there are
  std::vector<std::uint32_t> title;  // rising
  std::vector<StoryTerm> terms;      // hashes rising
};

// Gives `take` the stem of each word of the title and of the beginning of the text that could be a term, and its place
// among the tokens.
void ForEachStem(const FoldedDocument& folded, const std::function<void(std::string_view, std::uint32_t)>& take);

// Threads: one at a time; make one a thread. Its memory is reused.
class SignatureMaker {
 public:
  StorySignature Make(const FoldedDocument& folded);

 private:
  struct Word {
    std::uint32_t count = 0;
    bool in_title = false;
  };

  std::vector<std::uint32_t> Sketch(const FoldedDocument& folded, TokenRange tokens, std::size_t most);
  std::vector<StoryTerm> Terms(const FoldedDocument& folded);

  std::vector<std::uint32_t> shingles_;
  std::vector<std::uint64_t> hashes_;  // of the words of a sketch
  std::vector<bool> lone_;             // whether each is a character of a script without blanks
  std::unordered_map<std::uint32_t, Word> words_;
};

// Bytes, and back. Empty: of an empty one. kInvalid: these are none.
std::string PackSignature(const StorySignature& signature);
Result<StorySignature> UnpackSignature(std::string_view bytes);

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_STORY_STORY_SIGNATURE_H_
