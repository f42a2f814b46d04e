// RuleGenerator: random rules about given texts, for comparing the engine with the reference.
//
// The same seed gives the same rules on every machine. Words, phrases and distances are drawn from the texts, one of
// them at a time, so that many rules hold.
#ifndef WIREWATCH_TESTS_SUPPORT_RULE_GENERATOR_H_
#define WIREWATCH_TESTS_SUPPORT_RULE_GENERATOR_H_

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "rules/language/expression.h"
#include "rules/pack/pack.h"
#include "rules/text/fold.h"
#include "tests/support/corpus.h"

namespace wirewatch {

class RuleGenerator {
 public:
  // Borrows `articles`. REQUIRES: one of them has a word.
  RuleGenerator(std::uint64_t seed, const std::vector<StoredArticle>& articles);

  // A topic with one to three rules, now and then `unless` and languages.
  Topic MakeTopic(std::string id);
  Expression MakeExpression(int depth);

 private:
  // A number in [0, below); the standard distributions differ between libraries.
  std::uint32_t Below(std::uint32_t below) { return static_cast<std::uint32_t>(random_() % below); }
  bool OneIn(std::uint32_t n) { return Below(n) == 0; }

  void Focus();                 // on another article
  std::uint32_t CommonToken();  // one of a word that stands in the article more than once, if there is one
  std::uint32_t AnyToken() { return Below(static_cast<std::uint32_t>(folded_.tokens.size())); }
  TokenRange SomeTokens(std::uint32_t first, std::uint32_t most);  // from `first` on, of one paragraph
  std::string Original(TokenRange tokens) const;

  Expression MakeTerm(std::uint32_t token);
  Expression MakeSide(std::uint32_t token);  // of a NEAR or SAME, or what is counted
  Expression MakeRepeated();
  Expression MakePair();
  Expression MakeAttribute();
  std::string MakeWildcards(TokenRange tokens);
  std::string MakeMarked(TokenRange tokens);  // ~forms and wrong letters~1
  std::string WithWrongLetters(std::string_view word, std::uint32_t edits);
  std::string MakeExact(TokenRange tokens);
  std::string MakeRegex(std::uint32_t token);

  std::mt19937_64 random_;
  const std::vector<StoredArticle>& articles_;
  const StoredArticle* article_ = nullptr;
  FoldedDocument folded_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_TESTS_SUPPORT_RULE_GENERATOR_H_
