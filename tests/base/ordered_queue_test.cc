#include "base/ordered_queue.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <random>
#include <thread>
#include <vector>

namespace wirewatch {
namespace {

template <typename T>
void Push(OrderedQueue<T>& queue, std::uint64_t number, T value) {
  ASSERT_TRUE(queue.PushUntil(number, value, SteadyNow() + std::chrono::seconds(60)));
}

TEST(OrderedQueueTest, WhatComesInAnyOrderLeavesInOrder) {
  OrderedQueue<int> queue(10);
  Push(queue, 2, 20);
  Push(queue, 0, 0);
  EXPECT_EQ(queue.PopUntil(SteadyNow()), 0);
  EXPECT_EQ(queue.PopUntil(SteadyNow()), std::nullopt) << "1 has not come";
  Push(queue, 1, 10);
  EXPECT_EQ(queue.PopUntil(SteadyNow()), 10);
  EXPECT_EQ(queue.PopUntil(SteadyNow()), 20);
}

TEST(OrderedQueueTest, ClosedItGivesOutTheRestAndIsDrained) {
  OrderedQueue<int> queue(10);
  Push(queue, 0, 7);
  queue.Close();
  EXPECT_FALSE(queue.Drained());
  EXPECT_EQ(queue.PopUntil(SteadyNow()), 7);
  EXPECT_TRUE(queue.Drained());
}

TEST(OrderedQueueTest, WithoutRoomAValueStaysWithItsOwnerAndTheNextInTurnAlwaysHasRoom) {
  OrderedQueue<std::vector<int>> queue(2);
  std::vector<int> third{3};
  Push(queue, 1, {2});
  EXPECT_FALSE(queue.PushUntil(2, third, SteadyNow()));
  EXPECT_EQ(third, std::vector<int>{3});
  Push(queue, 0, {1});
  EXPECT_EQ(queue.PopUntil(SteadyNow()), std::vector<int>{1});
  EXPECT_TRUE(queue.PushUntil(2, third, SteadyNow()));
}

TEST(OrderedQueueTest, ManyThreadsPushAndOneSeesTheOrder) {
  constexpr std::uint64_t kValues = 20'000;
  OrderedQueue<std::uint64_t> queue(16);
  std::vector<std::thread> threads;
  for (std::uint64_t first = 0; first < 4; ++first) {
    threads.emplace_back([&queue, first] {
      for (std::uint64_t number = first; number < kValues; number += 4) Push(queue, number, number);
    });
  }
  for (std::uint64_t expected = 0; expected < kValues; ++expected) {
    ASSERT_EQ(queue.PopUntil(SteadyNow() + std::chrono::seconds(60)), expected);
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(queue.size(), 0u);
}

}  // namespace
}  // namespace wirewatch
