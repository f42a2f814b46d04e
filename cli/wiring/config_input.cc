#include "cli/wiring/config_input.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>
#include <vector>

#include "base/unique_fd.h"
#include "base/write_all.h"
#include "base/yaml/yaml_text.h"
#include "cli/terminal/tell.h"
#include "connectors/registry.h"
#include "connectors/stdio/terminal.h"

namespace wirewatch {
namespace {

constexpr std::chrono::seconds kPipeWait{10};

Result<Config> Parse(std::string_view text, const std::string& file, bool from_options = false) {
  ParsedConfig parsed = ParseConfig(text, file, Connectors());
  if (!parsed.config) {
    // Places in a text that nobody wrote say nothing.
    if (from_options) {
      for (Diagnostic& diagnostic : parsed.diagnostics) diagnostic.position = {};
    }
    std::string message = Render(parsed.diagnostics, ColourOnStderr());
    const std::size_t mistakes = parsed.diagnostics.size();
    message += fmt::format("{}: {} mistake{}; docs/configuration.md describes every key", file, mistakes,
                           mistakes == 1 ? "" : "s");
    return Error{ErrorCode::kInvalid, std::move(message)};
  }
  return *std::move(parsed.config);
}

}  // namespace

Result<Config> LoadConfig(const std::string& file) {
  // It is read once: it may come through a pipe, as from a shell's <(...).
  auto text = YamlText::ReadFile(file, kPipeWait);
  if (!text) return std::move(text).error().In(file);
  return Parse(*text, file);
}

Result<Config> MakeConfig(const QuickConfig& options) {
  using nlohmann::json;
  const bool from_stdin = options.inputs.empty() || (options.inputs.size() == 1 && options.inputs.front() == "-");
  if (from_stdin && isatty(STDIN_FILENO) != 0) {
    Tell("reading articles from the terminal, one JSON object a line; Ctrl-D ends it, and --input FILE reads a file\n");
  }
  json config;
  // A configuration must name packs; nobody looks for those of a verb that asks no rules.
  config["rules"]["packs"] = options.packs.empty() ? std::vector<std::string>{"none"} : options.packs;
  config["source"] = from_stdin
                         ? json("stdin")
                         : json{{"file", {{"path", options.inputs}, {"follow", options.follow ? "true" : "false"}}}};
  config["sinks"] = json::array({options.alerts.empty() ? json{{"stdout", {{"format", options.format}}}}
                                                        : json{{"file", {{"path", options.alerts}}}}});
  config["dead_letters"] =
      options.dead_letters.empty() ? json("stderr") : json{{"file", {{"path", options.dead_letters}}}};
  if (!options.deliver.empty()) {
    config["deliver"]["subscriptions"] = std::vector<std::string>{options.deliver};
    config["store"]["sqlite"]["path"] = options.store.empty() ? options.deliver + ".db" : options.store;
  }
  config["pipeline"]["record_time"] = options.record_time;
  config["monitoring"]["listen"] = options.listen.empty() ? "off" : options.listen;
  // JSON is YAML: the options pass the same checks as a file.
  auto made = Parse(config.dump(-1, ' ', false, json::error_handler_t::replace), "command line", true);
  if (!made || options.decode.empty()) return made;
  auto file = LoadConfig(options.decode);
  if (!file) return file;
  // Of the file only what concerns decoding; where articles come from and go to is the command line's.
  made->decode = std::move(file->decode);
  return made;
}

bool ColourOnStderr() { return WantsColour(STDERR_FILENO); }
bool ColourOnStdout() { return WantsColour(STDOUT_FILENO); }

Status WriteFile(const std::string& file, const std::string& text) {
  // Not blocking: a named pipe without a reader would be waited for.
  const UniqueFd fd(open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0666));
  const bool written = fd && WriteAll(fd.get(), text);
  if (written) return {};
  if (!fd && errno == ENXIO) {
    return Error{ErrorCode::kIo, fmt::format("{}: nobody reads this pipe; start its reader first", file)};
  }
  return Error{ErrorCode::kIo, fmt::format("{}: cannot be written: {}", file, std::strerror(errno))};
}

}  // namespace wirewatch
