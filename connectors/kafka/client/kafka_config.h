// The properties of a librdkafka client: ours, then those of the section `kafka`.
//
// Ours are of three kinds: defaults, which `kafka.properties` may override; defaults that only newer versions of
// librdkafka know, and that are not set for older ones; and those on which the guarantee rests, which nobody may
// change.
#ifndef WIREWATCH_CONNECTORS_KAFKA_CLIENT_KAFKA_CONFIG_H_
#define WIREWATCH_CONNECTORS_KAFKA_CLIENT_KAFKA_CONFIG_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "connectors/kafka/client/kafka_message.h"
#include "connectors/kafka/client/kafka_settings.h"
#include "connectors/kafka/client/rd_handles.h"

namespace wirewatch {

// librdkafka's log goes to ours; callbacks for the rest are set by whoever makes the client, with MakeClient
// (kafka_client.h).
// A value that refers to a secret (base/secret.h) is looked up here, so each new client has the current one.
// Errors: kInvalid: a property is unknown, has a value that is not taken, or is not the user's to set; kNotFound, kIo:
// a secret cannot be had. The sentence names the property's key, never the value of a secret.
Result<KafkaConf> ConsumerConf(const KafkaConsumerSettings& source, const KafkaSettings& shared);

// `batch_bytes`: how much is sent to the broker as one batch; a longer message goes alone.
Result<KafkaConf> ProducerConf(const KafkaSettings& shared, std::string_view role, std::size_t batch_bytes,
                               Compression compression = Compression::kFast);

// Compression::kSmall for one kafka topic of a producer that compresses otherwise. Null: the user has set the
// compression, and the producer's is taken.
KafkaTopicConf SmallTopicConf(const KafkaSettings& shared);

// As ProducerConf, for KafkaTransactions.
Result<KafkaConf> TransactionalConf(const KafkaSettings& shared, std::string_view role,
                                    const std::string& transactional_id, std::size_t batch_bytes);

// For a client that neither reads articles nor sends alerts: it asks the brokers, or makes kafka topics.
Result<KafkaConf> ToolConf(const KafkaSettings& shared, std::string_view role);

// For a reader that is a member of no group and is told the ends of partitions.
Result<KafkaConf> ReaderConf(const KafkaSettings& shared, std::string_view role);

// For SecondLook: as ConsumerConf, but it joins no group, takes one batch at a time, and unpacks up to `bytes` of it.
Result<KafkaConf> SecondLookConf(const KafkaConsumerSettings& source, const KafkaSettings& shared, std::size_t bytes);

// For KafkaLag: it asks the brokers for offsets, as Kafka's own tool does.
Result<KafkaConf> LagConf(const KafkaConsumerSettings& source, const KafkaSettings& shared);

// The default of `batch_bytes`: librdkafka's own, just under what a broker takes by default (1 MiB).
inline constexpr std::size_t kDefaultBatchBytes = 1'000'000;

// Whether kafka.oauthbearer_token_file and the SASL properties go together.
Status CheckTokenFile(const KafkaSettings& shared);

// Each property of the user's that would be refused: its key, and why. Secrets (base/secret.h) are not looked up, so
// that a configuration can be checked on a machine that does not have them.
std::vector<std::pair<std::string, std::string>> FindPropertyProblems(const KafkaSettings& shared);

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_KAFKA_CLIENT_KAFKA_CONFIG_H_
