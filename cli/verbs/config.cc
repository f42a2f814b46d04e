// wirewatch config: the configuration as it takes effect.

#include "pipeline/config.h"

#include <fmt/format.h>

#include <memory>
#include <string>

#include "cli/terminal/exit_code.h"
#include "cli/terminal/verb.h"
#include "cli/verbs/verbs.h"
#include "cli/wiring/config_input.h"
#include "cli/wiring/pipeline_run.h"
#include "connectors/registry.h"

namespace wirewatch {
namespace {

struct Options {
  std::string file;
  bool effective = false;
};

Result<ExitCode> PrintEffective(const std::string& file) {
  const auto config = LoadConfig(file);
  if (!config) return config.error();
  fmt::print("{}", EffectiveConfig(*config, Connectors()));
  return kOk;
}

}  // namespace

void AddConfig(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  Verb config(app, "config", "Print a configuration with its defaults, secrets masked");
  config.Value("--config,-c", options->file, "The configuration (docs/configuration.md)").Required();
  config.Flag("--effective", options->effective, "As it takes effect, with every default").Required();
  config.Footer(
      "What is printed is a configuration again, but for secrets that stand in the file itself; ${env:NAME} and\n"
      "${file:/path} are printed as they are.\n\n"
      "Example:\n  wirewatch config --effective --config wirewatch.yaml");
  config.OnChosen([options, &exit_code] { exit_code = Finish(PrintEffective(options->file)); });
}

}  // namespace wirewatch
