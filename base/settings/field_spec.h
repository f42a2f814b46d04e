// FieldSpec: one key of a configuration section. The one table of a section feeds the reader (section_reader.h), the
// check for unknown keys, the writer (section_writer.h) and docs/configuration.md (settings_reference.h).
//
// A room that has settings owns its table and the struct that the table fills:
//
//   struct LogSettings {
//     log::Level level;
//     static const FieldTable& Table();
//     static LogSettings From(const Fields& fields);                       // REQUIRES: read with Table()
//     static std::vector<SettingsProblem> Check(const Fields& fields);     // only where a table cannot say it all
//   };
//   {TextField("level", "Lines of this level and above go to stderr.").Default("info").OneOf({"debug", "info"})}
//
// Only From and Check of that struct ask Fields by name.
#ifndef WIREWATCH_BASE_SETTINGS_FIELD_SPEC_H_
#define WIREWATCH_BASE_SETTINGS_FIELD_SPEC_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace wirewatch {

enum class FieldType : std::uint8_t {
  kString,
  kStringList,
  kStringMap,  // free keys with a text each, such as kafka.properties
  kListMap,    // free keys with one text or several each; or the name of such a map that is known
  kBool,
  kInteger,
  kBytes,     // "16MiB", "64KiB", "1000"
  kDuration,  // "250ms", "5s", "48h"
};

// Of numbers and sizes, both ends included.
struct FieldRange {
  std::int64_t least = 0;
  std::int64_t most = std::numeric_limits<std::int64_t>::max();
};

// The checked values of one section: every field of its table is there.
class Fields {
 public:
  using ListMap = std::map<std::string, std::vector<std::string>>;
  using Value = std::variant<std::string, std::vector<std::string>, std::map<std::string, std::string>, ListMap, bool,
                             std::int64_t, std::chrono::milliseconds>;

  // REQUIRES: the table has a field of that name and type. Else the program ends, and says which name it was.
  const std::string& String(std::string_view name) const { return Get<std::string>(name); }
  const std::vector<std::string>& List(std::string_view name) const { return Get<std::vector<std::string>>(name); }
  const std::map<std::string, std::string>& Map(std::string_view name) const {
    return Get<std::map<std::string, std::string>>(name);
  }
  const ListMap& Lists(std::string_view name) const { return Get<ListMap>(name); }
  bool Bool(std::string_view name) const { return Get<bool>(name); }
  std::int64_t Integer(std::string_view name) const { return Get<std::int64_t>(name); }
  std::size_t Bytes(std::string_view name) const { return static_cast<std::size_t>(Get<std::int64_t>(name)); }
  std::size_t Count(std::string_view name) const { return static_cast<std::size_t>(Get<std::int64_t>(name)); }
  std::chrono::milliseconds Duration(std::string_view name) const { return Get<std::chrono::milliseconds>(name); }

  void Set(std::string_view name, Value value) { values_.insert_or_assign(std::string(name), std::move(value)); }

 private:
  template <typename T>
  const T& Get(std::string_view name) const {
    const auto field = values_.find(name);
    const T* const value = field == values_.end() ? nullptr : std::get_if<T>(&field->second);
    if (value == nullptr) DieOfMissingField(name);
    return *value;
  }
  [[noreturn]] static void DieOfMissingField(std::string_view name);

  std::map<std::string, Value, std::less<>> values_;
};

// How people speak of a kListMap field, and which maps they may name in place of writing one.
struct ListMapForm {
  std::string_view kind;                                           // "mapping"
  std::string_view entries;                                        // "article fields with JSON pointers"
  std::string_view known;                                          // "the name of a known shape"
  std::string_view example;                                        // of several texts: "[/one, /another]"
  std::vector<std::pair<std::string_view, Fields::ListMap>> maps;  // by name, as they are listed
};

// Made by the functions below, and completed in place: `DurationField("window", "How long.").Default("48h")`.
struct FieldSpec {
  std::string_view name;
  FieldType type;
  std::string_view help;                       // one sentence
  std::string_view default_value = {};         // as it would be written; empty: the empty value
  bool required = false;                       // must be written: it has no default
  std::vector<std::string_view> choices = {};  // of a kString: the only values; empty: any
  FieldRange range = {};                       // of a kInteger or kBytes
  const ListMapForm* form = nullptr;           // of a kListMap; outlives the table

  FieldSpec Default(std::string_view value) && { return default_value = value, std::move(*this); }
  FieldSpec Required() && { return required = true, std::move(*this); }
  FieldSpec OneOf(std::vector<std::string_view> values) && { return choices = std::move(values), std::move(*this); }
  FieldSpec Between(std::int64_t least, std::int64_t most) && { return range = {least, most}, std::move(*this); }
  FieldSpec AtLeast(std::int64_t least) && { return range.least = least, std::move(*this); }
};

inline FieldSpec TextField(std::string_view name, std::string_view help) { return {name, FieldType::kString, help}; }
inline FieldSpec TextListField(std::string_view name, std::string_view help) {
  return {name, FieldType::kStringList, help};
}
inline FieldSpec TextMapField(std::string_view name, std::string_view help) {
  return {name, FieldType::kStringMap, help};
}
inline FieldSpec ListMapField(std::string_view name, std::string_view help, const ListMapForm& form) {
  FieldSpec spec = {name, FieldType::kListMap, help};
  spec.form = &form;
  return spec;
}
// A number, a size, a truth and a time have no empty value: Default or Required must follow.
inline FieldSpec BoolField(std::string_view name, std::string_view help) { return {name, FieldType::kBool, help}; }
inline FieldSpec IntegerField(std::string_view name, std::string_view help) {
  return {name, FieldType::kInteger, help};
}
inline FieldSpec SizeField(std::string_view name, std::string_view help) { return {name, FieldType::kBytes, help}; }
inline FieldSpec DurationField(std::string_view name, std::string_view help) {
  return {name, FieldType::kDuration, help};
}

using FieldTable = std::vector<FieldSpec>;

// A value that is wrong, though it has the type that its table asks for.
struct SettingsProblem {
  // Of the section: "listen", "properties.sasl.mechanism". Underlined is the last part of it that is written.
  std::string key;
  std::string message;  // what is wrong and what to do
};

}  // namespace wirewatch

#endif  // WIREWATCH_BASE_SETTINGS_FIELD_SPEC_H_
