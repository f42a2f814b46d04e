#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "base/text/trim.h"
#include "base/text/utf8.h"
#include "pipeline/decode/format_guess.h"
#include "pipeline/decode/json_reader_internal.h"
#include "pipeline/decode/json_text.h"

// Reading up to simdjson's padding past the payload, inside a mapped page, is harmless but not visible as such to
// sanitizers and valgrind. -DWIREWATCH_DECODE_COPIES makes every payload be copied, for valgrind cannot be detected.
#if defined(__SANITIZE_ADDRESS__)
#define WIREWATCH_DECODE_WITHIN_BOUNDS
#elif defined(__SANITIZE_THREAD__)
#define WIREWATCH_DECODE_COPIES
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WIREWATCH_DECODE_WITHIN_BOUNDS
#elif __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define WIREWATCH_DECODE_COPIES
#endif
#endif

namespace wirewatch {
namespace {

namespace ondemand = simdjson::ondemand;
using simdjson::SIMDJSON_PADDING;

constexpr std::size_t kPageBytes = 4096;                     // the smallest page of any machine we run on
constexpr std::size_t kFirstBytes = std::size_t{64} << 10;   // memory that is reserved at once
constexpr std::size_t kKeptBytes = std::size_t{4} << 20;     // a larger record's memory is given back
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";  // RFC 8259 section 8.1: may be ignored

bool InPlace([[maybe_unused]] std::string_view payload, [[maybe_unused]] std::size_t readable_after) {
#if defined(WIREWATCH_DECODE_COPIES)
  return false;
#elif defined(WIREWATCH_DECODE_WITHIN_BOUNDS)
  return readable_after >= SIMDJSON_PADDING;
#else
  if (readable_after >= SIMDJSON_PADDING) return true;
  const auto last = reinterpret_cast<std::uintptr_t>(payload.data()) + payload.size() - 1;
  return last % kPageBytes + SIMDJSON_PADDING < kPageBytes;  // the padding lies in the payload's own last page
#endif
}

bool HasEscape(std::string_view raw) { return std::memchr(raw.data(), '\\', raw.size()) != nullptr; }

}  // namespace

bool JsonReader::Unescape(std::string_view& raw) {
  char* const out = text_.get() + text_used_;
  const auto size = UnescapeJson(raw, out);
  if (!size) return Fail(simdjson::STRING_ERROR);
  text_used_ += *size;
  raw = {out, *size};
  return true;
}

bool JsonReader::Reserve(std::size_t size) {
  if (text_size_ > kKeptBytes && size <= kKeptBytes) {
    parser_ = simdjson::ondemand::parser();
    text_.reset();
    padded_.reset();
    text_size_ = padded_size_ = 0;
  }
  text_used_ = 0;
  if (size <= text_size_) return true;
  const std::size_t wanted = std::max({size, kFirstBytes, std::min(2 * text_size_, kKeptBytes)});
  // simdjson's own bound on depth counts for nothing here but must be beyond ours.
  if (const auto code = parser_.allocate(wanted, std::max(limits_.max_depth + 2, simdjson::DEFAULT_MAX_DEPTH))) {
    return Fail(code);
  }
  text_.reset(new char[wanted]);
  text_size_ = wanted;
  return true;
}

bool JsonReader::Open(std::string_view payload, std::size_t readable_after, ondemand::object& root) {
  return Begin(payload, InPlace(payload, readable_after), root);
}

bool JsonReader::OpenCopy(std::string_view payload, ondemand::object& root) { return Begin(payload, false, root); }

bool JsonReader::Begin(std::string_view payload, bool in_place, ondemand::object& root) {
  copied_ = true;
  if (payload.size() > limits_.max_record_bytes) {
    return Fail(DeadLetterReason::kTooLarge,
                fmt::format("the record has {} bytes, more than decode.max_record_bytes ({})", payload.size(),
                            limits_.max_record_bytes));
  }
  if (payload.starts_with(kByteOrderMark)) payload.remove_prefix(kByteOrderMark.size());
  std::size_t begin = 0;
  while (begin < payload.size() && IsBlank(payload[begin])) ++begin;
  if (begin == payload.size()) return Fail(DeadLetterReason::kEmpty, "the record is empty");
  if (!Reserve(payload.size())) return false;

  copied_ = !in_place;
  if (!in_place) {
    if (padded_size_ < text_size_ + SIMDJSON_PADDING) {
      padded_size_ = text_size_ + SIMDJSON_PADDING;
      padded_.reset(new char[padded_size_]);
    }
    std::memcpy(padded_.get(), payload.data(), payload.size());
    std::memset(padded_.get() + payload.size(), 0, SIMDJSON_PADDING);
    payload = {padded_.get(), payload.size()};
  }
  payload_ = payload;
  iterating_ = false;
  if (const auto code =
          parser_.iterate(payload.data(), payload.size(), payload.size() + SIMDJSON_PADDING).get(document_)) {
    return Fail(code);
  }
  iterating_ = true;
  if (payload[begin] != '{') {
    // Only said of what is JSON so far: "not an object" helps nobody who sent half a log line.
    const std::string_view text = TrimmedEnd(payload.substr(begin));
    const bool value = (text.front() == '[' && text.back() == ']') || text.front() == '"' || IsJsonLiteral(text);
    if (!value) {
      const std::string guess = GuessFormat(text);
      return Fail(DeadLetterReason::kInvalidJson, guess.empty()
                                                      ? "the record is not JSON: it does not begin with '{'"
                                                      : fmt::format("the record is not JSON: it looks like {}", guess));
    }
    return Fail(DeadLetterReason::kWrongType,
                fmt::format("the record is {}, not an object", text.front() == '['   ? "an array"
                                                               : text.front() == '"' ? "text"
                                                                                     : "a single value"));
  }
  if (const auto code = document_.get_object().get(root)) return Fail(code);
  return true;
}

bool JsonReader::Close() {
  // At the end there is no location. Past it (a missing bracket that the bytes behind the payload seemed to supply)
  // or before it (something follows) there is one.
  if (document_.current_location().error() == simdjson::OUT_OF_BOUNDS) return true;
  return Fail(simdjson::TRAILING_CONTENT);
}

// What stands from a value's first byte to the next token.
bool JsonReader::Token(ondemand::value& value, std::string_view& token) {
  token = value.raw_json_token();
  if (!IsIn(token.data())) return Fail(simdjson::TAPE_ERROR);
  const auto left = static_cast<std::size_t>(payload_.data() + payload_.size() - token.data());
  token = TrimmedEnd(token.substr(0, left));
  return true;
}

// Consumes a string and makes of its token what stands between the quotes, as written. (simdjson skips a string that is
// only looked at together with a ':' behind it, as if it were a key: "a": "b": 1.)
bool JsonReader::ReadString(ondemand::value& value, std::string_view& token) {
  if (token.size() < 2) return Fail(simdjson::TAPE_ERROR);
  if (const auto code = value.get_raw_json_string().error()) return Fail(code);
  token = token.substr(1, token.size() - 2);
  return true;
}

bool JsonReader::Scalar(ondemand::value& value, std::string_view field, std::size_t depth, JsonType& type,
                        std::string_view& text) {
  type = TypeOf(value);
  text = {};
  if (type == JsonType::kObject || type == JsonType::kArray) return Skip(value, depth);
  if (!Token(value, text)) return false;
  if (type != JsonType::kString) {
    return IsJsonLiteral(text) || Fail(type == JsonType::kNumber ? simdjson::NUMBER_ERROR : simdjson::TAPE_ERROR);
  }
  if (!ReadString(value, text)) return false;
  if (HasEscape(text) && !Unescape(text)) return false;
  if (text.size() > limits_.max_text_bytes) {
    return Fail(DeadLetterReason::kTooLarge,
                fmt::format("field '{}' has {} bytes, more than decode.max_text_bytes ({})", field, text.size(),
                            limits_.max_text_bytes));
  }
  return true;
}

bool JsonReader::Object(ondemand::value& value, std::size_t depth, ondemand::object& object) {
  if (depth >= limits_.max_depth) {
    return Fail(DeadLetterReason::kTooDeep,
                fmt::format("objects and arrays are nested deeper than decode.max_depth ({})", limits_.max_depth));
  }
  if (const auto code = value.get_object().get(object)) return Fail(code);
  return true;
}

bool JsonReader::Array(ondemand::value& value, std::size_t depth, ondemand::array& array) {
  if (depth >= limits_.max_depth) {
    return Fail(DeadLetterReason::kTooDeep,
                fmt::format("objects and arrays are nested deeper than decode.max_depth ({})", limits_.max_depth));
  }
  if (const auto code = value.get_array().get(array)) return Fail(code);
  return true;
}

bool JsonReader::Skip(ondemand::value& value, std::size_t depth) {
  switch (TypeOf(value)) {
    case JsonType::kObject: {
      ondemand::object object;
      if (!Object(value, depth, object)) return false;
      std::string_view key;
      for (auto next : object) {
        ondemand::value* const inner = Next(next, key);
        if (inner == nullptr || !Skip(*inner, depth + 1)) return false;
      }
      return true;
    }
    case JsonType::kArray: {
      ondemand::array array;
      if (!Array(value, depth, array)) return false;
      for (auto next : array) {
        ondemand::value* const inner = Next(next);
        if (inner == nullptr || !Skip(*inner, depth + 1)) return false;
      }
      return true;
    }
    case JsonType::kString: {
      std::string_view raw;
      if (!Token(value, raw) || !ReadString(value, raw)) return false;
      if (HasEscape(raw) && !UnescapeJson(raw, text_.get() + text_used_)) return Fail(simdjson::STRING_ERROR);
      return true;
    }
    default: {
      std::string_view token;
      return Token(value, token) && (IsJsonLiteral(token) || Fail(simdjson::TAPE_ERROR));
    }
  }
}

bool JsonReader::List(ondemand::value& value, std::string_view field, std::size_t depth, ItemList& list) {
  list.items.clear();
  list.wrong = JsonType::kNull;
  list.type = TypeOf(value);
  const auto take = [&](ondemand::value& element, std::size_t element_depth) {
    JsonType type = TypeOf(element);
    if (type == JsonType::kObject) {
      ondemand::object object;
      return Object(element, element_depth, object) && ReadItem(object, field, element_depth + 1, list);
    }
    std::string_view text;
    if (!Scalar(element, field, element_depth, type, text)) return false;
    if (type == JsonType::kString || type == JsonType::kNumber) {
      list.items.push_back({text, {}, {}, {}});
    } else if (type != JsonType::kNull) {
      list.wrong = type;
    }
    return true;
  };
  if (list.type != JsonType::kArray) return take(value, depth);
  ondemand::array array;
  if (!Array(value, depth, array)) return false;
  for (auto next : array) {
    ondemand::value* const element = Next(next);
    if (element == nullptr || !take(*element, depth + 1)) return false;
  }
  return true;
}

// An object of a list. `value` goes before `name`: ninjs' texts have the one, its subjects and parties the other.
bool JsonReader::ReadItem(ondemand::object& object, std::string_view field, std::size_t depth, ItemList& list) {
  Item item;
  bool has_value = false;
  bool named = false;  // has a key that could say what it is
  for (auto next : object) {
    std::string_view key;
    ondemand::value* const value = Next(next, key);
    if (value == nullptr) return false;
    const bool is_value = key == "value";
    std::string_view* target = nullptr;
    if (is_value || (key == "name" && !has_value)) {
      target = &item.text;
    } else if (key == "code" || key == "literal") {
      target = &item.code;
    } else if (key == "role" || key == "rel") {
      target = &item.role;
    } else if (key == "contenttype" || key == "contentType") {
      target = &item.content_type;
    }
    named |= target == &item.text || target == &item.code;
    if (target == nullptr) {
      if (!Skip(*value, depth)) return false;
      continue;
    }
    JsonType type;
    std::string_view text;
    if (!Scalar(*value, field, depth, type, text)) return false;
    if (type == JsonType::kString || type == JsonType::kNumber) {
      *target = text;
      has_value |= is_value;
    } else if (target == &item.text && type != JsonType::kNull) {
      list.wrong = type;
    }
  }
  if (item.text.empty()) item.text = item.code;
  if (!named && list.wrong == JsonType::kNull) list.wrong = JsonType::kObject;
  list.items.push_back(item);
  return true;
}

bool JsonReader::Fail(DeadLetterReason reason, std::string message) {
  rejection_ = {reason, std::move(message)};
  return false;
}

bool JsonReader::Fail(simdjson::error_code code) {
  if (const std::string guess = GuessFormat(payload_); !guess.empty()) {
    const bool encoding = code == simdjson::UTF8_ERROR || guess.starts_with("UTF-");
    return Fail(encoding ? DeadLetterReason::kInvalidUtf8 : DeadLetterReason::kInvalidJson,
                fmt::format("the record is not JSON: it looks like {}", guess));
  }
  if (code == simdjson::UTF8_ERROR) {
    return Fail(DeadLetterReason::kInvalidUtf8, fmt::format("byte {} is not UTF-8", FirstInvalidUtf8(payload_)));
  }
  if (code == simdjson::EMPTY) return Fail(DeadLetterReason::kEmpty, "the record is empty");
  if (code == simdjson::CAPACITY || code == simdjson::MEMALLOC) {
    return Fail(DeadLetterReason::kTooLarge, fmt::format("no memory for a record of {} bytes", payload_.size()));
  }
  // In our words: simdjson's speak of its tape.
  const auto what = [code] {
    switch (code) {
      case simdjson::UNCLOSED_STRING: return "a string is not closed: the record is cut off, or a quote is not escaped";
      case simdjson::UNESCAPED_CHARS: return "a string holds a raw control character; write \\n, \\t, \\u0000";
      case simdjson::STRING_ERROR: return "a string holds an escape that JSON does not have";
      case simdjson::NUMBER_ERROR: return "a value is neither text nor a number, true, false or null";
      case simdjson::INCOMPLETE_ARRAY_OR_OBJECT: return "a closing '}' or ']' is missing: the record is cut off";
      case simdjson::TRAILING_CONTENT:
        return "something follows the object that is the record, or a bracket is missing or too many";
      default: return "a comma, colon, bracket or value is missing or misplaced";
    }
  }();
  const char* at = nullptr;
  if (iterating_ && document_.current_location().get(at) != simdjson::SUCCESS) at = nullptr;
  return Fail(DeadLetterReason::kInvalidJson,
              at != nullptr && IsIn(at) ? fmt::format("invalid JSON near byte {}: {}", at - payload_.data(), what)
                                        : fmt::format("invalid JSON: {}", what));
}

}  // namespace wirewatch
