// MakeClient: the one place that makes clients of librdkafka, so that none goes without its token or tells a secret.
#ifndef WIREWATCH_CONNECTORS_KAFKA_CLIENT_KAFKA_CLIENT_H_
#define WIREWATCH_CONNECTORS_KAFKA_CLIENT_KAFKA_CLIENT_H_

#include <atomic>

#include "base/result.h"
#include "connectors/kafka/client/rd_handles.h"

namespace wirewatch {

// `conf`: of kafka_config.h, with the callbacks of the caller. The token of kafka.oauthbearer_token_file is read
// whenever librdkafka asks for one, in a thread of its own. Brokers are not waited for.
// Errors: kInvalid: the properties do not go together, or name a file that cannot be used.
Result<KafkaHandle> MakeClient(rd_kafka_type_t type, KafkaConf conf);

// A consumer and the records that it has read share the client, since the memory of the records is the client's. The
// client is destroyed with the last of them.
class SharedConsumer {
 public:
  explicit SharedConsumer(KafkaHandle client) : client_(client.release()) {}
  SharedConsumer(const SharedConsumer&) = delete;
  SharedConsumer& operator=(const SharedConsumer&) = delete;
  ~SharedConsumer() {
    // When closing hangs, destroying would hang too.
    if (!abandoned_) rd_kafka_destroy_flags(client_, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
  }
  rd_kafka_t* get() const { return client_; }
  // Closing hangs: the client is left behind and never destroyed.
  void Abandon() { abandoned_ = true; }

 private:
  rd_kafka_t* const client_;
  std::atomic<bool> abandoned_{false};
};

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_KAFKA_CLIENT_KAFKA_CLIENT_H_
