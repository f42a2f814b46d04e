// What an edit of rules changes is found, exactly: planted edits in generated packs, with the reference matcher saying
// what must follow from them.
#include "pipeline/archive/pack_comparison.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "pipeline/archive/diff_counts.h"
#include "rules/engine/matcher.h"
#include "rules/engine/rule_set.h"
#include "rules/reference/reference_matcher.h"
#include "rules/text/fold.h"
#include "tests/support/corpus.h"
#include "tests/support/rule_generator.h"

namespace wirewatch {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::shared_ptr<const RuleSet> Compile(std::vector<Topic> topics) {
  std::vector<Pack> packs(1);
  packs.front().name = "generated";
  packs.front().topics = std::move(topics);
  return RuleSet::Compile(std::move(packs)).rule_set;
}

Expression Parse(const std::string& text) {
  auto parsed = ParseExpression(text, {});
  EXPECT_TRUE(parsed.expression) << text;
  return parsed.expression.value_or(Expression());
}
Rule MakeRule(const std::string& id, const std::string& text, std::uint32_t score = 50) {
  Rule rule;
  rule.id = id;
  rule.match = Parse(text);
  rule.match_text = text;
  rule.score = score;
  return rule;
}
Topic MakeTopic(std::vector<Rule> rules) {
  Topic topic;
  topic.id = "topic";
  topic.rules = std::move(rules);
  return topic;
}

std::vector<TopicChange> Changes(const std::vector<Topic>& before, const std::vector<Topic>& after,
                                 const StoredArticle& article, std::string* clause = nullptr) {
  const auto old_rules = Compile(before), new_rules = Compile(after);
  const PackComparison comparison(old_rules, new_rules);
  auto old_matcher = Matcher::Create(old_rules), new_matcher = Matcher::Create(new_rules);
  const Document document = article.document();
  FoldedDocument folded;
  Fold(document, folded);
  auto changes = comparison.Compare(old_matcher->Match(document, folded).value(),
                                    new_matcher->Match(document, folded).value(), document);
  if (clause != nullptr) *clause = changes.empty() ? "" : comparison.ClauseOf(changes.front(), document);
  return changes;
}

StoredArticle Harbour() {
  StoredArticle article;
  article.id = "1";
  article.title = "Harbour closed by ice";
  article.body = "The harbour of Straumsey was closed on Monday. Pilots said the ice was thick.";
  article.language = "en";
  return article;
}

// One edit, and what is responsible for what follows from it.
struct Case {
  std::string name;
  std::vector<Topic> before, after;
  std::optional<ChangeKind> kind;  // nothing: no change
  ChangeCause cause;
  std::string clause;  // a part of the sentence
};

TEST(PackComparisonTest, NamesTheClauseThatIsResponsible) {
  const auto with_unless = [](Topic topic, const std::string& unless) {
    topic.unless = Parse(unless);
    topic.unless_text = unless;
    return topic;
  };
  const auto in = [](Topic topic, std::vector<std::string> languages) {
    topic.languages = std::move(languages);
    return topic;
  };
  const auto off = [](Rule rule) {
    rule.status = RuleStatus::kOff;
    return rule;
  };
  const auto rule_in = [](Rule rule, std::vector<std::string> languages) {
    rule.languages = std::move(languages);
    return rule;
  };
  const Topic harbour = MakeTopic({MakeRule("closed", "harbour AND closed")});
  const std::vector<Case> cases = {
      {"the same", {harbour}, {harbour}, std::nullopt, {}, ""},
      {"topic added", {}, {harbour}, ChangeKind::kGained, ChangeCause::kTopicAdded, "the topic is new: rule 'closed'"},
      {"topic removed", {harbour}, {}, ChangeKind::kLost, ChangeCause::kTopicRemoved, "the topic is gone"},
      {"rule added",
       {MakeTopic({MakeRule("quay", "quay")})},
       {MakeTopic({MakeRule("quay", "quay"), MakeRule("ice", "ice")})},
       ChangeKind::kGained,
       ChangeCause::kRuleAdded,
       R"(the rule is new: rule 'ice' by "ice" in the title)"},
      {"rule removed",
       {MakeTopic({MakeRule("quay", "quay"), MakeRule("ice", "ice")})},
       {MakeTopic({MakeRule("quay", "quay")})},
       ChangeKind::kLost,
       ChangeCause::kRuleRemoved,
       "rule 'ice' is gone"},
      {"rule off",
       {MakeTopic({MakeRule("quay", "quay"), MakeRule("ice", "ice")})},
       {MakeTopic({MakeRule("quay", "quay"), off(MakeRule("ice", "ice"))})},
       ChangeKind::kLost,
       ChangeCause::kRuleRemoved,
       "rule 'ice' is off"},
      {"rule no longer off",
       {MakeTopic({off(MakeRule("ice", "ice"))})},
       {MakeTopic({MakeRule("ice", "ice")})},
       ChangeKind::kGained,
       ChangeCause::kRuleAdded,
       R"(the rule was off: rule 'ice' by "ice" in the title)"},
      {"a rule that an extension gives the languages of its topic",
       {with_unless(in(harbour, {"en"}), "nobody")},
       {with_unless(in(MakeTopic({rule_in(harbour.rules[0], {"en"})}), {"en", "nl"}), "pilots")},
       ChangeKind::kLost,
       ChangeCause::kUnless,
       "now its unless holds"},
      {"a term more",
       {MakeTopic({MakeRule("closed", "harbour AND (shut)")})},
       {MakeTopic({MakeRule("closed", "harbour AND (shut OR closed)")})},
       ChangeKind::kGained,
       ChangeCause::kRuleChanged,
       R"(rule 'closed' was changed: new in it is "closed" in the title)"},
      {"a wider distance",
       {MakeTopic({MakeRule("near", "harbour NEAR/1 ice")})},
       {MakeTopic({MakeRule("near", "harbour NEAR/9 ice")})},
       ChangeKind::kGained,
       ChangeCause::kRuleChanged,
       "in OLD: 'Harbour' and 'ice' stand 2 words apart"},
      {"a narrower distance",
       {MakeTopic({MakeRule("near", "harbour NEAR/9 ice")})},
       {MakeTopic({MakeRule("near", "harbour NEAR/1 ice")})},
       ChangeKind::kLost,
       ChangeCause::kRuleChanged,
       "'Harbour' and 'ice' stand 2 words apart"},
      {"unless added",
       {harbour},
       {with_unless(harbour, "pilots")},
       ChangeKind::kLost,
       ChangeCause::kUnless,
       "now its unless holds, by 'Pilots' at body"},
      {"unless taken away",
       {with_unless(harbour, "pilots")},
       {harbour},
       ChangeKind::kGained,
       ChangeCause::kUnless,
       "in OLD its unless holds"},
      {"languages",
       {harbour},
       {in(harbour, {"nl"})},
       ChangeKind::kLost,
       ChangeCause::kLanguages,
       "the topic reads articles in nl, and this one is in en"},
      {"score",
       {harbour},
       {MakeTopic({MakeRule("closed", "harbour AND closed", 90)})},
       ChangeKind::kChanged,
       ChangeCause::kScore,
       "medium 50 -> medium 90: the same rules hold"},
      {"another rule of a higher score",
       {harbour},
       {MakeTopic({MakeRule("closed", "harbour AND closed"), MakeRule("ice", "ice", 80)})},
       ChangeKind::kChanged,
       ChangeCause::kRules,
       "medium 50 -> medium 80: 'ice' now, too"},
  };
  for (const Case& one : cases) {
    std::string clause;
    const auto changes = Changes(one.before, one.after, Harbour(), &clause);
    ASSERT_EQ(changes.size(), one.kind ? 1u : 0u) << one.name;
    if (!one.kind) continue;
    EXPECT_EQ(changes.front().kind, *one.kind) << one.name;
    EXPECT_EQ(Name(changes.front().cause), Name(one.cause)) << one.name;
    EXPECT_THAT(clause, HasSubstr(one.clause)) << one.name;
  }
}

TEST(PackComparisonTest, APlaceOrASpellingIsNoChange) {
  EXPECT_TRUE(HaveSameForm(Parse("harbour AND  (closed)"), Parse("harbour AND closed")));
  EXPECT_FALSE(HaveSameForm(Parse("harbour NEAR/3 closed"), Parse("harbour NEAR/4 closed")));
  EXPECT_FALSE(HaveSameForm(Parse("harbour"), Parse("title:harbour")));
}

// --------------------------------------------------------------------------------------------- planted, at random

// Which causes an edit may have, and on which topic it was made. Edits of other topics must not be found.
using Planted = std::map<std::string, std::set<ChangeCause>>;

class Editor {
 public:
  Editor(std::uint64_t seed, RuleGenerator& generator) : random_(seed), generator_(generator) {}

  std::vector<Topic> Edit(std::vector<Topic> topics, Planted& planted) {
    std::vector<Topic> edited;
    for (Topic& topic : topics) {
      if (Below(2) == 0) {  // most are left alone
        edited.push_back(std::move(topic));
        continue;
      }
      std::set<ChangeCause>& causes = planted[topic.id];
      switch (Below(7)) {
        case 0: causes = {ChangeCause::kTopicRemoved}; continue;
        case 1: {
          Rule rule = MakeRule("planted", "planted");
          rule.match = generator_.MakeExpression(2);
          topic.rules.push_back(std::move(rule));
          causes = {ChangeCause::kRuleAdded, ChangeCause::kRules};
          break;
        }
        case 2:
          if (topic.rules.size() == 1) {
            topic.rules.front().score = 99;
            causes = {ChangeCause::kScore};
            break;
          }
          topic.rules.erase(topic.rules.begin() + Below(static_cast<std::uint32_t>(topic.rules.size())));
          causes = {ChangeCause::kRuleRemoved, ChangeCause::kRules};
          break;
        case 3:
          topic.rules[Below(static_cast<std::uint32_t>(topic.rules.size()))].match = generator_.MakeExpression(2);
          causes = {ChangeCause::kRuleChanged, ChangeCause::kRules};
          break;
        case 4:
          topic.unless = generator_.MakeExpression(1);
          causes = {ChangeCause::kUnless};
          break;
        case 5:
          topic.languages = {"nl"};
          causes = {ChangeCause::kLanguages};
          break;
        default:
          for (Rule& rule : topic.rules) rule.score = 1 + Below(99);
          causes = {ChangeCause::kScore};
      }
      edited.push_back(std::move(topic));
    }
    Topic added = generator_.MakeTopic("added");
    planted["added"] = {ChangeCause::kTopicAdded};
    edited.push_back(std::move(added));
    return edited;
  }

 private:
  std::uint32_t Below(std::uint32_t below) { return static_cast<std::uint32_t>(random_() % below); }

  std::mt19937_64 random_;
  RuleGenerator& generator_;
};

// Topic, kind, severity and score before and after: what the reference says.
using Expected = std::tuple<std::string, ChangeKind, std::uint32_t, std::uint32_t>;

std::map<std::string, TopicMatch> ById(const RuleSet& rules, std::vector<TopicMatch> found) {
  std::map<std::string, TopicMatch> by_id;
  for (TopicMatch& match : found) by_id[rules.topics()[match.topic]->id] = std::move(match);
  return by_id;
}

std::vector<Expected> ExpectedOf(const RuleSet& old_rules, const RuleSet& new_rules, const Document& document) {
  const auto before = ById(old_rules, ReferenceMatch(old_rules, document).value());
  const auto after = ById(new_rules, ReferenceMatch(new_rules, document).value());
  std::vector<Expected> expected;
  for (const auto& [id, match] : before) {
    const auto at = after.find(id);
    if (at == after.end()) {
      expected.emplace_back(id, ChangeKind::kLost, match.score, 0);
    } else if (at->second.score != match.score || at->second.severity != match.severity) {
      expected.emplace_back(id, ChangeKind::kChanged, match.score, at->second.score);
    }
  }
  for (const auto& [id, match] : after) {
    if (!before.contains(id)) expected.emplace_back(id, ChangeKind::kGained, 0, match.score);
  }
  std::sort(expected.begin(), expected.end());
  return expected;
}

TEST(PackComparisonTest, FindsExactlyWhatWasPlanted) {
  const std::vector<StoredArticle>& articles = SampleArticles();
  std::map<ChangeCause, int> seen;
  std::size_t pairs = 0, changes = 0;
  for (std::uint64_t set = 1; set <= 120; ++set) {
    RuleGenerator generator(set * 7'919, articles);
    std::vector<Topic> topics;
    for (int i = 0; i < 8; ++i) topics.push_back(generator.MakeTopic("topic-" + std::to_string(i)));
    Planted planted;
    Editor editor(set, generator);
    const std::vector<Topic> edited = editor.Edit(topics, planted);
    const auto old_rules = Compile(topics), new_rules = Compile(edited);
    if (old_rules == nullptr || new_rules == nullptr) continue;  // a regular expression that Hyperscan does not take
    ++pairs;
    const PackComparison comparison(old_rules, new_rules);
    DiffCounts counts(comparison, {});
    std::map<std::pair<std::string, ChangeKind>, std::uint64_t> by_topic;
    auto old_matcher = Matcher::Create(old_rules), new_matcher = Matcher::Create(new_rules);
    for (const StoredArticle& stored : articles) {
      const Document document = stored.document();
      FoldedDocument folded;
      Fold(document, folded);
      const auto found = comparison.Compare(old_matcher->Match(document, folded).value(),
                                            new_matcher->Match(document, folded).value(), document);
      std::vector<Expected> got;
      for (const TopicChange& change : found) {
        const std::string& id = comparison.topics()[change.pair].id;
        got.emplace_back(id, change.kind, change.before.score, change.after.score);
        ASSERT_TRUE(planted.contains(id)) << "topic " << id << " was not edited, set " << set;
        EXPECT_TRUE(planted[id].contains(change.cause))
            << id << ": " << Name(change.kind) << " by " << Name(change.cause) << ", set " << set;
        EXPECT_NE(comparison.ClauseOf(change, document), "");
        ++seen[change.cause];
        ++changes;
        ++by_topic[{id, change.kind}];
        Article article;
        article.id = stored.id;
        EXPECT_TRUE(counts.Add({change, article}));
      }
      std::sort(got.begin(), got.end());
      EXPECT_EQ(got, ExpectedOf(*old_rules, *new_rules, document)) << "set " << set << ", article " << stored.id;
    }
    for (const TopicDiff& topic : counts.topics()) {
      for (const ChangeKind kind : kChangeKinds) EXPECT_EQ(topic.count(kind), (by_topic[{topic.topic, kind}]));
    }
  }
  EXPECT_GT(pairs, 60u);
  EXPECT_GT(changes, 500u);
  EXPECT_EQ(seen.size(), 9u) << "a kind of edit was never seen to make a difference";
}

TEST(StoryLedgerTest, AStoryIsAloneWhileNoArticleIsOfBoth) {
  StoryLedger ledger;
  ledger.Add("a", true);
  ledger.Add("b", true);
  ledger.Add("a", false);
  ledger.Add("a", true);
  ledger.Add("c", false);
  EXPECT_EQ(ledger.stories(), 3u);
  EXPECT_EQ(ledger.alone(), 1u);
}

}  // namespace
}  // namespace wirewatch
