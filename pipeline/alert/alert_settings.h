// The section `alerts`.
#ifndef WIREWATCH_PIPELINE_ALERT_ALERT_SETTINGS_H_
#define WIREWATCH_PIPELINE_ALERT_ALERT_SETTINGS_H_

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/settings/field_spec.h"

namespace wirewatch {

struct AlertSettings {
  std::chrono::milliseconds window{};  // as AlertOptions
  std::string state;                   // where alerts are remembered: a path; kNowhere; empty: beside the alerts' file
  std::size_t max_sightings = 0;       // as AlertOptions
  std::size_t max_story_articles = 0;  // as StoryOptions::max_articles

  static constexpr std::string_view kNowhere = "off";

  static const FieldTable& Table();
  static AlertSettings From(const Fields& fields);
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_ALERT_ALERT_SETTINGS_H_
