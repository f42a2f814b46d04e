#include "tests/support/rule_generator.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/text/ascii.h"
#include "rules/pack/topic_terms.h"
#include "rules/text/han_variants.h"
#include "rules/text/stems.h"
#include "rules/text/text_unit.h"

namespace wirewatch {
namespace {

std::vector<std::string> CharactersOf(std::string_view text) {
  std::vector<std::string> characters;
  for (const char c : text) {
    if (characters.empty() || (c & 0xC0) != 0x80) characters.emplace_back();
    characters.back() += c;
  }
  return characters;
}

std::string Join(const std::vector<std::string>& characters, std::size_t begin, std::size_t end) {
  std::string text;
  for (std::size_t i = begin; i < end; ++i) text += characters[i];
  return text;
}

// The text as a regular expression for itself.
std::string Quote(std::string_view text) {
  std::string quoted;
  for (const char c : text) {
    const bool plain = c < 0 || IsAsciiDigit(c) || IsAsciiLetter(c) || c == '_';
    if (!plain) quoted += '\\';
    quoted += c;
  }
  return quoted;
}

// Of a term that ends with several syllables of Hangul, without the last: it may have been a particle.
std::string WithoutParticle(std::string text) {
  const std::vector<std::string> characters = CharactersOf(text);
  const auto is_hangul = [](const std::string& c) { return c.size() == 3 && "\uac00" <= c && c <= "\ud7a3"; };
  if (characters.size() < 2 || !is_hangul(characters.back()) || !is_hangul(characters.end()[-2])) return text;
  return Join(characters, 0, characters.size() - 1);
}

// With the characters that stand for their classes.
std::string WithOtherHan(std::string_view text) {
  std::string other;
  for (const std::string& c : CharactersOf(text)) other += HanClassOf(c).empty() ? c : std::string(HanClassOf(c));
  return other;
}

// With something behind its first character that nobody sees.
std::string WithInvisible(const std::string& text) {
  const std::vector<std::string> characters = CharactersOf(text);
  return Join(characters, 0, 1) + "\u00ad" + Join(characters, 1, characters.size());
}

bool IsBlankOrNewline(std::string_view character) {
  return character == " " || character == "\t" || character == "\n" || character == "\r" || character == "\u2028" ||
         character == "\u2029";
}

}  // namespace

RuleGenerator::RuleGenerator(std::uint64_t seed, const std::vector<StoredArticle>& articles)
    : random_(seed), articles_(articles) {
  Focus();
}

void RuleGenerator::Focus() {
  do {
    article_ = &articles_[Below(static_cast<std::uint32_t>(articles_.size()))];
    Fold(article_->document(), folded_);
  } while (folded_.tokens.empty());
}

Topic RuleGenerator::MakeTopic(std::string id) {
  Focus();
  Topic topic;
  topic.id = std::move(id);
  topic.severity = static_cast<TopicSeverity>(Below(4));
  const std::uint32_t rules = OneIn(4) ? 1 + Below(3) : 1;
  for (std::uint32_t i = 0; i < rules; ++i) {
    Rule rule;
    rule.id = "rule-" + std::to_string(i);
    rule.match = MakeExpression(static_cast<int>(Below(4)));
    rule.match_text = ToText(rule.match);
    rule.score = Below(101);
    if (OneIn(2)) rule.severity = static_cast<TopicSeverity>(Below(4));
    topic.rules.push_back(std::move(rule));
  }
  if (OneIn(5)) {
    if (OneIn(2)) Focus();
    topic.unless = MakeExpression(static_cast<int>(Below(2)));
    topic.unless_text = ToText(*topic.unless);
  }
  if (OneIn(8)) topic.languages = {article_->language.substr(0, article_->language.find('-')), "pl"};
  std::erase(topic.languages, "");
  SettleTerms(topic, OneIn(2));
  return topic;
}

Expression RuleGenerator::MakeExpression(int depth) {
  if (OneIn(12)) Focus();
  const auto group = [&](Expression::Kind kind, std::uint32_t most) {
    Expression expression;
    expression.kind = kind;
    const std::uint32_t count = 2 + Below(most - 1);
    for (std::uint32_t i = 0; i < count; ++i) expression.children.push_back(MakeExpression(depth - 1));
    return expression;
  };
  if (depth > 0) {
    switch (Below(10)) {
      case 9: {
        Expression some = group(Expression::Kind::kAtLeast, 5);
        some.count = 1 + Below(static_cast<std::uint32_t>(some.children.size()));
        return some;
      }
      case 0:
      case 1:
      case 2: return group(Expression::Kind::kAnd, 3);
      case 3:
      case 4: return group(Expression::Kind::kOr, 4);
      case 5: {
        Expression expression;
        expression.kind = Expression::Kind::kNot;
        expression.children.push_back(MakeExpression(depth - 1));
        return expression;
      }
      default: return MakePair();
    }
  }
  switch (Below(12)) {
    case 0: return MakeAttribute();
    case 4: return MakeRepeated();
    case 1:
    case 2:
    case 3: return MakePair();
    default: return MakeTerm(AnyToken());
  }
}

Expression RuleGenerator::MakePair() {
  Expression pair;
  pair.kind = OneIn(3) ? Expression::Kind::kSame : Expression::Kind::kNear;
  pair.negated = OneIn(4);
  if (pair.kind == Expression::Kind::kSame) {
    pair.unit = OneIn(3) ? TextUnit::kParagraph : TextUnit::kSentence;
  } else {
    pair.ordered = OneIn(3);
  }
  const std::uint32_t distance = 1 + (OneIn(6) ? Below(100) : Below(8));
  if (pair.kind == Expression::Kind::kNear) pair.distance = distance;
  const std::uint32_t left = AnyToken();
  const std::uint32_t reach = 2 * distance + 3;  // about half of the pairs are near enough
  const auto last = static_cast<std::uint32_t>(folded_.tokens.size()) - 1;
  const std::uint32_t right = std::min(last, std::max(left, distance) - distance + Below(reach));
  pair.children = {MakeSide(left), MakeSide(right)};
  return pair;
}

Expression RuleGenerator::MakeRepeated() {
  Expression repeated;
  repeated.kind = Expression::Kind::kRepeated;
  repeated.count = 2 + (OneIn(6) ? Below(20) : Below(3));
  repeated.children = {MakeSide(CommonToken())};
  return repeated;
}

std::uint32_t RuleGenerator::CommonToken() {
  std::uint32_t token = AnyToken();
  for (int attempt = 0; attempt < 20; ++attempt) {
    const std::string_view word = folded_.Word(token);
    for (std::uint32_t other = token + 1; other < folded_.tokens.size(); ++other) {
      if (folded_.Word(other) == word) return token;
    }
    token = AnyToken();
  }
  return token;
}

Expression RuleGenerator::MakeSide(std::uint32_t token) {
  if (OneIn(2)) return MakeTerm(token);
  Expression side;
  side.kind = Expression::Kind::kOr;
  side.children.push_back(MakeTerm(token));
  for (std::uint32_t i = Below(3); i > 0; --i)
    side.children.push_back(OneIn(4) ? MakeSide(AnyToken()) : MakeTerm(AnyToken()));
  return side;
}

Expression RuleGenerator::MakeTerm(std::uint32_t token) {
  Expression expression;
  expression.kind = Expression::Kind::kTerm;
  Term& term = expression.term;
  switch (Below(10)) {
    case 0:
    case 1: term.text = Original(SomeTokens(token, 1)); break;
    case 2: term.text = MakeMarked(SomeTokens(token, 3)); break;
    case 3:
    case 4: term.text = Original(SomeTokens(token, 4)); break;
    case 5:
    case 6: term.text = MakeWildcards(SomeTokens(token, 3)); break;
    case 7:
    case 8:
      term.kind = Term::Kind::kExact;
      term.text = MakeExact(SomeTokens(token, 3));
      break;
    default:
      term.kind = Term::Kind::kRegex;
      term.text = MakeRegex(token);
      term.ignore_case = OneIn(2);
      break;
  }
  if (term.kind == Term::Kind::kWords && term.text.find_first_of("*?~") == std::string::npos) {
    if (OneIn(4)) term.text = FoldText(term.text).text;
    if (OneIn(4)) term.text = WithOtherHan(term.text);
    if (OneIn(4)) term.text = WithoutParticle(std::move(term.text));
  }
  if (OneIn(4)) term.scope = static_cast<Scope>(1 + Below(6));
  return expression;
}

TokenRange RuleGenerator::SomeTokens(std::uint32_t first, std::uint32_t most) {
  TokenRange tokens{first, first + 1};
  for (std::uint32_t left = Below(most); left > 0 && tokens.end < folded_.tokens.size(); --left) {
    if (folded_.text[folded_.tokens[tokens.end].folded.begin - 1] == '\n') break;
    ++tokens.end;
  }
  return tokens;
}

// Without what would be wildcards in a term of words.
std::string RuleGenerator::Original(TokenRange tokens) const {
  std::string text(folded_.Original(tokens).Of(article_->document().text(folded_.FieldOf(tokens))));
  std::replace(text.begin(), text.end(), '*', ' ');
  std::replace(text.begin(), text.end(), '?', ' ');
  std::replace(text.begin(), text.end(), '~', ' ');
  return text;
}

std::string RuleGenerator::MakeMarked(TokenRange tokens) {
  const StemLanguage language = StemLanguageOf(article_->language);
  std::string text;
  for (std::uint32_t token = tokens.begin; token < tokens.end; ++token) {
    std::string word(folded_.Word(token));
    switch (Below(tokens.size() == 1 ? 4 : 6)) {
      case 0: word = "~" + word; break;
      case 1: word = "~" + StemsOf(word, language).front(); break;
      case 2: word = WithWrongLetters(word, Below(2)) + "~1"; break;
      case 3: word = WithWrongLetters(word, Below(4)) + "~2"; break;
      default: break;
    }
    text += (text.empty() ? "" : " ") + word;
  }
  return text;
}

std::string RuleGenerator::WithWrongLetters(std::string_view word, std::uint32_t edits) {
  std::vector<std::string> letters = CharactersOf(word);
  for (std::uint32_t i = 0; i < edits; ++i) {
    const auto at = Below(static_cast<std::uint32_t>(letters.size()));
    const std::string other = OneIn(2) ? letters[Below(static_cast<std::uint32_t>(letters.size()))] : "x";
    switch (Below(4)) {
      case 0:
        if (letters.size() > 1) letters.erase(letters.begin() + at);
        break;
      case 1: letters.insert(letters.begin() + at, other); break;
      case 2: letters[at] = other; break;
      default:
        if (at > 0) std::swap(letters[at], letters[at - 1]);
    }
  }
  return Join(letters, 0, letters.size());
}

std::string RuleGenerator::MakeWildcards(TokenRange tokens) {
  std::string text;
  for (std::uint32_t token = tokens.begin; token < tokens.end; ++token) {
    std::vector<std::string> characters = CharactersOf(folded_.Word(token));
    const auto size = static_cast<std::uint32_t>(characters.size());
    if (!OneIn(5)) {
      const std::uint32_t cut = Below(size + 1);
      switch (Below(6)) {
        case 0:
        case 1:
        case 2: characters = {Join(characters, 0, cut), "*"}; break;
        case 3: characters = {"*", Join(characters, cut, size)}; break;
        case 4: characters[Below(size)] = "?"; break;
        default:
          characters = {Join(characters, 0, cut), OneIn(2) ? "?" : "*",
                        Join(characters, std::min(size, cut + Below(3)), size)};
          break;
      }
    }
    text += (text.empty() ? "" : OneIn(5) ? " - " : " ") + Join(characters, 0, characters.size());
  }
  return text;
}

std::string RuleGenerator::MakeExact(TokenRange tokens) {
  const std::string_view text = article_->document().text(folded_.FieldOf(tokens));
  const Span span = folded_.Original(tokens);
  std::string exact(span.Of(text));
  const auto before = CharactersOf(text.substr(0, span.begin)), behind = CharactersOf(text.substr(span.end));
  const auto add = [&](const std::string& character, bool in_front) {
    if (IsBlankOrNewline(character) || !FoldText(character).tokens.empty()) return;
    exact = in_front ? character + exact : exact + character;
  };
  if (OneIn(3) && !before.empty()) add(before.back(), true);
  if (OneIn(3) && !behind.empty()) add(behind.front(), false);
  if (OneIn(5)) exact.replace(std::min(exact.find(' '), exact.size()), 1, "  ");
  if (OneIn(8)) exact = FoldText(exact).text;
  if (OneIn(8)) exact = WithInvisible(exact);
  if (FoldText(exact).tokens.empty()) exact = Original(tokens);
  return exact;
}

std::string RuleGenerator::MakeRegex(std::uint32_t token) {
  const std::string_view text = article_->document().text(folded_.FieldOf({token, token + 1}));
  const auto word_at = [&](std::uint32_t at) { return std::string(folded_.tokens[at].original.Of(text)); };
  const std::string word = word_at(token);
  const std::vector<std::string> characters = CharactersOf(word);
  const std::size_t cut = 1 + Below(static_cast<std::uint32_t>(characters.size()));
  const std::string head = Quote(Join(characters, 0, cut));
  const std::uint32_t next = SomeTokens(token, 3).end - 1;
  switch (Below(11)) {
    case 0: return Quote(word);
    case 1: return head + R"(\w+)";
    case 2: return head + R"(\S*)";
    case 3: return R"(\b)" + Quote(word) + R"(\b)";
    case 4: return Quote(word) + ".{0,12}" + Quote(word_at(next));
    case 5: return Quote(word) + R"(\W+)" + Quote(word_at(next));
    case 6: return "(?:" + Quote(word) + "|" + Quote(word_at(next)) + "|x{2,3})";
    case 7: return "[" + head + "]+";
    case 8: return OneIn(2) ? R"(\d+[.,]?\d*)" : R"([^\w\s]{2,})";
    case 9: return "^" + head;
    default: return head + R"((?:\s+\S+){1,2})";
  }
}

Expression RuleGenerator::MakeAttribute() {
  Expression expression;
  expression.kind = Expression::Kind::kAttribute;
  expression.attribute = static_cast<Attribute>(Below(8));
  const auto near = [&](std::int64_t number) {  // now and then the number itself
    expression.comparison = static_cast<Comparison>(1 + Below(4));
    return std::to_string(std::max<std::int64_t>(number - 2 + Below(5), 1));
  };
  const StoredArticle& article = *article_;
  switch (expression.attribute) {
    case Attribute::kLanguage: expression.value = article.language.substr(0, OneIn(2) ? 2 : std::string::npos); break;
    case Attribute::kCountry: expression.value = article.country; break;
    case Attribute::kSource:
      expression.value = OneIn(2) ? article.source : article.source_host;
      if (OneIn(4) && !article.source_host.empty()) {
        expression.value =
            "*" + article.source_host.substr(std::min(article.source_host.find('.'), article.source_host.size() - 1));
        return expression;
      }
      if (OneIn(3)) expression.value.erase(0, std::min(expression.value.find('.') + 1, expression.value.size()));
      break;
    case Attribute::kTag:
      if (!article.tags.empty())
        expression.value = article.tags[Below(static_cast<std::uint32_t>(article.tags.size()))];
      break;
    case Attribute::kSection: expression.value = article.section; break;
    case Attribute::kPublished: {
      const bool known = article.published_at && article.now;
      expression.value = near(known ? (*article.now - *article.published_at) / std::chrono::minutes(1) : 100) + "m";
      return expression;
    }
    case Attribute::kUrgency:
      expression.value = near(article.urgency.value_or(5));
      if (OneIn(3)) expression.comparison = Comparison::kIs;
      return expression;
    case Attribute::kWords:
      expression.value = near(folded_.fields[static_cast<std::size_t>(Field::kBody)].size());
      return expression;
  }
  if (expression.value.empty()) expression.value = "pl";
  if (OneIn(4)) std::transform(expression.value.begin(), expression.value.end(), expression.value.begin(), AsciiUpper);
  return expression;
}

}  // namespace wirewatch
