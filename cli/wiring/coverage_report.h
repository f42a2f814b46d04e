// What `wirewatch test --coverage` tells: a table, the places that no test exercises, JSON, and LCOV for editors.
#ifndef WIREWATCH_CLI_WIRING_COVERAGE_REPORT_H_
#define WIREWATCH_CLI_WIRING_COVERAGE_REPORT_H_

#include <string>

#include "base/text/json_writer.h"
#include "rules/tools/coverage.h"

namespace wirewatch {

CoverageCount CountPlaces(const Coverage& coverage);

// `all_entries`: names every entry of a list, not just the first of them. Safe for terminals.
std::string CoverageText(const Coverage& coverage, bool all_entries);

// The key `coverage`, of an object that the caller has begun.
void PutCoverage(JsonWriter& json, const Coverage& coverage);

// The tracefile of LCOV (geninfo(1)), which editors and CI read: a record for each pack; rules are functions, the
// places of a line its branches, and the entries of a list lines. A line's count is that of its place that most tests
// exercise.
std::string CoverageLcov(const Coverage& coverage);

}  // namespace wirewatch

#endif  // WIREWATCH_CLI_WIRING_COVERAGE_REPORT_H_
