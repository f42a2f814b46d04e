// Brings librdkafka's own log lines into our log, cleared of secrets (with `debug` in kafka.properties librdkafka tells
// all it knows). Repeats of a line within a minute are dropped. Lines about single connections have the level debug:
// TopicWatch tells once, in words for an operator, whether the brokers can be reached.
#ifndef WIREWATCH_CONNECTORS_KAFKA_CLIENT_KAFKA_LOG_H_
#define WIREWATCH_CONNECTORS_KAFKA_CLIENT_KAFKA_LOG_H_

#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "connectors/kafka/client/rd_handles.h"

namespace wirewatch {

// Says which lines were not there within the last minute. Bounded: it forgets all when it holds a thousand.
// Threads: all of it is thread-safe.
class RepeatFilter {
 public:
  bool IsNew(std::string_view line, SteadyTime now);

 private:
  std::mutex mutex_;
  std::map<std::string, SteadyTime, std::less<>> last_;
};

void RouteLog(rd_kafka_conf_t* conf);

// librdkafka's reason of an error, without secrets, and with an advice where the reason misleads an operator.
std::string ReasonForPeople(std::string_view reason);

// "; allow this user the operation Write on topic alerts", where the broker's error says that we are not allowed; else
// empty. `operation`: what we wanted to do with `resource`, which the error is about.
std::string HelpToBeAllowed(rd_kafka_resp_err_t error, std::string_view operation, std::string_view resource);

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_KAFKA_CLIENT_KAFKA_LOG_H_
