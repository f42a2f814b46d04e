// WordPattern: a term of words, ready to be recognised at a token of a folded document; and the piece of it that a
// literal search can look for.
#ifndef WIREWATCH_RULES_WORD_PATTERN_H_
#define WIREWATCH_RULES_WORD_PATTERN_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/span.h"
#include "rules/document.h"
#include "rules/expression.h"
#include "rules/fold.h"
#include "rules/positions.h"

namespace wirewatch {

// A piece of a pattern without wildcards, which stands in the folded text wherever the pattern does.
struct Anchor {
  std::string_view text;           // of the pattern; begins and ends with a letter or digit
  std::uint32_t words_before = 0;  // words of the pattern before the one that the piece begins in
  std::uint32_t words = 0;         // words that the piece touches
  bool begins_word = false;        // the piece begins where a word begins
  bool ends_word = false;
};

// What `=` asks for beside the words: the written bytes, punctuation included.
class WrittenText {
 public:
  explicit WrittenText(std::string_view term);

  // The bytes of `text` that are written like the term, if the words of the term stand at tokens [first, ...).
  // Bytes equal bytes; a run of white space equals a run of white space within a line.
  std::optional<Span> MatchAt(std::string_view text, const FoldedDocument& folded, std::uint32_t first) const;

 private:
  std::string text_;         // the term with every run of white space as one blank
  std::vector<Span> words_;  // in text_
};

class WordPattern {
 public:
  // REQUIRES: term.kind is kWords or kExact.
  explicit WordPattern(const Term& term);

  // Folded words parted by blanks; empty: the term has no word and never occurs.
  const std::string& pattern() const { return pattern_; }
  // The longest piece; nothing: the pattern is all wildcards.
  std::optional<Anchor> FindAnchor() const;

  // The occurrence whose first word is the token `first`, if the term stands there and within its scope.
  std::optional<Occurrence> MatchAt(const Document& document, const FoldedDocument& folded, std::uint32_t first) const;

 private:
  bool WordsStandAt(const FoldedDocument& folded, std::uint32_t first) const;

  std::string pattern_;
  std::uint32_t word_count_ = 0;
  bool wildcards_ = false;
  Scope scope_;
  std::optional<WrittenText> written_;
};

// Whether words at `tokens` of `field` lie in `scope`.
bool InScope(Scope scope, Field field, TokenRange tokens, const FoldedDocument& folded);

// Whether `word` is what `pattern` describes: * stands for any characters, ? for one.
bool MatchesWildcards(std::string_view pattern, std::string_view word);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_WORD_PATTERN_H_
