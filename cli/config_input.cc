#include "cli/config_input.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "connectors/registry.h"
#include "connectors/stdio/terminal.h"
#include "rules/yaml_text.h"

namespace wirewatch {
namespace {

Result<Config> Parse(std::string_view text, const std::string& file) {
  ParsedConfig parsed = ParseConfig(text, file, Connectors());
  if (!parsed.config) {
    std::string message = Render(parsed.diagnostics, ColourOnStderr());
    message +=
        fmt::format("{}: {} mistakes; docs/configuration.md describes every key", file, parsed.diagnostics.size());
    return Error{ErrorCode::kInvalid, std::move(message)};
  }
  return *std::move(parsed.config);
}

}  // namespace

Result<Config> LoadConfig(const std::string& file) {
  auto text = YamlText::ReadFile(file);
  if (!text) return std::move(text).error().In(file);
  return Parse(*text, file);
}

Result<Config> MakeConfig(const QuickConfig& options) {
  using nlohmann::json;
  const bool from_stdin = options.inputs.empty() || (options.inputs.size() == 1 && options.inputs.front() == "-");
  json config;
  config["rules"]["packs"] = options.packs;
  config["source"] = from_stdin
                         ? json("stdin")
                         : json{{"file", {{"path", options.inputs}, {"follow", options.follow ? "true" : "false"}}}};
  config["sinks"] = json::array({options.alerts.empty() ? json{{"stdout", {{"format", options.format}}}}
                                                        : json{{"file", {{"path", options.alerts}}}}});
  config["dead_letters"] =
      options.dead_letters.empty() ? json("stderr") : json{{"file", {{"path", options.dead_letters}}}};
  config["monitoring"]["listen"] = options.listen.empty() ? "off" : options.listen;
  // JSON is YAML: the options pass the same checks as a file.
  return Parse(config.dump(-1, ' ', false, json::error_handler_t::replace), "command line");
}

std::vector<std::filesystem::path> PackPaths(const Config& config) {
  const auto& packs = config.rules.List("packs");
  return {packs.begin(), packs.end()};
}

bool ColourOnStderr() { return WantsColour(STDERR_FILENO); }

void PrintError(const Error& error) { fmt::print(stderr, "wirewatch: {}\n", error.message); }

Status WriteFile(const std::string& file, const std::string& text) {
  std::ofstream stream(file, std::ios::binary | std::ios::trunc);
  if (!(stream << text).flush()) {
    return Error{ErrorCode::kIo, fmt::format("{}: cannot be written: {}", file, std::strerror(errno))};
  }
  return {};
}

}  // namespace wirewatch
