// DeadLetter: a record that can never be processed, kept whole with its reason.
#ifndef WIREWATCH_PIPELINE_RECORDS_DEAD_LETTER_H_
#define WIREWATCH_PIPELINE_RECORDS_DEAD_LETTER_H_

#include <string>
#include <string_view>

#include "base/clock.h"
#include "pipeline/records/record.h"

namespace wirewatch {

struct DeadLetter {
  const Record& record;     // borrowed during the call
  std::string_view reason;  // Name(DeadLetterReason); of one that is read back, whatever stood there
  std::string message;      // what is wrong and where
  WallTime time;
};

// One line of JSON without a newline: {reason, message, time, stream, partition, offset, timestamp, key, headers,
// payload}; headers is a list of {name, value}, since names may repeat. A key is left out where nothing is known.
// Bytes that are not valid UTF-8 stand in base64 under "payload_base64", "key_base64", "value_base64" instead. An
// oversize record also has "bytes" (of the whole) and, where it was kept, "spill_path"; "payload" is its head then.
// Where Kafka's record has no value at all (a tombstone), payload is null; so is the value of such a header. Of records
// that cannot be read "offset" is the first and "last_offset" the last.
// Cost: one pass and one allocation for the payload.
std::string ToJson(const DeadLetter& letter);

// Of the record; of several that cannot be read, of the first.
Offset FirstOffset(const Record& record);

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_RECORDS_DEAD_LETTER_H_
