#include "rules/language/missing_operator.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "base/text/ascii.h"
#include "rules/language/expression_words.h"
#include "rules/language/foreign_syntax.h"
#include "rules/language/look_alikes.h"

namespace wirewatch {
namespace {

using Token = ExpressionToken;
using Kind = Token::Kind;

Span Cover(Span a, Span b) { return {std::min(a.begin, b.begin), std::max(a.end, b.end)}; }

class Finder {
 public:
  Finder(std::string_view text, std::span<const Token> tokens, std::size_t at)
      : text_(text), tokens_(tokens), at_(at) {}

  MissingOperator Find() const {
    if (Now().kind == Kind::kNot) return FindNotAlone();
    std::size_t first = at_ - 1, last = at_;
    while (first > 0 && tokens_[first].kind == Kind::kWord && tokens_[first - 1].kind == Kind::kWord) --first;
    while (tokens_[last].kind == Kind::kWord && tokens_[last + 1].kind == Kind::kWord) ++last;
    // What follows the run of words is beside it, not a second mistake.
    const std::size_t end = last + (tokens_[last].kind == Kind::kWord ? 2 : 1);

    bool words = true;
    std::string corrected;
    const Token* operator_meant = nullptr;
    std::string meant_there;
    for (std::size_t i = first; i <= last; ++i) {
      const Token& token = tokens_[i];
      words = words && token.kind == Kind::kWord;
      const std::string meant = MeantHere(i, first, last, corrected);
      if (!meant.empty() && operator_meant == nullptr) operator_meant = &token, meant_there = meant;
      corrected +=
          fmt::format("{}{}", corrected.empty() ? "" : " ", meant.empty() ? std::string(token.place.Of(text_)) : meant);
    }
    std::string help;
    if (std::string meant = MeantPrefix(); operator_meant == nullptr && !meant.empty()) {
      help = std::move(meant);
    } else if (operator_meant == nullptr) {
      help = words ? fmt::format("adjacent terms need AND, OR or quotes: \"{}\"", corrected)
                   : "adjacent terms need AND, OR or NEAR/10 between them";
    } else if (meant_there == "XOR") {
      help = words && last - first == 2 ? fmt::format("there is no XOR: ({0} OR {1}) AND NOT ({0} AND {1})",
                                                      tokens_[first].place.Of(text_), tokens_[last].place.Of(text_))
                                        : "there is no XOR: write (a OR b) AND NOT (a AND b)";
    } else if (Upper(operator_meant->text) == meant_there.substr(0, meant_there.find(' '))) {
      help = fmt::format("operators are written in upper case: {}", words ? corrected : meant_there);
    } else {
      help = fmt::format("did you mean {}?", words ? corrected : meant_there);
    }
    return Missing(
        operator_meant != nullptr && !words ? operator_meant->place : Cover(tokens_[first].place, tokens_[last].place),
        std::move(help), end);
  }

 private:
  // `HLEAD(huawei)` of other search languages, `title= huawei`, `title :huawei`: how it is written here; empty: no such
  // thing stands here.
  std::string MeantPrefix() const {
    const Token& name = tokens_[at_ - 1];
    if (name.kind != Kind::kWord) return "";
    std::string_view word = name.text;
    const bool is_function = Now().kind == Kind::kOpen && name.place.end == Now().place.begin;
    const bool is_parted =
        word.ends_with('=') || Now().kind == Kind::kExact || (Now().kind == Kind::kWord && Now().text.starts_with(':'));
    if (!is_function && !is_parted) return "";
    if (is_function) {
      if (std::string meant = MeantFunction(Upper(word)); !meant.empty()) return meant;
    }
    while (word.ends_with('=')) word.remove_suffix(1);
    const std::string prefix = OurPrefix(AsciiLowerCase(word)).value_or("");
    if (prefix.empty()) return "";
    if (Now().kind == Kind::kOpen) return fmt::format("did you mean {}( )?", prefix);
    std::string_view behind = Now().place.Of(text_);
    behind.remove_prefix(std::min(behind.find_first_not_of("=:"), behind.size()));
    return fmt::format("a prefix ends in a colon, and the term stands directly behind it: {}{}", prefix, behind);
  }

  // Functions of LexisNexis and Factiva that are no places to search in.
  static std::string MeantFunction(std::string_view upper) {
    constexpr std::string_view kAtLeast = "ATLEAST";
    if (upper.starts_with(kAtLeast) && upper.size() > kAtLeast.size()) {
      const std::string_view count = upper.substr(kAtLeast.size());
      if (count.find_first_not_of("0123456789") == std::string_view::npos) {
        return fmt::format("so many places are huawei{{{},}}, or of several terms (huawei OR zte){{{},}}", count,
                           count);
      }
    }
    if (upper == "CAPS" || upper == "ALLCAPS" || upper == "NOCAPS" || upper == "SINGULAR" || upper == "PLURAL") {
      return "exactly as written is =ZTE; any form of a word is ~ban";
    }
    return "";
  }

  // `huawei NOT zte`, `huawei NOT W/5 ban`.
  MissingOperator FindNotAlone() const {
    const Token& before = tokens_[at_ - 1];
    const Token& behind = tokens_[at_ + 1];
    if (behind.kind == Kind::kWord) {
      const std::string meant = MeantOperator(behind.text, "");
      if (meant.find('/') != std::string::npos || meant.starts_with("SAME")) {
        return Missing(Cover(Now().place, behind.place), fmt::format("did you mean NOT {}?", meant), at_ + 4);
      }
    }
    const bool plain = IsOneTerm(before.kind) && IsOneTerm(behind.kind);
    return Missing(Cover(before.place, Now().place),
                   plain ? fmt::format("write AND NOT: {} AND NOT {}", before.place.Of(text_), behind.place.Of(text_))
                         : "write AND NOT",
                   at_ + 2);
  }

  static bool IsOneTerm(Kind kind) {
    return kind == Kind::kWord || kind == Kind::kPhrase || kind == Kind::kExact || kind == Kind::kList;
  }

  // What the word at `token` was meant as, in a row of words from `first` to `last` whose words before are `corrected`;
  // empty: it is a term.
  std::string MeantHere(std::size_t token, std::size_t first, std::size_t last, std::string_view corrected) const {
    if (tokens_[token].kind != Kind::kWord) return "";
    const bool with_unit = token + 1 <= last && tokens_[token + 1].kind == Kind::kWord;
    if (token > first && Upper(tokens_[token - 1].text) == "SAME" &&
        !MeantOperator(tokens_[token - 1].text, tokens_[token].text).empty()) {
      return Upper(tokens_[token].text);  // the second word of `same sentence`
    }
    const std::string& written = tokens_[token].text;
    std::string meant = MeantOperator(written, with_unit ? std::string_view(tokens_[token + 1].text) : "");
    if (meant.empty()) {
      // Written with letters of another script that look like A, N, D.
      const std::string plain = WithLatinLookAlikes(written);
      if (plain != written) meant = MeantOperator(plain, "");
    }
    const std::string behind = meant == "AND NOT" && with_unit ? MeantOperator(tokens_[token + 1].text, "") : "";
    if (behind.find('/') != std::string::npos) return "NOT";  // `a not near/5 b`
    if (meant == "AND NOT" && (token == first || corrected.ends_with(" AND") || corrected.ends_with(" OR")))
      return "NOT";
    return meant;
  }

  static MissingOperator Missing(Span place, std::string help, std::size_t end) {
    return {{place, "missing-operator", "there is no operator between these terms", std::move(help)}, end};
  }

  const Token& Now() const { return tokens_[at_]; }

  const std::string_view text_;
  const std::span<const Token> tokens_;
  const std::size_t at_;
};

}  // namespace

MissingOperator FindMissingOperator(std::string_view text, std::span<const ExpressionToken> tokens, std::size_t at) {
  return Finder(text, tokens, at).Find();
}

}  // namespace wirewatch
