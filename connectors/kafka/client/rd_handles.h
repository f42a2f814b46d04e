// Ownership of librdkafka's objects. Only this header and .cc files of connectors/kafka see librdkafka's own.
#ifndef WIREWATCH_CONNECTORS_KAFKA_CLIENT_RD_HANDLES_H_
#define WIREWATCH_CONNECTORS_KAFKA_CLIENT_RD_HANDLES_H_

#include <librdkafka/rdkafka.h>

#include "base/c_handle.h"

namespace wirewatch {

using KafkaConf = CHandle<rd_kafka_conf_t, rd_kafka_conf_destroy>;
using KafkaHandle = CHandle<rd_kafka_t, rd_kafka_destroy>;
using KafkaTopicConf = CHandle<rd_kafka_topic_conf_t, rd_kafka_topic_conf_destroy>;
using KafkaTopicHandle = CHandle<rd_kafka_topic_t, rd_kafka_topic_destroy>;
using KafkaPartitions = CHandle<rd_kafka_topic_partition_list_t, rd_kafka_topic_partition_list_destroy>;
using KafkaGroupMetadata = CHandle<rd_kafka_consumer_group_metadata_t, rd_kafka_consumer_group_metadata_destroy>;
using KafkaMessage = CHandle<rd_kafka_message_t, rd_kafka_message_destroy>;
using KafkaHeaders = CHandle<rd_kafka_headers_t, rd_kafka_headers_destroy>;
using KafkaMetadata = CHandle<const struct rd_kafka_metadata, rd_kafka_metadata_destroy>;
using KafkaQueue = CHandle<rd_kafka_queue_t, rd_kafka_queue_destroy>;
using KafkaEvent = CHandle<rd_kafka_event_t, rd_kafka_event_destroy>;
using KafkaNewTopic = CHandle<rd_kafka_NewTopic_t, rd_kafka_NewTopic_destroy>;
using KafkaConfigResource = CHandle<rd_kafka_ConfigResource_t, rd_kafka_ConfigResource_destroy>;
using KafkaAdminOptions = CHandle<rd_kafka_AdminOptions_t, rd_kafka_AdminOptions_destroy>;
using KafkaError = CHandle<rd_kafka_error_t, rd_kafka_error_destroy>;

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_KAFKA_CLIENT_RD_HANDLES_H_
