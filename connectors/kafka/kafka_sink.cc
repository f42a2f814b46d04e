#include "connectors/kafka/kafka_sink.h"

#include <cstdint>
#include <string>
#include <utility>

#include "pipeline/match_message.h"

namespace wirewatch {
namespace {

KafkaMessageBody WithTrace(KafkaMessageBody message, const Match& match) {
  message.headers.insert(message.headers.end(), match.trace.begin(), match.trace.end());
  return message;
}

}  // namespace

KafkaMessageBody ToMessage(const Alert& alert) {
  KafkaMessageBody message{.key = alert.match.topic,
                           .value = ToJson(alert),
                           .headers = {{"ce_specversion", "1.0"},
                                       {"ce_id", alert.id},
                                       {"ce_source", "urn:wirewatch"},
                                       {"ce_type", "wirewatch.alert.new.v1"},
                                       {"ce_time", FormatRfc3339(alert.alerted)},
                                       {"ce_subject", alert.match.topic},
                                       {"ce_dataschema", "urn:wirewatch:schema:alert:1"},
                                       {"content-type", "application/json"}}};
  return WithTrace(std::move(message), alert.match);
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
  return WithTrace(std::move(message), match);
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
