// The engine against the reference: what differs, made small enough to read.
#ifndef WIREWATCH_TESTS_SUPPORT_DIFFERENCE_H_
#define WIREWATCH_TESTS_SUPPORT_DIFFERENCE_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "rules/engine/match.h"
#include "rules/engine/matcher.h"
#include "rules/engine/rule_set.h"
#include "rules/pack/pack.h"
#include "tests/support/corpus.h"

namespace wirewatch {

// Both answers on one article.
struct Answers {
  std::vector<TopicMatch> engine, reference;
  bool equal() const { return engine == reference; }
};
// An error of either is an error of the comparison.
Result<Answers> Compare(Matcher& matcher, const Document& document, FoldedDocument& folded);

// Compiled alone; null: it does not compile.
std::shared_ptr<const RuleSet> CompileTopics(std::vector<Topic> topics);
// The same topics, come to by edits of other ones: a set in two parts. REQUIRES: each compiles; two or more.
std::shared_ptr<const RuleSet> CompileByEdits(std::vector<Topic> topics);

// A report on the first topic that differs: its expression and the article cut down as far as they still differ.
std::string Describe(const RuleSet& rule_set, const StoredArticle& article, const Answers& comparison);

}  // namespace wirewatch

#endif  // WIREWATCH_TESTS_SUPPORT_DIFFERENCE_H_
