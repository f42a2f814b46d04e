// Reference sentences: where sentences end, by the text of docs/rules.md ("Sentences"), for the reference matcher.
//
// A second program for what sentences.h does, so that a mistake in one is a difference between the two. It names every
// character between two words by a letter, and looks for the stop in the word that these letters make; it keeps words
// in lists. Shared with the engine: the marks (sentence_marks.h) and the rows of words (abbreviations.h), which are
// data.
#ifndef WIREWATCH_RULES_REFERENCE_REFERENCE_SENTENCES_H_
#define WIREWATCH_RULES_REFERENCE_REFERENCE_SENTENCES_H_

#include <vector>

#include "rules/language/expression.h"
#include "rules/text/document.h"
#include "rules/text/fold.h"
#include "rules/text/text_unit.h"

namespace wirewatch {

// For each word whether the unit ends behind it.
std::vector<bool> ReferenceEnds(TextUnit unit, const Document& document, const FoldedDocument& folded);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_REFERENCE_REFERENCE_SENTENCES_H_
