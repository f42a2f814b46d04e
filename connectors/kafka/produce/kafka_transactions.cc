#include "connectors/kafka/produce/kafka_transactions.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

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
#include "connectors/kafka/consume/kafka_membership.h"
#include "connectors/kafka/produce/kafka_produce.h"
#include "connectors/kafka/produce/refused_messages.h"
#include "pipeline/flow/flow_metrics.h"

namespace wirewatch {
namespace {

constexpr log::Module kLog("kafka");

constexpr std::chrono::milliseconds kCall{2'000};  // longest time in one call that may be repeated
constexpr std::chrono::milliseconds kPoll{100};
constexpr std::chrono::milliseconds kRetryFirst{100}, kRetryLongest{5'000};
constexpr std::size_t kSmallestBatch = 1'000;

// Unique among live processes (of one group an instance_id is), and the same after a restart where the operator names
// the process: then a restart ends the transaction that a crash left open at once, and readers do not wait for its
// timeout.
std::string TransactionalId(const std::string& step, const KafkaConsumerSettings& consumer,
                            const KafkaSettings& shared) {
  const std::string prefix = fmt::format("{}-{}-{}", shared.client_id, consumer.group, step);
  if (const std::string& instance = consumer.instance_id; !instance.empty()) {
    return fmt::format("{}-{}", prefix, instance);
  }
  std::array<char, 256> host{};
  gethostname(host.data(), host.size() - 1);
  return fmt::format("{}-{}-{}-{}", prefix, host.data(), getpid(), WallNow().time_since_epoch().count());
}

}  // namespace

struct KafkaTransactions::Rep {
  // A message of the open transaction. librdkafka reads its bytes where they are.
  struct Sent {
    Rep* owner;
    const std::string* topic;
    KafkaMessageBody body;
    Delivery delivery;
    std::size_t whole = 0;  // its fingerprint, of RefusedMessages
  };
  enum class Answer { kDone, kAgain, kUndo, kRenew };  // left to do: nothing; the same call; abort; a new client

  Rep(std::string step_, const KafkaConsumerSettings& consumer, const KafkaSettings& shared_, MetricsRegistry& metrics_)
      : step(std::move(step_)),
        transactional_id(TransactionalId(step, consumer, shared_)),
        shared(shared_),
        metrics{metrics_},
        committed(metrics.transactions.With(step, "committed")),
        aborted(metrics.transactions.With(step, "aborted")),
        retries(SinkMetrics{metrics_}.retries.With("kafka")),
        renewal(fmt::format("kafka transactions of step {}", step),
                {.configure = [this](std::size_t batch_bytes) { return Configure(batch_bytes); },
                 .connected =
                     [this](rd_kafka_t* client) {
                       for (const std::string& topic : small) CompressSmall(client, topic);
                     },
                 .disconnecting = [this] { small_topics.clear(); }}) {}
  ~Rep() { Disconnect(); }

  Result<KafkaConf> Configure(std::size_t batch_bytes);
  void Disconnect();
  void Reconnect();
  Result<Answer> Judge(std::string_view what, rd_kafka_error_t* taken);
  rd_kafka_error_t* Initialise();
  Result<bool> TakeName();
  Status Begin();
  Result<Answer> Repeat(std::string_view what, const std::function<rd_kafka_error_t*()>& call);
  Result<bool> Commit(const ReadPlaces& read);
  Result<bool> Undo(const ReadPlaces& read, Answer how);
  void GiveUp(const Error& why);
  void Send(const std::string& topic, KafkaMessageBody body, Delivery delivery);
  void OnReport(const Sent& sent, rd_kafka_resp_err_t error);
  bool has_failed() const { return !failure; }
  Error Fenced() const;
  Error Unknown() const;
  void SetProblem(std::string text);
  Status Ready() const;
  Status Probe(const std::string& topic);
  void CompressSmall(rd_kafka_t* client, const std::string& topic);
  bool WaitUntilStop(std::chrono::milliseconds time);

  static void OnReportCallback(rd_kafka_t* client, const rd_kafka_message_t* report, void* self);
  static void OnErrorEvent(rd_kafka_t* client, int error, const char* reason, void* self);

  const std::string step;
  const std::string transactional_id;
  const KafkaSettings shared;
  KafkaMetrics metrics;
  Counter committed, aborted, retries;
  RepeatFilter repeats;
  KafkaSource* source = nullptr;

  // What is in the open transaction stands before the client that reads it. Both, and what follows to `backoff`, are of
  // the thread that commits.
  std::deque<Sent> sent;
  std::vector<std::string> small;              // kafka topics whose messages are compressed as Compression::kSmall
  std::vector<KafkaTopicHandle> small_topics;  // of the client
  KafkaRenewal renewal;                        // its hooks guard `small` and `small_topics`
  bool initialised = false;                    // the client's transactions
  bool open = false;                           // a transaction is
  bool broken = false;                         // it can only be undone
  bool must_halve = false;                     // the batches
  RefusedMessages refused;
  Status failure;  // no transaction will begin
  Backoff backoff{kRetryFirst, kRetryLongest};

  mutable std::mutex mutex;
  std::condition_variable stopping;
  bool stop = false;
  std::string problem;
};

// ---------------------------------------------------------------------------------------------------------- client

Result<KafkaConf> KafkaTransactions::Rep::Configure(std::size_t batch_bytes) {
  auto conf = TransactionalConf(shared, step, transactional_id, batch_bytes);
  if (!conf) return conf;
  rd_kafka_conf_set_opaque(conf->get(), this);
  rd_kafka_conf_set_dr_msg_cb(conf->get(), OnReportCallback);
  rd_kafka_conf_set_error_cb(conf->get(), OnErrorEvent);
  return conf;
}

// librdkafka keeps the first settings that it is given for a kafka topic, while there is a handle.
void KafkaTransactions::Rep::CompressSmall(rd_kafka_t* client, const std::string& topic) {
  KafkaTopicConf topic_conf = SmallTopicConf(shared);
  if (!topic_conf) return;
  small_topics.emplace_back(rd_kafka_topic_new(client, topic.c_str(), topic_conf.get()));
  if (small_topics.back()) topic_conf.release();  // rd_kafka_topic_new took it
}

// What is left of a transaction is undone by the brokers, at the latest when the next client of this name begins.
void KafkaTransactions::Rep::Disconnect() {
  renewal.Disconnect();
  sent.clear();
}

// In one step: whoever probes in between would see no client.
void KafkaTransactions::Rep::Reconnect() {
  const Status connected = renewal.Renew();
  sent.clear();  // the client that read it is gone
  if (connected) {
    initialised = open = broken = false;
  } else {
    SetProblem(connected.error().message);
  }
}

// What a call of librdkafka left to do; takes its answer over.
// Errors: fenced.
Result<KafkaTransactions::Rep::Answer> KafkaTransactions::Rep::Judge(std::string_view what, rd_kafka_error_t* taken) {
  const KafkaError error(taken);
  if (!error) return Answer::kDone;
  const rd_kafka_resp_err_t code = rd_kafka_error_code(error.get());
  if (code == RD_KAFKA_RESP_ERR__FENCED || code == RD_KAFKA_RESP_ERR_PRODUCER_FENCED ||
      (rd_kafka_error_is_fatal(error.get()) != 0 && code == RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH)) {
    return Fenced();
  }
  SetProblem(fmt::format("kafka transactions of step {}: {}: {}", step, what, ErrorTextOf(*error)) +
             HelpToBeAllowed(code, "Write", transactional_id));
  if (rd_kafka_error_is_fatal(error.get()) != 0) return Answer::kRenew;
  if (rd_kafka_error_txn_requires_abort(error.get()) != 0) return Answer::kUndo;
  if (rd_kafka_error_is_retriable(error.get()) == 0 && code != RD_KAFKA_RESP_ERR__TIMED_OUT) return Answer::kRenew;
  retries.Increment();
  return Answer::kAgain;
}

// Calls until librdkafka does not ask for the same call again.
// Errors: fenced, or told to stop.
Result<KafkaTransactions::Rep::Answer> KafkaTransactions::Rep::Repeat(std::string_view what,
                                                                      const std::function<rd_kafka_error_t*()>& call) {
  while (true) {
    auto answer = Judge(what, call());
    if (!answer || *answer != Answer::kAgain) return answer;
    if (WaitUntilStop(kPoll)) {
      return Error{ErrorCode::kTimeout,
                   fmt::format("{}: given up; nothing is lost, the records are read again", Ready().error().message)};
    }
  }
}

Error KafkaTransactions::Rep::Fenced() const {
  return {
      ErrorCode::kRejected,
      fmt::format("kafka: the transactions of {} are fenced: another process runs under the same instance_id, or the "
                  "brokers gave up on one that took longer than transaction.timeout.ms; nothing is lost, restart "
                  "this process",
                  transactional_id)};
}

Error KafkaTransactions::Rep::Unknown() const {
  return {
      ErrorCode::kRejected,
      fmt::format("{}: whether a transaction of {} was committed is not known; nothing is lost, restart this process",
                  Ready().error().message, transactional_id)};
}

// ----------------------------------------------------------------------------------------------------- transactions

rd_kafka_error_t* KafkaTransactions::Rep::Initialise() {
  rd_kafka_error_t* const error = rd_kafka_init_transactions(renewal.get(), static_cast<int>(kCall.count()));
  initialised = error == nullptr;
  return error;
}

// One try.
Result<bool> KafkaTransactions::Rep::TakeName() {
  if (has_failed()) return failure.error();
  if (initialised) return true;
  const auto answer = renewal.get() != nullptr ? Judge("beginning", Initialise()) : Answer::kRenew;
  if (!answer) return answer.error();
  if (initialised) SetProblem("");
  if (*answer == Answer::kRenew) {
    WaitUntilStop(backoff.Next());
    Reconnect();
  }
  return initialised;
}

Status KafkaTransactions::Rep::Begin() {
  while (!open && !broken) {
    Result<Answer> answer = renewal.get() != nullptr ? Answer::kDone : Answer::kRenew;
    if (renewal.get() != nullptr && !initialised) answer = Repeat("beginning", [&] { return Initialise(); });
    if (answer && *answer == Answer::kDone) {
      answer = Repeat("beginning", [&] { return rd_kafka_begin_transaction(renewal.get()); });
    }
    if (!answer) return std::move(answer).error();
    if (*answer == Answer::kDone) {
      open = true;
      return {};
    }
    if (WaitUntilStop(backoff.Next())) {
      return Error{ErrorCode::kTimeout, fmt::format("kafka transactions of step {}: given up before the first", step)};
    }
    Reconnect();
  }
  return {};
}

// The delivery of what cannot be sent now stays with its transaction, which is undone.
void KafkaTransactions::Rep::Send(const std::string& topic, KafkaMessageBody body, Delivery delivery) {
  const std::size_t whole = RefusedMessages::FingerprintOf(topic, body);
  const KafkaAddress address{shared.bootstrap_servers, topic};
  if (Status prepared = refused.Prepare(address, body, whole, SteadyNow()); !prepared) {
    delivery.Refused(std::move(prepared).error());
    return;
  }
  const std::size_t bytes = body.SizeInBytes();
  if (Status begun = Begin(); !begun) {
    failure = std::move(begun);
    return;
  }
  Sent& message = sent.emplace_back(Sent{this, &topic, std::move(body), std::move(delivery), whole});
  while (!broken) {
    switch (const rd_kafka_resp_err_t error = Produce(renewal.get(), topic, message.body, &message)) {
      case RD_KAFKA_RESP_ERR_NO_ERROR: rd_kafka_poll(renewal.get(), 0); return;
      case RD_KAFKA_RESP_ERR__QUEUE_FULL:
        rd_kafka_poll(renewal.get(), static_cast<int>(kPoll.count()));
        if (WaitUntilStop(std::chrono::milliseconds(0))) broken = true;
        break;
      case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE: {
        if (whole != 0 && message.body.shrink(message.body)) break;
        Delivery too_large = std::move(message.delivery);
        sent.pop_back();
        too_large.Refused(TooLarge(address, bytes, error));
        return;
      }
      default:
        SetProblem(fmt::format("kafka topic {} takes no messages: {}", topic, rd_kafka_err2str(error)));
        broken = true;
    }
  }
}

void KafkaTransactions::Rep::OnReport(const Sent& message, rd_kafka_resp_err_t error) {
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR || error == RD_KAFKA_RESP_ERR__PURGE_QUEUE ||
      error == RD_KAFKA_RESP_ERR__PURGE_INFLIGHT) {
    return;
  }
  broken = true;
  const std::size_t batch_bytes = renewal.batch_bytes();
  if (IsTooLarge(error) && message.body.SizeInBytes() < batch_bytes && batch_bytes / 2 >= kSmallestBatch) {
    must_halve = true;  // it may have been the company it was in
  } else if (IsTooLarge(error)) {
    refused.LearnTooLarge(*message.topic, message.body, message.whole, SteadyNow());
  } else if (IsAboutTheMessage(error)) {
    refused.Learn(*message.topic, message.body, error);
  } else {
    SetProblem(fmt::format("kafka topic {} takes no messages: {}{}", *message.topic, rd_kafka_err2str(error),
                           HelpToBeAllowed(error, "Write", *message.topic)));
  }
}

Result<bool> KafkaTransactions::Rep::Commit(const ReadPlaces& read) {
  if (has_failed()) return failure.error();
  if (Status begun = Begin(); !begun) return std::move(begun).error();
  if (broken) return Undo(read, Answer::kUndo);
  const auto membership = source->MembershipFor(read);
  if (!membership) return Undo(read, Answer::kUndo);
  auto answer = Repeat("committing", [&] {
    return rd_kafka_send_offsets_to_transaction(renewal.get(), membership->offsets.get(), membership->member.get(),
                                                static_cast<int>(kCall.count()));
  });
  if (answer && *answer == Answer::kDone) {
    answer = Repeat("committing",
                    [&] { return rd_kafka_commit_transaction(renewal.get(), static_cast<int>(kCall.count())); });
    // Perhaps it is committed: to do it again could be to do it twice. Where a restart begins, the brokers know.
    if (answer && *answer == Answer::kRenew) return Unknown();
  }
  if (!answer) return std::move(answer).error();
  if (*answer != Answer::kDone) return Undo(read, *answer);
  open = false;
  backoff.Reset();
  SetProblem("");
  source->SetCommitted(read);
  committed.Increment();
  for (Sent& message : sent) {
    refused.Forget(message.whole);
    message.delivery.Delivered();
  }
  sent.clear();
  return true;
}

// Gives false, or an error.
Result<bool> KafkaTransactions::Rep::Undo(const ReadPlaces& read, Answer how) {
  const bool by_group = !broken && how == Answer::kUndo;
  if (how != Answer::kRenew && open) {
    auto undone =
        Repeat("undoing", [&] { return rd_kafka_abort_transaction(renewal.get(), static_cast<int>(kCall.count())); });
    if (!undone) return std::move(undone).error();
    how = *undone == Answer::kDone ? Answer::kDone : Answer::kRenew;
  }
  if (must_halve) renewal.HalveBatches();
  if (how == Answer::kRenew || must_halve) Reconnect();
  open = broken = must_halve = false;
  sent.clear();  // deliveries without outcome
  aborted.Increment();
  if (source != nullptr) source->Rewind(read);
  // The group gave our partitions away. A commit would end the problem, but with none left no commit comes.
  if (by_group) SetProblem("");
  if (WaitUntilStop(backoff.Next())) {
    return Error{ErrorCode::kTimeout, fmt::format("kafka transactions of step {}: told to stop", step)};
  }
  return false;
}

// Whoever waits for the deliveries of what was sent must not wait any longer.
void KafkaTransactions::Rep::GiveUp(const Error& why) {
  if (!has_failed()) failure = why;
  Disconnect();
}

// -------------------------------------------------------------------------------------------------- health and stop

// True: told to stop.
bool KafkaTransactions::Rep::WaitUntilStop(std::chrono::milliseconds time) {
  std::unique_lock lock(mutex);
  return stopping.wait_for(lock, time, [&] { return stop; });
}

void KafkaTransactions::Rep::SetProblem(std::string text) {
  const std::lock_guard lock(mutex);
  problem = std::move(text);
  if (!problem.empty() && repeats.IsNew(problem, SteadyNow()))
    kLog.Warn("{error}; what it holds is done again", {{"error", problem}});
}

Status KafkaTransactions::Rep::Ready() const {
  const std::lock_guard lock(mutex);
  if (!problem.empty()) return Error{ErrorCode::kUnavailable, problem};
  return {};
}

Status KafkaTransactions::Rep::Probe(const std::string& topic) {
  return renewal.Probe({shared.bootstrap_servers, topic});
}

void KafkaTransactions::Rep::OnReportCallback(rd_kafka_t* /*client*/, const rd_kafka_message_t* report,
                                              void* /*self*/) {
  const auto& message = *static_cast<const Sent*>(report->_private);
  message.owner->OnReport(message, report->err);
}

void KafkaTransactions::Rep::OnErrorEvent(rd_kafka_t* /*client*/, int error, const char* reason, void* self) {
  Rep& rep = *static_cast<Rep*>(self);
  rep.metrics.errors.Increment();
  if (ClassifyEvent(error) == ErrorEvent::kFatal) return;  // the next call tells
  if (rep.repeats.IsNew(reason, SteadyNow()))
    kLog.Warn("kafka transactions of step {step}: {error}", {{"step", rep.step}, {"error", ReasonForPeople(reason)}});
}

// ------------------------------------------------------------------------------------------------------ the outside

class KafkaTransactions::Sender : public MessageSender {
 public:
  Sender(std::string topic, std::shared_ptr<KafkaTransactions> transactions)
      : topic_(std::move(topic)),
        transactions_(std::move(transactions)),
        watch_(
            fmt::format("kafka sink {}", topic_), transactions_->rep_->shared.bootstrap_servers,
            [this] { return transactions_->rep_->Probe(topic_); }, TopicWatch::Times{}) {}

  void Send(KafkaMessageBody message, Delivery delivery) override {
    transactions_->rep_->Send(topic_, std::move(message), std::move(delivery));
  }
  Status Ready() const override {
    if (Status reachable = watch_.Ready(); !reachable) return reachable;
    return transactions_->rep_->Ready();
  }
  Status Failure() const override { return watch_.NeverThere(SteadyNow(), kMissingGrace); }
  void RequestStop() override { transactions_->RequestStop(); }
  Status Close(SteadyTime /*deadline*/) override {
    watch_.Stop();
    return {};  // all is committed, or undone
  }

 private:
  const std::string topic_;
  const std::shared_ptr<KafkaTransactions> transactions_;
  TopicWatch watch_;
};

Result<std::shared_ptr<KafkaTransactions>> KafkaTransactions::Create(std::string step,
                                                                     const KafkaConsumerSettings& consumer,
                                                                     const KafkaSettings& shared,
                                                                     MetricsRegistry& metrics) {
  auto rep = std::make_unique<Rep>(std::move(step), consumer, shared, metrics);
  if (Status connected = rep->renewal.Connect(); !connected) return std::move(connected).error();
  return std::shared_ptr<KafkaTransactions>(new KafkaTransactions(std::move(rep)));
}

KafkaTransactions::KafkaTransactions(std::unique_ptr<Rep> rep) : rep_(std::move(rep)) {}
KafkaTransactions::~KafkaTransactions() = default;

void KafkaTransactions::CommitOffsetsOf(KafkaSource& source) { rep_->source = &source; }

std::unique_ptr<MessageSender> KafkaTransactions::SenderTo(std::string topic, std::shared_ptr<KafkaTransactions> self,
                                                           Compression compression) {
  if (compression == Compression::kSmall) {
    Rep& rep = *self->rep_;
    rep.renewal.With([&](rd_kafka_t* client) {
      rep.small.push_back(topic);
      if (client != nullptr) rep.CompressSmall(client, topic);
    });
  }
  return std::make_unique<Sender>(std::move(topic), std::move(self));
}

bool KafkaTransactions::Holds(const RecordPlace& place) const { return rep_->source->Holds(place); }

Result<bool> KafkaTransactions::TakeName() {
  Result<bool> taken = rep_->TakeName();
  if (!taken) rep_->GiveUp(taken.error());
  return taken;
}

Result<bool> KafkaTransactions::Commit(const ReadPlaces& read) {
  Result<bool> committed = rep_->Commit(read);
  if (!committed) rep_->GiveUp(committed.error());
  return committed;
}

Status KafkaTransactions::Abort(const ReadPlaces& read) {
  auto undone = rep_->Undo(read, Rep::Answer::kUndo);
  if (undone) return {};
  rep_->GiveUp(undone.error());
  return std::move(undone).error();
}

void KafkaTransactions::RequestStop() {
  const std::lock_guard lock(rep_->mutex);
  rep_->stop = true;
  rep_->stopping.notify_all();
}

}  // namespace wirewatch
