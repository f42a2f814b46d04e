// KafkaRenewal: the client of a producer, which is made anew while the producer lives: when the client met a fatal
// error, and with smaller batches when the broker takes none so large. What was under way comes back to the owner in
// the callbacks, and is the owner's to send again.
//
// Threads: one thread renews, and alone may use the client without a lock. Probe and With are for the others: they keep
// the client from being replaced while they run.
#ifndef WIREWATCH_CONNECTORS_KAFKA_CLIENT_KAFKA_RENEWAL_H_
#define WIREWATCH_CONNECTORS_KAFKA_CLIENT_KAFKA_RENEWAL_H_

#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <utility>

#include "base/result.h"
#include "connectors/kafka/client/kafka_config.h"
#include "connectors/kafka/client/kafka_probe.h"
#include "connectors/kafka/client/rd_handles.h"

namespace wirewatch {

class KafkaRenewal {
 public:
  struct Hooks {
    // The properties of the next client, with the owner's callbacks.
    std::function<Result<KafkaConf>(std::size_t batch_bytes)> configure;
    std::function<void(rd_kafka_t*)> connected = {};  // a client was made; null: nobody wants to know
    std::function<void()> disconnecting = {};         // before the client goes; topic handles of it must go here
  };
  // `who`: "kafka sink alerts", for the log.
  KafkaRenewal(std::string who, Hooks hooks) : who_(std::move(who)), hooks_(std::move(hooks)) {}
  ~KafkaRenewal() { Disconnect(); }
  KafkaRenewal(const KafkaRenewal&) = delete;
  KafkaRenewal& operator=(const KafkaRenewal&) = delete;

  // The first client. Brokers are not waited for. kInvalid: a property is not taken.
  Status Connect();
  // Lets the client report what was acknowledged in the meantime; all other messages come back as purged. Blocks for up
  // to two seconds. Without a client: nothing.
  void Disconnect();
  // Another client in its place; with an error there is none.
  Status Renew();

  // For the renewing thread. Null: there is none.
  rd_kafka_t* get() const { return client_.get(); }
  // From the next client on.
  void HalveBatches();
  std::size_t batch_bytes() const { return batch_bytes_; }

  // As ProbeTopic; kUnavailable while there is no client.
  Status Probe(const KafkaAddress& address);
  // Calls `use` with the client, or null, while nobody replaces it.
  void With(const std::function<void(rd_kafka_t*)>& use);

 private:
  // REQUIRES: mutex_ is held.
  Status MakeNext();
  void PurgeAndDestroy();

  const std::string who_;
  const Hooks hooks_;
  std::mutex mutex_;  // held for the time of a probe, too
  KafkaHandle client_;
  std::size_t batch_bytes_ = kDefaultBatchBytes;
};

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_KAFKA_CLIENT_KAFKA_RENEWAL_H_
