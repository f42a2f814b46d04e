// Term uses: the words and short phrases of a folded text, as 64-bit keys that say in which part each stands: what
// statistics over the terms of many articles count.
//
// A term is a word, or two or three that stand side by side in one paragraph; in scripts without blanks two to four
// characters. Terms that no rule should have are left out: words that stand in nearly every text of the language, and
// phrases that begin or end with one; numbers; single letters.
#ifndef WIREWATCH_PIPELINE_ARCHIVE_TERM_USES_H_
#define WIREWATCH_PIPELINE_ARCHIVE_TERM_USES_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/language/expression.h"
#include "rules/text/fold.h"

namespace wirewatch {

// A term in an article: its hash in all bits but the lowest two, which say whether it stands in the title (1) and in
// the lead (2): summary and first paragraph. 62 bits of hash: among a million terms two are taken for one with a chance
// of 1 in 10 million.
using TermUse = std::uint64_t;
inline constexpr TermUse kTermBits = ~TermUse{3};

// The parts that a suggestion can ask for.
inline constexpr std::array<Scope, 3> kSuggestedScopes = {Scope::kAnywhere, Scope::kLead, Scope::kTitle};
constexpr bool StandsIn(TermUse use, Scope scope) {
  return scope == Scope::kTitle ? (use & 1) != 0 : scope == Scope::kLead ? (use & 2) != 0 : true;
}

// Words of an article that are looked at; what comes after is left out.
inline constexpr std::size_t kMostTermWords = 4'000;

// Of an article: each term once, rising. `language`: primary subtag, for the common words; empty: all that are known.
std::vector<TermUse> TermUsesOf(const FoldedDocument& folded, const std::string& language);

// Gives `take` each use in the order of the text, several times where it stands several times, with the folded bytes of
// the term. Common words and numbers too: who counts known terms does not ask.
void ForEachTerm(const FoldedDocument& folded, const std::function<void(TermUse use, std::string_view term)>& take);

// The folded bytes of a term as an analyst writes it: without the blanks between characters of scripts without blanks.
std::string TermText(std::string_view term);

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_ARCHIVE_TERM_USES_H_
