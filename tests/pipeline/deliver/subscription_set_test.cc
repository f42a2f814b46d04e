// Written cases for each condition, and generated subscriptions and alerts against a reference that asks each condition
// by itself, of rules/reference/reference_matcher.h where the rule language has a word for it.
#include "pipeline/deliver/subscription_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/diagnostic.h"
#include "pipeline/alert/alert.h"
#include "pipeline/deliver/notice_text.h"
#include "rules/engine/rule_set.h"
#include "rules/language/expression.h"
#include "rules/reference/reference_matcher.h"
#include "tests/support/corpus.h"
#include "tests/support/rule_generator.h"
#include "tests/support/sample_notice.h"

namespace wirewatch {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::shared_ptr<const SubscriptionSet> Compile(std::vector<StoredSubscription> subscriptions,
                                               const SubscriptionSet* before = nullptr) {
  auto set = SubscriptionSet::Compile(std::move(subscriptions), before);
  if (!set) ADD_FAILURE() << set.error().message;
  return set ? *set : nullptr;
}

SubscriptionMatcher MatcherOf(std::shared_ptr<const SubscriptionSet> set) {
  return SubscriptionMatcher::Create(std::move(set)).value();
}

std::vector<std::string> Takers(SubscriptionMatcher& matcher, const AlertNotice& notice) {
  const auto taken = matcher.Match(notice);
  std::vector<std::string> ids;
  if (!taken) {
    ADD_FAILURE() << taken.error().message;
    return ids;
  }
  for (const std::uint32_t i : *taken) ids.push_back(matcher.set().subscriptions()[i].subscription.id);
  return ids;
}

StoredSubscription Wants(std::string id, SubscriptionFilter filter) {
  StoredSubscription stored = SampleSubscription(std::move(id));
  stored.subscription.filter = std::move(filter);
  return stored;
}

// Why a subscription with that filter does not take the alert; Match must say the same.
std::string WhyNot(const AlertNotice& notice, SubscriptionFilter filter) {
  SubscriptionMatcher matcher = MatcherOf(Compile({Wants("desk", std::move(filter))}));
  const auto why = matcher.WhyNot(notice, 0);
  if (!why) {
    ADD_FAILURE() << why.error().message;
    return why.error().message;
  }
  EXPECT_EQ(Takers(matcher, notice).size(), why->empty() ? 1U : 0U) << *why;
  return *why;
}

// ---- each condition

TEST(SubscriptionSetTest, AFilterWithoutConditionsTakesEveryAlert) {
  EXPECT_EQ(WhyNot(SampleNotice(), {}), "");
  EXPECT_EQ(WhyNot(SampleQuiet(), {}), "");
  EXPECT_EQ(WhyNot(SampleSummary({}), {}), "");
}

TEST(SubscriptionSetTest, TopicsAreIds) {
  EXPECT_EQ(WhyNot(SampleNotice(), {.topics = {"energy", "5g-vendor-bans"}}), "");
  EXPECT_EQ(WhyNot(SampleNotice(), {.topics = {"energy", "5g"}}),
            "its topic is '5g-vendor-bans'; 'energy' or '5g' is asked for");
  EXPECT_EQ(WhyNot(SampleNotice(), {.topics = {"1", "2", "3", "4", "5", "6"}}),
            "its topic is '5g-vendor-bans'; '1', '2', '3', '4' or 2 more is asked for");
}

TEST(SubscriptionSetTest, TagsMeanWhatTheRuleLanguageMeans) {
  EXPECT_EQ(WhyNot(SampleNotice(), {.tags = {"energy", "Sécurity"}}), "");
  EXPECT_EQ(WhyNot(SampleNotice(), {.tags = {"secur"}}), "its tags are 'telecom', 'security'; 'secur' is asked for");
  AlertNotice untagged = SampleNotice();
  untagged.tags.clear();
  EXPECT_EQ(WhyNot(untagged, {.tags = {"telecom"}}), "it has no tags; 'telecom' is asked for");
}

TEST(SubscriptionSetTest, ATopicAndATagMustBothHold) {
  EXPECT_EQ(WhyNot(SampleNotice(), {.topics = {"5g-vendor-bans"}, .tags = {"telecom"}}), "");
  EXPECT_NE(WhyNot(SampleNotice(), {.topics = {"5g-vendor-bans"}, .tags = {"energy"}}), "");
  EXPECT_NE(WhyNot(SampleNotice(), {.topics = {"energy"}, .tags = {"telecom"}}), "");
}

TEST(SubscriptionSetTest, SeverityIsAtLeast) {
  EXPECT_EQ(WhyNot(SampleNotice(), {.severity = TopicSeverity::kHigh}), "");
  EXPECT_EQ(WhyNot(SampleNotice(), {.severity = TopicSeverity::kCritical}),
            "its severity is high; critical is asked for");
  AlertNotice low = SampleNotice();
  low.severity = TopicSeverity::kLow;
  EXPECT_EQ(WhyNot(low, {.severity = TopicSeverity::kMedium}), "its severity is low; medium or more is asked for");
}

TEST(SubscriptionSetTest, ScoreIsAtLeast) {
  EXPECT_EQ(WhyNot(SampleNotice(), {.score = 80}), "");
  EXPECT_EQ(WhyNot(SampleNotice(), {.score = 81}), "its score is 80; 81 or more is asked for");
  EXPECT_EQ(WhyNot(SampleNotice(), {.score = 336}), "its score is 80; 336 or more is asked for");
  EXPECT_EQ(WhyNot(SampleQuiet(), {.score = 1}), "an alert of kind quiet has no score; 1 or more is asked for");
}

TEST(SubscriptionSetTest, KindIsOneOfThese) {
  for (const AlertKind kind : kAlertKinds) {
    AlertNotice notice = SampleNotice();
    notice.kind = kind;
    EXPECT_EQ(WhyNot(notice, {.kinds = {kind}}), "") << Name(kind);
    const AlertKind other = kind == AlertKind::kNew ? AlertKind::kSummary : AlertKind::kNew;
    EXPECT_EQ(WhyNot(notice, {.kinds = {other}}),
              "its kind is '" + std::string(Name(kind)) + "'; '" + std::string(Name(other)) + "' is asked for");
  }
}

// A rule that raises no alerts any more is a matter of its owner, not of those who read its topic.
TEST(SubscriptionSetTest, DemotedRulesAreToldToThoseThatAsk) {
  AlertNotice notice = SampleNotice();
  notice.kind = AlertKind::kDemoted;
  EXPECT_EQ(WhyNot(notice, {}), "its kind is 'demoted', which is told to those only that ask for it in 'kinds'");
  EXPECT_EQ(WhyNot(notice, {.kinds = {AlertKind::kDemoted}}), "");
}

TEST(SubscriptionSetTest, LanguagesMeanWhatTheRuleLanguageMeans) {
  AlertNotice notice = SampleNotice();
  notice.language = "nb-NO";
  EXPECT_EQ(WhyNot(notice, {.languages = {"de", "no"}}), "");
  EXPECT_EQ(WhyNot(notice, {.languages = {"nn"}}), "its language is 'nb-NO'; 'nn' is asked for");
  notice.language = "";
  EXPECT_EQ(WhyNot(notice, {.languages = {"no"}}), "its language is not known; 'no' is asked for");
}

TEST(SubscriptionSetTest, CountriesMeanWhatTheRuleLanguageMeans) {
  EXPECT_EQ(WhyNot(SampleNotice(), {.countries = {"NO", "SE"}}), "");
  EXPECT_EQ(WhyNot(SampleNotice(), {.countries = {"Sweden"}}), "");
  EXPECT_EQ(WhyNot(SampleNotice(), {.countries = {"NO"}}), "its country is 'SE'; 'NO' is asked for");
  AlertNotice nowhere = SampleNotice();
  nowhere.country = "";
  EXPECT_EQ(WhyNot(nowhere, {.countries = {"SE"}}), "its country is not known; 'SE' is asked for");
}

TEST(SubscriptionSetTest, SourcesMeanWhatTheRuleLanguageMeans) {
  for (const char* source : {"Example Wire", "EXAMPLE wire", "example.org", "https://news.example.org/", "*.org"}) {
    EXPECT_EQ(WhyNot(SampleNotice(), {.sources = {source}}), "") << source;
  }
  for (const char* source : {"Example", "ample.org", "*.news.example.org"}) {
    EXPECT_EQ(WhyNot(SampleNotice(), {.sources = {source}}),
              "its source is 'Example Wire' (news.example.org); '" + std::string(source) + "' is asked for");
  }
  AlertNotice unknown = SampleNotice();
  unknown.source = unknown.url = "";
  EXPECT_EQ(WhyNot(unknown, {.sources = {"example.org"}}), "its source is not known; 'example.org' is asked for");
}

TEST(SubscriptionSetTest, AnExpressionReadsTitleFirstParagraphSnippetsAndAttributes) {
  for (const char* match : {"huawei NEAR/3 ban*", "title:sweden AND lead:regulator", "body:kit AND NOT lead:kit",
                            "\"down by 2029\"", "regulator AND lang:en AND country:SE AND source:example.org",
                            "huawei AND tag:telecom AND section:technology AND published: < 2h"}) {
    EXPECT_EQ(WhyNot(SampleNotice(), {.match = match}), "") << match;
  }
  for (const char* match :
       {"nokia", "title:regulator", "lead:kit", "huawei AND lang:de", "sweden AND published: < 1h", "huawei{3,}"}) {
    EXPECT_EQ(WhyNot(SampleNotice(), {.match = match}),
              "the expression does not hold on its title, first paragraph and snippets")
        << match;
  }
}

TEST(SubscriptionSetTest, OneValueOfEachFacetIsNear) {
  AlertNotice notice = SampleNotice();
  notice.facets = {{"countries", {{"NL", 2, true}, {"DE", 9, false}}}, {"vendors", {{"Huawei", 1, true}}}};
  EXPECT_EQ(WhyNot(notice, {.facets = {{"countries", {"BE", "nl"}}}}), "");
  EXPECT_EQ(WhyNot(notice, {.facets = {{"countries", {"NL"}}, {"vendors", {"Huawei", "ZTE"}}}}), "");
  EXPECT_EQ(WhyNot(notice, {.facets = {{"countries", {"DE", "BE"}}}}),
            "none of the countries that are asked for (DE, BE) is near its matches")
      << "DE is in the article, and not near";
  EXPECT_THAT(WhyNot(notice, {.facets = {{"countries", {"NL"}}, {"people", {"x"}}}}), HasSubstr("none of the people"));
  EXPECT_THAT(WhyNot(SampleNotice(), {.facets = {{"countries", {"NL"}}}}), HasSubstr("none of the countries"));
}

TEST(SubscriptionSetTest, AllConditionsMustHold) {
  const SubscriptionFilter all = {.topics = {"5g-vendor-bans"},
                                  .tags = {"telecom"},
                                  .severity = TopicSeverity::kMedium,
                                  .score = 50,
                                  .kinds = {AlertKind::kNew},
                                  .languages = {"en"},
                                  .countries = {"SE"},
                                  .sources = {"example.org"},
                                  .match = "huawei"};
  EXPECT_EQ(WhyNot(SampleNotice(), all), "");
  const auto but = [&](auto change) {
    SubscriptionFilter filter = all;
    change(filter);
    return WhyNot(SampleNotice(), filter);
  };
  EXPECT_THAT(but([](auto& f) { f.topics = {"x"}; }), HasSubstr("topic"));
  EXPECT_THAT(but([](auto& f) { f.tags = {"x"}; }), HasSubstr("tags"));
  EXPECT_THAT(but([](auto& f) { f.severity = TopicSeverity::kCritical; }), HasSubstr("severity"));
  EXPECT_THAT(but([](auto& f) { f.score = 90; }), HasSubstr("score"));
  EXPECT_THAT(but([](auto& f) { f.kinds = {AlertKind::kGrow}; }), HasSubstr("kind"));
  EXPECT_THAT(but([](auto& f) { f.languages = {"de"}; }), HasSubstr("language"));
  EXPECT_THAT(but([](auto& f) { f.countries = {"NO"}; }), HasSubstr("country"));
  EXPECT_THAT(but([](auto& f) { f.sources = {"x"}; }), HasSubstr("source"));
  EXPECT_THAT(but([](auto& f) { f.match = "nokia"; }), HasSubstr("expression"));
}

// ---- alerts about no article

TEST(SubscriptionSetTest, WhatAQuietAlertDoesNotSayItDoesNotMeet) {
  EXPECT_EQ(WhyNot(SampleQuiet(), {.topics = {"5g-vendor-bans"}, .tags = {"telecom"}}), "");
  EXPECT_NE(WhyNot(SampleQuiet(), {.languages = {"en"}}), "");
  EXPECT_NE(WhyNot(SampleQuiet(), {.countries = {"SE"}}), "");
  EXPECT_NE(WhyNot(SampleQuiet(), {.sources = {"example.org"}}), "");
  EXPECT_NE(WhyNot(SampleQuiet(), {.match = "huawei"}), "");
  AlertNotice named = SampleQuiet();
  named.source = "Example Wire";
  EXPECT_EQ(WhyNot(named, {.sources = {"example wire"}}), "") << "the source that is silent";
}

TEST(SubscriptionSetTest, ASummaryIsTakenForOneOfTheAlertsThatItLists) {
  const AlertNotice summary = SampleSummary({{"1", "new", "Oslo bans ZTE", "https://a.example.org/1", "A Wire", ""},
                                             {"2", "new", "Bern bans no one", "https://b.example.org/2", "", ""}});
  EXPECT_EQ(WhyNot(summary, {.match = "title:(oslo AND zte)"}), "");
  EXPECT_EQ(WhyNot(summary, {.match = "ban* AND NOT zte"}), "") << "the second";
  EXPECT_EQ(WhyNot(summary, {.sources = {"b.example.org"}}), "");
  EXPECT_EQ(WhyNot(summary, {.sources = {"A Wire"}, .match = "oslo AND source:a.example.org"}), "");
  EXPECT_EQ(WhyNot(summary, {.match = "oslo AND bern"}), "the expression holds on none of the alerts that it lists");
  EXPECT_EQ(WhyNot(summary, {.sources = {"A Wire"}, .match = "bern"}),
            "the expression holds on none of the alerts that it lists");
  EXPECT_EQ(WhyNot(summary, {.sources = {"C Wire"}}), "its alerts are of others; 'C Wire' is asked for");
  EXPECT_EQ(WhyNot(summary, {.languages = {"en"}}), "its language is not known; 'en' is asked for");
}

// ---- the set

TEST(SubscriptionSetTest, GivesIndexesThatRiseEachOnce) {
  SubscriptionMatcher matcher =
      MatcherOf(Compile({Wants("0", {.match = "huawei"}), Wants("1", {.topics = {"energy"}}),
                         Wants("2", {.tags = {"telecom", "security", "Telecom"}}),
                         Wants("3", {.topics = {"5g-vendor-bans", "5g-vendor-bans"}}), Wants("4", {}),
                         Wants("5", {.tags = {"security"}, .match = "ban*"})}));
  EXPECT_THAT(matcher.Match(SampleNotice()).value(), ElementsAre(0, 2, 3, 4, 5));
}

TEST(SubscriptionSetTest, LeavesOutWhatIsNotInForce) {
  StoredSubscription deleted = Wants("deleted", {}), off = Wants("off", {}), dead = Wants("dead", {.match = "huawei"});
  deleted.deleted = true;
  off.subscription.enabled = false;
  dead.disabled_because = "its endpoint answered 410";
  const auto set = Compile({deleted, Wants("desk", {}), off, dead});
  ASSERT_EQ(set->subscriptions().size(), 1U);
  SubscriptionMatcher matcher = MatcherOf(set);
  EXPECT_THAT(Takers(matcher, SampleNotice()), ElementsAre("desk"));
}

TEST(SubscriptionSetTest, AnEmptySetTakesNothing) {
  SubscriptionMatcher matcher = MatcherOf(Compile({}));
  EXPECT_THAT(Takers(matcher, SampleNotice()), IsEmpty());
}

TEST(SubscriptionSetTest, ReadersShareAnExpression) {
  SubscriptionMatcher matcher =
      MatcherOf(Compile({Wants("0", {.topics = {"5g-vendor-bans"}, .match = "huawei"}),
                         Wants("1", {.topics = {"energy"}, .match = "huawei"}), Wants("2", {.match = "huawei"}),
                         Wants("3", {.severity = TopicSeverity::kCritical, .match = "huawei"})}));
  EXPECT_THAT(Takers(matcher, SampleNotice()), ElementsAre("0", "2"));
}

TEST(SubscriptionSetTest, NamesTheSubscriptionWhoseExpressionItCannotUse) {
  for (const char* match : {"huawei AND", "@vendors", "ban AND urgency: < 3", "ban AND /(a)\\1/"}) {
    const auto set = SubscriptionSet::Compile({Wants("good", {.match = "ban"}), Wants("bad", {.match = match})});
    ASSERT_FALSE(set) << match;
    EXPECT_EQ(set.error().code, ErrorCode::kInvalid);
    EXPECT_THAT(set.error().message, HasSubstr("subscription 'bad'")) << match;
  }
}

TEST(SubscriptionSetTest, AnEditTakesOverWhatIsCompiled) {
  std::vector<StoredSubscription> subscriptions;
  for (int i = 0; i < 300; ++i) {
    subscriptions.push_back(Wants(std::to_string(i), {.match = "word" + std::to_string(i) + " OR huawei"}));
  }
  auto set = Compile(subscriptions);
  for (int edit = 0; edit < 5; ++edit) {
    subscriptions.erase(subscriptions.begin());
    subscriptions.push_back(Wants("edit-" + std::to_string(edit), {.match = "huawei AND \"edit\" OR sweden"}));
    subscriptions[5].subscription.filter.match = "nokia OR word-" + std::to_string(edit);
    set = Compile(subscriptions, set.get());
    SubscriptionMatcher edited = MatcherOf(set), anew = MatcherOf(Compile(subscriptions));
    const auto takers = Takers(edited, SampleNotice());
    EXPECT_EQ(takers, Takers(anew, SampleNotice()));
    EXPECT_EQ(takers.size(), 300U - static_cast<std::size_t>(edit) - 1U);
  }
  // Without expressions, and with them again.
  set = Compile({Wants("plain", {})}, set.get());
  set = Compile({Wants("again", {.match = "huawei"})}, set.get());
  SubscriptionMatcher matcher = MatcherOf(set);
  EXPECT_THAT(Takers(matcher, SampleNotice()), ElementsAre("again"));
}

TEST(SubscriptionSetTest, ASetOutlivesTheOneBefore) {
  auto first = Compile({Wants("a", {.match = "huawei"}), Wants("b", {.match = "ban*"})});
  auto second = Compile({Wants("a", {.match = "huawei"}), Wants("c", {.match = "sweden"})}, first.get());
  auto third = Compile({Wants("a", {.match = "huawei"}), Wants("c", {.match = "sweden"})}, second.get());
  first.reset();
  second.reset();
  SubscriptionMatcher matcher = MatcherOf(third);
  third.reset();
  EXPECT_THAT(Takers(matcher, SampleNotice()), ElementsAre("a", "c"));
}

// ---- generated

class Draw {
 public:
  Draw(std::uint64_t seed, const std::vector<StoredArticle>& articles) : random_(seed), articles_(articles) {}

  std::size_t Below(std::size_t below) { return static_cast<std::size_t>(random_() % below); }
  bool OneIn(std::size_t n) { return Below(n) == 0; }
  template <typename T>
  const T& OneOf(const std::vector<T>& values) {
    return values[Below(values.size())];
  }
  // Now and then none, else up to three.
  std::vector<std::string> SomeOf(const std::vector<std::string>& values, std::size_t one_in) {
    std::vector<std::string> some;
    if (!OneIn(one_in)) return some;
    for (std::size_t i = 0; i < 1 + Below(3); ++i) some.push_back(OneOf(values));
    return some;
  }

  SubscriptionFilter Filter(std::vector<std::string>& expressions) {
    static const std::vector<std::string> kSources = {"Example Wire",
                                                      "example.org",
                                                      "*.example.org",
                                                      "reuters.com",
                                                      "news.example.com",
                                                      "Le Monde",
                                                      "lemonde.fr",
                                                      "*.fr",
                                                      "?"};
    SubscriptionFilter filter;
    filter.topics = SomeOf(kTopics, 2);
    filter.tags = SomeOf({"Télécom", "telecom", "security", "energy", "+", "a b"}, 4);
    if (OneIn(3)) filter.severity = static_cast<TopicSeverity>(Below(4));
    if (OneIn(4)) filter.score = static_cast<std::uint32_t>(Below(101));
    for (std::size_t i = 0; OneIn(3) && i < 4; ++i) filter.kinds.push_back(kAlertKinds[Below(std::size(kAlertKinds))]);
    filter.languages = SomeOf({"en", "no", "nb", "zh", "zh-HK", "es", "xx"}, 5);
    filter.countries = SomeOf({"SE", "GB", "UK", "France", "CN", "nowhere"}, 6);
    filter.sources = SomeOf(kSources, 5);
    if (OneIn(2)) filter.match = OneOf(expressions);
    return filter;
  }

  AlertNotice Notice(std::size_t number) {
    const StoredArticle& article = OneOf(articles_);
    AlertNotice notice = SampleNotice("alert-" + std::to_string(number));
    notice.kind = kAlertKinds[Below(std::size(kAlertKinds))];
    notice.topic = OneOf(kTopics);
    notice.severity = static_cast<TopicSeverity>(Below(4));
    notice.tags = SomeOf({"telecom", "Security", "énergie", "A  b"}, 2);
    notice.spans.clear();
    if (!HasArticle(notice.kind)) {
      notice.title = notice.first_paragraph = notice.url = notice.source = notice.language = notice.country = "";
      notice.section = "";
      notice.published_at.reset();
      notice.score = 0;
      for (std::size_t i = 0; notice.kind == AlertKind::kSummary && i < Below(5); ++i) {
        const StoredArticle& listed = OneOf(articles_);
        notice.summary.push_back({"id", "new", listed.title, Url(), OneIn(2) ? listed.source : "Example Wire", ""});
      }
      return notice;
    }
    notice.score = static_cast<std::uint32_t>(Below(101));
    notice.title = article.title;
    notice.first_paragraph = article.body.substr(0, article.body.find('\n'));
    for (std::size_t at = 0; at < article.body.size(); at = article.body.find('\n', at) + 1) {
      if (OneIn(2))
        notice.spans.push_back(SpanOf("body", article.body.substr(at, article.body.find('\n', at) - at), ""));
      if (article.body.find('\n', at) == std::string::npos) break;
    }
    if (!article.summary.empty()) notice.spans.push_back(SpanOf("summary", article.summary, ""));
    notice.language = OneIn(3) ? OneOf<std::string>({"nb-NO", "zh-Hant-HK", "en-GB", ""}) : article.language;
    notice.country = OneIn(3) ? OneOf<std::string>({"SE", "FR", ""}) : article.country;
    notice.source = OneIn(3) ? OneOf<std::string>({"Example Wire", "www.lemonde.fr", ""}) : article.source;
    notice.section = article.section;
    notice.url = Url();
    notice.published_at = article.published_at;
    return notice;
  }

 private:
  std::string Url() {
    return OneOf<std::string>({"https://news.example.org/1", "https://www.lemonde.fr/x", "https://example.com", ""});
  }

  const std::vector<std::string> kTopics = {"5g-vendor-bans", "energy", "gas", "elections", "banks"};
  std::mt19937_64 random_;
  const std::vector<StoredArticle>& articles_;
};

// Each distinct test and expression as a topic of its own, so that the oracle tells which of them hold on a document.
class Oracle {
 public:
  std::uint32_t Add(Expression expression) {
    Topic topic;
    topic.id = "t" + std::to_string(pack_.topics.size());
    Rule& rule = topic.rules.emplace_back();
    rule.id = "r";
    rule.match = std::move(expression);
    pack_.topics.push_back(std::move(topic));
    return static_cast<std::uint32_t>(pack_.topics.size() - 1);
  }
  std::uint32_t Add(Attribute attribute, const std::string& value) {
    const auto [known, is_new] = attributes_.try_emplace({attribute, value}, 0);
    if (is_new) {
      Expression expression;
      expression.kind = Expression::Kind::kAttribute;
      expression.attribute = attribute;
      expression.value = value;
      known->second = Add(std::move(expression));
    }
    return known->second;
  }
  std::uint32_t Add(const std::string& match) {
    const auto [known, is_new] = expressions_.try_emplace(match, 0);
    if (is_new) known->second = Add(*ParseExpression(match, {}).expression);
    return known->second;
  }
  void Compile() {
    rules_ = RuleSet::Compile(std::vector<Pack>{pack_}).rule_set;
    ASSERT_NE(rules_, nullptr);
  }
  void Ask(const Document& document) {
    holds_.assign(pack_.topics.size(), false);
    const auto found = ReferenceMatch(*rules_, document);
    ASSERT_TRUE(found) << found.error().message;
    for (const TopicMatch& match : *found) holds_[match.topic] = true;
  }

  bool OneHolds(Attribute attribute, const std::vector<std::string>& values) {
    return values.empty() || std::any_of(values.begin(), values.end(), [&](const std::string& value) {
             return holds_[attributes_.at({attribute, value})];
           });
  }
  bool Holds(const std::string& match) { return match.empty() || holds_[expressions_.at(match)]; }

 private:
  Pack pack_;
  std::map<std::pair<Attribute, std::string>, std::uint32_t> attributes_;
  std::map<std::string, std::uint32_t> expressions_;
  std::shared_ptr<const RuleSet> rules_;
  std::vector<bool> holds_;
};

bool ContainsOrEmpty(const auto& list, const auto& value) {
  return list.empty() || std::find(list.begin(), list.end(), value) != list.end();
}

// The oracle was asked of a document of the alert.
bool ReferenceTakes(Oracle& oracle, const AlertNotice& notice, const SubscriptionFilter& filter) {
  return ContainsOrEmpty(filter.topics, notice.topic) && oracle.OneHolds(Attribute::kTag, filter.tags) &&
         notice.severity >= filter.severity && notice.score >= filter.score &&
         (ContainsOrEmpty(filter.kinds, notice.kind) &&
          (!filter.kinds.empty() || notice.kind != AlertKind::kDemoted)) &&
         oracle.OneHolds(Attribute::kLanguage, filter.languages) &&
         oracle.OneHolds(Attribute::kCountry, filter.countries) &&
         oracle.OneHolds(Attribute::kSource, filter.sources) && oracle.Holds(filter.match);
}

// Expressions about the texts that alerts carry, as readers may write them.
std::vector<std::string> MakeExpressions(std::size_t count, const std::vector<StoredArticle>& articles) {
  RuleGenerator generator(7, articles);
  std::vector<std::string> expressions;
  while (expressions.size() < count) {
    std::string text = ToText(generator.MakeExpression(3));
    if (!HasErrors(CheckMatch(text, "generated"))) expressions.push_back(std::move(text));
  }
  return expressions;
}

TEST(SubscriptionSetPropertyTest, TakesWhatTheReferenceTakes) {
  const std::vector<StoredArticle>& articles = SampleArticles();
  std::vector<std::string> expressions = MakeExpressions(300, articles);
  Draw draw(11, articles);
  std::vector<StoredSubscription> subscriptions;
  Oracle oracle;
  for (std::size_t i = 0; i < 2'000; ++i) {
    subscriptions.push_back(Wants(std::to_string(i), draw.Filter(expressions)));
    const SubscriptionFilter& filter = subscriptions.back().subscription.filter;
    for (const std::string& value : filter.tags) oracle.Add(Attribute::kTag, value);
    for (const std::string& value : filter.languages) oracle.Add(Attribute::kLanguage, value);
    for (const std::string& value : filter.countries) oracle.Add(Attribute::kCountry, value);
    for (const std::string& value : filter.sources) oracle.Add(Attribute::kSource, value);
    if (!filter.match.empty()) oracle.Add(filter.match);
  }
  ASSERT_NO_FATAL_FAILURE(oracle.Compile());
  // One set compiled at once, one come to by an edit.
  const auto half = Compile({subscriptions.begin(), subscriptions.begin() + 1'000});
  SubscriptionMatcher matcher = MatcherOf(Compile(subscriptions));
  SubscriptionMatcher edited = MatcherOf(Compile(subscriptions, half.get()));

  std::size_t taken = 0, with_expression = 0, of_summaries = 0;
  NoticeText text;
  for (std::size_t number = 0; number < 400; ++number) {
    const AlertNotice notice = draw.Notice(number);
    std::vector<bool> wanted(subscriptions.size());
    text.Begin(notice);
    for (std::size_t document = 0; document < text.count(); ++document) {
      text.Choose(document);
      ASSERT_NO_FATAL_FAILURE(oracle.Ask(text.document()));
      for (std::size_t i = 0; i < subscriptions.size(); ++i) {
        wanted[i] = wanted[i] || ReferenceTakes(oracle, notice, subscriptions[i].subscription.filter);
      }
    }
    const auto found = matcher.Match(notice);
    ASSERT_TRUE(found) << found.error().message;
    ASSERT_EQ(edited.Match(notice).value(), *found);
    std::vector<bool> is_taken(subscriptions.size());
    for (const std::uint32_t i : *found) is_taken[i] = true;
    for (std::uint32_t i = 0; i < subscriptions.size(); ++i) {
      const SubscriptionFilter& filter = subscriptions[i].subscription.filter;
      ASSERT_EQ(is_taken[i], wanted[i]) << "alert " << number << ", subscription " << i << ", " << filter.match;
      taken += wanted[i];
      with_expression += wanted[i] && !filter.match.empty();
      of_summaries += wanted[i] && !notice.summary.empty();
      if ((number + i) % 50 == 0) {
        EXPECT_EQ(matcher.WhyNot(notice, i).value().empty(), is_taken[i]);
      }
    }
  }
  EXPECT_GT(taken, 10'000U);
  EXPECT_GT(with_expression, 1'000U);
  EXPECT_GT(of_summaries, 500U);
}

TEST(SubscriptionSetThreadsTest, ThreadsShareASet) {
  const std::vector<StoredArticle>& articles = SampleArticles();
  std::vector<std::string> expressions = MakeExpressions(50, articles);
  Draw draw(3, articles);
  std::vector<StoredSubscription> subscriptions;
  for (int i = 0; i < 200; ++i) subscriptions.push_back(Wants(std::to_string(i), draw.Filter(expressions)));
  std::vector<AlertNotice> notices;
  for (std::size_t i = 0; i < 50; ++i) notices.push_back(draw.Notice(i));
  const auto set = Compile(subscriptions);
  std::vector<std::vector<std::uint32_t>> wanted;
  SubscriptionMatcher alone = MatcherOf(set);
  for (const AlertNotice& notice : notices) wanted.push_back(alone.Match(notice).value());
  std::atomic<std::size_t> same = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      SubscriptionMatcher matcher = MatcherOf(set);
      for (std::size_t n = 0; n < notices.size(); ++n) same += matcher.Match(notices[n]).value() == wanted[n];
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(same, 4 * notices.size());
}

}  // namespace
}  // namespace wirewatch
