// Describer: what the matcher found, as a Match, which needs neither the article nor the rules any more.
#ifndef WIREWATCH_PIPELINE_MATCH_DESCRIBE_H_
#define WIREWATCH_PIPELINE_MATCH_DESCRIBE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>

#include "pipeline/decode/article.h"
#include "pipeline/match/match.h"
#include "rules/engine/match.h"
#include "rules/engine/rule_set.h"

namespace wirewatch {

// Threads: one at a time; make one a thread.
class Describer {
 public:
  explicit Describer(std::shared_ptr<const RuleSet> rules) : rules_(std::move(rules)) {}

  // `found`: by a matcher of the same rules, in `article`, whose facts are `facts`.
  Match Describe(const TopicMatch& found, const Article& article, std::shared_ptr<const ArticleFacts> facts,
                 const StepTimes& times);

 private:
  // As an analyst writes it.
  const std::string& TermText(std::uint32_t term);

  std::shared_ptr<const RuleSet> rules_;
  // By the term's number. To write a term the lexer is asked how it must be quoted, which costs more than all else of a
  // span: it is done once, for the terms that are found at all.
  std::unordered_map<std::uint32_t, std::string> term_texts_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_MATCH_DESCRIBE_H_
