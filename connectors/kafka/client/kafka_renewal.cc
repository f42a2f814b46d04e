#include "connectors/kafka/client/kafka_renewal.h"

#include <chrono>

#include "base/clock.h"
#include "base/log.h"
#include "connectors/kafka/client/kafka_client.h"

namespace wirewatch {
namespace {

constexpr log::Module kLog("kafka");

constexpr std::chrono::milliseconds kPoll{100};
constexpr std::chrono::milliseconds kProbe{2'000};
constexpr std::chrono::milliseconds kGoodbye{2'000};  // for the last reports of a client

}  // namespace

Status KafkaRenewal::Connect() {
  const std::lock_guard lock(mutex_);
  return MakeNext();
}

Status KafkaRenewal::MakeNext() {
  auto conf = hooks_.configure(batch_bytes_);
  if (!conf) return std::move(conf).error();
  auto made = MakeClient(RD_KAFKA_PRODUCER, *std::move(conf));
  if (!made) return std::move(made).error();
  client_ = *std::move(made);
  if (hooks_.connected) hooks_.connected(client_.get());
  return {};
}

void KafkaRenewal::PurgeAndDestroy() {
  if (!client_) return;
  rd_kafka_purge(client_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
  const SteadyTime deadline = SteadyNow() + kGoodbye;
  while (rd_kafka_outq_len(client_.get()) > 0 && SteadyNow() < deadline) {
    rd_kafka_poll(client_.get(), static_cast<int>(kPoll.count()));
  }
  if (hooks_.disconnecting) hooks_.disconnecting();
  client_.reset();
}

void KafkaRenewal::Disconnect() {
  const std::lock_guard lock(mutex_);
  PurgeAndDestroy();
}

Status KafkaRenewal::Renew() {
  const std::lock_guard lock(mutex_);
  PurgeAndDestroy();
  return MakeNext();
}

void KafkaRenewal::HalveBatches() {
  batch_bytes_ /= 2;
  kLog.Info("{client}: the broker takes no batches of {bytes} bytes: halved",
            {{"client", who_}, {"bytes", batch_bytes_ * 2}});
}

Status KafkaRenewal::Probe(const KafkaAddress& address) {
  const std::lock_guard lock(mutex_);
  if (!client_) return Error{ErrorCode::kUnavailable, "the kafka producer is being made anew"};
  return ProbeTopic(client_.get(), address, kProbe);
}

void KafkaRenewal::With(const std::function<void(rd_kafka_t*)>& use) {
  const std::lock_guard lock(mutex_);
  use(client_.get());
}

}  // namespace wirewatch
