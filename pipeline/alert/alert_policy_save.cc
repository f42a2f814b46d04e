// AlertPolicy as text: one JSON object an article, read by the next process of the same program. Times are microseconds
// since 1970. A key that is missing, or of a wrong type, makes the whole unreadable.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/text/json_writer.h"
#include "pipeline/alert/alert_policy.h"
#include "pipeline/alert/alert_policy_rep.h"
#include "pipeline/match/match_message.h"

namespace wirewatch {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kVersion = 1;

std::int64_t Micros(WallTime time) { return time.time_since_epoch().count(); }
WallTime TimeOf(const Json& json) { return WallTime(std::chrono::microseconds(json.get<std::int64_t>())); }
template <typename Number, typename Strong>
Number Plain(Strong value) {
  return static_cast<Number>(value);
}

Digest DigestOfJson(const Json& json, std::string& problem) {
  Digest digest{};
  const auto bytes = json.get<std::vector<std::uint8_t>>();
  if (bytes.size() != digest.size()) problem = "no digest";
  std::copy_n(bytes.begin(), std::min(bytes.size(), digest.size()), digest.begin());
  return digest;
}

// Of AlertPolicy's own types, which only it can name.
void PutSighting(JsonWriter& json, const auto& seen) {
  json.Put("partition", Plain<std::int32_t>(seen.partition));
  json.Put("first", Plain<std::int64_t>(seen.first));
  json.Put("offset", Plain<std::int64_t>(seen.offset));
  json.Put("last", Micros(seen.last));
  json.Put("held", seen.held);
  if (!seen.again.empty()) {
    json.Key("again");
    json.BeginArray();
    for (const Offset at : seen.again) json.Value(Plain<std::int64_t>(at));
    json.EndArray();
  }
  json.Put("version", seen.edition.version);
  json.Put("status", static_cast<int>(seen.edition.status));
  json.Put("tells_text", seen.edition.tells_text);
  json.Put("digest", seen.edition.digest);
  if (seen.edition.published_at) json.Put("published_at", Micros(*seen.edition.published_at));
}

void PutHeld(JsonWriter& json, const std::pair<Partition, WallTime>& place, const auto& held) {
  json.BeginObject();
  json.Put("partition", Plain<std::int32_t>(place.first));
  json.Put("until", Micros(place.second));
  json.Put("from", Plain<std::int64_t>(held.from));
  json.Put("edition", held.raised.key.edition);
  json.Put("kind", static_cast<int>(held.raised.alert.kind));
  if (held.raised.again) json.Put("again", true);
  json.Put("match", ToMessage(held.raised.alert.match));
  json.EndObject();
}

Error CannotBeRead(std::string_view why) {
  return {ErrorCode::kInvalid, fmt::format("what was remembered of an article cannot be read: {}", why)};
}

}  // namespace

AlertPolicy::Saved AlertPolicy::Save(const std::string& article_id) const {
  const auto article = articles_.find(article_id);
  if (article == articles_.end()) return {};
  Saved saved;
  WallTime last{};
  bool holds = false;
  JsonWriter json(saved.text);
  json.BeginObject();
  json.Put("version", kVersion);
  json.Put("article", article_id);
  json.Key("topics");
  json.BeginArray();
  for (const Digest& key : article->second.topics) {
    const TopicState& topic = topics_.at(key);
    json.BeginObject();
    json.Put("key", key);
    json.Put("told", topic.told);
    json.Key("sightings");
    json.BeginArray();
    for (const Sightings::iterator& seen : topic.sightings) {
      json.BeginObject();
      last = std::max(last, seen->last);
      PutSighting(json, *seen);
      json.Put("match", ToMessage(seen->facts->ToMatch()));
      json.EndObject();
    }
    json.EndArray();
    if (topic.held) {
      holds = true;
      const Held& held = partitions_.at(topic.held->first).held.at({topic.held->second, key});
      json.Key("held");
      PutHeld(json, *topic.held, held);
    }
    json.EndObject();
  }
  json.EndArray();
  json.Key("revisions");
  json.BeginArray();
  for (const Sightings::iterator& seen : article->second.revisions) {
    json.BeginObject();
    last = std::max(last, seen->last);
    PutSighting(json, *seen);
    json.Put("holds", seen->holds);
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
  if (!holds) saved.last = last;
  return saved;
}

Status AlertPolicy::Load(std::string_view text) {
  sorted_ = false;
  std::string problem;
  try {
    const Json json = Json::parse(text);
    if (json.at("version").get<int>() != kVersion) return CannotBeRead("another version of wirewatch wrote it");
    const auto match_in = [&](const Json& item) {
      auto match = MatchOfMessage(item.at("match").get_ref<const std::string&>());
      if (match) return *std::move(match);
      problem = match.error().message;
      return Match();
    };
    const auto place_in = [&](const Json& item, const char* offset) {
      return RecordPlace{
          {}, Partition{item.at("partition").get<std::int32_t>()}, Offset{item.at(offset).get<std::int64_t>()}, 0};
    };
    ArticleEntry& article = ArticleOf(json.at("article").get<std::string>());
    const auto load = [&](const Json& item, std::optional<Digest> topic) -> Sighting& {
      Edition edition;
      edition.version = item.at("version").get<std::string>();
      edition.status = static_cast<PublicationStatus>(item.at("status").get<int>());
      edition.tells_text = item.at("tells_text").get<bool>();
      edition.digest = DigestOfJson(item.at("digest"), problem);
      if (const auto at = item.find("published_at"); at != item.end()) edition.published_at = TimeOf(*at);
      Sighting& seen = See(article, topic, edition, place_in(item, "first"));
      seen.offset = place_in(item, "offset").offset;
      seen.last = TimeOf(item.at("last"));
      seen.held = item.at("held").get<bool>();
      if (const auto at = item.find("again"); at != item.end()) {
        for (const Json& one : *at) seen.again.push_back(Offset{one.get<std::int64_t>()});
      }
      PartitionState& state = StateOf(seen.partition);
      state.clock = std::max(state.clock, seen.last);
      return seen;
    };
    for (const Json& one : json.at("topics")) {
      const Digest key = DigestOfJson(one.at("key"), problem);
      TopicState& topic = TopicOf(article, key);
      for (const Json& told : one.at("told")) topic.told.push_back(DigestOfJson(told, problem));
      for (const Json& item : one.at("sightings")) load(item, key).facts = Shared(match_in(item));
      if (const auto held = one.find("held"); held != one.end()) {
        RaisedAlert raised{{key, DigestOfJson(held->at("edition"), problem)}, {}};
        raised.alert.kind = static_cast<AlertKind>(held->at("kind").get<int>());
        raised.again = held->contains("again");
        raised.alert.match = match_in(*held);
        Hold(std::move(raised), TimeOf(held->at("until")), topic, place_in(*held, "from"));
      }
    }
    for (const Json& item : json.at("revisions")) {
      load(item, std::nullopt).holds = item.at("holds").get<std::vector<std::string>>();
    }
  } catch (const Json::exception&) {
    return CannotBeRead("it is damaged");
  }
  return problem.empty() ? Status() : CannotBeRead(problem);
}

}  // namespace wirewatch
