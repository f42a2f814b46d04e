#include "pipeline/records/dead_letter.h"

#include <simdjson.h>

#include <cstdint>

#include "base/text/base64.h"
#include "pipeline/records/json_handles.h"

namespace wirewatch {
namespace {

bool IsUtf8(std::string_view bytes) { return simdjson::validate_utf8(bytes.data(), bytes.size()); }

// RFC 8259, section 7, asks for the first three. Terminals act on the others, too: on DEL, and on U+0080 to U+009F,
// which have two bytes, 0xC2 and the code.
std::size_t EscapeAt(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0xFFU; };
  if (byte(at) == 0xC2 && byte(at + 1) < 0xA0) return 2;
  return byte(at) < 0x20 || text[at] == '"' || text[at] == '\\' || text[at] == 0x7F ? 1 : 0;
}

constexpr std::string_view kShortEscapes = "\"\\\n\r\t";  // written with two bytes
constexpr std::string_view kShortLetters = "\"\\nrt";

std::size_t EscapedBytes(std::string_view text) {
  std::size_t bytes = text.size();
  for (std::size_t at = 0; at < text.size(); ++at) {
    const std::size_t escaped = EscapeAt(text, at);
    if (escaped == 0) continue;
    bytes += kShortEscapes.find(text[at]) != std::string_view::npos ? 1 : 6 - escaped;
    at += escaped - 1;
  }
  return bytes;
}

// `text` is UTF-8.
void AppendEscaped(std::string& out, std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::size_t plain = 0;  // where what is not written yet begins
  for (std::size_t at = 0; at < text.size(); ++at) {
    const std::size_t escaped = EscapeAt(text, at);
    if (escaped == 0) continue;
    out += text.substr(plain, at - plain);
    out += '\\';
    if (const std::size_t letter = kShortEscapes.find(text[at]); letter != std::string_view::npos) {
      out += kShortLetters[letter];
    } else {
      const auto code = static_cast<unsigned char>(text[at + escaped - 1]);
      out += "u00";
      out += kHex[code >> 4];
      out += kHex[code & 15];
    }
    at += escaped - 1;
    plain = at + 1;
  }
  out += text.substr(plain);
}

// Bytes that may or may not be text: "key" or "key_base64".
void PutBytes(Json& json, const std::string& key, const std::string& bytes) {
  if (IsUtf8(bytes)) {
    json[key] = bytes;
    return;
  }
  std::string text;
  AppendBase64(bytes, text);
  json[key + "_base64"] = std::move(text);
}

}  // namespace

Offset FirstOffset(const Record& record) { return record.unreadable ? record.unreadable->first : record.place.offset; }

// The payload is written straight into the line: it may be many MB, and must not be there several times.
std::string ToJson(const DeadLetter& letter) {
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
      if (header.is_null) {
        item["value"] = nullptr;
      } else {
        PutBytes(item, "value", header.value);
      }
    }
  }
  if (record.oversize) {
    json["bytes"] = record.oversize->bytes;
    PutText(json, "spill_path", record.oversize->spill_path);
  }
  std::string line = ToLine(json);
  line.pop_back();  // '}', which comes again at the end

  constexpr std::size_t kAround = 32;  // the key, quotes, brace and the newline that a sink adds
  if (record.payload.data() == nullptr) {
    line += R"(,"payload":null})";
    return line;
  }
  if (IsUtf8(record.payload)) {
    line.reserve(line.size() + EscapedBytes(record.payload) + kAround);
    line += R"(,"payload":")";
    AppendEscaped(line, record.payload);
  } else {
    line.reserve(line.size() + Base64Size(record.payload.size()) + kAround);
    line += R"(,"payload_base64":")";
    AppendBase64(record.payload, line);
  }
  line += "\"}";
  return line;
}

}  // namespace wirewatch
