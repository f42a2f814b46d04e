// Reads one stream, a file or a pipe, whole: decompresses it, cuts it into records and offers them.
#ifndef WIREWATCH_CONNECTORS_BYTES_STREAM_READING_H_
#define WIREWATCH_CONNECTORS_BYTES_STREAM_READING_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "connectors/bytes/block_pool.h"
#include "connectors/bytes/fd_input.h"
#include "connectors/bytes/record_feed.h"
#include "connectors/bytes/record_reader.h"

namespace wirewatch {

// Names of streams, kept at one place in memory for as long as the source lives.
class StreamNames {
 public:
  std::string_view Keep(std::string_view name) { return *names_.emplace(name).first; }

 private:
  std::set<std::string, std::less<>> names_;
};

// What all streams of one source share. Borrowed by those who read.
struct StreamReading {
  explicit StreamReading(RecordLimits record_limits) : limits(std::move(record_limits)), pool(PoolBytes(limits)) {}

  const RecordLimits limits;
  BlockPool pool;
  StreamNames names;
  std::atomic<std::uint64_t> bytes_read{0};  // of the files as they stand, compressed or not
};

// Offers the records of `input`; its end, or a stop, ends it. `stream` outlives the records.
// Errors: the input cannot be read to its end. What was offered stays valid; a record that was cut off by the error is
// not offered.
Status ReadStream(FdInput& input, Framing framing, std::string_view stream, StreamReading& reading, RecordFeed& feed);

// Offers all complete records that `reader` has. True: it has no more; false: told to stop before.
Result<bool> OfferAll(RecordReader& reader, RecordFeed& feed);

// Offers the rest without a newline. REQUIRES: OfferAll said true.
Status OfferRest(RecordReader& reader, RecordFeed& feed);

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_BYTES_STREAM_READING_H_
