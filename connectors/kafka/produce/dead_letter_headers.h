// The headers by which a dead letter in a kafka topic says why it is there and where it came from.
#ifndef WIREWATCH_CONNECTORS_KAFKA_PRODUCE_DEAD_LETTER_HEADERS_H_
#define WIREWATCH_CONNECTORS_KAFKA_PRODUCE_DEAD_LETTER_HEADERS_H_

#include <algorithm>
#include <iterator>
#include <string_view>

namespace wirewatch {

inline constexpr std::string_view kDeadLetterHeader = "wirewatch-";  // the beginning of all
inline constexpr std::string_view kReasonHeader = "wirewatch-reason";
// Bytes of the whole payload, where not all of it is there, and how many of them are.
inline constexpr std::string_view kBytesHeader = "wirewatch-bytes", kCutHeader = "wirewatch-cut";
// Says how often a record was replayed. Among the record's own headers, so a dead letter carries it on.
inline constexpr std::string_view kReplaysHeader = "wirewatch-replays";

inline bool IsDeadLetterHeader(std::string_view name) {
  constexpr std::string_view kNames[] = {"reason", "message", "topic",      "partition", "offset", "last-offset",
                                         "time",   "bytes",   "spill-path", "cut",       "replays"};
  return name.starts_with(kDeadLetterHeader) &&
         std::find(std::begin(kNames), std::end(kNames), name.substr(kDeadLetterHeader.size())) != std::end(kNames);
}

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_KAFKA_PRODUCE_DEAD_LETTER_HEADERS_H_
