// The section `log`.
#ifndef WIREWATCH_BASE_SETTINGS_LOG_SETTINGS_H_
#define WIREWATCH_BASE_SETTINGS_LOG_SETTINGS_H_

#include "base/log.h"
#include "base/settings/field_spec.h"

namespace wirewatch {

struct LogSettings {
  log::Level level = log::Level::kInfo;

  static const FieldTable& Table();
  static LogSettings From(const Fields& fields);
};

}  // namespace wirewatch

#endif  // WIREWATCH_BASE_SETTINGS_LOG_SETTINGS_H_
