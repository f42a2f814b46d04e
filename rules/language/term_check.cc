#include "rules/language/term_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "base/text/utf8.h"
#include "rules/language/regex_cost.h"
#include "rules/language/term_marks.h"
#include "rules/text/code_point_table.h"
#include "rules/text/half_width.h"

namespace wirewatch {
namespace {

constexpr std::size_t kMaxTextBytes = 64 << 10;
constexpr std::size_t kMinLettersBeforeStar = 3, kMinSyllablesBeforeStar = 2;  // of Hangul, which say more
constexpr std::size_t kMinLettersTogether = 2;                                 // in a word with '?'

struct Character {
  CharacterClass character_class;
  std::size_t size;  // bytes
  bool hangul;
};

// REQUIRES: text is valid UTF-8 and longer than `at`.
Character CharacterAt(std::string_view text, std::size_t at) {
  const DecodedUtf8 decoded = DecodeUtf8(text, at);
  const FoldedCharacter character = CodePointTable::Get().At(decoded.code_point);
  return {character.character_class, decoded.size, character.hangul};
}

// Of a word of several characters, as scripts with blanks have them.
bool IsPartOfWord(CharacterClass character_class) {
  return character_class == CharacterClass::kLetter || character_class == CharacterClass::kDigit;
}

bool HasWord(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const Character character = CharacterAt(text, at);
    if (character.character_class >= CharacterClass::kLetter) return true;
    at += character.size;
  }
  return false;
}

// Reads the words of a term as the fold parts them, and judges their wildcards. Places are relative to the text.
class WildcardCheck {
 public:
  explicit WildcardCheck(std::string_view text) : text_(text) {}

  std::optional<ExpressionError> Run() {
    for (std::size_t at = 0; at < text_.size() && !error_;) {
      const Character character = CharacterAt(text_, at);
      if (text_[at] == '*') {
        Star(at);
      } else if (text_[at] == '?') {
        if (!question_) question_ = at;
        together_ = 0;
      } else {
        Take(character);
      }
      at += character.size;
    }
    if (!error_) EndWord();
    return std::move(error_);
  }

 private:
  void Take(const Character& character) {
    switch (character.character_class) {
      case CharacterClass::kFormat:
      case CharacterClass::kAccent: return;
      case CharacterClass::kSeparator:
      case CharacterClass::kNewline:
        EndWord();
        alone_ = false;
        return;
      case CharacterClass::kAlone:
        EndWord();
        alone_ = true;
        return;
      case CharacterClass::kLetter:
      case CharacterClass::kDigit:
        if (character.hangul != hangul_) EndWord();
        hangul_ = character.hangul;
        [[fallthrough]];
      case CharacterClass::kVowelSign:
        alone_ = false;
        ++letters_;
        longest_ = std::max(longest_, ++together_);
    }
  }

  void Star(std::size_t at) {
    together_ = 0;
    if (letters_ >= (hangul_ ? kMinSyllablesBeforeStar : kMinLettersBeforeStar)) return;
    if (alone_) {
      Fail(at, "this character is a word by itself, so it has no beginning for '*' to continue",
           "leave out the wildcard: neighbouring characters are found as a phrase");
    } else if (letters_ == 0) {
      Fail(at, "'*' needs letters before it in its word",
           "a word is found by its beginning: write those that are meant joined by OR; any words in between are "
           "rip ONEAR/2 replace");
    } else {
      Fail(at,
           hangul_ ? fmt::format("'*' needs at least {} syllables before it in its word", kMinSyllablesBeforeStar)
                   : fmt::format("'*' needs at least {} letters before it in its word, and has {}",
                                 kMinLettersBeforeStar, letters_),
           "write more of the word, or the words that are meant joined by OR");
    }
  }

  void EndWord() {
    if (question_ && longest_ < kMinLettersTogether) {
      Fail(*question_, fmt::format("a word with '?' needs at least {} letters next to each other", kMinLettersTogether),
           longest_ == 0 ? "leave it out: punctuation does not count, and ? is one letter of a word"
                         : "write more of the word, or the words that are meant joined by OR");
    }
    letters_ = together_ = longest_ = 0;
    question_.reset();
  }

  void Fail(std::size_t at, std::string message, std::string help) {
    error_ = ExpressionError{PlaceAt(at, 1), "wildcard", std::move(message), std::move(help)};
  }

  const std::string_view text_;
  std::optional<ExpressionError> error_;
  // Of the word at hand:
  std::size_t letters_ = 0, together_ = 0, longest_ = 0;  // plain ones; since the last wildcard; the most of those
  std::optional<std::size_t> question_;                   // its first '?'
  bool hangul_ = false;                                   // they are of Hangul
  bool alone_ = false;                                    // a character of a script without blanks stands before
};

// A wildcard in its full-width form would be read over as punctuation. The question mark is punctuation too, but not
// between two letters. Places are relative to the text.
std::optional<ExpressionError> FindWideWildcard(std::string_view text) {
  bool letter_before = false;
  for (std::size_t at = 0; at < text.size();) {
    const Character character = CharacterAt(text, at);
    const std::size_t end = at + character.size;
    const char ascii = AsciiFormOf(DecodeUtf8(text, at).code_point);
    const bool letter_behind = end < text.size() && IsPartOfWord(CharacterAt(text, end).character_class);
    if (ascii == '*' || (ascii == '?' && letter_before && letter_behind) ||
        (ascii == '~' && !letter_before && letter_behind)) {
      return ExpressionError{PlaceAt(at, character.size), "full-width",
                             fmt::format("'{}' is punctuation here, and no {}", text.substr(at, character.size),
                                         ascii == '~' ? "mark of a word" : "wildcard"),
                             fmt::format("write {}: {}{}{}; if punctuation is meant, write a blank in its place", ascii,
                                         text.substr(0, at), ascii, text.substr(end))};
    }
    letter_before = IsPartOfWord(character.character_class);
    at = end;
  }
  return std::nullopt;
}

std::optional<ExpressionError> CheckEncoding(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte < 0x20 && !(byte >= '\t' && byte <= '\r')) {
      return ExpressionError{PlaceAt(at, 1), "control-character", fmt::format("a control character (0x{:02x})", byte),
                             "delete it"};
    }
    const DecodedUtf8 decoded = DecodeUtf8(text, at);
    if (decoded.invalid())
      return ExpressionError{PlaceAt(at, 1), "encoding", "this is not UTF-8", "save the file as UTF-8"};
    at += decoded.size;
  }
  return std::nullopt;
}

std::optional<ExpressionError> CheckRegexCost(const Term& term, Span place) {
  const RegexCost cost = EstimateRegexCost(term.text, term.ignore_case);
  if (cost.work <= kMostRegexWork) return std::nullopt;
  return ExpressionError{
      place, "regex-too-costly",
      fmt::format("this regular expression would take very long to compile: {:.0f} states, {:.0f} units of work, and "
                  "the limit is {:.0f}",
                  cost.states, cost.work, kMostRegexWork),
      "write alternatives as a list or joined by OR, and smaller repeats: {1,20} in place of {1,200}"};
}

}  // namespace

std::optional<ExpressionError> CheckText(std::string_view text) {
  if (text.size() > kMaxTextBytes) {
    return ExpressionError{{0, 1},
                           "too-long",
                           fmt::format("{} bytes of text; the limit is {}", text.size(), kMaxTextBytes),
                           "move words into lists, or split it into several rules"};
  }
  return CheckEncoding(text);
}

std::optional<ExpressionError> CheckTerm(const Term& term, Span place, std::size_t at) {
  if (term.kind == Term::Kind::kRegex) return CheckRegexCost(term, place);
  if (term.text.find_first_not_of(" \t\r\n") == std::string::npos) {
    return ExpressionError{place, "empty-term", "there is nothing between the quotes", "write a word or a phrase"};
  }
  if (term.kind == Term::Kind::kWords) {
    auto error = CheckMarks(term.text);
    if (!error) error = FindWideWildcard(term.text);
    if (!error) error = WildcardCheck(term.text).Run();
    if (error) {
      error->place = PlaceAt(at + error->place.begin, error->place.size());
      return error;
    }
  }
  if (!HasWord(term.text)) {
    return ExpressionError{place, "empty-term",
                           fmt::format("'{}' has no letter or digit, so it stands in no text", term.text),
                           "only words are searched; for punctuation use a regular expression: /\\?!/"};
  }
  return std::nullopt;
}

}  // namespace wirewatch
