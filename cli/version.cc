#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <string>
#include <string_view>

#include "cli/commit.h"
#include "cli/exit_code.h"
#include "cli/verbs.h"

namespace wirewatch {

std::string VersionText() {
  constexpr std::string_view kCommit = WIREWATCH_COMMIT;
  return kCommit.empty() ? fmt::format("wirewatch {}", WIREWATCH_VERSION)
                         : fmt::format("wirewatch {} ({})", WIREWATCH_VERSION, kCommit);
}

void AddVersion(CLI::App& app, int& exit_code) {
  app.add_subcommand("version", "Print the version")->callback([&exit_code] {
    fmt::print("{}\n", VersionText());
    exit_code = kOk;
  });
}

}  // namespace wirewatch
