#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text/ascii.h"
#include "rules/check/lints.h"
#include "rules/language/expression_words.h"

namespace wirewatch {
namespace {

constexpr std::size_t kMostAlternatives = 8;

// Words that a pattern could be said with; nothing: it needs to be one.
class WordsOfPattern {
 public:
  WordsOfPattern(std::string_view pattern, bool ignore_case) : pattern_(pattern), ignore_case_(ignore_case) {}

  // "huawei OR zte", as an expression.
  std::optional<std::string> Read() {
    const bool bound_left = Take("\\b");
    bool bound_right = false;
    if (pattern_.ends_with("\\b")) {
      bound_right = true;
      pattern_.remove_suffix(2);
    }
    if (pattern_.starts_with('(') && pattern_.ends_with(')') && !pattern_.ends_with("\\)")) {
      Take("(");
      Take("?:");
      pattern_.remove_suffix(1);
    }
    std::vector<std::string> terms;
    while (true) {
      auto term = ReadTerm(bound_left, bound_right);
      if (!term) return std::nullopt;
      terms.push_back(*std::move(term));
      if (pattern_.empty()) break;
      if (!Take("|") || terms.size() == kMostAlternatives) return std::nullopt;
    }
    return fmt::format("{}", fmt::join(terms, " OR "));
  }

 private:
  bool Take(std::string_view text) {
    if (!pattern_.starts_with(text)) return false;
    pattern_.remove_prefix(text.size());
    return true;
  }

  // Literal words, up to | or the end. What is not bounded is found within words, too: such a beginning stands for all
  // words with it, if it is long enough; an end has no such form.
  std::optional<std::string> ReadTerm(bool bound_left, bool bound_right) {
    std::string text;
    bool open_end = !bound_right;
    while (!pattern_.empty() && pattern_.front() != '|') {
      if (IsAsciiLetter(pattern_.front()) || IsAsciiDigit(pattern_.front())) {
        text += pattern_.front();
        pattern_.remove_prefix(1);
      } else if (Take("\\s+") || Take(" +") || Take(" ") || Take("[ -]") || Take("[-\\s]") || Take("\\s")) {
        if (text.empty() || text.ends_with(' ')) return std::nullopt;
        text += ' ';
      } else if (Take("\\w*")) {
        if (!pattern_.empty() && pattern_.front() != '|') return std::nullopt;
        open_end = true;
      } else {
        return std::nullopt;
      }
      if (!pattern_.empty() && std::string_view("?*+{").find(pattern_.front()) != std::string_view::npos) {
        return std::nullopt;
      }
    }
    if (text.empty() || text.ends_with(' ')) return std::nullopt;
    const std::size_t last = text.size() - (text.rfind(' ') + 1);  // letters of the last word
    const bool wildcard = open_end && last >= 3;
    if (!bound_left && text.size() < 4) return std::nullopt;  // so short a text may be meant within words
    if (open_end && !wildcard && bound_left) return std::nullopt;
    const bool lower = std::none_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    const std::string sign = ignore_case_ || lower ? "" : "=";
    if (!sign.empty() && bound_left && open_end) return std::nullopt;  // an exact term has no wildcard
    const std::string word = text + (bound_left && wildcard ? "*" : "");
    return word.find(' ') == std::string::npos ? sign + word : fmt::format("{}\"{}\"", sign, word);
  }

  std::string_view pattern_;
  const bool ignore_case_;
};

}  // namespace

void LintWordRegexes(YamlText& text, const YamlNode& node, const Expression& e, std::uint32_t shift) {
  if (!e.list.empty()) return;
  if (e.kind == Expression::Kind::kTerm && e.term.kind == Term::Kind::kRegex) {
    if (const auto words = WordsOfPattern(e.term.text, e.term.ignore_case).Read()) {
      text.ReportInside(node, {e.place.begin + shift, e.place.end + shift}, Severity::kWarning, "word-regex",
                        "words say this, and are found faster and in every spelling",
                        fmt::format("write {}{}", Prefix(e.term.scope),
                                    words->find(" OR ") != std::string::npos ? fmt::format("({})", *words) : *words));
    }
  }
  for (const Expression& child : e.children) LintWordRegexes(text, node, child, shift);
}

}  // namespace wirewatch
