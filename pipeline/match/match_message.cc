#include "pipeline/match/match_message.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "base/digest.h"
#include "base/text/base64.h"
#include "base/text/json_writer.h"
#include "pipeline/match/match_json.h"

namespace wirewatch {
namespace {

using Json = nlohmann::ordered_json;

// Version 2: revisions. Version 3: first_paragraph, signature, story_policy.
constexpr int kVersion = 3;
constexpr std::string_view kRevision = "revision";

// All that read throw what nlohmann does for a key that is missing and for a value of a wrong type. What is wrong
// beyond that is told in `problem`.

// The value of a name as `Name` writes it.
template <typename Enum, std::size_t N>
Enum ReadName(const Json& json, const Enum (&all)[N], std::string& problem) {
  const auto& text = json.get_ref<const std::string&>();
  for (const Enum one : all) {
    if (Name(one) == text) return one;
  }
  problem = "unknown value " + JsonString(text);
  return all[0];
}

std::string ReadText(const Json& json, std::string_view key) {
  const auto at = json.find(key);
  return at == json.end() ? std::string() : at->get<std::string>();
}

std::optional<WallTime> ReadTime(const Json& json, std::string_view key, std::string& problem) {
  const auto at = json.find(key);
  if (at == json.end()) return std::nullopt;
  const auto& text = at->get_ref<const std::string&>();
  const auto time = ParseRfc3339(text);
  if (!time) problem = "no time: " + JsonString(text);
  return time;
}

ArticleFacts ReadArticle(const Json& json, std::string& problem) {
  constexpr PublicationStatus kStatuses[] = {PublicationStatus::kUsable, PublicationStatus::kWithheld,
                                             PublicationStatus::kCanceled};
  ArticleFacts article;
  article.id = json.at("article_id").get<std::string>();
  for (const TextFact& text : kTextFacts) article.*text.fact = ReadText(json, text.key);
  article.status = ReadName(json.at("status"), kStatuses, problem);
  for (const NumberFact& number : kNumberFacts) {
    if (const auto at = json.find(number.key); at != json.end()) article.*number.fact = at->get<int>();
  }
  for (const TimeFact& time : kTimeFacts) article.*time.fact = ReadTime(json, time.key, problem);
  article.content_hash = ReadText(json, "content_hash");
  if (auto signature = DecodeBase64(ReadText(json, "signature"))) {
    article.signature = *std::move(signature);
  } else {
    problem = "signature is not base64";
  }
  return article;
}

void PutSignature(JsonWriter& json, const ArticleFacts& article) {
  if (article.signature.empty()) return;
  json.Key("signature");
  json.Quoted([&](std::string& out) { AppendBase64(article.signature, out); });
}

StoryPolicy ReadStory(const Json& json, std::string& problem) {
  StoryPolicy story;
  const auto& window = json.at("window").get_ref<const std::string&>();
  if (const auto duration = ParseDuration(window)) {
    story.window = *duration;
  } else {
    problem = "no duration: " + JsonString(window);
  }
  story.grow = json.at("grow").get<std::vector<std::uint32_t>>();
  if (const auto at = json.find("throttle"); at != json.end()) story.throttle = at->get<std::uint32_t>();
  story.burst = ReadName(json.at("burst"), kBurstSensitivities, problem);
  story.join = json.at("join").get<bool>();
  story.quiet = json.at("quiet").get<bool>();
  return story;
}

void PutStory(JsonWriter& json, const StoryPolicy& story) {
  json.Key("story_policy");
  json.BeginObject();
  json.Put("window", FormatDuration(story.window));
  json.Put("grow", story.grow);
  if (story.throttle) json.Put("throttle", *story.throttle);
  json.Put("burst", Name(story.burst));
  json.Put("join", story.join);
  json.Put("quiet", story.quiet);
  json.EndObject();
}

MatchedSpan ReadSpan(const Json& json, std::string& problem) {
  constexpr Field kFields[] = {Field::kTitle, Field::kSummary, Field::kBody};
  MatchedSpan span;
  span.field = ReadName(json.at("field"), kFields, problem);
  span.span = {json.at("begin").get<std::uint32_t>(), json.at("end").get<std::uint32_t>()};
  span.text = json.at("text").get<std::string>();
  span.rule = json.at("rule").get<std::string>();
  span.term = json.at("term").get<std::string>();
  span.snippet = json.at("snippet").get<std::string>();
  span.in_snippet = {json.at("snippet_begin").get<std::uint32_t>(), json.at("snippet_end").get<std::uint32_t>()};
  return span;
}

Facets ReadFacets(const Json& json) {
  Facets facets;
  const auto all = json.find("facets");
  if (all == json.end()) return facets;
  for (const auto& [name, values] : all->items()) {
    Facet& facet = facets.emplace_back();
    facet.name = name;
    for (const Json& value : values) {
      facet.values.push_back(
          {value.at("value").get<std::string>(), value.at("count").get<std::uint32_t>(), value.at("near").get<bool>()});
    }
  }
  return facets;
}

StepTimes ReadTimes(const Json& json, std::string& problem) {
  return {ReadTime(json, "recorded_at", problem), ReadTime(json, "received_at", problem).value_or(WallTime()),
          ReadTime(json, "matched_at", problem).value_or(WallTime())};
}

Revision ReadRevision(const Json& json, std::string& problem) {
  Revision revision;
  revision.article = std::make_shared<const ArticleFacts>(ReadArticle(json, problem));
  revision.topics = json.at("topics").get<std::vector<std::string>>();
  revision.rule_set = json.at("rule_set").get<std::string>();
  revision.times = ReadTimes(json, problem);
  return revision;
}

Match ReadMatch(const Json& json, std::string& problem) {
  constexpr TopicSeverity kSeverities[] = {TopicSeverity::kLow, TopicSeverity::kMedium, TopicSeverity::kHigh,
                                           TopicSeverity::kCritical};
  Match match;
  match.topic = json.at("topic").get<std::string>();
  match.topic_title = json.at("topic_title").get<std::string>();
  match.severity = ReadName(json.at("severity"), kSeverities, problem);
  match.score = json.at("score").get<std::uint32_t>();
  match.tags = json.at("tags").get<std::vector<std::string>>();
  match.rules = json.at("rules").get<std::vector<std::string>>();
  match.rule_set = json.at("rule_set").get<std::string>();
  match.article = std::make_shared<const ArticleFacts>(ReadArticle(json, problem));
  match.times = ReadTimes(json, problem);
  for (const Json& span : json.at("spans")) match.spans.push_back(ReadSpan(span, problem));
  match.span_count = json.at("span_count").get<std::size_t>();
  match.facets = ReadFacets(json);
  if (const auto story = json.find("story_policy"); story != json.end()) match.story = ReadStory(*story, problem);
  return match;
}

Error NoMatch(std::string_view why) {
  return {ErrorCode::kInvalid,
          fmt::format("this is not a match as wirewatch writes it (docs/schema/match.schema.json): {}", why)};
}

}  // namespace

std::string MatchId(std::string_view topic, const ArticleFacts& article) {
  return DigestHex({"match", topic, article.id, article.version});
}
std::string MatchId(const Match& match) { return MatchId(match.topic, *match.article); }

std::string ToMessage(const Match& match) {
  std::string message;
  JsonWriter json(message);
  json.BeginObject();
  json.Put("schema_version", kVersion);
  json.Put("id", MatchId(match));
  PutMatch(json, match);
  PutSignature(json, *match.article);
  PutStory(json, match.story);
  json.EndObject();
  return message;
}

std::string RevisionId(const ArticleFacts& article) { return DigestHex({kRevision, article.id, article.version}); }

std::string ToMessage(const Revision& revision) {
  std::string message;
  JsonWriter json(message);
  json.BeginObject();
  json.Put("schema_version", kVersion);
  json.Put("kind", kRevision);
  json.Put("id", RevisionId(*revision.article));
  json.Put("topics", revision.topics);
  json.Put("rule_set", revision.rule_set);
  PutArticle(json, *revision.article, revision.times);
  PutSignature(json, *revision.article);
  json.EndObject();
  return message;
}

Result<std::variant<Match, Revision>> ReadMessage(std::string_view text) {
  try {
    const Json json = Json::parse(text);
    if (json.at("schema_version").get<int>() > kVersion) {
      return NoMatch("schema_version is newer than this program knows");
    }
    std::string problem;
    if (const auto kind = json.find("kind"); kind != json.end() && *kind == kRevision) {
      Revision revision = ReadRevision(json, problem);
      if (problem.empty()) return {std::move(revision)};
    } else {
      Match match = ReadMatch(json, problem);
      if (problem.empty()) return {std::move(match)};
    }
    return NoMatch(problem);
  } catch (const Json::exception& error) {
    return NoMatch(error.what());
  }
}

Result<Match> MatchOfMessage(std::string_view text) {
  auto message = ReadMessage(text);
  if (!message) return std::move(message).error();
  if (Match* const match = std::get_if<Match>(&*message)) return std::move(*match);
  return Error{ErrorCode::kInvalid, "this is a revision, not a match"};
}

}  // namespace wirewatch
