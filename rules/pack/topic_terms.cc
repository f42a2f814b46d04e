#include "rules/pack/topic_terms.h"

#include <algorithm>
#include <string_view>

#include "base/text/ascii.h"
#include "rules/language/word_pattern.h"
#include "rules/text/han_variants.h"
#include "rules/text/stems.h"

namespace wirewatch {
namespace {

template <typename Holds>
bool AnyWord(std::string_view pattern, Holds holds) {
  while (!pattern.empty()) {
    const std::string_view word = pattern.substr(0, pattern.find(' '));
    if (holds(word)) return true;
    pattern.remove_prefix(std::min(word.size() + 1, pattern.size()));
  }
  return false;
}

void Settle(Expression& expression, StemLanguages languages, bool han_same) {
  Term& term = expression.term;
  if (expression.kind == Expression::Kind::kTerm && term.kind == Term::Kind::kWords) {
    // Nearly no term has either.
    if (languages != 0 && term.text.find('~') != std::string::npos &&
        AnyWord(PatternOf(term), [](std::string_view word) { return word.starts_with('~'); })) {
      term.languages = languages;
    }
    if (han_same && !IsAllAscii(term.text)) {
      term.han_same = AnyWord(PatternOf(term), [](std::string_view word) { return !HanClassOf(word).empty(); });
    }
  }
  for (Expression& child : expression.children) Settle(child, languages, han_same);
}

}  // namespace

void SettleTerms(Topic& topic, bool han_same) {
  const StemLanguages languages = StemLanguagesOf(topic.languages);
  for (Rule& rule : topic.rules) {
    Settle(rule.match, rule.languages.empty() ? languages : StemLanguagesOf(rule.languages), han_same);
  }
  if (topic.unless) Settle(*topic.unless, languages, han_same);
}

}  // namespace wirewatch
