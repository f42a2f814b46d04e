#include "pipeline/deliver/sender.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <string_view>

#include "base/log.h"

namespace wirewatch {
namespace {

constexpr log::Module kLog("deliver");

constexpr std::chrono::seconds kStopGrace{1};  // to write down what came
constexpr std::chrono::seconds kLongestTurn{1};
constexpr std::chrono::minutes kForgetInterval{60};
constexpr std::chrono::seconds kCountInterval{10};
constexpr std::chrono::hours kLongestWait{24};  // that a service may ask for
// So often a message goes out again when the service says, however soon; later no earlier than the schedule of retries.
constexpr std::uint32_t kTrustedWaits = 3;

std::function<double()> OwnRandom() {
  return [generator = std::mt19937_64(std::random_device{}())]() mutable {
    return std::uniform_real_distribution<double>(0, 1)(generator);
  };
}

SenderOptions Completed(SenderOptions options) {
  if (!options.random) options.random = OwnRandom();
  return options;
}

// When attempt `attempts` + 1 follows, from now. None: it does not.
std::optional<std::chrono::seconds> DelayOf(const ChannelVerdict& verdict, std::uint32_t attempts, double random,
                                            std::chrono::seconds give_up_after) {
  const auto delay = RetryDelay(attempts, random);
  if (!delay) return std::nullopt;
  // By the schedule alone, which a message has no time of its own against: what is held has waited before.
  std::chrono::seconds begun{};
  for (std::uint32_t attempt = 1; attempt <= attempts; ++attempt) {
    begun += RetryDelay(attempt, 0).value_or(std::chrono::seconds(0));
  }
  if (begun > give_up_after) return std::nullopt;
  if (!verdict.wait) return delay;
  const auto wait = std::min<std::chrono::seconds>(*verdict.wait, kLongestWait);
  return attempts <= kTrustedWaits ? wait : std::max(wait, *delay);
}

// What the destination is reached by: the host of its URL; all mail goes through one relay.
std::string HostOf(const std::string& destination) {
  constexpr std::string_view kMail = "mailto:";
  return destination.starts_with(kMail) ? std::string(kMail) : destination.substr(0, destination.find('#'));
}

const SubscribedChannel* FindById(const Subscription& subscription, std::string_view id) {
  const auto at = std::find_if(subscription.channels.begin(), subscription.channels.end(),
                               [&](const SubscribedChannel& channel) { return channel.id == id; });
  return at != subscription.channels.end() ? &*at : nullptr;
}

}  // namespace

Sender::Sender(DeliveryStore& store, Transport& transport, FindChannel channels, SenderOptions options,
               MetricsRegistry& metrics)
    : store_(store),
      transport_(transport),
      channels_(std::move(channels)),
      options_(Completed(std::move(options))),
      metrics_{metrics},
      backoff_(options_.first_retry, options_.longest_retry) {}

Sender::~Sender() {
  if (!thread_.joinable()) return;
  (void)Stop(SteadyNow());
  if (thread_.joinable()) thread_.join();
}

void Sender::Start(Heartbeat& heartbeat) {
  thread_ = std::thread([this, &heartbeat] { Run(heartbeat); });
}

void Sender::Wake() {
  {
    const std::lock_guard lock(mailbox_->mutex);
    mailbox_->woken = true;
  }
  mailbox_->changed.notify_all();
}

void Sender::WhenIdle(std::function<void()> done) {
  {
    const std::lock_guard lock(state_mutex_);
    when_idle_ = std::move(done);
  }
  Wake();
}

Status Sender::Ready() const {
  const std::lock_guard lock(state_mutex_);
  return state_;
}

Status Sender::Stop(SteadyTime deadline) {
  {
    std::unique_lock lock(mailbox_->mutex);
    mailbox_->stop_by = deadline;
    mailbox_->changed.notify_all();
    // A call to the store that hangs is not waited for: its process ends.
    if (!mailbox_->changed.wait_until(lock, deadline + kStopGrace, [&] { return mailbox_->ended; })) {
      return Error{ErrorCode::kTimeout, "the store does not answer: what is being sent may be sent again"};
    }
  }
  thread_.join();
  if (const std::size_t left = sending_.size() + to_write_.size(); left != 0) {
    return Error{ErrorCode::kTimeout,
                 fmt::format("{} messages were under way; they may be sent again, under the same ids", left)};
  }
  return {};
}

void Sender::Run(Heartbeat& heartbeat) {
  while (true) {
    heartbeat.Rest();  // a transaction takes as long as it takes
    bool asked = false;
    {
      const std::lock_guard lock(state_mutex_);
      asked = static_cast<bool>(when_idle_);
    }
    const WallTime next = Turn();
    if (asked && idle_) {
      std::function<void()> done;
      {
        const std::lock_guard lock(state_mutex_);
        done = std::exchange(when_idle_, nullptr);
      }
      if (done) done();
    }
    heartbeat.Beat();
    std::unique_lock lock(mailbox_->mutex);
    if (mailbox_->stop_by) {
      const bool done = draining_ && sending_.empty() && to_write_.empty();
      draining_ = true;
      if (done || SteadyNow() >= *mailbox_->stop_by) break;
    }
    const auto wait = std::clamp<std::chrono::microseconds>(next - Now(), std::chrono::microseconds(0), options_.poll);
    const SteadyTime until = std::min(SteadyNow() + wait, mailbox_->stop_by.value_or(SteadyTime::max()));
    const bool stopping = mailbox_->stop_by.has_value();
    mailbox_->changed.wait_until(lock, until, [&] {
      return mailbox_->woken || !mailbox_->answers.empty() || mailbox_->stop_by.has_value() != stopping;
    });
    mailbox_->woken = false;
  }
  if (Status released = store_.Release(options_.owner); !released) {
    kLog.Warn("what was claimed is not given back, others wait for its lease: {why}",
              {{"why", released.error().message}});
  }
  heartbeat.Retire();
  const std::lock_guard lock(mailbox_->mutex);
  mailbox_->ended = true;
  mailbox_->changed.notify_all();
}

WallTime Sender::Turn() {
  idle_ = false;
  const WallTime began = Now();
  TakeAnswers(began);
  if (began < store_rests_until_) return store_rests_until_;
  WallTime now = began;
  bool more = false;
  // As long as there is something to do, but not for long: a stop is heard between two turns. A pass has a time of its
  // own: leases that were counted from the begin of a long turn would have ended when others look.
  do {
    PutBackUnusable(now);
    if (draining_) PutAllBack(now);
    // What has ended is written down before more begins: so a crash repeats no more than what was under way.
    if (Status written = Write(); !written) return StoreFailed(written.error(), now);
    if (Status begun = Begin(now); !begun) return StoreFailed(begun.error(), now);
    const auto claimed = draining_ ? Result<std::size_t>(std::size_t{0}) : ClaimDue(now);
    if (!claimed) return StoreFailed(claimed.error(), now);
    const bool answered = TakeAnswers(now);
    more = *claimed != 0 || answered || !to_write_.empty();
    now = Now();
  } while (more && now >= began && now < began + kLongestTurn);
  if (Status kept = Housekeep(now); !kept) return StoreFailed(kept.error(), now);
  const auto next = NextTurn(now);
  if (!next) return StoreFailed(next.error(), now);
  StoreAnswered();
  Show(now);
  if (more) return now;
  idle_ = sending_.empty() && queued_ == 0 && to_write_.empty();
  return *next;
}

WallTime Sender::StoreFailed(const Error& error, WallTime now) {
  metrics_.store_failures.With("sender").Increment();
  store_rests_until_ = now + backoff_.Next();
  bool told = false;
  {
    const std::lock_guard lock(state_mutex_);
    told = state_ || state_.error().message != error.message;
    state_ = error;
  }
  if (told) kLog.Warn("messages wait, nothing is lost: {why}", {{"why", error.message}});
  return store_rests_until_;
}

void Sender::StoreAnswered() {
  backoff_.Reset();
  const std::lock_guard lock(state_mutex_);
  if (!state_) kLog.Info("messages no longer wait for the store");
  state_ = {};
}

bool Sender::TakeAnswers(WallTime now) {
  std::vector<std::pair<std::string, CallAnswer>> answers;
  {
    const std::lock_guard lock(mailbox_->mutex);
    answers.swap(mailbox_->answers);
  }
  for (const auto& [id, answer] : answers) {
    const auto at = sending_.find(id);
    if (at == sending_.end()) continue;
    const Sending sending = std::move(at->second);
    sending_.erase(at);
    Judge(sending, answer, now);
  }
  return !answers.empty();
}

void Sender::Judge(const Sending& sending, const CallAnswer& answer, WallTime now) {
  const OutboxMessage& message = sending.message;
  metrics_.send_seconds.With(Name(message.channel_kind)).Observe(SteadyNow() - sending.began);
  const ChannelVerdict verdict = channels_(message.channel_kind)->Judge(answer);
  Destination& destination = At(message.destination);
  --destination.under_way;
  --*destination.to_host;
  Note(message.destination, destination, answer, verdict, now);
  if (verdict.kind == ChannelVerdict::Kind::kDelivered && message.kind == MessageKind::kAlert) {
    metrics_.alert_to_delivery.Observe(now - sending.alerted);
  }
  Settle(message, verdict, now);
}

// What an answer says of the destination.
void Sender::Note(const std::string& name, Destination& destination, const CallAnswer& answer,
                  const ChannelVerdict& verdict, WallTime now) {
  CircuitBreaker& breaker = destination.breaker;
  const auto before = breaker.state(now);
  if (answer.kind == CallAnswer::Kind::kNotAllowed) {
    breaker.Unknown();
  } else if (verdict.kind != ChannelVerdict::Kind::kAgain) {
    breaker.Succeeded();
  } else if (verdict.slow_down) {
    breaker.SlowDown(now, verdict.wait.value_or(std::chrono::seconds(0)));
  } else {
    breaker.Failed(now);
  }
  const auto after = breaker.state(now);
  if (before == CircuitBreaker::State::kClosed && after == CircuitBreaker::State::kOpen) {
    kLog.Warn("destination {destination} does not take messages, they wait: {why}",
              {{"destination", name}, {"why", verdict.answer}});
  } else if (before != CircuitBreaker::State::kClosed && after == CircuitBreaker::State::kClosed) {
    kLog.Info("destination {destination} takes messages again", {{"destination", name}});
  }
}

void Sender::Settle(const OutboxMessage& message, const ChannelVerdict& verdict, WallTime now) {
  MessageState state = MessageState::kFailed;
  WallTime due = now;
  const char* outcome = "failed";
  switch (verdict.kind) {
    case ChannelVerdict::Kind::kDelivered:
      state = MessageState::kDelivered;
      outcome = "delivered";
      break;
    case ChannelVerdict::Kind::kAgain:
      if (const auto delay = DelayOf(verdict, message.attempts, options_.random(), options_.give_up_after)) {
        state = MessageState::kWaiting;
        due = now + *delay;
        outcome = "retried";
      }
      break;
    case ChannelVerdict::Kind::kGivenUp: break;
    case ChannelVerdict::Kind::kDisable:
      outcome = "disabled";
      to_disable_.emplace_back(message.subscription, verdict.answer);
      break;
  }
  if (state == MessageState::kFailed) {
    kLog.Error(
        "message {message} of subscription {subscription} to {destination} is given up at attempt {attempts}: "
        "{why}",
        {{"message", message.id},
         {"subscription", message.subscription},
         {"destination", message.destination},
         {"attempts", message.attempts},
         {"why", verdict.answer}});
  }
  CountMessage(message.channel_kind, outcome);
  to_write_.push_back({.message = message.id,
                       .owner = options_.owner,
                       .state = state,
                       .at = now,
                       .due = due,
                       .answer = verdict.answer});
}

void Sender::GiveUp(const OutboxMessage& message, std::string why, WallTime now) {
  ChannelVerdict verdict;
  verdict.kind = ChannelVerdict::Kind::kGivenUp;
  verdict.answer = std::move(why);
  Settle(message, verdict, now);
}

Status Sender::Write() {
  while (!to_write_.empty()) {
    const auto written = store_.Finish(to_write_.front());
    if (!written) return written.error();
    if (!*written) {
      metrics_.lost_leases.Increment();
      kLog.Warn(
          "message {message}: its lease had ended before its answer came; another process may send it again, "
          "under the same id",
          {{"message", to_write_.front().message}});
    }
    to_write_.pop_front();
  }
  while (!to_disable_.empty()) {
    const auto& [subscription, why] = to_disable_.back();
    const Status disabled = store_.Disable(subscription, why, Now());
    // Its reader has deleted it meanwhile: there is nothing to disable, and all others would wait for it.
    const bool gone = !disabled && disabled.error().code == ErrorCode::kNotFound;
    if (!disabled && !gone) return disabled;
    if (disabled) {
      metrics_.disabled.Increment();
      kLog.Error("subscription {subscription} is disabled, its channel takes nothing any more: {why}",
                 {{"subscription", subscription}, {"why", why}});
    }
    to_disable_.pop_back();
  }
  return {};
}

Sender::Destination& Sender::At(const std::string& name) {
  const auto [at, is_new] = destinations_.try_emplace(name, options_.breaker);
  if (is_new) at->second.to_host = &hosts_.try_emplace(HostOf(name), 0).first->second;
  return at->second;
}

Result<std::size_t> Sender::ClaimDue(WallTime now) {
  if (queued_ >= options_.most_queued) {
    PutBackSurplus(now);
    if (queued_ >= options_.most_queued) return std::size_t{0};
  }
  // What goes back must have gone back before it may be claimed again.
  if (Status written = Write(); !written) return written.error();
  ClaimRequest request{.owner = options_.owner,
                       .now = now,
                       .lease_until = now + options_.lease,
                       .limit = std::min(options_.claim, options_.most_queued - queued_),
                       .not_to = {}};
  for (const auto& [name, destination] : destinations_) {
    const bool busy = destination.queue.size() + destination.under_way >= 2 * options_.concurrency ||
                      *destination.to_host >= options_.most_to_host;
    if (busy || !destination.breaker.Allows(now)) request.not_to.push_back(name);
  }
  auto claimed = store_.Claim(request);
  if (!claimed) return std::move(claimed).error();
  for (OutboxMessage& message : *claimed) {
    // Where the clock was set forward, or the machine slept, the lease has ended of what this process still has: it has
    // a new one now. To begin it once more would send it twice.
    if (sending_.contains(message.id)) continue;
    Destination& destination = At(message.destination);
    const auto queued = std::find_if(destination.queue.begin(), destination.queue.end(),
                                     [&](const Claimed& one) { return one.message.id == message.id; });
    if (queued != destination.queue.end()) {
      *queued = {std::move(message), request.lease_until};
      continue;
    }
    destination.queue.push_back({std::move(message), request.lease_until});
    ++queued_;
  }
  return claimed->size();
}

Status Sender::Begin(WallTime now) {
  for (auto& [name, destination] : destinations_) {
    while (!destination.queue.empty() && MayBegin(destination, now)) {
      // Taken out before it is begun: its answer may come at once.
      Claimed claimed = std::move(destination.queue.front());
      destination.queue.pop_front();
      --queued_;
      if (Status begun = BeginOne(destination, claimed, now); !begun) {
        destination.queue.push_front(std::move(claimed));
        ++queued_;
        return begun;
      }
    }
  }
  return {};
}

bool Sender::MayBegin(const Destination& destination, WallTime now) const {
  return destination.under_way < destination.Most(options_.concurrency) &&
         *destination.to_host < options_.most_to_host && sending_.size() < options_.most_under_way &&
         now >= destination.next && destination.breaker.Allows(now);
}

Status Sender::BeginOne(Destination& destination, const Claimed& claimed, WallTime now) {
  const OutboxMessage& message = claimed.message;
  if (claimed.lease_until < Now() + options_.longest_send) {
    PutBack(claimed, "lease", now);
    return {};
  }
  const auto stored = store_.FindSubscription(message.subscription);
  if (!stored) return stored.error();
  const auto cancel = [&](const char* why) {
    CountMessage(message.channel_kind, "canceled");
    to_write_.push_back({.message = message.id,
                         .owner = options_.owner,
                         .state = MessageState::kCanceled,
                         .at = now,
                         .due = now,
                         .answer = why});
    return Status();
  };
  if (!*stored || (*stored)->deleted) return cancel("its subscription is gone");
  const Subscription& subscription = (*stored)->subscription;
  if (!subscription.enabled || !(*stored)->disabled_because.empty()) return cancel("its subscription is disabled");
  const SubscribedChannel* const channel = FindById(subscription, message.channel);
  if (channel == nullptr || channel->kind != message.channel_kind) {
    return cancel("its subscription has no such channel any more");
  }
  const auto alerts = store_.AlertsOf(message.id);
  if (!alerts && alerts.error().code == ErrorCode::kInvalid) {
    // It cannot be read today, nor at the next try; and the others must not wait for it.
    GiveUp(message, alerts.error().message, now);
    return {};
  }
  if (!alerts) return alerts.error();
  if (alerts->empty()) return cancel("its alerts are no longer kept");
  const Channel* const kind = channels_(message.channel_kind);
  if (kind == nullptr) {
    GiveUp(message, fmt::format("this process has no channel {}", Name(message.channel_kind)), now);
    return {};
  }
  auto call = kind->Prepare({message, subscription, *channel, *alerts, now});
  if (!call) {
    GiveUp(message, call.error().message, now);
    return {};
  }
  destination.breaker.Begin(now);
  ++destination.under_way;
  ++*destination.to_host;
  if (const auto interval = options_.interval.find(message.channel_kind); interval != options_.interval.end()) {
    destination.next = now + interval->second;
  }
  sending_.emplace(message.id, Sending{message, SteadyNow(), alerts->back().alerted});
  transport_.Start(*std::move(call), [mailbox = mailbox_, id = message.id](CallAnswer answer) {
    {
      const std::lock_guard lock(mailbox->mutex);
      mailbox->answers.emplace_back(id, std::move(answer));
    }
    mailbox->changed.notify_all();
  });
  return {};
}

void Sender::PutBack(const Claimed& claimed, const char* why, WallTime now) {
  metrics_.put_back.With(why).Increment();
  to_write_.push_back({.message = claimed.message.id,
                       .owner = options_.owner,
                       .state = MessageState::kWaiting,
                       .at = now,
                       .due = claimed.message.due,
                       .answer = "",
                       .attempted = false});
}

void Sender::PutQueueBack(Destination& destination, const char* why, WallTime now) {
  for (const Claimed& claimed : destination.queue) PutBack(claimed, why, now);
  queued_ -= destination.queue.size();
  destination.queue.clear();
}

void Sender::PutBackUnusable(WallTime now) {
  for (auto& [name, destination] : destinations_) {
    // Half open, with one under way, it may take the others in a moment.
    if (!destination.breaker.Allows(now) && destination.breaker.RestsUntil() > now) {
      PutQueueBack(destination, "destination", now);
    }
  }
}

void Sender::PutBackSurplus(WallTime now) {
  for (auto& [name, destination] : destinations_) {
    const std::size_t kept = *destination.to_host < options_.most_to_host ? options_.concurrency : 0;
    for (; destination.queue.size() > kept; --queued_) {
      PutBack(destination.queue.back(), "destination", now);
      destination.queue.pop_back();
    }
  }
}

void Sender::PutAllBack(WallTime now) {
  for (auto& [name, destination] : destinations_) PutQueueBack(destination, "stop", now);
}

Status Sender::Housekeep(WallTime now) {
  std::erase_if(destinations_, [&](const auto& entry) {
    const Destination& one = entry.second;
    return one.queue.empty() && one.under_way == 0 && now >= one.next && one.breaker.idle(now);
  });
  if (destinations_.empty()) hosts_.clear();
  if (now >= forget_at_) {
    const auto more = store_.Forget(now - options_.retention);
    if (!more) return more.error();
    if (!*more) forget_at_ = now + kForgetInterval;
  }
  if (now >= count_at_) {
    const auto counts = store_.Count(now);
    if (!counts) return counts.error();
    count_at_ = now + kCountInterval;
    metrics_.outbox.With("waiting").Set(static_cast<double>(counts->waiting));
    metrics_.outbox.With("sending").Set(static_cast<double>(counts->sending));
    metrics_.outbox.With("failed").Set(static_cast<double>(counts->failed));
    const auto late = counts->oldest_due ? std::max(now - *counts->oldest_due, std::chrono::microseconds(0))
                                         : std::chrono::microseconds(0);
    metrics_.oldest_due.Set(std::chrono::duration<double>(late).count());
  }
  return {};
}

void Sender::Show(WallTime now) {
  std::size_t open = 0, half_open = 0, slowed = 0;
  for (const auto& [name, destination] : destinations_) {
    open += destination.breaker.state(now) == CircuitBreaker::State::kOpen;
    half_open += destination.breaker.state(now) == CircuitBreaker::State::kHalfOpen;
    slowed += destination.breaker.slowed(now);
  }
  metrics_.destinations.With("open").Set(static_cast<double>(open));
  metrics_.destinations.With("half_open").Set(static_cast<double>(half_open));
  metrics_.destinations.With("slowed").Set(static_cast<double>(slowed));
  metrics_.sending.Set(static_cast<double>(sending_.size()));
}

Result<WallTime> Sender::NextTurn(WallTime now) {
  WallTime next = now + options_.poll;
  const auto at = [&](WallTime time) {
    if (time > now) next = std::min(next, time);
  };
  for (const auto& [name, destination] : destinations_) {
    at(destination.breaker.RestsUntil());
    if (!destination.queue.empty()) at(destination.next);
  }
  const auto due = store_.NextDue();
  if (!due) return due.error();
  // What is due already waits for a destination, or for room: answers wake, and so do the times above.
  if (*due) at(**due);
  return next;
}

void Sender::CountMessage(ChannelKind kind, const char* outcome) {
  metrics_.messages.With(Name(kind), outcome).Increment();
}

}  // namespace wirewatch
