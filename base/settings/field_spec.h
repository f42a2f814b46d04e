// FieldSpec: one key of a configuration section. The one table feeds the parser, the unknown-key check and
// docs/configuration.md.
#ifndef WIREWATCH_BASE_SETTINGS_FIELD_SPEC_H_
#define WIREWATCH_BASE_SETTINGS_FIELD_SPEC_H_

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace wirewatch {

enum class FieldType : std::uint8_t {
  kString,
  kStringList,
  kStringMap,  // free keys, such as kafka.properties
  kMapping,    // article fields with JSON pointers, or the name of a mapping that comes with wirewatch
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

struct FieldSpec {
  std::string_view name;
  FieldType type;
  std::string_view default_value;              // as it would be written; kRequired: must be given; "": empty
  std::string_view help;                       // one sentence
  std::vector<std::string_view> choices = {};  // of a kString: the only values; empty: any
  FieldRange range = {};                       // of a kInteger or kBytes
};
inline constexpr std::string_view kRequired = "\x01required";

using FieldTable = std::vector<FieldSpec>;

// The checked values of one section: every field of its table is there.
class Fields {
 public:
  using ListMap = std::map<std::string, std::vector<std::string>>;
  using Value = std::variant<std::string, std::vector<std::string>, std::map<std::string, std::string>, ListMap, bool,
                             std::int64_t, std::chrono::milliseconds>;

  // REQUIRES: the table has a field of that name and type.
  const std::string& String(std::string_view name) const { return Get<std::string>(name); }
  const std::vector<std::string>& List(std::string_view name) const { return Get<std::vector<std::string>>(name); }
  const std::map<std::string, std::string>& Map(std::string_view name) const {
    return Get<std::map<std::string, std::string>>(name);
  }
  const ListMap& Mapping(std::string_view name) const { return Get<ListMap>(name); }
  bool Bool(std::string_view name) const { return Get<bool>(name); }
  std::int64_t Integer(std::string_view name) const { return Get<std::int64_t>(name); }
  std::size_t Bytes(std::string_view name) const { return static_cast<std::size_t>(Get<std::int64_t>(name)); }
  std::chrono::milliseconds Duration(std::string_view name) const { return Get<std::chrono::milliseconds>(name); }

  void Set(std::string_view name, Value value) { values_.insert_or_assign(std::string(name), std::move(value)); }

 private:
  // A name that no table has, or another type, is a mistake of the program: it aborts.
  template <typename T>
  const T& Get(std::string_view name) const {
    const auto field = values_.find(name);
    const T* const value = field == values_.end() ? nullptr : std::get_if<T>(&field->second);
    if (value == nullptr) {
      std::fprintf(stderr, "wirewatch: the program asks for a field that is not in its table: %s\n",
                   std::string(name).c_str());
      std::abort();
    }
    return *value;
  }
  std::map<std::string, Value, std::less<>> values_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_BASE_SETTINGS_FIELD_SPEC_H_
