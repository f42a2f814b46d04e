#include "connectors/kafka/consume/consumer_health.h"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "base/log.h"
#include "connectors/kafka/client/kafka_errors.h"
#include "connectors/kafka/client/kafka_log.h"
#include "connectors/kafka/client/kafka_probe.h"
#include "connectors/kafka/client/kafka_statistics.h"

namespace wirewatch {
namespace {

constexpr log::Module kLog("kafka");

constexpr std::chrono::milliseconds kProbe{2'000};  // longest wait for an answer about the kafka topic

}  // namespace

Error NoUsableOffset(const std::string& topic, std::int32_t partition, std::string_view reason) {
  return {ErrorCode::kNotFound,
          fmt::format("kafka topic {} partition {}: the group has no usable offset ({}) and offset_reset is error; "
                      "articles may have been deleted unread: decide with offset_reset: earliest (all that is left) "
                      "or latest (only new ones)",
                      topic, partition, reason)};
}

ConsumerHealth::ConsumerHealth(ConsumerContext& context)
    : context_(context), without_partitions_(context.metrics.without_partitions.With(context.address.topic)) {}

void ConsumerHealth::Start() {
  watch_ = std::make_unique<TopicWatch>(
      fmt::format("kafka source {}", context_.address.topic), context_.address.bootstrap_servers,
      [client = context_.client, address = context_.address] { return ProbeTopic(client, address, kProbe); },
      TopicWatch::Times{});
}

Status ConsumerHealth::Ready() const {
  if (Status reachable = watch_->Ready(); !reachable) return reachable;
  const auto state = context_.state.Lock();
  if (!state->unreadable) return state->unreadable;
  if (!state->problem.empty()) return Error{ErrorCode::kRejected, state->problem};
  if (!state->joined) {
    return Error{ErrorCode::kUnavailable, fmt::format("kafka group {} has not given us partitions of {} yet",
                                                      context_.group, context_.address.topic)};
  }
  return {};
}

Status ConsumerHealth::Fatal() const {
  if (watch_->MissingFor(SteadyNow()) >= context_.options.missing_grace) return watch_->Ready();
  // Asked for, because fatal errors come to us on two ways, by the event and by the poll.
  if (const auto fatal = FatalErrorOf(context_.client)) {
    if (fatal->code == RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID) {
      return Error{
          ErrorCode::kRejected,
          fmt::format("kafka: another process joined group {} with instance_id {}, or the brokers were away for "
                      "longer than the session; give every process its own instance_id, and restart this one",
                      context_.group, context_.instance)};
    }
    return Error{ErrorCode::kInternal, fmt::format("kafka: {}: {}", rd_kafka_err2name(fatal->code), fatal->text)};
  }
  return context_.state.Lock()->unreadable;
}

void ConsumerHealth::OnPollError(const rd_kafka_message_t& message) {
  const rd_kafka_resp_err_t error = message.err;
  const std::string reason = ErrorTextOf(message);
  const std::string& about =
      error == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED ? context_.group : context_.address.topic;
  const std::string help = HelpToBeAllowed(error, "Read", about);
  context_.metrics.errors.Increment();
  switch (error) {
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
      context_.EndWith(NoUsableOffset(context_.address.topic, message.partition, reason));
      return;
    case RD_KAFKA_RESP_ERR__FATAL: return;  // the loop asks for it
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION: watch_->Suspect({}); return;  // it tells, and knows whether it lasts
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_INCONSISTENT_GROUP_PROTOCOL:
    case RD_KAFKA_RESP_ERR_INVALID_SESSION_TIMEOUT: {
      auto state = context_.state.Lock();
      state->problem = fmt::format("kafka group {} on topic {} is refused: {}{}", context_.group,
                                   context_.address.topic, reason, help);
      state->topic_refused = error == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED;
      break;
    }
    default: break;
  }
  if (context_.repeats.IsNew(reason, SteadyNow())) {
    kLog.Warn("kafka source {kafka_topic}: {reason}{help}",
              {{"kafka_topic", context_.address.topic}, {"reason", reason}, {"help", help}});
  }
}

void ConsumerHealth::OnErrorEvent(int error, const char* reason) {
  context_.metrics.errors.Increment();
  if (ClassifyEvent(error) == ErrorEvent::kFatal) return;  // the loop asks for it
  if (PassToWatch(*watch_, error, reason)) return;
  if (context_.repeats.IsNew(reason, SteadyNow())) {
    kLog.Warn("kafka source {kafka_topic}: {error}",
              {{"kafka_topic", context_.address.topic}, {"error", ReasonForPeople(reason)}});
  }
}

void ConsumerHealth::OnStatistics(std::string_view json) {
  const auto statistics = ParseKafkaStatistics(json);
  if (!statistics) {
    kLog.Warn("kafka statistics cannot be read: {error}", {{"error", statistics.error().message}});
  } else if (statistics->in_group) {
    context_.state.Lock()->joined = true;
  }
}

void ConsumerHealth::HavePartitions() {
  waits_since_.reset();
  told_of_waiting_ = false;
}

// While the group waits for a member that died, its other members are given nothing and read nothing.
void ConsumerHealth::TellOfWaiting(SteadyTime now) {
  const auto waits = waits_since_ ? now - *waits_since_ : SteadyTime::duration();
  without_partitions_.Set(std::chrono::duration<double>(waits).count());
  if (waits < context_.options.waits_after || told_of_waiting_ || !watch_->Ready()) return;
  told_of_waiting_ = true;
  kLog.Warn(
      "kafka source {kafka_topic}: without partitions for {seconds} s: group {group} has not given us any "
      "yet; it may be waiting for a member that ended without a word, for up to that one's "
      "session.timeout.ms (an instance_id for each process lets a restarted one go on at once)",
      {{"kafka_topic", context_.address.topic},
       {"seconds", std::chrono::duration_cast<std::chrono::seconds>(waits).count()},
       {"group", context_.group}});
}

}  // namespace wirewatch
