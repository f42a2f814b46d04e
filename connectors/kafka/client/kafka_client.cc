#include "connectors/kafka/client/kafka_client.h"

#include <fmt/format.h>

#include <array>

#include "base/secret.h"

namespace wirewatch {

Result<KafkaHandle> MakeClient(rd_kafka_type_t type, KafkaConf conf) {
  std::array<char, 512> reason{};
  KafkaHandle client(rd_kafka_new(type, conf.get(), reason.data(), reason.size()));
  if (!client) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("kafka: the {} cannot be made: {}", type == RD_KAFKA_CONSUMER ? "consumer" : "producer",
                             WithoutSecrets(reason.data()))};
  }
  conf.release();  // rd_kafka_new took it
  // Refused where there is no token file.
  const KafkaError ignored(rd_kafka_sasl_background_callbacks_enable(client.get()));
  return client;
}

}  // namespace wirewatch
