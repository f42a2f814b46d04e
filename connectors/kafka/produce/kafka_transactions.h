// KafkaTransactions: a step's messages, and the offsets of the records that they follow from, in Kafka's transactions.
// A reader with isolation.level=read_committed sees each message once, whatever process was killed and whatever was
// read twice (KIP-98; KIP-447: the group's generation fences processes that lost their partitions).
//
// There is one producer for each step and process, since the offsets belong to the step's own group. A message that a
// broker refuses undoes its transaction, and the records are read again (refused_messages.h).
//
// When we are fenced the process must end, and Commit says so: another process has our transactional id, or the brokers
// gave up on a transaction of ours that took longer than transaction.timeout.ms.
#ifndef WIREWATCH_CONNECTORS_KAFKA_PRODUCE_KAFKA_TRANSACTIONS_H_
#define WIREWATCH_CONNECTORS_KAFKA_PRODUCE_KAFKA_TRANSACTIONS_H_

#include <memory>
#include <string>

#include "base/result.h"
#include "connectors/kafka/client/kafka_message.h"
#include "connectors/kafka/client/kafka_settings.h"
#include "connectors/kafka/consume/kafka_source.h"
#include "monitoring/metrics.h"
#include "pipeline/records/transactions.h"

namespace wirewatch {

class KafkaTransactions : public Transactions {
 public:
  // `step`: "match" or "alert". `consumer`: the settings of the step's source, for its instance_id. Borrows `metrics`.
  // Errors: kInvalid: a property is not taken. Brokers are not waited for.
  static Result<std::shared_ptr<KafkaTransactions>> Create(std::string step, const KafkaConsumerSettings& consumer,
                                                           const KafkaSettings& shared, MetricsRegistry& metrics);
  ~KafkaTransactions() override;

  // Whose offsets are committed; once, before all else. Borrows it until the last call of Holds, Commit and Abort.
  // REQUIRES: KafkaSourceOptions::transactional.
  void CommitOffsetsOf(KafkaSource& source);

  // A sender into `topic` by transactions of `self`, which it shares. Its Send belongs to the thread that commits.
  static std::unique_ptr<MessageSender> SenderTo(std::string topic, std::shared_ptr<KafkaTransactions> self,
                                                 Compression compression = Compression::kFast);

  bool Holds(const RecordPlace& place) const override;
  Result<bool> TakeName() override;
  Result<bool> Commit(const ReadPlaces& read) override;
  Status Abort(const ReadPlaces& read) override;
  void RequestStop() override;

 private:
  class Sender;
  struct Rep;
  explicit KafkaTransactions(std::unique_ptr<Rep> rep);
  const std::unique_ptr<Rep> rep_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_KAFKA_PRODUCE_KAFKA_TRANSACTIONS_H_
