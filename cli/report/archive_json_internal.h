// The part of each report's JSON that tells of the archive.
#ifndef WIREWATCH_CLI_REPORT_ARCHIVE_JSON_INTERNAL_H_
#define WIREWATCH_CLI_REPORT_ARCHIVE_JSON_INTERNAL_H_

#include <nlohmann/json.hpp>

#include "cli/report/archive_facts.h"

namespace wirewatch {

nlohmann::ordered_json JsonOf(const ArchiveFacts& archive);

}  // namespace wirewatch

#endif  // WIREWATCH_CLI_REPORT_ARCHIVE_JSON_INTERNAL_H_
