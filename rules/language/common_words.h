// Words that stand in nearly every text of a language: articles, pronouns, prepositions, conjunctions, auxiliary verbs.
// A rule with such a term matches nearly every article; most often an abbreviation was meant: US, IT, IN, WHO.
#ifndef WIREWATCH_RULES_LANGUAGE_COMMON_WORDS_H_
#define WIREWATCH_RULES_LANGUAGE_COMMON_WORDS_H_

#include <string>
#include <string_view>
#include <vector>

namespace wirewatch {

// The name, in English, of a language in which the folded `word` is such a word; empty: it is none. `languages` are the
// primary subtags to look in; none: all that are known.
std::string_view CommonIn(std::string_view word, const std::vector<std::string>& languages);

// The folded word is one of the few that most articles of its language hold.
bool IsInNearlyEveryArticle(std::string_view word);

// `the*`: three letters that a word of more than 40 in 100 English articles begins with (measured on 7,098 articles of
// wires and newspapers).
bool IsBroadBeginning(std::string_view letters);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_LANGUAGE_COMMON_WORDS_H_
