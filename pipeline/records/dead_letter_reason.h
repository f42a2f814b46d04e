// DeadLetterReason: every reason for which a record becomes a dead letter. The names stand in dead letters and are the
// label `reason` of wirewatch_dead_letters_total; the sentences are the table of docs/operations.md
// (`wirewatch docs dead-letters`).
#ifndef WIREWATCH_PIPELINE_RECORDS_DEAD_LETTER_REASON_H_
#define WIREWATCH_PIPELINE_RECORDS_DEAD_LETTER_REASON_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace wirewatch {

// A new one gets its row in dead_letter_reason.cc, in this order.
enum class DeadLetterReason {
  // The record is no article (decode).
  kEmpty,
  kTooLarge,
  kTooDeep,
  kInvalidUtf8,
  kInvalidJson,
  kWrongType,
  kNoText,
  // It was not matched.
  kEngineError,  // the engine could not look at the article: never taken for "no match"
  kOwnOutput,    // an alert or a match of wirewatch's own, where articles are read
  kUnreadable,   // no client can read it (Record::unreadable)
  kQuarantined,  // it ended the process too often (pipeline/flow/quarantine.h)
  // It was matched, and yet:
  kOracleMismatch,  // the reference matcher does not agree with the engine (pipeline/match/live_oracle.h)
  // What follows from it cannot be delivered.
  kInvalidMatch,  // it stands where matches are read
  kMatchRefused,
  kAlertRefused,
  kEmbargoed,
  kInvalidAlert,  // it stands where alerts are read
};

inline constexpr std::size_t kDeadLetterReasons = static_cast<std::size_t>(DeadLetterReason::kInvalidAlert) + 1;

std::string_view Name(DeadLetterReason reason);

// The table of docs/operations.md.
std::string DeadLetterReference();

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_RECORDS_DEAD_LETTER_REASON_H_
