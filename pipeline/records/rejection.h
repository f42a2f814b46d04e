// Rejection: why a record becomes a dead letter.
#ifndef WIREWATCH_PIPELINE_RECORDS_REJECTION_H_
#define WIREWATCH_PIPELINE_RECORDS_REJECTION_H_

#include <optional>
#include <string>

#include "pipeline/records/dead_letter_reason.h"
#include "pipeline/records/record.h"

namespace wirewatch {

// Why a record becomes a dead letter.
struct Rejection {
  DeadLetterReason reason{};
  std::string message;  // what is wrong and where
};

// Why a record has no bytes that could be looked at; nothing: it has.
std::optional<Rejection> RejectUnreadable(const Record& record);

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_RECORDS_REJECTION_H_
