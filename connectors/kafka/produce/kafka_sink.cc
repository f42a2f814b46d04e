#include "connectors/kafka/produce/kafka_sink.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "connectors/kafka/produce/dead_letter_headers.h"
#include "pipeline/match/match_message.h"

namespace wirewatch {
namespace {

KafkaMessageBody WithTrace(KafkaMessageBody message, const std::vector<RecordHeader>& trace) {
  message.headers.insert(message.headers.end(), trace.begin(), trace.end());
  return message;
}

void SetHeader(KafkaMessageBody& message, std::string_view name, std::string value) {
  const auto at = std::find_if(message.headers.rbegin(), message.headers.rend(),
                               [&](const RecordHeader& header) { return header.name == name; });
  if (at != message.headers.rend()) {
    at->value = std::move(value);
  } else {
    message.headers.push_back({std::string(name), std::move(value)});
  }
}

// The record time of what was found in an article: that of the article, so that the alert step decides as if it had
// read the article itself, however late the match step was. Not ahead of the clock: brokers refuse that.
std::optional<WallTime> RecordTimeOf(const StepTimes& times) {
  if (!times.recorded) return std::nullopt;
  return std::min(*times.recorded, times.matched);
}

// `whole`: bytes of the record's payload.
bool CutDeadLetter(KafkaMessageBody& message, std::uint64_t whole) {
  if (message.value && !message.value->empty()) {
    message.value->resize(message.value->size() / 2);
    message.value->shrink_to_fit();
  } else {
    // The record's headers stand before ours.
    const auto ours = std::find_if(message.headers.begin(), message.headers.end(),
                                   [](const RecordHeader& header) { return header.name == kReasonHeader; });
    if (!message.key && ours == message.headers.begin()) return false;
    message.key.reset();
    message.headers.erase(message.headers.begin(), ours);
  }
  SetHeader(message, kBytesHeader, std::to_string(whole));
  SetHeader(message, kCutHeader, std::to_string(message.value ? message.value->size() : 0));
  return true;
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

KafkaMessageBody ToMessage(const Alert& alert, const std::string& ce_source) {
  KafkaMessageBody message{.key = alert.match.topic,
                           .value = ToJson(alert),
                           .headers = {{"ce_specversion", "1.0"},
                                       {"ce_id", alert.id},
                                       {"ce_source", ce_source},
                                       {"ce_type", "wirewatch.alert." + std::string(Name(alert.kind)) + ".v3"},
                                       {"ce_time", FormatRfc3339(alert.alerted)},
                                       {"ce_subject", alert.match.topic},
                                       {"ce_dataschema", "urn:wirewatch:schema:alert:3"},
                                       {"content-type", "application/json"}}};
  return WithTrace(std::move(message), alert.match.trace);
}

KafkaMessageBody ToMessageBody(const Match& match) {
  KafkaMessageBody message{.key = match.topic,
                           .value = ToMessage(match),
                           .headers = {{"ce_specversion", "1.0"},
                                       {"ce_id", MatchId(match)},
                                       {"ce_source", "urn:wirewatch"},
                                       {"ce_type", "wirewatch.match.v3"},
                                       {"ce_time", FormatRfc3339(match.times.matched)},
                                       {"ce_subject", match.topic},
                                       {"ce_dataschema", "urn:wirewatch:schema:match:3"},
                                       {"content-type", "application/json"}}};
  message.time = RecordTimeOf(match.times);
  return WithTrace(std::move(message), match.trace);
}

KafkaMessageBody ToMessageBody(const Revision& revision) {
  KafkaMessageBody message{.key = std::nullopt,
                           .value = ToMessage(revision),
                           .headers = {{"ce_specversion", "1.0"},
                                       {"ce_id", RevisionId(*revision.article)},
                                       {"ce_source", "urn:wirewatch"},
                                       {"ce_type", "wirewatch.revision.v3"},
                                       {"ce_time", FormatRfc3339(revision.times.matched)},
                                       {"ce_dataschema", "urn:wirewatch:schema:match:3"},
                                       {"content-type", "application/json"}}};
  message.time = RecordTimeOf(revision.times);
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
    sender().Send(std::move(one), Together::Part(all));
  }
}

KafkaMessageBody ToMessageBody(const Decision& decision) {
  const auto partition = static_cast<std::int32_t>(decision.partition);
  KafkaMessageBody message{
      .key = decision.topic,
      .value = ToJson(decision),
      .headers = {{"ce_specversion", "1.0"},
                  {"ce_id", fmt::format("{}-{}", partition, static_cast<std::int64_t>(decision.offset))},
                  {"ce_source", "urn:wirewatch"},
                  {"ce_type", "wirewatch.decision.v1"},
                  {"ce_time", FormatRfc3339(decision.record_time)},
                  {"ce_subject", decision.topic},
                  {"ce_dataschema", "urn:wirewatch:schema:decision:1"},
                  {"content-type", "application/json"}}};
  message.partition = decision.partition;
  return message;
}

KafkaMessageBody ToMessage(const DeadLetter& letter) {
  const Record& record = letter.record;
  KafkaMessageBody message;
  if (!record.key.empty()) message.key = record.key;
  if (record.payload.data() != nullptr) message.value = std::string(record.payload);
  for (const RecordHeader& header : record.headers) {
    // The count of replays stays with the record.
    if (!IsDeadLetterHeader(header.name) || header.name == kReplaysHeader) message.headers.push_back(header);
  }
  const auto add = [&](std::string name, std::string value) {
    message.headers.push_back({std::move(name), std::move(value)});
  };
  add(std::string(kReasonHeader), std::string(letter.reason));
  add("wirewatch-message", letter.message);
  add("wirewatch-topic", std::string(record.place.stream));
  add("wirewatch-partition", std::to_string(static_cast<std::int32_t>(record.place.partition)));
  add("wirewatch-offset", std::to_string(static_cast<std::int64_t>(FirstOffset(record))));
  if (record.unreadable) {
    add("wirewatch-last-offset", std::to_string(static_cast<std::int64_t>(record.place.offset)));
  }
  add("wirewatch-time", FormatRfc3339(letter.time));
  if (record.oversize) {
    add(std::string(kBytesHeader), std::to_string(record.oversize->bytes));
    add("wirewatch-spill-path", record.oversize->spill_path);
  }
  const std::uint64_t whole = record.oversize ? record.oversize->bytes : record.payload.size();
  message.shrink = [whole](KafkaMessageBody& body) { return CutDeadLetter(body, whole); };
  return message;
}

}  // namespace wirewatch
