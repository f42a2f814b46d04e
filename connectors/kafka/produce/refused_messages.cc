#include "connectors/kafka/produce/refused_messages.h"

#include <algorithm>
#include <functional>

#include "base/log.h"
#include "connectors/kafka/produce/kafka_produce.h"

namespace wirewatch {
namespace {

constexpr log::Module kLog("kafka");

constexpr std::size_t kMost = 10'000;

std::size_t HashOf(const std::string& topic, const KafkaMessageBody& message) {
  std::size_t hash = std::hash<std::string>()(topic);
  for (const auto* bytes : {&message.key, &message.value}) {
    hash = hash * 31 + (*bytes ? std::hash<std::string>()(**bytes) : 0);
  }
  return hash;
}

// Whether something is left to leave out.
bool CanShrink(KafkaMessageBody message) { return message.shrink(message); }

}  // namespace

std::size_t RefusedMessages::FingerprintOf(const std::string& topic, const KafkaMessageBody& message) {
  return message.shrink ? HashOf(topic, message) : 0;
}

Status RefusedMessages::Prepare(const KafkaAddress& address, KafkaMessageBody& message, std::size_t whole,
                                SteadyTime now) {
  if (const auto known = too_large_.find(whole); whole != 0 && known != too_large_.end()) {
    while (message.SizeInBytes() >= known->second && message.shrink(message)) {
    }
  }
  const std::size_t bytes = message.SizeInBytes();
  if (const auto limit = limits_.find(address.topic);
      limit != limits_.end() && bytes >= limit->second.bytes && now < limit->second.until) {
    return TooLarge(address, bytes, RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE);
  }
  if (refused_.empty()) return {};
  const auto at = refused_.find(HashOf(address.topic, message));
  if (at == refused_.end()) return {};
  Error error = RefusedByBroker(address, at->second);
  refused_.erase(at);
  return error;
}

void RefusedMessages::LearnTooLarge(const std::string& topic, const KafkaMessageBody& message, std::size_t whole,
                                    SteadyTime now) {
  const std::size_t bytes = message.SizeInBytes();
  if (whole != 0 && CanShrink(message)) {
    if (too_large_.size() == kMost) too_large_.clear();
    too_large_[whole] = bytes;
    kLog.Warn("kafka sink {kafka_topic}: it takes no message of {bytes} bytes: it is sent cut",
              {{"kafka_topic", topic}, {"bytes", bytes}});
    return;
  }
  Limit& limit = limits_[topic];
  limit = {now < limit.until ? std::min(limit.bytes, bytes) : bytes, now + kTooLargeFor};
}

void RefusedMessages::Learn(const std::string& topic, const KafkaMessageBody& message, rd_kafka_resp_err_t error) {
  if (refused_.size() == kMost) refused_.clear();
  refused_.emplace(HashOf(topic, message), error);
}

void RefusedMessages::Forget(std::size_t whole) {
  if (whole != 0) too_large_.erase(whole);
}

}  // namespace wirewatch
