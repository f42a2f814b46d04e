// BenchRow: one row of a benchmark's table, measured beside the others in the same run.
#ifndef WIREWATCH_TESTS_SUPPORT_BENCH_ROWS_H_
#define WIREWATCH_TESTS_SUPPORT_BENCH_ROWS_H_

#include <functional>
#include <limits>
#include <span>
#include <string>
#include <utility>

namespace wirewatch {

// Seconds that this thread has had the processor: what other work on the machine takes does not count.
double ThreadSeconds();
// Seconds on the wall: for passes that have threads of their own.
double WallSeconds();

struct BenchRow {
  explicit BenchRow(std::string row_name, std::function<void()> row_pass = {})
      : name(std::move(row_name)), pass(std::move(row_pass)) {}

  std::string name;
  std::function<void()> pass;                                // none: the row is left out
  double (*now)() = ThreadSeconds;                           // or WallSeconds
  double seconds = std::numeric_limits<double>::infinity();  // of the best pass
};

// Runs every row's pass so many times, in turn, so that a machine whose speed drifts treats the rows alike. The best of
// each counts.
void Measure(int passes, std::span<BenchRow* const> rows);

}  // namespace wirewatch

#endif  // WIREWATCH_TESTS_SUPPORT_BENCH_ROWS_H_
