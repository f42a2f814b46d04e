#include "connectors/bytes/block_pool.h"

#include <utility>

namespace wirewatch {

std::shared_ptr<Block> BlockPool::Acquire(std::size_t capacity, RecordFeed& feed) {
  std::unique_ptr<Block> block;
  {
    std::unique_lock lock(shared_->mutex);
    const auto has_room = [&] { return shared_->bytes_in_use + capacity <= shared_->max_bytes; };
    while (!has_room()) {
      lock.unlock();
      // What is held back in the inbox may be what holds the blocks.
      if (!feed.Idle()) return nullptr;
      lock.lock();
      shared_->changed.wait_for(lock, RecordFeed::kSlice, has_room);
    }
    shared_->bytes_in_use += capacity;
    if (capacity == kBlockBytes && !shared_->free.empty()) {
      block = std::move(shared_->free.back());
      shared_->free.pop_back();
    }
  }
  if (block == nullptr) block = std::make_unique<Block>(capacity);
  return {block.release(), [shared = shared_](Block* done) { shared->LetGo(std::unique_ptr<Block>(done)); }};
}

std::size_t BlockPool::bytes_in_use() const {
  const std::lock_guard lock(shared_->mutex);
  return shared_->bytes_in_use;
}

void BlockPool::Shared::LetGo(std::unique_ptr<Block> block) {
  const std::lock_guard lock(mutex);
  bytes_in_use -= block->capacity;
  if (block->capacity == kBlockBytes) free.push_back(std::move(block));
  changed.notify_one();
}

}  // namespace wirewatch
