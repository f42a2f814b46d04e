// What a term of words asks for: its pattern, word by word, and for exact terms the bytes as they are written.
#ifndef WIREWATCH_RULES_LANGUAGE_WORD_PATTERN_H_
#define WIREWATCH_RULES_LANGUAGE_WORD_PATTERN_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/span.h"
#include "rules/language/expression.h"
#include "rules/text/fold.h"

namespace wirewatch {

// Folded words parted by blanks, with their wildcards; empty: the term has no word and never occurs.
// REQUIRES: term.kind is kWords or kExact.
std::string PatternOf(const Term& term);

// What `=` asks for beside the words: the written characters, punctuation included, as a reader sees them (AsSeen).
class WrittenText {
 public:
  explicit WrittenText(std::string_view term);

  // The bytes of `text` that are written like the term, if the words of the term stand at tokens [first, ...).
  // A run of white space equals a run of white space within a line.
  std::optional<Span> MatchAt(std::string_view text, const FoldedDocument& folded, std::uint32_t first) const;

 private:
  // As seen, with every run of white space as one blank.
  std::vector<std::string> words_;
  std::vector<std::string> gaps_;  // between them
  std::string before_, behind_;    // what stands before the first and behind the last
};

// Whether `word` is what `pattern` describes: * stands for any characters, ? for one.
bool MatchesWildcards(std::string_view pattern, std::string_view word);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_LANGUAGE_WORD_PATTERN_H_
