// JsonReader: what the article decoder needs of simdjson On-Demand: values as text that lives until the next record,
// and values that nobody asked for walked all the same.
//
// On-Demand checks only what is consumed. A record with garbage in a field that wirewatch ignores is a broken record
// all the same, and its producer must hear of it; so every value is either read or walked by Skip.
#ifndef WIREWATCH_PIPELINE_DECODE_JSON_READER_INTERNAL_H_
#define WIREWATCH_PIPELINE_DECODE_JSON_READER_INTERNAL_H_

#include <simdjson.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "pipeline/decode/article_decoder.h"
#include "pipeline/decode/record_fields.h"

namespace wirewatch {

// Threads: one at a time. Views point into the payload or into the reader, and die at the next Open.
// Errors:  what returns false has put into the rejection what is wrong with the record; reading must stop.
class JsonReader {
 public:
  explicit JsonReader(const DecodeLimits& limits) : limits_(limits) {}

  // Begins a record; its outermost value must be an object.
  [[nodiscard]] bool Open(std::string_view payload, std::size_t readable_after, simdjson::ondemand::object& root);
  // The same with a copy of the payload, and zeros behind it.
  [[nodiscard]] bool OpenCopy(std::string_view payload, simdjson::ondemand::object& root);
  // Whether the record is read from a copy, or failed before that mattered: what was found wrong with it is then the
  // same whatever stands behind it in memory.
  bool was_copied() const { return copied_; }
  // When the root was read to its end: nothing may follow it.
  [[nodiscard]] bool Close();

  // The value of a field or element that is iterated over; null: failed. In place and inline: copies of simdjson's
  // structs through memory would cost more than what is done with them.
  [[nodiscard]] simdjson::ondemand::value* Next(simdjson::simdjson_result<simdjson::ondemand::field>& next,
                                                std::string_view& key) {
    if (next.error()) return FailedNext(next.error());
    simdjson::ondemand::field&& field = std::move(next).value_unsafe();
    const char* const begin = field.key().raw();
    if (!IsIn(begin)) return FailedNext(simdjson::TAPE_ERROR);
    const char* end = begin;
    bool escaped = false;
    for (; *end != '"'; ++end) {  // simdjson has seen that the string ends
      if (*end == '\\') {
        escaped = true;
        ++end;
      }
    }
    key = {begin, static_cast<std::size_t>(end - begin)};
    return !escaped || Unescape(key) ? &field.value() : nullptr;
  }
  [[nodiscard]] simdjson::ondemand::value* Next(simdjson::simdjson_result<simdjson::ondemand::value>& next) {
    if (next.error()) return FailedNext(next.error());
    simdjson::ondemand::value&& value = std::move(next).value_unsafe();
    return &value;
  }

  // `depth` is that of the object or array that holds the value; the root's is 1. `field` is for messages.

  // The text of a string; a number, "true", "null" as written. Objects and arrays are skipped, and `text` is empty.
  [[nodiscard]] bool Scalar(simdjson::ondemand::value& value, std::string_view field, std::size_t depth, JsonType& type,
                            std::string_view& text);
  // Replaces what is in `list`.
  [[nodiscard]] bool List(simdjson::ondemand::value& value, std::string_view field, std::size_t depth, ItemList& list);
  // Walks and checks a value that nobody needs.
  [[nodiscard]] bool Skip(simdjson::ondemand::value& value, std::size_t depth);

  // For loops over arrays and objects outside: descends, or fails with too-deep.
  [[nodiscard]] bool Object(simdjson::ondemand::value& value, std::size_t depth, simdjson::ondemand::object& object);
  [[nodiscard]] bool Array(simdjson::ondemand::value& value, std::size_t depth, simdjson::ondemand::array& array);

  [[nodiscard]] bool Fail(simdjson::error_code code);
  [[nodiscard]] bool Fail(DeadLetterReason reason, std::string message);
  Rejection TakeRejection() { return std::move(rejection_); }

 private:
  // Whether `at` is a byte of the payload. Behind a record that was cut off simdjson goes on with what stands there in
  // memory.
  bool IsIn(const char* at) const { return at >= payload_.data() && at < payload_.data() + payload_.size(); }
  simdjson::ondemand::value* FailedNext(simdjson::error_code code) {
    (void)Fail(code);
    return nullptr;
  }
  bool Token(simdjson::ondemand::value& value, std::string_view& token);
  bool ReadString(simdjson::ondemand::value& value, std::string_view& token);
  bool Begin(std::string_view payload, bool in_place, simdjson::ondemand::object& root);
  bool Reserve(std::size_t size);
  bool Unescape(std::string_view& raw);
  bool ReadItem(simdjson::ondemand::object& object, std::string_view field, std::size_t depth, ItemList& list);

  DecodeLimits limits_;
  simdjson::ondemand::parser parser_;
  simdjson::ondemand::document document_;
  bool iterating_ = false;  // document_ is of this record
  bool copied_ = true;
  std::string_view payload_;
  std::unique_ptr<char[]> padded_;  // the payload, where it cannot be read in place
  std::size_t padded_size_ = 0;
  std::unique_ptr<char[]> text_;  // unescaped strings, one after the other: together never longer than the payload
  std::size_t text_size_ = 0;
  std::size_t text_used_ = 0;
  Rejection rejection_{};
};

// The type of a value by its first byte; Skip and Scalar find out whether the rest agrees.
inline JsonType TypeOf(simdjson::ondemand::value& value) {
  switch (*value.raw_json_token().data()) {
    case '"': return JsonType::kString;
    case '{': return JsonType::kObject;
    case '[': return JsonType::kArray;
    case 'n': return JsonType::kNull;
    case 't':
    case 'f': return JsonType::kBool;
    default: return JsonType::kNumber;
  }
}

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_DECODE_JSON_READER_INTERNAL_H_
