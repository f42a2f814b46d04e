#include "rules/engine/rule_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rules/engine/matcher.h"
#include "rules/reference/reference_matcher.h"
#include "rules/text/fold.h"
#include "tests/support/topics.h"

namespace wirewatch {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::shared_ptr<const Pack> MakePack(std::vector<Topic> topics) {
  Pack pack;
  pack.topics = std::move(topics);
  return std::make_shared<const Pack>(std::move(pack));
}

std::shared_ptr<const RuleSet> Compile(Packs packs, const std::shared_ptr<const RuleSet>& before = nullptr) {
  CompiledRules compiled = RuleSet::Compile(std::move(packs), before.get());
  EXPECT_THAT(compiled.diagnostics, IsEmpty()) << Render(compiled.diagnostics);
  return compiled.rule_set;
}

// The ids of the topics that match, each with the terms that made it; the reference must say the same.
std::vector<std::string> Matches(Matcher& matcher, std::string_view title) {
  Document document;
  document.texts = {title, "", ""};
  FoldedDocument folded;
  Fold(document, folded);
  const auto matches = matcher.Match(document, folded);
  EXPECT_TRUE(matches);
  EXPECT_EQ(*matches, *ReferenceMatch(matcher.rule_set(), document));
  std::vector<std::string> texts;
  for (const TopicMatch& match : *matches) {
    texts.push_back(matcher.rule_set().topics()[match.topic]->id);
    for (const MatchSpan& span : match.spans) texts.back() += " " + ToText(matcher.rule_set().term(span.term));
  }
  return texts;
}

std::vector<std::string> Matches(const std::shared_ptr<const RuleSet>& rule_set, std::string_view title) {
  auto matcher = Matcher::Create(rule_set);
  return Matches(*matcher, title);
}

TEST(RuleSetTest, NamesTheRuleOfARegularExpressionThatHyperscanDoesNotTake) {
  Topic topic = MakeTopic("spies", {"huawei", R"(huawei OR /(a)\1/)"});
  topic.rules[1].place = {12, 9};
  Pack pack;
  pack.file = "spies.yaml";
  pack.topics.push_back(std::move(topic));
  std::vector<Pack> packs;
  packs.push_back(std::move(pack));
  const CompiledRules compiled = RuleSet::Compile(std::move(packs));
  EXPECT_EQ(compiled.rule_set, nullptr);
  ASSERT_THAT(compiled.diagnostics, SizeIs(1));
  EXPECT_THAT(Render(compiled.diagnostics), HasSubstr("spies.yaml:12:9: error[regex-not-supported]"));
  EXPECT_THAT(compiled.diagnostics[0].message, HasSubstr("rule 'rule-1' of topic 'spies'"));
}

TEST(RuleSetTest, NamesTheRuleOfARegularExpressionThatIsTooMuchForHyperscan) {
  // Nothing is wrong with its text: only compiling it tells.
  const CompiledRules compiled =
      RuleSet::Compile(Packs{MakePack({MakeTopic("good", {"/good/"}), MakeTopic("large", {"/huawei.{0,500}ban/"})})});
  EXPECT_EQ(compiled.rule_set, nullptr);
  ASSERT_THAT(compiled.diagnostics, SizeIs(1));
  EXPECT_THAT(compiled.diagnostics[0].message, HasSubstr("rule 'rule-0' of topic 'large'"));
  EXPECT_THAT(compiled.diagnostics[0].message, HasSubstr("too large"));
  EXPECT_THAT(compiled.diagnostics[0].help, HasSubstr("huawei NEAR/10 ban"));
}

TEST(RuleSetTest, RefusesRegularExpressionsThatMatchNothing) {
  std::vector<Pack> packs(1);
  packs[0].topics.push_back(MakeTopic("topic", {"/a*/ AND huawei"}));
  const CompiledRules compiled = RuleSet::Compile(std::move(packs));
  ASSERT_THAT(compiled.diagnostics, SizeIs(1));
  EXPECT_EQ(compiled.diagnostics[0].code, "empty-regex");
}

TEST(RuleSetTest, HashesWhatTheRulesSayAndNotWhereTheyAreWritten) {
  const auto hash_of = [](const std::vector<std::vector<Topic>>& files, std::string_view name) {
    std::vector<Pack> packs;
    for (const std::vector<Topic>& topics : files) {
      packs.emplace_back();
      packs.back().file = std::string(name) + std::to_string(packs.size());
      packs.back().topics = topics;
    }
    return RuleSet::Compile(std::move(packs)).rule_set->hash();
  };
  const Topic one = MakeTopic("one", {"huawei AND  ban"}), same = MakeTopic("one", {"(huawei) AND ban"}),
              two = MakeTopic("two", {"zte"});
  const std::string hash = hash_of({{one}, {two}}, "a");
  EXPECT_EQ(hash, hash_of({{two}, {same}}, "b"));
  EXPECT_NE(hash, hash_of({{one}}, "a"));
  std::set<std::string> hashes{hash};
  for (const std::string_view match :
       {"a NEAR/5 b", "a NEAR/4 b", "a ONEAR/5 b", "a NOT NEAR/5 b", "a NOT ONEAR/5 b", "a SAME SENTENCE b",
        "a SAME PARAGRAPH b", "a NOT SAME SENTENCE b", "a{2,}", "a{3,}", "2 OF (a, b, c)", "3 OF (a, b, c)",
        "(title, lead):a", "(title, body):a", "words: < 3", "words: > 3", "urgency:3", "a AND b AND c"}) {
    Topic changed = two;
    changed.rules[0].match = Parse(match);
    EXPECT_TRUE(hashes.insert(hash_of({{one}, {changed}}, "a")).second) << match;
  }
  for (const auto change : std::vector<void (*)(Topic&)>{
           [](Topic& t) { t.id = "three"; }, [](Topic& t) { t.severity = TopicSeverity::kCritical; },
           [](Topic& t) { t.languages = {"en"}; }, [](Topic& t) { t.tags = {"x"}; },
           [](Topic& t) { t.rules[0].score = 1; }, [](Topic& t) { t.rules[0].severity = TopicSeverity::kLow; },
           [](Topic& t) { t.rules[0].id = "x"; }, [](Topic& t) { t.rules[0].match = Parse("title:zte"); },
           [](Topic& t) { t.rules[0].match = Parse("=zte"); }, [](Topic& t) { t.unless = Parse("zte"); },
           [](Topic& t) { t.story.grow = {5}; }, [](Topic& t) { t.story.window = std::chrono::hours(1); },
           [](Topic& t) { t.story.throttle = 10; }, [](Topic& t) { t.story.burst = BurstSensitivity::kHigh; },
           [](Topic& t) { t.story.join = false; }, [](Topic& t) { t.story.quiet = true; }}) {
    Topic changed = two;
    change(changed);
    EXPECT_NE(hash, hash_of({{one}, {changed}}, "a"));
  }
}

TEST(RuleSetTest, ListsEveryTermOnce) {
  const auto rule_set = Compile(
      {MakePack({MakeTopic("a", {"huawei AND zte", "huawei OR =ZTE"}), MakeTopic("b", {"title:huawei AND huawei"})})});
  EXPECT_EQ(rule_set->term_count(), 4);
}

TEST(RuleSetTest, TakesOverWhatAnEditLeavesAsItWas) {
  const auto vendors = MakePack({MakeTopic("huawei", {"huawei AND ban*"}), MakeTopic("zte", {"zte"})});
  const auto before = Compile({vendors, MakePack({MakeTopic("nokia", {"nokia"}), MakeTopic("cisco", {"cisco"})})});
  EXPECT_FALSE(before->is_in_parts());

  // One topic as it was in a pack that was written anew, one changed, one new; one is gone.
  const auto edited = MakePack({MakeTopic("ericsson", {"ericsson"}), MakeTopic("nokia", {"nokia OR zte"})});
  const auto after = Compile({edited, vendors}, before);
  EXPECT_TRUE(after->is_in_parts());
  EXPECT_EQ(after->hash(), Compile({vendors, edited})->hash());
  EXPECT_THAT(Matches(after, "Huawei banned, ZTE and Cisco not, Nokia and Ericsson are"),
              ElementsAre("ericsson ericsson", "nokia zte nokia", "huawei huawei ban*", "zte zte"));

  const auto whole = Compile(after->packs());
  EXPECT_FALSE(whole->is_in_parts());
  EXPECT_EQ(whole->hash(), after->hash());
  EXPECT_EQ(Matches(whole, "ZTE beats Ericsson"), Matches(after, "ZTE beats Ericsson"));
}

TEST(RuleSetTest, EditsOnEditsNeverMakeMoreThanTwoParts) {
  const auto stays = MakePack({MakeTopic("huawei", {"huawei"})});
  auto rules = Compile({stays, MakePack({MakeTopic("zte", {"zte"})})});
  const std::uint32_t terms = rules->term_count();
  for (int edit = 0; edit < 5; ++edit) {
    const std::string word = "word" + std::to_string(edit);
    rules = Compile({stays, MakePack({MakeTopic("zte", {word})})}, rules);
    EXPECT_EQ(rules->term_count(), terms + 1);  // zte still stands in the first part, unused; the earlier edits nowhere
    EXPECT_THAT(Matches(rules, "Huawei zte " + word), ElementsAre("huawei huawei", "zte " + word));
    EXPECT_THAT(Matches(rules, "zte"), IsEmpty());
  }
  // Back as it was at first: all of it is compiled already.
  rules = Compile({stays, MakePack({MakeTopic("zte", {"zte"})})}, rules);
  EXPECT_THAT(Matches(rules, "Huawei zte"), ElementsAre("huawei huawei", "zte zte"));
}

TEST(RuleSetTest, WhatATopicOnlySaysIsChangedWithoutCompiling) {
  Topic topic = MakeTopic("spies", {"/sp[iy]+/ AND huawei"});
  const auto before = Compile({MakePack({topic, MakeTopic("other", {"/ot+her/"})})});
  topic.title = "Spies";
  topic.tags = {"x"};
  topic.story.grow = {5, 20};
  topic.story.throttle = 10;
  topic.rules[0].id = "another";
  // Told to stop, nothing is compiled any more.
  std::stop_source stopping;
  stopping.request_stop();
  const auto compile = [&] {
    return RuleSet::Compile({MakePack({topic, MakeTopic("other", {"/ot+her/"})})}, before.get(), {},
                            stopping.get_token())
        .rule_set;
  };
  const auto after = compile();
  ASSERT_NE(after, nullptr);
  EXPECT_NE(after->hash(), before->hash());
  EXPECT_FALSE(after->is_in_parts());
  EXPECT_EQ(after->topics()[0]->title, "Spies");
  EXPECT_EQ(Matches(after, "Huawei spy"), Matches(before, "Huawei spy"));
  topic.rules[0].score = 7;
  EXPECT_EQ(compile(), nullptr) << "a score is compiled";
}

TEST(RuleSetTest, WithoutATopicInCommonNothingIsTakenOver) {
  const auto before = Compile({MakePack({MakeTopic("a", {"a"})})});
  const auto after = Compile({MakePack({MakeTopic("b", {"b"})})}, before);
  EXPECT_FALSE(after->is_in_parts());
  EXPECT_EQ(after->term_count(), 1);
  EXPECT_THAT(Matches(after, "a b"), ElementsAre("b b"));
}

TEST(RuleSetTest, AMistakeInAnEditNamesItsRule) {
  const auto good = MakePack({MakeTopic("good", {"good"})});
  const auto before = Compile({good});
  const CompiledRules compiled = RuleSet::Compile({good, MakePack({MakeTopic("bad", {R"(/(a)\1/)"})})}, before.get());
  EXPECT_EQ(compiled.rule_set, nullptr);
  EXPECT_THAT(Render(compiled.diagnostics), HasSubstr("rule 'rule-0' of topic 'bad'"));
}

TEST(MatcherTest, UsesOtherRulesFromOneArticleToTheNext) {
  const auto stays = MakePack({MakeTopic("huawei", {"huawei", "/sp[iy]+/"})});
  const auto before = Compile({stays, MakePack({MakeTopic("zte", {"zte"})})});
  auto matcher = Matcher::Create(before);
  EXPECT_THAT(Matches(*matcher, "Huawei spy zte"), ElementsAre("huawei huawei /sp[iy]+/", "zte zte"));
  const auto after = Compile({MakePack({MakeTopic("nokia", {"/no+kia/i"})}), stays}, before);
  ASSERT_TRUE(matcher->Use(after));
  EXPECT_THAT(Matches(*matcher, "Huawei spy zte Nokia"), ElementsAre("nokia /no+kia/i", "huawei huawei /sp[iy]+/"));
  ASSERT_TRUE(matcher->Use(Compile(after->packs())));
  EXPECT_THAT(Matches(*matcher, "Huawei spy zte Nokia"), ElementsAre("nokia /no+kia/i", "huawei huawei /sp[iy]+/"));
}

}  // namespace
}  // namespace wirewatch
