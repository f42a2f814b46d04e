// Text to tokens. What is written in the way of other search languages is in foreign_syntax.cc, what a value of an
// attribute may be in attribute_value.cc. One class of more than 500 lines: its functions share the place in the text.
#include "rules/language/expression_lexer.h"

#include <fmt/format.h>
#include <utf8proc.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

#include "base/text/ascii.h"
#include "base/text/numbers.h"
#include "base/text/trim.h"
#include "base/text/utf8.h"
#include "rules/codes/country_code.h"
#include "rules/codes/language_code.h"
#include "rules/language/attribute_value.h"
#include "rules/language/expression_words.h"
#include "rules/language/foreign_syntax.h"
#include "rules/text/half_width.h"
#include "rules/text/text_unit.h"

namespace wirewatch {
namespace {

utf8proc_category_t CategoryOf(char32_t c) { return utf8proc_category(static_cast<utf8proc_int32_t>(c)); }

using Token = ExpressionToken;

// Kept free for operators to come, and so that what other search languages mean by them is not taken for a word.
constexpr std::string_view kReserved = ",;[]{}<>|^~\\`";
// What `~` means in a word, and where it means nothing, is told by CheckTerm.
constexpr std::string_view kReservedInWords = ",;[]{}<>|^\\`";

// Reads the text in its half-width form; the places are put back into the original in the end.
class Lexer {
 public:
  explicit Lexer(std::string_view original) : half_width_(original), text_(half_width_.text()) {}

  LexedExpression Run() {
    while (SkipBlanks()) LexToken();
    Add(Token::Kind::kEnd, at_);
    const auto put_back = [&](Span& place) { place = half_width_.Origin(place.begin, place.end); };
    for (Token& token : result_.tokens) put_back(token.place);
    for (ExpressionError& error : result_.errors) put_back(error.place);
    for (ExpressionError& warning : result_.warnings) put_back(warning.place);
    return std::move(result_);
  }

 private:
  void LexToken() {
    const std::size_t begin = at_;
    switch (text_[at_]) {
      case '(':
        if (LexScopes()) return;
        commas_.push_back(BeginsEntries());
        ++at_;
        Add(Token::Kind::kOpen, begin);
        return;
      case ')':
        if (!commas_.empty()) commas_.pop_back();
        ++at_;
        Add(Token::Kind::kClose, begin);
        return;
      case ',':
        if (!CommasPart()) break;
        ++at_;
        Add(Token::Kind::kComma, begin);
        return;
      case '{': LexRepeat(); return;
      case '"': LexPhrase(); return;
      case '/': LexRegex(); return;
      case '=': LexExact(); return;
      case '@': LexList(); return;
      default: break;
    }
    if (!ClosingQuotes(text_.substr(at_)).empty()) return LexForeignQuote();
    if (LexPrefix()) return;
    LexWord();
  }

  void LexPhrase() {
    const std::size_t begin = at_;
    const auto inside = TakeQuoted();
    if (!inside) return;
    if (at_ < text_.size() && text_[at_] == '~') return LexSlop(begin, *inside);
    Add(Token::Kind::kPhrase, begin).text = *inside;
  }

  // `"huawei ban"~10` of other search languages, at the ~.
  void LexSlop(std::size_t begin, std::string_view phrase) {
    const std::size_t tilde = at_;
    const std::string_view slop = TakeWord();
    const std::uint32_t distance =
        ParseNumberIn<std::uint32_t>(slop.substr(1), kMinNearDistance, kMaxNearDistance).value_or(10);
    std::vector<std::string_view> words;
    for (std::size_t word = 0; word < phrase.size();) {
      const std::size_t end = std::min(phrase.find(' ', word), phrase.size());
      if (end > word) words.push_back(phrase.substr(word, end - word));
      word = end + 1;
    }
    std::string meant;
    for (std::size_t i = 1; i < words.size(); ++i) {
      const std::string pair = fmt::format("{} NEAR/{} {}", words[i - 1], distance, words[i]);
      meant += words.size() == 2 ? pair : fmt::format("{}({})", i == 1 ? "" : " AND ", pair);
    }
    Report({tilde, at_}, "reserved-character", fmt::format("'{}' means nothing behind a phrase", slop),
           meant.empty() ? "leave it out: the words of a phrase stand next to each other"
                         : fmt::format("did you mean {}?", meant));
    Add(Token::Kind::kBroken, begin);
  }

  // What stands between the quotes; nothing after an error, which leaves a broken token.
  std::optional<std::string> TakeQuoted() {
    const std::size_t begin = at_;
    const std::size_t end = text_.find('"', begin + 1);
    if (end == std::string_view::npos) {
      at_ = text_.size();
      Fail({begin, begin + 1}, "unclosed-quote", "this quote is not closed",
           "put a \" after the last word of the phrase");
      return std::nullopt;
    }
    at_ = end + 1;
    return std::string(half_width_.Original(begin + 1, end));
  }

  void LexForeignQuote() {
    const std::size_t begin = at_;
    const auto closing = ClosingQuotes(text_.substr(at_));
    Advance();
    std::size_t end = std::string_view::npos;
    std::size_t end_size = 0;
    for (std::string_view quote : closing) {
      const std::size_t found = text_.find(quote, at_);
      if (found < end) end = found, end_size = quote.size();
    }
    std::string help = "write a phrase in straight double quotes";
    if (end == std::string_view::npos) {
      TakeWord();
    } else {
      help += fmt::format(": \"{}\"", text_.substr(at_, end - at_));
      at_ = end + end_size;
    }
    Fail({begin, at_}, "wrong-quote", "these are not the quotes of the rule language", std::move(help));
  }

  void LexRegex() {
    if (LexForeignSlash()) return;
    const std::size_t begin = at_++;
    std::string pattern;
    while (at_ < text_.size() && text_[at_] != '/') {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) {
        if (text_[at_ + 1] != '/') pattern += '\\';
        ++at_;
      }
      const std::size_t character = at_;
      Advance();
      pattern += half_width_.Original(character, at_);
    }
    if (at_ == text_.size()) {
      return Fail({begin, begin + 1}, "unclosed-regex", "this regular expression is not closed",
                  "put a / at its end; a / inside is written \\/; a word that starts with / goes in quotes");
    }
    const std::size_t flags_begin = ++at_;
    while (at_ < text_.size() && (IsAsciiLetter(text_[at_]) || IsAsciiDigit(text_[at_]))) ++at_;
    const std::string_view flags = text_.substr(flags_begin, at_ - flags_begin);
    if (!AtGap() && text_[at_] == '/') return FailAtInnerSlash(begin);
    if (pattern.empty()) {
      return Fail({begin, at_}, "empty-regex", "this regular expression is empty", "put a pattern between the slashes");
    }
    if (!flags.empty() && flags != "i") {
      return Fail({flags_begin, at_}, "regex-flag", fmt::format("a regular expression has no flag '{}'", flags),
                  "the only flag is i: upper and lower case are the same");
    }
    Token& token = Add(Token::Kind::kRegex, begin);
    token.text = std::move(pattern);
    token.ignore_case = !flags.empty();
  }

  // `/https?://x/`, at the slash that was taken for the end of a regular expression: what was meant goes up to the last
  // slash before a blank.
  void FailAtInnerSlash(std::size_t begin) {
    std::size_t end = std::min(text_.find_first_of(" \t\r\n", at_), text_.size());
    while (text_[end - 1] == ')') --end;
    const std::size_t last = text_.rfind('/', end - 1);
    std::string meant = "/";
    for (std::size_t i = begin + 1; i < last; ++i) {
      if (text_[i] == '/' && text_[i - 1] != '\\') meant += '\\';
      meant += text_[i];
    }
    const std::size_t inner = text_.find('/', begin + 1);
    at_ = end;
    Report({inner, inner + 1}, "unclosed-regex", "this slash ends the regular expression",
           fmt::format("a slash inside is written \\/: {}{}", meant, text_.substr(last, end - last)));
    Add(Token::Kind::kBroken, begin);
  }

  // `/5`, `/s` and `/p` of Westlaw behind a term, where no regular expression can stand. True: reported.
  bool LexForeignSlash() {
    if (!EndsOperand()) return false;
    const std::size_t begin = at_;
    const std::string_view word = TakeWord();
    const std::string meant = MeantOperator(word, "");
    if (meant.empty()) {
      at_ = begin;
      return false;
    }
    ReportForeign(begin, word, meant);
    AddForeign(begin, meant);
    return true;
  }

  void ReportForeign(std::size_t begin, std::string_view word, std::string_view meant) {
    Report({begin, at_}, "missing-operator", fmt::format("'{}' is not an operator", word),
           fmt::format("did you mean {}?", meant));
  }

  // As if `meant` stood there, so that reading goes on.
  void AddForeign(std::size_t begin, std::string_view meant) {
    if (meant.starts_with("SAME")) {
      Add(Token::Kind::kSame, begin).unit = meant.ends_with("SENTENCE") ? TextUnit::kSentence : TextUnit::kParagraph;
      return;
    }
    Token& token = Add(Token::Kind::kNear, begin);
    token.ordered = meant.starts_with("ONEAR");
    token.distance = kMaxNearDistance;
  }

  // Whether the token before is the end of a term, group or list.
  bool EndsOperand() const { return !result_.tokens.empty() && CanBeCounted(result_.tokens.back().kind); }

  void LexExact() {
    const std::size_t begin = at_++;
    if (at_ < text_.size() && text_[at_] == '"') {
      if (auto inside = TakeQuoted()) Add(Token::Kind::kExact, begin).text = std::move(*inside);
      return;
    }
    std::string word(TakeWord());
    if (word.empty()) {
      return Fail({begin, at_}, "empty-term",
                  "nothing follows the =", "write the word directly after it: =ZTE, or =\"ZTE Corporation\"");
    }
    if (const std::size_t wildcard = word.find_first_of("*?"); wildcard != std::string::npos) {
      return Fail({begin + 1 + wildcard, begin + 2 + wildcard}, "wildcard", "an exact term has no wildcards",
                  "leave out the = or the wildcard");
    }
    if (Reserved(begin + 1, word)) return;
    Add(Token::Kind::kExact, begin).text = std::string(half_width_.Original(begin + 1, at_));
  }

  void LexList() {
    const std::size_t begin = at_++;
    std::string name(TakeWord());
    if (name.empty()) {
      return Fail({begin, at_}, "unknown-list", "nothing follows the @", "write the list's name after it: @vendors");
    }
    Add(Token::Kind::kList, begin).text = std::move(name);
  }

  // True: a token was made of a `letters:` here.
  bool LexPrefix() {
    const std::size_t begin = at_;
    std::size_t colon = at_;
    while (colon < text_.size() && IsAsciiLetter(text_[colon])) ++colon;
    if (colon == begin || colon == text_.size() || text_[colon] != ':') return false;
    const std::string_view name = text_.substr(begin, colon - begin);
    at_ = colon + 1;

    if (const auto scope = FindScope(name)) {
      AddScope(begin, *scope);
      return true;
    }
    if (const auto attribute = FindAttribute(name)) {
      LexAttribute(begin, name, *attribute);
      return true;
    }

    // Whatever belongs to the prefix goes with it, so that one mistake is one error.
    if (!AtGap() && text_[at_] == '"') {
      const std::size_t end = text_.find('"', at_ + 1);
      at_ = end == std::string_view::npos ? text_.size() : end + 1;
    } else {
      TakeWord();
      const std::size_t close = at_ < text_.size() && text_[at_] == '(' ? text_.find(')', at_) : std::string_view::npos;
      if (close != std::string_view::npos && text_.substr(at_, close - at_).find(',') != std::string_view::npos) {
        at_ = close + 1;
      }
    }
    Fail({begin, colon + 1}, "unknown-prefix", fmt::format("there is no prefix '{}:'", name),
         MeantPrefix(AsciiLowerCase(name), text_.substr(begin, at_ - begin)));
    return true;
  }

  // True: a token was made of `(title, lead):` here.
  bool LexScopes() {
    const std::size_t begin = at_;
    const std::size_t close = text_.find(')', begin);
    if (close == std::string_view::npos || close + 1 == text_.size() || text_[close + 1] != ':') return false;
    std::string_view rest = text_.substr(begin + 1, close - begin - 1);
    if (!std::all_of(rest.begin(), rest.end(), [](char c) { return IsAsciiLetter(c) || c == ' ' || c == ','; })) {
      return false;
    }
    at_ = close + 2;
    unsigned parts = 0;
    while (!rest.empty()) {
      const std::string_view name = rest.substr(0, rest.find_first_of(", "));
      rest.remove_prefix(std::min(name.size() + 1, rest.size()));
      if (name.empty()) continue;
      const auto scope = FindScope(name);
      if (!scope) {
        const auto place = static_cast<std::size_t>(name.data() - text_.data());
        TakeWord();
        Report({place, place + name.size()}, "unknown-prefix", fmt::format("there is no part '{}' of an article", name),
               "the parts are title, lead and body, with commas between: (title, lead):huawei");
        Add(Token::Kind::kBroken, begin);
        return true;
      }
      parts |= PartsOf(*scope);
    }
    for (const Scope scope : {Scope::kAnywhere, Scope::kTitle, Scope::kLead, Scope::kBody, Scope::kTitleLead,
                              Scope::kTitleBody, Scope::kLeadBody}) {
      if (PartsOf(scope) != parts) continue;
      AddScope(begin, scope);
      return true;
    }
    Fail({begin, at_}, "empty-scope", "there is no part of an article between the parentheses",
         "write its parts, with commas between: (title, lead):huawei");
    return true;
  }

  // The prefix from `begin` up to here.
  void AddScope(std::size_t begin, Scope scope) {
    const std::string_view prefix = text_.substr(begin, at_ - begin);
    if (AtGap()) {
      return Fail({begin, at_}, "empty-scope", fmt::format("nothing follows '{}'", prefix),
                  fmt::format("write the term or group directly after it: {0}huawei, {0}(huawei OR zte)", prefix));
    }
    Add(Token::Kind::kScope, begin).scope = scope;
  }

  // A value of an attribute, with its place.
  struct Value {
    std::size_t begin;
    bool quoted;
    std::string text;
  };

  void LexAttribute(std::size_t begin, std::string_view name, Attribute attribute) {
    if (at_ < text_.size() && text_[at_] == '(') return LexValues(begin, name, attribute);
    const Comparison comparison = IsNumber(attribute) ? TakeComparison() : Comparison::kIs;
    const auto value = TakeValue();
    if (!value || !CheckValue(begin, name, attribute, comparison, *value)) return;
    Token& token = Add(Token::Kind::kAttribute, begin);
    token.attribute = attribute;
    token.comparison = comparison;
    token.text = value->text;
  }

  // `lang:(pl, de)`, as the group (lang:pl OR lang:de).
  void LexValues(std::size_t begin, std::string_view name, Attribute attribute) {
    const std::size_t open = at_++;
    std::vector<Token> group(1);
    group[0].kind = Token::Kind::kOpen;
    group[0].place = Place({begin, at_});
    commas_.push_back(true);
    bool good = true;
    while (good) {
      SkipBlanks();
      const auto value = TakeValue();
      good = value && CheckValue(begin, name, attribute, Comparison::kIs, *value);
      if (!good) break;
      Token& token = group.emplace_back();
      token.kind = Token::Kind::kAttribute;
      token.place = Place({value->begin, at_});
      token.attribute = attribute;
      token.text = value->text;
      const bool more = SkipBlanks();
      Token& next = group.emplace_back();
      next.place = Place({at_, at_ + 1});
      if (more && text_[at_] == ')') break;
      good = more && text_[at_] == ',';
      next.kind = Token::Kind::kOr;
      if (good) {
        ++at_;
      } else if (!more) {
        Fail({open, open + 1}, "unclosed-group", "this parenthesis is not closed", "put a ) where the values end");
      } else {
        const std::size_t here = at_;
        Advance();
        TakeWord();
        Fail({here, at_}, "attribute-value", fmt::format("between the values of '{}:' stand commas", name),
             fmt::format("write them like {}:({}, ...)", name, value->text));
      }
    }
    commas_.pop_back();
    if (!good) {  // whatever else stands in the parentheses belongs to the mistake
      at_ = std::min(text_.find(')', at_), text_.size());
      if (at_ < text_.size()) ++at_;
      return;
    }
    ++at_;
    group.back().kind = Token::Kind::kClose;
    for (Token& token : group) result_.tokens.push_back(std::move(token));
  }

  Comparison TakeComparison() {
    SkipBlanks();
    for (const auto& [sign, comparison] : ComparisonSigns()) {
      if (!text_.substr(at_).starts_with(sign)) continue;
      at_ += sign.size();
      SkipBlanks();
      return comparison;
    }
    return Comparison::kIs;
  }

  // Nothing: an unclosed quote, which is reported.
  std::optional<Value> TakeValue() {
    const std::size_t begin = at_;
    if (AtGap() || text_[at_] != '"') return Value{begin, false, std::string(TakeWord())};
    auto inside = TakeQuoted();
    if (!inside) return std::nullopt;
    return Value{begin, true, *std::move(inside)};
  }

  // False: reported. The attribute begins at `begin`.
  bool CheckValue(std::size_t begin, std::string_view name, Attribute attribute, Comparison comparison,
                  const Value& value) {
    if (!value.quoted && Reserved(value.begin, value.text)) return false;
    if (value.text.find_first_not_of(" \t\r\n") == std::string::npos) {
      Fail({begin, at_}, "empty-attribute", fmt::format("'{}:' has no value", name),
           fmt::format("write the value directly after it: {}:{}", name, AttributeExample(attribute)));
      return false;
    }
    const bool domains = attribute == Attribute::kSource && !value.quoted && value.text.starts_with("*.");
    if (const std::size_t wildcard = value.text.find_first_of("*?", domains ? 1 : 0);
        wildcard != std::string::npos || value.text == "*.") {
      Fail({value.begin, at_}, "wildcard", fmt::format("the value of '{}:' has no wildcards", name),
           attribute == Attribute::kSource ? "write the whole value; source:*.gov takes every host below gov"
                                           : fmt::format("write the whole value, or several: {}:(..., ...)", name));
      return false;
    }
    if (!FitsAttribute(attribute, value.text)) {
      Fail({value.begin, at_}, "attribute-value", fmt::format("'{}' cannot be the value of '{}:'", value.text, name),
           fmt::format("write it like {}:{}", name, AttributeExample(attribute)));
      return false;
    }
    if (attribute == Attribute::kSource) WarnOfUrl(value);
    WarnOfCode(attribute, value);
    if (attribute == Attribute::kPublished && comparison == Comparison::kIs) {
      Fail({value.begin, at_}, "attribute-value", "an age is compared, for no article has it to the microsecond",
           fmt::format("write published: < {0}, or published: > {0}", value.text));
      return false;
    }
    return true;
  }

  // A code of the right form that is no language's or country's: no article has it.
  void WarnOfCode(Attribute attribute, const Value& value) {
    const bool language = attribute == Attribute::kLanguage && !IsLanguage(value.text);
    const bool country = attribute == Attribute::kCountry && CanonicalCountry(value.text).empty();
    if (!language && !country) return;
    Warn({value.begin, at_}, "unknown-code",
         fmt::format("no {} has the code '{}', so no article does", language ? "language" : "country", value.text),
         language ? "codes are those of ISO 639: lang:en, lang:zh-HK"
                  : "codes are those of ISO 3166: country:PL, country:GB");
  }

  // A source is a name or a host, and no page.
  void WarnOfUrl(const Value& value) {
    std::string_view host = value.text;
    const std::size_t scheme = host.find("://");
    if (scheme != std::string_view::npos) host.remove_prefix(scheme + 3);
    if (host.starts_with("//")) host.remove_prefix(2);
    host = host.substr(0, host.find_first_of("/?#"));
    const bool has_path = host.size() < value.text.size();
    const bool is_url = scheme != std::string_view::npos || (!value.quoted && host.find('.') != std::string_view::npos);
    if (!has_path || !is_url || host.empty()) return;
    if (host.starts_with("www.")) host.remove_prefix(4);
    Warn({value.begin, at_}, "source-url", "a source is asked for by its host or name, not by the address of a page",
         fmt::format("write source:{}", host.substr(0, host.find(':'))));
  }

  void LexWord() {
    const std::size_t begin = at_;
    const std::string_view word = TakeWord();
    if (word == "AND") return void(Add(Token::Kind::kAnd, begin));
    if (word == "OR") return void(Add(Token::Kind::kOr, begin));
    if (word == "NOT") return void(Add(Token::Kind::kNot, begin));
    if (LexNear(begin, word)) return;
    if (word == "SAME") return LexSame(begin);
    if (LexOf(begin, word)) return;
    if (word == "&&" || word == "&" || word == "+") return Foreign(begin, word, "AND");
    if (word == "||" || word == "|") return Foreign(begin, word, "OR");
    if (const std::size_t sign = NegatingSign(word); sign > 0) {
      return Fail({begin, at_}, "reserved-character",
                  fmt::format("'{}' means nothing before a term", word.substr(0, sign)),
                  fmt::format("write NOT, or put the term in quotes: \"{}\"", word));
    }
    if (word == "~") return LexTilde(begin);
    if (Reserved(begin, word, kReservedInWords)) return;
    WarnOfEqualsSign(begin, word);
    Add(Token::Kind::kWord, begin).text = word;
  }

  // `title=huawei` is a phrase of two words.
  void WarnOfEqualsSign(std::size_t begin, std::string_view word) {
    const std::size_t equals = word.find('=');
    if (equals == std::string_view::npos || equals == 0 || equals + 1 == word.size()) return;
    const std::string name = AsciiLowerCase(word.substr(0, equals));
    const std::string_view value = word.substr(std::min(word.find_first_not_of('=', equals), word.size()));
    const auto ours = OurPrefix(name);
    if (!ours) return;
    Warn({begin, begin + equals + 1}, "equals-sign",
         fmt::format("'{}' is the words {} and {}, one after the other", word, name, value),
         ours->empty()
             ? "such a prefix is not supported; if the words are meant, put them in quotes"
             : fmt::format("a prefix ends in a colon: {}{}; if the words are meant, put them in quotes", *ours, value));
  }

  void Foreign(std::size_t begin, std::string_view word, std::string_view ours) {
    Fail({begin, at_}, "reserved-character", fmt::format("'{}' is not an operator", word),
         fmt::format("write {}", ours));
  }

  bool Reserved(std::size_t begin, std::string_view word, std::string_view reserved = kReserved) {
    const std::size_t found = word.find_first_of(reserved);
    if (found == std::string_view::npos) return ForeignBracket(begin, word);
    Fail({begin + found, begin + found + 1}, "reserved-character",
         fmt::format("'{}' cannot stand outside quotes", word[found]), std::string(MeantByReserved(word[found])));
    return true;
  }

  // A `~` with no word directly behind it.
  void LexTilde(std::size_t begin) {
    const char next = at_ < text_.size() ? text_[at_] : ' ';
    Fail({begin, at_}, "forms", "'~' stands directly before a word",
         next == '"' ? "write it inside the quotes, before each word that may have other forms: \"~vendor ~ban\""
         : next == '('
             ? "write it before each word that may have other forms: (~ban OR ~exclude)"
             : "every form of a word is ~ban, one wrong letter is huawei~1, and words at a distance are huawei "
               "NEAR/10 ban");
  }

  // Brackets and quotes of other scripts would be read over, and what they were meant to hold together would not be.
  bool ForeignBracket(std::size_t begin, std::string_view word) {
    const auto found = FindForeignBracket(word);
    if (!found) return false;
    Fail({begin + found->place.begin, begin + found->place.end}, found->is_quote ? "wrong-quote" : "reserved-character",
         fmt::format("'{}' cannot stand outside quotes", found->place.Of(word)),
         "groups stand in ( ), phrases in straight double quotes: \"huawei ban\"");
    return true;
  }

  // True: `word` is NEAR or ONEAR, well-formed or not.
  bool LexNear(std::size_t begin, std::string_view word) {
    const bool ordered = word.starts_with("ONEAR");
    if (!ordered && !word.starts_with("NEAR")) return false;
    std::string_view rest = word.substr(ordered ? 5 : 4);
    const std::string_view name = ordered ? "ONEAR" : "NEAR";
    if (!rest.empty() && rest.front() != '/') return false;

    std::uint32_t distance = kMaxNearDistance;  // after an error: whatever lets the parser go on
    if (rest.size() < 2) {
      Report({begin, at_}, "near-distance", fmt::format("{} has no distance", name),
             fmt::format("write {}/10: at most 10 words between", name));
    } else {
      rest.remove_prefix(1);
      if (const auto read = ParseNumberIn<std::uint32_t>(rest, kMinNearDistance, kMaxNearDistance)) {
        distance = *read;
      } else {
        Report({begin, at_}, "near-distance",
               fmt::format("the distance of {} is a number from {} to {}, not '{}'", name, kMinNearDistance,
                           kMaxNearDistance, rest),
               MeantDistance(word, name));
      }
    }
    Token& token = Add(Token::Kind::kNear, begin);
    token.ordered = ordered;
    token.distance = distance;
    return true;
  }

  void LexSame(std::size_t begin) {
    const std::size_t behind = at_;
    SkipBlanks();
    const std::string_view word = TakeWord();
    for (const TextUnit unit : {TextUnit::kSentence, TextUnit::kParagraph}) {
      if (Upper(word) != Name(unit)) continue;
      if (word != Name(unit)) {
        Report({begin, at_}, "same-unit", "SAME stands before SENTENCE or PARAGRAPH",
               fmt::format("operators are written in upper case: SAME {}", Name(unit)));
      }
      Add(Token::Kind::kSame, begin).unit = unit;
      return;
    }
    at_ = behind;
    Fail({begin, at_}, "same-unit", "SAME stands before SENTENCE or PARAGRAPH",
         "write huawei SAME SENTENCE ban; as a word it is written \"SAME\"");
  }

  // True: `word` is a number before OF, or OF itself, well-formed or not.
  bool LexOf(std::size_t begin, std::string_view word) {
    const bool number = std::all_of(word.begin(), word.end(), IsAsciiDigit);
    const std::size_t behind = at_;
    if (number) {
      SkipBlanks();
      const std::string_view of = TakeWord();
      const bool entries_follow = at_ < text_.size() && EntriesFollow();
      if (Upper(of) != "OF" || (of != "OF" && !entries_follow)) {
        at_ = behind;
        return false;
      }
      if (of != "OF") {
        Report({begin, at_}, "of-count", "there is no operator between these terms",
               fmt::format("operators are written in upper case: {} OF", word));
      }
    } else if (word != "OF") {
      return false;
    } else if (!EntriesFollow()) {
      Fail({begin, at_}, "of-count", "OF has no number before it",
           "write 2 OF (huawei, zte, nokia); as a word it is written \"OF\"");
      return true;
    } else {
      Report({begin, at_}, "of-count", "OF has no number before it", "write 2 OF (huawei, zte, nokia)");
    }
    const auto count = ParseNumberIn<std::uint32_t>(word, 1, kMaxOfCount);
    if (number && !count) {
      Report({begin, behind}, "of-count",
             fmt::format("the number before OF is from 1 to {}, not '{}'", kMaxOfCount, word),
             "write 2 OF (huawei, zte, nokia): at least two of them");
    }
    Add(Token::Kind::kOf, begin).count = count.value_or(1);
    return true;
  }

  // Whether a parenthesis, list or prefix comes next.
  bool EntriesFollow() {
    const std::size_t here = at_;
    const bool follow =
        SkipBlanks() && (text_[at_] == '(' || text_[at_] == '@' || TakeWord().find(':') != std::string_view::npos);
    at_ = here;
    return follow;
  }

  // `{3,}` behind what it counts. Whatever else is in the braces: the way out is told.
  void LexRepeat() {
    const std::size_t begin = at_;
    const std::size_t end = text_.find_first_of("} \t\r\n(\"", at_);
    const bool closed = end != std::string_view::npos && text_[end] == '}';
    at_ = closed ? end + 1 : std::min(end, text_.size());
    const Token* before = result_.tokens.empty() ? nullptr : &result_.tokens.back();
    if (!closed || before == nullptr || before->place.end != begin || !CanBeCounted(before->kind)) {
      return Fail(
          {begin, at_}, "reserved-character", "'{' cannot stand outside quotes",
          "a number of occurrences stands directly behind a term: huawei{3,}; if the character belongs to the term, "
          "put it in quotes");
    }
    const std::string_view inside = text_.substr(begin + 1, end - begin - 1);
    const std::size_t comma = inside.find(',');
    const std::string_view least = inside.substr(0, comma);
    const std::string_view most = comma == std::string_view::npos ? least : inside.substr(comma + 1);
    const std::string_view what = before->kind == Token::Kind::kClose ? "(...)" : before->place.Of(text_);
    const auto from = ParseNumberIn<std::uint32_t>(least, kMinRepeats, kMaxRepeats);
    if (const auto to = ParseNumberIn<std::uint32_t>(most, 1, kMaxRepeats - 1)) {
      const std::string few = fmt::format("NOT {}{{{},}}", what, *to + 1);
      Report({begin, at_}, "repeat-count", "only the least number of occurrences can be asked for",
             from ? fmt::format("write {0}{{{1},}} for at least {1}; and for no more: {0}{{{1},}} AND {2}", what, *from,
                                few)
                  : fmt::format("write {}", least == "1" ? fmt::format("{} AND {}", what, few) : few));
    } else if (!from || !most.empty()) {
      Report({begin, at_}, "repeat-count",
             fmt::format("the number of occurrences is from {} to {}, not '{}'", kMinRepeats, kMaxRepeats, inside),
             least == "1" ? fmt::format("leave it out: {} holds on one occurrence", what)
                          : fmt::format("write {}{{3,}}: at least three occurrences", what));
    }
    Add(Token::Kind::kRepeat, begin).count = from.value_or(kMinRepeats);
  }

  static bool CanBeCounted(Token::Kind kind) {
    switch (kind) {
      case Token::Kind::kWord:
      case Token::Kind::kPhrase:
      case Token::Kind::kExact:
      case Token::Kind::kRegex:
      case Token::Kind::kList:
      case Token::Kind::kClose: return true;
      default: return false;
    }
  }

  // Whether a parenthesis here stands behind OF, or OF and a prefix.
  bool BeginsEntries() const {
    const auto& tokens = result_.tokens;
    const std::size_t size = tokens.size();
    if (size > 0 && tokens[size - 1].kind == Token::Kind::kOf) return true;
    return size > 1 && tokens[size - 1].kind == Token::Kind::kScope && tokens[size - 2].kind == Token::Kind::kOf;
  }

  // Whether a comma stands between entries here, and is not a mistake.
  bool CommasPart() const { return !commas_.empty() && commas_.back(); }

  // Up to the next blank, parenthesis or quote, or the beginning of a number of occurrences.
  std::string_view TakeWord() {
    const std::size_t begin = at_;
    while (!AtGap() && text_[at_] != '(' && text_[at_] != '"' && text_[at_] != '{' &&
           !(text_[at_] == ',' && CommasPart())) {
      Advance();
    }
    return text_.substr(begin, at_ - begin);
  }

  // At a blank, a closing parenthesis or the end: what is written before has nothing directly after it.
  bool AtGap() const { return at_ == text_.size() || text_[at_] == ')' || BlankAt(at_); }

  // False at the end.
  bool SkipBlanks() {
    while (at_ < text_.size() && BlankAt(at_)) Advance();
    return at_ < text_.size();
  }

  // Also the no-break and wide blanks that come with pasted text: a reader cannot tell them from others.
  bool BlankAt(std::size_t at) const {
    const auto byte = static_cast<unsigned char>(text_[at]);
    if (byte < 0x80) return IsSpace(text_[at]);
    const utf8proc_category_t category = CategoryOf(DecodeUtf8(text_, at).code_point);
    return category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL || category == UTF8PROC_CATEGORY_ZP;
  }

  void Advance() {
    do ++at_;
    while (at_ < text_.size() && IsUtf8Tail(text_[at_]));
  }

  static Span Place(std::pair<std::size_t, std::size_t> range) {
    return {static_cast<std::uint32_t>(range.first), static_cast<std::uint32_t>(range.second)};
  }

  Token& Add(Token::Kind kind, std::size_t begin) {
    Token& token = result_.tokens.emplace_back();
    token.kind = kind;
    token.place = Place({begin, at_});
    return token;
  }

  void Warn(std::pair<std::size_t, std::size_t> range, std::string code, std::string message, std::string help) {
    result_.warnings.push_back({Place(range), std::move(code), std::move(message), std::move(help)});
  }

  void Report(std::pair<std::size_t, std::size_t> range, std::string code, std::string message, std::string help) {
    result_.errors.push_back({Place(range), std::move(code), std::move(message), std::move(help)});
  }

  // Reports, and puts a token in the place of the term that could not be read, up to here.
  void Fail(std::pair<std::size_t, std::size_t> range, std::string code, std::string message, std::string help) {
    Report(range, std::move(code), std::move(message), std::move(help));
    Add(Token::Kind::kBroken, range.first);
  }

  const HalfWidth half_width_;
  const std::string_view text_;
  std::size_t at_ = 0;
  std::vector<bool> commas_;  // of each open parenthesis: it holds entries with commas between
  LexedExpression result_;
};

}  // namespace

LexedExpression LexExpression(std::string_view text) { return Lexer(text).Run(); }

}  // namespace wirewatch
