// Sentences: where sentences and paragraphs end, for the engine. The reference has a definition of its own
// (reference_sentences.h), and tests compare the two. By hand: ICU's BreakIterator changes with ICU's version and is
// about 100 times slower; what a rule set matches must not depend on the distribution.
//
// A sentence ends between two words of a field when a paragraph does, or when what stands between them has
//   - a stop that needs no blank, anywhere: 。｡！？, the danda of Indic scripts, the shad of Tibetan, ؟ ። ፧ and all
//     others of Unicode's STerm but for those of the next point; or two word spaces or colons of Ethiopic; or
//   - one of . ! ? … (also ۔ ։ ． and double forms; the ; behind a Greek word and the : behind an Armenian one), then
//     any closing quotes and brackets, then a blank. Between two characters of scripts without blanks none is needed.
// Characters of format (bidi marks, zero-width spaces) count as nothing. In Thai a full stop ends no sentence.
// Then it does not end after all when
//   - the next word begins with a lower-case letter, and the stop is . or … ("approx. five") or closing quotes or
//     brackets stand behind it ("Why?" she asked). Georgian has no case;
//   - the stop is a single . directly behind an abbreviation: a word of the rows of abbreviations.h, by its use; a word
//     with full stops in it (U.S., a.m., t.ex.), which may end one before a word that begins sentences ("in the U.S.
//     The"); or a single letter: one in lower case is like U.S. ("2020 г."), an initial (J. Smith) goes on unless that
//     word has three letters or more ("Plan B. The");
//   - the stop is a single . directly behind an ordinal: a number of at most three digits, or Roman of two letters or
//     more, without a hyphen before it (Covid-19), before the name of a month or behind a word such as "am" or "der";
//     in an article of a language that writes ordinals so, also a number of at most two digits and a Roman one before
//     any word. Not before a word that begins sentences. Or between the numbers of a date ("3. 5. 2026").
// In a title an abbreviation ends no sentence, since every word may begin in upper case there.
// So the numbers 3.5 and 1,000.00 and the host example.com hold no end. Each field is apart from the others, so a title
// is at least a sentence by itself.
#ifndef WIREWATCH_RULES_TEXT_SENTENCES_H_
#define WIREWATCH_RULES_TEXT_SENTENCES_H_

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "rules/text/document.h"
#include "rules/text/fold.h"
#include "rules/text/text_unit.h"

namespace wirewatch {

// The sentences and paragraphs of one article. They are found at the first call of Around, in time linear in the length
// of the article. Memory is reused from article to article.
class Sentences {
 public:
  // Borrows both until the next call.
  void Begin(const Document& document, const FoldedDocument& folded);

  // The words of all units (sentences or paragraphs) that have a word of `tokens` in them. REQUIRES: tokens is not
  // empty and lies in one field.
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

#endif  // WIREWATCH_RULES_TEXT_SENTENCES_H_
