#include "connectors/kafka/produce/kafka_produce.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>
#include <vector>

namespace wirewatch {
namespace {

// Of rd_kafka_produceva: every part of a message by its kind.
rd_kafka_vu_t Part(rd_kafka_vtype_t kind) {
  rd_kafka_vu_t part{};
  part.vtype = kind;
  return part;
}
rd_kafka_vu_t Part(rd_kafka_vtype_t kind, std::string& bytes) {
  rd_kafka_vu_t part = Part(kind);
  part.u.mem.ptr = bytes.data();
  part.u.mem.size = bytes.size();
  return part;
}

KafkaHeaders MakeHeaders(const std::vector<RecordHeader>& headers) {
  KafkaHeaders made(rd_kafka_headers_new(headers.size()));
  for (const RecordHeader& header : headers) {
    rd_kafka_header_add(made.get(), header.name.data(), static_cast<ssize_t>(header.name.size()),
                        header.is_null ? nullptr : header.value.data(), static_cast<ssize_t>(header.value.size()));
  }
  return made;
}

}  // namespace

rd_kafka_resp_err_t Produce(rd_kafka_t* client, const std::string& topic, KafkaMessageBody& message, void* opaque) {
  KafkaHeaders headers = MakeHeaders(message.headers);
  std::array<rd_kafka_vu_t, 7> parts;
  std::size_t count = 0;
  parts[count] = Part(RD_KAFKA_VTYPE_TOPIC);
  parts[count++].u.cstr = topic.c_str();
  if (message.key) parts[count++] = Part(RD_KAFKA_VTYPE_KEY, *message.key);
  if (message.value) parts[count++] = Part(RD_KAFKA_VTYPE_VALUE, *message.value);
  if (message.partition) {
    parts[count] = Part(RD_KAFKA_VTYPE_PARTITION);
    parts[count++].u.i32 = static_cast<std::int32_t>(*message.partition);
  }
  if (message.time) {
    using std::chrono::milliseconds;
    parts[count] = Part(RD_KAFKA_VTYPE_TIMESTAMP);
    const auto since_1970 = std::chrono::floor<milliseconds>(message.time->time_since_epoch());
    parts[count++].u.i64 = std::max(since_1970, milliseconds(1)).count();  // 0 would be now
  }
  parts[count] = Part(RD_KAFKA_VTYPE_HEADERS);
  parts[count++].u.headers = headers.get();
  parts[count] = Part(RD_KAFKA_VTYPE_OPAQUE);
  parts[count++].u.ptr = opaque;
  const KafkaError refused(rd_kafka_produceva(client, parts.data(), count));
  if (refused) return rd_kafka_error_code(refused.get());
  headers.release();  // librdkafka took them
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

Error TooLarge(const KafkaAddress& address, std::size_t bytes, rd_kafka_resp_err_t error) {
  return {ErrorCode::kRejected,
          fmt::format("kafka topic {} at {} takes no message of {} bytes ({}); raise its max.message.bytes",
                      address.topic, address.bootstrap_servers, bytes, rd_kafka_err2str(error))};
}

Error RefusedByBroker(const KafkaAddress& address, rd_kafka_resp_err_t error) {
  return {ErrorCode::kRejected, fmt::format("kafka topic {} at {} refused the message: {}", address.topic,
                                            address.bootstrap_servers, rd_kafka_err2str(error))};
}

}  // namespace wirewatch
