#include "rules/format/expression_layout.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <utility>

#include "base/text/trim.h"
#include "base/text/utf8.h"
#include "rules/language/expression_lexer.h"
#include "rules/language/expression_words.h"

namespace wirewatch {
namespace {

using Kind = ExpressionToken::Kind;

constexpr std::size_t kIndent = 2;

// A token as it is to be written. Of `lang:(pl, de)`, which the lexer makes a group of, the whole.
struct Atom {
  Kind kind;
  std::string text;

  bool operator==(const Atom&) const = default;
};

std::string AttributeText(const ExpressionToken& token, std::string_view written) {
  if (token.comparison != Comparison::kIs) {
    return fmt::format("{} {} {}", Prefix(token.attribute), Sign(token.comparison), token.text);
  }
  const std::size_t colon = written.find(':');
  if (IsNumber(token.attribute) || colon == std::string_view::npos) return std::string(written);
  return fmt::format("{}{}", Prefix(token.attribute), Trimmed(written.substr(colon + 1), IsSpace));
}

Atom AtomOf(const ExpressionToken& token, std::string_view text) {
  const std::string_view written = token.place.Of(text);
  switch (token.kind) {
    case Kind::kAnd: return {token.kind, "AND"};
    case Kind::kOr: return {token.kind, "OR"};
    case Kind::kNot: return {token.kind, "NOT"};
    case Kind::kOpen: return {token.kind, "("};
    case Kind::kClose: return {token.kind, ")"};
    case Kind::kComma: return {token.kind, ","};
    case Kind::kScope: return {token.kind, std::string(Prefix(token.scope))};
    case Kind::kNear: return {token.kind, NearText(false, token.ordered, token.distance)};
    case Kind::kSame: return {token.kind, SameText(false, token.unit)};
    case Kind::kOf: return {token.kind, fmt::format("{} OF", token.count)};
    case Kind::kRepeat: return {token.kind, fmt::format("{{{},}}", token.count)};
    case Kind::kAttribute: return {token.kind, AttributeText(token, written)};
    default: return {token.kind, std::string(written)};
  }
}

bool IsOperand(Kind kind) {
  switch (kind) {
    case Kind::kWord:
    case Kind::kPhrase:
    case Kind::kExact:
    case Kind::kRegex:
    case Kind::kList:
    case Kind::kAttribute: return true;
    default: return false;
  }
}

std::vector<Atom> AtomsOf(std::string_view text) {
  const LexedExpression lexed = LexExpression(text);
  std::vector<Atom> atoms;
  for (std::size_t i = 0; i < lexed.tokens.size(); ++i) {
    const ExpressionToken& token = lexed.tokens[i];
    if (token.kind == Kind::kEnd) break;
    const bool holds_values = token.kind == Kind::kOpen && token.place.size() > 1;
    if (!holds_values) {
      atoms.push_back(AtomOf(token, text));
      continue;
    }
    std::vector<std::string_view> values;
    std::string head;
    for (++i; i < lexed.tokens.size() && lexed.tokens[i].kind != Kind::kClose; ++i) {
      if (lexed.tokens[i].kind != Kind::kAttribute) continue;
      if (head.empty()) head = Prefix(lexed.tokens[i].attribute);
      values.push_back(lexed.tokens[i].place.Of(text));
    }
    atoms.push_back({Kind::kAttribute, fmt::format("{}({})", head, fmt::join(values, ", "))});
  }
  return atoms;
}

// Takes out a pair of parentheses around one operand or around another pair, and one around the whole. Behind OF they
// hold its entries.
std::vector<Atom> WithoutIdleParentheses(std::vector<Atom> atoms) {
  std::vector<std::size_t> open;
  std::vector<std::size_t> partner(atoms.size(), 0);
  for (std::size_t i = 0; i < atoms.size(); ++i) {
    if (atoms[i].kind == Kind::kOpen) open.push_back(i);
    if (atoms[i].kind != Kind::kClose || open.empty()) continue;
    partner[open.back()] = i;
    partner[i] = open.back();
    open.pop_back();
  }
  const auto behind_of = [&](std::size_t i) {
    if (i > 0 && atoms[i - 1].kind == Kind::kScope) --i;
    return i > 0 && atoms[i - 1].kind == Kind::kOf;
  };
  std::vector<bool> idle(atoms.size(), false);
  for (std::size_t i = 0; i < atoms.size(); ++i) {
    if (atoms[i].kind != Kind::kOpen || partner[i] <= i || behind_of(i)) continue;
    const std::size_t close = partner[i];
    const bool one_operand = close == i + 2 && IsOperand(atoms[i + 1].kind);
    const bool one_pair = atoms[i + 1].kind == Kind::kOpen && partner[i + 1] + 1 == close;
    const bool whole = i == 0 && close + 1 == atoms.size();
    if (one_operand || one_pair || whole) idle[i] = idle[close] = true;
  }
  std::vector<Atom> kept;
  for (std::size_t i = 0; i < atoms.size(); ++i) {
    if (!idle[i]) kept.push_back(std::move(atoms[i]));
  }
  return kept;
}

// Until nothing goes any more: `(((a)))` needs several looks.
std::vector<Atom> Settled(std::string_view text) {
  std::vector<Atom> atoms = AtomsOf(text);
  while (true) {
    std::vector<Atom> fewer = WithoutIdleParentheses(atoms);
    if (fewer.size() == atoms.size()) return fewer;
    atoms = std::move(fewer);
  }
}

// ---- the tree of what can be broken

struct Part {
  enum class Kind : std::uint8_t { kText, kChain, kGroup };
  Kind kind = Kind::kText;
  std::string text;                    // kText; kGroup: what stands before the parenthesis: "NOT title:", "2 OF "
  std::string tail;                    // kGroup: behind it: "{3,}"
  std::vector<std::string> operators;  // kChain: before each child but the first; "," stands behind the one before
  std::vector<Part> children;          // kChain: two or more; kGroup: one

  std::string Flat() const {
    if (kind == Kind::kText) return text;
    if (kind == Kind::kGroup) return fmt::format("{}({}){}", text, children[0].Flat(), tail);
    std::string flat;
    for (std::size_t i = 0; i < children.size(); ++i) {
      if (i > 0) flat += operators[i - 1] == "," ? ", " : fmt::format(" {} ", operators[i - 1]);
      flat += children[i].Flat();
    }
    return flat;
  }
};

class PartReader {
 public:
  explicit PartReader(const std::vector<Atom>& atoms) : atoms_(atoms) {}

  Part ReadEntries() {
    return ReadChain([&] { return ReadOr(); }, [&] { return Take(Kind::kComma); });
  }

 private:
  template <typename Read, typename TakeOperator>
  Part ReadChain(Read read, TakeOperator take_operator) {
    Part first = read();
    Part chain;
    chain.kind = Part::Kind::kChain;
    chain.children.push_back(std::move(first));
    for (std::string word = take_operator(); !word.empty(); word = take_operator()) {
      chain.operators.push_back(std::move(word));
      chain.children.push_back(read());
    }
    if (chain.operators.empty()) return std::move(chain.children.front());
    return chain;
  }
  Part ReadOr() {
    return ReadChain([&] { return ReadAnd(); }, [&] { return Take(Kind::kOr); });
  }
  Part ReadAnd() {
    return ReadChain([&] { return ReadPair(); }, [&] { return Take(Kind::kAnd); });
  }
  Part ReadPair() {
    return ReadChain([&] { return ReadOperand(); }, [&] { return TakePairOperator(); });
  }

  Part ReadOperand() {
    Part part;
    while (Is(Kind::kNot) || Is(Kind::kScope) || Is(Kind::kOf)) {
      part.text += atoms_[at_].text;
      if (!Is(Kind::kScope)) part.text += ' ';
      ++at_;
    }
    if (Is(Kind::kOpen)) {
      ++at_;
      part.kind = Part::Kind::kGroup;
      part.children.push_back(ReadEntries());
      Take(Kind::kClose);
      part.tail = Take(Kind::kRepeat);
      return part;
    }
    if (at_ < atoms_.size()) part.text += atoms_[at_++].text;
    part.text += Take(Kind::kRepeat);
    return part;
  }

  std::string TakePairOperator() {
    const bool negated = Is(Kind::kNot);
    const std::size_t at = at_ + (negated ? 1 : 0);
    if (at >= atoms_.size() || (atoms_[at].kind != Kind::kNear && atoms_[at].kind != Kind::kSame)) return "";
    at_ = at + 1;
    return (negated ? "NOT " : "") + atoms_[at].text;
  }

  bool Is(Kind kind) const { return at_ < atoms_.size() && atoms_[at_].kind == kind; }
  std::string Take(Kind kind) { return Is(kind) ? atoms_[at_++].text : ""; }

  const std::vector<Atom>& atoms_;
  std::size_t at_ = 0;
};

class Breaker {
 public:
  explicit Breaker(std::size_t width) : width_(width) {}

  // `lead` and `tail` stand on the first and on the last line of the part, before and behind it.
  void Write(const Part& part, std::size_t indent, const std::string& lead, const std::string& tail) {
    const std::string flat = lead + part.Flat() + tail;
    if (indent + ColumnsOf(flat) <= width_ || part.kind == Part::Kind::kText) return Line(indent, flat);
    if (part.kind == Part::Kind::kChain) return WriteChain(part, indent, lead, tail);
    Line(indent, lead + part.text + "(");
    Write(part.children[0], indent + kIndent, "", "");
    Line(indent, ")" + part.tail + tail);
  }

  std::vector<std::string> Take() { return std::move(lines_); }

 private:
  // Words stand side by side, as many as there is room for; of anything else each begins a line.
  void WriteChain(const Part& chain, std::size_t indent, const std::string& lead, const std::string& tail) {
    const bool words = std::all_of(chain.children.begin(), chain.children.end(),
                                   [](const Part& child) { return child.kind == Part::Kind::kText; });
    const std::size_t further = lead.empty() ? indent : indent + kIndent;
    std::string line;
    for (std::size_t i = 0; i < chain.children.size(); ++i) {
      const bool last = i + 1 == chain.children.size();
      const bool comma = i > 0 && chain.operators[i - 1] == ",";
      const std::string before = i == 0 ? lead : comma ? "" : chain.operators[i - 1] + " ";
      const std::string behind = last ? tail : chain.operators[i] == "," ? "," : "";
      const std::size_t here = i == 0 ? indent : further;
      if (!words) {
        Write(chain.children[i], here, before, behind);
        continue;
      }
      const std::string next = before + chain.children[i].text + behind;
      if (line.empty()) {
        line = next;
        line_indent_ = here;
      } else if (line_indent_ + ColumnsOf(line) + 1 + ColumnsOf(next) <= width_) {
        line += ' ' + next;
      } else {
        Line(line_indent_, line);
        line = next;
        line_indent_ = further;
      }
    }
    if (words) Line(line_indent_, line);
  }

  void Line(std::size_t indent, const std::string& text) { lines_.push_back(std::string(indent, ' ') + text); }

  const std::size_t width_;
  std::size_t line_indent_ = 0;
  std::vector<std::string> lines_;
};

std::string Joined(const std::vector<std::string>& lines) { return fmt::format("{}", fmt::join(lines, "\n")); }

}  // namespace

std::string ExpressionLine(std::string_view text) {
  const std::vector<Atom> atoms = Settled(text);
  std::string line = PartReader(atoms).ReadEntries().Flat();
  // What is not read again as the same stays as it is: better an unusual layout than another rule.
  return AtomsOf(line) == atoms ? line : std::string(text);
}

std::vector<std::string> ExpressionLines(std::string_view text, std::size_t width) {
  const std::vector<Atom> atoms = Settled(text);
  Breaker breaker(width);
  breaker.Write(PartReader(atoms).ReadEntries(), 0, "", "");
  std::vector<std::string> lines = breaker.Take();
  if (AtomsOf(Joined(lines)) != atoms) return {ExpressionLine(text)};
  return lines;
}

bool IsSameExpression(std::string_view a, std::string_view b) { return Settled(a) == Settled(b); }

std::size_t ColumnsOf(std::string_view text) {
  constexpr std::pair<char32_t, char32_t> kWide[] = {{0x1100, 0x115F}, {0x2E80, 0xA4CF}, {0xAC00, 0xD7A3},
                                                     {0xF900, 0xFAFF}, {0xFE30, 0xFE6F}, {0xFF00, 0xFF60},
                                                     {0xFFE0, 0xFFE6}, {0x1F300, 0x1FAFF}, {0x20000, 0x3FFFD}};
  std::size_t columns = 0;
  for (std::size_t at = 0; at < text.size();) {
    if (static_cast<unsigned char>(text[at]) < 0x80) {
      ++columns;
      ++at;
      continue;
    }
    const DecodedUtf8 decoded = DecodeUtf8(text, at);
    const bool wide = std::any_of(std::begin(kWide), std::end(kWide), [&](const auto& range) {
      return range.first <= decoded.code_point && decoded.code_point <= range.second;
    });
    columns += wide ? 2 : 1;
    at += decoded.size;
  }
  return columns;
}

}  // namespace wirewatch
