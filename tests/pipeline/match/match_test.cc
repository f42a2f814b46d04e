#include "pipeline/match/match.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "pipeline/alert/alert.h"
#include "pipeline/match/article_matcher.h"
#include "pipeline/match/describe.h"
#include "pipeline/match/match_message.h"
#include "pipeline/match/trace.h"
#include "pipeline/story/story_signature.h"
#include "rules/engine/matcher.h"
#include "rules/pack/pack_loader.h"

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

ArticleFacts FactsOf(const Article& article) {
  FoldedDocument folded;
  Fold(DocumentOf(article), folded);
  return FactsOf(article, folded);
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
  return Describer(rules).Describe(found->at(0), article, std::make_shared<const ArticleFacts>(FactsOf(article)), {});
}

Match MatchOn(const std::string& expression, const Article& article) { return MatchOn(Rules(expression), article); }

Article Titled(std::string title) {
  Article article;
  article.id = "a-1";
  article.title = std::move(title);
  return article;
}

json LineOf(const Match& match) {
  std::string line;
  AppendJson(match, line);
  return json::parse(line);
}

Alert AlertOn(const Match& match) {
  Alert alert;
  alert.match = match;
  return alert;
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
  EXPECT_EQ(LineOf(match)["span_count"], 250);
}

TEST(MatchTest, TheSeverityIsThatOfTheRulesThatHold) {
  const auto rules = Rules("huawei AND ban', severity: low, score: 30}\n      - {id: s, match: 'huawei AND spy");
  const auto severity_of = [&](std::string title) {
    const Match match = MatchOn(rules, Titled(std::move(title)));
    EXPECT_EQ(LineOf(match)["severity"], Name(match.severity));
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
  const json line = LineOf(MatchOn("=Huawei", Titled("Huawei out")));
  EXPECT_EQ(line["article_id"], "a-1");
  EXPECT_EQ(line["topic"], "t");
  EXPECT_EQ(line["rules"], json::array({"r"}));
  EXPECT_EQ(line["score"], 70);
  EXPECT_EQ(line["rule_set"].get<std::string>().size(), 32u);
  EXPECT_EQ(
      line["spans"][0],
      json({{"field", "title"}, {"begin", 0}, {"end", 6}, {"text", "Huawei"}, {"rule", "r"}, {"term", "=Huawei"}}));
}

// Who reads alerts has no use for them, and a line is long enough.
TEST(MatchTest, TheSignatureAndThePolicyAreToldToTheAlertStepAlone) {
  Match match = MatchOn("huawei", Titled("Huawei out"));
  auto facts = std::make_shared<ArticleFacts>(*match.article);
  facts->signature = "abc";
  match.article = facts;
  for (const char* key : {"signature", "story_policy"}) {
    EXPECT_TRUE(json::parse(ToMessage(match)).contains(key));
    EXPECT_FALSE(LineOf(match).contains(key));
    EXPECT_FALSE(json::parse(ToJson(AlertOn(match))).contains(key));
  }
}

TEST(MatchTest, ThePolicyIsThatOfTheTopic) {
  const Match match =
      MatchOn(Rules("huawei', score: 70}\n    story: {window: 1h, grow: [5], throttle: 3, burst: low, quiet: true}\n"
                    "  - id: other\n    title: Other\n    rules:\n      - {id: s, match: 'nokia"),
              Titled("Huawei out"));
  EXPECT_EQ(match.story, (StoryPolicy{std::chrono::hours(1), {5}, 3, BurstSensitivity::kLow, true, true}));
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
  full.facets = {{"countries", {{"PL", 2, true}, {"CN", 1, false}}}, {"vendors", {{"Huawei", 1, true}}}};
  full.severity = TopicSeverity::kCritical;
  full.story = {std::chrono::hours(36), {5, 20}, 10, BurstSensitivity::kHigh, true};
  auto facts = std::make_shared<ArticleFacts>(*full.article);
  facts->signature = std::string("\0\xFF\n\"", 4);
  full.article = facts;
  full.times = {ParseRfc3339("2026-11-23T09:30:01Z"), *ParseRfc3339("2026-11-23T09:30:02Z"),
                *ParseRfc3339("2026-11-23T09:30:03.5Z")};
  for (const Match& match : {bare, full}) {
    const auto read = MatchOfMessage(ToMessage(match));
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(ToJson(AlertOn(*read)), ToJson(AlertOn(match)));
    EXPECT_EQ(ToMessage(*read), ToMessage(match));
    EXPECT_EQ(read->story, match.story);
    EXPECT_EQ(read->article->signature, match.article->signature);
    EXPECT_EQ(read->article->first_paragraph, match.article->first_paragraph);
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
  newer["schema_version"] = 4;
  EXPECT_THAT(error_of(newer.dump()), testing::HasSubstr("newer"));
  json late = good;
  late["received_at"] = "noon";
  EXPECT_THAT(error_of(late.dump()), testing::HasSubstr("noon"));
  for (const std::string text : {"", "{", "[]", "null", "\"match\"", "{\"topic\": 1}"})
    EXPECT_NE(error_of(text), "") << text;
}

TEST(MatchMessageTest, WhatThePolicyOrTheSignatureCannotBeIsNoMatch) {
  const json good = json::parse(ToMessage(MatchOn("huawei", Titled("Huawei out"))));
  const auto error_of = [&](const char* pointer, const json& value) {
    json wrong = good;
    wrong[json::json_pointer(pointer)] = value;
    const auto read = MatchOfMessage(wrong.dump());
    return read ? "" : read.error().message;
  };
  EXPECT_THAT(error_of("/signature", "?"), testing::HasSubstr("signature"));
  EXPECT_THAT(error_of("/story_policy/window", "soon"), testing::HasSubstr("soon"));
  EXPECT_THAT(error_of("/story_policy/burst", "often"), testing::HasSubstr("often"));
  EXPECT_NE(error_of("/story_policy/grow", "5"), "");
  EXPECT_NE(error_of("/story_policy/throttle", "10"), "");
  EXPECT_NE(error_of("/story_policy/quiet", "no"), "");
  EXPECT_NE(error_of("/story_policy", "none"), "");
}

TEST(MatchMessageTest, OfAnOlderVersionIsReadWithWhatItDidNotHaveAtItsDefault) {
  Article article = Titled("Huawei out");
  article.body = "Sweden says so.";
  Match match = MatchOn("huawei", article);
  match.story.quiet = true;
  auto facts = std::make_shared<ArticleFacts>(*match.article);
  facts->signature = "abc";
  match.article = facts;
  const Revision revision{facts, {"t"}, match.rule_set, {}, {}};
  for (const int version : {1, 2}) {
    const auto older = [&](const std::string& message) {
      json old = json::parse(message);
      old["schema_version"] = version;
      for (const char* key : {"first_paragraph", "signature", "story_policy"}) old.erase(key);
      return old.dump();
    };
    const auto read = MatchOfMessage(older(ToMessage(match)));
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->topic, "t");
    EXPECT_EQ(read->article->title, "Huawei out");
    EXPECT_EQ(read->article->first_paragraph, "");
    EXPECT_EQ(read->article->signature, "");
    EXPECT_EQ(read->story, StoryPolicy());
    EXPECT_TRUE(ReadMessage(older(ToMessage(revision))));
  }
}

TEST(MatchMessageTest, ARevisionIsTheSameBehindAKafkaTopic) {
  Article article = Titled("Rain");
  article.version = "2";
  article.status = PublicationStatus::kCanceled;
  Revision revision;
  auto facts = std::make_shared<ArticleFacts>(FactsOf(article));
  facts->signature = "abc";
  revision.article = facts;
  revision.topics = {"bans", "spies"};
  revision.rule_set = "0123456789abcdef0123456789abcdef";
  revision.times.recorded = ParseRfc3339("2026-11-23T09:30:01Z");
  const auto read = ReadMessage(ToMessage(revision));
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_TRUE(std::holds_alternative<Revision>(*read));
  EXPECT_EQ(ToMessage(std::get<Revision>(*read)), ToMessage(revision));
  EXPECT_EQ(std::get<Revision>(*read).article->content_hash, revision.article->content_hash);
  EXPECT_EQ(std::get<Revision>(*read).article->signature, "abc");
  EXPECT_THAT(MatchOfMessage(ToMessage(revision)).error().message, testing::HasSubstr("revision"));
  json broken = json::parse(ToMessage(revision));
  broken.erase("topics");
  EXPECT_FALSE(ReadMessage(broken.dump()));
}

TEST(MatchTest, AVersionThatIsNotTheFirstIsARevision) {
  Article article = Titled("Rain");
  EXPECT_FALSE(IsRevision(article));
  for (const char* first : {"0", "1", "01", "1.0", "v1"}) {
    article.version = first;
    EXPECT_FALSE(IsRevision(article)) << first;
  }
  for (const char* later : {"2", "10", "1.1", "v3", "99999999999999999999999", "2026-11-23T09:30:00Z", "final"}) {
    article.version = later;
    EXPECT_TRUE(IsRevision(article)) << later;
  }
  article.version = "1";
  article.status = PublicationStatus::kCanceled;
  EXPECT_TRUE(IsRevision(article));
}

TEST(MatchTest, TheContentHashIsThatOfTheTextAlone) {
  Article article = Titled("Rain");
  const std::string hash = FactsOf(article).content_hash;
  article.version = "2";
  article.url = "https://example.org";
  EXPECT_EQ(FactsOf(article).content_hash, hash);
  for (std::string Article::*text : {&Article::title, &Article::summary, &Article::body}) {
    Article other = article;
    (other.*text) += ".";
    EXPECT_NE(FactsOf(other).content_hash, hash);
  }
}

// Ten megabytes of one paragraph, and a rule that takes all of it: the alert stays small, its places stay right.
TEST(MatchTest, ALongMatchIsCutAndItsPlaceIsWhole) {
  Article article = Titled("A title");
  article.body = "Of Huawei ";
  while (article.body.size() < (10u << 20)) article.body += "żółć ";
  const Match match = MatchOn("/Huawei.*/", article);
  ASSERT_GE(match.spans.size(), 1u);
  const MatchedSpan& span = match.spans[0];
  EXPECT_EQ(span.span.begin, 3u);
  EXPECT_GT(span.span.end, 10u << 20);
  EXPECT_LE(span.text.size(), kMaxSpanText);
  EXPECT_TRUE(span.text.ends_with(kCutMark));
  EXPECT_EQ(span.snippet.substr(span.in_snippet.begin, span.in_snippet.size()), span.text);
  EXPECT_NO_THROW(static_cast<void>(json(span.text).dump())) << "no half character";
  EXPECT_LT(ToJson(AlertOn(match)).size(), 400'000u);
  EXPECT_LT(ToMessage(match).size(), 400'000u);
}

TEST(MatchTest, TheFirstParagraphIsThatOfTheBodyOrElseTheSummary) {
  Article article = Titled("Huawei out");
  EXPECT_EQ(FactsOf(article).first_paragraph, "");
  article.summary = "In short.";
  EXPECT_EQ(FactsOf(article).first_paragraph, "In short.");
  article.body = "\n***\nSweden says „no”.\nNorway waits.";
  EXPECT_EQ(FactsOf(article).first_paragraph, "Sweden says „no”.");
  article.body = "***\n--";
  EXPECT_EQ(FactsOf(article).first_paragraph, "In short.") << "of the body nothing is a word";
  article.body = std::string(5'000, 'x');
  EXPECT_EQ(FactsOf(article).first_paragraph.size(), kMaxFact);
  EXPECT_TRUE(FactsOf(article).first_paragraph.ends_with(kCutMark));
}

class ArticleMatcherTest : public testing::Test {
 protected:
  Outcome<ArticleMatches> Process(const json& article, std::optional<WallTime> timestamp = {}) {
    auto matcher = ArticleMatcher::Create(Rules(expression_), {}, {}, record_time_, metrics_);
    EXPECT_TRUE(matcher);
    const std::string payload = article.dump();
    Record record;
    record.payload = payload;
    record.timestamp = timestamp;
    return matcher->Process(record, received_);
  }
  ArticleMatches Found(const json& article) { return Process(article).value; }

  std::string expression_ = "huawei";
  RecordTime record_time_ = RecordTime::kReceived;
  WallTime received_ = *ParseRfc3339("2026-11-23T09:30:00Z");

  MetricsRegistry metrics_;
};

TEST_F(ArticleMatcherTest, WhatMatchesOrIsARevisionHasTheSignatureOfItsText) {
  const json article = {{"id", "a-1"}, {"title", "Huawei out"}, {"body", "Sweden leaves Huawei out of its networks."}};
  Document document;
  document.texts = {"Huawei out", "", "Sweden leaves Huawei out of its networks."};
  FoldedDocument folded;
  Fold(document, folded);
  const std::string signature = PackSignature(SignatureMaker().Make(folded));
  ASSERT_NE(signature, "");
  const ArticleMatches found = Found(article);
  ASSERT_EQ(found.matches.size(), 1u);
  EXPECT_EQ(found.matches[0].article->signature, signature);
  EXPECT_EQ(found.matches[0].article->first_paragraph, "Sweden leaves Huawei out of its networks.");

  const ArticleMatches revised =
      Found({{"id", "a-1"}, {"version", "2"}, {"title", "Rain"}, {"body", "It rains in Sweden."}});
  ASSERT_TRUE(revised.revision);
  EXPECT_TRUE(UnpackSignature(revised.revision->article->signature));
  EXPECT_NE(revised.revision->article->signature, "");
}

TEST_F(ArticleMatcherTest, AnArticleTellsItsTimeWhereItIsTo) {
  const json article = {{"id", "a-1"}, {"title", "Rain"}, {"published_at", "2020-05-01T10:00:00Z"}};
  EXPECT_EQ(Process(article).time, std::nullopt);
  record_time_ = RecordTime::kPublished;
  EXPECT_EQ(Process(article).time, ParseRfc3339("2020-05-01T10:00:00Z")) << "of one that matches nothing, too";
  EXPECT_EQ(Process({{"id", "a-1"}, {"title", "Rain"}}).time, std::nullopt);
  for (const char* ahead : {"2099-01-01T00:00:00Z", "2026-11-23T09:30:01Z"}) {
    json early = article;
    early["published_at"] = ahead;
    EXPECT_EQ(Process(early).time, std::nullopt) << ahead;
  }
  EXPECT_EQ(Process({{"id", "a-1"}, {"published_at", "2020-05-01T10:00:00Z"}}).time, std::nullopt) << "no article";
}

// Rules ask for the age at the time that the alert step goes by, and the match says that time.
TEST_F(ArticleMatcherTest, TheAgeOfAnArticleIsThatAtItsRecordTime) {
  expression_ = "huawei AND published: < 48h";
  const json article = {{"id", "a-1"}, {"title", "Huawei out"}, {"published_at", "2020-05-01T10:00:00Z"}};
  EXPECT_TRUE(Found(article).empty());
  record_time_ = RecordTime::kPublished;
  const ArticleMatches found = Found(article);
  ASSERT_EQ(found.matches.size(), 1u);
  EXPECT_EQ(found.matches[0].times.recorded, ParseRfc3339("2020-05-01T10:00:00Z"));
  EXPECT_EQ(found.matches[0].times.received, received_);

  EXPECT_TRUE(Process(article, ParseRfc3339("2020-05-04T10:00:00Z")).value.empty())
      << "a record's own time comes first";
  const auto next_day = ParseRfc3339("2020-05-02T10:00:00Z");
  EXPECT_EQ(Process(article, next_day).value.matches.at(0).times.recorded, next_day);
}

TEST(MatchTest, FactsAreCutAtTheirLimits) {
  Article article;
  const std::string large(1 << 20, 'x');
  for (std::string Article::*text : {&Article::id, &Article::version, &Article::title, &Article::url, &Article::source,
                                     &Article::language, &Article::country, &Article::section}) {
    article.*text = large;
  }
  const ArticleFacts facts = FactsOf(article);
  EXPECT_EQ(facts.title.size(), kMaxTitleFact);
  EXPECT_TRUE(facts.title.ends_with(kCutMark));
  EXPECT_EQ(facts.url, "") << "half an address leads nowhere";
  EXPECT_EQ(facts.source.size(), kMaxFact);
  EXPECT_LE(facts.id.size(), kMaxFact);
  article.id.back() = 'y';
  EXPECT_NE(FactsOf(article).id, facts.id) << "another article";
  Article small = Titled("A title");
  small.url = "https://example.org/1";
  EXPECT_EQ(FactsOf(small).id, "a-1");
  EXPECT_EQ(FactsOf(small).title, "A title");
  EXPECT_EQ(FactsOf(small).url, small.url);
}

// The examples and rules of W3C Trace Context, level 1, sections 3.2 and 3.3.
TEST(TraceTest, OnlyWhatIsValidGoesOn) {
  const std::string good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  const auto parent_of = [](const std::string& value) {
    const auto trace = TraceOf({{"traceparent", value}, {"tracestate", "a=1"}, {"other", "x"}});
    return trace.empty() ? std::string() : trace[0].value;
  };
  EXPECT_EQ(parent_of(good), good);
  EXPECT_EQ(TraceOf({{"traceparent", good}, {"tracestate", "a=1"}, {"other", "x"}}).size(), 2u);
  const std::string newer = "01" + good.substr(2) + "-what-the-future-will-be-like";
  EXPECT_EQ(parent_of(newer), newer);
  for (const std::string& bad :
       std::vector<std::string>{std::string(), std::string(5'000, '\x01'), std::string(1 << 20, '0'), good + "0",
                                good + "-00", "ff" + good.substr(2), "0" + good, good.substr(0, 54),
                                "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                                "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                                "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01", "01" + good.substr(2) + "x",
                                "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                                "01" + good.substr(2) + "-" + std::string(500, 'x'), "01" + good.substr(2) + "-\n"}) {
    EXPECT_EQ(parent_of(bad), "") << bad.substr(0, 80);
  }
  EXPECT_TRUE(TraceOf({{"tracestate", "a=1"}}).empty()) << "nothing that it belongs to";
  EXPECT_TRUE(TraceOf({{"traceparent", good}, {"traceparent", good}}).empty()) << "which of the two";

  const auto state_of = [&](const std::string& value) {
    const auto trace = TraceOf({{"traceparent", good}, {"tracestate", value}});
    return trace.size() < 2 ? std::string() : trace[1].value;
  };
  EXPECT_EQ(state_of("rojo=00f067aa0ba902b7,congo=t61rcWkgMzE"), "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE");
  EXPECT_EQ(state_of(" a=1 ,, \tfw529a3039@dt=FfwAAAAAAA"), "a=1,fw529a3039@dt=FfwAAAAAAA");
  for (const char* bad : {"a", "=1", "A=1", "a=", "a=b=c", "a=\x01", "a@b@c=1", "a=ż", "a@=1"}) {
    EXPECT_EQ(state_of(bad), "") << bad;
  }
  std::string many = "k0=v";
  for (int i = 1; i < 100; ++i) many += ",k" + std::to_string(i) + "=v";
  const std::string some = state_of(many);
  EXPECT_EQ(std::count(some.begin(), some.end(), '='), 32);
  EXPECT_LE(
      state_of("a=1,b=" + std::string(250, 'x') + ",c=" + std::string(250, 'x') + ",d=" + std::string(250, 'x')).size(),
      512u);
  EXPECT_EQ(TraceOf({{"traceparent", good}, {"tracestate", "a=1"}, {"tracestate", "b=2"}})[1].value, "a=1,b=2");
}

}  // namespace
}  // namespace wirewatch
