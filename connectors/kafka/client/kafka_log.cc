#include "connectors/kafka/client/kafka_log.h"

#include <fmt/format.h>
#include <syslog.h>

#include <chrono>

#include "base/log.h"
#include "base/secret.h"

namespace wirewatch {
namespace {

constexpr log::Module kLog("kafka");

constexpr std::chrono::minutes kRepeatAfter{1};
constexpr std::size_t kMaxLines = 1000;

log::Level LevelOf(int level, std::string_view facility) {
  // FAIL, ERROR: connections; CONFWARN: properties of the user that are for the other kind of client.
  if (facility == "FAIL" || facility == "ERROR" || facility == "CONFWARN") return log::Level::kDebug;
  if (level <= LOG_WARNING) return log::Level::kWarn;
  return level <= LOG_INFO ? log::Level::kInfo : log::Level::kDebug;
}

// Called by any of librdkafka's threads.
void OnLog(const rd_kafka_t* /*rk*/, int level, const char* facility, const char* line) {
  static RepeatFilter filter;
  const log::Level ours = LevelOf(level, facility);
  if (!kLog.Enabled(ours)) return;
  const std::string text = WithoutSecrets(line);
  if (!filter.IsNew(fmt::format("{}: {}", facility, text), SteadyNow())) return;
  kLog.Write(ours, "kafka client: {facility}: {line}", {{"facility", facility}, {"line", text}});
}

}  // namespace

bool RepeatFilter::IsNew(std::string_view line, SteadyTime now) {
  const std::lock_guard lock(mutex_);
  if (last_.size() >= kMaxLines) last_.clear();
  const auto at = last_.find(line);
  if (at == last_.end()) {
    last_.emplace(line, now);
    return true;
  }
  if (now - at->second < kRepeatAfter) return false;
  at->second = now;
  return true;
}

std::string ReasonForPeople(std::string_view reason) {
  constexpr int kScramWorks = 0x020601ff;
  std::string text = WithoutSecrets(reason);
  if (rd_kafka_version() < kScramWorks && reason.find("SASL mechanism SCRAM") != std::string_view::npos) {
    text += fmt::format(
        "; librdkafka {} cannot speak SCRAM to Kafka 4, whatever the password (librdkafka#4895): use "
        "2.6.1 or later, or PLAIN, OAUTHBEARER or a client's certificate, over TLS",
        rd_kafka_version_str());
  }
  return text;
}

std::string HelpToBeAllowed(rd_kafka_resp_err_t error, std::string_view operation, std::string_view resource) {
  constexpr std::string_view kAllow = "; allow this user the operation";
  switch (error) {
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
      return fmt::format("{} {} on topic {}", kAllow, operation, resource);
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED: return fmt::format("{} Read on group {}", kAllow, resource);
    case RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED:
      return fmt::format("{}s Write and Describe on transactional id {}", kAllow, resource);
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
      return fmt::format("{} {} on {}; brokers before Kafka 3.0 ask for IdempotentWrite on the cluster, too", kAllow,
                         operation, resource);
    default: return "";
  }
}

void RouteLog(rd_kafka_conf_t* conf) { rd_kafka_conf_set_log_cb(conf, OnLog); }

}  // namespace wirewatch
