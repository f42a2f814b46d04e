#include "pipeline/deliver/subscription_watch.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <system_error>

#include "base/diagnostic.h"
#include "base/log.h"
#include "pipeline/deliver/subscription_file.h"
#include "rules/pack/pack_files.h"

namespace wirewatch {
namespace {

constexpr log::Module kLog("deliver");

constexpr std::size_t kPageSize = 1000;

struct Broken {
  std::size_t index = 0;
  std::string why;
};

using Subscriptions = std::vector<StoredSubscription>;

// Those that do not compile on their own, of [begin, end). Only called when all together do not: by halves, since they
// are few.
Status FindBroken(const Subscriptions& all, std::size_t begin, std::size_t end, std::vector<Broken>& broken) {
  const auto at = [&](std::size_t index) { return all.begin() + static_cast<std::ptrdiff_t>(index); };
  const auto compiled = SubscriptionSet::Compile({at(begin), at(end)});
  if (compiled) return {};
  if (compiled.error().code != ErrorCode::kInvalid) return compiled.error();
  if (end - begin == 1) {
    broken.push_back({begin, compiled.error().message});
    return {};
  }
  const std::size_t middle = begin + (end - begin) / 2;
  if (Status first = FindBroken(all, begin, middle, broken); !first) return first;
  return FindBroken(all, middle, end, broken);
}

bool IsOff(const StoredSubscription& one) { return !one.subscription.enabled || !one.disabled_because.empty(); }

}  // namespace

SubscriptionWatch::SubscriptionWatch(DeliveryStore& store, std::vector<std::filesystem::path> files,
                                     MetricsRegistry& metrics, std::function<WallTime()> clock)
    : store_(store),
      files_(std::move(files)),
      clock_(std::move(clock)),
      metrics_{metrics},
      last_(Error{ErrorCode::kUnavailable, "not read yet"}) {}

std::shared_ptr<const SubscriptionSet> SubscriptionWatch::Current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

Status SubscriptionWatch::Ready() const {
  const std::lock_guard lock(mutex_);
  return current_ != nullptr ? Status() : last_;
}

void SubscriptionWatch::Watch(std::chrono::milliseconds interval, Heartbeat& heartbeat) {
  watcher_.Start(interval, heartbeat, [this, &heartbeat](bool requested) {
    heartbeat.Rest();
    (void)Look(requested);  // it has told what is wrong
    return SteadyTime::duration::zero();
  });
}

Status SubscriptionWatch::Look(bool requested) {
  // What is wrong with the files does not keep the HTTP API's from being used.
  Status files = ReadFiles(requested);
  Status stored = ReadStore();
  Status status = stored ? std::move(files) : std::move(stored);
  Tell(status);
  const std::lock_guard lock(mutex_);
  last_ = status;
  return status;
}

std::optional<SubscriptionWatch::Stamps> SubscriptionWatch::FindStamps() const {
  const auto found = FindYamlFiles(files_);
  if (!found) return std::nullopt;
  Stamps stamps;
  for (const std::filesystem::path& file : *found) {
    std::error_code error;
    stamps[file] = {std::filesystem::file_size(file, error), std::filesystem::last_write_time(file, error)};
  }
  return stamps;
}

Status SubscriptionWatch::ReadFiles(bool requested) {
  if (files_.empty()) return {};
  const auto stamps = FindStamps();
  const bool first = !seen_ && !loaded_;
  // What has changed since the last look may be half of what is being written.
  const bool stands_still = first || stamps == seen_;
  seen_ = stamps;
  if (!requested && (stamps == loaded_ || !stands_still) && !first) return {};
  ReadSubscriptions read = LoadSubscriptions(files_);
  if (HasErrors(read.diagnostics)) return Error{ErrorCode::kInvalid, Render(read.diagnostics)};
  kLog.WriteDetails(log::Level::kWarn, Render(read.diagnostics));
  if (Status synced = store_.Sync(kFileOrigin, read.subscriptions, clock_()); !synced) {
    metrics_.store_failures.With("subscriptions").Increment();
    return synced;
  }
  loaded_ = stamps;
  return {};
}

Result<Subscriptions> SubscriptionWatch::AllOfStore() {
  Subscriptions all;
  Page page{.after = "", .limit = kPageSize};
  while (true) {
    auto read = store_.Subscriptions(page, false);
    if (!read) return read;
    if (read->empty()) return all;
    page.after = read->back().subscription.id;
    const bool last = read->size() < page.limit;
    std::move(read->begin(), read->end(), std::back_inserter(all));
    if (last) return all;
  }
}

Status SubscriptionWatch::ReadStore() {
  const auto version = store_.SubscriptionsVersion();
  if (!version) {
    metrics_.store_failures.With("subscriptions").Increment();
    return version.error();
  }
  if (version_ == *version) return {};
  const SteadyTime begin = SteadyNow();
  // Read before what it counts: a change in between is seen again at the next look.
  auto all = AllOfStore();
  if (!all) {
    metrics_.store_failures.With("subscriptions").Increment();
    return std::move(all).error();
  }
  const auto off = static_cast<std::size_t>(std::count_if(all->begin(), all->end(), IsOff));
  std::erase_if(*all, IsOff);
  auto compiled = Compile(*std::move(all));
  if (!compiled) {
    metrics_.reloads.With("failed").Increment();
    return std::move(compiled).error();
  }
  const std::size_t active = (*compiled)->subscriptions().size();
  {
    const std::lock_guard lock(mutex_);
    current_.swap(*compiled);
    // The set before goes when `compiled` does, after the lock, unless the dispatcher still uses it.
  }
  version_ = *version;
  const std::chrono::duration<double> took = SteadyNow() - begin;
  metrics_.reloads.With("ok").Increment();
  metrics_.compile_seconds.Set(took.count());
  metrics_.subscriptions.With("active").Set(static_cast<double>(active));
  metrics_.subscriptions.With("off").Set(static_cast<double>(off));
  metrics_.subscriptions.With("broken").Set(static_cast<double>(told_broken_.size()));
  kLog.Info("subscriptions loaded", {{"active", active},
                                     {"off", off},
                                     {"broken", told_broken_.size()},
                                     {"version", *version},
                                     {"ms", took.count() * 1e3}});
  return {};
}

Result<std::shared_ptr<const SubscriptionSet>> SubscriptionWatch::Compile(Subscriptions subscriptions) {
  const auto before = Current();
  auto compiled = SubscriptionSet::Compile(subscriptions, before.get());
  if (compiled || compiled.error().code != ErrorCode::kInvalid) {
    if (compiled) told_broken_.clear();
    return compiled;
  }
  std::vector<Broken> broken;
  if (Status found = FindBroken(subscriptions, 0, subscriptions.size(), broken); !found)
    return std::move(found).error();
  std::vector<std::pair<std::string, std::int64_t>> told;
  for (auto one = broken.rbegin(); one != broken.rend(); ++one) {
    const StoredSubscription& left_out = subscriptions[one->index];
    told.emplace_back(left_out.subscription.id, left_out.revision);
    if (std::find(told_broken_.begin(), told_broken_.end(), told.back()) == told_broken_.end()) {
      kLog.Error("subscription {subscription} is left out, its expression does not compile: {why}",
                 {{"subscription", left_out.subscription.id}, {"why", one->why}});
    }
    subscriptions.erase(subscriptions.begin() + static_cast<std::ptrdiff_t>(one->index));
  }
  told_broken_ = std::move(told);
  return SubscriptionSet::Compile(std::move(subscriptions), before.get());
}

// Once for each failure, not at each look.
void SubscriptionWatch::Tell(const Status& status) {
  if (status) {
    if (!told_.empty()) kLog.Info("subscriptions can be read again");
    told_.clear();
    return;
  }
  if (status.error().message == told_) return;
  told_ = status.error().message;
  if (status.error().code == ErrorCode::kInvalid) metrics_.reloads.With("failed").Increment();
  kLog.Error("subscriptions are not reloaded, those before stay in use:");
  kLog.WriteDetails(log::Level::kError, told_);
}

}  // namespace wirewatch
