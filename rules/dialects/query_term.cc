#include "rules/dialects/query_term.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "base/text/ascii.h"
#include "rules/language/expression_lexer.h"
#include "rules/language/term_check.h"

namespace wirewatch {
namespace {

constexpr std::size_t kMinLettersInRegex = 2;
// Of a phrase whose words may be further apart, AND is nearer to what is meant than the greatest distance there is.
constexpr std::uint32_t kFarApart = 300;

bool IsWildcard(char c) { return c == '*' || c == '?'; }
bool HasWildcard(std::string_view text) { return std::any_of(text.begin(), text.end(), IsWildcard); }

bool IsGoodTerm(const Term& term) { return !CheckTerm(term, {0, 1}, 0).has_value(); }
Term WordsTerm(std::string text, Scope scope) {
  Term term;
  term.text = std::move(text);
  term.scope = scope;
  return term;
}

std::vector<std::string> WordsOf(std::string_view text) {
  std::vector<std::string> words;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    if (end > at) words.emplace_back(text.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

std::string WithoutWildcards(std::string text) {
  std::erase_if(text, IsWildcard);
  return text;
}

class TermMaker {
 public:
  TermMaker(const Query& query, Scope scope, std::vector<QueryNote>& notes)
      : query_(query), scope_(scope), notes_(notes) {
    for (const char c : query.text) {
      const bool blank =
          (static_cast<unsigned char>(c) <= ' ') || c == '"' || c == '\x7f' || (c == '~' && !query.marked);
      if (!blank || (!text_.empty() && text_.back() != ' ')) text_ += blank ? ' ' : c;
    }
    while (text_.ends_with(' ')) text_.pop_back();
  }

  std::optional<Expression> Run() {
    if (query_.kind == Query::Kind::kRegex) return OfRegex();
    if (text_.empty() || std::all_of(text_.begin(), text_.end(), [](char c) { return IsWildcard(c) || c == ' '; })) {
      return Nothing("it has no letter or digit");
    }
    if (query_.exact_case) return Exact();
    std::vector<std::string> words = WordsOf(text_);
    if (words.size() == 1) return OneWord(words[0]);
    if (query_.slop > 0) return Apart(words);
    return Phrase(words);
  }

 private:
  std::optional<Expression> Nothing(std::string why) {
    notes_.push_back({query_.place, "no-equal", QueryEffect::kNone, std::move(why), "", false});
    return std::nullopt;
  }
  void Note(QueryEffect effect, std::string message, std::string help = "") {
    notes_.push_back({query_.place, "no-equal", effect, std::move(message), std::move(help), false});
  }

  std::optional<Expression> Checked(Term term) {
    if (const auto error = CheckTerm(term, {0, 1}, 0)) return Nothing(error->message);
    return OfTerm(std::move(term));
  }
  static Expression OfTerm(Term term) {
    Expression expression;
    expression.term = std::move(term);
    return expression;
  }

  std::optional<Expression> Exact() {
    if (HasWildcard(text_)) return WildcardRegex(text_, false);
    return Checked(TermExpression(Term::Kind::kExact, text_, scope_).term);
  }

  std::optional<Expression> OneWord(const std::string& word) {
    if (query_.edits.value_or(0) > 0) return Misspelled(word);
    const Term term = WordsTerm(word, scope_);
    if (!HasWildcard(word) || IsGoodTerm(term)) return Checked(term);
    return WildcardRegex(word, true);
  }

  // `hu*`, `*phone`: what our wildcards do not do, a regular expression does, for letters without accents.
  std::optional<Expression> WildcardRegex(const std::string& text, bool ignore_case) {
    const auto letters =
        std::count_if(text.begin(), text.end(), [](char c) { return IsAsciiLetter(c) || IsAsciiDigit(c); });
    const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
      return IsAsciiLetter(c) || IsAsciiDigit(c) || IsWildcard(c) || c == ' ' || c == '-' || c == '\'' || c == '&' ||
             c == '_' || c == '/';
    });
    if (!plain || static_cast<std::size_t>(letters) < kMinLettersInRegex) {
      std::string bare = WithoutWildcards(text);
      if (bare.empty()) return Nothing("it has no letter or digit");
      Note(QueryEffect::kNarrowed,
           fmt::format("'{}' has too few letters for its wildcards: '{}' alone is looked for", text, bare),
           "write the words that are meant joined by OR");
      return Checked(ignore_case ? WordsTerm(std::move(bare), scope_)
                                 : TermExpression(Term::Kind::kExact, std::move(bare), scope_).term);
    }
    std::string pattern = "\\b";
    for (const char c : text) {
      if (c == '*') {
        pattern += "\\w*";
      } else if (c == '?') {
        pattern += "\\w";
      } else if (c == ' ') {
        pattern += "\\s+";
      } else {
        if (!IsAsciiLetter(c) && !IsAsciiDigit(c)) pattern += '\\';
        pattern += c;
      }
    }
    Expression expression = TermExpression(Term::Kind::kRegex, pattern + "\\b", scope_);
    expression.term.ignore_case = ignore_case;
    Note(QueryEffect::kNarrowed,
         fmt::format(
             "'{}' is looked for by a regular expression: slower than words, and without letters that have accents",
             text),
         "write the words that are meant joined by OR");
    return expression;
  }

  std::optional<Expression> Misspelled(const std::string& word) {
    if (HasWildcard(word)) {
      Note(QueryEffect::kNarrowed,
           fmt::format("letters wrong in a word with wildcards cannot be asked for: '{}' was kept", word));
      return Plain(word);
    }
    const std::uint32_t asked = std::min<std::uint32_t>(*query_.edits, 2);
    for (std::uint32_t edits = asked; edits > 0; --edits) {
      Term term = WordsTerm(fmt::format("{}~{}", word, edits), scope_);
      if (!IsGoodTerm(term)) continue;
      if (edits < asked)
        Note(QueryEffect::kNarrowed,
             fmt::format("'{}' is too short for {} letters wrong: one was written", word, asked));
      return OfTerm(std::move(term));
    }
    Note(QueryEffect::kNarrowed,
         fmt::format("'{}' is too short for letters wrong: the word itself is looked for", word),
         "write the spellings that are meant joined by OR");
    return Checked(WordsTerm(word, scope_));
  }

  // A word without marks, whatever the query says of letters.
  std::optional<Expression> Plain(const std::string& word) {
    const Term term = WordsTerm(word, scope_);
    if (IsGoodTerm(term)) return OfTerm(term);
    return HasWildcard(word) ? WildcardRegex(word, true) : Checked(term);
  }

  // A `*` that stands for a whole word parts a phrase in two with that many words between.
  std::optional<Expression> Phrase(const std::vector<std::string>& words) {
    struct Piece {
      std::string text;
      std::uint32_t gap = 0;  // words before it that may be any
    };
    std::vector<Piece> pieces;
    std::uint32_t gap = 0;
    bool stripped = false;
    for (std::string word : words) {
      if (std::all_of(word.begin(), word.end(), IsWildcard)) {
        ++gap;
        continue;
      }
      if (HasWildcard(word) && !IsGoodTerm(WordsTerm(word, scope_))) {
        word = WithoutWildcards(word);
        stripped = true;
      }
      if (pieces.empty() || gap > 0) {
        pieces.push_back({std::move(word), pieces.empty() ? 0 : gap});
      } else {
        pieces.back().text += ' ' + word;
      }
      gap = 0;
    }
    if (stripped)
      Note(QueryEffect::kNarrowed, "a wildcard in this phrase has too few letters before it, and is left out",
           "write the phrases that are meant joined by OR");
    if (pieces.empty()) return Nothing("it has no letter or digit");
    if (pieces.size() == 1) return Checked(WordsTerm(pieces[0].text, scope_));
    std::vector<Expression> pairs;
    std::optional<Expression> left = Checked(WordsTerm(pieces[0].text, scope_));
    for (std::size_t i = 1; i < pieces.size() && left; ++i) {
      std::optional<Expression> right = Checked(WordsTerm(pieces[i].text, scope_));
      if (!right) return std::nullopt;
      pairs.push_back(PairOf(*left, *right, std::min(pieces[i].gap, kMaxNearDistance), true));
      left = std::move(right);
    }
    if (!left) return std::nullopt;
    Note(QueryEffect::kWidened, "a '*' for any word in a phrase: at most so many words between was written");
    return Joined(Expression::Kind::kAnd, std::move(pairs));
  }

  // `"huawei ban"~10`.
  std::optional<Expression> Apart(const std::vector<std::string>& words) {
    std::vector<Expression> terms;
    for (const std::string& word : words) {
      if (auto term = Plain(word)) {
        terms.push_back(*std::move(term));
      } else {
        notes_.pop_back();  // a word of punctuation only
      }
    }
    if (terms.empty()) return Nothing("it has no letter or digit");
    if (terms.size() == 1) return std::move(terms.front());
    if (query_.slop > kFarApart) {
      Note(QueryEffect::kWidened,
           fmt::format("{} words between are more than NEAR can ask for: AND was written", query_.slop));
      return Joined(Expression::Kind::kAnd, std::move(terms));
    }
    if (query_.slop > kMaxNearDistance) {
      Note(QueryEffect::kNarrowed, fmt::format("{} words between are more than NEAR can ask for: {} were written",
                                               query_.slop, kMaxNearDistance));
    }
    const std::uint32_t slop = std::min(query_.slop, kMaxNearDistance);
    if (terms.size() == 2) {
      if (!query_.slop_counts_moves) return PairOf(terms[0], terms[1], slop, false);
      // The other order costs two moves.
      std::vector<Expression> orders = {PairOf(terms[0], terms[1], slop, true)};
      if (slop > 2) {
        orders.push_back(PairOf(terms[1], terms[0], slop - 2, true));
      } else if (slop == 2) {
        if (auto phrase = Phrase({words[1], words[0]})) orders.push_back(*std::move(phrase));
      }
      return Joined(Expression::Kind::kOr, std::move(orders));
    }
    Note(QueryEffect::kWidened,
         fmt::format("{} words that are near each other: two at a time was written", terms.size()));
    std::vector<Expression> pairs;
    for (std::size_t i = 1; i < terms.size(); ++i) pairs.push_back(PairOf(terms[i - 1], terms[i], slop, false));
    return Joined(Expression::Kind::kAnd, std::move(pairs));
  }

  // Lucene's are of one whole word; '.' is a character of it. Its ~ & @ < # are operators that ours do not have.
  std::optional<Expression> OfRegex() {
    std::string pattern = "\\b(?:";
    bool in_class = false;
    for (std::size_t i = 0; i < query_.text.size(); ++i) {
      const char c = query_.text[i];
      if (static_cast<unsigned char>(c) < ' ') return Nothing("a control character in a regular expression");
      if (c == '\\' && i + 1 < query_.text.size()) {
        pattern += c;
        pattern += query_.text[++i];
      } else if (!in_class && (c == '~' || c == '&' || c == '@' || c == '<' || c == '#' || c == '"')) {
        return Nothing(fmt::format("the operator '{}' of its regular expression", c));
      } else {
        if (c == '[') in_class = true;
        if (c == ']') in_class = false;
        pattern += !in_class && c == '.' ? std::string("\\w") : std::string(1, c);
      }
    }
    Expression expression = TermExpression(Term::Kind::kRegex, pattern + ")\\b", scope_);
    expression.term.ignore_case = true;
    if (const auto error = CheckTerm(expression.term, {0, 1}, 0)) return Nothing(error->message);
    Note(QueryEffect::kChanged,
         "a regular expression is matched with the text as it was written, not with folded words: no accents vanish");
    return expression;
  }

  const Query& query_;
  const Scope scope_;
  std::vector<QueryNote>& notes_;
  std::string text_;
};

}  // namespace

std::optional<Expression> TermOfQuery(const Query& query, Scope scope, std::vector<QueryNote>& notes) {
  return TermMaker(query, scope, notes).Run();
}

Expression TermExpression(Term::Kind kind, std::string text, Scope scope) {
  Expression expression;
  expression.term.kind = kind;
  expression.term.text = std::move(text);
  expression.term.scope = scope;
  return expression;
}

Expression Joined(Expression::Kind kind, std::vector<Expression> parts) {
  Expression joined;
  joined.kind = kind;
  std::set<std::string> said;
  const auto add = [&](Expression part) {
    if (said.insert(ToText(part)).second) joined.children.push_back(std::move(part));
  };
  for (Expression& part : parts) {
    if (part.kind == kind) {
      for (Expression& child : part.children) add(std::move(child));
    } else {
      add(std::move(part));
    }
  }
  if (joined.children.size() == 1) {
    Expression alone = std::move(joined.children.front());
    return alone;
  }
  return joined;
}

Expression PairOf(Expression left, Expression right, std::uint32_t distance, bool ordered) {
  Expression pair;
  pair.kind = Expression::Kind::kNear;
  pair.distance = distance;
  pair.ordered = ordered;
  pair.children.push_back(std::move(left));
  pair.children.push_back(std::move(right));
  return pair;
}

}  // namespace wirewatch
