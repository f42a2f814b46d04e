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
  const char* why;
  const char* remedy;  // the rule in the end; empty: the article would have to be another
};

TEST(ExplanationTest, TheNearestMissIsToldInWordsAndTheRemedyMakesItFire) {
  const Told all[] = {
      {"~sanction", "", "The sanctuary", "~sanction does not stand in the text; nearest: 'sanctuary' (body 2)",
       "~sanction OR sanctuary"},
      {"huawei~1 AND zte", "ZTE", "", "huawei~1 does not stand in the text; zte holds", ""},
      {"huawei NEAR/2 ban", "", "Huawei may soon meet a ban",
       "'Huawei' and 'ban' stand 4 words apart (body 1 and 6), NEAR/2 asked", "huawei NEAR/4 ban"},
      {"ban ONEAR/2 huawei", "", "Huawei meets a ban",
       "'ban' and 'Huawei' stand in the other order (body 4 and 1), ONEAR/2 asked", "ban NEAR/2 huawei"},
      {"huawei SAME SENTENCE ban", "", "Huawei sells. A ban came.",
       "'Huawei' and 'ban' stand 1 sentence apart (body 1 and 4), SAME SENTENCE asked", "huawei SAME PARAGRAPH ban"},
      {"huawei SAME SENTENCE ban", "", "Huawei sells.\nA ban came.",
       "'Huawei' and 'ban' stand 1 sentence apart (body 1 and 4), SAME SENTENCE asked", "huawei AND ban"},
      {"huawei NEAR/3 ban", "Huawei", "A ban came.",
       "'Huawei' and 'ban' stand in two fields (title 1 and body 2), NEAR/3 asked", "huawei AND ban"},
      {"ban NEAR/3 \"travel ban\"", "", "A travel ban",
       "'ban' and 'travel ban' stand in the same place (body 3 and 2), NEAR/3 asked", "ban AND \"travel ban\""},
      {"title:huawei", "", "Huawei sells", "'Huawei' stands in the first paragraph (body 1), title asked",
       "(title, lead):huawei"},
      {"=ZTE", "", "the zte case", "'zte' stands there (body 2), =ZTE asked, exactly as written", "=ZTE OR =zte"},
      {"killed", "", "The quake kills hundreds", "killed does not stand in the text; nearest: 'kills' (body 3)",
       "killed OR kills"},
      {"huawei", "", "Huawey sells", "huawei does not stand in the text; nearest: 'Huawey' (body 1)",
       "huawei OR huawey"},
      {"exclud*", "", "an exclusion zone", "exclud* does not stand in the text; nearest: 'exclusion' (body 2)",
       "exclud* OR exclusion"},
      {"\"rip and replace\"", "", "They rip it out and replace it",
       "the words of \"rip and replace\" do not stand side by side; nearest: 'rip it out and replace' (body 2)",
       "\"rip and replace\" OR \"rip it out and replace\""},
      {"\"critical infrastructure act\"", "", "the Critical Infrastructure Bill",
       "\"critical infrastructure act\" does not stand in the text", ""},
      {"huawei AND NOT review", "A Huawei review", "", "excluded by NOT 'review' at title 3; huawei holds", "huawei"},
      {"huawei AND NOT (review OR trade)", "A Huawei review", "", "excluded by NOT 'review' at title 3; huawei holds",
       "huawei AND NOT trade"},
      {"huawei{3,}", "Huawei", "Huawei", "2 places of huawei where {3,} asked", "huawei{2,}"},
      {"huawei{3,}", "Huawei", "Nokia", "1 place of huawei where {3,} asked", "huawei"},
      {"3 OF (huawei, zte, nokia, ericsson)", "Huawei", "Nokia",
       "2 of the 3 asked in 3 OF (huawei, zte, nokia, ericsson) hold", "2 OF (huawei, zte, nokia, ericsson)"},
      {"2 OF (huawei, zte, nokia)", "nothing", "here",
       "none of the 2 asked in 2 OF (huawei, zte, nokia) hold; huawei does not stand in the text",
       "1 OF (huawei, zte, nokia)"},
      {"ban NOT NEAR/5 travel", "", "A travel and sales ban",
       "'ban' and 'travel' stand 2 words apart (body 5 and 2), NOT NEAR/5 asked", "ban NOT NEAR/1 travel"},
      {"ban NOT NEAR/1 \"travel ban\"", "", "A travel ban",
       "'ban' and 'travel ban' stand in the same place (body 3 and 2), NOT NEAR/1 asked", "ban"},
      {"huawei NOT SAME PARAGRAPH ban", "", "Huawei sells. The ban came.",
       "'Huawei' and 'ban' stand in one paragraph (body 1 and 4), NOT SAME PARAGRAPH asked",
       "huawei NOT SAME SENTENCE ban"},
      {"huawei AND lang:de", "Huawei", "", "lang:de asked, the article's language is en; huawei holds",
       "huawei AND (lang:de OR lang:en)"},
      {"huawei AND country:PL", "Huawei", "", "country:PL asked, the article's country is unknown; huawei holds", ""},
      {"huawei AND words: > 200", "Huawei", "sells phones", "words: > 200 asked, the body has 2; huawei holds",
       "huawei AND words: > 1"},
      {"huawei AND urgency: < 3", "Huawei", "", "urgency: < 3 asked, the article's urgency is unknown; huawei holds",
       ""},
      {"/CVE-20[0-9]{2}-[0-9]+/", "", "see CVE-2O26-1",
       "/CVE-20[0-9]{2}-[0-9]+/ does not stand in the text; its beginning /CVE-2/ does: 'CVE-2' (body 2)", "/CVE-2/"},
      {"/wei jing/", "", "Wang Wei Jing", "'Wei Jing' stands there (body 2), /wei jing/ asked, and its case counts",
       "/wei jing/i"},
      {"huawei OR zte", "Nokia", "", "none of huawei OR zte stands in the text", ""},
      {"(huawei NEAR/2 ban) OR (zte AND title:ban)", "ZTE", "The ban",
       "'ban' stands in the first paragraph (body 2), title asked",
       "(huawei NEAR/2 ban) OR (zte AND (title, lead):ban)"},
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
    EXPECT_EQ(why, std::string("rule 'r': ") + told.why);
    EXPECT_EQ((*remedy)->match ? ToText(*(*remedy)->match) : "", told.remedy);
  }
}

std::vector<std::string> Fields(const Topic& topic, std::string_view title, std::string_view body,
                                std::string_view language) {
  Document document;
  document.texts[static_cast<std::size_t>(Field::kTitle)] = title;
  document.texts[static_cast<std::size_t>(Field::kBody)] = body;
  document.language = language;
  return {WhyNot(topic, document)};
}

TEST(ExplanationTest, UnlessAndLanguagesAreToldBeforeRules) {
  Topic topic = TopicOf("huawei AND ban");
  topic.unless = Parse("title:(review OR \"trade fair\")");
  topic.languages = {"en", "fr"};
  EXPECT_THAT(Fields(topic, "A Huawei review", "The ban", "en"),
              ElementsAre("rule 'r' holds, but so does 'unless': 'review' at title 3"));
  EXPECT_THAT(Fields(topic, "Huawei", "The ban", "de"),
              ElementsAre("the topic reads articles in en, fr, and this one is in de"));
  EXPECT_THAT(Fields(topic, "Huawei", "The ban", "fr"), ElementsAre(""));
  for (const char* language : {"en", "de"}) {
    Document document;
    document.texts[0] = "A Huawei review, a ban";
    document.language = language;
    const auto remedy = FindRemedy(topic, 0, document);
    ASSERT_TRUE(remedy && *remedy);
    const Topic changed = Apply(**remedy, topic, 0);
    EXPECT_EQ(ToText(*changed.unless), "title:\"trade fair\"");
    EXPECT_TRUE(Fires(changed, document));
  }
}

TEST(ExplanationTest, TheNearestRulesComeFirst) {
  Topic topic = TopicOf("zte AND nokia AND 5G");
  topic.rules.push_back(topic.rules[0]);
  topic.rules[1].id = "near";
  topic.rules[1].match = Parse("huawei NEAR/1 ban");
  Document document;
  document.texts[0] = "Huawei meets a ban";
  Explainer explainer(document);
  const auto explanation = explainer.Explain(topic);
  ASSERT_TRUE(explanation);
  EXPECT_THAT(explanation->Nearest(), ElementsAre(1u, 0u));
  EXPECT_THAT(WhyNot(*explanation), testing::StartsWith("rule 'near': 'Huawei' and 'ban' stand 2 words apart"));
}

TEST(ExplanationTest, AWordThatIsAddedStandsBesideTheNameOfItsList) {
  NamedLists lists;
  lists["deaths"] = Parse("killed OR died OR dead");
  lists["deaths"].list = "deaths";
  Topic topic = TopicOf("quake");
  topic.rules[0].match = Parse("quake AND title:@deaths", lists);
  Document document;
  document.texts[0] = "Quake kills hundreds";
  const auto remedy = FindRemedy(topic, 0, document);
  ASSERT_TRUE(remedy && *remedy);
  EXPECT_EQ(ToText(*(*remedy)->match), "quake AND (title:@deaths OR title:kills)");
  EXPECT_THAT((*remedy)->steps, ElementsAre("title:kills in the list @deaths"));
  EXPECT_TRUE(Fires(Apply(**remedy, topic, 0), document));
}

TEST(ExplanationTest, AListIsAskedForInMorePartsOfTheArticle) {
  NamedLists lists;
  lists["makers"] = Parse("title:(huawei OR zte)");
  lists["makers"].list = "makers";
  Topic topic = TopicOf("quake");
  topic.rules[0].match = Parse("title:@makers AND ban", lists);
  Document document;
  document.texts[0] = "A ban";
  document.texts[2] = "Nothing.\nZTE is out.";
  const auto remedy = FindRemedy(topic, 0, document);
  ASSERT_TRUE(remedy && *remedy);
  EXPECT_EQ(ToText(*(*remedy)->match), "(title, body):@makers AND ban");
  EXPECT_TRUE(Fires(Apply(**remedy, topic, 0), document));
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
  std::vector<StoredArticle> articles;
  for (const StoredArticle& article : SampleArticles()) {
    if (!FoldText(article.title + " " + article.body).tokens.empty()) articles.push_back(article);
  }
  RuleGenerator of_any(Seed() * 1'000'003 + 7, articles);
  std::vector<std::vector<StoredArticle>> alone;
  for (const StoredArticle& article : articles) alone.push_back({article});
  std::vector<RuleGenerator> of_one;  // whose rules nearly fire
  for (const auto& article : alone) of_one.emplace_back(Seed() * 1'000'003 + of_one.size(), article);
  std::map<std::string, int> kinds;
  int cases = 0, without = 0, of_article = 0, of_rule = 0;
  for (int i = 0; cases < 1000; ++i) {
    const std::size_t a = static_cast<std::size_t>(i) % articles.size();
    const Topic topic = (cases % 5 == 0 ? of_any : of_one[a]).MakeTopic("t");
    if (!IsWritable(topic)) continue;
    const Document document = articles[a].document();
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
                             articles[a].id + "\n" + WhyNot(*explanation);
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
  EXPECT_LE(without, cases / 100);
  EXPECT_GE(of_rule, cases / 3);
  EXPECT_GE(kinds.size(), 16u) << "nearly every kind of miss";
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
      ASSERT_EQ(explanation->rules[r].holds(), std::find(rules.begin(), rules.end(), r) != rules.end());
      if (!explanation->rules[r].reads) continue;
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
