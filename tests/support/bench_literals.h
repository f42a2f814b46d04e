// The raw limit of scanning: Hyperscan alone, for the plain words of the same rules.
#ifndef WIREWATCH_TESTS_SUPPORT_BENCH_LITERALS_H_
#define WIREWATCH_TESTS_SUPPORT_BENCH_LITERALS_H_

#include <string>
#include <vector>

#include "rules/engine/rule_set.h"
#include "rules/lanes/hs_database.h"

namespace wirewatch {

// What stands in folded text where a term does, each once: its words, up to the first wildcard. Not of regular
// expressions, nor of what is left with a single byte.
std::vector<std::string> PlainTerms(const RuleSet& rules);

// A database in block mode whose pattern ids are indices into `terms`. Dies when Hyperscan does not take them.
HsDatabase CompileLiterals(const std::vector<std::string>& terms);

}  // namespace wirewatch

#endif  // WIREWATCH_TESTS_SUPPORT_BENCH_LITERALS_H_
