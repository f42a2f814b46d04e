#include "connectors/desk/json_body.h"

#include <fmt/format.h>

#include <cstddef>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "base/text/json_writer.h"
#include "base/text/utf8.h"

namespace wirewatch {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kMostDepth = 32;

std::string EscapedPointer(std::string_view key) {
  std::string escaped;
  for (const char c : key) escaped += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
  return escaped;
}

// Each value on a line of its own, as `LinedJson` says. Depth is bounded by the reader.
class LineWriter {
 public:
  explicit LineWriter(LinedJson& lined) : lined_(lined) {}

  void Write(const Json& value, const std::string& pointer, std::size_t depth = 0) {  // NOLINT(misc-no-recursion)
    if (value.is_object() && !value.empty()) {
      Begin('{', pointer);
      std::size_t left = value.size();
      for (const auto& [key, member] : value.items()) {
        Indent(depth + 1);
        lined_.text += fmt::format("{}: ", JsonString(key));
        Write(member, fmt::format("{}/{}", pointer, EscapedPointer(key)), depth + 1);
        if (--left > 0) lined_.text.insert(lined_.text.size() - 1, 1, ',');
      }
      Indent(depth);
      Begin('}', pointer);
    } else if (value.is_array() && !value.empty()) {
      Begin('[', pointer);
      for (std::size_t i = 0; i < value.size(); ++i) {
        Indent(depth + 1);
        Write(value[i], fmt::format("{}/{}", pointer, i), depth + 1);
        if (i + 1 < value.size()) lined_.text.insert(lined_.text.size() - 1, 1, ',');
      }
      Indent(depth);
      Begin(']', pointer);
    } else {
      lined_.text += value.is_string() ? JsonString(value.get_ref<const std::string&>()) : value.dump();
      EndLine(pointer);
    }
  }

 private:
  void Indent(std::size_t depth) { lined_.text.append(2 * depth, ' '); }
  void Begin(char bracket, const std::string& pointer) {
    lined_.text += bracket;
    EndLine(pointer);
  }
  void EndLine(const std::string& pointer) {
    lined_.text += '\n';
    lined_.pointers.push_back(pointer);
  }

  LinedJson& lined_;
};

HttpResponse Broken(std::string_view body, std::size_t at, std::string message) {
  const std::string_view before = body.substr(0, at);
  const std::size_t line_begin = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  RequestMistake mistake{.message = std::move(message)};
  for (const char c : before) mistake.line += c == '\n';
  ++mistake.line;
  mistake.column = static_cast<std::uint32_t>(CountCharacters(before.substr(line_begin))) + 1;
  return ProblemOf(400, "The body is not JSON.", {mistake});
}

}  // namespace

std::variant<LinedJson, HttpResponse> ReadJsonBody(std::string_view body) {
  std::vector<std::set<std::string>> keys;  // of the objects that have begun
  std::string twice;
  bool too_deep = false;
  const auto watch = [&](int depth, Json::parse_event_t event, Json& value) {
    if (depth > kMostDepth) too_deep = true;
    if (event == Json::parse_event_t::object_start) keys.emplace_back();
    if (event == Json::parse_event_t::object_end) keys.pop_back();
    if (event == Json::parse_event_t::key && !keys.back().insert(value.get<std::string>()).second) {
      twice = value.get<std::string>();
    }
    return !too_deep;
  };
  try {
    const Json read = Json::parse(body, watch);
    if (too_deep) {
      return ProblemOf(400, "The body cannot be taken.",
                       {{.message = fmt::format("It is nested more than {} deep.", kMostDepth)}});
    }
    if (!twice.empty()) {
      return ProblemOf(400, "The body cannot be taken.",
                       {{.message = fmt::format("The key '{}' comes twice in an object.", twice)}});
    }
    LinedJson lined;
    LineWriter(lined).Write(read, "");
    return lined;
  } catch (const Json::parse_error& error) {
    const std::string_view what = error.what();
    const std::size_t colon = what.rfind("; ");
    return Broken(body, error.byte > 0 ? error.byte - 1 : 0,
                  colon == std::string_view::npos ? "It cannot be read here." : std::string(what.substr(colon + 2)));
  } catch (const Json::exception& error) {  // a number that no double holds
    return Broken(body, 0, error.what());
  }
}

}  // namespace wirewatch
