#include "monitoring/process_metrics.h"

#include <optional>
#include <utility>
#include <vector>

#include "monitoring/process_usage.h"

namespace wirewatch {
namespace {

struct Row {
  MetricReading::Kind kind;
  const char* name;
  const char* help;
  double ProcessUsage::*value;
};

constexpr auto kCounter = MetricReading::Kind::kCounter;
constexpr auto kGauge = MetricReading::Kind::kGauge;
constexpr Row kRows[] = {
    {kCounter, "process_cpu_seconds_total", "User and system CPU time of this process.", &ProcessUsage::cpu_seconds},
    {kGauge, "process_resident_memory_bytes", "Resident memory.", &ProcessUsage::resident_bytes},
    {kGauge, "process_virtual_memory_bytes", "Virtual memory.", &ProcessUsage::virtual_bytes},
    {kGauge, "process_open_fds", "Open file descriptors.", &ProcessUsage::open_fds},
    {kGauge, "process_max_fds", "Most file descriptors this process may open.", &ProcessUsage::max_fds},
    {kGauge, "process_start_time_seconds", "When this process started, in seconds since 1970.",
     &ProcessUsage::start_time_seconds},
};

std::vector<double> ReadRows() {
  std::vector<double> values;
  const std::optional<ProcessUsage> usage = ReadProcessUsage();
  if (!usage) return values;
  for (const Row& row : kRows) values.push_back((*usage).*row.value);
  return values;
}

}  // namespace

void AddProcessMetrics(MetricsRegistry& registry) {
  GaugeFamily(registry, {"wirewatch_build_info", "Always 1; the version of this program.", {{"version"}}})
      .With(WIREWATCH_VERSION)
      .Set(1);
  std::vector<MetricReading> readings;
  for (const Row& row : kRows) readings.push_back({row.kind, {row.name, row.help}});
  registry.AddReadings(std::move(readings), &ReadRows);
}

}  // namespace wirewatch
