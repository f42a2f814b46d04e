// Subscriptions as text: YAML for files (docs/subscriptions.md), and JSON, which is YAML too, for the HTTP API.
#ifndef WIREWATCH_PIPELINE_DELIVER_SUBSCRIPTION_FILE_H_
#define WIREWATCH_PIPELINE_DELIVER_SUBSCRIPTION_FILE_H_

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "pipeline/deliver/subscription.h"

namespace wirewatch {

struct ReadSubscriptions {
  std::vector<Subscription> subscriptions;  // of a text with errors: none
  Diagnostics diagnostics;                  // each with its place
};

// A file: `subscriptions:` and a list. ${env:NAME} and ${file:PATH} stand for secrets, as in the configuration.
ReadSubscriptions ReadSubscriptionFile(std::string_view text, const std::string& file);
// One subscription without the list, as JSON or YAML; no ${...}: it comes from others. `from`: what it is called in
// diagnostics.
ReadSubscriptions ReadOneSubscription(std::string_view text, const std::string& from);

// Files and directories (their *.yaml and *.yml, sorted), with ids that are unique over all of them.
ReadSubscriptions LoadSubscriptions(const std::vector<std::filesystem::path>& paths);

// What ReadOneSubscription reads back. `mask`: "***" in the place of secrets.
enum class Secrets { kShow, kMask };
std::string ToJson(const Subscription& subscription, Secrets secrets);

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_DELIVER_SUBSCRIPTION_FILE_H_
