#include "pipeline/deliver/alert_notice.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/text/json_writer.h"
#include "base/text/trim.h"
#include "base/text/utf8.h"
#include "rules/text/document.h"

namespace wirewatch {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint64_t kNewestVersion = 3, kOldestVersion = 2;
constexpr std::size_t kIdDigits = 32;
constexpr std::size_t kShownValue = 60, kShownWhy = 200;  // bytes of a wrong value and of a parser's sentence

constexpr TopicSeverity kSeverities[] = {TopicSeverity::kLow, TopicSeverity::kMedium, TopicSeverity::kHigh,
                                         TopicSeverity::kCritical};
constexpr std::string_view kFields[] = {Name(Field::kTitle), Name(Field::kSummary), Name(Field::kBody)};

Error NoAlert(std::string_view why) {
  return {ErrorCode::kInvalid,
          fmt::format("this is not an alert as wirewatch writes it (docs/schema/alert.schema.json): {}", why)};
}

// An object of the document, and where it stands: "", "story.", "spans[]."
struct Place {
  const Json& object;
  std::string_view path;
};

// Reads keys of known types; keeps the first sentence on what is missing or wrong, and gives empty values from then on.
class NoticeReader {
 public:
  const std::string& problem() const { return problem_; }
  void Complain(std::string problem) {
    if (problem_.empty()) problem_ = std::move(problem);
  }

  std::string Text(const Place& place, const char* key) { return TextOf(Find(place, key), place, key); }
  std::string NeededText(const Place& place, const char* key) {
    std::string text = TextOf(Need(place, key), place, key);
    if (text.empty()) Complain(fmt::format("'{}{}' is empty", place.path, key));
    return text;
  }

  std::string Id(const Place& place, const char* key) {
    std::string id = NeededText(place, key);
    CheckId(id, place, key);
    return id;
  }

  std::vector<std::string> Texts(const Place& place, const char* key) {
    std::vector<std::string> texts;
    for (const Json& item : Array(place, key)) texts.push_back(TextOf(&item, place, key));
    return texts;
  }
  std::vector<std::string> Ids(const Place& place, const char* key) {
    std::vector<std::string> ids = Texts(place, key);
    for (const std::string& id : ids) CheckId(id, place, key);
    return ids;
  }

  // The elements; of an array that is not there: none.
  const Json& Array(const Place& place, const char* key) {
    static const Json kNone = Json::array();
    const Json* const array = Find(place, key);
    if (array == nullptr || array->is_array()) return array == nullptr ? kNone : *array;
    Wrong(place, key, "no list");
    return kNone;
  }

  // What is no object is told, and read as an empty one.
  const Json& ObjectOf(const Json& json, std::string_view path) {
    static const Json kEmpty = Json::object();
    if (json.is_object()) return json;
    Complain(fmt::format("'{}' is no object", path));
    return kEmpty;
  }

  template <typename Number>
  Number NumberUpTo(const Place& place, const char* key, Number most) {
    const Json* const number = Find(place, key);
    if (number == nullptr) return 0;
    // What is too large for 64 bits is a float to nlohmann, as 1.0 is.
    if (number->is_number_unsigned() && number->get<std::uint64_t>() <= most) return number->get<Number>();
    Wrong(place, key, fmt::format("no whole number from 0 to {}", most));
    return 0;
  }
  // Of a key that is not there: false.
  bool Truth(const Place& place, const char* key) {
    const Json* const truth = Find(place, key);
    if (truth == nullptr) return false;
    if (!truth->is_boolean()) Wrong(place, key, "neither true nor false");
    return truth->is_boolean() && truth->get<bool>();
  }
  std::size_t Count(const Place& place, const char* key) {
    return NumberUpTo(place, key, std::numeric_limits<std::size_t>::max());
  }

  template <typename Enum, std::size_t N>
  Enum NameOf(const Place& place, const char* key, const Enum (&all)[N]) {
    const std::string text = NeededText(place, key);
    for (const Enum one : all) {
      if (Name(one) == text) return one;
    }
    NotAmong(place, key, text);
    return all[0];
  }
  void NotAmong(const Place& place, const char* key, std::string_view text) {
    Wrong(place, key, fmt::format("none that is known: {}", JsonString(BeginningOf(text, kShownValue))));
  }

  std::optional<WallTime> Time(const Place& place, const char* key) {
    const std::string text = Text(place, key);
    if (text.empty()) return std::nullopt;
    const auto time = ParseRfc3339(text);
    if (!time) Wrong(place, key, fmt::format("no time: {}", JsonString(BeginningOf(text, kShownValue))));
    return time;
  }
  WallTime NeededTime(const Place& place, const char* key) {
    NeededText(place, key);
    return Time(place, key).value_or(WallTime());
  }

  const Json* Find(const Place& place, const char* key) {
    const auto at = place.object.find(key);
    return at == place.object.end() ? nullptr : &*at;
  }

 private:
  void Wrong(const Place& place, const char* key, std::string_view what) {
    Complain(fmt::format("'{}{}' is {}", place.path, key, what));
  }

  const Json* Need(const Place& place, const char* key) {
    const Json* const found = Find(place, key);
    if (found == nullptr) Complain(fmt::format("'{}{}' is missing", place.path, key));
    return found;
  }

  // A NUL would end the text for the C libraries that stores and channels are made of.
  std::string TextOf(const Json* json, const Place& place, const char* key) {
    if (json == nullptr) return {};
    const auto* const text = json->get_ptr<const std::string*>();
    if (text != nullptr && text->find('\0') == std::string::npos) return *text;
    Wrong(place, key, text == nullptr ? "no text" : "a text with a NUL in it");
    return {};
  }

  void CheckId(std::string_view id, const Place& place, const char* key) {
    const auto is_digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
    if (id.size() == kIdDigits && std::all_of(id.begin(), id.end(), is_digit)) return;
    Wrong(place, key, fmt::format("no id of {} hex digits: {}", kIdDigits, JsonString(BeginningOf(id, kShownValue))));
  }

  std::string problem_;
};

AlertStory ReadStory(NoticeReader& read, const Place& json) {
  return {read.Id(json, "id"),         read.NeededTime(json, "first_seen"), read.Text(json, "first_source"),
          read.Count(json, "sources"), read.Count(json, "articles"),        read.Count(json, "size")};
}

NoticeSpan ReadSpan(NoticeReader& read, const Place& json) {
  constexpr std::uint32_t kMost = std::numeric_limits<std::uint32_t>::max();
  NoticeSpan span;
  span.field = read.NeededText(json, "field");
  if (std::find(std::begin(kFields), std::end(kFields), span.field) == std::end(kFields)) {
    read.NotAmong(json, "field", span.field);
  }
  span.text = read.Text(json, "text");
  span.rule = read.Text(json, "rule");
  span.term = read.Text(json, "term");
  span.snippet = read.Text(json, "snippet");
  span.in_snippet = {read.NumberUpTo(json, "snippet_begin", kMost), read.NumberUpTo(json, "snippet_end", kMost)};
  const auto begins_character = [&](std::uint32_t at) {
    return at == span.snippet.size() || (at < span.snippet.size() && !IsUtf8Tail(span.snippet[at]));
  };
  if (span.in_snippet.begin > span.in_snippet.end || !begins_character(span.in_snippet.begin) ||
      !begins_character(span.in_snippet.end)) {
    read.Complain("'spans[].snippet_begin' and 'snippet_end' are no characters of the snippet");
  }
  return span;
}

Facets ReadFacets(NoticeReader& read, const Place& json) {
  Facets facets;
  for (const auto& [name, values] : json.object.items()) {
    Facet& facet = facets.emplace_back();
    facet.name = name;
    for (const Json& item : read.Array(json, name.c_str())) {
      const Place value{read.ObjectOf(item, "facets[]"), "facets[]."};
      facet.values.push_back({read.NeededText(value, "value"),
                              read.NumberUpTo(value, "count", std::numeric_limits<std::uint32_t>::max()),
                              read.Truth(value, "near")});
    }
  }
  return facets;
}

FoldedNotice ReadFolded(NoticeReader& read, const Place& json) {
  return {read.Id(json, "id"),    read.NeededText(json, "kind"), read.Text(json, "title"),
          read.Text(json, "url"), read.Text(json, "source"),     read.Text(json, "story")};
}

void ReadArticle(NoticeReader& read, const Place& json, AlertNotice& notice) {
  notice.score = read.NumberUpTo(json, "score", std::uint32_t{100});
  notice.rules = read.Texts(json, "rules");
  notice.article_id = read.NeededText(json, "article_id");
  notice.article_version = read.Text(json, "article_version");
  notice.title = read.Text(json, "title");
  notice.first_paragraph = read.Text(json, "first_paragraph");
  notice.url = read.Text(json, "url");
  notice.source = read.Text(json, "source");
  notice.language = read.Text(json, "language");
  notice.country = read.Text(json, "country");
  notice.section = read.Text(json, "section");
  notice.published_at = read.Time(json, "published_at");
  for (const Json& span : read.Array(json, "spans")) {
    notice.spans.push_back(ReadSpan(read, {read.ObjectOf(span, "spans[]"), "spans[]."}));
  }
  notice.span_count = std::max(read.Count(json, "span_count"), notice.spans.size());
  if (const Json* const facets = read.Find(json, "facets")) {
    notice.facets = ReadFacets(read, {read.ObjectOf(*facets, "facets"), "facets."});
  }
}

void ReadSummary(NoticeReader& read, const Place& json, AlertNotice& notice) {
  for (const Json& alert : read.Array(json, "alerts")) {
    notice.summary.push_back(ReadFolded(read, {read.ObjectOf(alert, "summary.alerts[]"), "summary.alerts[]."}));
  }
  notice.summary_count = std::max(read.Count(json, "count"), notice.summary.size());
}

void ReadAlert(NoticeReader& read, const Place& json, AlertNotice& notice) {
  notice.id = read.Id(json, "id");
  notice.kind = read.NameOf(json, "kind", kAlertKinds);
  notice.because = read.Text(json, "because");  // not of version 2
  notice.topic = read.NeededText(json, "topic");
  notice.topic_title = read.Text(json, "topic_title");
  notice.severity = read.NameOf(json, "severity", kSeverities);
  notice.tags = read.Texts(json, "tags");
  if (const Json* const story = read.Find(json, "story")) {
    notice.story = ReadStory(read, {read.ObjectOf(*story, "story"), "story."});
  }
  if (read.Find(json, "corrects") != nullptr) notice.corrects = read.Id(json, "corrects");
  notice.previous = read.Ids(json, "previous");
  if (HasArticle(notice.kind)) ReadArticle(read, json, notice);
  if (const Json* const summary = read.Find(json, "summary")) {
    ReadSummary(read, {read.ObjectOf(*summary, "summary"), "summary."}, notice);
  }
  notice.alerted = read.NeededTime(json, "alerted_at");
}

void CheckVersion(NoticeReader& read, const Place& json) {
  if (read.Find(json, "schema_version") == nullptr) return read.Complain("'schema_version' is missing");
  const std::uint64_t version = read.NumberUpTo(json, "schema_version", std::numeric_limits<std::uint64_t>::max());
  if (version >= kOldestVersion && version <= kNewestVersion) return;
  read.Complain(fmt::format("'schema_version' is {}, {} than this program reads ({} and {})", version,
                            version < kOldestVersion ? "older" : "newer", kOldestVersion, kNewestVersion));
}

// JSON has no line break within a string: each is a blank between two tokens.
std::string OnOneLine(std::string_view json) {
  std::string line(Trimmed(json));
  std::replace_if(
      line.begin(), line.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return line;
}

}  // namespace

Result<AlertNotice> ReadNotice(std::string_view text) {
  try {
    const Json json = Json::parse(text);
    if (!json.is_object()) return NoAlert("it is no object");
    NoticeReader read;
    AlertNotice notice;
    const Place top{json, ""};
    CheckVersion(read, top);
    if (read.problem().empty()) ReadAlert(read, top, notice);
    if (!read.problem().empty()) return NoAlert(read.problem());
    notice.document = OnOneLine(text);
    return notice;
  } catch (const Json::exception& error) {
    const std::string_view why = error.what();  // quotes what it read last, however long that is
    return NoAlert(BeginningOf(why, kShownWhy));
  }
}

}  // namespace wirewatch
