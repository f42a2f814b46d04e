#include "connectors/kafka/consume/record_from_message.h"

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace wirewatch {
namespace {

std::string_view Bytes(const void* begin, std::size_t size) { return {static_cast<const char*>(begin), size}; }

std::optional<std::string> CopyBytes(const void* begin, std::size_t size) {
  return begin == nullptr ? std::nullopt : std::optional(std::string(Bytes(begin, size)));
}

std::vector<RecordHeader> CopyHeaders(const rd_kafka_message_t& message) {
  std::vector<RecordHeader> copied;
  rd_kafka_headers_t* headers = nullptr;
  if (rd_kafka_message_headers(&message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return copied;
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  for (std::size_t i = 0; rd_kafka_header_get_all(headers, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR;
       ++i) {
    copied.push_back({name, std::string(Bytes(value, size)), value == nullptr});
  }
  return copied;
}

std::optional<WallTime> TimeOf(const rd_kafka_message_t& message) {
  rd_kafka_timestamp_type_t kind = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
  const std::int64_t ms = rd_kafka_message_timestamp(&message, &kind);
  if (kind == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE || ms < 0) return std::nullopt;
  return WallTime(std::chrono::milliseconds(ms));
}

}  // namespace

Record RecordFrom(KafkaMessage message, std::string_view topic, std::shared_ptr<SharedConsumer> client) {
  Record record;
  record.payload = Bytes(message->payload, message->len);
  record.key = Bytes(message->key, message->key_len);
  record.headers = CopyHeaders(*message);
  record.place = {topic, Partition{message->partition}, Offset{message->offset}};
  record.timestamp = TimeOf(*message);
  record.memory = std::shared_ptr<const void>(message.release(), [client = std::move(client)](const void* released) {
    rd_kafka_message_destroy(static_cast<rd_kafka_message_t*>(const_cast<void*>(released)));
  });
  return record;
}

KafkaRecord CopyOf(const rd_kafka_message_t& message) {
  return {.partition = Partition{message.partition},
          .offset = Offset{message.offset},
          .timestamp = TimeOf(message),
          .key = CopyBytes(message.key, message.key_len),
          .value = CopyBytes(message.payload, message.len),
          .headers = CopyHeaders(message)};
}

}  // namespace wirewatch
