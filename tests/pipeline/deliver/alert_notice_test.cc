#include "pipeline/deliver/alert_notice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "pipeline/story/throttle.h"
#include "tests/support/sample_alert.h"

namespace wirewatch {
namespace {

using nlohmann::ordered_json;
using testing::ElementsAre;
using testing::HasSubstr;

const std::string kId = "00112233445566778899aabbccddeeff", kOtherId = "ffeeddccbbaa99887766554433221100";

// An alert of the kind with all that its kind can say.
Alert FullAlert(AlertKind kind) {
  Alert alert = SampleAlert();
  alert.kind = kind;
  alert.because = "the first of three sources";
  alert.match.tags = {"telecom", "europe"};
  alert.match.facets = {{"countries", {{"SE", 3, true}, {"CN", 1, false}}}, {"vendors", {{"Huawei", 2, true}}}};
  ArticleFacts& facts = FactsIn(alert);
  facts.version = "2";
  facts.first_paragraph = "The regulator said so on Friday \xE2\x80\x94 in \"two\" lines.";
  facts.url = "https://example.org/a?b=c";
  facts.language = "en-GB";
  facts.country = "SE";
  facts.section = "world";
  if (kind == AlertKind::kCorrection || kind == AlertKind::kWithdrawn) alert.corrects = kOtherId;
  if (kind == AlertKind::kWithdrawn) {
    alert.reason = kArticleCanceled;
    alert.match.spans.clear();
    alert.match.span_count = 0;
  }
  if (kind == AlertKind::kBurst) {
    alert.burst = Burst{12, 7, alert.alerted, 1.5, 1e-9};
  } else if (kind == AlertKind::kQuiet) {
    alert.quiet = Quiet{"example.org", alert.alerted, 40};
  } else if (kind == AlertKind::kSummary) {
    alert.summary = FoldedHour{alert.alerted, alert.alerted + std::chrono::hours(1), {}, 144};
    alert.summary->alerts.push_back(std::make_shared<const FoldedAlert>(
        FoldedAlert{kOtherId, "new", "Held back", "https://example.org/held", "example.org", kId}));
  } else if (kind == AlertKind::kDemoted) {
    alert.demoted = DemotedRule{"flood", "desk@example.org", "hits"};
  } else {
    alert.story = AlertStory{kId, alert.alerted, "example.org", 3, 5, 8};
    alert.previous = {kOtherId};
  }
  return alert;
}

ordered_json JsonOf(AlertKind kind) { return ordered_json::parse(ToJson(FullAlert(kind))); }

std::string ErrorOf(std::string_view text) {
  const auto notice = ReadNotice(text);
  if (notice) return "read";
  EXPECT_EQ(notice.error().code, ErrorCode::kInvalid);
  return notice.error().message;
}
std::string ErrorOf(const ordered_json& json) { return ErrorOf(std::string_view(json.dump())); }

// The document of a new alert in which `key` (a JSON pointer) has another value.
std::string ErrorWith(const std::string& pointer, ordered_json value, AlertKind kind = AlertKind::kNew) {
  ordered_json json = JsonOf(kind);
  json[ordered_json::json_pointer(pointer)] = std::move(value);
  return ErrorOf(json);
}

TEST(AlertNoticeTest, SaysOfEveryKindWhatTheAlertSaid) {
  for (const AlertKind kind : kAlertKinds) {
    SCOPED_TRACE(Name(kind));
    const Alert alert = FullAlert(kind);
    const std::string json = ToJson(alert);
    const auto notice = ReadNotice(json);
    ASSERT_TRUE(notice) << notice.error().message;
    EXPECT_EQ(notice->document, json);
    EXPECT_EQ(notice->id, alert.id);
    EXPECT_EQ(notice->kind, kind);
    EXPECT_EQ(notice->because, alert.because);
    EXPECT_EQ(notice->topic, alert.match.topic);
    EXPECT_EQ(notice->topic_title, alert.match.topic_title);
    EXPECT_EQ(notice->severity, alert.match.severity);
    EXPECT_EQ(notice->tags, alert.match.tags);
    EXPECT_EQ(notice->previous, alert.previous);
    EXPECT_EQ(notice->corrects, alert.corrects);
    EXPECT_EQ(notice->alerted, alert.alerted);
    ASSERT_EQ(notice->story.has_value(), alert.story.has_value());
    if (alert.story) {
      EXPECT_EQ(notice->story->id, alert.story->id);
      EXPECT_EQ(notice->story->first_seen, alert.story->first_seen);
      EXPECT_EQ(notice->story->first_source, alert.story->first_source);
      EXPECT_EQ(notice->story->sources, alert.story->sources);
      EXPECT_EQ(notice->story->articles, alert.story->articles);
      EXPECT_EQ(notice->story->size, alert.story->size);
    }
  }
}

TEST(AlertNoticeTest, SaysWhatTheAlertSaidOfItsArticle) {
  const Alert alert = FullAlert(AlertKind::kNew);
  const auto notice = ReadNotice(ToJson(alert));
  ASSERT_TRUE(notice) << notice.error().message;
  const ArticleFacts& facts = *alert.match.article;
  EXPECT_EQ(notice->article_id, facts.id);
  EXPECT_EQ(notice->article_version, facts.version);
  EXPECT_EQ(notice->title, facts.title);
  EXPECT_EQ(notice->first_paragraph, facts.first_paragraph);
  EXPECT_EQ(notice->url, facts.url);
  EXPECT_EQ(notice->source, facts.source);
  EXPECT_EQ(notice->language, facts.language);
  EXPECT_EQ(notice->country, facts.country);
  EXPECT_EQ(notice->section, facts.section);
  EXPECT_EQ(notice->published_at, facts.published_at);
  EXPECT_EQ(notice->score, 80u);
  EXPECT_THAT(notice->rules, ElementsAre("ban-near-vendor"));
  EXPECT_EQ(notice->facets, alert.match.facets);
  ASSERT_EQ(notice->spans.size(), 2u);
  EXPECT_EQ(notice->span_count, 2u);
  const NoticeSpan& span = notice->spans[1];
  EXPECT_EQ(span.field, "title");
  EXPECT_EQ(span.text, "Huawei");
  EXPECT_EQ(span.rule, "ban-near-vendor");
  EXPECT_EQ(span.term, "huawei");
  EXPECT_EQ(span.in_snippet.Of(span.snippet), "Huawei");
}

TEST(AlertNoticeTest, ListsWhatASummaryFolded) {
  const auto notice = ReadNotice(ToJson(FullAlert(AlertKind::kSummary)));
  ASSERT_TRUE(notice) << notice.error().message;
  EXPECT_EQ(notice->summary_count, 144u);
  ASSERT_EQ(notice->summary.size(), 1u);
  const FoldedNotice& folded = notice->summary[0];
  EXPECT_EQ(folded.id, kOtherId);
  EXPECT_EQ(folded.kind, "new");
  EXPECT_EQ(folded.title, "Held back");
  EXPECT_EQ(folded.url, "https://example.org/held");
  EXPECT_EQ(folded.source, "example.org");
  EXPECT_EQ(folded.story, kId);
  EXPECT_TRUE(notice->article_id.empty());
  EXPECT_TRUE(notice->spans.empty());
}

TEST(AlertNoticeTest, TakesTheSchemaBeforeThisOneToo) {
  ordered_json json = JsonOf(AlertKind::kCorrection);
  json["schema_version"] = 2;
  for (const char* key : {"because", "story", "previous"}) json.erase(key);
  const auto notice = ReadNotice(json.dump());
  ASSERT_TRUE(notice) << notice.error().message;
  EXPECT_EQ(notice->kind, AlertKind::kCorrection);
  EXPECT_EQ(notice->because, "");
  EXPECT_FALSE(notice->story.has_value());
}

TEST(AlertNoticeTest, LeavesUnknownKeysAlone) {
  ordered_json json = JsonOf(AlertKind::kNew);
  json["mood"] = {{"grim", true}};
  json["spans"][0]["colour"] = 7;
  json["story"]["editor"] = nullptr;
  const auto notice = ReadNotice(json.dump());
  ASSERT_TRUE(notice) << notice.error().message;
  EXPECT_EQ(notice->document, json.dump());
}

TEST(AlertNoticeTest, KeepsADocumentOfManyLinesOnOne) {
  const ordered_json json = JsonOf(AlertKind::kNew);
  std::string lines = json.dump(2) + "\r\n";
  const auto notice = ReadNotice(lines);
  ASSERT_TRUE(notice) << notice.error().message;
  EXPECT_EQ(notice->document.find_first_of("\r\n"), std::string::npos);
  EXPECT_EQ(ordered_json::parse(notice->document), json);
}

TEST(AlertNoticeTest, NamesTheKeyThatIsMissing) {
  for (const char* key : {"schema_version", "id", "kind", "topic", "severity", "article_id", "alerted_at"}) {
    ordered_json json = JsonOf(AlertKind::kNew);
    json.erase(key);
    EXPECT_THAT(ErrorOf(json), HasSubstr("'" + std::string(key) + "' is missing"));
  }
  ordered_json json = JsonOf(AlertKind::kNew);
  json["story"].erase("first_seen");
  EXPECT_THAT(ErrorOf(json), HasSubstr("'story.first_seen' is missing"));
}

TEST(AlertNoticeTest, NamesTheKeyWhoseValueHasAnotherType) {
  const ordered_json any[] = {
      nullptr, true, -1, 1.5, ordered_json::array({ordered_json::array()}), ordered_json{{"a", 1}}};
  for (const char* key :
       {"schema_version", "id",      "kind",         "because",    "topic",      "topic_title", "severity", "score",
        "tags",           "rules",   "story",        "previous",   "article_id", "title",       "url",      "source",
        "language",       "country", "published_at", "alerted_at", "spans",      "span_count"}) {
    for (const ordered_json& value : any) {
      if (std::string_view(key) == "story" && value.is_object()) continue;  // its own keys are missing then
      EXPECT_THAT(ErrorWith("/" + std::string(key), value), HasSubstr("'" + std::string(key))) << key << " = " << value;
    }
  }
  EXPECT_THAT(ErrorWith("/story", 7), HasSubstr("'story' is no object"));
  EXPECT_THAT(ErrorWith("/spans/0/rule", 7), HasSubstr("'spans[].rule' is no text"));
  EXPECT_THAT(ErrorWith("/spans/0/field", "footer"), HasSubstr("'spans[].field' is none that is known: \"footer\""));
  EXPECT_THAT(ErrorWith("/summary/alerts/0", "x", AlertKind::kSummary), HasSubstr("'summary.alerts[]' is no object"));
}

TEST(AlertNoticeTest, NamesWhatIsWrongInAFacet) {
  EXPECT_THAT(ErrorWith("/facets", "NL"), HasSubstr("'facets' is no object"));
  EXPECT_THAT(ErrorWith("/facets/countries", 7), HasSubstr("'facets.countries' is no list"));
  EXPECT_THAT(ErrorWith("/facets/countries/0/value", ""), HasSubstr("'facets[].value' is empty"));
  EXPECT_THAT(ErrorWith("/facets/countries/0/near", "yes"), HasSubstr("'facets[].near' is neither true nor false"));
}

TEST(AlertNoticeTest, RefusesAVersionThatItDoesNotKnow) {
  EXPECT_THAT(ErrorWith("/schema_version", 4), HasSubstr("'schema_version' is 4, newer than this program reads"));
  EXPECT_THAT(ErrorWith("/schema_version", 1), HasSubstr("'schema_version' is 1, older than this program reads"));
}

TEST(AlertNoticeTest, RefusesNamesThatItDoesNotKnow) {
  EXPECT_THAT(ErrorWith("/kind", "rumour"), HasSubstr("'kind' is none that is known: \"rumour\""));
  EXPECT_THAT(ErrorWith("/severity", "dire"), HasSubstr("'severity' is none that is known: \"dire\""));
}

TEST(AlertNoticeTest, RefusesIdsThatAreNone) {
  for (const char* id : {"", "1", "00112233445566778899AABBCCDDEEFF", "../../../../../../../../../../etc"}) {
    EXPECT_THAT(ErrorWith("/id", id), HasSubstr("'id' is"));
    EXPECT_THAT(ErrorWith("/story/id", id), HasSubstr("'story.id' is"));
    EXPECT_THAT(ErrorWith("/previous/0", id), HasSubstr("'previous' is"));
    EXPECT_THAT(ErrorWith("/corrects", id), HasSubstr("'corrects' is"));
  }
}

TEST(AlertNoticeTest, RefusesNumbersThatAreTooLarge) {
  EXPECT_THAT(ErrorWith("/score", 101), HasSubstr("'score' is no whole number from 0 to 100"));
  EXPECT_THAT(ErrorWith("/spans/0/snippet_end", 4294967296), HasSubstr("'spans[].snippet_end'"));
  std::string json = JsonOf(AlertKind::kNew).dump();
  const std::string key = "\"score\":80";
  for (const char* number : {"18446744073709551616", "1e30", "-18446744073709551617", "80.0"}) {
    std::string other = json;
    other.replace(other.find(key), key.size(), "\"score\":" + std::string(number));
    EXPECT_THAT(ErrorOf(std::string_view(other)), HasSubstr("'score' is no whole number")) << number;
  }
  std::string other = json;
  other.replace(other.find(key), key.size(), "\"score\":1e400");
  EXPECT_THAT(ErrorOf(std::string_view(other)), HasSubstr("this is not an alert"));
}

TEST(AlertNoticeTest, RefusesMarksOutsideOfTheirSnippet) {
  const std::string outside = "are no characters of the snippet";
  EXPECT_THAT(ErrorWith("/spans/0/snippet_end", 4000), HasSubstr(outside));
  EXPECT_THAT(ErrorWith("/spans/0/snippet_begin", 12), HasSubstr(outside));
  EXPECT_THAT(ErrorWith("/spans/0/snippet", "Swedens \xC3\xA9\xC3\xA9\xC3\xA9"), HasSubstr(outside));  // within an é
}

TEST(AlertNoticeTest, RefusesTextsWithANul) {
  EXPECT_THAT(ErrorWith("/title", std::string("a\0b", 3)), HasSubstr("'title' is a text with a NUL in it"));
}

TEST(AlertNoticeTest, RefusesTimesThatAreNone) {
  for (const char* time : {"yesterday", "2026-13-01T00:00:00Z", "2026-05-01T10:00:00+99:99"}) {
    EXPECT_THAT(ErrorWith("/alerted_at", time), HasSubstr("'alerted_at' is no time"));
    EXPECT_THAT(ErrorWith("/published_at", time), HasSubstr("'published_at' is no time"));
  }
}

TEST(AlertNoticeTest, RefusesWhatIsNoJsonObject) {
  for (const std::string_view text :
       {"", "  ", "null", "[]", "\"alert\"", "{", "{}", "{\"schema_version\":3}", "{} {}"}) {
    EXPECT_THAT(ErrorOf(text), HasSubstr("this is not an alert")) << text;
  }
  std::string broken = JsonOf(AlertKind::kNew).dump();
  broken.replace(broken.find("Sweden"), 1, "\xFF");
  EXPECT_THAT(ErrorOf(std::string_view(broken)), HasSubstr("UTF-8"));
  EXPECT_THAT(ErrorOf(std::string_view(std::string(1 << 20, '['))), HasSubstr("this is not an alert"));
}

TEST(AlertNoticeTest, NeverQuotesMoreThanTheBeginningOfAWrongValue) {
  EXPECT_LT(ErrorWith("/kind", std::string(1 << 20, 'x')).size(), 400u);
  EXPECT_LT(ErrorWith("/id", std::string(1 << 20, 'x')).size(), 400u);
  EXPECT_LT(ErrorOf(std::string_view("{\"id\": \"" + std::string(1 << 20, 'x'))).size(), 400u);
}

// However a document is cut, it is refused, not read in part.
TEST(AlertNoticeTest, RefusesEveryBeginningOfADocument) {
  const std::string json = ToJson(FullAlert(AlertKind::kNew));
  for (std::size_t size = 0; size < json.size(); ++size) {
    ASSERT_FALSE(ReadNotice(std::string_view(json).substr(0, size))) << size;
  }
}

}  // namespace
}  // namespace wirewatch
