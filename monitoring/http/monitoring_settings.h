// The section `monitoring`.
#ifndef WIREWATCH_MONITORING_HTTP_MONITORING_SETTINGS_H_
#define WIREWATCH_MONITORING_HTTP_MONITORING_SETTINGS_H_

#include <optional>
#include <string>
#include <vector>

#include "base/settings/field_spec.h"

namespace wirewatch {

struct MonitoringSettings {
  std::optional<std::string> listen;  // host:port; nothing: no listener

  static const FieldTable& Table();
  static MonitoringSettings From(const Fields& fields);
  static std::vector<SettingsProblem> Check(const Fields& fields);
};

}  // namespace wirewatch

#endif  // WIREWATCH_MONITORING_HTTP_MONITORING_SETTINGS_H_
