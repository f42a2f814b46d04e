#include "pipeline/match.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "pipeline/alert.h"
#include "pipeline/match_message.h"
#include "rules/matcher.h"
#include "rules/pack_loader.h"

namespace wirewatch {
namespace {

using nlohmann::json;

std::shared_ptr<const RuleSet> Rules(const std::string& expression) {
  LoadedPacks loaded = LoadPackText(
      "pack: t\nowner: o@example.org\ntopics:\n  - id: t\n    title: The topic\n    rules:\n      - {id: r, match: '" +
          expression + "', score: 70}\n",
      "t.yaml");
  EXPECT_FALSE(HasErrors(loaded.diagnostics)) << Render(loaded.diagnostics);
  CompiledRules compiled = RuleSet::Compile(std::move(loaded.packs));
  EXPECT_NE(compiled.rule_set, nullptr) << Render(compiled.diagnostics);
  return compiled.rule_set;
}

// The one match of the rules on `article`.
Match MatchOn(const std::shared_ptr<const RuleSet>& rules, const Article& article) {
  auto matcher = Matcher::Create(rules);
  EXPECT_TRUE(matcher);
  const Document document = DocumentOf(article);
  FoldedDocument folded;
  Fold(document, folded);
  const auto found = matcher->Match(document, folded);
  EXPECT_TRUE(found);
  EXPECT_EQ(found->size(), 1u);
  return Describe(found->at(0), *rules, article, std::make_shared<const ArticleFacts>(FactsOf(article)), {});
}

Match MatchOn(const std::string& expression, const Article& article) { return MatchOn(Rules(expression), article); }

Article Titled(std::string title) {
  Article article;
  article.id = "a-1";
  article.title = std::move(title);
  return article;
}

TEST(MatchTest, TheRangesHoldTheVeryBytesOfTheField) {
  const std::string title = "\xF0\x9F\x93\xA1 Zakaz dla Huawei: Łódź wyklucza 华为 od zaraz";
  const Match match = MatchOn("lodz OR 华为", Titled(title));
  ASSERT_EQ(match.spans.size(), 2u);
  EXPECT_EQ(match.spans[0].text, "Łódź");
  EXPECT_EQ(match.spans[1].text, "华为");
  for (const MatchedSpan& span : match.spans) {
    EXPECT_EQ(title.substr(span.span.begin, span.span.size()), span.text);
    EXPECT_EQ(span.snippet.substr(span.in_snippet.begin, span.in_snippet.size()), span.text);
  }
}

TEST(MatchTest, ASnippetIsOneLineOfWholeWordsAndCharacters) {
  Article article;
  article.id = "a";
  for (int i = 0; i < 40; ++i) article.body += "żółć gęślą ";
  article.body += "\nban\n";
  for (int i = 0; i < 40; ++i) article.body += "łódź jaźń ";
  const Match match = MatchOn("ban", article);
  ASSERT_EQ(match.spans.size(), 1u);
  const std::string& snippet = match.spans[0].snippet;
  EXPECT_LT(snippet.size(), 200u);
  EXPECT_EQ(snippet.find('\n'), std::string::npos);
  EXPECT_TRUE(snippet.starts_with("żółć") || snippet.starts_with("gęślą")) << snippet;
  EXPECT_TRUE(snippet.ends_with("łódź") || snippet.ends_with("jaźń")) << snippet;
  EXPECT_NO_THROW(json(snippet).dump()) << "valid UTF-8";
}

TEST(MatchTest, ATextWithoutBlanksIsCutAtWholeCharacters) {
  std::string title;
  for (int i = 0; i < 200; ++i) title += "华";
  title += "为";
  for (int i = 0; i < 200; ++i) title += "国";
  const Match match = MatchOn("为", Titled(title));
  EXPECT_NO_THROW(json(match.spans.at(0).snippet).dump());
}

TEST(MatchTest, ManySpansAreCountedAndTheFirstHundredTold) {
  Article article;
  article.id = "a";
  for (int i = 0; i < 250; ++i) article.body += "ban ";
  const Match match = MatchOn("ban", article);
  EXPECT_EQ(match.span_count, 250u);
  EXPECT_EQ(match.spans.size(), kMaxSpans);
  EXPECT_EQ(json::parse(ToJson(match))["span_count"], 250);
}

TEST(MatchTest, TheSeverityIsThatOfTheRulesThatHold) {
  const auto rules = Rules("huawei AND ban', severity: low, score: 30}\n      - {id: s, match: 'huawei AND spy");
  const auto severity_of = [&](std::string title) {
    const Match match = MatchOn(rules, Titled(std::move(title)));
    EXPECT_EQ(json::parse(ToJson(match))["severity"], Name(match.severity));
    return match.severity;
  };
  EXPECT_EQ(severity_of("Huawei ban"), TopicSeverity::kLow);
  EXPECT_EQ(severity_of("Huawei spy"), TopicSeverity::kMedium);
  EXPECT_EQ(severity_of("Huawei spy ban"), TopicSeverity::kMedium);
}

TEST(MatchTest, EveryTermIsToldHoweverManySpansOthersHave) {
  Article article;
  article.id = "a";
  for (int i = 0; i < 250; ++i) article.body += "ban ";
  article.body += "carrier";
  const Match match = MatchOn("ban AND carrier", article);
  ASSERT_EQ(match.spans.size(), kMaxSpans);
  EXPECT_EQ(match.spans.front().text, "ban");
  EXPECT_EQ(match.spans.back().text, "carrier");
}

TEST(MatchTest, TheLineOfAMatchHasWhatReadersNeed) {
  const json line = json::parse(ToJson(MatchOn("=Huawei", Titled("Huawei out"))));
  EXPECT_EQ(line["article_id"], "a-1");
  EXPECT_EQ(line["topic"], "t");
  EXPECT_EQ(line["rules"], json::array({"r"}));
  EXPECT_EQ(line["score"], 70);
  EXPECT_EQ(line["rule_set"].get<std::string>().size(), 32u);
  EXPECT_EQ(
      line["spans"][0],
      json({{"field", "title"}, {"begin", 0}, {"end", 6}, {"text", "Huawei"}, {"rule", "r"}, {"term", "=Huawei"}}));
}

// What an alert says is all that is asked of a match: so much must pass between the steps.
TEST(MatchMessageTest, TheAlertIsTheSameBehindAKafkaTopic) {
  Article article = Titled("Huawei \"out\" \xF0\x9F\x93\xA1");
  Match bare = MatchOn("huawei", article);
  article.version = "2";
  article.url = "https://example.org/1";
  article.source = "example.org";
  article.language = "pl";
  article.country = "PL";
  article.section = "world";
  article.body = "Łódź bans\nhuawei";
  article.status = PublicationStatus::kWithheld;
  article.urgency = 3;
  article.published_at = ParseRfc3339("2026-11-23T09:30:00.123456Z");
  article.embargoed_until = ParseRfc3339("2026-11-24T00:00:00Z");
  Match full = MatchOn("huawei OR lodz", article);
  full.tags = {"telecom", "security"};
  full.severity = TopicSeverity::kCritical;
  full.times = {ParseRfc3339("2026-11-23T09:30:01Z"), *ParseRfc3339("2026-11-23T09:30:02Z"),
                *ParseRfc3339("2026-11-23T09:30:03.5Z")};
  for (const Match& match : {bare, full}) {
    const auto read = MatchOfMessage(ToMessage(match));
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(ToJson(AlertOf(*read, WallTime())), ToJson(AlertOf(match, WallTime())));
    EXPECT_EQ(ToMessage(*read), ToMessage(match));
  }
  EXPECT_NE(MatchId(bare), MatchId(full)) << "another version";
}

TEST(MatchMessageTest, WhatIsNoMatchSaysWhatIsWrong) {
  const json good = json::parse(ToMessage(MatchOn("huawei", Titled("Huawei out"))));
  const auto error_of = [](const std::string& text) {
    const auto read = MatchOfMessage(text);
    return read ? "" : read.error().message;
  };
  EXPECT_EQ(error_of(good.dump()), "");
  json more = good;
  more["of_a_newer_version"] = {1, 2};
  EXPECT_EQ(error_of(more.dump()), "");
  for (const char* key : {"topic", "article_id", "rules", "spans", "status", "severity", "schema_version"}) {
    json without = good;
    without.erase(key);
    EXPECT_THAT(error_of(without.dump()), testing::HasSubstr(key));
    json wrong = good;
    wrong[key] = json::object({{"x", 1}});
    EXPECT_NE(error_of(wrong.dump()), "") << key;
  }
  json newer = good;
  newer["schema_version"] = 2;
  EXPECT_THAT(error_of(newer.dump()), testing::HasSubstr("newer"));
  json late = good;
  late["received_at"] = "noon";
  EXPECT_THAT(error_of(late.dump()), testing::HasSubstr("noon"));
  for (const std::string text : {"", "{", "[]", "null", "\"match\"", "{\"topic\": 1}"})
    EXPECT_NE(error_of(text), "") << text;
}

}  // namespace
}  // namespace wirewatch
