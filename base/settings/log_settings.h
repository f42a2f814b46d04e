// The section `log`.
#ifndef WIREWATCH_BASE_SETTINGS_LOG_SETTINGS_H_
#define WIREWATCH_BASE_SETTINGS_LOG_SETTINGS_H_

#include <map>
#include <string>
#include <vector>

#include "base/log.h"
#include "base/settings/field_spec.h"

namespace wirewatch {

struct LogSettings {
  log::Format format = log::Format::kText;
  log::Level level = log::Level::kInfo;
  std::map<std::string, log::Level> levels = {};  // of modules, by their names

  static const FieldTable& Table();
  static LogSettings From(const Fields& fields);
  static std::vector<SettingsProblem> Check(const Fields& fields);

  // From now on lines are written so.
  void Use() const {
    log::SetFormat(format);
    log::SetLevels(level, levels);
  }
};

}  // namespace wirewatch

#endif  // WIREWATCH_BASE_SETTINGS_LOG_SETTINGS_H_
