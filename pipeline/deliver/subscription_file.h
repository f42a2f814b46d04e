// Subscriptions as text: YAML for files (docs/subscriptions.md), and JSON, which is YAML too, for the HTTP API.
#ifndef WIREWATCH_PIPELINE_DELIVER_SUBSCRIPTION_FILE_H_
#define WIREWATCH_PIPELINE_DELIVER_SUBSCRIPTION_FILE_H_

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "pipeline/deliver/subscription.h"
#include "rules/pack/pack.h"

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

// What subscriptions can ask for by name: the topics of packs. Tags are the same where their folded words are.
class KnownTopics {
 public:
  explicit KnownTopics(const Packs& packs);

  bool HasTopic(std::string_view id) const { return ids_.contains(id); }
  bool HasTag(std::string_view tag) const;
  // The nearest to one that is not there; empty: none is near.
  std::string_view NearestTopic(std::string_view id) const;
  std::string_view NearestTag(std::string_view tag) const;

 private:
  std::set<std::string, std::less<>> ids_;
  std::map<std::string, std::string, std::less<>> tags_;  // by their folded words, as one of the packs writes them
};

// Files and directories (their *.yaml and *.yml, sorted), with ids that are unique over all of them. `topics`: where a
// subscription names a topic or a tag that is none of these, a warning says so; null: nobody knows the topics.
ReadSubscriptions LoadSubscriptions(const std::vector<std::filesystem::path>& paths,
                                    SecretReferences references = SecretReferences::kResolve,
                                    const KnownTopics* topics = nullptr);

// One line of JSON, which ReadOneSubscription reads back. kMask: "***" in the place of each secret.
enum class Secrets { kShow, kMask };
std::string ToJson(const Subscription& subscription, Secrets secrets);

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_DELIVER_SUBSCRIPTION_FILE_H_
