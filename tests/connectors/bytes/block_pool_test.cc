#include "connectors/bytes/block_pool.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <thread>

#include "tests/support/fake_inbox.h"

namespace wirewatch {
namespace {

class BlockPoolTest : public ::testing::Test {
 protected:
  FakeInbox inbox_;
  StopSignal stop_;
  RecordFeed feed_{inbox_, stop_};
};

TEST_F(BlockPoolTest, UsesABlockAgain) {
  BlockPool pool(1 << 20);
  auto block = pool.Acquire(BlockPool::kBlockBytes, feed_);
  const char* const bytes = block->bytes.get();
  EXPECT_EQ(pool.bytes_in_use(), BlockPool::kBlockBytes);
  block.reset();
  EXPECT_EQ(pool.bytes_in_use(), 0U);
  EXPECT_EQ(pool.Acquire(BlockPool::kBlockBytes, feed_)->bytes.get(), bytes);
}

TEST_F(BlockPoolTest, WaitsUntilARecordLetsGoOfItsBlock) {
  BlockPool pool(2 * BlockPool::kBlockBytes);
  const auto first = pool.Acquire(BlockPool::kBlockBytes, feed_);
  auto second = pool.Acquire(BlockPool::kBlockBytes, feed_);
  std::shared_ptr<Block> third;
  std::thread waiting([&] { third = pool.Acquire(BlockPool::kBlockBytes, feed_); });
  // It hands on what the inbox holds back, and is seen to be alive.
  EXPECT_TRUE(inbox_.WaitForBeats(2));
  second.reset();
  waiting.join();
  EXPECT_NE(third, nullptr);
}

TEST_F(BlockPoolTest, GivesUpWaitingWhenTheSourceShallStop) {
  BlockPool pool(BlockPool::kBlockBytes);
  const auto first = pool.Acquire(BlockPool::kBlockBytes, feed_);
  std::shared_ptr<Block> second = first;
  std::thread waiting([&] { second = pool.Acquire(BlockPool::kBlockBytes, feed_); });
  EXPECT_TRUE(inbox_.WaitForBeats(1));
  stop_.Raise();
  waiting.join();
  EXPECT_EQ(second, nullptr);
}

TEST_F(BlockPoolTest, LetsBlocksOutliveIt) {
  std::optional<BlockPool> pool(std::in_place, 1 << 20);
  const auto block = pool->Acquire(BlockPool::kBlockBytes, feed_);
  pool.reset();
  block->bytes[BlockPool::kBlockBytes + kReadableAfter - 1] = 'x';
}

}  // namespace
}  // namespace wirewatch
