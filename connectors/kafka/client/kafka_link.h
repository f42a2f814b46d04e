// KafkaLink: opens the client of a tool, and says why no broker answers.
//
// A service keeps trying and says so on /readyz (TopicWatch). A person waits for a tool, so the tool ends with an
// error: at once where another try is of no use (a password, a certificate), else at its deadline.
#ifndef WIREWATCH_CONNECTORS_KAFKA_CLIENT_KAFKA_LINK_H_
#define WIREWATCH_CONNECTORS_KAFKA_CLIENT_KAFKA_LINK_H_

#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "connectors/kafka/client/rd_handles.h"

namespace wirewatch {

// Must outlive the client, whose callbacks it takes. Not moved: the client points to it.
class KafkaLink {
 public:
  KafkaLink() = default;
  KafkaLink(const KafkaLink&) = delete;
  KafkaLink& operator=(const KafkaLink&) = delete;

  // Takes the opaque and the error callback of `conf`. kInvalid: the properties do not go together.
  Result<KafkaHandle> Open(rd_kafka_type_t type, KafkaConf conf);

  // Waits for the first answer: how many brokers there are. kUnavailable: none answers, and why.
  Result<int> CountBrokers(rd_kafka_t* client, const std::string& bootstrap_servers, SteadyTime deadline);

  // Why the last connection failed; empty: none did.
  const std::string& reason() const { return reason_; }

 private:
  static void OnErrorEvent(rd_kafka_t* client, int error, const char* reason, void* self);

  std::string reason_;
  bool hopeless_ = false;
};

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_KAFKA_CLIENT_KAFKA_LINK_H_
