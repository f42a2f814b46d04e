#include "cli/wiring/check_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text/json_writer.h"
#include "base/text/printable.h"
#include "rules/language/diagnostic_codes.h"

namespace wirewatch {
namespace {

constexpr int kSchemaVersion = 1;

std::string_view LevelOf(Severity severity) { return severity == Severity::kError ? "error" : "warning"; }

// The character behind the last one that is underlined.
std::uint32_t EndColumn(const Diagnostic& d) { return d.position.column + std::max<std::uint32_t>(d.length, 1); }

void PutPlace(JsonWriter& json, const Diagnostic& d) {
  const auto put = [&](std::string_view key, std::uint32_t number) {
    json.Key(key);
    if (number == 0) {
      json.Null();
    } else {
      json.Value(number);
    }
  };
  const bool has_column = d.position.line != 0 && d.position.column != 0;
  put("line", d.position.line);
  put("column", has_column ? d.position.column : 0);
  put("end_line", d.position.line);
  put("end_column", has_column ? EndColumn(d) : 0);
}

// Without the time that each took: the same packs give the same bytes.
void PutTests(JsonWriter& json, const RuleTestReport& report) {
  json.BeginObject();
  json.Put("passed", report.passed);
  json.Put("failed", report.failed);
  json.Put("to_do", report.to_do);
  json.Put("to_do_passes", report.to_do_passes);
  json.Key("files");
  json.BeginArray();
  for (const RuleTestFile& file : report.files) {
    json.BeginObject();
    json.Put("file", file.file);
    json.Key("tests");
    json.BeginArray();
    for (const RuleTestResult& test : file.tests) {
      json.BeginObject();
      json.Put("name", test.name);
      json.Put("line", test.position.line);
      json.Put("column", test.position.column);
      json.Put("outcome", Name(test.outcome));
      json.EndObject();
    }
    json.EndArray();
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
}

// https://docs.github.com/actions, "workflow commands": what ends a message, and in properties what ends one of them.
std::string Escaped(std::string_view text, bool is_property) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '%': escaped += "%25"; break;
      case '\r': escaped += "%0D"; break;
      case '\n': escaped += "%0A"; break;
      case ':': escaped += is_property ? "%3A" : ":"; break;
      case ',': escaped += is_property ? "%2C" : ","; break;
      default: escaped += c;
    }
  }
  return escaped;
}

// RFC 3986: the path as part of a URI.
std::string UriOf(std::string_view path) {
  while (path.starts_with("./")) path.remove_prefix(2);
  std::string uri = path.starts_with('/') ? "file://" : "";
  for (const char c : path) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("/-._~").find(c) != std::string_view::npos;
    uri += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return uri;
}

void PutText(JsonWriter& json, std::string_view key, std::string_view text) {
  json.Key(key);
  json.BeginObject();
  json.Put("text", text);
  json.EndObject();
}

class Sarif {
 public:
  Sarif(const CheckReport& report, std::string& text) : report_(report), json_(text) {}

  void Write(std::string_view version) {
    json_.BeginObject();
    json_.Put("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
    json_.Put("version", "2.1.0");
    json_.Key("runs");
    json_.BeginArray();
    json_.BeginObject();
    json_.Key("tool");
    json_.BeginObject();
    json_.Key("driver");
    json_.BeginObject();
    json_.Put("name", "wirewatch");
    json_.Put("version", version);
    WriteRules();
    json_.EndObject();
    json_.EndObject();
    json_.Put("columnKind", "unicodeCodePoints");
    json_.Key("results");
    json_.BeginArray();
    for (const Diagnostic& d : report_.diagnostics) WriteResult(d);
    json_.EndArray();
    json_.EndObject();
    json_.EndArray();
    json_.EndObject();
  }

 private:
  // Those that were found. A code of another file than a pack is not in the table, and has no words of its own.
  void WriteRules() {
    for (const Diagnostic& d : report_.diagnostics) numbers_.try_emplace(d.code, 0);
    std::size_t number = 0;
    json_.Key("rules");
    json_.BeginArray();
    for (auto& [code, at] : numbers_) {
      at = number++;
      json_.BeginObject();
      json_.Put("id", code);
      const auto known = std::find_if(DiagnosticCodes().begin(), DiagnosticCodes().end(),
                                      [&](const DiagnosticCode& one) { return one.name == code; });
      if (known != DiagnosticCodes().end()) {
        PutText(json_, "shortDescription", known->meaning);
        PutText(json_, "help", known->way_out);
        json_.Key("defaultConfiguration");
        json_.BeginObject();
        json_.Put("level", LevelOf(known->severity));
        json_.EndObject();
      }
      json_.EndObject();
    }
    json_.EndArray();
  }

  void WriteResult(const Diagnostic& d) {
    json_.BeginObject();
    json_.Put("ruleId", d.code);
    json_.Put("ruleIndex", numbers_.at(d.code));
    json_.Put("level", LevelOf(d.severity));
    PutText(json_, "message", d.help.empty() ? d.message : fmt::format("{}; help: {}", d.message, d.help));
    if (!d.file.empty()) WriteLocation(d);
    json_.EndObject();
  }

  void WriteLocation(const Diagnostic& d) {
    json_.Key("locations");
    json_.BeginArray();
    json_.BeginObject();
    json_.Key("physicalLocation");
    json_.BeginObject();
    json_.Key("artifactLocation");
    json_.BeginObject();
    json_.Put("uri", UriOf(d.file));
    json_.EndObject();
    if (d.position.line != 0) {
      json_.Key("region");
      json_.BeginObject();
      json_.Put("startLine", d.position.line);
      if (d.position.column != 0) {
        json_.Put("startColumn", d.position.column);
        json_.Put("endColumn", EndColumn(d));
      }
      json_.EndObject();
    }
    json_.EndObject();
    json_.EndObject();
    json_.EndArray();
  }

  const CheckReport& report_;
  JsonWriter json_;
  std::map<std::string, std::size_t> numbers_;  // of codes among the rules
};

}  // namespace

std::size_t CheckReport::Count(Severity severity) const {
  return static_cast<std::size_t>(std::count_if(diagnostics.begin(), diagnostics.end(),
                                                [&](const Diagnostic& d) { return d.severity == severity; }));
}

std::string CheckReportJson(const CheckReport& report) {
  std::string text;
  JsonWriter json(text);
  json.BeginObject();
  json.Put("schema_version", kSchemaVersion);
  json.Put("ok", report.exit_code == kOk);
  json.Put("exit_code", static_cast<int>(report.exit_code));
  json.Put("errors", report.Count(Severity::kError));
  json.Put("warnings", report.Count(Severity::kWarning));
  json.Key("diagnostics");
  json.BeginArray();
  for (const Diagnostic& d : report.diagnostics) {
    json.BeginObject();
    json.Put("file", d.file);
    PutPlace(json, d);
    json.Put("severity", LevelOf(d.severity));
    json.Put("code", d.code);
    json.Put("message", d.message);
    json.Put("help", d.help);
    json.EndObject();
  }
  json.EndArray();
  json.Put("policies", report.policies);
  json.Key("rules");
  if (report.rules) {
    json.BeginObject();
    json.Put("packs", report.rules->packs);
    json.Put("topics", report.rules->topics);
    json.Put("rules", report.rules->rules);
    json.Put("terms", report.rules->terms);
    json.EndObject();
  } else {
    json.Null();
  }
  json.Key("rule_set");
  if (report.rule_set.empty()) {
    json.Null();
  } else {
    json.Value(report.rule_set);
  }
  json.Key("tests");
  if (report.tests) {
    PutTests(json, *report.tests);
  } else {
    json.Null();
  }
  json.Key("subscriptions");
  if (report.subscriptions) {
    json.Value(*report.subscriptions);
  } else {
    json.Null();
  }
  json.EndObject();
  text += '\n';
  return text;
}

std::string CheckReportGithub(const CheckReport& report) {
  std::string text;
  for (const Diagnostic& d : report.diagnostics) {
    std::string properties;
    const auto put = [&](std::string_view name, std::string_view value) {
      properties += fmt::format("{}{}={}", properties.empty() ? " " : ",", name, Escaped(value, true));
    };
    if (!d.file.empty()) put("file", Printable(d.file));
    if (d.position.line != 0) {
      put("line", fmt::to_string(d.position.line));
      put("endLine", fmt::to_string(d.position.line));
      if (d.position.column != 0) {
        put("col", fmt::to_string(d.position.column));
        put("endColumn", fmt::to_string(EndColumn(d)));
      }
    }
    put("title", d.code);
    std::string message = Printable(d.message);
    if (!d.help.empty()) message += fmt::format("\nhelp: {}", Printable(d.help));
    text += fmt::format("::{}{}::{}\n", LevelOf(d.severity), properties, Escaped(message, false));
  }
  return text;
}

std::string CheckReportSarif(const CheckReport& report, std::string_view version) {
  std::string text;
  Sarif(report, text).Write(version);
  text += '\n';
  return text;
}

}  // namespace wirewatch
