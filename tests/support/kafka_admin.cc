#include "tests/support/kafka_admin.h"

#include <fmt/format.h>
#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <array>

#include "base/c_handle.h"

namespace wirewatch {
namespace {

using Conf = CHandle<rd_kafka_conf_t, rd_kafka_conf_destroy>;
using Client = CHandle<rd_kafka_t, rd_kafka_destroy>;
using Partitions = CHandle<rd_kafka_topic_partition_list_t, rd_kafka_topic_partition_list_destroy>;
using Message = CHandle<rd_kafka_message_t, rd_kafka_message_destroy>;
using Queue = CHandle<rd_kafka_queue_t, rd_kafka_queue_destroy>;
using Event = CHandle<rd_kafka_event_t, rd_kafka_event_destroy>;
using Metadata = CHandle<const struct rd_kafka_metadata, rd_kafka_metadata_destroy>;
using Topic = CHandle<rd_kafka_topic_t, rd_kafka_topic_destroy>;

constexpr int kTimeoutMs = 30'000;

Error Failed(std::string_view what, rd_kafka_resp_err_t error) {
  return {ErrorCode::kUnavailable, fmt::format("{}: {}", what, rd_kafka_err2str(error))};
}

Result<Client> Connect(rd_kafka_type_t type, const std::string& bootstrap,
                       const std::vector<std::pair<std::string, std::string>>& properties = {}) {
  Conf conf(rd_kafka_conf_new());
  std::array<char, 512> reason{};
  const auto set = [&](const std::string& key, const std::string& value) {
    return rd_kafka_conf_set(conf.get(), key.c_str(), value.c_str(), reason.data(), reason.size()) == RD_KAFKA_CONF_OK;
  };
  bool ok = set("bootstrap.servers", bootstrap) && set("log_level", "0");
  for (const auto& [key, value] : properties) ok = ok && set(key, value);
  if (!ok) return Error{ErrorCode::kInvalid, reason.data()};
  Client client(rd_kafka_new(type, conf.get(), reason.data(), reason.size()));
  if (!client) return Error{ErrorCode::kInvalid, reason.data()};
  conf.release();  // rd_kafka_new took it
  return client;
}

// The first error among the kafka topics of an admin result.
Status ResultOf(std::string_view what, rd_kafka_queue_t* queue) {
  const Event event(rd_kafka_queue_poll(queue, kTimeoutMs));
  if (!event) return Error{ErrorCode::kTimeout, fmt::format("{}: no answer", what)};
  if (const auto error = rd_kafka_event_error(event.get()); error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return Failed(what, error);
  }
  std::size_t count = 0;
  const rd_kafka_topic_result_t** results = nullptr;
  if (const auto* created = rd_kafka_event_CreateTopics_result(event.get())) {
    results = rd_kafka_CreateTopics_result_topics(created, &count);
  } else if (const auto* deleted = rd_kafka_event_DeleteTopics_result(event.get())) {
    results = rd_kafka_DeleteTopics_result_topics(deleted, &count);
  } else if (const auto* grown = rd_kafka_event_CreatePartitions_result(event.get())) {
    results = rd_kafka_CreatePartitions_result_topics(grown, &count);
  }
  for (std::size_t i = 0; i < count; ++i) {
    if (const auto error = rd_kafka_topic_result_error(results[i]); error != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return Failed(what, error);
    }
  }
  return {};
}

Result<int> CountPartitionsOf(rd_kafka_t* client, const std::string& topic) {
  const Topic handle(rd_kafka_topic_new(client, topic.c_str(), nullptr));
  const struct rd_kafka_metadata* answer = nullptr;
  const auto error = rd_kafka_metadata(client, 0, handle.get(), &answer, kTimeoutMs);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return Failed(topic, error);
  const Metadata metadata(answer);
  if (metadata->topic_cnt != 1 || metadata->topics[0].err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return Error{ErrorCode::kNotFound, fmt::format("kafka topic {} does not exist", topic)};
  }
  return metadata->topics[0].partition_cnt;
}

// What an admin result says is not yet known to all: asks until it is.
Status WaitUntilKnown(rd_kafka_t* client, const std::string& topic, int partitions) {
  for (int i = 0; i < 300; ++i) {
    if (const auto known = CountPartitionsOf(client, topic); known && *known == partitions) return {};
    rd_kafka_poll(client, 100);
  }
  return Error{ErrorCode::kTimeout, fmt::format("{}: the broker does not tell of {} partitions", topic, partitions)};
}

KafkaTestRecord CopyOf(const rd_kafka_message_t& message) {
  KafkaTestRecord record;
  const auto bytes = [](const void* begin, std::size_t size) -> std::optional<std::string> {
    if (begin == nullptr) return std::nullopt;
    return std::string(static_cast<const char*>(begin), size);
  };
  record.key = bytes(message.key, message.key_len);
  record.value = bytes(message.payload, message.len);
  record.partition = message.partition;
  record.offset = message.offset;
  rd_kafka_timestamp_type_t kind = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
  record.timestamp_ms = rd_kafka_message_timestamp(&message, &kind);
  rd_kafka_headers_t* headers = nullptr;
  if (rd_kafka_message_headers(&message, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR) {
    const char* name = nullptr;
    const void* value = nullptr;
    std::size_t size = 0;
    for (std::size_t i = 0; rd_kafka_header_get_all(headers, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR;
         ++i) {
      record.headers.emplace_back(name, bytes(value, size).value_or(""));
    }
  }
  return record;
}

// Waits until all are acknowledged.
Status Send(rd_kafka_t* client, const std::string& topic, const std::vector<KafkaTestRecord>& records) {
  for (const KafkaTestRecord& record : records) {
    rd_kafka_headers_t* headers = rd_kafka_headers_new(record.headers.size());
    for (const auto& [name, value] : record.headers) {
      rd_kafka_header_add(headers, name.data(), static_cast<ssize_t>(name.size()), value.data(),
                          static_cast<ssize_t>(value.size()));
    }
    std::array<rd_kafka_vu_t, 7> parts{};
    std::size_t count = 0;
    const auto add = [&](rd_kafka_vtype_t kind) -> rd_kafka_vu_t& {
      parts[count].vtype = kind;
      return parts[count++];
    };
    add(RD_KAFKA_VTYPE_TOPIC).u.cstr = topic.c_str();
    add(RD_KAFKA_VTYPE_MSGFLAGS).u.i = RD_KAFKA_MSG_F_COPY;
    add(RD_KAFKA_VTYPE_PARTITION).u.i32 = record.partition;
    add(RD_KAFKA_VTYPE_HEADERS).u.headers = headers;
    if (record.timestamp_ms != 0) add(RD_KAFKA_VTYPE_TIMESTAMP).u.i64 = record.timestamp_ms;
    const auto bytes = [&](rd_kafka_vtype_t kind, const std::optional<std::string>& from) {
      if (!from) return;
      rd_kafka_vu_t& part = add(kind);
      part.u.mem.ptr = const_cast<char*>(from->data());
      part.u.mem.size = from->size();
    };
    bytes(RD_KAFKA_VTYPE_KEY, record.key);
    bytes(RD_KAFKA_VTYPE_VALUE, record.value);
    rd_kafka_error_t* refused = nullptr;
    while ((refused = rd_kafka_produceva(client, parts.data(), count)) != nullptr &&
           rd_kafka_error_code(refused) == RD_KAFKA_RESP_ERR__QUEUE_FULL) {
      rd_kafka_error_destroy(refused);
      rd_kafka_poll(client, 100);
    }
    if (refused != nullptr) {
      const auto error = rd_kafka_error_code(refused);
      rd_kafka_error_destroy(refused);
      rd_kafka_headers_destroy(headers);
      return Failed("produce", error);
    }
  }
  const auto flushed = rd_kafka_flush(client, kTimeoutMs);
  if (flushed != RD_KAFKA_RESP_ERR_NO_ERROR) return Failed("produce", flushed);
  return {};
}

}  // namespace

Status KafkaAdmin::CreateTopic(const std::string& topic, int partitions,
                               const std::vector<std::pair<std::string, std::string>>& settings) const {
  auto client = Connect(RD_KAFKA_PRODUCER, bootstrap_);
  if (!client) return std::move(client).error();
  std::array<char, 512> reason{};
  rd_kafka_NewTopic_t* wanted = rd_kafka_NewTopic_new(topic.c_str(), partitions, 1, reason.data(), reason.size());
  if (wanted == nullptr) return Error{ErrorCode::kInvalid, reason.data()};
  for (const auto& [key, value] : settings) rd_kafka_NewTopic_set_config(wanted, key.c_str(), value.c_str());
  const Queue queue(rd_kafka_queue_new(client->get()));
  rd_kafka_CreateTopics(client->get(), &wanted, 1, nullptr, queue.get());
  rd_kafka_NewTopic_destroy(wanted);
  if (Status created = ResultOf("create " + topic, queue.get()); !created) return created;
  return WaitUntilKnown(client->get(), topic, partitions);
}

Status KafkaAdmin::Grow(const std::string& topic, int partitions) const {
  auto client = Connect(RD_KAFKA_PRODUCER, bootstrap_);
  if (!client) return std::move(client).error();
  std::array<char, 512> reason{};
  rd_kafka_NewPartitions_t* wanted =
      rd_kafka_NewPartitions_new(topic.c_str(), static_cast<std::size_t>(partitions), reason.data(), reason.size());
  if (wanted == nullptr) return Error{ErrorCode::kInvalid, reason.data()};
  const Queue queue(rd_kafka_queue_new(client->get()));
  rd_kafka_CreatePartitions(client->get(), &wanted, 1, nullptr, queue.get());
  rd_kafka_NewPartitions_destroy(wanted);
  if (Status grown = ResultOf("grow " + topic, queue.get()); !grown) return grown;
  return WaitUntilKnown(client->get(), topic, partitions);
}

Status KafkaAdmin::DeleteRecords(const std::string& topic) const {
  const auto marks = Watermarks(topic);
  if (!marks) return marks.error();
  auto client = Connect(RD_KAFKA_PRODUCER, bootstrap_);
  if (!client) return std::move(client).error();
  const Partitions before(rd_kafka_topic_partition_list_new(0));
  for (std::size_t i = 0; i < marks->size(); ++i) {
    rd_kafka_topic_partition_list_add(before.get(), topic.c_str(), static_cast<std::int32_t>(i))->offset =
        (*marks)[i].second;
  }
  rd_kafka_DeleteRecords_t* wanted = rd_kafka_DeleteRecords_new(before.get());
  const Queue queue(rd_kafka_queue_new(client->get()));
  rd_kafka_DeleteRecords(client->get(), &wanted, 1, nullptr, queue.get());
  rd_kafka_DeleteRecords_destroy(wanted);
  const Event event(rd_kafka_queue_poll(queue.get(), kTimeoutMs));
  if (!event) return Error{ErrorCode::kTimeout, fmt::format("delete records of {}: no answer", topic)};
  if (const auto error = rd_kafka_event_error(event.get()); error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return Failed("delete records of " + topic, error);
  }
  const auto* offsets = rd_kafka_DeleteRecords_result_offsets(rd_kafka_event_DeleteRecords_result(event.get()));
  for (int i = 0; i < offsets->cnt; ++i) {
    if (offsets->elems[i].err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return Failed("delete records of " + topic, offsets->elems[i].err);
    }
  }
  return {};
}

Status KafkaAdmin::DeleteTopic(const std::string& topic) const {
  auto client = Connect(RD_KAFKA_PRODUCER, bootstrap_);
  if (!client) return std::move(client).error();
  rd_kafka_DeleteTopic_t* unwanted = rd_kafka_DeleteTopic_new(topic.c_str());
  const Queue queue(rd_kafka_queue_new(client->get()));
  rd_kafka_DeleteTopics(client->get(), &unwanted, 1, nullptr, queue.get());
  rd_kafka_DeleteTopic_destroy(unwanted);
  return ResultOf("delete " + topic, queue.get());
}

Result<int> KafkaAdmin::CountPartitions(const std::string& topic) const {
  auto client = Connect(RD_KAFKA_PRODUCER, bootstrap_, {{"allow.auto.create.topics", "false"}});
  if (!client) return std::move(client).error();
  return CountPartitionsOf(client->get(), topic);
}

Status KafkaAdmin::Produce(const std::string& topic, const std::vector<KafkaTestRecord>& records,
                           const std::vector<std::pair<std::string, std::string>>& properties) const {
  std::vector<std::pair<std::string, std::string>> all{{"acks", "all"}, {"linger.ms", "5"}};
  all.insert(all.end(), properties.begin(), properties.end());
  auto client = Connect(RD_KAFKA_PRODUCER, bootstrap_, all);
  if (!client) return std::move(client).error();
  return Send(client->get(), topic, records);
}

Status KafkaAdmin::ProduceAborted(const std::string& topic, const std::vector<KafkaTestRecord>& records) const {
  auto client = Connect(RD_KAFKA_PRODUCER, bootstrap_, {{"transactional.id", "aborted-" + topic}});
  if (!client) return std::move(client).error();
  const auto done = [](rd_kafka_error_t* error) -> Status {
    if (error == nullptr) return {};
    Error failed{ErrorCode::kUnavailable, rd_kafka_error_string(error)};
    rd_kafka_error_destroy(error);
    return failed;
  };
  if (Status begun = done(rd_kafka_init_transactions(client->get(), kTimeoutMs)); !begun) return begun;
  if (Status begun = done(rd_kafka_begin_transaction(client->get())); !begun) return begun;
  if (Status sent = Send(client->get(), topic, records); !sent) return sent;
  return done(rd_kafka_abort_transaction(client->get(), kTimeoutMs));
}

Result<std::vector<std::pair<std::int64_t, std::int64_t>>> KafkaAdmin::Watermarks(const std::string& topic) const {
  auto client = Connect(RD_KAFKA_CONSUMER, bootstrap_);
  if (!client) return std::move(client).error();
  const auto partitions = CountPartitionsOf(client->get(), topic);
  if (!partitions) return partitions.error();
  std::vector<std::pair<std::int64_t, std::int64_t>> marks(static_cast<std::size_t>(*partitions));
  for (std::size_t i = 0; i < marks.size(); ++i) {
    const auto error = rd_kafka_query_watermark_offsets(client->get(), topic.c_str(), static_cast<std::int32_t>(i),
                                                        &marks[i].first, &marks[i].second, kTimeoutMs);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return Failed(topic, error);
  }
  return marks;
}

Result<std::vector<KafkaTestRecord>> KafkaAdmin::ReadAll(const std::string& topic) const {
  const auto marks = Watermarks(topic);
  if (!marks) return marks.error();
  auto client = Connect(RD_KAFKA_CONSUMER, bootstrap_,
                        {{"group.id", "wirewatch-tests-read-all"}, {"enable.auto.commit", "false"}});
  if (!client) return std::move(client).error();
  rd_kafka_poll_set_consumer(client->get());
  const Partitions wanted(rd_kafka_topic_partition_list_new(0));
  std::int64_t left = 0;
  for (std::size_t i = 0; i < marks->size(); ++i) {
    const auto [begin, end] = (*marks)[i];
    left += end - begin;
    if (begin == end) continue;
    rd_kafka_topic_partition_list_add(wanted.get(), topic.c_str(), static_cast<std::int32_t>(i))->offset = begin;
  }
  rd_kafka_assign(client->get(), wanted.get());
  std::vector<KafkaTestRecord> records;
  while (left > 0) {
    const Message message(rd_kafka_consumer_poll(client->get(), kTimeoutMs));
    if (!message) return Error{ErrorCode::kTimeout, fmt::format("read {}: {} records did not come", topic, left)};
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) return Failed("read " + topic, message->err);
    if (message->offset >= (*marks)[static_cast<std::size_t>(message->partition)].second) continue;
    records.push_back(CopyOf(*message));
    --left;
  }
  rd_kafka_consumer_close(client->get());
  std::stable_sort(records.begin(), records.end(),
                   [](const KafkaTestRecord& a, const KafkaTestRecord& b) { return a.partition < b.partition; });
  return records;
}

Result<std::map<std::int32_t, std::int64_t>> KafkaAdmin::Committed(const std::string& topic,
                                                                   const std::string& group) const {
  auto client = Connect(RD_KAFKA_CONSUMER, bootstrap_, {{"group.id", group}});
  if (!client) return std::move(client).error();
  const auto partitions = CountPartitionsOf(client->get(), topic);
  if (!partitions) return partitions.error();
  const Partitions list(rd_kafka_topic_partition_list_new(*partitions));
  rd_kafka_topic_partition_list_add_range(list.get(), topic.c_str(), 0, *partitions - 1);
  const auto error = rd_kafka_committed(client->get(), list.get(), kTimeoutMs);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return Failed("committed offsets of " + group, error);
  std::map<std::int32_t, std::int64_t> committed;
  for (int i = 0; i < list->cnt; ++i) {
    if (list->elems[i].offset >= 0) committed[list->elems[i].partition] = list->elems[i].offset;
  }
  return committed;
}

Result<std::int64_t> KafkaAdmin::Lag(const std::string& topic, const std::string& group) const {
  const auto marks = Watermarks(topic);
  if (!marks) return marks.error();
  const auto committed = Committed(topic, group);
  if (!committed) return committed.error();
  std::int64_t lag = 0;
  for (std::size_t i = 0; i < marks->size(); ++i) {
    const auto at = committed->find(static_cast<std::int32_t>(i));
    // What was deleted unread is not there to be read.
    lag += (*marks)[i].second - std::max((*marks)[i].first, at == committed->end() ? 0 : at->second);
  }
  return lag;
}

}  // namespace wirewatch
