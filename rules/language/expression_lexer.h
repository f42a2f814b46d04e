// Lexer of the rule language: the text of an expression to tokens with their places. The parser's other half;
// docs/rules.md has the grammar.
#ifndef WIREWATCH_RULES_LANGUAGE_EXPRESSION_LEXER_H_
#define WIREWATCH_RULES_LANGUAGE_EXPRESSION_LEXER_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/span.h"
#include "rules/language/expression.h"
#include "rules/text/text_unit.h"

namespace wirewatch {

inline constexpr std::uint32_t kMinNearDistance = 1;
inline constexpr std::uint32_t kMaxNearDistance = 100;
inline constexpr std::uint32_t kMaxOfCount = 1000;
inline constexpr std::uint32_t kMinRepeats = 2;
inline constexpr std::uint32_t kMaxRepeats = 100;

struct ExpressionToken {
  enum class Kind : std::uint8_t {
    kWord,       // huawei, exclud*
    kPhrase,     // "rip and replace"; text is without the quotes
    kExact,      // =ZTE, ="US"; text is without them
    kRegex,      // /wei\s+jing/i; text is the pattern with \/ made /
    kList,       // @vendors; text is the name
    kScope,      // title: directly before the next token
    kAttribute,  // lang:pl, words: >= 200; text is the value. lang:(pl, de) is kOpen, lang:pl, kOr, lang:de, kClose
    kAnd,
    kOr,
    kNot,
    kNear,    // NEAR/10, ONEAR/10
    kSame,    // SAME SENTENCE, SAME PARAGRAPH
    kOf,      // 3 OF
    kRepeat,  // {3,} directly behind what it counts
    kComma,   // between the entries of an OF
    kOpen,
    kClose,
    kBroken,  // stands for a term in which the lexer has reported a mistake
    kEnd,
  };
  Kind kind = Kind::kEnd;
  Span place;
  std::string text;
  bool ignore_case = false;  // kRegex
  bool ordered = false;      // kNear
  std::uint32_t distance = 0;
  TextUnit unit = TextUnit::kSentence;  // kSame
  std::uint32_t count = 0;              // kOf, kRepeat
  Scope scope = Scope::kAnywhere;
  Attribute attribute = Attribute::kLanguage;
  Comparison comparison = Comparison::kIs;
};

struct LexedExpression {
  std::vector<ExpressionToken> tokens;  // the last one is kEnd
  std::vector<ExpressionError> errors;
  std::vector<ExpressionError> warnings;
};

// REQUIRES: text is valid UTF-8.
LexedExpression LexExpression(std::string_view text);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_LANGUAGE_EXPRESSION_LEXER_H_
