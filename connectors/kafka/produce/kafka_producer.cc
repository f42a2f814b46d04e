#include "connectors/kafka/produce/kafka_producer.h"

#include <fmt/format.h>

#include <chrono>
#include <condition_variable>
#include <iterator>
#include <list>
#include <mutex>
#include <thread>
#include <utility>

#include "base/backoff.h"
#include "base/log.h"
#include "connectors/kafka/client/kafka_config.h"
#include "connectors/kafka/client/kafka_errors.h"
#include "connectors/kafka/client/kafka_log.h"
#include "connectors/kafka/client/kafka_metrics.h"
#include "connectors/kafka/client/kafka_probe.h"
#include "connectors/kafka/client/kafka_renewal.h"
#include "connectors/kafka/client/rd_handles.h"
#include "connectors/kafka/client/topic_watch.h"
#include "connectors/kafka/produce/kafka_produce.h"
#include "pipeline/flow/flow_metrics.h"

namespace wirewatch {
namespace {

constexpr log::Module kLog("kafka");

constexpr std::size_t kMaxMessages = 50'000;
constexpr std::size_t kMaxBytes = 64 << 20;
constexpr std::chrono::milliseconds kPoll{100};
// Before what librdkafka gave up is sent again.
constexpr std::chrono::milliseconds kResendFirst{200}, kResendLongest{5'000};

}  // namespace

struct KafkaProducer::Rep {
  // A message under way. librdkafka reads its bytes where they are, so it does not move until its report is there.
  struct Message {
    Rep* owner;
    KafkaMessageBody body;
    Delivery delivery;
    std::size_t bytes;
    bool tried = false;        // to be handed to librdkafka
    bool with_client = false;  // librdkafka has it, and will report
    std::list<Message>::iterator self{};
  };

  Rep(std::string role_, std::string topic_, const KafkaSettings& shared_, MetricsRegistry& metrics_,
      Compression compression_)
      : compression(compression_),
        role(std::move(role_)),
        address{shared_.bootstrap_servers, std::move(topic_)},
        shared(shared_),
        metrics{metrics_},
        retries(SinkMetrics{metrics_}.retries.With("kafka")),
        renewal(fmt::format("kafka sink {}", address.topic),
                {.configure = [this](std::size_t batch_bytes) { return Configure(batch_bytes); }}) {}
  ~Rep();

  Result<KafkaConf> Configure(std::size_t batch_bytes);
  void Start();
  void End();

  // Of the poll thread.
  void Loop();
  void Replace();
  void ResendWaiting();
  void OnReport(Message& message, rd_kafka_resp_err_t error);

  // REQUIRES: mutex is held.
  bool HasRoom() const { return messages.empty() || (messages.size() < kMaxMessages && bytes < kMaxBytes); }
  rd_kafka_resp_err_t Hand(Message& message);
  void Wait(Message& message, rd_kafka_resp_err_t error);
  bool Shrink(Message& message);
  Delivery Remove(Message& message);

  static void OnReportCallback(rd_kafka_t* client, const rd_kafka_message_t* report, void* self);
  static void OnErrorEvent(rd_kafka_t* client, int error, const char* reason, void* self);

  const Compression compression;
  const std::string role;
  const KafkaAddress address;
  const KafkaSettings shared;
  KafkaMetrics metrics;
  Counter retries;
  RepeatFilter repeats;

  // Renewed by the poll thread. Send uses the client under `mutex`, while not `replacing`.
  KafkaRenewal renewal;

  mutable std::mutex mutex;
  std::condition_variable changed;
  std::list<Message> messages;  // in the order of Send
  std::size_t bytes = 0;        // of messages
  std::size_t waiting = 0;      // of messages: not with_client
  SteadyTime resend_at{};       // those that wait
  bool replacing = false;       // the client
  std::string must_replace;     // why; empty: it need not
  bool must_halve = false;      // the batches
  std::string problem;          // what went wrong and has not gone well since
  bool stop = false, ended = false;
  Backoff backoff{kResendFirst, kResendLongest};

  std::unique_ptr<TopicWatch> watch;
  std::thread thread;
};

// ---------------------------------------------------------------------------------------------------------- making

Result<KafkaConf> KafkaProducer::Rep::Configure(std::size_t batch_bytes) {
  auto conf = ProducerConf(shared, role, batch_bytes, compression);
  if (!conf) return conf;
  rd_kafka_conf_set_opaque(conf->get(), this);
  rd_kafka_conf_set_dr_msg_cb(conf->get(), OnReportCallback);
  rd_kafka_conf_set_error_cb(conf->get(), OnErrorEvent);
  return conf;
}

void KafkaProducer::Rep::Start() {
  watch = std::make_unique<TopicWatch>(
      fmt::format("kafka sink {}", address.topic), address.bootstrap_servers, [this] { return renewal.Probe(address); },
      TopicWatch::Times{});
  thread = std::thread([this] { Loop(); });
}

void KafkaProducer::Rep::End() {
  {
    const std::lock_guard lock(mutex);
    ended = true;
    changed.notify_all();
  }
  if (thread.joinable()) thread.join();
  if (watch) watch->Stop();
}

KafkaProducer::Rep::~Rep() {
  End();
  renewal.Disconnect();  // before the messages go whose bytes it reads
}

// ----------------------------------------------------------------------------------------------------- poll thread

void KafkaProducer::Rep::Loop() {
  while (true) {
    rd_kafka_t* const client = renewal.get();
    if (client != nullptr) rd_kafka_poll(client, static_cast<int>(kPoll.count()));
    bool replace = false, resend = false;
    {
      std::unique_lock lock(mutex);
      if (client == nullptr) changed.wait_for(lock, kResendLongest, [&] { return ended; });
      if (ended) return;
      const bool due = SteadyNow() >= resend_at;
      replace = must_halve || (due && (!must_replace.empty() || client == nullptr));
      resend = due && waiting != 0 && client != nullptr && must_replace.empty();
    }
    if (replace) {
      Replace();
    } else if (resend) {
      ResendWaiting();
    }
  }
}

// What is told with the reason that a broker gave.
constexpr std::string_view kAnew = "connecting anew, what is under way is sent again and may be repeated";

// A new client, which is sent all that the old one has not reported.
void KafkaProducer::Rep::Replace() {
  {
    const std::lock_guard lock(mutex);
    replacing = true;
    if (must_halve) {
      renewal.HalveBatches();
    } else {
      if (const std::string line = fmt::format("{}; {}", must_replace, kAnew); repeats.IsNew(line, SteadyNow())) {
        kLog.Warn("kafka sink {kafka_topic}: {error}", {{"kafka_topic", address.topic}, {"error", line}});
      }
    }
    must_halve = false;
    must_replace.clear();
  }
  const Status connected = renewal.Renew();
  const std::lock_guard lock(mutex);
  for (Message& message : messages) message.with_client = false;
  waiting = messages.size();
  replacing = false;
  must_replace.clear();
  must_halve = false;
  if (waiting == 0) problem.clear();
  resend_at = SteadyNow();
  if (!connected) {
    problem = connected.error().message;
    kLog.Error("kafka sink {kafka_topic}: {error}", {{"kafka_topic", address.topic}, {"error", problem}});
  }
}

void KafkaProducer::Rep::ResendWaiting() {
  std::vector<std::pair<Delivery, Error>> refused;
  {
    const std::lock_guard lock(mutex);
    for (auto at = messages.begin(); at != messages.end() && waiting != 0;) {
      Message& message = *at++;
      if (message.with_client) continue;
      if (message.tried) retries.Increment();  // others only queued behind one that failed
      const rd_kafka_resp_err_t error = Hand(message);
      if (error == RD_KAFKA_RESP_ERR_NO_ERROR) continue;
      if (IsTooLarge(error) && Shrink(message)) {
        --at;  // once more
        continue;
      }
      if (IsTooLarge(error)) {
        refused.emplace_back(Remove(message), TooLarge(address, message.bytes, error));
        continue;
      }
      Wait(message, error);
      break;  // the others would fare no better, and keep their order
    }
  }
  for (auto& [delivery, error] : refused) delivery.Refused(std::move(error));
}

// ------------------------------------------------------------------------------------------------------- messages

rd_kafka_resp_err_t KafkaProducer::Rep::Hand(Message& message) {
  message.tried = true;
  if (const auto error = Produce(renewal.get(), address.topic, message.body, &message);
      error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return error;
  }
  if (!message.with_client) --waiting;
  message.with_client = true;
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

// REQUIRES: the message is not with the client, or was just given back by it.
void KafkaProducer::Rep::Wait(Message& message, rd_kafka_resp_err_t error) {
  if (message.with_client) ++waiting;
  message.with_client = false;
  const SteadyTime now = SteadyNow();
  switch (error) {
    case RD_KAFKA_RESP_ERR__PURGE_QUEUE:
    case RD_KAFKA_RESP_ERR__PURGE_INFLIGHT: return;  // our own doing
    case RD_KAFKA_RESP_ERR__QUEUE_FULL: resend_at = now + kResendFirst; return;
    default: break;
  }
  // Messages come back by the batch: one step of waiting for all of them.
  if (now >= resend_at) resend_at = now + backoff.Next();
  problem = fmt::format("kafka topic {} takes no messages: {}{}", address.topic, rd_kafka_err2str(error),
                        HelpToBeAllowed(error, "Write", address.topic));
  if (error == RD_KAFKA_RESP_ERR__FATAL) must_replace = rd_kafka_err2str(error);
  if (repeats.IsNew(problem, now))
    kLog.Warn("kafka sink {kafka_topic}: {error}; they are sent again",
              {{"kafka_topic", address.topic}, {"error", problem}});
}

// REQUIRES: the message is not with the client, or was just given back by it.
bool KafkaProducer::Rep::Shrink(Message& message) {
  const std::size_t before = message.bytes;
  if (!message.body.shrink || !message.body.shrink(message.body)) return false;
  message.bytes = message.body.SizeInBytes();
  bytes = bytes - before + message.bytes;
  kLog.Warn("kafka sink {kafka_topic}: it takes no message of {bytes} bytes: sent cut to {left}",
            {{"kafka_topic", address.topic}, {"bytes", before}, {"left", message.bytes}});
  return true;
}

Delivery KafkaProducer::Rep::Remove(Message& message) {
  Delivery delivery = std::move(message.delivery);
  if (!message.with_client) --waiting;
  bytes -= message.bytes;
  messages.erase(message.self);
  changed.notify_all();
  return delivery;
}

void KafkaProducer::Rep::OnReport(Message& message, rd_kafka_resp_err_t error) {
  std::unique_lock lock(mutex);
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
    backoff.Reset();
    problem.clear();
    Delivery delivery = Remove(message);
    lock.unlock();
    delivery.Delivered();
    return;
  }
  if (IsTooLarge(error) && message.bytes < renewal.batch_bytes()) {
    // It may have been the company it was in.
    must_halve = true;
    Wait(message, RD_KAFKA_RESP_ERR__PURGE_QUEUE);
  } else if (IsTooLarge(error) && Shrink(message)) {
    Wait(message, RD_KAFKA_RESP_ERR__PURGE_QUEUE);
    resend_at = SteadyNow();
  } else if (IsTooLarge(error) || IsAboutTheMessage(error)) {
    const std::size_t size = message.bytes;
    Delivery delivery = Remove(message);
    lock.unlock();
    delivery.Refused(IsTooLarge(error) ? TooLarge(address, size, error) : RefusedByBroker(address, error));
  } else {
    Wait(message, error);
  }
}

void KafkaProducer::Rep::OnReportCallback(rd_kafka_t* /*client*/, const rd_kafka_message_t* report, void* /*self*/) {
  auto& message = *static_cast<Message*>(report->_private);
  message.owner->OnReport(message, report->err);
}

void KafkaProducer::Rep::OnErrorEvent(rd_kafka_t* client, int error, const char* reason, void* self) {
  Rep& rep = *static_cast<Rep*>(self);
  rep.metrics.errors.Increment();
  if (PassToWatch(*rep.watch, error, reason)) return;
  if (ClassifyEvent(error) != ErrorEvent::kFatal) {
    if (rep.repeats.IsNew(reason, SteadyNow()))
      kLog.Warn("kafka sink {kafka_topic}: {error}",
                {{"kafka_topic", rep.address.topic}, {"error", ReasonForPeople(reason)}});
    return;
  }
  const auto fatal = FatalErrorOf(client);
  const std::lock_guard lock(rep.mutex);
  rep.must_replace = !fatal ? ReasonForPeople(reason)
                            : fmt::format("{}: {}{}", rd_kafka_err2name(fatal->code), fatal->text,
                                          HelpToBeAllowed(fatal->code, "Write", rep.address.topic));
  rep.problem = rep.must_replace;
  rep.resend_at = SteadyNow() + rep.backoff.Next();
}

// ------------------------------------------------------------------------------------------------------ the outside

Result<std::unique_ptr<KafkaProducer>> KafkaProducer::Create(std::string role, std::string topic,
                                                             const KafkaSettings& shared, MetricsRegistry& metrics,
                                                             Compression compression) {
  auto rep = std::make_unique<Rep>(std::move(role), std::move(topic), shared, metrics, compression);
  if (Status connected = rep->renewal.Connect(); !connected) return std::move(connected).error();
  rep->Start();
  return std::unique_ptr<KafkaProducer>(new KafkaProducer(std::move(rep)));
}

KafkaProducer::KafkaProducer(std::unique_ptr<Rep> rep) : rep_(std::move(rep)) {}
KafkaProducer::~KafkaProducer() = default;

void KafkaProducer::Send(KafkaMessageBody body, Delivery delivery) {
  Rep& rep = *rep_;
  std::unique_lock lock(rep.mutex);
  rep.changed.wait(lock, [&] { return rep.stop || rep.HasRoom(); });
  if (!rep.HasRoom()) return;  // told to give up
  const std::size_t bytes = body.SizeInBytes();
  Rep::Message& message = rep.messages.emplace_back(Rep::Message{&rep, std::move(body), std::move(delivery), bytes});
  message.self = std::prev(rep.messages.end());
  rep.bytes += bytes;
  const bool in_turn = ++rep.waiting == 1;
  if (!in_turn || rep.replacing || rep.renewal.get() == nullptr)
    return;  // the poll thread sends it after those before it
  const rd_kafka_resp_err_t error = rep.Hand(message);
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return;
  if (!IsTooLarge(error) || rep.Shrink(message)) return rep.Wait(message, error);
  Delivery refused = rep.Remove(message);
  lock.unlock();
  refused.Refused(TooLarge(rep.address, bytes, error));
}

Status KafkaProducer::Ready() const {
  if (Status reachable = rep_->watch->Ready(); !reachable) return reachable;
  const std::lock_guard lock(rep_->mutex);
  if (!rep_->problem.empty()) return Error{ErrorCode::kUnavailable, rep_->problem};
  return {};
}

Status KafkaProducer::Failure() const { return rep_->watch->NeverThere(SteadyNow(), kMissingGrace); }

void KafkaProducer::RequestStop() {
  const std::lock_guard lock(rep_->mutex);
  rep_->stop = true;
  rep_->changed.notify_all();
}

Status KafkaProducer::Close(SteadyTime deadline) {
  std::size_t left = 0;
  {
    std::unique_lock lock(rep_->mutex);
    // After RequestStop nobody waits for the rest.
    rep_->changed.wait_until(lock, deadline, [&] { return rep_->messages.empty() || rep_->stop; });
    left = rep_->messages.size();
  }
  rep_->End();
  if (left == 0) return {};
  return Error{ErrorCode::kTimeout,
               fmt::format("kafka topic {} has not acknowledged {} messages in time; their records are read again",
                           rep_->address.topic, left)};
}

}  // namespace wirewatch
