#include "base/settings/log_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

namespace wirewatch {
namespace {

std::optional<log::Level> LevelOf(std::string_view name) {
  if (name == "debug") return log::Level::kDebug;
  if (name == "info") return log::Level::kInfo;
  if (name == "warn") return log::Level::kWarn;
  if (name == "error") return log::Level::kError;
  return std::nullopt;
}

}  // namespace

const FieldTable& LogSettings::Table() {
  static const FieldTable table = {
      TextField("format", "text: lines for people; json: one JSON object a line.")
          .Default("text")
          .OneOf({"text", "json"}),
      TextField("level", "Lines of this level and above go to stderr.")
          .Default("info")
          .OneOf({"debug", "info", "warn", "error"}),
      TextMapField("levels", "The level of single modules, such as `kafka: debug`; docs/operations.md names them."),
  };
  return table;
}

// REQUIRES of Table: the names of levels are right; those of single modules are left out where they are not.
LogSettings LogSettings::From(const Fields& fields) {
  LogSettings settings;
  settings.format = fields.String("format") == "json" ? log::Format::kJson : log::Format::kText;
  settings.level = LevelOf(fields.String("level")).value_or(settings.level);
  for (const auto& [module, name] : fields.Map("levels")) {
    if (const auto level = LevelOf(name)) settings.levels.emplace(module, *level);
  }
  return settings;
}

std::vector<SettingsProblem> LogSettings::Check(const Fields& fields) {
  std::vector<SettingsProblem> problems;
  for (const auto& [module, name] : fields.Map("levels")) {
    const std::string key = "levels." + module;
    if (std::find(log::kModules.begin(), log::kModules.end(), module) == log::kModules.end()) {
      problems.push_back({key, fmt::format("log.levels has no module '{}'; write one of: {}", module,
                                           fmt::join(log::kModules, ", "))});
    } else if (!LevelOf(name)) {
      problems.push_back({key, fmt::format("log.{} cannot be '{}'; write debug, info, warn or error", key, name)});
    }
  }
  return problems;
}

}  // namespace wirewatch
