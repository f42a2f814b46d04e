#include "base/bounded_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "base/clock.h"

namespace wirewatch {
namespace {

using testing::Optional;

SteadyTime Never() { return SteadyNow() + std::chrono::hours(1); }

template <typename T>
bool Push(BoundedQueue<T>& queue, T value) {
  return queue.PushUntil(value, Never());
}
template <typename T>
std::optional<T> Pop(BoundedQueue<T>& queue) {
  return queue.PopUntil(Never());
}

TEST(BoundedQueueTest, KeepsTheOrder) {
  BoundedQueue<int> queue(3);
  for (int i : {1, 2, 3}) EXPECT_TRUE(Push(queue, i));
  EXPECT_EQ(queue.size(), 3u);
  EXPECT_THAT(Pop(queue), Optional(1));
  EXPECT_THAT(Pop(queue), Optional(2));
  EXPECT_THAT(Pop(queue), Optional(3));
  EXPECT_EQ(queue.size(), 0u);
}

TEST(BoundedQueueTest, GivesNothingAtTheDeadlineButStaysOpen) {
  BoundedQueue<int> queue(1);
  EXPECT_EQ(queue.PopUntil(SteadyNow() - std::chrono::seconds(1)), std::nullopt);
  EXPECT_FALSE(queue.Drained());
}

TEST(BoundedQueueTest, GivesWhatIsThereEvenWhenTheDeadlineHasPassed) {
  BoundedQueue<int> queue(1);
  EXPECT_TRUE(Push(queue, 7));
  EXPECT_THAT(queue.PopUntil(SteadyNow() - std::chrono::seconds(1)), Optional(7));
}

TEST(BoundedQueueTest, TakesNothingWhileItIsFull) {
  BoundedQueue<std::unique_ptr<int>> queue(1);
  EXPECT_TRUE(Push(queue, std::make_unique<int>(1)));
  auto second = std::make_unique<int>(2);
  EXPECT_FALSE(queue.PushUntil(second, SteadyNow()));
  ASSERT_NE(second, nullptr) << "a refused value stays with its owner";
  EXPECT_NE(Pop(queue), std::nullopt);
  EXPECT_TRUE(queue.PushUntil(second, SteadyNow()));
  EXPECT_EQ(second, nullptr);
}

TEST(BoundedQueueTest, DrainsAfterCloseAndTakesNothingNew) {
  BoundedQueue<std::unique_ptr<int>> queue(2);
  EXPECT_TRUE(Push(queue, std::make_unique<int>(1)));
  queue.Close();
  auto late = std::make_unique<int>(2);
  EXPECT_FALSE(queue.PushUntil(late, Never()));
  ASSERT_NE(late, nullptr) << "a refused value stays with its owner";
  const auto drained = Pop(queue);
  ASSERT_TRUE(drained.has_value());
  EXPECT_EQ(**drained, 1);
  EXPECT_EQ(Pop(queue), std::nullopt);
  EXPECT_TRUE(queue.Drained());
}

TEST(BoundedQueueTest, AFullQueueHoldsItsProducerBackUntilThereIsRoom) {
  BoundedQueue<int> queue(1);
  EXPECT_TRUE(Push(queue, 1));
  std::atomic<bool> pushed = false;
  std::thread producer([&] {
    EXPECT_TRUE(Push(queue, 2));
    pushed = true;
  });
  // Whenever this runs, the second value cannot be in: there is room for one.
  EXPECT_EQ(queue.size(), 1u);
  EXPECT_FALSE(pushed);
  EXPECT_THAT(Pop(queue), Optional(1));
  EXPECT_THAT(Pop(queue), Optional(2));
  producer.join();
  EXPECT_TRUE(pushed);
}

TEST(BoundedQueueTest, CloseWakesProducersAndConsumersThatWait) {
  BoundedQueue<int> full(1), empty(1);
  EXPECT_TRUE(Push(full, 1));
  std::thread producer([&] { EXPECT_FALSE(Push(full, 2)); });
  std::thread consumer([&] { EXPECT_EQ(Pop(empty), std::nullopt); });
  full.Close();
  empty.Close();
  producer.join();
  consumer.join();
}

TEST(BoundedQueueTest, ManyProducersAndConsumersLoseNothingAndKeepEachProducersOrder) {
  constexpr int kProducers = 4, kConsumers = 3, kEach = 2'000;
  struct Value {
    int producer, number;
  };
  BoundedQueue<Value> queue(8);
  std::vector<std::thread> producers, consumers;
  for (int p = 0; p < kProducers; ++p) {
    producers.emplace_back([&queue, p] {
      for (int n = 0; n < kEach; ++n) EXPECT_TRUE(Push(queue, Value{p, n}));
    });
  }
  std::vector<std::vector<Value>> taken(kConsumers);
  for (auto& mine : taken) {
    consumers.emplace_back([&queue, &mine] {
      while (const auto value = Pop(queue)) {
        EXPECT_LE(queue.size(), 8u);
        mine.push_back(*value);
      }
    });
  }
  for (auto& producer : producers) producer.join();
  queue.Close();
  for (auto& consumer : consumers) consumer.join();

  std::vector<std::vector<bool>> seen(kProducers, std::vector<bool>(kEach, false));
  for (const auto& mine : taken) {
    std::vector<int> last(kProducers, -1);
    for (const Value& value : mine) {
      const auto producer = static_cast<std::size_t>(value.producer);
      EXPECT_GT(value.number, last[producer]);
      last[producer] = value.number;
      EXPECT_FALSE(seen[producer][static_cast<std::size_t>(value.number)]);
      seen[producer][static_cast<std::size_t>(value.number)] = true;
    }
  }
  for (const auto& numbers : seen) EXPECT_EQ(std::count(numbers.begin(), numbers.end(), true), kEach);
}

}  // namespace
}  // namespace wirewatch
