// More than 500 lines, of which 170 are the table of mistakes. Random trees and texts: expression_random_test.cc.
#include "rules/language/expression.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rules/text/half_width.h"
#include "rules/text/text_unit.h"
#include "tests/support/expression_lists.h"

namespace wirewatch {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// The tree in a notation with every group written out, so that precedence shows.
std::string Tree(const Expression& e) {
  std::string children;
  for (const Expression& child : e.children) children += " " + Tree(child);
  switch (e.kind) {
    case Expression::Kind::kTerm: return ToText(e.term);
    case Expression::Kind::kAttribute: return ToText(e);
    case Expression::Kind::kAnd: return "(and" + children + ")";
    case Expression::Kind::kOr: return "(" + (e.list.empty() ? "or" : "@" + e.list) + children + ")";
    case Expression::Kind::kNot: return "(not" + children + ")";
    case Expression::Kind::kNear:
      return fmt::format("({}{}near/{}{})", e.negated ? "not-" : "", e.ordered ? "o" : "", e.distance, children);
    case Expression::Kind::kAtLeast:
      return fmt::format("({}-of{}{})", e.count, e.list.empty() ? "" : "-@" + e.list, children);
    case Expression::Kind::kRepeated: return fmt::format("({}-times{})", e.count, children);
    case Expression::Kind::kSame:
      return fmt::format("({}same-{}{})", e.negated ? "not-" : "",
                         e.unit == TextUnit::kSentence ? "sentence" : "paragraph", children);
  }
  return "";
}

std::string Parsed(std::string_view text) {
  const ParsedExpression parsed = ParseExpression(text, Lists());
  std::string result = parsed.expression ? Tree(*parsed.expression) : "";
  for (const ExpressionError& error : parsed.errors) {
    result += fmt::format("{}[{}]: {}; {}\n", error.code, error.place.Of(text), error.message, error.help);
  }
  return result;
}

// The code and the underlined text of each error.
std::vector<std::string> Errors(std::string_view text) {
  std::vector<std::string> errors;
  for (const ExpressionError& error : ParseExpression(text, Lists()).errors) {
    errors.push_back(fmt::format("{}: {}", error.code, error.place.Of(text)));
  }
  return errors;
}

std::string Help(std::string_view text) {
  const auto errors = ParseExpression(text, Lists()).errors;
  return errors.empty() ? "no error" : errors.front().help;
}

TEST(ExpressionTest, OperatorsBindAsTheirTableSays) {
  EXPECT_EQ(Parsed("a OR b AND c"), "(or a (and b c))");
  EXPECT_EQ(Parsed("a AND b OR c AND d"), "(or (and a b) (and c d))");
  EXPECT_EQ(Parsed("a AND b NEAR/3 c"), "(and a (near/3 b c))");
  EXPECT_EQ(Parsed("a AND NOT b"), "(and a (not b))");
  EXPECT_EQ(Parsed("a AND NOT b OR c"), "(or (and a (not b)) c)");
  EXPECT_EQ(Parsed("a AND NOT NOT b"), "(and a (not (not b)))");
  EXPECT_EQ(Parsed("(a OR b) AND c"), "(and (or a b) c)");
  EXPECT_EQ(Parsed("a AND b AND c"), "(and a b c)");
  EXPECT_EQ(Parsed("a AND (b AND c)"), "(and a (and b c))");
  EXPECT_EQ(Parsed("a AND NOT (b ONEAR/100 c)"), "(and a (not (onear/100 b c)))");
  EXPECT_EQ(Parsed("a AND b NOT NEAR/3 c OR d"), "(or (and a (not-near/3 b c)) d)");
  EXPECT_EQ(Parsed("a NOT ONEAR/3 (b OR c)"), "(not-onear/3 a (or b c))");
  EXPECT_EQ(Parsed("a AND b SAME SENTENCE c"), "(and a (same-sentence b c))");
  EXPECT_EQ(Parsed("title:(a SAME\n PARAGRAPH @banning)"),
            "(same-paragraph title:a (@banning title:ban title:exclud* title:\"phase out\"))");
  EXPECT_EQ(Parsed("a NOT SAME SENTENCE b"), "(not-same-sentence a b)");
  EXPECT_EQ(Parsed("2 OF (a, b AND c, \"d, e\",f) OR g"), "(or (2-of a (and b c) \"d, e\" f) g)");
  EXPECT_EQ(Parsed("2 OF (@vendors, a, NOT b)"), "(2-of (@vendors Huawei ZTE \"high-risk vendor*\") a (not b))");
  EXPECT_EQ(Parsed("title:2 OF (a, b)"), "(2-of title:a title:b)");
  EXPECT_EQ(Parsed("2 OF title:(a, b)"), "(2-of title:a title:b)");
  EXPECT_EQ(Parsed("NOT 1 OF (a, (2 OF (b, c))) AND 2"), "(and (not (1-of a (2-of b c))) 2)");
  EXPECT_EQ(Parsed("2 OF title:@banning"), "(2-of-@banning title:ban title:exclud* title:\"phase out\")");
  EXPECT_EQ(Parsed("huawei{3,} AND \"a b\"{2,} OR =ZTE{2,}"),
            "(or (and (3-times huawei) (2-times \"a b\")) (2-times =ZTE))");
  EXPECT_EQ(Parsed("title:(a OR b){2,}"), "(2-times (or title:a title:b))");
  EXPECT_EQ(Parsed("NOT /x/i{2,} AND @banning{100,}"),
            "(and (not (2-times /x/i)) (100-times (@banning ban exclud* \"phase out\")))");
  EXPECT_EQ(Parsed("3 AND \"OF\" AND of"), "(and 3 \"OF\" of)");
}

TEST(ExpressionTest, TermsKeepTheirTextAndKind) {
  EXPECT_EQ(Parsed("\"rip and replace\""), "\"rip and replace\"");
  EXPECT_EQ(Parsed("exclud*"), "exclud*");
  EXPECT_EQ(Parsed("organi?ation"), "organi?ation");
  EXPECT_EQ(Parsed("\"telecom* network*\""), "\"telecom* network*\"");
  EXPECT_EQ(Parsed("=ZTE"), "=ZTE");
  EXPECT_EQ(Parsed("=\"US\""), "=US");
  EXPECT_EQ(Parsed("=\"Who?\""), "=\"Who?\"");
  EXPECT_EQ(Parsed(R"(/wei\s+jing/i)"), R"(/wei\s+jing/i)");
  EXPECT_EQ(Parsed(R"(/24\/7/)"), R"(/24\/7/)");
  EXPECT_EQ(Parsed(R"(/a\\\/b\\/)"), R"(/a\\\/b\\/)");
  EXPECT_EQ(Parsed("\"huawei\""), "huawei");
  EXPECT_EQ(Parsed("\"AND\""), "\"AND\"");
  EXPECT_EQ(Parsed("5G-network"), "5G-network");
  EXPECT_EQ(Parsed("AT&T"), "AT&T");
  EXPECT_EQ(Parsed("24/7"), "24/7");
  EXPECT_EQ(Parsed("12:30"), "12:30");
  EXPECT_EQ(Parsed("U.S."), "U.S.");
  EXPECT_EQ(Parsed("华为"), "华为");
  EXPECT_EQ(Parsed("and"), "and");
  EXPECT_EQ(Parsed("Prohibició*"), "Prohibició*");
  EXPECT_EQ(Parsed("Хуав*"), "Хуав*");
  EXPECT_EQ(Parsed("~ban AND \"~ban\" AND huawei~1 AND ~запрет"), "(and ~ban ~ban huawei~1 ~запрет)");
  EXPECT_EQ(Parsed("\"~ban ~vendor\" NEAR/5 \"the huawei~1 (~case), telecoms~2\""),
            "(near/5 \"~ban ~vendor\" \"the huawei~1 (~case), telecoms~2\")");
  EXPECT_EQ(Parsed("title:~ban{2,} OR 2 OF (~ban, ～ban, huawei～1)").substr(0, 10), "of-entries");
  EXPECT_EQ(Parsed("title:~ban{2,} OR 2 OF (~ban, ～bar, huawei～1)"),
            "(or (2-times title:~ban) (2-of ~ban ~bar huawei~1))");
  EXPECT_EQ(Parsed("=\"~ban\" AND \"5 ~ 10\"").substr(0, 5), "forms");
  const auto regex = ParseExpression(R"(/24\/7/i)", {}).expression.value();
  EXPECT_EQ(regex.term, (Term{Term::Kind::kRegex, "24/7", true, Scope::kAnywhere}));
  const auto phrase = ParseExpression("\"24 / 7\"", {}).expression.value();
  EXPECT_EQ(phrase.term, (Term{Term::Kind::kWords, "24 / 7", false, Scope::kAnywhere}));
}

TEST(ExpressionTest, ScopesReachEveryTermOfTheirGroup) {
  EXPECT_EQ(Parsed("title:huawei"), "title:huawei");
  EXPECT_EQ(Parsed("title:(review OR \"hands-on\" OR =ZTE)"), "(or title:review title:hands-on title:=ZTE)");
  EXPECT_EQ(Parsed("lead:(a NEAR/5 (b OR c)) AND body:/x/"), "(and (near/5 lead:a (or lead:b lead:c)) body:/x/)");
  EXPECT_EQ(Parsed("title:@vendors"), "(@vendors title:Huawei title:ZTE title:\"high-risk vendor*\")");
  EXPECT_EQ(Parsed("title:(a AND title:b)"), "(and title:a title:b)");
  EXPECT_EQ(Parsed("(title,lead):huawei{2,}"), "(2-times (title, lead):huawei)");
  EXPECT_EQ(Parsed("(lead , title):(a SAME SENTENCE title:b)"), "(same-sentence (title, lead):a title:b)");
  EXPECT_EQ(Parsed("(title):a AND (title, lead, body):(b AND lang:en) AND (title, body):(c)"),
            "(and title:a (and b lang:en) (title, body):c)");
  EXPECT_EQ(Parsed("2 OF ((title, lead):a, (title, lead))").substr(0, 18), "reserved-character");
  EXPECT_EQ(Parsed("2 OF (title, lead):(a, b)"), "(2-of (title, lead):a (title, lead):b)");
  EXPECT_EQ(Parsed("(lead, body):@banning"),
            "(@banning (lead, body):ban (lead, body):exclud* (lead, body):\"phase out\")");
  EXPECT_EQ(Parsed("a AND NOT title:b AND c"), "(and a (not title:b) c)");
}

TEST(ExpressionTest, AttributesTakeAWordOrAQuotedValue) {
  EXPECT_EQ(Parsed("lang:pl"), "lang:pl");
  EXPECT_EQ(Parsed("lang:zh-HK AND country:PL"), "(and lang:zh-HK country:PL)");
  EXPECT_EQ(Parsed("(source:reuters.com)"), "source:reuters.com");
  EXPECT_EQ(Parsed("source:\"Financial Times\" OR tag:5g OR section:\"world (news)\""),
            "(or source:\"Financial Times\" tag:5g section:\"world (news)\")");
  EXPECT_EQ(Parsed("lang:(pl, de) AND tag:( 5g,\"world (news)\" )"),
            "(and (or lang:pl lang:de) (or tag:5g tag:\"world (news)\"))");
  EXPECT_EQ(Parsed("NOT urgency:(1, 2) AND country:(PL)"), "(and (not (or urgency:1 urgency:2)) country:PL)");
  EXPECT_EQ(Parsed("2 OF (lang:(pl, de), words: >= 200, a)"), "(2-of (or lang:pl lang:de) words: >= 200 a)");
  EXPECT_EQ(Parsed("published:<48h AND urgency:3 AND words: = 0 OR source:*.gov"),
            "(or (and published: < 48h urgency:3 words:0) source:*.gov)");
  EXPECT_EQ(Parsed("urgency:<=3 AND urgency: > 1"), "(and urgency: <= 3 urgency: > 1)");
}

TEST(ExpressionTest, ListsBecomeAnOrThatKeepsItsName) {
  EXPECT_EQ(Parsed("@vendors NEAR/12 @banning AND 5G"),
            "(and (near/12 (@vendors Huawei ZTE \"high-risk vendor*\") (@banning ban exclud* \"phase out\")) 5G)");
  const auto expression = ParseExpression("5G AND @vendors", Lists()).expression.value();
  EXPECT_EQ(expression.children[1].place, (Span{7, 15}));
  EXPECT_EQ(expression.children[1].children[2].place, (Span{7, 15}));
}

TEST(ExpressionTest, PlacesCoverParenthesesAndPrefixes) {
  const std::string_view text = "title:(a OR \"b c\") AND NOT (d)";
  const auto expression = ParseExpression(text, {}).expression.value();
  EXPECT_EQ(expression.place.Of(text), text);
  EXPECT_EQ(expression.children[0].place.Of(text), "title:(a OR \"b c\")");
  EXPECT_EQ(expression.children[0].children[1].place.Of(text), "\"b c\"");
  EXPECT_EQ(expression.children[1].place.Of(text), "NOT (d)");
}

TEST(ExpressionTest, BlanksOfPastedTextAndNewLinesPartTerms) {
  EXPECT_EQ(Parsed("a\u00a0AND\u3000b\n  OR\tc"), "(or (and a b) c)");
}

// What keyboards of East Asia and of Arabic type for ASCII.
TEST(ExpressionTest, OtherFormsOfPunctuationAreReadAsWhatTheyMean) {
  EXPECT_EQ(Parsed("（华为 OR 中兴） AND 禁"), "(and (or 华为 中兴) 禁)");
  EXPECT_EQ(Parsed("（＠vendors）"), "(@vendors Huawei ZTE \"high-risk vendor*\")");
  EXPECT_EQ(Parsed("title：huawei AND （title，lead）：ban"), "(and title:huawei (title, lead):ban)");
  EXPECT_EQ(Parsed("２ OF （a、b，c）"), "(2-of a b c)");
  EXPECT_EQ(Parsed("a NEAR／５ b"), "(near/5 a b)");
  EXPECT_EQ(Parsed("a　ＡＮＤ　ＮＯＴ　b"), "(and a (not b))");
  EXPECT_EQ(Parsed("lang：（zh，en） AND words：＞＝２００"), "(and (or lang:zh lang:en) words: >= 200)");
  EXPECT_EQ(Parsed("exclud＊ OR organi？ation"), "(or exclud* organi?ation)");
  EXPECT_EQ(Parsed("＝ZTE AND ＝ＺＴＥ"), "(and =ZTE =ＺＴＥ)") << "exact terms keep their letters";
  EXPECT_EQ(Parsed("huawei｛3，｝"), "(3-times huawei)");
  EXPECT_EQ(Parsed("﹙a OR b﹚ AND ︵c︶"), "(and (or a b) c)") << "small and vertical forms";
  EXPECT_EQ(Parsed("2 OF (a､ b، c)"), "(2-of a b c)") << "half-width ideographic and Arabic commas";
  EXPECT_EQ(Parsed("２４／７"), "24/7");
  EXPECT_EQ(Parsed("\"（华为）\" AND /（x）/"), "(and \"（华为）\" /（x）/)") << "in quotes and slashes they are text";
  EXPECT_THAT(Errors("（华为 OR 中兴 AND 禁"), ElementsAre("unclosed-group: （"));
  EXPECT_THAT(Errors("华为，中兴 AND x"), ElementsAre("reserved-character: ，"));
  EXPECT_THAT(Errors("a AND （b c） AND d）"), ElementsAre("missing-operator: b c", "unopened-group: ）"));
  EXPECT_THAT(Errors("a AND NAR＆*"), ElementsAre("wildcard: *")) << "a place holds whole characters";
  EXPECT_THAT(Errors("（＆＊"), ElementsAre("unclosed-group: （", "wildcard: ＊"));
  EXPECT_THAT(Errors("【a】 AND ｢b c｣ AND \"exclud＊\""),
              ElementsAre("reserved-character: 【", "wrong-quote: ｢b c｣", "full-width: ＊"));
}

TEST(ExpressionTest, EveryFormOfAnAsciiCharacterIsOneOfTheStandards) {
  // Halfwidth and Fullwidth Forms: U+FF01 to U+FF5E are U+0021 to U+007E, in order.
  for (char32_t c = 0xFF01; c <= 0xFF5E; ++c) EXPECT_EQ(AsciiFormOf(c), static_cast<char>(c - 0xFF01 + 0x21));
  for (const char32_t letter : {U'é', U'华', U'β', U'а', U'ﾊ', U'。', U'·', U'…', U'’', U'ª', U'²'}) {
    EXPECT_EQ(AsciiFormOf(letter), 0) << static_cast<std::uint32_t>(letter);
  }
}

TEST(ExpressionTest, WarningsAreOfWhatIsReadButHardlyMeant) {
  const auto warnings = [](std::string_view text) {
    std::vector<std::string> found;
    for (const ExpressionError& warning : ParseExpression(text, Lists()).warnings) {
      found.push_back(fmt::format("{}: {}", warning.code, warning.place.Of(text)));
    }
    return found;
  };
  EXPECT_THAT(warnings("a OR b AND c"), ElementsAre("mixed-operators: OR"));
  EXPECT_THAT(warnings("(x AND (a AND b OR c)) OR d"), ElementsAre("mixed-operators: OR"));
  EXPECT_THAT(warnings("(a AND b) OR c OR (d AND e)"), IsEmpty());
  EXPECT_THAT(warnings("a OR b NEAR/3 c OR NOT d AND NOT e AND f"), ElementsAre("mixed-operators: OR"));
  EXPECT_THAT(warnings("2 OF (a AND b, c OR d)"), IsEmpty());
  EXPECT_THAT(warnings("（ban！ OR x） AND title＝huawei"), ElementsAre("truncation: ban！", "equals-sign: title＝"));
  EXPECT_THAT(warnings("\"why? because?\" AND =\"why?\""), ElementsAre("question-mark: ?"));
  EXPECT_THAT(warnings("=\"АPT\" AND =ОPEC"), ElementsAre("look-alike: А", "look-alike: О"));
  EXPECT_THAT(warnings("source:https://www.ft.com/x AND lang:qq"),
              ElementsAre("source-url: https://www.ft.com/x", "unknown-code: qq"));
}

TEST(ExpressionTest, AdjacentTermsAreOneErrorThatNamesTheWayOut) {
  EXPECT_THAT(Errors("data centre fire"), ElementsAre("missing-operator: data centre fire"));
  EXPECT_EQ(Help("data centre"), "adjacent terms need AND, OR or quotes: \"data centre\"");
  EXPECT_EQ(Help("huawei and zte"), "operators are written in upper case: huawei AND zte");
  EXPECT_EQ(Help("\"a b\" or \"c d\""), "operators are written in upper case: OR");
  EXPECT_THAT(Errors("\"a b\" or \"c d\""), ElementsAre("missing-operator: or"));
  EXPECT_EQ(Help("huawei near/5 zte"), "operators are written in upper case: huawei NEAR/5 zte");
  EXPECT_EQ(Help("huawei NOT zte"), "write AND NOT: huawei AND NOT zte");
  EXPECT_THAT(Errors("(a OR b) (c OR d)"), ElementsAre("missing-operator: ) ("));
}

TEST(ExpressionTest, MarksOfWordsHaveAWayOut) {
  EXPECT_EQ(Help("\"huawei ban\"~10"), "did you mean huawei NEAR/10 ban?");
  EXPECT_EQ(Help("huawei~10"), "write huawei~1; words at a distance are huawei NEAR/10 ban");
  EXPECT_EQ(Help("huawei~"), "write huawei~1");
  EXPECT_EQ(Help("telecoms~0.8"), "write telecoms~1");
  EXPECT_EQ(Help("nokia~2"), "write nokia~1");
  EXPECT_EQ(Help("~5G"), "leave out the ~: 5G");
  EXPECT_EQ(Help("~rip-and-replace"), "write it before each word that may have other forms: \"~rip ~and ~replace\"");
  EXPECT_EQ(Help("~\"sales ban\""),
            "write it inside the quotes, before each word that may have other forms: \"~vendor ~ban\"");
  EXPECT_EQ(Help("~华为"),
            "leave out the ~; traditional and simplified characters are one with `han: same` in the pack");
  EXPECT_EQ(Help("～삼성"), "leave out the ~: a word of Korean takes its particles without it");
}

TEST(ExpressionTest, EveryMistakeHasItsPlaceAndCode) {
  const std::vector<std::pair<std::string_view, std::vector<std::string>>> cases = {
      {"", {"empty-expression: "}},
      {"  ", {"empty-expression: "}},
      {"()", {"empty-group: ()"}},
      {"a AND ( )", {"empty-group: ( )"}},
      {"(a OR b", {"unclosed-group: ("}},
      {"a AND (", {"unclosed-group: ("}},
      {"a)", {"unopened-group: )"}},
      {")", {"unopened-group: )"}},
      {"a) AND b", {"unopened-group: )"}},
      {"\"data centre", {"unclosed-quote: \""}},
      {"a AND \"\"", {"empty-term: \"\""}},
      {"\" \"", {"empty-term: \" \""}},
      {"a AND ...", {"empty-term: ..."}},
      {"\"?!\"", {"wildcard: ?"}},
      {"=\"\"", {"empty-term: =\"\""}},
      {"a OR =", {"empty-term: ="}},
      {"/abc", {"unclosed-regex: /"}},
      {"//", {"empty-regex: //"}},
      {"/abc/gi", {"regex-flag: gi"}},
      {"*", {"wildcard: *"}},
      {"*gate", {"wildcard: *"}},
      {"ab*", {"wildcard: *"}},
      {"high-ri*", {"wildcard: *"}},
      {"\"rip * replace\"", {"wildcard: *"}},
      {"a?b?c", {"wildcard: ?"}},
      {"?", {"wildcard: ?"}},
      {"华为技术*", {"wildcard: *"}},
      {"华?技术", {"wildcard: ?"}},
      {"abc华*", {"wildcard: *"}},
      {"=ZT*", {"wildcard: *"}},
      {"source:*reuters.com", {"wildcard: *reuters.com"}},
      {"source:*.", {"wildcard: *."}},
      {"source:*.re*.com", {"wildcard: *.re*.com"}},
      {"tag:*.gov", {"wildcard: *.gov"}},
      {"lang:(pl, english)", {"attribute-value: english"}},
      {"lang:(pl OR de)", {"attribute-value: OR"}},
      {"lang:(pl de) AND a", {"attribute-value: de"}},
      {"lang:()", {"empty-attribute: lang:("}},
      {"lang:(pl,)", {"empty-attribute: lang:(pl,"}},
      {"lang:(pl, de", {"unclosed-group: ("}},
      {"lang:(pl, \"de)", {"unclosed-quote: \""}},
      {"title:lang:(pl, de)", {"attribute-in-scope: pl", "attribute-in-scope: de"}},
      {"tag:(a, b) NEAR/5 c", {"near-operand: tag:(a, b)"}},
      {"published:48h", {"attribute-value: 48h"}},
      {"published: < 48", {"attribute-value: 48"}},
      {"published: < 4000d", {"attribute-value: 4000d"}},
      {"published:", {"empty-attribute: published:"}},
      {"published: <", {"empty-attribute: published: <"}},
      {"urgency: <= 10", {"attribute-value: 10"}},
      {"words: >= many", {"attribute-value: many"}},
      {"words: => 5", {"reserved-character: >"}},
      {"published:(1h, 2h)", {"attribute-value: 1h"}},
      {"titel:huawei", {"unknown-prefix: titel:"}},
      {"https://example.org", {"unknown-prefix: https:"}},
      {"title: huawei", {"empty-scope: title:"}},
      {"title:AND b", {"empty-scope: title:"}},
      {"title:lead:a", {"nested-scope: lead:"}},
      {"title:(title, lead):a", {"nested-scope: (title, lead):"}},
      {"(title, lead):(a OR body:b)", {"nested-scope: body:"}},
      {"(title, summary):a", {"unknown-prefix: summary"}},
      {"(title OR lead):a", {"unknown-prefix: OR"}},
      {"(title, lead): a", {"empty-scope: (title, lead):"}},
      {"a AND ( ):b", {"empty-scope: ( ):"}},
      {"title:(2 OF (a, lead:b))", {"nested-scope: lead:"}},
      {"title:(a NOT NEAR/5 lead:b)", {"nested-scope: lead:"}},
      {"(title, lead):a NEAR/5 body:b AND title:c NEAR/5 (lead, body):d",
       {"near-scopes: title:c NEAR/5 (lead, body):d"}},
      {"title:(a OR body:b)", {"nested-scope: body:"}},
      {"title:(a AND lang:en)", {"attribute-in-scope: lang:en"}},
      {"lang:", {"empty-attribute: lang:"}},
      {"lang:\"\"", {"empty-attribute: lang:\"\""}},
      {"lang:english", {"attribute-value: english"}},
      {"country:XYZ", {"attribute-value: XYZ"}},
      {"country:GB-SCT", {"attribute-value: GB-SCT"}},
      {"source:a,b", {"reserved-character: ,"}},
      {"@vendor", {"unknown-list: @vendor"}},
      {"a AND @", {"unknown-list: @"}},
      {"AND a", {"missing-term: AND"}},
      {"a AND", {"missing-term: AND"}},
      {"a AND OR b", {"missing-term: AND"}},
      {"(a OR) AND b", {"missing-term: OR"}},
      {"NOT", {"missing-term: NOT"}},
      {"a AND NOT", {"missing-term: NOT"}},
      {"a NEAR b", {"near-distance: NEAR"}},
      {"a NEAR/ b", {"near-distance: NEAR/"}},
      {"a NEAR/0 b", {"near-distance: NEAR/0"}},
      {"a ONEAR/101 b", {"near-distance: ONEAR/101"}},
      {"a NEAR/99999999999999999999 b", {"near-distance: NEAR/99999999999999999999"}},
      {"a NEAR/-1 b", {"near-distance: NEAR/-1"}},
      {"a NEAR/5 b NEAR/5 c", {"near-chain: NEAR/5"}},
      {"a NEAR/5 (b NEAR/5 c)", {"near-operand: (b NEAR/5 c)"}},
      {"a NEAR/5 (b AND c)", {"near-operand: (b AND c)"}},
      {"a NEAR/5 (b OR (c AND d))", {"near-operand: (b OR (c AND d))"}},
      {"NOT a NEAR/5 NOT b", {"near-operand: NOT a", "near-operand: NOT b"}},
      {"lang:en NEAR/5 b", {"near-operand: lang:en"}},
      {"title:a NEAR/5 body:b", {"near-scopes: title:a NEAR/5 body:b"}},
      {"title:a NOT NEAR/5 body:b", {"near-scopes: title:a NOT NEAR/5 body:b"}},
      {"a NOT NEAR/0 b", {"near-distance: NEAR/0"}},
      {"a NOT NEAR/5", {"missing-term: NEAR/5"}},
      {"a AND NOT NEAR/5 b", {"missing-term: NOT NEAR/5"}},
      {"a NOT NEAR/5 (b AND c)", {"near-operand: (b AND c)"}},
      {"NOT a NOT NEAR/5 b", {"near-operand: NOT a"}},
      {"a NOT NEAR/5 NOT b", {"near-operand: NOT b"}},
      {"a NOT NEAR/5 b NEAR/3 c", {"near-chain: NEAR/3"}},
      {"a NEAR/5 b NOT NEAR/3 c", {"near-chain: NOT NEAR/3"}},
      {"a SAME b", {"same-unit: SAME"}},
      {"a SAME sentence b", {"same-unit: SAME sentence"}},
      {"SAME", {"same-unit: SAME"}},
      {"a same sentence b", {"missing-operator: a same sentence b"}},
      {"a SAME SENTENCE", {"missing-term: SAME SENTENCE"}},
      {"SAME SENTENCE a", {"missing-term: SAME SENTENCE"}},
      {"a SAME SENTENCE (b AND c)", {"near-operand: (b AND c)"}},
      {"a SAME SENTENCE b SAME SENTENCE c", {"near-chain: SAME SENTENCE"}},
      {"title:a SAME PARAGRAPH body:b", {"near-scopes: title:a SAME PARAGRAPH body:b"}},
      {"huawei, zte", {"reserved-character: ,"}},
      {"{3,}", {"reserved-character: {3,}"}},
      {"huawei {3,}", {"reserved-character: {3,}"}},
      {"huawei{3,", {"reserved-character: {3,"}},
      {"huawei{3,} {2,}", {"reserved-character: {2,}"}},
      {"huawei{}", {"repeat-count: {}"}},
      {"huawei{3}", {"repeat-count: {3}"}},
      {"huawei{3,5}", {"repeat-count: {3,5}"}},
      {"huawei{,5}", {"repeat-count: {,5}"}},
      {"huawei{1,}", {"repeat-count: {1,}"}},
      {"huawei{101,}", {"repeat-count: {101,}"}},
      {"huawei{many,}", {"repeat-count: {many,}"}},
      {"(a AND b){2,}", {"repeat-operand: (a AND b){2,}"}},
      {"(2 OF (a, b)){2,}", {"repeat-operand: (2 OF (a, b)){2,}"}},
      {"lang:en{2,}", {"reserved-character: {2,}"}},
      {"a{2,} NEAR/5 b", {"near-operand: a{2,}"}},
      {"a NEAR/5 2 OF (b, c)", {"near-operand: 2 OF (b, c)"}},
      {"2 OF a", {"of-entries: 2 OF"}},
      {"2 OF", {"of-entries: 2 OF"}},
      {"2 OF ()", {"of-entries: )"}},
      {"2 OF (a, , b)", {"of-entries: ,"}},
      {"2 OF (a, b,)", {"of-entries: )"}},
      {"2 OF (a, b, a)", {"of-entries: a"}},
      {"2 OF (a, b", {"unclosed-group: ("}},
      {"2 OF (a b, c)", {"missing-operator: a b"}},
      {"2 OF (a AND, c)", {"missing-term: AND"}},
      {"3 OF (a, b)", {"of-entries: 3 OF (a, b)"}},
      {"2 OF (@vendors)", {"of-entries: 2 OF (@vendors)"}},
      {"9 OF @vendors", {"of-entries: 9 OF @vendors"}},
      {"body:2 OF title:(a, b)", {"nested-scope: title:"}},
      {"2 OF title:a", {"of-entries: 2 OF"}},
      {"2 OF (a, (b, c))", {"reserved-character: ,"}},
      {"0 OF (a, b)", {"of-count: 0"}},
      {"1001 OF (a, b)", {"of-count: 1001"}},
      {"2 of (a, b)", {"of-count: 2 of"}},
      {"OF (a, b)", {"of-count: OF"}},
      {"Bank AND OF", {"of-count: OF"}},
      {"2 OF (a, NOT b, NOT c)", {"nothing-required: 2 OF (a, NOT b, NOT c)"}},
      {"~", {"forms: ~"}},
      {"~ ban", {"forms: ~"}},
      {"ban ~ 5", {"forms: ~"}},
      {"~\"sales ban\"", {"forms: ~"}},
      {"~(ban OR bar)", {"forms: ~"}},
      {"~5G", {"forms: ~5G"}},
      {"~be", {"forms: ~be"}},
      {"~ban*", {"forms: ~ban*"}},
      {"~ban~1", {"forms: ~ban~1"}},
      {"~~ban", {"forms: ~~ban"}},
      {"~=ZTE", {"forms: ~=ZTE"}},
      {"~@vendors", {"forms: ~@vendors"}},
      {"~/x/", {"forms: ~/x"}},
      {"~title:ban", {"forms: ~title:ban"}},
      {"~high-risk", {"forms: ~high-risk"}},
      {"~l'état", {"forms: ~l'état"}},
      {"~华为", {"forms: ~华为"}},
      {"~삼성", {"forms: ~삼성"}},
      {"\"the ~high-risk vendor\"", {"forms: ~high-risk"}},
      {"\"costs ~5 m\"", {"forms: ~5"}},
      {"\"a ~ b\"", {"forms: ~"}},
      {"\"～ban\"", {"full-width: ～"}},
      {"ba~1", {"wrong-letters: ba~1"}},
      {"ban~1", {"wrong-letters: ban~1"}},
      {"nokia~2", {"wrong-letters: nokia~2"}},
      {"2026~1", {"wrong-letters: 2026~1"}},
      {"huawei~", {"wrong-letters: huawei~"}},
      {"huawei~3", {"wrong-letters: huawei~3"}},
      {"huawei~10", {"wrong-letters: huawei~10"}},
      {"huawei~0.8", {"wrong-letters: huawei~0.8"}},
      {"hua~wei", {"wrong-letters: hua~wei"}},
      {"exclud*~1", {"wrong-letters: exclud*~1"}},
      {"high-risk~1", {"wrong-letters: high-risk~1"}},
      {"华为公司~1", {"wrong-letters: 华为公司~1"}},
      {"\"rip and replace~4\"", {"wrong-letters: replace~4"}},
      {"\"huawei ban\"~10", {"reserved-character: ~10"}},
      {"=huawei~1", {"reserved-character: ~"}},
      {"tag:~ban", {"reserved-character: ~"}},
      {"-huawei", {"reserved-character: -huawei"}},
      {"a && b", {"reserved-character: &&"}},
      {"“data centre”", {"wrong-quote: “data centre”"}},
      {"'data centre'", {"wrong-quote: 'data centre'"}},
      {"NOT a", {"nothing-required: NOT a"}},
      {"a OR NOT b", {"nothing-required: NOT b"}},
      {"NOT a AND NOT b", {"nothing-required: NOT a AND NOT b"}},
      {"a\x01", {"control-character: \x01"}},
      {"a\xff", {"encoding: \xff"}},
  };
  for (const auto& [text, expected] : cases) {
    EXPECT_EQ(Errors(text), expected) << text << "\n" << Parsed(text);
    EXPECT_FALSE(ParseExpression(text, Lists()).expression.has_value()) << text;
    for (const ExpressionError& error : ParseExpression(text, Lists()).errors) {
      EXPECT_NE(error.message, "") << text;
      EXPECT_NE(error.help, "") << text;
    }
  }
}

TEST(ExpressionTest, HelpSaysWhatWasProbablyMeant) {
  EXPECT_EQ(Help("titel:huawei"), "did you mean 'title:'?");
  EXPECT_EQ(Help("Title:huawei"), "did you mean 'title:'?");
  EXPECT_EQ(Help("@vendor"), "did you mean '@vendors'?");
  EXPECT_EQ(Help("@x"), "this pack has @banning, @vendors");
  EXPECT_EQ(Help("a NEAR b"), "write NEAR/10: at most 10 words between");
  EXPECT_EQ(Help("“data centre”"), "write a phrase in straight double quotes: \"data centre\"");
  EXPECT_EQ(Help("a AND NOT NEAR/5 b"), "it stands between two terms, without AND or OR: huawei NOT NEAR/5 ban");
  EXPECT_EQ(Help("a NEAR/5 NOT b"), "if nothing of it may stand there, write: a NOT NEAR/5 b");
  EXPECT_EQ(Help("a same sentence b"), "operators are written in upper case: a SAME SENTENCE b");
  EXPECT_EQ(Help("huawei{3}"), "write huawei{3,} for at least 3; and for no more: huawei{3,} AND NOT huawei{4,}");
  EXPECT_EQ(Help("huawei{3,5}"), "write huawei{3,} for at least 3; and for no more: huawei{3,} AND NOT huawei{6,}");
  EXPECT_EQ(Help("huawei{,5}"), "write NOT huawei{6,}");
  EXPECT_EQ(Help("huawei{1}"), "write huawei AND NOT huawei{2,}");
  EXPECT_EQ(Help("2 of (a, b)"), "operators are written in upper case: 2 OF");
  EXPECT_EQ(Help("a same day"), "adjacent terms need AND, OR or quotes: \"a same day\"");
  EXPECT_EQ(Help("a SAME b"), "write huawei SAME SENTENCE ban; as a word it is written \"SAME\"");
  EXPECT_EQ(Help("lang:en NEAR/5 b"), "join it with AND: lang:en AND (a NEAR/5 b)");
}

TEST(ExpressionTest, ReportsSeveralMistakesInOneGo) {
  EXPECT_THAT(Errors("titel:a AND (data centre OR @vendor) AND b NEAR c OR d*"),
              ElementsAre("unknown-prefix: titel:", "missing-operator: data centre", "unknown-list: @vendor",
                          "near-distance: NEAR", "wildcard: *"));
}

TEST(ExpressionTest, WhatNeedsSomethingToBeFoundMayUseNotFreely) {
  EXPECT_THAT(Errors("a AND NOT b"), IsEmpty());
  EXPECT_THAT(Errors("NOT NOT a"), IsEmpty());
  EXPECT_THAT(Errors("NOT (a OR NOT b)"), IsEmpty());
  EXPECT_THAT(Errors("lang:en AND NOT b"), IsEmpty());
}

TEST(ExpressionTest, LimitsAreErrorsAndNotCrashes) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '(') + "a" + std::string(depth, ')'); };
  EXPECT_THAT(Errors(nested(200)), IsEmpty());
  EXPECT_THAT(Errors(nested(201)), ElementsAre("too-deep: ("));
  EXPECT_THAT(Errors(std::string(30'000, '(')), ElementsAre("too-deep: ("));
  std::string negated = "a";
  for (int i = 0; i < 15'000; ++i) negated = "NOT " + negated;
  EXPECT_THAT(Errors(negated), ElementsAre("too-deep: NOT"));
  EXPECT_THAT(Errors(std::string(64 << 10, 'a')), IsEmpty());
  EXPECT_THAT(Errors(std::string((64 << 10) + 1, 'a')), ElementsAre("too-long: a"));
  std::string alternating = "a";  // each pair of levels costs one parenthesis
  for (int i = 0; i < 150; ++i) alternating = "(b OR c AND " + alternating + ")";
  EXPECT_THAT(Errors(alternating), ElementsAre(HasSubstr("too-deep: (b OR c AND")));

  NamedLists lists;
  lists["long"] = ListOf(std::vector<std::string_view>(1000, "a"));
  std::string text = "@long";
  for (int i = 0; i < 200; ++i) text += " OR @long";
  const auto errors = ParseExpression(text, lists).errors;
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_EQ(errors[0].code, "too-many-terms");
}

TEST(ListEntryTest, SeveralWordsWithoutQuotesAreAPhrase) {
  const auto entry = [](std::string_view text) {
    const ParsedExpression parsed = ParseListEntry(text);
    return parsed.expression ? ToText(*parsed.expression) : parsed.errors.at(0).code;
  };
  EXPECT_EQ(entry("Huawei"), "Huawei");
  EXPECT_EQ(entry("high-risk vendor*"), "\"high-risk vendor*\"");
  EXPECT_EQ(entry("\"rip and replace\""), "\"rip and replace\"");
  EXPECT_EQ(entry(" phase out "), "\"phase out\"");
  EXPECT_EQ(entry("=ZTE"), "=ZTE");
  EXPECT_EQ(entry("=ZTE Corporation"), "=\"ZTE Corporation\"");
  EXPECT_EQ(entry("=\"ZTE Corporation\""), "=\"ZTE Corporation\"");
  EXPECT_EQ(entry("/huawei.{1,9}ban/i"), "/huawei.{1,9}ban/i");
  EXPECT_EQ(entry("Operation: clean, phase (two)"), "\"Operation: clean, phase (two)\"");
  EXPECT_EQ(entry("@vendors"), "list-entry");
  EXPECT_EQ(entry("Huawei OR ZTE"), "list-entry");
  EXPECT_EQ(entry("title:Huawei"), "list-entry");
  EXPECT_EQ(entry("\"Huawei\" ZTE"), "list-entry");
  EXPECT_EQ(entry("Huawei \"ZTE\""), "list-entry");
  EXPECT_EQ(entry("=Huawei \"ZTE\""), "list-entry");
  EXPECT_EQ(entry(""), "empty-term");
  EXPECT_EQ(entry("--"), "empty-term");
  EXPECT_EQ(entry("vendor a*"), "wildcard");
  EXPECT_EQ(entry("\"unclosed"), "unclosed-quote");
}

TEST(ListEntryTest, PlacesCountFromTheEntrysFirstByte) {
  EXPECT_EQ(ParseListEntry("  Huawei OR ZTE").errors.at(0).place, (Span{9, 11}));
  EXPECT_EQ(ParseListEntry("  \"vendor a*\"").errors.at(0).place, (Span{11, 12}));
  EXPECT_EQ(ParseListEntry("  vendor a*").errors.at(0).place, (Span{10, 11}));
}

}  // namespace
}  // namespace wirewatch
