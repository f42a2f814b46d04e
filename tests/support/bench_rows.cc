#include "tests/support/bench_rows.h"

#include <time.h>

#include <algorithm>

namespace wirewatch {
namespace {

double SecondsOf(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

}  // namespace

double ThreadSeconds() { return SecondsOf(CLOCK_THREAD_CPUTIME_ID); }
double WallSeconds() { return SecondsOf(CLOCK_MONOTONIC); }

void Measure(int passes, std::span<BenchRow* const> rows) {
  for (int pass = 0; pass < passes; ++pass) {
    for (BenchRow* row : rows) {
      if (!row->pass) continue;
      const double begin = row->now();
      row->pass();
      row->seconds = std::min(row->seconds, row->now() - begin);
    }
  }
}

}  // namespace wirewatch
