#include "monitoring/process_usage.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>

#include "base/clock.h"

namespace wirewatch {
namespace {

TEST(ProcessUsageTest, TellsSensibleFigures) {
  const auto usage = ReadProcessUsage();
  ASSERT_TRUE(usage.has_value());
  EXPECT_GT(usage->resident_bytes, 100'000);
  EXPECT_GE(usage->virtual_bytes, usage->resident_bytes);
  EXPECT_GE(usage->open_fds, 3);
  EXPECT_GE(usage->max_fds, usage->open_fds);
  EXPECT_GE(usage->cpu_seconds, 0);
  const double now = std::chrono::duration<double>(WallNow().time_since_epoch()).count();
  EXPECT_LE(usage->start_time_seconds, now + 2) << "ticks and the boot time are rounded";
  EXPECT_GE(usage->start_time_seconds, now - 24 * 3600);
}

TEST(ProcessUsageTest, CountsEveryOpenFileDescriptor) {
  const auto before = ReadProcessUsage();
  std::array<int, 2> pipe_ends{};
  ASSERT_EQ(pipe(pipe_ends.data()), 0);
  const auto after = ReadProcessUsage();
  for (int fd : pipe_ends) close(fd);
  ASSERT_TRUE(before && after);
  EXPECT_EQ(after->open_fds, before->open_fds + 2);
}

TEST(ProcessUsageTest, SeesCpuTimePass) {
  const auto before = ReadProcessUsage();
  ASSERT_TRUE(before.has_value());
  // Reading is work: it shows after as many rounds as it takes.
  auto after = before;
  while (after && after->cpu_seconds <= before->cpu_seconds) after = ReadProcessUsage();
  EXPECT_TRUE(after.has_value());
}

}  // namespace
}  // namespace wirewatch
