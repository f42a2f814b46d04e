#include "pipeline/dead_letter.h"

#include <algorithm>
#include <cstdint>

#include "pipeline/json_handles.h"
#include "pipeline/json_reader_handles.h"

namespace wirewatch {
namespace {

bool IsUtf8(std::string_view bytes) { return simdjson::validate_utf8(bytes.data(), bytes.size()); }

std::size_t Base64Bytes(std::string_view bytes) { return (bytes.size() + 2) / 3 * 4; }

// RFC 4648, section 4.
void AppendBase64(std::string& out, std::string_view bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const auto byte = [&](std::size_t at) -> std::uint32_t {
    return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0U;
  };
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::uint32_t group = byte(at) << 16 | byte(at + 1) << 8 | byte(at + 2);
    out += kDigits[group >> 18];
    out += kDigits[group >> 12 & 63];
    out += at + 1 < bytes.size() ? kDigits[group >> 6 & 63] : '=';
    out += at + 2 < bytes.size() ? kDigits[group & 63] : '=';
  }
}

// RFC 8259, section 7, asks for the first three; terminals act on DEL, too.
bool NeedsEscape(char c) { return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\' || c == 0x7F; }

constexpr std::string_view kShortEscapes = "\"\\\n\r\t";  // written with two bytes
constexpr std::string_view kShortLetters = "\"\\nrt";

std::size_t EscapedBytes(std::string_view text) {
  std::size_t bytes = text.size();
  for (const char c : text) {
    if (NeedsEscape(c)) bytes += kShortEscapes.find(c) != std::string_view::npos ? 1 : 5;
  }
  return bytes;
}

void AppendEscaped(std::string& out, std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  while (true) {
    const auto plain = static_cast<std::size_t>(std::find_if(text.begin(), text.end(), NeedsEscape) - text.begin());
    out += text.substr(0, plain);
    if (plain == text.size()) return;
    const char c = text[plain];
    text.remove_prefix(plain + 1);
    out += '\\';
    if (const std::size_t at = kShortEscapes.find(c); at != std::string_view::npos) {
      out += kShortLetters[at];
    } else {
      out += "u00";
      out += kHex[static_cast<unsigned char>(c) >> 4];
      out += kHex[static_cast<unsigned char>(c) & 15];
    }
  }
}

// Bytes that may or may not be text: "key" or "key_base64".
void PutBytes(Json& json, const std::string& key, const std::string& bytes) {
  if (IsUtf8(bytes)) {
    json[key] = bytes;
    return;
  }
  std::string text;
  AppendBase64(text, bytes);
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
    line.reserve(line.size() + Base64Bytes(record.payload) + kAround);
    line += R"(,"payload_base64":")";
    AppendBase64(line, record.payload);
  }
  line += "\"}";
  return line;
}

}  // namespace wirewatch
