// Random trees and random texts: what is printed is parsed to the same tree, and no text breaks the parser.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "rules/language/expression.h"
#include "rules/text/text_unit.h"
#include "tests/support/expression_lists.h"

namespace wirewatch {
namespace {

bool SameTree(const Expression& a, const Expression& b) {
  return a.kind == b.kind && a.term == b.term && a.attribute == b.attribute && a.comparison == b.comparison &&
         a.value == b.value && a.distance == b.distance && a.ordered == b.ordered && a.negated == b.negated &&
         a.unit == b.unit && a.count == b.count && a.list == b.list &&
         std::equal(a.children.begin(), a.children.end(), b.children.begin(), b.children.end(), SameTree);
}

// Trees such as the parser makes: an AND of two or more, a list with its own terms, NEAR only between terms.
class RandomTree {
 public:
  explicit RandomTree(unsigned seed) : random_(seed) {}

  Expression Any(int depth) {
    switch (depth == 0 ? Below(4) : Below(9)) {
      case 3: {
        Expression repeated;
        repeated.kind = Expression::Kind::kRepeated;
        repeated.count = 2 + Below(99);
        repeated.children = {PairOperand(2)};
        return repeated;
      }
      case 8: return SomeOf(depth);
      case 0: return OneTerm();
      case 1: return OneAttribute();
      case 2: return List(static_cast<Scope>(Below(7)));
      case 4: return Group(Expression::Kind::kAnd, depth, &RandomTree::Any);
      case 5: return Group(Expression::Kind::kOr, depth, &RandomTree::Any);
      case 6: {
        Expression negation;
        negation.kind = Expression::Kind::kNot;
        negation.children = {Any(depth - 1)};
        return negation;
      }
      default: {
        Expression pair;
        pair.kind = Below(2) == 0 ? Expression::Kind::kSame : Expression::Kind::kNear;
        if (pair.kind == Expression::Kind::kSame) {
          pair.unit = static_cast<TextUnit>(Below(2));
        } else {
          pair.distance = 1 + Below(100);
          pair.ordered = Below(2) == 1;
        }
        pair.negated = Below(2) == 1;
        pair.children = {PairOperand(2), OneTerm()};
        pair.children[1].term.scope = Scope::kAnywhere;
        return pair;
      }
    }
  }

 private:
  unsigned Below(unsigned bound) { return static_cast<unsigned>(random_()) % bound; }

  Expression Group(Expression::Kind kind, int depth, Expression (RandomTree::*child)(int)) {
    Expression group;
    group.kind = kind;
    for (unsigned i = 0, n = 2 + Below(3); i < n; ++i) group.children.push_back((this->*child)(depth - 1));
    return group;
  }

  Expression SomeOf(int depth) {
    Expression some;
    if (Below(3) == 0) {
      some = List(static_cast<Scope>(Below(7)));
    } else {
      std::set<std::string> seen;
      for (unsigned i = 0, n = 1 + Below(4); i < n; ++i) {
        Expression entry = Any(depth - 1);
        if (seen.insert(ToText(entry)).second) some.children.push_back(std::move(entry));
      }
    }
    some.kind = Expression::Kind::kAtLeast;
    some.count = 1 + Below(static_cast<unsigned>(some.children.size()));
    return some;
  }

  Expression PairOperand(int depth) {
    if (depth > 0 && Below(2) == 1) return Group(Expression::Kind::kOr, depth, &RandomTree::PairOperand);
    return Below(4) == 0 ? List(Scope::kAnywhere) : OneTerm();
  }

  Expression List(Scope scope) {
    Expression list = Lists().at(Below(2) == 0 ? "vendors" : "banning");
    list.list = list.children[0].term.text == "ban" ? "banning" : "vendors";
    for (Expression& child : list.children) child.term.scope = scope;
    return list;
  }

  Expression OneTerm() {
    static const std::vector<std::string> kWords = {"huawei",
                                                    "NOT",
                                                    "NEAR/5",
                                                    "rip and replace",
                                                    "exclud*",
                                                    "a:b",
                                                    "title:x",
                                                    "@vendors",
                                                    "=x",
                                                    "/x/",
                                                    "(x)",
                                                    "x)",
                                                    "-x",
                                                    "x,y",
                                                    "5G",
                                                    "华为",
                                                    "3",
                                                    "OF",
                                                    "3 OF",
                                                    "x{2,}",
                                                    "Ωμέγα",
                                                    "«x»",
                                                    "x\u00a0y",
                                                    "AT&T",
                                                    "x & y",
                                                    "'x'",
                                                    "wor?d",
                                                    "U.S.",
                                                    "12:30",
                                                    "a|b",
                                                    "{x}",
                                                    "x\ny",
                                                    " x ",
                                                    "near",
                                                    "~ban",
                                                    "huawei~1",
                                                    "~ban of telecoms~2",
                                                    "(~ban)"};
    static const std::vector<std::string> kPatterns = {"wei\\s+jing", "24/7",      "a\\\\", "[/]",
                                                       "\\\\/\\d",    "\"x\" (y)", "/x"};
    Expression term;
    term.term.scope = static_cast<Scope>(Below(7));
    switch (Below(4)) {
      case 0:
        term.term.kind = Term::Kind::kRegex;
        term.term.text = kPatterns[Below(static_cast<unsigned>(kPatterns.size()))];
        term.term.ignore_case = Below(2) == 1;
        break;
      case 1: term.term.kind = Term::Kind::kExact; [[fallthrough]];
      default: term.term.text = kWords[Below(static_cast<unsigned>(kWords.size()))];
    }
    return term;
  }

  Expression OneAttribute() {
    static const std::vector<std::pair<Attribute, std::string>> kAll = {
        {Attribute::kLanguage, "pl"},         {Attribute::kLanguage, "zh-HK"}, {Attribute::kCountry, "PL"},
        {Attribute::kSource, "reuters.com"},  {Attribute::kSource, "a (b) c"}, {Attribute::kTag, "x,y"},
        {Attribute::kSection, "OR politics"}, {Attribute::kTag, "OR"},         {Attribute::kSource, "*.gov"}};
    Expression expression;
    expression.kind = Expression::Kind::kAttribute;
    if (Below(3) == 0) {
      static const std::vector<std::string> kValues = {"36h", "9", "100"};
      const unsigned number = Below(3);
      expression.attribute = static_cast<Attribute>(static_cast<unsigned>(Attribute::kPublished) + number);
      expression.comparison = static_cast<Comparison>(number == 0 ? 1 + Below(4) : Below(5));
      expression.value = kValues[number];
      return expression;
    }
    std::tie(expression.attribute, expression.value) = kAll[Below(static_cast<unsigned>(kAll.size()))];
    return expression;
  }

  std::mt19937 random_;
};

TEST(ExpressionTest, RandomTreesSurviveBeingPrintedAndParsed) {
  int parsed_trees = 0;
  for (unsigned seed = 0; seed < 5000; ++seed) {
    const Expression tree = RandomTree(seed).Any(4);
    const std::string text = ToText(tree);
    const ParsedExpression parsed = ParseExpression(text, Lists());
    if (!parsed.expression) {  // the only thing that a random tree can have wrong
      ASSERT_EQ(parsed.errors.at(0).code, "nothing-required") << "seed " << seed << ": " << text;
      continue;
    }
    ++parsed_trees;
    ASSERT_TRUE(SameTree(tree, *parsed.expression)) << "seed " << seed << ": " << text << "\n"
                                                    << ToText(*parsed.expression);
    ASSERT_EQ(ToText(*parsed.expression), text);
  }
  EXPECT_GT(parsed_trees, 3000);
}

// Whatever bytes come, the parser ends with a tree or with errors whose places lie in the text.
TEST(ExpressionTest, RandomTextEndsInATreeOrInErrorsWithPlaces) {
  const std::vector<std::string> pieces = {
      "a",         "AND",      " ",      " ",    "(",    ")",       "\"",      "NOT ",     "NEAR/5 ", "SAME ",
      "SENTENCE ", "OF ",      "2 OF (", "{2,}", "{",    "title:",  "lang:en", "lang:(pl", "words:",  "<",
      "/",         "@vendors", "=",      "*",    "?",    "\\",      "“",       "OR",       ",",       "（",
      "）",        "：",       "，",     "＊",   "？",   "ＡＮＤ ", "Н",       "！",       "～5",     "／5 ",
      "~",         "~1",       "~ban",   "W/5 ", "not ", "〜",      "xyz*",    "lead:",    "é",       "华"};
  std::mt19937 random(7);
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    for (auto n = random() % 12; n > 0; --n) text += pieces[random() % pieces.size()];
    for (const ParsedExpression& parsed : {ParseExpression(text, Lists()), ParseListEntry(text)}) {
      ASSERT_NE(parsed.expression.has_value(), !parsed.errors.empty()) << text;
      for (const ExpressionError& error : parsed.errors) {
        ASSERT_LE(error.place.begin, error.place.end) << text;
        ASSERT_LE(error.place.end, text.size()) << text << " " << error.code;
      }
    }
  }
}

}  // namespace
}  // namespace wirewatch
