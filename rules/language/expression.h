// Expression: the boolean text of a rule as a tree, with the place of every part. Grammar: docs/rules.md.
#ifndef WIREWATCH_RULES_LANGUAGE_EXPRESSION_H_
#define WIREWATCH_RULES_LANGUAGE_EXPRESSION_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/span.h"
#include "rules/text/document.h"
#include "rules/text/stems.h"
#include "rules/text/text_unit.h"

namespace wirewatch {

// Where a term may stand: in the title, the lead (the summary and the first paragraph of the body), the body; or in one
// of two of them.
enum class Scope : std::uint8_t { kAnywhere, kTitle, kLead, kBody, kTitleLead, kTitleBody, kLeadBody };

// The scopes of one part that `scope` is made of, as bits. kAnywhere: all.
constexpr unsigned PartsOf(Scope scope) {
  constexpr unsigned kParts[] = {0b111, 0b001, 0b010, 0b100, 0b011, 0b101, 0b110};
  return kParts[static_cast<std::size_t>(scope)];
}
constexpr bool Includes(Scope scope, Scope part) { return (PartsOf(scope) & PartsOf(part)) == PartsOf(part); }

// Whether `scope` takes a place in `field`. The first paragraph of the body is lead and body both; what lies in it, the
// lanes tell in their own units, words or bytes.
constexpr bool InScope(Scope scope, Field field, bool in_first_paragraph) {
  switch (field) {
    case Field::kTitle: return Includes(scope, Scope::kTitle);
    case Field::kSummary: return Includes(scope, Scope::kLead);
    case Field::kBody: break;
  }
  return Includes(scope, Scope::kBody) || (Includes(scope, Scope::kLead) && in_first_paragraph);
}

// One thing that is looked for in the text.
struct Term {
  enum class Kind : std::uint8_t {
    kWords,  // a word or phrase, folded; a word may hold `*` (any letters) and `?` (one letter), be `~ban` (all forms
             // of the word) or `huawei~1` (one letter wrong, or two): word_pattern.h
    kExact,  // =ZTE: the words, and the very bytes as written
    kRegex,  // /wei\s+jing/i over the original text
  };
  Kind kind = Kind::kWords;
  std::string text;                // without quotes, '=' or slashes
  bool ignore_case = false;        // kRegex: the flag i
  Scope scope = Scope::kAnywhere;  // a prefix before a group is pushed down to its terms
  // What the topic says of its terms (rules/pack/topic_terms.h), given only to those that it makes a difference for.
  // The text of a term does not show it.
  StemLanguages languages = 0;  // of `~ban`: where an article does not say its language (stems.h); 0: no topic does
  bool han_same = false;        // kWords: traditional and simplified characters are one

  auto operator<=>(const Term&) const = default;
};

// What the article says of itself. The last three are numbers: the age when its record was written, 1 to 9, words of
// the body.
enum class Attribute : std::uint8_t { kLanguage, kCountry, kSource, kTag, kSection, kPublished, kUrgency, kWords };
enum class Comparison : std::uint8_t { kIs, kLess, kAtMost, kMore, kAtLeast };
constexpr bool IsNumber(Attribute attribute) { return attribute >= Attribute::kPublished; }

// A node of the tree. Which members count depends on the kind.
struct Expression {
  enum class Kind : std::uint8_t {
    kTerm,       // term
    kAttribute,  // attribute, comparison (kIs unless it is a number), value
    kAnd,        // children, two or more
    kOr,         // children, one or more; a list is an OR of its terms and keeps its name
    kNot,        // children[0]
    kNear,       // children[0], children[1], each a term or an OR of terms; distance, ordered, negated
    kSame,       // children as of kNear; unit, negated
    kAtLeast,    // `3 OF (a, b, c, d)`: count of the children; of a list, its terms, and it keeps its name
    kRepeated,   // `huawei{3,}`: count of places of children[0], which is as those of kNear
  };
  Kind kind = Kind::kTerm;
  Span place;  // bytes of the expression's text
  Term term;
  Attribute attribute = Attribute::kLanguage;
  Comparison comparison = Comparison::kIs;
  std::string value;
  std::uint32_t distance = 0;  // kNear: at most so many words between
  bool ordered = false;        // kNear: ONEAR, the left one first
  bool negated = false;        // kNear, kSame: NOT NEAR, NOT SAME: a place of the left without one of the right
  TextUnit unit = TextUnit::kSentence;  // kSame
  std::uint32_t count = 0;              // kAtLeast, kRepeated: so many or more
  bool of_library = false;              // kTerm: an entry that many packs share, so no test of one need exercise it
  std::string list;                     // kOr, kAtLeast: the name of the list it came from; empty: written out
  std::vector<Expression> children;
};

// A mistake in an expression: its place, a code in words, a sentence, and the way out.
struct ExpressionError {
  Span place;
  std::string code;
  std::string message;
  std::string help;
};

// What @name stands for: the list's terms, already parsed (an OR).
using NamedLists = std::map<std::string, Expression, std::less<>>;

struct ParsedExpression {
  std::optional<Expression> expression;  // absent: errors is not empty
  std::vector<ExpressionError> errors;
  std::vector<ExpressionError> warnings = {};  // of what is read, but hardly as it was meant
};

// Limits: 64 KiB of text, 200 levels of nesting, NEAR distance 1 to 100, 100,000 terms with all lists written out; each
// over-run is an error with its place. A node's place holds its parentheses and prefix; a list's terms stand at the
// @name. An expression that could hold with nothing found (NOT huawei) is an error.
ParsedExpression ParseExpression(std::string_view text, const NamedLists& lists);

// One entry of a list, written as YAML scalar: several words without quotes are a phrase there. Always a kTerm.
ParsedExpression ParseListEntry(std::string_view text);

// The expression as text that parses to the same tree (lists by name, all groups in parentheses).
std::string ToText(const Expression& expression);
// A term as an analyst would write it: `"rip and replace"`, `title:=ZTE`, `/wei\s+jing/i`.
std::string ToText(const Term& term);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_LANGUAGE_EXPRESSION_H_
