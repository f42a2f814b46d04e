#include <fmt/format.h>

#include <string>
#include <string_view>

#include "cli/terminal/exit_code.h"
#include "cli/terminal/verb.h"
#include "cli/verbs/verbs.h"

namespace wirewatch {

extern const char kCommit[];  // of a file that the build writes (commit.cmake)

std::string VersionText() {
  const std::string_view commit = kCommit;
  return commit.empty() ? fmt::format("wirewatch {}", WIREWATCH_VERSION)
                        : fmt::format("wirewatch {} ({})", WIREWATCH_VERSION, commit);
}

void AddVersion(CLI::App& app, int& exit_code) {
  Verb(app, "version", "Print the version").OnChosen([&exit_code] {
    fmt::print("{}\n", VersionText());
    exit_code = kOk;
  });
}

}  // namespace wirewatch
