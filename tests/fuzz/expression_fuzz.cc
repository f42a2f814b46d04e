// Any text is an expression or mistakes that lie in it; and an expression, printed, is read as the same one.
#include <algorithm>
#include <string>
#include <string_view>

#include "rules/language/expression.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/utf8_check.h"

namespace wirewatch {
namespace {

constexpr std::size_t kMaxText = 64 << 10;  // as ParseExpression says

// But for the places, which differ where the texts do.
bool SameTree(const Expression& a, const Expression& b) {
  return a.kind == b.kind && a.term == b.term && a.attribute == b.attribute && a.comparison == b.comparison &&
         a.value == b.value && a.distance == b.distance && a.ordered == b.ordered && a.negated == b.negated &&
         a.unit == b.unit && a.count == b.count && a.list == b.list &&
         std::equal(a.children.begin(), a.children.end(), b.children.begin(), b.children.end(), SameTree);
}

const NamedLists& Lists() {
  static const NamedLists lists = [] {
    Expression list;
    list.kind = Expression::Kind::kOr;
    for (const std::string_view entry : {"Huawei", "=ZTE", "high-risk vendor*", "/sino\\w+/i"}) {
      list.children.push_back(ParseListEntry(entry).expression.value());
    }
    return NamedLists{{"v", std::move(list)}};
  }();
  return lists;
}

bool IsBorder(std::string_view text, std::size_t at) { return at == text.size() || (text[at] & 0xC0) != 0x80; }

void RequirePlace(std::string_view text, Span place, Span around) {
  Require(around.begin <= place.begin && place.begin <= place.end && place.end <= around.end,
          "a place lies in the text, and a part's in the whole's", text);
  Require(!IsUtf8(text) || (IsBorder(text, place.begin) && IsBorder(text, place.end)), "a place holds whole characters",
          text);
}

void RequirePlaces(std::string_view text, const Expression& expression, Span around) {
  RequirePlace(text, expression.place, around);
  Require(!expression.place.empty(), "a part of an expression has bytes", text);
  for (const Expression& child : expression.children) RequirePlaces(text, child, expression.place);
}

void RequireAnswer(std::string_view text, const ParsedExpression& parsed) {
  const Span all{0, static_cast<std::uint32_t>(text.size())};
  Require(parsed.expression.has_value() == parsed.errors.empty(), "there is an expression, or there are mistakes",
          text);
  if (parsed.expression) RequirePlaces(text, *parsed.expression, all);
  for (const ExpressionError& error : parsed.errors) {
    Require(!error.code.empty() && !error.message.empty() && !error.help.empty(), "a mistake says what it is", text);
    RequirePlace(text, error.place, all);
  }
}

void RequireSameAgain(const Expression& expression) {
  const std::string printed = ToText(expression);
  if (printed.size() > kMaxText) return;
  const ParsedExpression again = ParseExpression(printed, Lists());
  Require(again.expression.has_value(), "what is printed is an expression", printed,
          again.errors.empty() ? "" : again.errors[0].message);
  Require(SameTree(expression, *again.expression), "what is printed is the same expression", printed,
          ToText(*again.expression));
}

}  // namespace
}  // namespace wirewatch

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wirewatch;
  const std::string_view text = TextOf(data, size);
  for (const ParsedExpression& parsed : {ParseExpression(text, Lists()), ParseListEntry(text)}) {
    RequireAnswer(text, parsed);
    if (parsed.expression) RequireSameAgain(*parsed.expression);
  }
  return 0;
}
