#include "connectors/kafka/client/kafka_errors.h"

#include <array>

#include "connectors/kafka/client/kafka_log.h"

namespace wirewatch {

ErrorEvent ClassifyEvent(int error) {
  switch (error) {
    case RD_KAFKA_RESP_ERR__FATAL: return ErrorEvent::kFatal;
    case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN: return ErrorEvent::kAllBrokersDown;
    case RD_KAFKA_RESP_ERR__TRANSPORT:
    case RD_KAFKA_RESP_ERR__RESOLVE: return ErrorEvent::kUnreachable;
    case RD_KAFKA_RESP_ERR__SSL:
    case RD_KAFKA_RESP_ERR__AUTHENTICATION: return ErrorEvent::kRefused;
    default: return ErrorEvent::kOther;
  }
}

bool PassToWatch(TopicWatch& watch, int error, const char* reason) {
  switch (ClassifyEvent(error)) {
    // This one and the next come in any order when brokers go. The watch finds out which of them are gone.
    case ErrorEvent::kAllBrokersDown: watch.Suspect({}); return true;
    case ErrorEvent::kUnreachable: watch.Suspect(reason); return true;
    case ErrorEvent::kRefused: watch.Suspect(reason, true); return true;
    case ErrorEvent::kFatal:
    case ErrorEvent::kOther: break;
  }
  return false;
}

std::string ErrorTextOf(const rd_kafka_message_t& message) {
  return ReasonForPeople(rd_kafka_message_errstr(&message));
}

std::string ErrorTextOf(const rd_kafka_error_t& error) { return ReasonForPeople(rd_kafka_error_string(&error)); }

std::string ErrorTextOf(rd_kafka_event_t* event) { return ReasonForPeople(rd_kafka_event_error_string(event)); }

std::optional<FatalError> FatalErrorOf(rd_kafka_t* client) {
  std::array<char, 512> text{};
  const rd_kafka_resp_err_t code = rd_kafka_fatal_error(client, text.data(), text.size());
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return std::nullopt;
  return FatalError{code, ReasonForPeople(text.data())};
}

bool IsUnreadable(rd_kafka_resp_err_t error) {
  return error == RD_KAFKA_RESP_ERR__BAD_COMPRESSION || error == RD_KAFKA_RESP_ERR__BAD_MSG ||
         error == RD_KAFKA_RESP_ERR__NOT_IMPLEMENTED;
}

bool IsTooLarge(rd_kafka_resp_err_t error) {
  return error == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE || error == RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE;
}

bool IsAboutTheMessage(rd_kafka_resp_err_t error) {
  switch (error) {
    case RD_KAFKA_RESP_ERR_INVALID_RECORD:
    case RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP:
    case RD_KAFKA_RESP_ERR_UNSUPPORTED_FOR_MESSAGE_FORMAT:
    case RD_KAFKA_RESP_ERR__INVALID_ARG: return true;
    default: return false;
  }
}

}  // namespace wirewatch
