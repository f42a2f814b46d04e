// The Kafka sinks: an alert, a match, a decision or a dead letter as one Kafka message. A KafkaProducer or
// KafkaTransactions sends it. Threads, errors and blocking are those of the MessageSender, which a sink owns.
#ifndef WIREWATCH_CONNECTORS_KAFKA_PRODUCE_KAFKA_SINK_H_
#define WIREWATCH_CONNECTORS_KAFKA_PRODUCE_KAFKA_SINK_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "connectors/kafka/client/kafka_message.h"
#include "pipeline/alert/alert_sink.h"
#include "pipeline/alert/decision_sink.h"
#include "pipeline/match/match_sink.h"
#include "pipeline/records/sink.h"

namespace wirewatch {

// Key: topic id. Value: ToJson(alert). Headers: CloudEvents 1.0, Kafka binding, binary mode (`ce_id` is the alert's id,
// by which readers drop repeats). And the article's traceparent and tracestate, if it had them.
// `ce_source`: which installation it comes from.
KafkaMessageBody ToMessage(const Alert& alert, const std::string& ce_source = "urn:wirewatch");

// Key: topic id, so that one process sees all matches of a topic in one order. Value: docs/schema/match.schema.json.
// Headers: CloudEvents 1.0 as above, `ce_id` the match's id. Timestamp: the article's record time
// (StepTimes::recorded).
KafkaMessageBody ToMessageBody(const Match& match);

// Without a key: it is for a partition. Value, headers and timestamp as those of a match, `ce_type`
// wirewatch.revision.v3.
KafkaMessageBody ToMessageBody(const Revision& revision);

// Key: topic id. Partition: that of its match, whatever the key says: who restores a partition of the matches reads the
// same one of the decisions. Value: docs/schema/decision.schema.json. Headers: CloudEvents 1.0 as above, `ce_id` made
// of the match's partition and offset.
KafkaMessageBody ToMessageBody(const Decision& decision);

// Payload, key and headers are the record's, byte for byte; then headers of ours: wirewatch-reason, -message, -topic
// (or file), -partition, -offset, -time; of an oversize record -bytes (of the whole) and -spill-path; of records that
// cannot be read -last-offset. Headers of these names that the record brought along are left out, since they tell of an
// earlier time. A Record holds a null key as an empty one: null is what is written for both.
//
// Where the kafka topic takes no message of that size, the payload is cut to half, and again; then key and headers of
// the record's own go, too. wirewatch-bytes says how long the payload was, wirewatch-cut how much of it is left, and
// place and spill path where the whole is.
KafkaMessageBody ToMessage(const DeadLetter& letter);

// What all of them hand on to their MessageSender. `Kind`: AlertSink, MatchSink, DecisionSink or DeadLetterSink.
template <class Kind>
class KafkaSink : public Kind {
 public:
  explicit KafkaSink(std::unique_ptr<MessageSender> sender) : sender_(std::move(sender)) {}

  Status Ready() const override { return sender_->Ready(); }
  Status Failure() const override { return sender_->Failure(); }
  void RequestStop() override { sender_->RequestStop(); }
  void Flush() override {}  // nothing lingers for more than milliseconds
  Status Close(SteadyTime deadline) override { return sender_->Close(deadline); }

 protected:
  MessageSender& sender() const { return *sender_; }

 private:
  const std::unique_ptr<MessageSender> sender_;
};

class KafkaAlertSink : public KafkaSink<AlertSink> {
 public:
  KafkaAlertSink(std::unique_ptr<MessageSender> sender, std::string ce_source)
      : KafkaSink(std::move(sender)), ce_source_(std::move(ce_source)) {}

  std::string_view name() const override { return "kafka"; }
  void Send(const Alert& alert, Delivery delivery) override {
    sender().Send(ToMessage(alert, ce_source_), std::move(delivery));
  }

 private:
  const std::string ce_source_;
};

// How many partitions a kafka topic has. Threads: one, but for RequestStop.
class PartitionCounter {
 public:
  virtual ~PartitionCounter() = default;
  // Blocks until it is known; nothing after RequestStop.
  virtual std::optional<std::int32_t> Count() = 0;
  virtual void RequestStop() = 0;
};

// A revision goes to every partition, since an alert on its article may stand in the state of any.
class KafkaMatchSink : public KafkaSink<MatchSink> {
 public:
  KafkaMatchSink(std::unique_ptr<MessageSender> sender, std::unique_ptr<PartitionCounter> partitions)
      : KafkaSink(std::move(sender)), partitions_(std::move(partitions)) {}

  std::string_view name() const override { return "matches"; }
  void RequestStop() override {
    partitions_->RequestStop();
    KafkaSink::RequestStop();
  }
  void Send(const Match& match, Delivery delivery) override {
    sender().Send(ToMessageBody(match), std::move(delivery));
  }
  void Send(const Revision& revision, Delivery delivery) override;

 private:
  const std::unique_ptr<PartitionCounter> partitions_;
};

class KafkaDecisionSink : public KafkaSink<DecisionSink> {
 public:
  using KafkaSink::KafkaSink;

  std::string_view name() const override { return "decisions"; }
  void Send(const Decision& decision, Delivery delivery) override {
    sender().Send(ToMessageBody(decision), std::move(delivery));
  }
};

class KafkaDeadLetterSink : public KafkaSink<DeadLetterSink> {
 public:
  using KafkaSink::KafkaSink;

  std::string_view name() const override { return "kafka"; }
  void Send(const DeadLetter& letter, Delivery delivery) override {
    sender().Send(ToMessage(letter), std::move(delivery));
  }
};

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_KAFKA_PRODUCE_KAFKA_SINK_H_
