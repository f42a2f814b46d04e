// Rejection: why a record becomes a dead letter.
#ifndef WIREWATCH_PIPELINE_RECORDS_REJECTION_H_
#define WIREWATCH_PIPELINE_RECORDS_REJECTION_H_

#include <optional>
#include <string>
#include <string_view>

#include "pipeline/records/record.h"

namespace wirewatch {

// No client can read it (Record::unreadable).
inline constexpr std::string_view kUnreadable = "unreadable";

// Why a record becomes a dead letter.
struct Rejection {
  std::string_view reason;  // as DeadLetter::reason
  std::string message;
};

// Why a record has no bytes that could be looked at; nothing: it has.
std::optional<Rejection> RejectUnreadable(const Record& record);

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_RECORDS_REJECTION_H_
