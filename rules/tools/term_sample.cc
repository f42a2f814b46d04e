#include "rules/tools/term_sample.h"

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "base/text/utf8.h"
#include "rules/language/word_pattern.h"

namespace wirewatch {
namespace {

// Makes a text by going through a pattern: of alternatives the first, of repeats the fewest, of a class its first
// character. Look-around, back-references and the like give none.
class RegexSample {
 public:
  explicit RegexSample(std::string_view pattern) : rest_(pattern) {}

  std::optional<std::string> Make() {
    std::string text = Alternatives();
    if (failed_ || !rest_.empty()) return std::nullopt;
    return text;
  }

 private:
  std::string Alternatives() {
    std::string first = Sequence();
    while (rest_.starts_with('|')) {
      rest_.remove_prefix(1);
      const std::string other = Sequence();
      if (first.empty()) first = other;
    }
    return first;
  }

  std::string Sequence() {
    std::string text;
    while (!failed_ && !rest_.empty() && rest_.front() != '|' && rest_.front() != ')') {
      const std::string atom = Atom();
      std::size_t times = Times();
      if (text.size() + times * atom.size() > kMost) failed_ = true;
      for (; !failed_ && times > 0; --times) text += atom;
      before_is_wide_ = !text.empty() && static_cast<unsigned char>(text.back()) >= 0x80;
    }
    return text;
  }

  std::string Atom() {
    const std::size_t size = std::min(CharacterSize(rest_.front()), rest_.size());
    const std::string character(rest_.substr(0, size));
    rest_.remove_prefix(size);
    if (character == "^" || character == "$") return "";
    if (character == ".") return "x";
    if (character == "[") return Class();
    if (character == "\\") return Escape();
    if (character != "(") return character;
    if (rest_.starts_with("?:")) rest_.remove_prefix(2);
    if (rest_.starts_with('?')) failed_ = true;
    const std::string group = Alternatives();
    if (!rest_.starts_with(')')) failed_ = true;
    if (!failed_) rest_.remove_prefix(1);
    return group;
  }

  std::string Escape() {
    if (rest_.empty()) return Fail();
    const std::size_t size = std::min(CharacterSize(rest_.front()), rest_.size());
    const std::string character(rest_.substr(0, size));
    rest_.remove_prefix(size);
    const char c = character.front();
    // Where \b stands beside what is no letter to it (it knows ASCII only), a letter must stand on the other side.
    if (c == 'b' && (rest_.empty() ? before_is_wide_ : static_cast<unsigned char>(rest_.front()) >= 0x80)) return "x";
    if (c == 'b' || c == 'A' || c == 'z' || c == 'Z') return "";
    if (c == 'w' || c == 'D' || c == 'S') return "x";
    if (c == 'd') return "7";
    if (c == 's' || c == 'W' || c == 'h') return " ";
    const bool letter_or_digit = ('0' <= c && c <= '9') || ('a' <= c && c <= 'z') || ('A' <= c && c <= 'Z');
    return letter_or_digit ? Fail() : character;
  }

  // Behind its bracket.
  std::string Class() {
    const bool negated = rest_.starts_with('^');
    if (negated) rest_.remove_prefix(1);
    std::string first;
    std::string all;
    for (bool at_begin = true; at_begin || !rest_.starts_with(']'); at_begin = false) {
      if (rest_.empty()) return Fail();
      std::string member;
      if (rest_.starts_with("[:")) return Fail();
      if (rest_.starts_with('\\')) {
        rest_.remove_prefix(1);
        member = Escape();
      } else {
        const std::size_t size = std::min(CharacterSize(rest_.front()), rest_.size());
        member = rest_.substr(0, size);
        rest_.remove_prefix(size);
      }
      if (failed_) return "";
      if (first.empty()) first = member;
      all += member;
    }
    rest_.remove_prefix(1);
    if (!negated) return first;
    for (const char other : {'#', 'x', '7', ' '}) {  // as [^\w\s] and [^a-z] want them
      if (all.find(other) == std::string::npos && !(other != '#' && all.find('-') != std::string::npos)) {
        return std::string(1, other);
      }
    }
    return Fail();
  }

  // The fewest times that the quantifier behind an atom asks for, at least once where that is allowed.
  std::size_t Times() {
    if (rest_.empty()) return 1;
    std::size_t times = 1;
    if (rest_.front() == '*' || rest_.front() == '+' || rest_.front() == '?') {
      rest_.remove_prefix(1);
    } else if (rest_.front() == '{') {
      const std::size_t end = rest_.find('}');
      if (end == std::string_view::npos) return failed_ = true, 0;
      times = 0;
      for (const char c : rest_.substr(1, end - 1)) {
        if (c < '0' || '9' < c) break;
        times = std::min<std::size_t>(times * 10 + static_cast<std::size_t>(c - '0'), kMost + 1);
      }
      rest_.remove_prefix(end + 1);
    } else {
      return 1;
    }
    if (rest_.starts_with('?') || rest_.starts_with('+')) rest_.remove_prefix(1);
    return times;
  }

  std::string Fail() {
    failed_ = true;
    return "";
  }

  static constexpr std::size_t kMost = 1000;  // bytes
  std::string_view rest_;
  bool failed_ = false;
  bool before_is_wide_ = false;  // what stands before the atom at hand ends with a character that is not ASCII
};

// `~ban huawei~1 exclud*` as "ban huawei exclud".
std::string WithoutMarks(std::string_view text) {
  std::string plain;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    plain += std::string(plain.empty() ? "" : " ") + std::string(ReadPatternWord(word).text);
    text.remove_prefix(std::min(word.size() + 1, text.size()));
  }
  std::erase(plain, '*');
  return plain;
}

}  // namespace

std::optional<std::string> SampleOf(const Term& term) {
  std::string text = term.text;
  if (term.kind == Term::Kind::kRegex) {
    auto sample = RegexSample(term.text).Make();
    if (!sample || sample->empty()) return std::nullopt;
    text = *std::move(sample);
  } else if (term.kind == Term::Kind::kWords) {
    text = WithoutMarks(text);
    std::string last = "x", sample;  // of one script with its neighbour
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t size = std::min(CharacterSize(text[at]), text.size() - at);
      if (text[at] != '?') last = text.substr(at, size);
      sample += last;
      at += size;
    }
    text = std::move(sample);
  }
  if (text.find_first_of("\n\r") != std::string::npos) {
    if (term.kind == Term::Kind::kRegex) return std::nullopt;
    std::replace(text.begin(), text.end(), '\n', ' ');
    std::replace(text.begin(), text.end(), '\r', ' ');
  }
  return text;
}

bool IsAnchored(const Term& term) { return term.kind == Term::Kind::kRegex && term.text.starts_with('^'); }

}  // namespace wirewatch
