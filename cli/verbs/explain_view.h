// What `wirewatch explain ARTICLE` shows: topics with their explanations, and the marks on the article's text. Each
// form of it (text, HTML, JSON) reads this.
#ifndef WIREWATCH_CLI_VERBS_EXPLAIN_VIEW_H_
#define WIREWATCH_CLI_VERBS_EXPLAIN_VIEW_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/span.h"
#include "pipeline/decode/article.h"
#include "rules/pack/pack.h"
#include "rules/text/document.h"
#include "rules/tools/explanation.h"
#include "rules/tools/remedy.h"

namespace wirewatch {

struct ExplainedTopic {
  TopicExplanation explanation;
  std::vector<std::size_t> rules;  // those that are shown, in this order
  // Of the first of these, where the topic does not fire by it.
  std::optional<Remedy> remedy;
};

// Borrows the article and the topics of the rule set.
struct ExplainView {
  const Article& article;
  const Document document;
  std::vector<ExplainedTopic> topics;  // that fired, then the nearest first
  std::size_t others = 0;              // topics that are not shown
};

enum class MarkKind : std::uint8_t { kHit, kMiss, kExcluded };
constexpr std::string_view Name(MarkKind kind) {
  constexpr std::string_view kNames[] = {"hit", "miss", "excluded"};
  return kNames[static_cast<std::size_t>(kind)];
}

// Bytes of a field, and why they are marked.
struct Mark {
  Span span;
  MarkKind kind = MarkKind::kHit;
  std::string why;  // the clauses, for a reader who asks

  bool operator==(const Mark&) const = default;
};
// By field; sorted, not overlapping: where clauses have marked the same bytes, what excludes comes before what was
// found, and that before a near miss.
using Marks = std::array<std::vector<Mark>, kFieldCount>;
Marks MarksOf(const ExplainView& view);

// A paragraph of a field that is shown, or a piece of a very long one.
struct ShownParagraph {
  Field field = Field::kTitle;
  Span span;                 // without the newlines around
  std::size_t left_out = 0;  // paragraphs of the field before it, behind the last one that is shown
  bool cut_before = false, cut_behind = false;
};
// The title, and what is marked; of a short text all. `left_out_behind`: paragraphs behind the last one.
struct ShownText {
  std::vector<ShownParagraph> paragraphs;
  std::size_t left_out_behind = 0;
};
ShownText ShownTextOf(const ExplainView& view, const Marks& marks);

// Marks within `span`, with their bytes counted from its beginning.
std::vector<Mark> MarksIn(const std::vector<Mark>& marks, Span span);

// A place with the words around it, of its paragraph.
struct PlaceInContext {
  std::string_view before, place, behind;
  bool cut_before = false, cut_behind = false;
};
PlaceInContext InContext(const Document& document, const FoundPlace& place);

// Whether a clause is told in one line: terms, attributes, pairs, groups of terms, and what it is good that nothing
// of it was found.
bool IsOneLine(const Clause& clause);
// The clause in a word or two, where its children are shown below it: "all of", "2 of".
std::string HeadOf(const Expression& expression);
// The children that are shown of a clause that is not told in one line, in their order: all of an AND; of an OR those
// that hold, or the nearest three.
std::vector<const Clause*> ShownChildren(const Clause& clause);

// "2 more do not hold", of the children that are not shown; empty: all are.
std::string MoreText(const Clause& clause);

// Of a topic that fires: kActive where a rule that is active makes it fire; else nobody is alerted. Of others: its own.
RuleStatus StatusOf(const TopicExplanation& explanation);
// "fires", "holds in shadow, and alerts nobody", "does not fire".
std::string_view VerdictOf(const TopicExplanation& explanation);
// The same, with why not: "does not fire: no rule holds".
std::string OutcomeText(const TopicExplanation& explanation);
// ", in shadow"; empty: the rule is active.
std::string_view StatusText(const TopicExplanation& explanation, const RuleExplanation& rule);
// "the rule reads articles in nl, and this one is in en". REQUIRES: it does not read it.
std::string LanguageMiss(const TopicExplanation& explanation, const RuleExplanation& rule);

std::string ExplainText(const ExplainView& view, const Explainer& explainer, bool colour, std::size_t width);
// A page of its own: no scripts, nothing from elsewhere, light and dark.
std::string ExplainHtml(const ExplainView& view, const Explainer& explainer);
// One object, with a newline behind it. Keys: docs/explain.md.
std::string ExplainJson(const ExplainView& view, const Explainer& explainer);

}  // namespace wirewatch

#endif  // WIREWATCH_CLI_VERBS_EXPLAIN_VIEW_H_
