// Remedy: the changes that make a rule of a topic fire on an article where it does not, all together and tried.
#ifndef WIREWATCH_RULES_TOOLS_REMEDY_H_
#define WIREWATCH_RULES_TOOLS_REMEDY_H_

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "rules/language/expression.h"
#include "rules/pack/pack.h"
#include "rules/text/document.h"
#include "rules/tools/explanation.h"

namespace wirewatch {

// An article that can be changed; owns its texts, so that a Document can borrow them.
class ChangedArticle {
 public:
  explicit ChangedArticle(const Document& document);

  void Apply(const ArticleChange& change);
  // Valid until the next change.
  Document document() const;

 private:
  std::array<std::string, kFieldCount> texts_;
  std::string language_, country_, source_, source_host_, section_;
  std::vector<std::string> tags_;
  std::optional<WallTime> published_at_, now_;
  std::optional<int> urgency_;
};

struct Remedy {
  std::vector<std::string> steps;      // in words, in order
  std::optional<Expression> match;     // the rule's, where it changes
  bool drops_unless = false;           // the topic has it no more
  std::optional<Expression> unless;    // in its place
  std::vector<std::string> languages;  // more that the topic reads
  std::vector<ArticleChange> article;

  bool changes_rule() const { return match || drops_unless || unless || !languages.empty(); }
};

// The topic with what the remedy changes of it. `rule`: index into its rules.
Topic Apply(const Remedy& remedy, const Topic& topic, std::size_t rule);
Document Apply(const Remedy& remedy, ChangedArticle& article);

// What makes the topic fire by that rule. Found by suggestion after suggestion, each tried with the reference matcher;
// nothing: they lead nowhere, or it fires by that rule already.
// kInternal: as Explainer::Explain.
Result<std::optional<Remedy>> FindRemedy(const Topic& topic, std::size_t rule, const Document& document);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_TOOLS_REMEDY_H_
