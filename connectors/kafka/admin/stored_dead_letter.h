// StoredDeadLetter: a dead letter as it is read back from its kafka topic, and the record that it once was.
#ifndef WIREWATCH_CONNECTORS_KAFKA_ADMIN_STORED_DEAD_LETTER_H_
#define WIREWATCH_CONNECTORS_KAFKA_ADMIN_STORED_DEAD_LETTER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "connectors/kafka/client/kafka_message.h"
#include "connectors/kafka/consume/kafka_reader.h"
#include "connectors/kafka/produce/dead_letter_headers.h"
#include "pipeline/records/record.h"

namespace wirewatch {

// Where a dead letter stands in the kafka topic of dead letters.
using DeadLetterPlace = std::pair<Partition, Offset>;

// "3:1017"; anything else: nothing.
std::optional<DeadLetterPlace> ParseDeadLetterPlace(std::string_view text);
std::string TextOf(const DeadLetterPlace& place);

struct StoredDeadLetter {
  KafkaRecord record;  // as it stands there
  std::string reason;  // "unknown" where a header of ours is missing: somebody else wrote it
  std::string message;
  WallTime time;               // when it became one
  std::string stream;          // where it came from: a kafka topic, or a file; empty: unknown
  std::int32_t partition = 0;  // below 0: what stands there is none
  std::int64_t offset = 0;
  std::optional<std::int64_t> last_offset;  // of several that could not be read: nothing of them is here
  std::optional<std::uint64_t> oversize;    // bytes of the whole record, of which only the head is here
  std::string spill_path;
  std::int64_t replays = 0;
  std::vector<RecordHeader> own_headers;  // the record's, without ours
};

// Headers of ours may repeat where a dead letter was sent back by hand: those from the last wirewatch-reason on count.
StoredDeadLetter ReadDeadLetter(KafkaRecord record);

// The place of a dead letter, as TextOf writes it.
std::string PlaceOf(const KafkaRecord& record);

// Why the letter cannot be sent back; empty: it can. `limit`: so many replays are enough. `whole_is_there`: the caller
// will look for the whole of a letter that was cut, and use MakeWhole.
std::string RefusalOf(const StoredDeadLetter& letter, std::int64_t limit, bool whole_is_there = false);

// Puts the whole record into a dead letter that holds only the record's head. `original`: what stands now where the
// record stood. False: that is another record. REQUIRES: letter.oversize.
bool MakeWhole(StoredDeadLetter& letter, KafkaRecord original);

// The record that it was, for the kafka topic and partition that it came from, with one replay more.
// REQUIRES: RefusalOf(letter) is empty.
KafkaMessageBody ToReplay(const StoredDeadLetter& letter);

// The same line of JSON as for a dead letter in a file (ToJson of pipeline/records/dead_letter.h).
std::string ToJson(const StoredDeadLetter& letter);

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_KAFKA_ADMIN_STORED_DEAD_LETTER_H_
