// BlockPool: the memory that a source reads into. Records lie in blocks and keep them alive; blocks that are let go are
// used again. What is in use at one time is bounded: one record that waits for its alert keeps a whole block.
#ifndef WIREWATCH_CONNECTORS_BYTES_BLOCK_POOL_H_
#define WIREWATCH_CONNECTORS_BYTES_BLOCK_POOL_H_

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "connectors/bytes/record_feed.h"

namespace wirewatch {

// A parser may read so many bytes after a record (simdjson's padding).
inline constexpr std::size_t kReadableAfter = 64;

// `capacity` bytes and kReadableAfter more.
struct Block {
  explicit Block(std::size_t size) : bytes(std::make_unique<char[]>(size + kReadableAfter)), capacity(size) {}
  const std::unique_ptr<char[]> bytes;
  const std::size_t capacity;
};

// Threads: Acquire is called by one; blocks are let go by any, also after the pool.
class BlockPool {
 public:
  static constexpr std::size_t kBlockBytes = 256 << 10;

  // REQUIRES: max_bytes is at least twice the largest capacity that is asked for.
  explicit BlockPool(std::size_t max_bytes) : shared_(std::make_shared<Shared>(max_bytes)) {}

  // Waits while too much is in use. Null: the source was told to stop.
  std::shared_ptr<Block> Acquire(std::size_t capacity, RecordFeed& feed);

  std::size_t bytes_in_use() const;

 private:
  struct Shared {
    explicit Shared(std::size_t most) : max_bytes(most) {}
    void LetGo(std::unique_ptr<Block> block);

    const std::size_t max_bytes;
    std::mutex mutex;
    std::condition_variable changed;
    std::size_t bytes_in_use = 0;
    std::vector<std::unique_ptr<Block>> free;  // of kBlockBytes each
  };
  const std::shared_ptr<Shared> shared_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_BYTES_BLOCK_POOL_H_
