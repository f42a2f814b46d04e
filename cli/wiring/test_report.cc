#include "cli/wiring/test_report.h"

#include <fmt/format.h>

#include <chrono>
#include <string_view>

#include "base/diagnostic.h"
#include "base/text/printable.h"
#include "base/text/utf8.h"

namespace wirewatch {
namespace {

constexpr std::string_view kGreen = "\x1B[32m", kRed = "\x1B[1;31m", kYellow = "\x1B[33m", kDim = "\x1B[2m",
                           kOff = "\x1B[0m";

std::string Coloured(std::string_view text, std::string_view colour, bool wanted) {
  return wanted ? fmt::format("{}{}{}", colour, text, kOff) : std::string(text);
}

std::string OutcomeText(TestOutcome outcome, bool colour) {
  switch (outcome) {
    case TestOutcome::kPassed: return Coloured("passed", kGreen, colour);
    case TestOutcome::kFailed: return Coloured("FAILED", kRed, colour);
    case TestOutcome::kMistake: return Coloured("MISTAKE", kRed, colour);
    case TestOutcome::kToDo: return Coloured("to do", kYellow, colour);
    case TestOutcome::kToDoPasses: return Coloured("to-do passes", kYellow, colour);
  }
  std::abort();
}

bool IsBad(const RuleTestResult& test) {
  return test.outcome == TestOutcome::kFailed || test.outcome == TestOutcome::kMistake;
}

std::string NameOf(const RuleTestResult& test) {
  return test.name.empty() ? fmt::format("(line {})", test.position.line) : test.name;
}

std::string FileLine(const RuleTestFile& file, bool colour) {
  std::size_t bad = 0, to_do = 0;
  for (const RuleTestResult& test : file.tests) {
    bad += IsBad(test) ? 1 : 0;
    to_do += test.to_do.size();
  }
  std::string counts = fmt::format("{} test{}", file.tests.size(), file.tests.size() == 1 ? "" : "s");
  if (bad > 0) counts += fmt::format(", {} failed", bad);
  if (to_do > 0) counts += fmt::format(", {} to do", to_do);
  const bool good = bad == 0 && !HasErrors(file.diagnostics);
  return fmt::format("{}  {}: {}\n", Coloured(good ? "ok    " : "FAILED", good ? kGreen : kRed, colour),
                     Printable(file.file), counts);
}

void PutDiagnostics(JsonWriter& json, const Diagnostics& diagnostics) {
  json.Key("messages");
  json.BeginArray();
  for (const Diagnostic& diagnostic : diagnostics) {
    json.BeginObject();
    json.Put("severity", diagnostic.severity == Severity::kError ? "error" : "warning");
    json.Put("code", diagnostic.code);
    json.Put("line", diagnostic.position.line);
    json.Put("column", diagnostic.position.column);
    json.Put("message", diagnostic.message);
    json.Put("help", diagnostic.help);
    json.EndObject();
  }
  json.EndArray();
}

// Text between tags or quotes. Characters that XML 1.0 cannot hold are left out.
std::string Xml(std::string_view text) {
  std::string escaped;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (const auto three = text.substr(i, 3); three == "\uFFFE" || three == "\uFFFF") {
      i += 2;
      continue;
    }
    switch (c) {
      case '&': escaped += "&amp;"; break;
      case '<': escaped += "&lt;"; break;
      case '>': escaped += "&gt;"; break;
      case '"': escaped += "&quot;"; break;
      case '\n': escaped += "&#10;"; break;
      case '\t': escaped += "&#9;"; break;
      default:
        if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F) escaped += c;
    }
  }
  return escaped;
}

std::string Seconds(std::chrono::duration<double> time) { return fmt::format("{:.3f}", time.count()); }

// Of a <failure> or <error>: its message is the first finding, its text all of them.
std::string XmlFinding(std::string_view tag, std::string_view type, const Diagnostics& diagnostics) {
  std::string_view message = "it has a mistake";
  for (const Diagnostic& diagnostic : diagnostics) {
    if (diagnostic.severity != Severity::kError) continue;
    message = diagnostic.message;
    break;
  }
  return fmt::format("      <{0} message=\"{1}\" type=\"{2}\">{3}</{0}>\n", tag, Xml(message), type,
                     Xml(Render(diagnostics)));
}

std::string XmlTest(const RuleTestFile& file, const RuleTestResult& test) {
  std::string inside;
  switch (test.outcome) {
    case TestOutcome::kFailed: inside = XmlFinding("failure", "rule-test", test.diagnostics); break;
    case TestOutcome::kMistake: inside = XmlFinding("error", "mistake", test.diagnostics); break;
    case TestOutcome::kToDo:
      inside =
          fmt::format("      <skipped message=\"to do: {}\"/>\n", Xml(fmt::format("{}", fmt::join(test.to_do, "; "))));
      break;
    case TestOutcome::kPassed:
    case TestOutcome::kToDoPasses: break;
  }
  if (inside.empty() && !test.diagnostics.empty()) {
    inside = fmt::format("      <system-out>{}</system-out>\n", Xml(Render(test.diagnostics)));
  }
  const std::string begin = fmt::format("    <testcase name=\"{}\" classname=\"{}\" time=\"{}\"", Xml(NameOf(test)),
                                        Xml(file.file), Seconds(test.took));
  return inside.empty() ? begin + "/>\n" : begin + ">\n" + inside + "    </testcase>\n";
}

struct XmlCounts {
  std::size_t tests = 0, failures = 0, errors = 0, skipped = 0;
  std::chrono::duration<double> took{};

  void Add(const XmlCounts& other) {
    tests += other.tests;
    failures += other.failures;
    errors += other.errors;
    skipped += other.skipped;
    took += other.took;
  }
  // Without `skipped`, which junit-10.xsd has for a testsuite, and not for all of them.
  std::string Attributes() const {
    return fmt::format("tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"{}\"", tests, failures, errors,
                       Seconds(took));
  }
};

XmlCounts CountsOf(const RuleTestFile& file) {
  XmlCounts counts;
  for (const RuleTestResult& test : file.tests) {
    counts.Add({1, test.outcome == TestOutcome::kFailed ? 1U : 0U, test.outcome == TestOutcome::kMistake ? 1U : 0U,
                test.outcome == TestOutcome::kToDo ? 1U : 0U, test.took});
  }
  if (HasErrors(file.diagnostics)) counts.Add({1, 0, 1, 0, {}});
  return counts;
}

}  // namespace

std::string TestText(const RuleTestReport& report, TestTelling telling, bool colour) {
  std::string text;
  for (const RuleTestFile& file : report.files) {
    if (telling != TestTelling::kQuiet) text += FileLine(file, colour);
    Diagnostics told = file.diagnostics;
    for (const RuleTestResult& test : file.tests) {
      if (telling == TestTelling::kVerbose) {
        text += fmt::format("  {}  {} {}\n", OutcomeText(test.outcome, colour), Printable(NameOf(test)),
                            Coloured(fmt::format("({:.1f} ms)", test.took.count() * 1e3), kDim, colour));
        for (const std::string& to_do : test.to_do) text += fmt::format("      to do: {}\n", Printable(to_do));
      }
      for (const Diagnostic& diagnostic : test.diagnostics) {
        if (telling == TestTelling::kQuiet && diagnostic.severity == Severity::kWarning) continue;
        told.push_back(diagnostic);
      }
    }
    text += Render(told, colour);
  }
  return text;
}

std::string TestSummary(const RuleTestReport& report) {
  std::string text = fmt::format("tests: {} passed, {} failed", report.passed, report.failed);
  if (report.to_do > 0) text += fmt::format(", {} to do", report.to_do);
  if (report.to_do_passes > 0)
    text += fmt::format(", {} to do that pass{}", report.to_do_passes, report.to_do_passes == 1 ? "es now" : " now");
  if (report.left_out > 0) text += fmt::format(", {} left out", report.left_out);
  return text + "\n";
}

void PutTests(JsonWriter& json, const RuleTestReport& report) {
  json.Put("passed", report.passed);
  json.Put("failed", report.failed);
  json.Put("to_do", report.to_do);
  json.Put("to_do_passes", report.to_do_passes);
  json.Put("left_out", report.left_out);
  json.Key("files");
  json.BeginArray();
  for (const RuleTestFile& file : report.files) {
    json.BeginObject();
    json.Put("file", file.file);
    PutDiagnostics(json, file.diagnostics);
    json.Key("tests");
    json.BeginArray();
    for (const RuleTestResult& test : file.tests) {
      json.BeginObject();
      json.Put("name", test.name);
      json.Put("line", test.position.line);
      json.Put("column", test.position.column);
      json.Put("outcome", Name(test.outcome));
      json.Put("seconds", test.took.count());
      json.Put("to_do", test.to_do);
      PutDiagnostics(json, test.diagnostics);
      json.EndObject();
    }
    json.EndArray();
    json.EndObject();
  }
  json.EndArray();
}

std::string JUnitXml(const RuleTestReport& report) {
  XmlCounts all;
  for (const RuleTestFile& file : report.files) all.Add(CountsOf(file));
  std::string xml =
      fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"wirewatch\" {}>\n", all.Attributes());
  for (const RuleTestFile& file : report.files) {
    const XmlCounts counts = CountsOf(file);
    xml += fmt::format("  <testsuite name=\"{}\" {} skipped=\"{}\">\n", Xml(file.file), counts.Attributes(),
                       counts.skipped);
    if (HasErrors(file.diagnostics)) {
      xml += fmt::format("    <testcase name=\"the file\" classname=\"{}\" time=\"0.000\">\n{}    </testcase>\n",
                         Xml(file.file), XmlFinding("error", "mistake", file.diagnostics));
    }
    for (const RuleTestResult& test : file.tests) xml += XmlTest(file, test);
    xml += "  </testsuite>\n";
  }
  return xml + "</testsuites>\n";
}

}  // namespace wirewatch
