// What is written of matches, alerts, revisions and dead letters is, byte for byte, what a tree of JSON gave that was
// built first and dumped then.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "base/text/utf8.h"
#include "pipeline/alert/alert.h"
#include "pipeline/match/match.h"
#include "pipeline/match/match_message.h"
#include "pipeline/records/dead_letter.h"
#include "tests/support/json_tree.h"

namespace wirewatch {
namespace {

using Json = nlohmann::ordered_json;

// ---- The trees, as they were

void PutText(Json& json, const char* key, const std::string& text) {
  if (!text.empty()) json[key] = text;
}
void PutTime(Json& json, const char* key, std::optional<WallTime> time) {
  if (time) json[key] = FormatRfc3339(*time);
}

Json SpanJson(const MatchedSpan& span) {
  return Json{{"field", Name(span.field)}, {"begin", span.span.begin}, {"end", span.span.end},
              {"text", span.text},         {"rule", span.rule},        {"term", span.term}};
}

void PutArticle(Json& json, const ArticleFacts& article, const StepTimes& times) {
  json["article_id"] = article.id;
  PutText(json, "article_version", article.version);
  PutText(json, "title", article.title);
  PutText(json, "first_paragraph", article.first_paragraph);
  PutText(json, "url", article.url);
  PutText(json, "source", article.source);
  PutText(json, "language", article.language);
  PutText(json, "country", article.country);
  PutText(json, "section", article.section);
  json["status"] = Name(article.status);
  if (article.urgency) json["urgency"] = *article.urgency;
  PutTime(json, "embargoed_until", article.embargoed_until);
  PutTime(json, "published_at", article.published_at);
  PutText(json, "content_hash", article.content_hash);
  PutTime(json, "recorded_at", times.recorded);
  PutTime(json, "received_at", times.received);
  PutTime(json, "matched_at", times.matched);
}

void PutTopic(Json& json, const Match& match) {
  json["topic"] = match.topic;
  json["topic_title"] = match.topic_title;
  json["severity"] = Name(match.severity);
  json["tags"] = match.tags;
  json["rule_set"] = match.rule_set;
}

void PutMatch(Json& json, const Match& match) {
  PutTopic(json, match);
  json["score"] = match.score;
  json["rules"] = match.rules;
  PutArticle(json, *match.article, match.times);
  json["spans"] = Json::array();
  for (const MatchedSpan& span : match.spans) {
    Json& item = json["spans"].emplace_back(SpanJson(span));
    item["snippet"] = span.snippet;
    item["snippet_begin"] = span.in_snippet.begin;
    item["snippet_end"] = span.in_snippet.end;
  }
  json["span_count"] = match.span_count;
}

std::string LineOf(const Match& match) {
  Json json;
  json["article_id"] = match.article->id;
  PutText(json, "article_version", match.article->version);
  json["topic"] = match.topic;
  json["severity"] = Name(match.severity);
  json["score"] = match.score;
  json["rules"] = match.rules;
  json["rule_set"] = match.rule_set;
  PutText(json, "title", match.article->title);
  PutText(json, "first_paragraph", match.article->first_paragraph);
  PutText(json, "source", match.article->source);
  PutTime(json, "published_at", match.article->published_at);
  json["spans"] = Json::array();
  for (const MatchedSpan& span : match.spans) json["spans"].push_back(SpanJson(span));
  json["span_count"] = match.span_count;
  return TreeLine(json);
}

std::string Base64(std::string_view bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  const auto byte = [&](std::size_t at) { return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0U; };
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const unsigned group = byte(at) << 16 | byte(at + 1) << 8 | byte(at + 2);
    for (const unsigned shift : {18U, 12U, 6U, 0U}) text += kDigits[group >> shift & 63];
    if (at + 1 >= bytes.size()) text[text.size() - 2] = '=';
    if (at + 2 >= bytes.size()) text.back() = '=';
  }
  return text;
}

std::string MessageOf(const Match& match) {
  Json json;
  json["schema_version"] = 3;
  json["id"] = MatchId(match);
  PutMatch(json, match);
  PutText(json, "signature", Base64(match.article->signature));
  Json& story = json["story_policy"];
  story["window"] = FormatDuration(match.story.window);
  story["grow"] = match.story.grow;
  if (match.story.throttle) story["throttle"] = *match.story.throttle;
  story["burst"] = Name(match.story.burst);
  story["join"] = match.story.join;
  story["quiet"] = match.story.quiet;
  return TreeLine(json);
}

std::string MessageOf(const Revision& revision) {
  Json json;
  json["schema_version"] = 3;
  json["kind"] = "revision";
  json["id"] = RevisionId(*revision.article);
  json["topics"] = revision.topics;
  json["rule_set"] = revision.rule_set;
  PutArticle(json, *revision.article, revision.times);
  PutText(json, "signature", Base64(revision.article->signature));
  return TreeLine(json);
}

std::string LineOf(const Alert& alert) {
  Json json;
  json["schema_version"] = 3;
  json["id"] = alert.id;
  json["kind"] = Name(alert.kind);
  PutText(json, "because", alert.because);
  PutText(json, "corrects", alert.corrects);
  if (!alert.reason.empty()) json["reason"] = alert.reason;
  if (alert.story) {
    Json& story = json["story"];
    story["id"] = alert.story->id;
    PutTime(story, "first_seen", alert.story->first_seen);
    PutText(story, "first_source", alert.story->first_source);
    story["sources"] = alert.story->sources;
    story["articles"] = alert.story->articles;
    story["size"] = alert.story->size;
  }
  if (!alert.previous.empty()) json["previous"] = alert.previous;
  if (alert.burst) {
    Json& burst = json["burst"];
    burst["stories"] = alert.burst->stories;
    burst["sources"] = alert.burst->sources;
    PutTime(burst, "since", alert.burst->since);
    if (alert.burst->expected) burst["expected"] = *alert.burst->expected;
    if (alert.burst->probability) burst["probability"] = *alert.burst->probability;
  }
  if (alert.quiet) {
    Json& quiet = json["quiet"] = Json::object();
    PutText(quiet, "source", alert.quiet->source);
    PutTime(quiet, "since", alert.quiet->since);
    quiet["per_day"] = alert.quiet->per_day;
  }
  if (alert.summary) {
    Json& summary = json["summary"];
    PutTime(summary, "begin", alert.summary->begin);
    PutTime(summary, "end", alert.summary->end);
    summary["count"] = alert.summary->count;
    summary["alerts"] = Json::array();
    for (const auto& folded : alert.summary->alerts) {
      Json& item = summary["alerts"].emplace_back(Json::object());
      item["id"] = folded->id;
      item["kind"] = folded->kind;
      PutText(item, "title", folded->title);
      PutText(item, "url", folded->url);
      PutText(item, "source", folded->source);
      PutText(item, "story", folded->story);
    }
  }
  HasArticle(alert.kind) ? PutMatch(json, alert.match) : PutTopic(json, alert.match);
  PutTime(json, "alerted_at", alert.alerted);
  return TreeLine(json);
}

bool IsUtf8(std::string_view text) { return FirstInvalidUtf8(text) == text.size(); }

void PutBytes(Json& json, const std::string& key, const std::string& bytes) {
  IsUtf8(bytes) ? json[key] = bytes : json[key + "_base64"] = Base64(bytes);
}

std::string LineOf(const DeadLetter& letter) {
  const Record& record = letter.record;
  Json json;
  json["reason"] = letter.reason;
  json["message"] = letter.message;
  PutTime(json, "time", letter.time);
  json["stream"] = record.place.stream;
  json["partition"] = static_cast<std::int32_t>(record.place.partition);
  json["offset"] = static_cast<std::int64_t>(FirstOffset(record));
  if (record.unreadable) json["last_offset"] = static_cast<std::int64_t>(record.place.offset);
  PutTime(json, "timestamp", record.timestamp);
  if (!record.key.empty()) PutBytes(json, "key", record.key);
  if (!record.headers.empty()) {
    json["headers"] = Json::array();
    for (const RecordHeader& header : record.headers) {
      Json& item = json["headers"].emplace_back(Json::object());
      PutBytes(item, "name", header.name);
      header.is_null ? void(item["value"] = nullptr) : PutBytes(item, "value", header.value);
    }
  }
  if (record.oversize) {
    json["bytes"] = record.oversize->bytes;
    PutText(json, "spill_path", record.oversize->spill_path);
  }
  if (record.payload.data() == nullptr) {
    json["payload"] = nullptr;
  } else {
    PutBytes(json, "payload", std::string(record.payload));
  }
  return TreeLine(json);
}

// ---- Things of any content

class Anything {
 public:
  explicit Anything(unsigned seed) : random_(seed) {}

  std::size_t Below(std::size_t limit) { return random_() % limit; }
  bool Sometimes() { return Below(2) == 0; }

  std::string Text() {
    static const std::vector<std::string> kPieces = {"Huawei",   " ban ",    "\"",       "\\",
                                                     "\n",       "\x1B[1m",  "\x7F",     "ł",
                                                     "\xC2\x85", "\xC2\xA0", "华为",     "\xF0\x9F\x93\xA1",
                                                     "\xF0\x9F", "\xFF",     "\xE2\x80", "of the ministry of defence"};
    std::string text;
    for (std::size_t i = Below(7); i > 0; --i) text += kPieces[Below(kPieces.size())];
    return text;
  }
  std::vector<std::string> Texts() {
    std::vector<std::string> texts(Below(4));
    std::generate(texts.begin(), texts.end(), [&] { return Text(); });
    return texts;
  }
  WallTime Time() {
    const auto seconds = std::chrono::seconds(static_cast<std::int64_t>(Below(8'000'000'000)) - 4'000'000'000);
    return WallTime(seconds) + std::chrono::microseconds(Sometimes() ? Below(1'000'000) : 0);
  }
  std::optional<WallTime> MaybeTime() { return Sometimes() ? std::optional(Time()) : std::nullopt; }
  std::uint32_t Number() { return static_cast<std::uint32_t>(random_() >> Below(32)); }

  std::shared_ptr<const ArticleFacts> Facts() {
    ArticleFacts facts;
    for (std::string* text :
         {&facts.id, &facts.version, &facts.title, &facts.url, &facts.source, &facts.language, &facts.country,
          &facts.section, &facts.first_paragraph, &facts.content_hash, &facts.signature}) {
      *text = Text();
    }
    facts.published_at = MaybeTime();
    facts.embargoed_until = MaybeTime();
    facts.status = static_cast<PublicationStatus>(Below(3));
    if (Sometimes()) facts.urgency = static_cast<int>(Below(9)) + 1;
    return std::make_shared<const ArticleFacts>(facts);
  }
  StepTimes Times() { return {MaybeTime(), Time(), Time()}; }

  // Exact in decimal, and not.
  double Fraction() { return static_cast<double>(Number()) / (Sometimes() ? 8 : 7); }

  AlertStory AnyStory() { return {Text(), Time(), Text(), Number(), Number(), Number()}; }
  Burst AnyBurst() {
    Burst burst{Number(), Number(), Time(), {}, {}};
    if (Sometimes()) burst.expected = Fraction();
    if (Sometimes()) burst.probability = Fraction() * 1e-18;
    return burst;
  }
  FoldedHour AnySummary() {
    FoldedHour hour{Time(), Time(), {}, Number()};
    for (std::size_t i = Below(4); i > 0; --i) {
      hour.alerts.push_back(
          std::make_shared<const FoldedAlert>(FoldedAlert{Text(), Text(), Text(), Text(), Text(), Text()}));
    }
    return hour;
  }

  Match AnyMatch() {
    Match match;
    match.topic = Text();
    match.topic_title = Text();
    match.severity = static_cast<TopicSeverity>(Below(4));
    match.tags = Texts();
    match.score = Number();
    match.rules = Texts();
    match.rule_set = Text();
    match.article = Facts();
    match.times = Times();
    match.spans.resize(Below(5));
    for (MatchedSpan& span : match.spans) {
      span = {static_cast<Field>(Below(3)), {Number(), Number()}, Text(), Text(), Text(), Text(), {Number(), Number()}};
    }
    match.span_count = Number();
    match.story.window = std::chrono::milliseconds(Number());
    match.story.grow.resize(Below(4));
    std::generate(match.story.grow.begin(), match.story.grow.end(), [&] { return Number(); });
    if (Sometimes()) match.story.throttle = Number();
    match.story.burst = kBurstSensitivities[Below(4)];
    match.story.quiet = Sometimes();
    return match;
  }

 private:
  std::mt19937 random_;
};

constexpr unsigned kRounds = 2'000;

TEST(WrittenJsonTest, OfMatchesIsThatOfTheTree) {
  for (unsigned seed = 0; seed < kRounds; ++seed) {
    const Match match = Anything(seed).AnyMatch();
    std::string lines = "the line before\n";
    AppendJson(match, lines);
    ASSERT_EQ(lines, "the line before\n" + LineOf(match));
    ASSERT_EQ(ToMessage(match), MessageOf(match));
  }
}

TEST(WrittenJsonTest, OfAlertsIsThatOfTheTree) {
  for (unsigned seed = 0; seed < kRounds; ++seed) {
    Anything any(seed);
    Alert alert;
    alert.id = any.Text();
    alert.kind = static_cast<AlertKind>(any.Below(static_cast<std::size_t>(AlertKind::kSummary) + 1));
    alert.because = any.Text();
    alert.corrects = any.Text();
    if (any.Sometimes()) alert.reason = kHoldsNoLonger;
    if (any.Sometimes()) alert.story = any.AnyStory();
    alert.previous = any.Texts();
    if (any.Sometimes()) alert.burst = any.AnyBurst();
    if (any.Sometimes()) alert.quiet = Quiet{any.Text(), any.Time(), any.Fraction()};
    if (any.Sometimes()) alert.summary = any.AnySummary();
    alert.match = any.AnyMatch();
    alert.alerted = any.Time();
    ASSERT_EQ(ToJson(alert), LineOf(alert));
  }
}

TEST(WrittenJsonTest, AlertsAboutATopicSayNothingOfAnArticle) {
  for (const AlertKind kind : {AlertKind::kQuiet, AlertKind::kSummary}) {
    Alert alert;
    alert.kind = kind;
    const Json json = Json::parse(ToJson(alert));
    EXPECT_TRUE(json.contains("topic"));
    for (const char* key : {"article_id", "status", "score", "rules", "received_at", "matched_at", "spans"}) {
      EXPECT_FALSE(json.contains(key)) << key;
    }
  }
}

TEST(WrittenJsonTest, OfRevisionsIsThatOfTheTree) {
  for (unsigned seed = 0; seed < kRounds; ++seed) {
    Anything any(seed);
    const Revision revision{any.Facts(), any.Texts(), any.Text(), any.Times(), {}};
    ASSERT_EQ(ToMessage(revision), MessageOf(revision));
  }
}

TEST(WrittenJsonTest, OfDeadLettersIsThatOfTheTree) {
  for (unsigned seed = 0; seed < kRounds; ++seed) {
    Anything any(seed);
    const std::string payload = any.Text(), stream = any.Text();
    Record record;
    if (any.Sometimes()) record.payload = payload;
    record.place = {stream, Partition{static_cast<std::int32_t>(any.Number())}, Offset{any.Number()}, 0};
    record.timestamp = any.MaybeTime();
    record.key = any.Text();
    for (std::size_t i = any.Below(4); i > 0; --i) record.headers.push_back({any.Text(), any.Text(), any.Sometimes()});
    if (any.Sometimes()) record.oversize = Oversize{any.Number(), any.Text()};
    if (any.Sometimes()) record.unreadable = Unreadable{Offset{any.Number()}, any.Text()};
    const DeadLetter letter{record, "invalid-json", any.Text(), any.Time()};
    ASSERT_EQ(ToJson(letter), LineOf(letter));
  }
}

// Of a payload alone these two have always had the longer of JSON's two forms.
TEST(WrittenJsonTest, BackspaceAndFormFeedOfAPayloadAreWrittenByTheirNumber) {
  Record record;
  record.payload = "a\b\fb\b";
  EXPECT_TRUE(ToJson({record, "empty", "", WallTime{}}).ends_with("\"payload\":\"a\\u0008\\u000cb\\u0008\"}"));
}

}  // namespace
}  // namespace wirewatch
