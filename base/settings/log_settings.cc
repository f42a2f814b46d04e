#include "base/settings/log_settings.h"

#include <string>

namespace wirewatch {
namespace {

log::Level LevelOf(const std::string& name) {
  if (name == "debug") return log::Level::kDebug;
  if (name == "warn") return log::Level::kWarn;
  if (name == "error") return log::Level::kError;
  return log::Level::kInfo;
}

}  // namespace

const FieldTable& LogSettings::Table() {
  static const FieldTable table = {TextField("level", "Lines of this level and above go to stderr.")
                                       .Default("info")
                                       .OneOf({"debug", "info", "warn", "error"})};
  return table;
}

LogSettings LogSettings::From(const Fields& fields) { return {.level = LevelOf(fields.String("level"))}; }

}  // namespace wirewatch
