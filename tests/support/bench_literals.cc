#include "tests/support/bench_literals.h"

#include <algorithm>
#include <utility>

#include "rules/lanes/hs_handles.h"
#include "rules/text/fold.h"
#include "tests/support/bench_records.h"

namespace wirewatch {

std::vector<std::string> PlainTerms(const RuleSet& rules) {
  std::vector<std::string> terms;
  for (std::uint32_t i = 0; i < rules.term_count(); ++i) {
    const Term& term = rules.term(i);
    if (term.kind == Term::Kind::kRegex) continue;
    std::string text = FoldText(term.text.substr(0, term.text.find_first_of("*?"))).text;
    if (text.size() >= 2) terms.push_back(std::move(text));
  }
  std::sort(terms.begin(), terms.end());
  terms.erase(std::unique(terms.begin(), terms.end()), terms.end());
  return terms;
}

HsDatabase CompileLiterals(const std::vector<std::string>& terms) {
  std::vector<const char*> patterns;
  std::vector<unsigned> ids;
  for (const std::string& term : terms) {
    ids.push_back(static_cast<unsigned>(ids.size()));
    patterns.push_back(term.c_str());  // folded text has letters, digits and blanks only: nothing to escape
  }
  hs_database_t* database = nullptr;
  hs_compile_error_t* error = nullptr;
  if (hs_compile_multi(patterns.data(), nullptr, ids.data(), static_cast<unsigned>(patterns.size()), HS_MODE_BLOCK,
                       nullptr, &database, &error) != HS_SUCCESS) {
    Die(error->message);
  }
  return HsDatabase(database);
}

}  // namespace wirewatch
