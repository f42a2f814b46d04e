// librdkafka's own log lines, into ours, cleared of secrets (with `debug` in kafka.properties it tells all it knows).
// Repeats of a line within a minute are dropped; lines about one connection are for debugging only: whether the brokers
// can be reached is told once by TopicWatch, in words for an operator.
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

// What librdkafka gives as the reason of an error: without secrets, and with what an operator cannot know of it.
std::string ReasonForPeople(std::string_view reason);

// "; allow this user the operation Write on topic alerts", where a broker's error means that we may not; else empty.
// `operation`: what we wanted of the resource that the error is about, where there are several.
std::string HelpToBeAllowed(rd_kafka_resp_err_t error, std::string_view operation, std::string_view resource);

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_KAFKA_CLIENT_KAFKA_LOG_H_
