#include "pipeline/match/shadow_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/digest.h"
#include "base/file_read.h"
#include "base/text/json_writer.h"
#include "base/text/trim.h"
#include "pipeline/match/article_facts.h"
#include "pipeline/records/json_put.h"

namespace wirewatch {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kVersion = 1;
constexpr std::size_t kMaxFileBytes = 256 << 20;

std::int64_t DayOf(WallTime time) { return std::chrono::floor<std::chrono::days>(time).time_since_epoch().count(); }
WallTime BeginOf(std::int64_t day) { return WallTime(std::chrono::days(day)); }

void KeepLastDays(ShadowRecord& record) {
  while (record.days.size() > kShadowDays) record.days.erase(record.days.begin());
}

void PutCount(JsonWriter& json, const ShadowCount& count) {
  json.Put("hits", count.hits);
  json.Put("caught", count.caught);
}

void PutSample(JsonWriter& json, const ShadowSample& sample) {
  json.BeginObject();
  json.Put("article_id", sample.article);
  PutText(json, "article_version", sample.version);
  PutText(json, "title", sample.title);
  PutText(json, "url", sample.url);
  PutText(json, "source", sample.source);
  PutText(json, "language", sample.language);
  PutTime(json, "time", sample.time);
  json.Put("caught", sample.caught);
  json.Key("words");
  json.BeginArray();
  for (const ShadowWords& words : sample.words) {
    json.BeginObject();
    json.Put("field", words.field);
    json.Put("term", words.term);
    json.Put("snippet", words.snippet);
    json.Put("snippet_begin", words.in_snippet.begin);
    json.Put("snippet_end", words.in_snippet.end);
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
}

// What follows throws what nlohmann does for a key that is missing and for a value of a wrong type.

std::string TextOf(const Json& json, std::string_view key) {
  const auto at = json.find(key);
  return at == json.end() ? std::string() : at->get<std::string>();
}

std::optional<WallTime> TimeOf(const Json& json, std::string_view key) {
  const auto at = json.find(key);
  return at == json.end() ? std::nullopt : ParseRfc3339(at->get_ref<const std::string&>());
}

ShadowCount CountOf(const Json& json) {
  return {json.at("hits").get<std::uint64_t>(), json.at("caught").get<std::uint64_t>()};
}

ShadowWords WordsOf(const Json& json) {
  ShadowWords words{TextOf(json, "field"),
                    TextOf(json, "term"),
                    TextOf(json, "snippet"),
                    {json.at("snippet_begin").get<std::uint32_t>(), json.at("snippet_end").get<std::uint32_t>()}};
  const auto size = static_cast<std::uint32_t>(words.snippet.size());
  words.in_snippet.end = std::min(words.in_snippet.end, size);
  words.in_snippet.begin = std::min(words.in_snippet.begin, words.in_snippet.end);
  return words;
}

ShadowSample SampleOf(const Json& json, const std::string& digest) {
  ShadowSample sample;
  sample.article = json.at("article_id").get<std::string>();
  sample.version = TextOf(json, "article_version");
  sample.title = TextOf(json, "title");
  sample.url = TextOf(json, "url");
  sample.source = TextOf(json, "source");
  sample.language = TextOf(json, "language");
  sample.time = TimeOf(json, "time").value_or(WallTime());
  sample.caught = json.at("caught").get<bool>();
  for (const Json& words : json.at("words")) {
    if (sample.words.size() < kShadowWords) sample.words.push_back(WordsOf(words));
  }
  sample.rank = RankOf(digest, sample.article, sample.version);
  return sample;
}

ShadowRecord RecordOf(const Json& json) {
  ShadowRecord record;
  record.topic = json.at("topic").get<std::string>();
  record.rule = json.at("rule").get<std::string>();
  record.digest = json.at("digest").get<std::string>();
  record.since = TimeOf(json, "since");
  record.last = TimeOf(json, "last");
  record.articles = json.at("articles").get<std::uint64_t>();
  record.count = CountOf(json);
  record.demoted = TextOf(json, "demoted");
  for (const Json& day : json.at("days")) {
    if (const auto time = TimeOf(day, "day")) record.days[DayOf(*time)] = CountOf(day);
  }
  KeepLastDays(record);
  for (const Json& sample : json.at("samples")) AddSample(record, SampleOf(sample, record.digest));
  return record;
}

}  // namespace

std::uint64_t RankOf(std::string_view digest, std::string_view article, std::string_view version) {
  std::uint64_t rank = 0;
  for (const unsigned char byte : DigestOf({digest, article, version})) rank = rank << 8 | byte;
  return rank;
}

bool Wants(const ShadowRecord& record, std::uint64_t rank) {
  if (record.samples.size() < kShadowSamples) return true;
  return rank < record.samples.back().rank;
}

void AddSample(ShadowRecord& record, ShadowSample sample) {
  auto& samples = record.samples;
  const auto at = std::lower_bound(samples.begin(), samples.end(), sample.rank,
                                   [](const ShadowSample& one, std::uint64_t rank) { return one.rank < rank; });
  if (at != samples.end() && at->rank == sample.rank) return;  // it was read again
  samples.insert(at, std::move(sample));
  if (samples.size() > kShadowSamples) samples.pop_back();
}

void AddHit(ShadowRecord& record, WallTime time, bool caught) {
  ShadowCount& day = record.days[DayOf(time)];
  for (ShadowCount* count : {&record.count, &day}) {
    ++count->hits;
    count->caught += caught ? 1 : 0;
  }
  KeepLastDays(record);
  record.last = std::max(record.last.value_or(time), time);
}

ShadowRecord Joined(ShadowRecord a, const ShadowRecord& b) {
  const auto add = [](ShadowCount& to, const ShadowCount& count) {
    to.hits += count.hits;
    to.caught += count.caught;
  };
  if (b.since) a.since = std::min(a.since.value_or(*b.since), *b.since);
  if (b.last) a.last = std::max(a.last.value_or(*b.last), *b.last);
  a.articles += b.articles;
  add(a.count, b.count);
  for (const auto& [day, count] : b.days) add(a.days[day], count);
  KeepLastDays(a);
  for (const ShadowSample& sample : b.samples) AddSample(a, sample);
  if (a.demoted.empty()) a.demoted = b.demoted;
  return a;
}

std::string ToJson(const ShadowRecord& record) {
  std::string line;
  JsonWriter json(line);
  json.BeginObject();
  json.Put("schema_version", kVersion);
  json.Put("topic", record.topic);
  json.Put("rule", record.rule);
  json.Put("digest", record.digest);
  PutTime(json, "since", record.since);
  PutTime(json, "last", record.last);
  json.Put("articles", record.articles);
  PutCount(json, record.count);
  PutText(json, "demoted", record.demoted);
  json.Key("days");
  json.BeginArray();
  for (const auto& [day, count] : record.days) {
    json.BeginObject();
    json.Put("day", FormatRfc3339(BeginOf(day)));
    PutCount(json, count);
    json.EndObject();
  }
  json.EndArray();
  json.Key("samples");
  json.BeginArray();
  for (const ShadowSample& sample : record.samples) PutSample(json, sample);
  json.EndArray();
  json.EndObject();
  return line;
}

Result<ShadowRecord> ReadShadowRecord(std::string_view text) {
  try {
    const Json json = Json::parse(text);
    const auto version = json.at("schema_version").get<int>();
    if (version != kVersion) {
      return Error{ErrorCode::kInvalid,
                   fmt::format("its schema_version is {}; this program reads {}", version, kVersion)};
    }
    return RecordOf(json);
  } catch (const Json::exception& error) {
    return Error{ErrorCode::kInvalid, fmt::format("it is no record of a rule in shadow: {}", Cut(error.what(), 200))};
  }
}

Result<std::vector<ShadowRecord>> ReadShadowFile(const std::filesystem::path& file) {
  const auto content = ReadWholeFile(file.string(), {.most_bytes = kMaxFileBytes});
  if (!content) return Error(content.error()).In(file.string());
  std::vector<ShadowRecord> records;
  std::string_view rest = *content;
  for (std::size_t line = 1; !rest.empty(); ++line) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view text = Trimmed(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (text.empty()) continue;
    auto record = ReadShadowRecord(text);
    if (!record) return Error(record.error()).In(fmt::format("{}:{}", file.string(), line));
    records.push_back(*std::move(record));
  }
  return records;
}

}  // namespace wirewatch
