// RecordReader: bytes to records, without a copy of what fits into a block.
//
//   lines   NDJSON: a record a line, ended by "\n" or "\r\n". An empty line is an empty record: all that stands in the
//           stream is counted. Nothing after the last newline is no record.
//   values  JSON over several lines: objects one after the other, and the elements of arrays (value_scanner.h). A
//           stream without a byte that says anything is one empty record.
//   auto    values, if the stream begins with '[', or with an object that goes on behind its first line (which ends in
//           one of "{[,:") or is followed by another one on it; else lines
//
// A byte order mark at the beginning is left out. A record over max_record_bytes is not held in memory: see Oversize.
#ifndef WIREWATCH_CONNECTORS_BYTES_RECORD_READER_H_
#define WIREWATCH_CONNECTORS_BYTES_RECORD_READER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "connectors/bytes/block_pool.h"
#include "connectors/bytes/byte_input.h"
#include "connectors/bytes/spill_file.h"
#include "connectors/bytes/value_scanner.h"
#include "pipeline/records/record.h"

namespace wirewatch {

struct ConnectorContext;

enum class Framing { kLines, kValues, kAuto };

struct RecordLimits {
  std::size_t max_record_bytes = 16 << 20;
  std::string spill_dir;  // where longer ones are kept; empty: nowhere
};

// Of a source's records. `spill_dir`: the place that its section names; empty: none, and the one of the context counts.
RecordLimits LimitsOf(const ConnectorContext& context, const std::string& spill_dir);

// Of a record that is longer so many times max_record_bytes are kept, no more: a compressed file of some kilobytes may
// hold one of gigabytes.
inline constexpr std::uint64_t kSpilledRecords = 16;

// What a pool must hold so that the longest record can always be read.
std::size_t PoolBytes(const RecordLimits& limits);

// Threads: one at a time.
class RecordReader {
 public:
  struct Start {
    std::string_view stream;   // for RecordPlace; outlives the records
    std::uint64_t offset = 0;  // of the input's first byte in its stream
    std::uint64_t size = 0;    // of the input where it is known: small files get small blocks
  };
  // Borrows all but `start`. REQUIRES: the pool has PoolBytes(limits).
  RecordReader(ByteInput& input, Framing framing, Start start, const RecordLimits& limits, BlockPool& pool,
               RecordFeed& feed);

  // The next record that is complete. Nothing: the input's end, or the source was told to stop. A record that is too
  // long says that the source is alive while it passes, and ends at a stop.
  // Errors: the input's, or a record too long to be held cannot be kept; the records before stay valid.
  Result<std::optional<Record>> Next();

  // At the end of the input: the record that nothing ended. Nothing: there is none, or the stop came in the middle of
  // it.
  Result<std::optional<Record>> TakeRest();

  // At the end of the input: an array of records was not closed, so that the stream may be cut off.
  bool lacks_bracket() const { return framing_ == Framing::kValues && scanner_.in_array(); }

  // In the stream: where the next record begins; how far was read.
  std::uint64_t next_offset() const { return oversize_ ? oversize_->offset : begin_offset_; }
  std::uint64_t read_offset() const { return begin_offset_ + (filled_ - begin_); }

 private:
  // A record that is too long, while it passes through.
  struct Passing {
    std::uint64_t offset = 0;
    std::uint64_t bytes = 0;
    std::string head;
    std::unique_ptr<SpillFile> spill;
    std::uint64_t spilled = 0;
  };

  // Whether kAuto is kLines or kValues, as soon as the bytes tell; at the end they do.
  void Decide(bool at_end);
  // The next record's end in the block, and how many bytes part it from what follows.
  struct End {
    std::size_t at, skip;
  };
  std::optional<End> FindEnd();
  std::string_view Unfinished() const { return {block_->bytes.get() + begin_, filled_ - begin_}; }
  // The bytes up to `end` are a record; `skip` more end it.
  Result<std::optional<Record>> Take(std::size_t end, std::size_t skip);
  // Hands what is unfinished to the record that is too long.
  Status Pass(std::size_t end);
  Result<Record> FinishPassing();
  // Reads on. False: the end, or stopped.
  Result<bool> Fill();
  // A new block that begins with what is unfinished. False: stopped.
  bool ChangeBlock();
  void SkipByteOrderMark();

  ByteInput& input_;
  Framing framing_;
  ValueScanner scanner_;  // of values
  const std::string_view stream_;
  const RecordLimits& limits_;
  BlockPool& pool_;
  RecordFeed& feed_;

  std::shared_ptr<Block> block_;
  std::size_t first_capacity_;
  std::size_t begin_ = 0;    // of the unfinished record in the block
  std::size_t scanned_ = 0;  // from begin_ to here is no end
  std::size_t filled_ = 0;
  std::size_t blanks_ = 0;      // of kAuto: so many bytes at the beginning are blanks
  std::size_t undecided_ = 0;   // of kAuto: so many bytes were looked at for a newline
  std::uint64_t begin_offset_;  // of begin_ in the stream
  bool at_start_;
  bool handed_out_ = false;  // records of the last fill lie before begin_
  bool cut_off_ = false;     // by a stop: what is unfinished is not all of its record
  std::optional<Passing> oversize_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_BYTES_RECORD_READER_H_
