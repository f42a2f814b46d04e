#include "pipeline/ordered_queue.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <random>
#include <thread>
#include <vector>

namespace wirewatch {
namespace {

TEST(OrderedQueueTest, WhatComesInAnyOrderLeavesInOrder) {
  OrderedQueue<int> queue;
  queue.Push(2, 20);
  queue.Push(0, 0);
  EXPECT_EQ(queue.PopUntil(SteadyNow()), 0);
  EXPECT_EQ(queue.PopUntil(SteadyNow()), std::nullopt) << "1 has not come";
  queue.Push(1, 10);
  EXPECT_EQ(queue.PopUntil(SteadyNow()), 10);
  EXPECT_EQ(queue.PopUntil(SteadyNow()), 20);
}

TEST(OrderedQueueTest, ClosedItGivesOutTheRestAndIsDrained) {
  OrderedQueue<int> queue;
  queue.Push(0, 7);
  queue.Close();
  EXPECT_FALSE(queue.Drained());
  EXPECT_EQ(queue.PopUntil(SteadyNow()), 7);
  EXPECT_TRUE(queue.Drained());
}

TEST(OrderedQueueTest, ManyThreadsPushAndOneSeesTheOrder) {
  constexpr std::uint64_t kValues = 20'000;
  OrderedQueue<std::uint64_t> queue;
  std::vector<std::thread> threads;
  for (std::uint64_t first = 0; first < 4; ++first) {
    threads.emplace_back([&queue, first] {
      for (std::uint64_t number = first; number < kValues; number += 4) queue.Push(number, number);
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
