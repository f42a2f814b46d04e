// DeadLetter: a record that can never be processed, kept whole with its reason.
#ifndef WIREWATCH_PIPELINE_DEAD_LETTER_H_
#define WIREWATCH_PIPELINE_DEAD_LETTER_H_

#include <string>
#include <string_view>

#include "base/clock.h"
#include "pipeline/record.h"

namespace wirewatch {

struct DeadLetter {
  const Record& record;     // borrowed during the call
  std::string_view reason;  // from a closed set: the names of DecodeFailure, "engine-error", "alert-refused"
  std::string message;      // what is wrong and where
  WallTime time;
};

// One line of JSON without a newline: {reason, message, time, stream, partition, offset, timestamp, key, headers, payload}. The
// payload is text where it is valid UTF-8 ("payload") and base64 otherwise ("payload_base64"); of an oversize record
// "spill_path", "bytes" and the head of the payload.
std::string ToJson(const DeadLetter& letter);

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_DEAD_LETTER_H_
