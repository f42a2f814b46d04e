// What `wirewatch test` tells of a run of rule tests: text, JSON, and JUnit XML.
#ifndef WIREWATCH_CLI_WIRING_TEST_REPORT_H_
#define WIREWATCH_CLI_WIRING_TEST_REPORT_H_

#include <cstdint>
#include <string>

#include "base/text/json_writer.h"
#include "rules/tools/rule_test.h"

namespace wirewatch {

enum class TestTelling : std::uint8_t {
  kQuiet,    // what failed
  kUsual,    // and each file, and what passes that was to do
  kVerbose,  // and each test, with its time, and what is to do
};

// Safe for terminals. Without TestSummary.
std::string TestText(const RuleTestReport& report, TestTelling telling, bool colour);

// "tests: 12 passed, 1 failed, 3 to do\n"
std::string TestSummary(const RuleTestReport& report);

// The keys passed, failed, to_do, to_do_passes, left_out and files, of an object that the caller has begun.
void PutTests(JsonWriter& json, const RuleTestReport& report);

// As Jenkins' JUnit plugin (junit-10.xsd) and GitLab read it: a testsuite for each file, a testcase for each test; what
// is to do is `skipped`, a test with a mistake in it an `error`.
std::string JUnitXml(const RuleTestReport& report);

}  // namespace wirewatch

#endif  // WIREWATCH_CLI_WIRING_TEST_REPORT_H_
