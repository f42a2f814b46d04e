// What other search languages write, and how it is written here: for the way out of a mistake. Sources: the query
// guides of LexisNexis and Westlaw (W/5, /5, PRE/5, /s, /p, !), Factiva (adj5, near5, hl=), ProQuest and EBSCO (N5, W5,
// NEAR/5), Ovid (ADJ5, $), Meltwater and Brandwatch (NEAR/5f, site:, author:), Google (AROUND(5), intitle:).
#ifndef WIREWATCH_RULES_LANGUAGE_FOREIGN_SYNTAX_H_
#define WIREWATCH_RULES_LANGUAGE_FOREIGN_SYNTAX_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/span.h"

namespace wirewatch {

// The operator that the writer of `word` meant between two terms; empty: none. Upper and lower case are the same.
//   W/5           "NEAR/5"             /s            "SAME SENTENCE"
//   PRE/5         "ONEAR/5"            not, BUTNOT   "AND NOT"
//   NEAR/5f       "ONEAR/5"            and           "AND"
// `behind`: the word after it; empty: there is none.
std::string MeantOperator(std::string_view word, std::string_view behind);

// "title:" of "title" and of "headline"; empty: other languages have the prefix, and there is none here. Nothing: no
// prefix has this name. `name` is in lower case, without the colon.
std::optional<std::string> OurPrefix(std::string_view name);

// The way out for a prefix that is not known here: `name` in lower case, `written` with all that belongs to it.
std::string MeantPrefix(std::string_view name, std::string_view written);

// The way out for NEAR or ONEAR (`name`) with something else than a distance behind it: `NEAR/5f` is Brandwatch's for
// ONEAR/5.
std::string MeantDistance(std::string_view word, std::string_view name);

// What a reserved character means elsewhere, and what is written here.
std::string_view MeantByReserved(char c);

// If `text` begins with a quote other than '"': the quotes that may close it. Empty: it does not.
std::vector<std::string_view> ClosingQuotes(std::string_view text);

// Bytes of a sign before a word that other languages take for NOT: - ! ¬ and the dashes that are typed for the first.
// 0: there is none.
std::size_t NegatingSign(std::string_view word);

// The first bracket or quote of another script in a word. Apostrophes belong to words.
struct ForeignBracketPlace {
  Span place;
  bool is_quote = false;
};
std::optional<ForeignBracketPlace> FindForeignBracket(std::string_view word);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_LANGUAGE_FOREIGN_SYNTAX_H_
