#include "connectors/kafka/client/kafka_link.h"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "connectors/kafka/client/kafka_client.h"
#include "connectors/kafka/client/kafka_errors.h"
#include "connectors/kafka/client/kafka_log.h"
#include "connectors/kafka/client/topic_watch.h"

namespace wirewatch {
namespace {

constexpr std::chrono::milliseconds kAsk{1'000};

}  // namespace

Result<KafkaHandle> KafkaLink::Open(rd_kafka_type_t type, KafkaConf conf) {
  rd_kafka_conf_set_opaque(conf.get(), this);
  rd_kafka_conf_set_error_cb(conf.get(), OnErrorEvent);
  return MakeClient(type, std::move(conf));
}

Result<int> KafkaLink::CountBrokers(rd_kafka_t* client, const std::string& bootstrap_servers, SteadyTime deadline) {
  while (true) {
    const struct rd_kafka_metadata* answer = nullptr;
    const auto error = rd_kafka_metadata(client, 0, nullptr, &answer, static_cast<int>(kAsk.count()));
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
      const KafkaMetadata metadata(answer);
      return metadata->broker_cnt;
    }
    while (rd_kafka_poll(client, 0) > 0) {  // serves OnErrorEvent
    }
    if (!hopeless_ && SteadyNow() + kAsk < deadline) continue;
    if (hopeless_) return Refused(bootstrap_servers, reason_);
    return Error{ErrorCode::kUnavailable,
                 fmt::format("kafka broker {} cannot be reached: {}; check kafka.bootstrap_servers, kafka.properties "
                             "and that the broker runs",
                             bootstrap_servers, reason_.empty() ? rd_kafka_err2str(error) : reason_)};
  }
}

void KafkaLink::OnErrorEvent(rd_kafka_t* /*client*/, int error, const char* reason, void* self) {
  auto& link = *static_cast<KafkaLink*>(self);
  const ErrorEvent event = ClassifyEvent(error);
  if (link.hopeless_ || event == ErrorEvent::kAllBrokersDown) return;  // the reasons came before it
  link.reason_ = ReasonForPeople(reason);
  link.hopeless_ = event == ErrorEvent::kRefused;
}

}  // namespace wirewatch
