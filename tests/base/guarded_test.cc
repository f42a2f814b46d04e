#include "base/guarded.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace wirewatch {
namespace {

TEST(GuardedTest, OneThreadAtATimeHasTheValue) {
  Guarded<std::vector<int>> values;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) values.Lock()->push_back(i);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(values.Lock()->size(), 4000u);
}

TEST(GuardedTest, AWaitLetsOthersChangeTheValue) {
  Guarded<bool> done(false);
  std::thread other;
  {
    auto held = done.Lock();
    other = std::thread([&] {
      *done.Lock() = true;
      done.NotifyAll();
    });
    const SteadyTime deadline = SteadyNow() + std::chrono::minutes(1);
    while (!*held && SteadyNow() < deadline) held.WaitUntil(deadline);
    EXPECT_TRUE(*held);
  }
  other.join();
}

TEST(GuardedTest, OfAConstantOneTheValueIsConstant) {
  const Guarded<std::string> text("as it was");
  static_assert(std::is_same_v<decltype(*std::declval<const Guarded<std::string>&>().Lock()), const std::string&>);
  EXPECT_EQ(*text.Lock(), "as it was");
}

}  // namespace
}  // namespace wirewatch
