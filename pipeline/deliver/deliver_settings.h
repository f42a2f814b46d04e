// The section `deliver`: subscriptions, and how their messages are sent.
#ifndef WIREWATCH_PIPELINE_DELIVER_DELIVER_SETTINGS_H_
#define WIREWATCH_PIPELINE_DELIVER_DELIVER_SETTINGS_H_

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "base/settings/field_spec.h"

namespace wirewatch {

struct DeliverSettings {
  std::vector<std::filesystem::path> subscriptions;  // files and directories
  std::chrono::milliseconds reload_interval{};
  std::string public_url;   // without a slash at its end; empty: messages have no links
  std::string link_secret;  // may refer to a secret (base/secret.h); empty: made, and kept in the store
  bool api = true;
  std::filesystem::path templates;  // empty: ours
  std::chrono::milliseconds retention{};
  std::chrono::milliseconds give_up_after{};
  std::size_t concurrency = 0;                 // a destination
  std::size_t failures = 0;                    // in a row open its circuit breaker
  std::chrono::milliseconds rest{};            // of a destination whose breaker has opened, at first
  std::chrono::milliseconds slack_interval{};  // between two messages to one webhook of Slack
  std::chrono::milliseconds lease{};

  static const FieldTable& Table();
  static DeliverSettings From(const Fields& fields);
  static std::vector<SettingsProblem> Check(const Fields& fields);
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_DELIVER_DELIVER_SETTINGS_H_
