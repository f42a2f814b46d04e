// What other search languages write, and how it is written here: for the way out of a mistake. Sources: the query
// guides of LexisNexis and Westlaw (W/5, /5, PRE/5, /s, /p, !), Factiva (adj5, near5, hl=), ProQuest and EBSCO (N5, W5,
// NEAR/5), Ovid (ADJ5, $), Meltwater and Brandwatch (NEAR/5f, site:, author:), Google (AROUND(5), intitle:).
#ifndef WIREWATCH_RULES_LANGUAGE_FOREIGN_SYNTAX_H_
#define WIREWATCH_RULES_LANGUAGE_FOREIGN_SYNTAX_H_

#include <optional>
#include <string>
#include <string_view>

namespace wirewatch {

// The operator that a word between two terms was meant as: `W/5` is "NEAR/5", `PRE/5` and `NEAR/5f` "ONEAR/5", `/s`
// "SAME SENTENCE", `not` and `BUTNOT` "AND NOT", `and` "AND". Empty: it is none. In any case; `behind` is the word
// after it, empty: none.
std::string MeantOperator(std::string_view word, std::string_view behind);

// A prefix that is not known here. `name` is in lower case, without the colon.
struct ForeignPrefix {
  std::string_view ours;     // "source:"; empty: there is none
  std::string_view way_out;  // what is not supported, and what to write instead; empty where `ours` says it
};
std::optional<ForeignPrefix> FindForeignPrefix(std::string_view name);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_LANGUAGE_FOREIGN_SYNTAX_H_
