#include "pipeline/records/dead_letter.h"

#include <simdjson.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/text/base64.h"
#include "base/text/json_writer.h"
#include "pipeline/records/json_put.h"

namespace wirewatch {
namespace {

bool IsUtf8(std::string_view bytes) { return simdjson::validate_utf8(bytes.data(), bytes.size()); }

// Bytes that may or may not be text: "key" or "key_base64".
void PutBytes(JsonWriter& json, std::string_view key, std::string_view bytes) {
  if (IsUtf8(bytes)) return json.Put(key, bytes);
  json.Key(std::string(key) + "_base64");
  json.Quoted([&](std::string& out) { AppendBase64(bytes, out); });
}

// Of a payload backspace and form feed are written as \u0008 and \u000c, though JSON has a shorter form: two dead
// letters of one record are the same bytes, whatever version of wirewatch wrote them.
constexpr std::string_view kLongEscaped = "\b\f";
constexpr std::size_t kLongEscapeBytes = 6, kShortEscapeBytes = 2;

std::size_t PayloadBytes(std::string_view text) {
  const auto longer =
      std::count_if(text.begin(), text.end(), [](char c) { return kLongEscaped.find(c) != std::string_view::npos; });
  return JsonEscapedBytes(text) + static_cast<std::size_t>(longer) * (kLongEscapeBytes - kShortEscapeBytes);
}

void AppendPayload(std::string_view text, std::string& out) {
  while (true) {
    const std::size_t end = std::min(text.find_first_of(kLongEscaped), text.size());
    AppendJsonEscaped(text.substr(0, end), out);
    if (end == text.size()) return;
    out += text[end] == '\b' ? "\\u0008" : "\\u000c";
    text.remove_prefix(end + 1);
  }
}

void PutHeader(JsonWriter& json, const RecordHeader& header) {
  json.BeginObject();
  PutBytes(json, "name", header.name);
  if (header.is_null) {
    json.Key("value");
    json.Null();
  } else {
    PutBytes(json, "value", header.value);
  }
  json.EndObject();
}

// Straight into the line: a payload may be many MB, and must not be there several times.
void PutPayload(JsonWriter& json, std::string_view payload, std::string& line) {
  constexpr std::size_t kAround = 32;  // the key, quotes, brace and the newline that a sink adds
  if (payload.data() == nullptr) {
    json.Key("payload");
    json.Null();
  } else if (IsUtf8(payload)) {
    line.reserve(line.size() + PayloadBytes(payload) + kAround);
    json.Key("payload");
    json.Quoted([&](std::string& out) { AppendPayload(payload, out); });
  } else {
    line.reserve(line.size() + Base64Size(payload.size()) + kAround);
    PutBytes(json, "payload", payload);
  }
}

}  // namespace

Offset FirstOffset(const Record& record) { return record.unreadable ? record.unreadable->first : record.place.offset; }

std::string ToJson(const DeadLetter& letter) {
  const Record& record = letter.record;
  std::string line;
  JsonWriter json(line);
  json.BeginObject();
  json.Put("reason", letter.reason);
  json.Put("message", letter.message);
  PutTime(json, "time", letter.time);
  json.Put("stream", record.place.stream);
  json.Put("partition", static_cast<std::int32_t>(record.place.partition));
  json.Put("offset", static_cast<std::int64_t>(FirstOffset(record)));
  if (record.unreadable) json.Put("last_offset", static_cast<std::int64_t>(record.place.offset));
  PutTime(json, "timestamp", record.timestamp);
  if (!record.key.empty()) PutBytes(json, "key", record.key);
  if (!record.headers.empty()) {
    json.Key("headers");
    json.BeginArray();
    for (const RecordHeader& header : record.headers) PutHeader(json, header);
    json.EndArray();
  }
  if (record.oversize) {
    json.Put("bytes", record.oversize->bytes);
    PutText(json, "spill_path", record.oversize->spill_path);
  }
  PutPayload(json, record.payload, line);
  json.EndObject();
  return line;
}

}  // namespace wirewatch
