#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "cli/exit_code.h"
#include "cli/verbs.h"

namespace wirewatch {

void AddVersion(CLI::App& app, int& exit_code) {
  app.add_subcommand("version", "Print the version")->callback([&exit_code] {
    fmt::print("wirewatch {}\n", WIREWATCH_VERSION);
    exit_code = kOk;
  });
}

}  // namespace wirewatch
