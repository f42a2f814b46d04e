#include "rules/dialects/query_lexer.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "base/text/ascii.h"
#include "base/text/numbers.h"
#include "base/text/trim.h"
#include "rules/language/expression_words.h"
#include "rules/language/foreign_syntax.h"

namespace wirewatch {
namespace {

using Token = QueryToken;
using Kind = Token::Kind;

bool IsFieldCharacter(char c) {
  return IsAsciiLetter(c) || IsAsciiDigit(c) || c == '_' || c == '.' || c == '@' || c == '-' || c == '*';
}

class Lexer {
 public:
  Lexer(Dialect dialect, std::string_view text) : dialect_(dialect), traits_(TraitsOf(dialect)), text_(text) {}

  LexedQuery Run() {
    while (true) {
      while (at_ < text_.size() && IsSpace(text_[at_])) ++at_;
      if (at_ >= text_.size()) break;
      LexToken();
    }
    Add(Kind::kEnd, at_);
    return std::move(result_);
  }

 private:
  bool lucene() const { return dialect_ == Dialect::kLucene; }
  bool lexis() const { return dialect_ == Dialect::kLexisNexis; }
  char Now() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  std::string_view Rest() const { return text_.substr(at_); }
  // Whether the token at hand touches the one before.
  bool Touches() const { return !result_.tokens.empty() && result_.tokens.back().place.end == at_; }
  // Whether it stands where an operand does: behind a blank, a parenthesis or a field.
  bool BeginsOperand() const {
    if (!Touches()) return true;
    const Kind before = result_.tokens.back().kind;
    return before == Kind::kOpen || before == Kind::kField || before == Kind::kFunction || before == Kind::kPlus ||
           before == Kind::kMinus;
  }

  void LexToken() {
    const std::size_t begin = at_;
    const char c = Now();
    if (c == '(') return AddAfter(Kind::kOpen, 1);
    if (c == ')') return AddAfter(Kind::kClose, 1);
    if (c == '"' || IsForeignQuote()) return LexPhrase(Kind::kPhrase);
    if (c == '~' && Touches()) return LexSuffix(Kind::kTilde);
    if (c == '^' && Touches()) return LexSuffix(Kind::kBoost);
    if (traits_.braces_are_exact && c == '{') return LexBraces();
    if (lucene()) {
      if (Rest().starts_with("&&")) return AddAfter(Kind::kAnd, 2);
      if (Rest().starts_with("||")) return AddAfter(Kind::kOr, 2);
      if (c == '!' && at_ + 1 < text_.size() && !IsSpace(text_[at_ + 1])) return AddAfter(Kind::kNot, 1);
      if (c == '+' && BeginsOperand() && BehindIsOperand(1)) return AddAfter(Kind::kPlus, 1);
      if (c == '/' && BeginsOperand() && LexRegex()) return;
      if ((c == '[' || c == '{') && LexRange()) return;
      if ((c == '<' || c == '>') && LexComparison()) return;
    }
    if (traits_.plus_is_exact && c == '+' && BeginsOperand()) {
      const bool exact = Rest().starts_with("++");
      at_ += exact ? 2 : 1;
      if (Now() == '"') return LexPhrase(exact ? Kind::kExact : Kind::kPhrase, begin);
      return LexWord(begin, exact ? Kind::kExact : Kind::kWord);
    }
    if (traits_.minus_negates && BeginsOperand() && c != '!') {
      // A sign before a blank is punctuation: "Reuters - Monday".
      const std::size_t sign = NegatingSign(Rest());
      if (sign > 0 && BehindIsOperand(sign)) return AddAfter(Kind::kMinus, sign);
    }
    if (LexField()) return;
    LexWord(begin, Kind::kWord);
  }

  bool BehindIsOperand(std::size_t size) const {
    return at_ + size < text_.size() && !IsSpace(text_[at_ + size]) && text_[at_ + size] != ')';
  }

  bool IsForeignQuote() const {
    const char c = Now();
    if (c == '\'' || c == '`' || Rest().starts_with("\u2018") || Rest().starts_with("\u2019")) return false;
    return !ClosingQuotes(Rest()).empty();
  }

  void LexPhrase(Kind kind) { LexPhrase(kind, at_); }
  void LexPhrase(Kind kind, std::size_t begin) {
    std::vector<std::string_view> closing = {"\""};
    if (Now() != '"') closing = ClosingQuotes(Rest());
    at_ += Now() == '"' ? 1 : CharacterBytes();
    std::string phrase;
    bool closed = false;
    while (at_ < text_.size() && !closed) {
      const auto end =
          std::find_if(closing.begin(), closing.end(), [&](auto quote) { return Rest().starts_with(quote); });
      if (end != closing.end()) {
        at_ += end->size();
        closed = true;
      } else if (lucene() && Now() == '\\' && at_ + 1 < text_.size()) {
        ++at_;
        phrase += Literal(text_[at_++]);
      } else {
        const char c = text_[at_++];
        phrase += traits_.wildcards_in_quotes ? c : Literal(c);
      }
    }
    if (!closed) Mistake({U32(begin), U32(begin + 1)}, "this quote is not closed; it is read to the end of the query");
    Add(kind, begin).text = lexis() ? WithOurWildcards(std::move(phrase)) : std::move(phrase);
  }

  // A character that stands for itself, not for letters or the end of a phrase.
  static char Literal(char c) { return c == '*' || c == '?' || c == '"' ? ' ' : c; }

  std::size_t CharacterBytes() const {
    std::size_t size = 1;
    while (at_ + size < text_.size() && (text_[at_ + size] & 0xC0) == 0x80) ++size;
    return size;
  }

  // In LexisNexis `!` is any ending and `*` one letter.
  static std::string WithOurWildcards(std::string text) {
    for (char& c : text) c = c == '*' ? '?' : c == '!' ? '*' : c;
    return text;
  }

  void LexSuffix(Kind kind) {
    const std::size_t begin = at_++;
    while (IsAsciiDigit(Now()) || Now() == '.') ++at_;
    Add(kind, begin).text = text_.substr(begin + 1, at_ - begin - 1);
  }

  void LexBraces() {
    const std::size_t begin = at_;
    const std::size_t end = text_.find('}', begin);
    at_ = end == std::string_view::npos ? text_.size() : end + 1;
    std::string inside(text_.substr(begin + 1, (end == std::string_view::npos ? text_.size() : end) - begin - 1));
    std::erase(inside, '"');
    if (end == std::string_view::npos) {
      Mistake({U32(begin), U32(begin + 1)}, "this brace is not closed; it is read to the end of the query");
    }
    Add(Kind::kExact, begin).text = std::move(inside);
  }

  // False: no regular expression ends here.
  bool LexRegex() {
    for (std::size_t end = at_ + 1; end < text_.size(); ++end) {
      if (text_[end] == '\\') {
        ++end;
      } else if (text_[end] == '/') {
        if (end == at_ + 1) return false;
        const std::size_t begin = std::exchange(at_, end + 1);
        Add(Kind::kRegex, begin).text = text_.substr(begin + 1, end - begin - 1);
        return true;
      }
    }
    return false;
  }

  bool LexRange() {
    const std::size_t end = text_.find_first_of("]}", at_);
    if (end == std::string_view::npos) return false;
    const std::string_view inside = text_.substr(at_ + 1, end - at_ - 1);
    const std::size_t to = inside.find(" TO ");
    if (to == std::string_view::npos) return false;
    const std::size_t begin = std::exchange(at_, end + 1);
    const auto bound = [](std::string_view text) {
      std::string value(Trimmed(text));
      std::erase(value, '"');
      return value == "*" ? "" : value;
    };
    Token& token = Add(Kind::kRange, begin);
    token.low = bound(inside.substr(0, to));
    token.high = bound(inside.substr(to + 4));
    token.low_counts = text_[begin] == '[';
    token.high_counts = text_[end] == ']';
    return true;
  }

  bool LexComparison() {
    if (!Touches() || result_.tokens.back().kind != Kind::kField) return false;
    const std::size_t begin = at_;
    const bool less = text_[at_++] == '<';
    const bool counts = Now() == '=';
    if (counts) ++at_;
    const std::size_t value = at_;
    while (at_ < text_.size() && !IsSpace(text_[at_]) && text_[at_] != ')') ++at_;
    Token& token = Add(Kind::kRange, begin);
    (less ? token.high : token.low) = text_.substr(value, at_ - value);
    (less ? token.high_counts : token.low_counts) = counts;
    return true;
  }

  // `title:` before what it asks for. False: there is none here.
  bool LexField() {
    std::size_t end = at_;
    while (end < text_.size() && IsFieldCharacter(text_[end])) ++end;
    if (end == at_ || end + 1 >= text_.size() || text_[end] != ':') return false;
    if (IsSpace(text_[end + 1]) && lucene()) {
      // Lucene takes the blank.
    } else if (IsSpace(text_[end + 1]) || text_.substr(end + 1).starts_with("//")) {
      return false;  // "Breaking: ..." and addresses
    }
    const std::size_t begin = std::exchange(at_, end + 1);
    Add(Kind::kField, begin).text = AsciiLowerCase(text_.substr(begin, end - begin));
    return true;
  }

  bool EndsWord(char c) const {
    if (IsSpace(c) || c == '(' || c == ')' || c == '"') return true;
    if (c == '^') return true;
    if (c == '~') return true;
    return traits_.braces_are_exact && (c == '{' || c == '}');
  }

  void LexWord(std::size_t begin, Kind kind) {
    std::string word;
    bool escaped = false;
    const std::size_t first = at_;
    while (at_ < text_.size() && !EndsWord(text_[at_])) {
      if (lucene() && text_[at_] == '\\' && at_ + 1 < text_.size()) {
        ++at_;
        word += Literal(text_[at_++]);
        escaped = true;
      } else {
        word += text_[at_++];
      }
    }
    if (at_ == first) {                      // a sign by itself: it is punctuation
      const bool behind_sign = at_ > begin;  // + or ++
      if (!behind_sign) ++at_;
      if (behind_sign) Mistake({U32(begin), U32(at_)}, "this stands before nothing");
      return;
    }
    if (kind == Kind::kWord && !escaped && LexOperator(begin, word)) return;
    if (traits_.functions && kind == Kind::kWord && Now() == '(' && LexFunction(begin, word)) return;
    Add(kind, begin).text = lexis() ? WithOurWildcards(std::move(word)) : std::move(word);
  }

  bool LexFunction(std::size_t begin, std::string_view word) {
    std::string name = Upper(word);
    const std::size_t digits = name.find_first_of("0123456789");
    std::uint32_t count = 0;
    if (digits != std::string::npos) {
      const auto number = ParseNumber<std::uint32_t>(std::string_view(name).substr(digits));
      if (!number || name.substr(0, digits) != "ATLEAST") return false;
      count = *number;
      name.resize(digits);
    }
    if (!std::all_of(name.begin(), name.end(), [](char c) { return IsAsciiLetter(c) || c == '-'; })) return false;
    ++at_;
    Token& token = Add(Kind::kFunction, begin);
    token.text = std::move(name);
    token.distance = count;
    return true;
  }

  // An operator in a word; false: it is none in this dialect.
  bool LexOperator(std::size_t begin, std::string_view word) {
    const std::string upper = Upper(word);
    if (!traits_.any_case && upper != word) {
      // NEAR/5f of Brandwatch has its letter in lower case.
      if (!std::equal(word.begin(), word.end(), upper.begin(), upper.end(),
                      [](char a, char b) { return a == b || a == 'f' || a == 'n'; })) {
        return false;
      }
      if (upper == "AND" || upper == "NOT" || word.find('/') == std::string_view::npos) return false;
    }
    if (upper == "AND") return Operator(Kind::kAnd, begin);
    if (upper == "OR") return Operator(Kind::kOr, begin);
    if (upper == "NOT") return Operator(Kind::kNot, begin);
    if (lexis() && (upper == "W/SEG" || upper == "/SEG")) return Operator(Kind::kSegment, begin);
    const bool bare = upper == "NEAR" || upper == "ONEAR";
    if (!bare && upper.find('/') == std::string::npos && upper != "ANDNOT" && upper != "BUTNOT") return false;
    const std::string meant = MeantOperator(word, "");
    if (meant == "AND NOT") {
      Operator(Kind::kAnd, begin);
      return Operator(Kind::kNot, begin);
    }
    if (meant == "SAME SENTENCE" || meant == "SAME PARAGRAPH") {
      Token& token = Add(Kind::kSame, begin);
      token.unit = meant == "SAME SENTENCE" ? TextUnit::kSentence : TextUnit::kParagraph;
      return true;
    }
    const bool ordered = meant.starts_with("ONEAR/");
    if (!ordered && !meant.starts_with("NEAR/")) return false;
    // MeantOperator bounds the distance; what was written is what the translation tells about.
    const std::size_t digits = upper.find_first_of("0123456789");
    std::uint32_t distance = traits_.bare_near;
    if (digits != std::string::npos) {
      const std::string_view number =
          std::string_view(upper).substr(digits, upper.find_first_not_of("0123456789", digits) - digits);
      distance = ParseNumber<std::uint32_t>(number).value_or(std::numeric_limits<std::uint32_t>::max());
    }
    Token& token = Add(Kind::kNear, begin);
    token.distance = distance;
    token.ordered = ordered;
    return true;
  }

  bool Operator(Kind kind, std::size_t begin) {
    Add(kind, begin);
    return true;
  }
  void AddAfter(Kind kind, std::size_t size) {
    const std::size_t begin = at_;
    at_ += size;
    Add(kind, begin);
  }
  Token& Add(Kind kind, std::size_t begin) {
    Token token;
    token.kind = kind;
    token.place = {U32(begin), U32(at_)};
    result_.tokens.push_back(std::move(token));
    return result_.tokens.back();
  }
  void Mistake(Span place, std::string message) {
    result_.notes.push_back(
        {place, "syntax", QueryEffect::kChanged, std::move(message), "look at it in the original", false});
  }
  static std::uint32_t U32(std::size_t n) { return static_cast<std::uint32_t>(n); }

  const Dialect dialect_;
  const DialectTraits& traits_;
  const std::string_view text_;
  std::size_t at_ = 0;
  LexedQuery result_;
};

}  // namespace

LexedQuery LexQuery(Dialect dialect, std::string_view text) { return Lexer(dialect, text).Run(); }

}  // namespace wirewatch
