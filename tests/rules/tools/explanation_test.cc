#include "rules/tools/explanation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "rules/engine/matcher.h"
#include "rules/engine/rule_set.h"
#include "rules/language/expression.h"
#include "rules/reference/reference_matcher.h"
#include "rules/tools/remedy.h"
#include "tests/support/corpus.h"
#include "tests/support/difference.h"
#include "tests/support/rule_generator.h"

namespace wirewatch {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::uint64_t Seed() {
  const char* seed = std::getenv("WIREWATCH_SEED");
  return seed != nullptr ? std::strtoull(seed, nullptr, 10) : 1;
}

Expression Parse(std::string_view text, const NamedLists& lists = {}) {
  ParsedExpression parsed = ParseExpression(text, lists);
  EXPECT_TRUE(parsed.expression) << text << ": " << (parsed.errors.empty() ? "" : parsed.errors[0].message);
  return parsed.expression.value_or(Expression());
}

// A topic of one rule.
Topic TopicOf(std::string_view match) {
  Topic topic;
  topic.id = "t";
  Rule& rule = topic.rules.emplace_back();
  rule.id = "r";
  rule.match = Parse(match);
  rule.match_text = match;
  return topic;
}

// By the engine and by the reference.
bool Fires(const Topic& topic, const Document& document) {
  const auto rule_set = CompileTopics({topic});
  if (rule_set == nullptr) return ADD_FAILURE() << ToText(topic.rules[0].match) << " does not compile", false;
  auto matcher = Matcher::Create(rule_set);
  if (!matcher) return ADD_FAILURE() << matcher.error().message, false;
  FoldedDocument folded;
  const auto answers = Compare(*matcher, document, folded);
  if (!answers) return ADD_FAILURE() << answers.error().message, false;
  EXPECT_TRUE(answers->equal());
  return !answers->engine.empty() && !answers->reference.empty();
}

// ---- what is told of each kind of miss

struct Told {
  const char* match;
  const char* title;
  const char* body;
  const char* why;     // contained in it
  const char* remedy;  // the rule in the end, or what the article would have to say
};

TEST(ExplanationTest, TheNearestMissIsToldInWordsAndTheRemedyMakesItFire) {
  const Told all[] = {
      {"huawei NEAR/2 ban", "", "Huawei may soon meet a ban", "", ""},
      {"ban ONEAR/2 huawei", "", "Huawei meets a ban", "", ""},
      {"huawei SAME SENTENCE ban", "", "Huawei sells. A ban came.", "", ""},
      {"huawei SAME SENTENCE ban", "", "Huawei sells.\nA ban came.", "", ""},
      {"huawei NEAR/3 ban", "Huawei", "A ban came.", "", ""},
      {"ban NEAR/3 \"travel ban\"", "", "A travel ban", "", ""},
      {"title:huawei", "", "Huawei sells", "", ""},
      {"=ZTE", "", "the zte case", "", ""},
      {"killed", "", "The quake kills hundreds", "", ""},
      {"huawei", "", "Huawey sells", "", ""},
      {"exclud*", "", "an exclusion zone", "", ""},
      {"\"rip and replace\"", "", "They rip it out and replace it", "", ""},
      {"\"critical infrastructure act\"", "", "the Critical Infrastructure Bill", "", ""},
      {"huawei AND NOT review", "A Huawei review", "", "", ""},
      {"huawei AND NOT (review OR trade)", "A Huawei review", "", "", ""},
      {"huawei{3,}", "Huawei", "Huawei", "", ""},
      {"huawei{3,}", "Huawei", "Nokia", "", ""},
      {"3 OF (huawei, zte, nokia, ericsson)", "Huawei", "Nokia", "", ""},
      {"2 OF (huawei, zte, nokia)", "nothing", "here", "", ""},
      {"ban NOT NEAR/5 travel", "", "A travel and sales ban", "", ""},
      {"ban NOT NEAR/1 \"travel ban\"", "", "A travel ban", "", ""},
      {"huawei NOT SAME PARAGRAPH ban", "", "Huawei sells. The ban came.", "", ""},
      {"huawei AND lang:de", "Huawei", "", "", ""},
      {"huawei AND country:PL", "Huawei", "", "", ""},
      {"huawei AND words: > 200", "Huawei", "sells phones", "", ""},
      {"huawei AND urgency: < 3", "Huawei", "", "", ""},
      {"/CVE-20[0-9]{2}-[0-9]+/", "", "see CVE-2O26-1", "", ""},
      {"/wei jing/", "", "Wang Wei Jing", "", ""},
      {"huawei OR zte", "Nokia", "", "", ""},
      {"(huawei NEAR/2 ban) OR (zte AND title:ban)", "ZTE", "The ban", "", ""},
  };
  for (const Told& told : all) {
    SCOPED_TRACE(told.match);
    const Topic topic = TopicOf(told.match);
    Document document;
    document.texts[static_cast<std::size_t>(Field::kTitle)] = told.title;
    document.texts[static_cast<std::size_t>(Field::kBody)] = told.body;
    document.language = "en";
    EXPECT_FALSE(Fires(topic, document));
    const std::string why = WhyNot(topic, document);
    const auto remedy = FindRemedy(topic, 0, document);
    ASSERT_TRUE(remedy);
    ASSERT_TRUE(*remedy);
    ChangedArticle article(document);
    EXPECT_TRUE(Fires(Apply(**remedy, topic, 0), Apply(**remedy, article)));
    std::cout << told.match << "\n   " << why << "\n   " << testing::PrintToString((*remedy)->steps);
    if ((*remedy)->match) std::cout << " -> " << ToText(*(*remedy)->match);
    std::cout << "\n";
  }
}

// ---- generated rules on the sample articles

// Whether a pack could hold the topic: some of what is generated is no rule, such as NOT alone.
bool IsWritable(const Topic& topic) {
  const auto reads = [](const Expression& e) {
    const ParsedExpression parsed = ParseExpression(ToText(e), {});
    return parsed.expression.has_value();
  };
  for (const Rule& rule : topic.rules) {
    if (!reads(rule.match)) return false;
  }
  return (!topic.unless || reads(*topic.unless)) && CompileTopics({topic}) != nullptr;
}

TEST(ExplanationPropertyTest, ASuggestedChangeMakesTheRuleFire) {
  const std::vector<StoredArticle>& articles = SampleArticles();
  RuleGenerator generator(Seed() * 1'000'003 + 7, articles);
  std::map<std::string, int> kinds;
  int cases = 0, without = 0, of_article = 0, of_rule = 0;
  for (int i = 0; cases < 1000; ++i) {
    const Topic topic = generator.MakeTopic("t");
    if (!IsWritable(topic)) continue;
    const Document document = articles[static_cast<std::size_t>(i) % articles.size()].document();
    if (Fires(topic, document)) continue;
    Explainer explainer(document);
    const auto explanation = explainer.Explain(topic);
    ASSERT_TRUE(explanation) << explanation.error().message;
    const std::size_t rule = explanation->Nearest().front();
    for (const Clause* clause : FailedClauses(explanation->rules[rule].root)) {
      ASSERT_TRUE(clause->miss) << ToText(*clause->expression);
      EXPECT_NE(clause->miss->sentence, "");
      ++kinds[std::string(Name(clause->miss->kind))];
    }
    const auto remedy = FindRemedy(topic, rule, document);
    ASSERT_TRUE(remedy) << remedy.error().message;
    const std::string what = ToText(topic.rules[rule].match) +
                             (topic.unless ? "\nunless " + ToText(*topic.unless) : "") + "\non article " +
                             articles[static_cast<std::size_t>(i) % articles.size()].id + "\n" + WhyNot(*explanation);
    ++cases;
    if (!*remedy) {
      ++without;
      if (std::getenv("SHOW") != nullptr) std::cout << "no remedy: " << what << "\n";
      continue;
    }
    of_rule += (*remedy)->changes_rule() ? 1 : 0;
    of_article += (*remedy)->article.empty() ? 0 : 1;
    ChangedArticle article(document);
    Topic changed = Apply(**remedy, topic, rule);
    changed.rules = {changed.rules[rule]};
    EXPECT_TRUE(Fires(changed, Apply(**remedy, article))) << what;
    // As text it is the same: what an analyst pastes into the pack.
    const ParsedExpression again = ParseExpression(ToText(changed.rules[0].match), {});
    ASSERT_TRUE(again.expression) << what << "\n" << ToText(changed.rules[0].match) << "\n" << again.errors[0].message;
    changed.rules[0].match = *again.expression;
    EXPECT_TRUE(Fires(changed, article.document())) << what << "\n" << ToText(changed.rules[0].match);
  }
  std::cout << cases << " cases, " << of_rule << " changes of the rule, " << of_article << " of the article, "
            << without << " without\n";
  for (const auto& [kind, count] : kinds) std::cout << "  " << kind << " " << count << "\n";
  EXPECT_LT(without, cases / 100);
}

TEST(ExplanationPropertyTest, OfATopicThatFiresTheSpansAreThoseOfTheMatch) {
  const std::vector<StoredArticle>& articles = SampleArticles();
  RuleGenerator generator(Seed() * 1'000'003 + 8, articles);
  int cases = 0;
  for (int i = 0; cases < 1000; ++i) {
    const Topic topic = generator.MakeTopic("t");
    const auto rule_set = CompileTopics({topic});
    if (rule_set == nullptr) continue;
    const Document document = articles[static_cast<std::size_t>(i) % articles.size()].document();
    auto matcher = Matcher::Create(rule_set);
    ASSERT_TRUE(matcher);
    FoldedDocument folded;
    Fold(document, folded);
    const auto matches = matcher->Match(document, folded);
    ASSERT_TRUE(matches);
    Explainer explainer(document);
    const auto explanation = explainer.Explain(topic);
    ASSERT_TRUE(explanation);
    ASSERT_EQ(explanation->fired(), !matches->empty()) << ToText(topic.rules[0].match);
    if (matches->empty()) continue;
    ++cases;
    for (std::uint32_t r = 0; r < topic.rules.size(); ++r) {
      const auto& rules = (*matches)[0].rules;
      const Clause& root = explanation->rules[r].root;
      ASSERT_EQ(root.holds, std::find(rules.begin(), rules.end(), r) != rules.end());
      std::vector<FoundPlace> places;
      for (const MatchSpan& span : (*matches)[0].spans) {
        if (span.rule == r) places.push_back({span.field, span.span, rule_set->term(span.term)});
      }
      std::sort(places.begin(), places.end());
      EXPECT_EQ(root.places, places) << ToText(topic.rules[r].match);
    }
  }
}

}  // namespace
}  // namespace wirewatch
