// The fold written plainly, one character after the other: obviously right, and what the fast one is held against.
#ifndef WIREWATCH_TESTS_SUPPORT_REFERENCE_FOLD_H_
#define WIREWATCH_TESTS_SUPPORT_REFERENCE_FOLD_H_

#include "rules/text/document.h"
#include "rules/text/fold.h"

namespace wirewatch {

// Same results as Fold in every part of `folded`; without the padding behind its text.
void ReferenceFold(const Document& document, FoldedDocument& folded);

}  // namespace wirewatch

#endif  // WIREWATCH_TESTS_SUPPORT_REFERENCE_FOLD_H_
