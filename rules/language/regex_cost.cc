#include "rules/language/regex_cost.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/text/numbers.h"
#include "base/text/utf8.h"

namespace wirewatch {
namespace {

// A part of the expression, as an automaton. Numbers are doubles: a repeat of repeats is beyond every integer.
struct Part {
  double states = 0;    // one for each byte at each place where it can be read, all repeats written out
  double branches = 0;  // alternatives, but for one of each group
  double loops = 0;     // repeats without end
  double square = 0;    // of the states of each piece that stands alone
  double of_properties = 0,
         square_of_properties = 0;  // the same of classes of Unicode, whose bytes have much in common
  // Of the states of alternatives: those that lie between two loops of one byte, such as \w+(foo|bar)\w*, and those
  // before the first and after the last such loop. Without one the last two are the same.
  bool has_byte_loop = false;
  double enclosed = 0, before_loop = 0, after_loop = 0;
};

constexpr Part Of(double states) { return {.states = states, .square = states * states}; }

constexpr Part kByte = Of(1);    // one byte out of some
constexpr Part kWide = Of(10);   // any character, or all but a few: the bytes of UTF-8, by lead and length
constexpr Part kProperty = [] {  // a class of Unicode such as \p{L}: hundreds of ranges
  Part part = Of(400);
  part.of_properties = part.states;
  part.square_of_properties = part.square;
  return part;
}();

Part Sequence(const Part& a, const Part& b) {
  if (a.states == 0) return b;
  if (b.states == 0) return a;
  Part all{.states = a.states + b.states, .branches = a.branches + b.branches, .loops = a.loops + b.loops};
  all.square = all.states * all.states;
  all.of_properties = a.of_properties + b.of_properties;
  all.square_of_properties = all.of_properties * all.of_properties;
  all.has_byte_loop = a.has_byte_loop || b.has_byte_loop;
  all.enclosed = a.enclosed + b.enclosed + (a.has_byte_loop && b.has_byte_loop ? a.after_loop + b.before_loop : 0);
  all.before_loop = a.before_loop + (a.has_byte_loop ? 0 : b.before_loop);
  all.after_loop = b.after_loop + (b.has_byte_loop ? 0 : a.after_loop);
  return all;
}

Part Either(const Part& a, const Part& b) {
  if (a.states == 1 && b.states == 1) return kByte;  // a|b is [ab]
  Part all{.states = a.states + b.states,
           .branches = a.branches + b.branches + 1,
           .loops = a.loops + b.loops,
           .square = a.square + b.square,
           .of_properties = a.of_properties + b.of_properties,
           .square_of_properties = a.square_of_properties + b.square_of_properties,
           .has_byte_loop = a.has_byte_loop || b.has_byte_loop};
  all.enclosed = a.enclosed + b.enclosed;
  all.before_loop = all.after_loop = all.states;
  return all;
}

// `times` one after the other.
Part Repeated(const Part& a, double times) {
  Part all = a;
  all.states *= times;
  all.branches *= times;
  all.loops *= times;
  all.square = all.states * all.states;
  all.of_properties *= times;
  all.square_of_properties = all.of_properties * all.of_properties;
  all.enclosed = a.enclosed * times + (a.has_byte_loop ? (times - 1) * (a.after_loop + a.before_loop) : 0);
  if (!a.has_byte_loop) all.before_loop = all.after_loop = a.before_loop * times;
  return all;
}

Part Looped(const Part& a) {
  Part all = a;
  ++all.loops;
  if (a.states == 1) all.has_byte_loop = true;
  if (a.has_byte_loop) all.enclosed += a.after_loop + a.before_loop;
  return all;
}

Part Bytes(std::size_t count) { return Of(static_cast<double>(count)); }

class Walk {
 public:
  Walk(std::string_view text, bool ignore_case) : text_(text), ignore_case_(ignore_case) {}

  Part Run() {
    Part all = Alternatives();
    // What is left is behind a parenthesis too many: Hyperscan says so.
    while (at_ < text_.size()) {
      ++at_;
      all = Sequence(all, Alternatives());
    }
    return all;
  }

 private:
  static constexpr int kDeepest = 1'000;

  bool Done() const { return at_ >= text_.size(); }
  char Peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
  bool Skip(std::string_view what) {
    if (!text_.substr(at_).starts_with(what)) return false;
    at_ += what.size();
    return true;
  }

  Part Alternatives() {
    Part all = Branch();
    while (!Done() && Peek() == '|') {
      ++at_;
      all = Either(all, Branch());
    }
    return all;
  }

  Part Branch() {
    Part all;
    while (!Done() && Peek() != '|' && Peek() != ')') all = Sequence(all, Quantified());
    return all;
  }

  Part Quantified() {
    Part part = Atom();
    while (!Done()) {
      if (Peek() == '*' || Peek() == '+' || Peek() == '?') {
        if (text_[at_++] != '?') part = Looped(part);
      } else if (!Braces(part)) {
        break;
      }
    }
    return part;
  }

  // {3}, {3,} and {3,5}; anything else in braces is text.
  bool Braces(Part& part) {
    if (Peek() != '{') return false;
    const std::size_t end = text_.find('}', at_);
    if (end == std::string_view::npos) return false;
    const std::string_view inside = text_.substr(at_ + 1, end - at_ - 1);
    const std::size_t comma = inside.find(',');
    const auto least = Number(inside.substr(0, comma));
    if (!least) return false;
    std::optional<std::uint32_t> most = *least;
    if (comma != std::string_view::npos) {
      most = Number(inside.substr(comma + 1));
      if (!most && comma + 1 != inside.size()) return false;
    }
    at_ = end + 1;
    part = Repeated(part, std::max<double>(1, most.value_or(*least)));
    if (!most) part = Looped(part);
    return true;
  }

  // Hyperscan takes no more than 32,767 repeats.
  static std::optional<std::uint32_t> Number(std::string_view digits) {
    const auto number = ParseNumber<std::uint32_t>(digits);
    return number ? std::optional(std::min<std::uint32_t>(*number, 32'767)) : std::nullopt;
  }

  Part Atom() {
    const auto c = static_cast<unsigned char>(Peek());
    switch (c) {
      case '(': return Group();
      case '[': return Class();
      case '\\': return Escape();
      case '.': ++at_; return kWide;
      case '^':
      case '$': ++at_; return {};
      default: return Character();
    }
  }

  Part Character() {
    const std::size_t size = CharacterSize(Peek());
    at_ += size;
    if (size == 1) return kByte;
    return ignore_case_ ? Either(Bytes(size), Bytes(size)) : Bytes(size);
  }

  Part Group() {
    ++at_;
    if (Skip("?#")) {
      at_ = std::min(text_.size(), std::min(text_.find(')', at_), text_.size()) + 1);
      return {};
    }
    if (Peek() == '?') {
      ++at_;
      if (Skip("P<") || Skip("<") || Skip("'")) {
        while (!Done() && Peek() != '>' && Peek() != '\'' && Peek() != ')') ++at_;
      } else {
        while (!Done() && Peek() != ':' && Peek() != ')' && Peek() != '|' && Peek() != '(') {
          if (Peek() == 'i') ignore_case_ = true;  // for the rest of the text: at most too much is counted
          ++at_;
        }
      }
      if (Peek() == ':' || Peek() == '>' || Peek() == '\'') ++at_;
    }
    if (depth_ == kDeepest) return Of(1e9);  // more than Hyperscan takes, and than this may call itself
    ++depth_;
    Part inside = Alternatives();
    --depth_;
    if (Peek() == ')') ++at_;
    return inside;
  }

  // [a-z], [^"], [[:alpha:]\p{L}é]
  Part Class() {
    ++at_;
    const bool negated = Skip("^");
    Part all;
    bool ascii = false, any = false;
    bool first = true;
    for (; !Done() && (Peek() != ']' || first); first = false) {
      if (Skip("[:")) {
        const std::size_t end = text_.find(":]", at_);
        at_ = end == std::string_view::npos ? text_.size() : end + 2;
        ascii = true;
        continue;
      }
      const Part one = Peek() == '\\' ? Escape() : Character();
      if (one.states <= 1) {
        ascii = true;
      } else {
        all = any ? Either(all, one) : one;
        any = true;
      }
    }
    if (!Done()) ++at_;
    if (negated) return any && all.states > kWide.states ? all : any ? Either(kWide, all) : kWide;
    if (!any) return kByte;
    return ascii ? Either(all, kByte) : all;
  }

  Part Escape() {
    ++at_;
    if (Done()) return kByte;
    const char c = text_[at_++];
    switch (c) {
      case 'b':
      case 'B':
      case 'A':
      case 'z':
      case 'Z':
      case 'G':
      case 'K':
      case 'E': return {};
      case 'Q': return Quoted();
      case 'D':
      case 'W':
      case 'S':
      case 'H':
      case 'V':
      case 'N':
      case 'C':
      case 'R':
      case 'X': return kWide;
      case 'h':
      case 'v': return Of(8);
      case 'p':
      case 'P':
        if (Peek() == '{') {
          at_ = std::min(text_.size(), std::min(text_.find('}', at_), text_.size()) + 1);
        } else if (!Done()) {
          ++at_;
        }
        return kProperty;
      case 'x': return Hexadecimal();
      default: --at_; return Character();
    }
  }

  Part Quoted() {
    Part all;
    while (!Done() && !Skip("\\E")) all = Sequence(all, Character());
    return all;
  }

  Part Hexadecimal() {
    std::uint32_t value = 0;
    std::size_t end = at_ + 2;
    if (Peek() == '{') {
      ++at_;
      end = std::min(text_.find('}', at_), text_.size());
    }
    end = std::min(end, text_.size());
    std::from_chars(text_.data() + at_, text_.data() + end, value, 16);
    at_ = std::min(text_.size(), end + (end < text_.size() && text_[end] == '}' ? 1 : 0));
    const Part bytes = Bytes(value < 0x80 ? 1 : value < 0x800 ? 2 : value < 0x10000 ? 3 : 4);
    return ignore_case_ && value >= 0x80 ? Either(bytes, bytes) : bytes;
  }

  const std::string_view text_;
  bool ignore_case_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

RegexCost EstimateRegexCost(std::string_view regex, bool ignore_case) {
  const Part all = Walk(regex, ignore_case).Run();
  constexpr double kOfSquare = 1.0 / 50, kOfEnclosed = 16'700, kOfProperties = 0.38;  // by measuring: see the header
  const double branches = 1 + all.branches + all.loops;
  const double work = branches * all.states + kOfSquare * all.square + kOfEnclosed * all.enclosed +
                      kOfProperties * all.square_of_properties;
  return {.states = all.states, .branches = branches, .work = work / 1e6};
}

}  // namespace wirewatch
