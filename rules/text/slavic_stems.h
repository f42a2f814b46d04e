// Stems of Bulgarian, Czech, Polish and Slovak, for which Debian's Snowball has no stemmer: light suffix stemmers, of
// rules alone.
//
// The steps are those of the light stemmers of L. Dolamic and J. Savoy (Czech: "Indexing and stemming approaches for
// the Czech language", Information Processing and Management 45, 2009; Bulgarian: J. Savoy, "Searching strategies for
// the Bulgarian language", Information Retrieval 10, 2007): first the ending of the case, or the article, then that of
// the participle or the possessive, then the consonant that the ending has changed is put back. The lists are our own:
// they also know the endings of verbs, and words that were folded. What they are worth: tests/rules/text/stems_test.cc
// measures it on words and forms of its own, docs/rules.md has the figures.
#ifndef WIREWATCH_RULES_TEXT_SLAVIC_STEMS_H_
#define WIREWATCH_RULES_TEXT_SLAVIC_STEMS_H_

#include <string>
#include <string_view>
#include <vector>

namespace wirewatch {

// The stems of a folded word, one or more: where a consonant at the end may come from several (Polish Polsce from
// Polska, miescie from miasto), a stem for each.
std::vector<std::string> BulgarianStems(std::string_view word);
std::vector<std::string> CzechStems(std::string_view word);
std::vector<std::string> PolishStems(std::string_view word);
std::vector<std::string> SlovakStems(std::string_view word);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_TEXT_SLAVIC_STEMS_H_
