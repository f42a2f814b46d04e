// KafkaMessageBody: what a message for a kafka topic holds. MessageSender: what the Kafka sinks send messages through.
#ifndef WIREWATCH_CONNECTORS_KAFKA_CLIENT_KAFKA_MESSAGE_H_
#define WIREWATCH_CONNECTORS_KAFKA_CLIENT_KAFKA_MESSAGE_H_

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "pipeline/records/record.h"
#include "pipeline/records/sink.h"

namespace wirewatch {

// How messages are compressed, unless the user says otherwise. kSmall is for dead letters: a dead letter must fit where
// its record did, and whoever wrote the record may have compressed it well.
enum class Compression { kFast, kSmall };

struct KafkaMessageBody {
  // Of key, value and headers.
  std::size_t SizeInBytes() const {
    std::size_t size = (key ? key->size() : 0) + (value ? value->size() : 0);
    for (const RecordHeader& header : headers) size += header.name.size() + header.value.size();
    return size;
  }

  std::optional<std::string> key;
  std::optional<std::string> value;
  std::vector<RecordHeader> headers;
  std::optional<Partition> partition = {};  // nothing: as the key says
  std::optional<WallTime> time = {};        // the record's timestamp, in ms; nothing: when it is sent
  // Makes the message smaller, when its kafka topic takes none of this size. False: nothing is left to leave out. Null:
  // the message is sent whole or not at all.
  std::function<bool(KafkaMessageBody&)> shrink = {};
};

// Sends messages into one kafka topic. Threads: Send by one; Ready and RequestStop by any.
class MessageSender {
 public:
  virtual ~MessageSender() = default;

  // Blocks while there is no room, until RequestStop. The delivery has its outcome when the message is durable.
  virtual void Send(KafkaMessageBody message, Delivery delivery) = 0;

  virtual Status Ready() const = 0;
  // As SinkBase::Failure.
  virtual Status Failure() const = 0;
  virtual void RequestStop() = 0;
  // As SinkBase::Close.
  virtual Status Close(SteadyTime deadline) = 0;
};

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_KAFKA_CLIENT_KAFKA_MESSAGE_H_
