// KafkaProducer: messages into one kafka topic, each with its one outcome, through everything that passes.
// By hand on librdkafka's C interface: modern-cpp-kafka has no transactions, cppkafka is unmaintained, and librdkafka's
// own C++ interface loses errors.
//
// A message is kept here until the broker has acknowledged it or refused it for good, and is sent again for as long as
// that takes: nothing is lost while the broker is away. librdkafka retries by itself. What librdkafka gives up is sent
// again by the producer, with a new client where that is needed (kafka_renewal.h): librdkafka's own producer turned
// fatal, as 2.0.2's idempotent one does after some disconnects (librdkafka#4438), or the kafka topic was missing. That
// may repeat a message, never lose one.
//
// Too large: a broker refuses whole batches. A batch that is too large is sent again in batches of half the size. Only
// a message that is too large alone is refused, or cut where that is possible (KafkaMessageBody::shrink).
//
// Threads: Send by one thread; Ready and RequestStop by any. Deliveries are completed by a thread of the producer.
#ifndef WIREWATCH_CONNECTORS_KAFKA_PRODUCE_KAFKA_PRODUCER_H_
#define WIREWATCH_CONNECTORS_KAFKA_PRODUCE_KAFKA_PRODUCER_H_

#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "connectors/kafka/client/kafka_message.h"
#include "connectors/kafka/client/kafka_settings.h"
#include "monitoring/metrics.h"
#include "pipeline/records/sink.h"

namespace wirewatch {

class KafkaProducer : public MessageSender {
 public:
  // `role`: "alerts" or "dead-letters", for the log and the client id.
  // Errors: kInvalid: a property is not taken. Brokers are not waited for.
  static Result<std::unique_ptr<KafkaProducer>> Create(std::string role, std::string topic, const KafkaSettings& shared,
                                                       MetricsRegistry& metrics,
                                                       Compression compression = Compression::kFast);
  ~KafkaProducer() override;

  // Blocks while too much is under way, by bytes or count.
  void Send(KafkaMessageBody message, Delivery delivery) override;

  Status Ready() const override;
  Status Failure() const override;
  void RequestStop() override;
  Status Close(SteadyTime deadline) override;

 private:
  struct Rep;
  explicit KafkaProducer(std::unique_ptr<Rep> rep);
  const std::unique_ptr<Rep> rep_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_KAFKA_PRODUCE_KAFKA_PRODUCER_H_
