// What a term of words matches: its pattern, word by word, and of an exact term the spelling, too.
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

// The folded words of the term, with their wildcards and marks, one blank between two words. Empty: the term has no
// word and never occurs. REQUIRES: term.kind is kWords or kExact.
std::string PatternOf(const Term& term);

// A word of a pattern, and what it stands for.
struct PatternWord {
  enum class Kind : std::uint8_t {
    kWritten,     // the word itself, with its wildcards
    kForms,       // ~ban: every form of the word in the article's language (stems.h)
    kMisspelled,  // huawei~1: the word with at most `edits` letters wrong
  };
  Kind kind = Kind::kWritten;
  std::string_view text;    // without its mark
  std::uint32_t edits = 0;  // kMisspelled: 1 or 2
};
PatternWord ReadPatternWord(std::string_view word);

// The spelling that an exact term (`=`) demands: the characters as a reader sees them (AsSeen), punctuation included.
class WrittenText {
 public:
  explicit WrittenText(std::string_view term);

  // The bytes of `text` that are spelled like the term, its first word at token `first`; nothing: they are spelled
  // otherwise. REQUIRES: the words of the term stand at the tokens from `first` on. Within a line every run of white
  // space equals every other.
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
