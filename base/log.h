// Log lines to stderr, with fields:
//
//   constexpr log::Module kLog("kafka");
//   kLog.Warn("partition {partition} went back; it is read from there", {{"partition", 3}, {"from", 40}, {"to", 12}});
//
// An event is a constant text. It may name fields, whose values stand in their place in the readable form; the other
// fields follow it as key=value. That line is, as text (the default) or as JSON, one object a line with these keys:
//
//   2026-11-23T09:30:00.000Z warning partition 3 went back; it is read from there from=40 to=12
//   {"time":"2026-11-23T09:30:00.000Z","level":"warn","module":"kafka",
//    "event":"partition {partition} went back; it is read from there",
//    "message":"partition 3 went back; it is read from there from=40 to=12","fields":{"partition":3,"from":40,"to":12}}
//
// `event` is the same for all lines of one kind, so that it can be counted and searched for; `message` is for people.
//
// What decides logs, once. Info: a state changed. Warn: unexpected, nothing lost. Error: something lost, or a
// person is needed. Never secrets (base/secret.h); article text only at debug. What a record, a file name or a broker
// says can neither write a line of its own nor act on a terminal: control characters are escaped in both forms.
// Threads: all of it is thread-safe; a line is written whole.
#ifndef WIREWATCH_BASE_LOG_H_
#define WIREWATCH_BASE_LOG_H_

#include <algorithm>
#include <array>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace wirewatch {
class JsonWriter;
}  // namespace wirewatch

namespace wirewatch::log {

enum class Level : std::uint8_t { kDebug, kInfo, kWarn, kError };
enum class Format : std::uint8_t { kText, kJson };

// Where lines come from: the rooms of the tree. Each has a level of its own where one is set.
inline constexpr std::array<std::string_view, 12> kModules = {"alert", "base",  "cli",   "deliver", "file",  "flow",
                                                              "http",  "kafka", "match", "rules",   "stdio", "store"};

// The value of a field. A text is borrowed until the line is written.
class Value {
 public:
  // A double is written with `decimals` of them.
  Value(double number, int decimals = 1) : value_(number), decimals_(decimals) {}
  template <std::same_as<bool> T>
  Value(T flag) : value_(flag) {}
  template <std::signed_integral T>
  Value(T number) : value_(std::int64_t{number}) {}
  template <std::unsigned_integral T>
  requires(!std::same_as<T, bool>) Value(T number) : value_(std::uint64_t{number}) {}
  template <std::convertible_to<std::string_view> T>
  Value(const T& text) : value_(std::string_view(text)) {}

  void AppendText(std::string& out) const;
  void WriteTo(JsonWriter& json) const;

 private:
  std::variant<std::string_view, std::int64_t, std::uint64_t, double, bool> value_;
  int decimals_ = 0;
};

struct Field {
  std::string_view key;
  Value value;
};
using Fields = std::initializer_list<Field>;

// A module with a name in kModules; another one does not compile.
class Module {
 public:
  consteval explicit Module(std::string_view name) : name_(name) {
    if (std::find(kModules.begin(), kModules.end(), name) == kModules.end()) throw "kModules has no such module";
  }
  constexpr std::string_view name() const { return name_; }

  // For lines that cost something to make.
  bool Enabled(Level level) const;
  void Write(Level level, std::string_view event, Fields fields = {}) const;
  void Debug(std::string_view event, Fields fields = {}) const { Write(Level::kDebug, event, fields); }
  void Info(std::string_view event, Fields fields = {}) const { Write(Level::kInfo, event, fields); }
  void Warn(std::string_view event, Fields fields = {}) const { Write(Level::kWarn, event, fields); }
  void Error(std::string_view event, Fields fields = {}) const { Write(Level::kError, event, fields); }
  // What belongs to the line before, such as rendered diagnostics: as text each line of `details`, indented; as JSON
  // one line with all of them in the field "details". REQUIRES: the newlines are ours.
  void WriteDetails(Level level, std::string_view details) const;

 private:
  std::string_view name_;
};

// Lines below the level of their module, or where it has none below `level`, are dropped. The default is kInfo.
void SetLevel(Level level);
void SetLevel(const Module& module, Level level);
// Sets all at once: those that are not named have no level of their own.
void SetLevels(Level level, const std::map<std::string, Level>& modules);
void SetFormat(Format format);

}  // namespace wirewatch::log

#endif  // WIREWATCH_BASE_LOG_H_
