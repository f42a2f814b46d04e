// RefusedMessages: what a broker refused in a transaction, remembered for the time when its message comes again.
//
// A refusal undoes the whole transaction, and its records are read again. If the same message were sent again, it would
// undo transactions for ever. So before it is sent it is cut, where it was too large and can be cut; else it is refused
// here.
//
// Bounded: it forgets all of a kind when it holds ten thousand; what is forgotten is refused by the broker once more.
// Threads: one.
#ifndef WIREWATCH_CONNECTORS_KAFKA_PRODUCE_REFUSED_MESSAGES_H_
#define WIREWATCH_CONNECTORS_KAFKA_PRODUCE_REFUSED_MESSAGES_H_

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/clock.h"
#include "base/result.h"
#include "connectors/kafka/client/kafka_message.h"
#include "connectors/kafka/client/kafka_probe.h"
#include "connectors/kafka/client/rd_handles.h"

namespace wirewatch {

class RefusedMessages {
 public:
  // How long a message size that a kafka topic did not take is believed: its limit may be raised.
  static constexpr std::chrono::seconds kTooLargeFor{60};

  // By which a message is known when it comes again, before it is cut; 0: it is sent whole or not at all.
  static std::size_t FingerprintOf(const std::string& topic, const KafkaMessageBody& message);

  // Cuts a message that was too large before. An error: it is refused. `whole`: its fingerprint.
  Status Prepare(const KafkaAddress& address, KafkaMessageBody& message, std::size_t whole, SteadyTime now);

  // The broker found the message too large.
  void LearnTooLarge(const std::string& topic, const KafkaMessageBody& message, std::size_t whole, SteadyTime now);
  // The broker looked at the message itself and refused it.
  void Learn(const std::string& topic, const KafkaMessageBody& message, rd_kafka_resp_err_t error);
  // The message of this fingerprint is committed.
  void Forget(std::size_t whole);

 private:
  struct Limit {
    std::size_t bytes = 0;  // a message so large was refused, until then
    SteadyTime until{};
  };
  std::map<std::string, Limit> limits_;                           // by kafka topic
  std::unordered_map<std::size_t, rd_kafka_resp_err_t> refused_;  // by fingerprint of the message as it was sent
  std::unordered_map<std::size_t, std::size_t> too_large_;        // by fingerprint of the whole: with so many bytes
};

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_KAFKA_PRODUCE_REFUSED_MESSAGES_H_
