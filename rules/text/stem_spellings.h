// Other spellings of a folded word, for a stemmer of Snowball: with the accents that may have stood at its end, and
// with the ending of a verb that the stemmer knows in place of one that it does not (bloquent, verbietet).
#ifndef WIREWATCH_RULES_TEXT_STEM_SPELLINGS_H_
#define WIREWATCH_RULES_TEXT_STEM_SPELLINGS_H_

#include <string>
#include <string_view>
#include <vector>

#include "rules/text/stems.h"

namespace wirewatch {

// Without the word itself; empty: none is needed.
std::vector<std::string> SpellingsForStems(std::string_view folded_word, StemLanguage language);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_TEXT_STEM_SPELLINGS_H_
