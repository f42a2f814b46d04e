#include "connectors/kafka/client/kafka_config.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>
#include <vector>

#include "base/file_read.h"
#include "base/secret.h"
#include "base/text/numbers.h"
#include "connectors/kafka/client/kafka_log.h"
#include "connectors/kafka/client/oauth_token.h"

namespace wirewatch {
namespace {

struct Property {
  std::string_view key;
  std::string value;
};

// As strong as producers usually go: stronger levels are slower by far than a flood of dead letters can bear.
const std::array<Property, 2> kSmallCodec{{{"compression.codec", "zstd"}, {"compression.level", "9"}}};

// What the user must not set, and what to use instead.
struct Reserved {
  std::string_view key, instead;
};
constexpr std::array kReserved{
    Reserved{"bootstrap.servers", "it is kafka.bootstrap_servers"},
    Reserved{"metadata.broker.list", "it is kafka.bootstrap_servers"},
    Reserved{"client.id", "it is kafka.client_id"},
    Reserved{"group.id", "it is the source's group"},
    Reserved{"group.instance.id", "it is the source's instance_id"},
    Reserved{"auto.offset.reset", "it is the source's offset_reset"},
    Reserved{"enable.auto.commit", "wirewatch commits what is settled, so that no article is lost"},
    Reserved{"auto.commit.enable", "wirewatch commits what is settled, so that no article is lost"},
    Reserved{"enable.auto.offset.store", "wirewatch commits what is settled, so that no article is lost"},
    Reserved{"offset.store.method", "offsets are kept by the broker"},
    Reserved{"enable.partition.eof", "wirewatch needs to know where partitions end"},
    Reserved{"acks", "alerts are acknowledged by all replicas"},
    Reserved{"request.required.acks", "alerts are acknowledged by all replicas"},
    Reserved{"enable.idempotence", "the producer is idempotent"},
    Reserved{"message.timeout.ms", "alerts are sent again until the broker takes them"},
    Reserved{"delivery.timeout.ms", "alerts are sent again until the broker takes them"},
    Reserved{"batch.size", "it follows what the broker takes"},
    Reserved{"transactional.id", "it is made of client_id, group and instance_id, with kafka.exactly_once"},
    Reserved{"delivery.report.only.error", "deliveries are counted"},
};

// Only newer versions of librdkafka know them: others do without.
bool SetIfKnown(rd_kafka_conf_t* conf, const Property& property) {
  return rd_kafka_conf_set(conf, std::string(property.key).c_str(), property.value.c_str(), nullptr, 0) ==
         RD_KAFKA_CONF_OK;
}

Status Set(rd_kafka_conf_t* conf, const Property& property) {
  std::array<char, 512> reason{};
  if (rd_kafka_conf_set(conf, std::string(property.key).c_str(), property.value.c_str(), reason.data(),
                        reason.size()) == RD_KAFKA_CONF_OK) {
    return {};
  }
  return Error{ErrorCode::kInvalid, fmt::format("{}: {}", property.key, reason.data())};
}

enum class Secrets { kLookUp, kLeave };

// To be asked by setting it back to its default: rd_kafka_conf_get takes what has no value for unknown.
bool IsKnown(const std::string& key) {
  const KafkaConf scratch(rd_kafka_conf_new());
  return rd_kafka_conf_set(scratch.get(), key.c_str(), nullptr, nullptr, 0) != RD_KAFKA_CONF_UNKNOWN;
}

Error Unknown(const std::string& key) {
  return {ErrorCode::kInvalid, fmt::format("kafka.properties: librdkafka {} knows no property {}; see its "
                                           "CONFIGURATION.md",
                                           rd_kafka_version_str(), key)};
}

// Certificates and keys: librdkafka would wait for the writer of a pipe. What is missing it tells itself.
Status CheckLocation(std::string_view key, const std::string& path) {
  struct stat status {};
  if (!key.ends_with(".location") || stat(path.c_str(), &status) != 0) return {};
  if (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode)) return {};
  return Error{ErrorCode::kInvalid,
               fmt::format("kafka.properties: {}: {} is {}; name a file", key, path, FileKind(status.st_mode))};
}

Status SetUserProperty(rd_kafka_conf_t* conf, const std::string& key, const std::string& written, Secrets secrets) {
  const auto reserved =
      std::find_if(kReserved.begin(), kReserved.end(), [&](const Reserved& r) { return r.key == key; });
  if (reserved != kReserved.end()) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("kafka.properties: {} cannot be set here: {}", key, reserved->instead)};
  }
  const bool reference = IsSecretReference(written);
  Result<std::string> value = written;
  if (reference && secrets == Secrets::kLeave) {
    if (!IsKnown(key)) return Unknown(key);
    Status checked = CheckSecretReference(written);
    return checked ? Status() : std::move(checked).error().In(fmt::format("kafka.properties: {}", key));
  }
  if (reference) {
    value = ResolveSecret(written);
    if (!value) return std::move(value).error().In(fmt::format("kafka.properties: {}", key));
  }
  if (Status readable = CheckLocation(key, *value); !readable) return readable;
  const bool secret = reference || IsSecretName(key);
  if (secret) RememberSecret(*value);
  std::array<char, 512> reason{};
  switch (rd_kafka_conf_set(conf, key.c_str(), value->c_str(), reason.data(), reason.size())) {
    case RD_KAFKA_CONF_OK: return {};
    case RD_KAFKA_CONF_UNKNOWN: return Unknown(key);
    case RD_KAFKA_CONF_INVALID: break;
  }
  // librdkafka's sentence may quote the value.
  return Error{ErrorCode::kInvalid,
               fmt::format("kafka.properties: {}: {}", key,
                           secret ? "the value is not taken (not shown: it is a secret)" : reason.data())};
}

// Tells all that is wrong at once, with the code of the first.
Status ApplyUserProperties(rd_kafka_conf_t* conf, const Fields& shared, Secrets secrets) {
  Status all;
  for (const auto& [key, value] : shared.Map("properties")) {
    Status set = SetUserProperty(conf, key, value, secrets);
    if (set) continue;
    all = all ? std::move(set) : Error{all.error().code, all.error().message + "; " + set.error().message};
  }
  return all;
}

// Called when a client needs a token; `file` is its sasl.oauthbearer.config.
void OnTokenRefresh(rd_kafka_t* client, const char* file, void* /*opaque*/) {
  const auto token = ReadOauthToken(file);
  if (!token) {
    rd_kafka_oauthbearer_set_token_failure(client, token.error().message.c_str());
    return;
  }
  const auto expires = std::chrono::duration_cast<std::chrono::milliseconds>(token->expires.time_since_epoch());
  std::array<char, 512> reason{};
  if (rd_kafka_oauthbearer_set_token(client, token->text.c_str(), expires.count(), token->principal.c_str(), nullptr, 0,
                                     reason.data(), reason.size()) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    rd_kafka_oauthbearer_set_token_failure(
        client, fmt::format("the token in {} is not taken: {}", file, WithoutSecrets(reason.data())).c_str());
  }
}

Status UseTokenFile(rd_kafka_conf_t* conf, const Fields& shared) {
  const std::string& file = shared.String("oauthbearer_token_file");
  if (file.empty()) return {};
  rd_kafka_conf_set_oauthbearer_token_refresh_cb(conf, OnTokenRefresh);
  // With MakeClient: the file is read however long the client is not polled.
  rd_kafka_conf_enable_sasl_queue(conf, 1);
  return Set(conf, {"sasl.oauthbearer.config", file});
}

// What all clients share, the user's properties, and then what the user cannot change.
Result<KafkaConf> MakeConf(const Fields& shared, const std::string& client_id, const std::vector<Property>& defaults,
                           const std::vector<Property>& if_known, const std::vector<Property>& fixed) {
  KafkaConf conf(rd_kafka_conf_new());
  const auto set_all = [&](const std::vector<Property>& properties) -> Status {
    for (const Property& property : properties) {
      if (Status set = Set(conf.get(), property); !set) return set;
    }
    return {};
  };
  const std::vector<Property> common{
      {"socket.keepalive.enable", "true"},
      {"reconnect.backoff.ms", "100"},
      {"reconnect.backoff.max.ms", "2000"},  // the default of 10 s is a long time to be away after a broker is back
  };
  if (Status set = set_all(common); !set) return std::move(set).error();
  if (Status set = set_all(defaults); !set) return std::move(set).error();
  for (const Property& property : if_known) SetIfKnown(conf.get(), property);
  if (Status set = ApplyUserProperties(conf.get(), shared, Secrets::kLookUp); !set) return std::move(set).error();
  const std::vector<Property> always{
      {"bootstrap.servers", shared.String("bootstrap_servers")},
      {"client.id", client_id},
      {"allow.auto.create.topics", "false"},
  };
  if (Status set = set_all(always); !set) return std::move(set).error();
  if (Status set = set_all(fixed); !set) return std::move(set).error();
  if (Status set = UseTokenFile(conf.get(), shared); !set) return std::move(set).error();
  RouteLog(conf.get());
  return conf;
}

Result<KafkaConf> WritingConf(const Fields& shared, std::string_view role, std::size_t batch_bytes,
                              const std::vector<Property>& more_defaults, const std::vector<Property>& more_fixed) {
  std::vector<Property> defaults{
      {"compression.codec", "lz4"},
      {"linger.ms", "5"},
      // The broker alone knows how large a message its kafka topic takes, so the client refuses none.
      {"message.max.bytes", "1000000000"},
      {"socket.nagle.disable", "true"},
  };
  defaults.insert(defaults.end(), more_defaults.begin(), more_defaults.end());
  std::vector<Property> fixed{
      {"batch.size", std::to_string(batch_bytes)},
      {"enable.idempotence", "true"},
      {"acks", "all"},
  };
  fixed.insert(fixed.end(), more_fixed.begin(), more_fixed.end());
  return MakeConf(shared, fmt::format("{}-{}", shared.String("client_id"), role), defaults, {}, fixed);
}

}  // namespace

Result<KafkaConf> ReaderConf(const Fields& shared, std::string_view role) {
  const std::string client = fmt::format("{}-{}", shared.String("client_id"), role);
  return MakeConf(shared, client,
                  {{"isolation.level", "read_committed"},
                   {"fetch.wait.max.ms", "100"},
                   {"receive.message.max.bytes", "1000000000"}},  // also of what a batch unpacks to
                  {},
                  {{"group.id", client},  // librdkafka wants a name; it is never joined
                   {"enable.auto.commit", "false"},
                   {"enable.auto.offset.store", "false"},
                   {"auto.offset.reset", "earliest"},  // what was deleted in the meantime is passed over
                   {"enable.partition.eof", "true"}});
}

Result<KafkaConf> SecondLookConf(const Fields& source, const Fields& shared, std::size_t bytes) {
  auto conf = MakeConf(shared, fmt::format("{}-second-look", shared.String("client_id")),
                       {{"isolation.level", "read_committed"}}, {},
                       {{"group.id", source.String("group")},
                        {"enable.auto.commit", "false"},
                        {"enable.auto.offset.store", "false"},
                        {"auto.offset.reset", "error"},
                        {"enable.partition.eof", "true"},
                        {"fetch.message.max.bytes", "1"},  // brokers give the first batch whole, and no more
                        {"queued.min.messages", "1"},
                        {"fetch.wait.max.ms", "100"},
                        {"fetch.error.backoff.ms", "100"},
                        {"statistics.interval.ms", "0"}});
  if (!conf) return conf;
  std::array<char, 32> configured{};
  std::size_t size = configured.size();
  rd_kafka_conf_get(conf->get(), "receive.message.max.bytes", configured.data(), &size);
  if (ParseNumber<std::uint64_t>(configured.data()).value_or(0) >= bytes) return conf;
  if (Status set = Set(conf->get(), {"receive.message.max.bytes", std::to_string(bytes)}); !set) {
    return std::move(set).error();
  }
  return conf;
}

Result<KafkaConf> LagConf(const Fields& source, const Fields& shared) {
  // Up to the end, whatever transactions are open.
  return MakeConf(shared, fmt::format("{}-lag", shared.String("client_id")), {}, {},
                  {{"group.id", source.String("group")},
                   {"isolation.level", "read_uncommitted"},
                   {"enable.auto.commit", "false"},
                   {"enable.auto.offset.store", "false"},
                   {"statistics.interval.ms", "0"}});
}

Status CheckTokenFile(const Fields& shared) {
  const auto& properties = shared.Map("properties");
  const auto property = [&](const std::string& key) {
    const auto at = properties.find(key);
    return at != properties.end() ? at->second : std::string();
  };
  const std::string wanted = "OAUTHBEARER";
  const bool oauth = property("sasl.mechanisms") == wanted || property("sasl.mechanism") == wanted;
  const bool has_file = !shared.String("oauthbearer_token_file").empty();
  if (has_file && !oauth) {
    return Error{ErrorCode::kInvalid,
                 "kafka.oauthbearer_token_file is for sasl.mechanisms: OAUTHBEARER in kafka.properties"};
  }
  if (has_file && properties.contains("sasl.oauthbearer.config")) {
    return Error{ErrorCode::kInvalid,
                 "kafka.properties: sasl.oauthbearer.config is not used with kafka.oauthbearer_token_file"};
  }
  // Others than these two would wait for ever for somebody to give them a token.
  if (oauth && !has_file && property("sasl.oauthbearer.method") != "oidc" &&
      property("enable.sasl.oauthbearer.unsecure.jwt") != "true") {
    return Error{ErrorCode::kInvalid, "sasl.mechanisms: OAUTHBEARER needs kafka.oauthbearer_token_file"};
  }
  return {};
}

std::vector<std::pair<std::string, std::string>> FindPropertyProblems(const Fields& shared) {
  const KafkaConf scratch(rd_kafka_conf_new());
  std::vector<std::pair<std::string, std::string>> problems;
  for (const auto& [key, value] : shared.Map("properties")) {
    if (Status set = SetUserProperty(scratch.get(), key, value, Secrets::kLeave); !set) {
      problems.emplace_back(key, set.error().message);
    }
  }
  return problems;
}

Result<KafkaConf> ConsumerConf(const Fields& source, const Fields& shared) {
  const std::string& instance = source.String("instance_id");
  // 2.0.2 stops a partition for a second each time its queue is full, so there the queue must hold more than a second
  // of traffic. Newer versions have fetch.queue.backoff.ms, and need less.
  const bool queue_backoff = SetIfKnown(KafkaConf(rd_kafka_conf_new()).get(), {"fetch.queue.backoff.ms", "20"});
  const std::vector<Property> defaults{
      {"queued.max.messages.kbytes", queue_backoff ? "65536" : "131072"},
      {"queued.min.messages", "1000000"},
      // Named members may be away for a restart. A nameless one that dies is never coming back, and while the group
      // waits for it nobody reads.
      {"session.timeout.ms", instance.empty() ? "15000" : "45000"},
      {"heartbeat.interval.ms", "3000"},
      {"max.poll.interval.ms", "300000"},
      {"isolation.level", "read_committed"},
      // Cooperative assignment is broken in several ways before 2.10.1; who has a newer librdkafka sets it.
      {"partition.assignment.strategy", "range,roundrobin"},
      {"statistics.interval.ms", "5000"},
      {"auto.commit.interval.ms", "1000"},
      {"fetch.wait.max.ms", "100"},
  };
  std::vector<Property> fixed{
      {"group.id", source.String("group")}, {"auto.offset.reset", source.String("offset_reset")},
      {"enable.auto.commit", "true"},       {"enable.auto.offset.store", "false"},
      {"enable.partition.eof", "true"},
  };
  if (!instance.empty()) fixed.push_back({"group.instance.id", instance});
  const std::string& client = shared.String("client_id");
  return MakeConf(shared, instance.empty() ? client : fmt::format("{}-{}", client, instance), defaults,
                  {{"fetch.queue.backoff.ms", "20"}}, fixed);
}

Result<KafkaConf> ProducerConf(const Fields& shared, std::string_view role, std::size_t batch_bytes,
                               Compression compression) {
  std::vector<Property> defaults;
  if (compression == Compression::kSmall) defaults.assign(kSmallCodec.begin(), kSmallCodec.end());
  // Retries without end: nothing is lost while the broker is away.
  return WritingConf(shared, role, batch_bytes, defaults, {{"message.timeout.ms", "0"}});
}

KafkaTopicConf SmallTopicConf(const Fields& shared) {
  const auto& properties = shared.Map("properties");
  for (const std::string key : {"compression.codec", "compression.type", "compression.level"}) {
    if (properties.contains(key)) return nullptr;
  }
  KafkaTopicConf conf(rd_kafka_topic_conf_new());
  for (const Property& property : kSmallCodec) {
    rd_kafka_topic_conf_set(conf.get(), std::string(property.key).c_str(), property.value.c_str(), nullptr, 0);
  }
  return conf;
}

Result<KafkaConf> TransactionalConf(const Fields& shared, std::string_view role, const std::string& transactional_id,
                                    std::size_t batch_bytes) {
  // A reader waits so long for what a killed process left open. An outage that is longer ends the process.
  return WritingConf(shared, role, batch_bytes, {{"transaction.timeout.ms", "30000"}},
                     {{"transactional.id", transactional_id}});
}

Result<KafkaConf> ToolConf(const Fields& shared, std::string_view role) {
  return MakeConf(shared, fmt::format("{}-{}", shared.String("client_id"), role), {}, {}, {});
}

}  // namespace wirewatch
