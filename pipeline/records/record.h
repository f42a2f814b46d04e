// Record: the raw bytes of one article version or match, with their place in the stream they came from.
#ifndef WIREWATCH_PIPELINE_RECORDS_RECORD_H_
#define WIREWATCH_PIPELINE_RECORDS_RECORD_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace wirewatch {

enum class Partition : std::int32_t {};
enum class Offset : std::int64_t {};
// Where a reader goes on behind the record at `offset`.
constexpr Offset Next(Offset offset) { return Offset{static_cast<std::int64_t>(offset) + 1}; }

struct RecordPlace {
  std::string_view stream;  // kafka topic, file path or "stdin"; lives as long as the Source
  Partition partition{};    // 0 for files
  Offset offset{};          // Kafka's; of a file or stdin: where the record's first byte stands (decompressed)
  // Which ownership of the partition the record was read under. A partition that is lost and given again gets a new
  // lease, so that late acknowledgements of the old one are told apart.
  std::uint64_t lease = 0;
};

struct RecordHeader {
  std::string name;
  std::string value;     // bytes
  bool is_null = false;  // it has no value, which Kafka tells from an empty one
};

// What is left of a record that was too long to be held in memory: `Record::payload` is its head only.
struct Oversize {
  std::uint64_t bytes = 0;    // of the whole record
  std::string spill_path;     // where it was written; empty: nowhere (it still stands in its file)
  std::uint64_t spilled = 0;  // bytes there: the first ones, where the whole is too much
};

// Records that no client can read, one behind the other.
struct Unreadable {
  Offset first{};   // Record::place is that of the last
  std::string why;  // in the client's words
};

// What a record is read for.
enum class RecordUse {
  kCounts,    // for all that follows from it; it is acknowledged
  kRestores,  // again, only for the state that it left behind: nothing follows from it, and it is not acknowledged
  // As kRestores. But it is none of its stream: it is what was written down about the records of its partition (the
  // decisions on them). It has no part in the partition's record time, and counts in no metric of the stream.
  kRecalls,
};

struct Record {
  // What it holds in memory, as far as its sender decides it.
  std::size_t SizeInMemory() const {
    std::size_t size = payload.size() + key.size();
    for (const RecordHeader& header : headers) size += header.name.size() + header.value.size();
    return size;
  }

  std::string_view payload;
  std::size_t readable_after = 0;      // bytes after the payload that may be read; 0: unknown
  std::shared_ptr<const void> memory;  // keeps payload alive
  std::string key;
  std::vector<RecordHeader> headers;
  RecordPlace place;  // of one that recalls: partition and lease are those of the records that it is about
  std::optional<WallTime> timestamp;  // when it was written to its stream
  std::optional<Oversize> oversize;
  std::optional<Unreadable> unreadable;  // payload, key and headers are empty then
  RecordUse use = RecordUse::kCounts;
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_RECORDS_RECORD_H_
