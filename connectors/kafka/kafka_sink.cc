#include "connectors/kafka/kafka_sink.h"

#include <cstdint>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "pipeline/match_message.h"

namespace wirewatch {
namespace {

KafkaMessageBody WithTrace(KafkaMessageBody message, const std::vector<RecordHeader>& trace) {
  message.headers.insert(message.headers.end(), trace.begin(), trace.end());
  return message;
}

// One delivery of many messages: done with the last of them, refused with the first that is.
class Together {
 public:
  Together(std::size_t count, Delivery delivery) : open_(count), delivery_(std::move(delivery)) {}

  static Delivery Part(std::shared_ptr<Together> all) {
    return Delivery([all = std::move(all)](std::optional<Error> error) { all->Done(std::move(error)); });
  }

 private:
  void Done(std::optional<Error> error) {
    const std::lock_guard lock(mutex_);
    if (error && !refusal_) refusal_ = std::move(error);
    if (--open_ != 0) return;
    if (refusal_) {
      delivery_.Refused(*std::move(refusal_));
    } else {
      delivery_.Delivered();
    }
  }

  std::mutex mutex_;
  std::size_t open_;
  std::optional<Error> refusal_;
  Delivery delivery_;
};

}  // namespace

KafkaMessageBody ToMessage(const Alert& alert) {
  KafkaMessageBody message{.key = alert.match.topic,
                           .value = ToJson(alert),
                           .headers = {{"ce_specversion", "1.0"},
                                       {"ce_id", alert.id},
                                       {"ce_source", "urn:wirewatch"},
                                       {"ce_type", "wirewatch.alert." + std::string(Name(alert.kind)) + ".v2"},
                                       {"ce_time", FormatRfc3339(alert.alerted)},
                                       {"ce_subject", alert.match.topic},
                                       {"ce_dataschema", "urn:wirewatch:schema:alert:2"},
                                       {"content-type", "application/json"}}};
  return WithTrace(std::move(message), alert.match.trace);
}

KafkaMessageBody ToMessageBody(const Match& match) {
  KafkaMessageBody message{.key = match.topic,
                           .value = ToMessage(match),
                           .headers = {{"ce_specversion", "1.0"},
                                       {"ce_id", MatchId(match)},
                                       {"ce_source", "urn:wirewatch"},
                                       {"ce_type", "wirewatch.match.v1"},
                                       {"ce_time", FormatRfc3339(match.times.matched)},
                                       {"ce_subject", match.topic},
                                       {"ce_dataschema", "urn:wirewatch:schema:match:1"},
                                       {"content-type", "application/json"}}};
  return WithTrace(std::move(message), match.trace);
}

KafkaMessageBody ToMessageBody(const Revision& revision) {
  KafkaMessageBody message{.key = std::nullopt,
                           .value = ToMessage(revision),
                           .headers = {{"ce_specversion", "1.0"},
                                       {"ce_id", RevisionId(revision)},
                                       {"ce_source", "urn:wirewatch"},
                                       {"ce_type", "wirewatch.revision.v1"},
                                       {"ce_time", FormatRfc3339(revision.times.matched)},
                                       {"ce_dataschema", "urn:wirewatch:schema:match:2"},
                                       {"content-type", "application/json"}}};
  return WithTrace(std::move(message), revision.trace);
}

void KafkaMatchSink::Send(const Revision& revision, Delivery delivery) {
  const std::optional<std::int32_t> count = partitions_->Count();
  if (!count) return;  // it stays without outcome
  const KafkaMessageBody message = ToMessageBody(revision);
  const auto all = std::make_shared<Together>(static_cast<std::size_t>(*count), std::move(delivery));
  for (std::int32_t partition = 0; partition < *count; ++partition) {
    KafkaMessageBody one = message;
    one.partition = Partition{partition};
    sender_->Send(std::move(one), Together::Part(all));
  }
}

KafkaMessageBody ToMessage(const DeadLetter& letter) {
  const Record& record = letter.record;
  KafkaMessageBody message;
  if (!record.key.empty()) message.key = record.key;
  if (record.payload.data() != nullptr) message.value = std::string(record.payload);
  message.headers = record.headers;
  message.headers.push_back({"wirewatch-reason", std::string(letter.reason)});
  message.headers.push_back({"wirewatch-message", letter.message});
  message.headers.push_back({"wirewatch-topic", std::string(record.place.stream)});
  message.headers.push_back({"wirewatch-partition", std::to_string(static_cast<std::int32_t>(record.place.partition))});
  message.headers.push_back({"wirewatch-offset", std::to_string(static_cast<std::int64_t>(record.place.offset))});
  message.headers.push_back({"wirewatch-time", FormatRfc3339(letter.time)});
  if (record.oversize) {
    message.headers.push_back({"wirewatch-bytes", std::to_string(record.oversize->bytes)});
    message.headers.push_back({"wirewatch-spill-path", record.oversize->spill_path});
  }
  return message;
}

}  // namespace wirewatch
