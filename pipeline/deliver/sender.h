// Sender: sends what is due in the outbox, and writes down what came of it. Several processes may send from one store:
// a message that one has claimed is its own until its lease ends.
//
//   the sender's thread                                            the transport's threads
//   Claim -> AlertsOf -> Channel::Prepare -> Transport::Start ---> (the network)
//   Finish <- Channel::Judge <- answers <------------------------- done(CallAnswer)
//
// Once in effect: a process that dies between the send and Finish leaves a lease; when it has ended the message is
// sent again, with the same id, which is the channel's idempotency key. Nothing else sends a message twice.
// Fair:    no destination delays another. Each has its own queue, a bound on what is under way to it (`concurrency`),
//          an interval where its service asks for one, and a circuit breaker; what is claimed for one that rests goes
//          back unattempted, and nothing more is claimed for it. The destinations of one host, and all of mail, share a
//          bound too (`most_to_host`): many endpoints of a host that hangs do not take what all share.
// Retries: at the times of RetryDelay, or when the service says (Retry-After); given up after the last, or
//          `give_up_after` after it was due. 410 Gone and the like disable the subscription.
// The store away: it is waited for; what is under way is finished when it is back, or sent again by its lease.
#ifndef WIREWATCH_PIPELINE_DELIVER_SENDER_H_
#define WIREWATCH_PIPELINE_DELIVER_SENDER_H_

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/backoff.h"
#include "base/clock.h"
#include "base/result.h"
#include "monitoring/health.h"
#include "monitoring/metrics.h"
#include "pipeline/deliver/channel.h"
#include "pipeline/deliver/circuit_breaker.h"
#include "pipeline/deliver/deliver_metrics.h"
#include "pipeline/deliver/delivery_store.h"
#include "pipeline/deliver/subscription.h"
#include "pipeline/deliver/transport.h"

namespace wirewatch {

// Null: there is none of that kind.
using FindChannel = std::function<const Channel*(ChannelKind)>;

struct SenderOptions {
  std::string owner;                                               // of this process, unique
  std::chrono::seconds lease{180};                                 // of what it claims
  std::chrono::seconds longest_send{60};                           // until the transport gives up
  std::size_t concurrency = 4;                                     // under way to one destination
  std::size_t most_to_host = 32;                                   // and to all destinations of one host
  std::size_t most_under_way = 256;                                // and to all
  std::size_t most_queued = 1000;                                  // claimed, and waiting for their destinations
  std::size_t claim = 100;                                         // messages of one claim
  std::map<ChannelKind, std::chrono::milliseconds> interval = {};  // between two messages to one destination
  CircuitBreakerOptions breaker;
  std::chrono::seconds give_up_after{std::chrono::days(4)};
  std::chrono::seconds retention{std::chrono::days(30)};
  std::chrono::milliseconds poll{1000};                             // for what another process writes
  std::chrono::milliseconds first_retry{100}, longest_retry{5000};  // of calls to the store
  std::function<WallTime()> clock = WallNow;
  std::function<double()> random;  // in [0, 1): of the retries; empty: of its own
};

class Sender {
 public:
  // Borrows all, which must outlive it and what the transport has under way.
  Sender(DeliveryStore& store, Transport& transport, FindChannel channels, SenderOptions options,
         MetricsRegistry& metrics);
  ~Sender();  // as Stop(now)

  // Sends in a thread of its own from now on.
  void Start(Heartbeat& heartbeat);
  // Something may be due. Any thread.
  void Wake();
  // Waits until nothing is due that can be sent now and nothing is under way, or until Stop; then `done` is called, in
  // the sender's thread. What waits for its time, or for a destination that rests, stays.
  void WhenIdle(std::function<void()> done);
  // Nothing is begun any more. Waits for what is under way until `deadline`, and gives back what it has. Errors:
  // kTimeout: so much is under way; it may be sent again, under the same ids.
  Status Stop(SteadyTime deadline);

  // The store can be reached.
  Status Ready() const;

  // One turn of the thread, for who has no thread: takes in answers, claims what is due and begins to send it. Returns
  // when there is something to do again, if no answer comes and nobody wakes it before.
  WallTime Turn();
  // Nothing is due that can be sent now, and nothing is under way, as of the last Turn.
  bool idle() const { return idle_; }

 private:
  struct Claimed {
    OutboxMessage message;
    WallTime lease_until;
  };
  struct Sending {
    OutboxMessage message;
    SteadyTime began;
    WallTime alerted;  // of its last alert
  };
  struct Destination {
    explicit Destination(const CircuitBreakerOptions& options) : breaker(options) {}
    CircuitBreaker breaker;
    std::deque<Claimed> queue;
    std::size_t under_way = 0;
    std::size_t* to_host = nullptr;  // in hosts_: under way to all destinations of its host
    WallTime next{};                 // by the interval
    // One that failed last gets one message at a time: while it hangs it takes no more of what all share.
    std::size_t Most(std::size_t concurrency) const { return breaker.failing() ? 1 : concurrency; }
  };
  // Where the transport's threads leave answers. Shared with calls that outlive this object.
  struct Mailbox {
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<std::pair<std::string, CallAnswer>> answers;  // by message
    bool woken = false;
    std::optional<SteadyTime> stop_by;
    bool ended = false;
  };

  void Run(Heartbeat& heartbeat);
  // True: there were some.
  bool TakeAnswers(WallTime now);
  void Judge(const Sending& sending, const CallAnswer& answer, WallTime now);
  void Note(const std::string& name, Destination& destination, const CallAnswer& answer, const ChannelVerdict& verdict,
            WallTime now);
  // What follows for a message that was attempted: is written next.
  void Settle(const OutboxMessage& message, const ChannelVerdict& verdict, WallTime now);
  void GiveUp(const OutboxMessage& message, std::string why, WallTime now);
  // Errors of this and of those below: the store's.
  Status Write();
  Result<std::size_t> ClaimDue(WallTime now);
  Status Begin(WallTime now);
  bool MayBegin(const Destination& destination, WallTime now) const;
  Status BeginOne(Destination& destination, const Claimed& claimed, WallTime now);
  Status Housekeep(WallTime now);
  Result<WallTime> NextTurn(WallTime now);
  WallTime StoreFailed(const Error& error, WallTime now);
  void StoreAnswered();
  // Without an attempt.
  void PutBack(const Claimed& claimed, const char* why, WallTime now);
  void PutQueueBack(Destination& destination, const char* why, WallTime now);
  void PutBackUnusable(WallTime now);
  // What waits for destinations that are busy, beyond what they take next: so that others can be claimed.
  void PutBackSurplus(WallTime now);
  void PutAllBack(WallTime now);
  Destination& At(const std::string& name);
  void Show(WallTime now);
  void CountMessage(ChannelKind kind, const char* outcome);
  WallTime Now() const { return options_.clock(); }

  DeliveryStore& store_;
  Transport& transport_;
  const FindChannel channels_;
  const SenderOptions options_;
  DeliverMetrics metrics_;

  // Of the thread that turns.
  std::map<std::string, Destination> destinations_;
  std::map<std::string, std::size_t, std::less<>> hosts_;  // those of destinations_, perhaps more
  std::map<std::string, Sending> sending_;                 // by message
  std::size_t queued_ = 0;
  std::deque<FinishedAttempt> to_write_;
  std::vector<std::pair<std::string, std::string>> to_disable_;  // subscriptions, and why
  Backoff backoff_;
  WallTime store_rests_until_{}, forget_at_{}, count_at_{};
  std::atomic<bool> idle_ = false;
  bool draining_ = false;  // nothing is begun any more

  mutable std::mutex state_mutex_;
  Status state_;
  std::function<void()> when_idle_;

  const std::shared_ptr<Mailbox> mailbox_ = std::make_shared<Mailbox>();
  std::thread thread_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_DELIVER_SENDER_H_
