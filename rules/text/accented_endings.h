// The accents that a folded word may have had at its end, for the stemmers that ask for them.
#ifndef WIREWATCH_RULES_TEXT_ACCENTED_ENDINGS_H_
#define WIREWATCH_RULES_TEXT_ACCENTED_ENDINGS_H_

#include <string>
#include <string_view>
#include <vector>

#include "rules/text/stems.h"

namespace wirewatch {

// Spellings of `folded_word` with accents, without itself; empty: the language's stemmer needs none.
std::vector<std::string> WithAccents(std::string_view folded_word, StemLanguage language);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_TEXT_ACCENTED_ENDINGS_H_
