#include "pipeline/deliver/dispatcher.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "base/backoff.h"
#include "base/log.h"
#include "pipeline/deliver/correction.h"
#include "pipeline/deliver/plan.h"

namespace wirewatch {
namespace {

constexpr log::Module kLog("deliver");

constexpr std::chrono::milliseconds kBeat{500};

}  // namespace

Dispatcher::Dispatcher(DeliveryStore& store, const SubscriptionWatch& subscriptions, DispatcherOptions options,
                       MetricsRegistry& metrics, Heartbeat& heartbeat)
    : store_(store),
      subscriptions_(subscriptions),
      options_(std::move(options)),
      metrics_{metrics},
      heartbeat_(heartbeat) {
  for (const DeliveryReason reason : kDeliveryReasons) decisions_.push_back(metrics_.decisions.With(Name(reason)));
  thread_ = std::thread([this] { Run(); });
}

Dispatcher::~Dispatcher() {
  {
    const std::lock_guard lock(mutex_);
    stop_requested_ = ends_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Dispatcher::Send(const AlertNotice& notice, Delivery delivery) {
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return queue_.size() < options_.queue || stop_requested_; });
    if (queue_.size() >= options_.queue) return;  // given up: the delivery has no outcome
    queue_.push_back({notice, std::move(delivery)});
  }
  changed_.notify_all();
}

Status Dispatcher::Ready() const {
  if (Status read = subscriptions_.Ready(); !read) return std::move(read).error().In("subscriptions");
  {
    const std::lock_guard lock(mutex_);
    if (!state_) return state_;
  }
  return store_.Ready();
}

void Dispatcher::RequestStop() {
  {
    const std::lock_guard lock(mutex_);
    stop_requested_ = true;
  }
  changed_.notify_all();
}

Status Dispatcher::Close(SteadyTime deadline) {
  std::unique_lock lock(mutex_);
  const auto settled = [&] { return queue_.empty() && under_way_ == 0; };
  if (changed_.wait_until(lock, deadline, settled)) return {};
  return Error{ErrorCode::kTimeout, fmt::format("{} alerts are not in the store: {}", queue_.size() + under_way_,
                                                state_ ? "it is slow" : state_.error().message)};
}

void Dispatcher::Run() {
  while (true) {
    std::vector<Waiting> batch = Take();
    if (batch.empty()) break;
    Record(std::move(batch));
  }
  heartbeat_.Retire();
}

std::vector<Dispatcher::Waiting> Dispatcher::Take() {
  std::vector<Waiting> batch;
  {
    std::unique_lock lock(mutex_);
    under_way_ = 0;
    changed_.notify_all();
    while (queue_.empty() && !ends_) {
      heartbeat_.Beat();
      changed_.wait_for(lock, kBeat);
    }
    if (ends_) return batch;
    while (!queue_.empty() && batch.size() < options_.batch) {
      batch.push_back(std::move(queue_.front()));
      queue_.pop_front();
    }
    under_way_ = batch.size();
  }
  changed_.notify_all();
  return batch;
}

void Dispatcher::Record(std::vector<Waiting> batch) {
  Backoff backoff(options_.first_retry, options_.longest_retry);
  while (!batch.empty()) {
    heartbeat_.Beat();
    std::vector<PlannedAlert> planned;
    std::size_t failed = batch.size();
    Status status = UseNewest();
    if (status) status = Decide(batch, options_.clock(), planned, failed);
    if (!status && failed < batch.size()) {
      kLog.Error("alert {alert} cannot be matched with the subscriptions: {why}",
                 {{"alert", batch[failed].notice.id}, {"why", status.error().message}});
      batch[failed].delivery.Refused(Error{ErrorCode::kRejected, status.error().message});
      batch.erase(batch.begin() + static_cast<std::ptrdiff_t>(failed));
      continue;
    }
    if (status) {
      const SteadyTime begin = SteadyNow();
      const auto fresh = store_.Record(planned);
      if (fresh) {
        metrics_.record_seconds.Observe(SteadyNow() - begin);
        SetState({});
        Count(planned, *fresh);
        for (Waiting& one : batch) one.delivery.Delivered();
        options_.recorded();
        return;
      }
      metrics_.store_failures.With("dispatcher").Increment();
      status = fresh.error();
    }
    SetState(std::move(status));
    if (!Pause(backoff.Next())) return;
  }
}

Status Dispatcher::UseNewest() {
  const auto newest = subscriptions_.Current();
  if (newest == nullptr) return Error{ErrorCode::kUnavailable, "waits for the subscriptions"};
  if (matcher_ && &matcher_->set() == newest.get()) return {};
  auto made = SubscriptionMatcher::Create(newest);
  if (!made) return std::move(made).error();
  matcher_ = *std::move(made);
  numbers_.clear();
  const std::vector<StoredSubscription>& subscriptions = matcher_->set().subscriptions();
  for (std::uint32_t i = 0; i < subscriptions.size(); ++i) numbers_.emplace(subscriptions[i].subscription.id, i);
  return {};
}

Status Dispatcher::Decide(const std::vector<Waiting>& batch, WallTime now, std::vector<PlannedAlert>& planned,
                          std::size_t& failed) {
  const SteadyTime begin = SteadyNow();
  const std::vector<StoredSubscription>& subscriptions = matcher_->set().subscriptions();
  auto told = FindTold(batch);
  if (!told) return std::move(told).error();
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const AlertNotice& notice = batch[i].notice;
    auto takers = matcher_->Match(notice);
    if (!takers) {
      failed = i;
      return std::move(takers).error();
    }
    AddTold(notice, *told, *takers);
    planned.push_back({.notice = &notice, .planned = {}});
    for (const std::uint32_t taker : *takers) {
      Plan(subscriptions[taker], notice, now, planned.back().planned);
      // One further back in the batch may correct it.
      told->emplace(notice.id, subscriptions[taker].subscription.id);
    }
  }
  metrics_.match_seconds.Observe((SteadyNow() - begin) / static_cast<double>(batch.size()));
  return {};
}

Result<std::multimap<std::string, std::string>> Dispatcher::FindTold(const std::vector<Waiting>& batch) {
  std::vector<std::string_view> corrected;
  for (const Waiting& one : batch) {
    const std::vector<std::string_view> ids = MustReachReadersOf(one.notice);
    corrected.insert(corrected.end(), ids.begin(), ids.end());
  }
  if (corrected.empty()) return std::multimap<std::string, std::string>();
  return store_.ToldOf(corrected);
}

void Dispatcher::AddTold(const AlertNotice& notice, const std::multimap<std::string, std::string>& told,
                         std::vector<std::uint32_t>& takers) const {
  const std::vector<StoredSubscription>& subscriptions = matcher_->set().subscriptions();
  for (const std::string_view id : MustReachReadersOf(notice)) {
    const auto [begin, end] = told.equal_range(std::string(id));
    for (auto one = begin; one != end; ++one) {
      const auto known = numbers_.find(one->second);
      if (known == numbers_.end()) continue;  // deleted or disabled since
      if (WantsKind(subscriptions[known->second].subscription.filter, notice.kind)) takers.push_back(known->second);
    }
  }
  std::sort(takers.begin(), takers.end());
  takers.erase(std::unique(takers.begin(), takers.end()), takers.end());
}

void Dispatcher::Count(const std::vector<PlannedAlert>& planned, std::size_t fresh) {
  for (const PlannedAlert& alert : planned) {
    if (alert.planned.empty()) metrics_.unwanted.Increment();
    for (const PlannedDelivery& one : alert.planned) {
      decisions_[static_cast<std::size_t>(one.entry.reason)].Increment();
    }
  }
  metrics_.entries.Increment(static_cast<double>(fresh));
}

bool Dispatcher::Pause(std::chrono::milliseconds wait) {
  const SteadyTime end = SteadyNow() + wait;
  std::unique_lock lock(mutex_);
  while (!ends_ && SteadyNow() < end) {
    heartbeat_.Beat();
    changed_.wait_until(lock, std::min(end, SteadyNow() + kBeat));
  }
  return !ends_;
}

void Dispatcher::SetState(Status status) {
  bool told = false, well = false;
  {
    const std::lock_guard lock(mutex_);
    told = !status && (state_ || state_.error().message != status.error().message);
    well = status && !state_;
    state_ = status;
  }
  if (told) {
    kLog.Warn("alerts wait, nothing is lost: {why}", {{"why", status.error().message}});
  } else if (well) {
    kLog.Info("alerts no longer wait");
  }
}

}  // namespace wirewatch
