// Dispatcher: takes alerts, finds the subscriptions that want them, and writes what follows (Plan) to the store: the
// outbox and the ledger. A sink: an alert is delivered to it when that is committed.
//
//   any thread              the dispatcher's thread
//   Send -> queue  -------> match -> plan -> DeliveryStore::Record (a batch is one transaction) -> Delivery, `recorded`
//
// A store that cannot be reached is waited for, as long as it takes: the queue fills up, and Send waits
// (back-pressure); nothing is dropped. What waits is planned anew for each try: the time that counts is that of the
// commit. An alert that comes again changes nothing (DeliveryStore::Record). A correction also goes to whoever was told
// of what it corrects (correction.h).
#ifndef WIREWATCH_PIPELINE_DELIVER_DISPATCHER_H_
#define WIREWATCH_PIPELINE_DELIVER_DISPATCHER_H_

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
#include <string_view>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "monitoring/health.h"
#include "monitoring/metrics.h"
#include "pipeline/deliver/alert_notice.h"
#include "pipeline/deliver/deliver_metrics.h"
#include "pipeline/deliver/delivery_store.h"
#include "pipeline/deliver/subscription_set.h"
#include "pipeline/deliver/subscription_watch.h"
#include "pipeline/records/sink.h"

namespace wirewatch {

struct DispatcherOptions {
  std::size_t queue = 5000;  // alerts that may wait
  std::size_t batch = 200;   // alerts of one transaction
  std::chrono::milliseconds first_retry{100}, longest_retry{5000};
  std::function<WallTime()> clock = WallNow;
  std::function<void()> recorded = [] {};  // messages may be due; called by the dispatcher's thread
};

class Dispatcher : public SinkBase {
 public:
  // Borrows all, which must outlive it.
  Dispatcher(DeliveryStore& store, const SubscriptionWatch& subscriptions, DispatcherOptions options,
             MetricsRegistry& metrics, Heartbeat& heartbeat);
  ~Dispatcher() override;  // what is not recorded by then has no outcome

  // Copies the notice. kRejected: the engine could not match it.
  void Send(const AlertNotice& notice, Delivery delivery);

  std::string_view name() const override { return "deliver"; }
  Status Ready() const override;
  void RequestStop() override;
  void Flush() override {}
  Status Close(SteadyTime deadline) override;

 private:
  struct Waiting {
    AlertNotice notice;
    Delivery delivery;
  };

  void Run();
  // Empty: the dispatcher ends.
  std::vector<Waiting> Take();
  // Until it is recorded, or the dispatcher ends.
  void Record(std::vector<Waiting> batch);
  // kInternal: the engine failed on one of them, whose number is in `failed`.
  Status Decide(const std::vector<Waiting>& batch, WallTime now, std::vector<PlannedAlert>& planned,
                std::size_t& failed);
  Status UseNewest();
  // As DeliveryStore::ToldOf, of what the batch corrects.
  Result<std::multimap<std::string, std::string>> FindTold(const std::vector<Waiting>& batch);
  // Adds those who were told of what the notice corrects (correction.h).
  void AddTold(const AlertNotice& notice, const std::multimap<std::string, std::string>& told,
               std::vector<std::uint32_t>& takers) const;
  void Count(const std::vector<PlannedAlert>& planned, std::size_t fresh);
  // False: the dispatcher ends.
  bool Pause(std::chrono::milliseconds wait);
  void SetState(Status status);

  DeliveryStore& store_;
  const SubscriptionWatch& subscriptions_;
  const DispatcherOptions options_;
  DeliverMetrics metrics_;
  std::vector<Counter> decisions_;  // by DeliveryReason
  Heartbeat& heartbeat_;
  // Of the thread.
  std::optional<SubscriptionMatcher> matcher_;
  std::unordered_map<std::string_view, std::uint32_t> numbers_;  // of its subscriptions, by their ids

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Waiting> queue_;
  std::size_t under_way_ = 0;    // taken out of the queue and not settled
  bool stop_requested_ = false;  // Send does not wait any more
  bool ends_ = false;
  Status state_;  // of the store, and of the engine

  std::thread thread_;  // the last member: it uses the others
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_DELIVER_DISPATCHER_H_
