// Subscriptions as text: YAML for files (docs/subscriptions.md), and JSON, which is YAML too, for the HTTP API.
#ifndef WIREWATCH_PIPELINE_DELIVER_SUBSCRIPTION_FILE_H_
#define WIREWATCH_PIPELINE_DELIVER_SUBSCRIPTION_FILE_H_

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "pipeline/deliver/subscription.h"

namespace wirewatch {

struct ReadSubscriptions {
  std::vector<Subscription> subscriptions;  // of a text with errors: none
  Diagnostics diagnostics;                  // each with its place; secrets are masked in what they quote
};

// What becomes of ${env:NAME} and ${file:PATH} in the place of a secret (base/secret.h).
enum class SecretReferences {
  kResolve,
  kLeave,  // they stand as they are written, and nothing is looked up: for checks, which need no secrets
};

// A file: `subscriptions:` and a list.
ReadSubscriptions ReadSubscriptionFile(std::string_view text, const std::string& file,
                                       SecretReferences references = SecretReferences::kResolve);
// One subscription without the list, as JSON or YAML, of at most kMostOneBytes; no ${...}: it comes from others, who
// are not to name what the machine has. `from`: what it is called in diagnostics.
inline constexpr std::size_t kMostOneBytes = 64 << 10;
ReadSubscriptions ReadOneSubscription(std::string_view text, const std::string& from);

// Files and directories (their *.yaml and *.yml, sorted), with ids that are unique over all of them.
ReadSubscriptions LoadSubscriptions(const std::vector<std::filesystem::path>& paths,
                                    SecretReferences references = SecretReferences::kResolve);

// One line of JSON, which ReadOneSubscription reads back. kMask: "***" in the place of each secret.
enum class Secrets { kShow, kMask };
std::string ToJson(const Subscription& subscription, Secrets secrets);

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_DELIVER_SUBSCRIPTION_FILE_H_
