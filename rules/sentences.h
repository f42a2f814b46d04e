// Sentences: where sentences and paragraphs end. The one definition, for the engine and the reference.
//
// A sentence ends between two words of a field when a paragraph does, or when what stands between them has
//   - a stop of a script without blanks, anywhere: 。｡！？ and the danda । of Indic scripts; or
//   - one of . ! ? … (also ؟ ۔ ։ ． and double forms), then any closing quotes and brackets, then a blank.
// Then it does not end after all when
//   - the next word begins with a lower-case letter, and the stop is . or … ("approx. five") or closing quotes or
//     brackets stand behind it ("Why?" she asked);
//   - the stop is a single . directly behind an abbreviation: a word with full stops in it (U.S., e.g.), a single
//     letter (J. Smith), one of a written list (sentences.cc): some always (vs.), some when they begin in upper case
//     (Mr., Inc.), some when a number follows (No. 5).
// So the numbers 3.5 and 1,000.00 and the host example.com hold no end. Each field is apart from the others, so a title
// is at least a sentence by itself.
#ifndef WIREWATCH_RULES_SENTENCES_H_
#define WIREWATCH_RULES_SENTENCES_H_

#include <array>
#include <cstdint>
#include <vector>

#include "rules/document.h"
#include "rules/expression.h"
#include "rules/fold.h"

namespace wirewatch {

// Whether a unit ends behind the word `token`; true behind the last word of a field.
bool EndsBehind(TextUnit unit, const Document& document, const FoldedDocument& folded, std::uint32_t token);

// The sentences and paragraphs of one article, found when first asked for. Memory is reused.
class Sentences {
 public:
  // Borrows both until the next call.
  void Begin(const Document& document, const FoldedDocument& folded);

  // The whole units that hold the words `tokens`. REQUIRES: tokens is not empty and lies in one field.
  TokenRange Around(TextUnit unit, TokenRange tokens);

 private:
  struct Units {
    bool found = false;
    std::vector<std::uint32_t> ends;  // token behind the last one of each unit, rising
  };

  const Document* document_ = nullptr;
  const FoldedDocument* folded_ = nullptr;
  std::array<Units, 2> units_;  // by TextUnit
};

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_SENTENCES_H_
