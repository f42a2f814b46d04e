// Reference matcher: evaluates rules word by word, as docs/rules.md says, with no index, no Hyperscan and no short
// cuts. Slow and obviously right: the oracle that the engine is compared with in tests, and on a sample of live
// articles.
//
// It shares with the engine the fold, the tree, the codes of languages, countries and hosts, the particles, the stems
// of a word, the classes of Chinese characters, what a reader sees of a text (AsSeen) and kMaxPlaces; its sentences
// (reference_sentences.h) only the lists of marks and abbreviations. Regular expressions go through PCRE2, a second
// implementation of the same syntax.
#ifndef WIREWATCH_RULES_REFERENCE_REFERENCE_MATCHER_H_
#define WIREWATCH_RULES_REFERENCE_REFERENCE_MATCHER_H_

#include <vector>

#include "base/result.h"
#include "rules/engine/match.h"
#include "rules/engine/rule_set.h"
#include "rules/text/document.h"

namespace wirewatch {

// Same shape and order as Matcher::Match. kInternal: PCRE2 gave up (its limits), so there is nothing to compare with.
Result<std::vector<TopicMatch>> ReferenceMatch(const RuleSet& rule_set, const Document& document);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_REFERENCE_REFERENCE_MATCHER_H_
