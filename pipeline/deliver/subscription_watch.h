// SubscriptionWatch: the subscriptions in use, and their replacement while alerts flow: what RuleStore is to packs.
//
//   files --(changed)--> DeliveryStore::Sync --+
//   HTTP API ----------> DeliveryStore --------+--> SubscriptionsVersion has risen --> compiled beside the ones in use
//
// Files with a mistake change nothing and say why. A subscription whose expression does not compile is left out and
// told; it never stops the others. While the store is away those in use stay.
#ifndef WIREWATCH_PIPELINE_DELIVER_SUBSCRIPTION_WATCH_H_
#define WIREWATCH_PIPELINE_DELIVER_SUBSCRIPTION_WATCH_H_

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "monitoring/health.h"
#include "monitoring/metrics.h"
#include "pipeline/deliver/deliver_metrics.h"
#include "pipeline/deliver/delivery_store.h"
#include "pipeline/deliver/subscription.h"
#include "pipeline/deliver/subscription_set.h"
#include "pipeline/match/rule_watcher.h"

namespace wirewatch {

// StoredSubscription::origin of those that come from the files of the configuration.
inline constexpr std::string_view kFileOrigin = "files";

// Threads: Current, Ready and RequestReload by any; Look by one at a time.
class SubscriptionWatch {
 public:
  // Borrows `store` and `metrics`. `files`: as LoadSubscriptions; none: there are only those of the store.
  SubscriptionWatch(DeliveryStore& store, std::vector<std::filesystem::path> files, MetricsRegistry& metrics,
                    std::function<WallTime()> clock = WallNow);

  // Null: none were read yet.
  std::shared_ptr<const SubscriptionSet> Current() const;
  // None were read yet, and why.
  Status Ready() const;

  // Looks every `interval`, and on RequestReload, in a thread of its own.
  void Watch(std::chrono::milliseconds interval, Heartbeat& heartbeat);
  void RequestReload() { watcher_.Request(); }
  // As RuleStore::Stop.
  bool Stop() { return !watcher_.Stop(); }

  // One look: for who does not Watch. `requested`: every file is read, whether it has changed or not. Errors: what
  // was told of; it is tried again at the next look.
  Status Look(bool requested);

 private:
  struct Stamp {
    std::uintmax_t size = 0;
    std::filesystem::file_time_type written;
    bool operator==(const Stamp&) const = default;
  };
  using Stamps = std::map<std::filesystem::path, Stamp>;

  Status ReadFiles(bool requested);
  Status ReadStore();
  Result<std::vector<StoredSubscription>> AllOfStore();
  // Without those that do not compile.
  Result<std::shared_ptr<const SubscriptionSet>> Compile(std::vector<StoredSubscription> subscriptions);
  void Tell(const Status& status);
  std::optional<Stamps> FindStamps() const;

  DeliveryStore& store_;
  const std::vector<std::filesystem::path> files_;
  const std::function<WallTime()> clock_;
  DeliverMetrics metrics_;

  // Of the thread that looks.
  std::optional<Stamps> seen_;    // at the last look
  std::optional<Stamps> loaded_;  // of what is in the store
  std::optional<std::int64_t> version_;
  std::vector<std::pair<std::string, std::int64_t>> told_broken_;  // ids and revisions that were told of
  std::string told_;                                               // the last failure that was logged

  mutable std::mutex mutex_;
  std::shared_ptr<const SubscriptionSet> current_;
  Status last_;

  RuleWatcher watcher_;  // the last member: its thread uses the others
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_DELIVER_SUBSCRIPTION_WATCH_H_
