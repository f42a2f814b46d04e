// WholePattern: a regular expression that a whole text must fit, as people write it in a policy: `[a-z]+(-[a-z]+)*`.
// Perl's syntax (PCRE2), over characters of UTF-8.
#ifndef WIREWATCH_RULES_CHECK_WHOLE_PATTERN_H_
#define WIREWATCH_RULES_CHECK_WHOLE_PATTERN_H_

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace wirewatch {

// Immutable; copies share the compiled expression. Threads: any.
class WholePattern {
 public:
  // kInvalid: it is no regular expression; the message says why.
  static Result<WholePattern> Create(std::string_view pattern);

  // False also where the expression takes too many steps on this text.
  bool Fits(std::string_view text) const;
  const std::string& text() const { return text_; }

 private:
  struct Rep;
  WholePattern(std::string text, std::shared_ptr<const Rep> rep) : text_(std::move(text)), rep_(std::move(rep)) {}

  std::string text_;
  std::shared_ptr<const Rep> rep_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_CHECK_WHOLE_PATTERN_H_
