// JsonWriter: JSON appended to a string as it is said, without a tree. Who writes decides the order of the keys.
//
//   std::string line;
//   JsonWriter json(line);
//   json.BeginObject();
//   json.Put("topic", "huawei-bans");
//   json.Key("spans");
//   json.BeginArray();
//   ...
//   json.EndArray();
//   json.EndObject();
//
// Form: one line, no blanks. Strings are checked while they are written: bytes that are not UTF-8 become U+FFFD, one
// for each part of a character that is broken off (Unicode 15, "maximal subpart"). Escaped are the characters that RFC
// 8259 asks for and those that terminals act on: DEL and U+0080 to U+009F. Errors: none. A key where a value belongs,
// or an end without a beginning, is a mistake of the program: asserted in builds with assertions. More than 64 levels
// end the process in all builds. Threads: one at a time.
#ifndef WIREWATCH_BASE_TEXT_JSON_WRITER_H_
#define WIREWATCH_BASE_TEXT_JSON_WRITER_H_

#include <cassert>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace wirewatch {

// Appends `text` as it stands between the quotes of a JSON string.
void AppendJsonEscaped(std::string_view text, std::string& out);
// How many bytes that appends. REQUIRES: UTF-8.
std::size_t JsonEscapedBytes(std::string_view text);
// With the quotes.
std::string JsonString(std::string_view text);

class JsonWriter {
 public:
  // Appends to `out`, which must outlive the writer. What `out` holds already is left alone.
  explicit JsonWriter(std::string& out) : out_(out) {}
  JsonWriter(const JsonWriter&) = delete;
  JsonWriter& operator=(const JsonWriter&) = delete;
  // All that was begun has ended.
  ~JsonWriter() { assert(depth_ == 0 && !after_key_); }

  void BeginObject() { Begin('{', true); }
  void EndObject() { End('}', true); }
  void BeginArray() { Begin('[', false); }
  void EndArray() { End(']', false); }

  // Of the next value. REQUIRES: in an object. Escaped as any string.
  void Key(std::string_view key) {
    assert(InObject() && !after_key_);
    Separate();
    Quote(key);
    out_ += ':';
    comma_ = false;
    after_key_ = true;
  }

  // A text, a number, true or false, or a range of them.
  template <typename T>
  void Value(const T& value) {
    if constexpr (std::same_as<T, bool>) {
      Bare(value ? "true" : "false");
    } else if constexpr (std::integral<T>) {
      char digits[24];
      Bare({digits, std::to_chars(digits, digits + sizeof digits, value).ptr});
    } else if constexpr (std::floating_point<T>) {
      Double(value);
    } else if constexpr (std::convertible_to<const T&, std::string_view>) {
      BeginValue();
      Quote(value);
    } else {
      BeginArray();
      for (const auto& element : value) Value(element);
      EndArray();
    }
  }
  void Null() { Bare("null"); }
  // A number that is written already, with a fixed count of decimals say. REQUIRES: JSON.
  void Number(std::string_view number) { Bare(number); }
  // A string that `append(std::string&)` appends, escaped already.
  template <typename Append>
  void Quoted(Append append) {
    BeginValue();
    out_ += '"';
    append(out_);
    out_ += '"';
  }
  template <typename T>
  void Put(std::string_view key, const T& value) {
    Key(key);
    Value(value);
  }

 private:
  static constexpr std::uint32_t kMostDepth = 64;

  bool InObject() const { return depth_ > 0 && (objects_ >> (depth_ - 1) & 1) != 0; }
  void Separate() {
    if (comma_) out_ += ',';
    comma_ = true;
  }
  void BeginValue() {
    assert(InObject() == after_key_);
    Separate();
    after_key_ = false;
  }
  void Begin(char bracket, [[maybe_unused]] bool object) {
    BeginValue();
    if (depth_ >= kMostDepth) std::abort();
    objects_ = (objects_ & ~(std::uint64_t{1} << depth_)) | std::uint64_t{object} << depth_;
    ++depth_;
    out_ += bracket;
    comma_ = false;
  }
  void End(char bracket, [[maybe_unused]] bool object) {
    assert(depth_ > 0 && InObject() == object && !after_key_);
    --depth_;
    out_ += bracket;
    comma_ = true;
  }
  void Bare(std::string_view token) {
    BeginValue();
    out_ += token;
  }
  void Quote(std::string_view text) {
    out_ += '"';
    AppendJsonEscaped(text, out_);
    out_ += '"';
  }
  // The fewest digits that are read back as `value`; always with a point or an exponent, as in 1.0 and 1e+20. What is
  // no number (infinite, NaN) is null.
  void Double(double value);

  std::string& out_;
  bool comma_ = false;      // before the next key or value
  bool after_key_ = false;  // its value is due
  std::uint32_t depth_ = 0;
  std::uint64_t objects_ = 0;  // bit i: what was begun as the i-th is an object
};

}  // namespace wirewatch

#endif  // WIREWATCH_BASE_TEXT_JSON_WRITER_H_
