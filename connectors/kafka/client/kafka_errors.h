// What librdkafka's error codes mean to us: which are about connections, about records that cannot be read, or about
// messages that are not taken.
#ifndef WIREWATCH_CONNECTORS_KAFKA_CLIENT_KAFKA_ERRORS_H_
#define WIREWATCH_CONNECTORS_KAFKA_CLIENT_KAFKA_ERRORS_H_

#include <optional>
#include <string>

#include "connectors/kafka/client/rd_handles.h"
#include "connectors/kafka/client/topic_watch.h"

namespace wirewatch {

// What a client tells in its error callback (rd_kafka_conf_set_error_cb).
enum class ErrorEvent {
  kFatal,           // the client is of no use any more: FatalErrorOf says why
  kAllBrokersDown,  // no broker is connected; the reasons came before it or come behind it
  kUnreachable,     // one broker cannot be reached
  kRefused,         // one broker answers and does not take us: a password, a certificate
  kOther,
};
ErrorEvent ClassifyEvent(int error);

// True: the event was a sign of trouble with a connection and went to `watch`, which finds out what is the matter and
// logs it.
bool PassToWatch(TopicWatch& watch, int error, const char* reason);

// librdkafka's words for an error that stands in a message, an error or an event, as ReasonForPeople (kafka_log.h): all
// that is logged, shown or kept must come through here or through there, since these words may quote a secret.
// REQUIRES: there is an error.
std::string ErrorTextOf(const rd_kafka_message_t& message);
std::string ErrorTextOf(const rd_kafka_error_t& error);
std::string ErrorTextOf(rd_kafka_event_t* event);

struct FatalError {
  rd_kafka_resp_err_t code;
  std::string text;  // as ErrorTextOf
};
// Nothing: the client met no fatal error.
std::optional<FatalError> FatalErrorOf(rd_kafka_t* client);

// Records are there and a consumer cannot read them. The message of such an error has the first offset of the batch of
// records; in the message format before Kafka 0.11 it has the last.
bool IsUnreadable(rd_kafka_resp_err_t error);

// The broker takes no batch, or no message, of such a size.
bool IsTooLarge(rd_kafka_resp_err_t error);

// The broker looked at the message itself and will say the same again.
bool IsAboutTheMessage(rd_kafka_resp_err_t error);

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_KAFKA_CLIENT_KAFKA_ERRORS_H_
