// MetricsRegistry: all metrics of a process. Each room declares its own beside the code that counts, one row a metric:
//
//   struct AlertMetrics {
//     explicit AlertMetrics(MetricsRegistry& registry_) : registry(registry_) {}
//     MetricsRef registry;
//     Gauge held{registry, {"wirewatch_alerts_held", "Alerts that are held until ..."}};
//     CounterFamily suppressed{registry, {"wirewatch_alerts_suppressed_total", "Matches that ...",
//                                         {{"reason", {"repeat", "outdated", "canceled"}}}}};
//   };
//
//   AlertMetrics metrics{registry};
//   metrics.held.Set(3);
//   metrics.suppressed.With("repeat").Increment();
//
// A struct holds only handles: copies are cheap, and all structs of one registry count in the same series. The registry
// outlives them. cli/wiring/all_metrics.h lists the structs; docs/metrics.md is generated from their rows.
//
// Threads: everything here is thread-safe. Cost: a counter 7 ns without a lock, a histogram 20 to 65 ns: hot loops
// observe once a batch. A declaration and With() take a lock: keep their result.
// Errors: none; a name that is declared in two ways, or a wrong number of label values, is a mistake of the program,
// which aborts with its name.
#ifndef WIREWATCH_MONITORING_METRICS_H_
#define WIREWATCH_MONITORING_METRICS_H_

#include <chrono>
#include <cstddef>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
}  // namespace prometheus

namespace wirewatch {

class MetricsRegistry;
using MetricsRef = std::reference_wrapper<MetricsRegistry>;

struct MetricLabel {
  std::string name;
  std::vector<std::string> values = {};  // of a closed set, for docs/metrics.md; empty: of an open one

  bool operator==(const MetricLabel&) const = default;
};

struct MetricDeclaration {
  std::string name;
  std::string help;
  std::vector<MetricLabel> labels = {};
  std::vector<double> buckets = {};  // of a histogram: upper bounds
  // With() names one series each for so many sets of label values; those after them share one, whose first label is
  // kOtherSeries. 0: no limit.
  std::size_t most_series = 0;

  bool operator==(const MetricDeclaration&) const = default;
};

inline constexpr const char* kOtherSeries = "_other";

class Counter {
 public:
  using Metric = prometheus::Counter;
  explicit Counter(Metric& metric) : metric_(&metric) {}
  // Without labels; it stands at 0 from now on, as a series of With() does.
  Counter(MetricsRegistry& registry, MetricDeclaration declaration);

  void Increment(double by = 1);
  double Value() const;

 private:
  Metric* metric_;
};

class Gauge {
 public:
  using Metric = prometheus::Gauge;
  explicit Gauge(Metric& metric) : metric_(&metric) {}
  Gauge(MetricsRegistry& registry, MetricDeclaration declaration);

  void Set(double value);
  double Value() const;

 private:
  Metric* metric_;
};

class Histogram {
 public:
  using Metric = prometheus::Histogram;
  explicit Histogram(Metric& metric) : metric_(&metric) {}
  Histogram(MetricsRegistry& registry, MetricDeclaration declaration);

  // A negative time (clocks disagree) counts as 0.
  void Observe(std::chrono::duration<double> seconds);

 private:
  Metric* metric_;
};

template <class Metric>
class SeriesOfFamily;

// A metric with labels. Handle: Counter, Gauge or Histogram.
template <class Handle>
class MetricFamily {
 public:
  MetricFamily(MetricsRegistry& registry, MetricDeclaration declaration);

  // The series of these label values, in the order of the declared labels. It stands at 0 from the first call on: look
  // it up before its first event, which a rate() over a series that appears with that event would miss.
  template <class... Values>
  Handle With(const Values&... values) const {
    return Find({std::string_view(values)...});
  }

 private:
  Handle Find(std::initializer_list<std::string_view> values) const;

  SeriesOfFamily<typename Handle::Metric>* series_;  // the registry's
};

using CounterFamily = MetricFamily<Counter>;
using GaugeFamily = MetricFamily<Gauge>;
using HistogramFamily = MetricFamily<Histogram>;

// Gauges that come and go with what their labels name. Set and Forget exclude each other: a gauge that is forgotten
// stands again only by the next Set.
class PassingGauges {
 public:
  PassingGauges(MetricsRegistry& registry, MetricDeclaration declaration);

  template <class... Values>
  void Set(double value, const Values&... labels) const {
    SetSeries(value, {std::string_view(labels)...});
  }
  // Forgets all others.
  template <class... Values>
  void SetOnly(double value, const Values&... labels) const {
    SetOnlySeries(value, {std::string_view(labels)...});
  }
  template <class... Values>
  void Forget(const Values&... labels) const {
    ForgetSeries({std::string_view(labels)...});
  }

 private:
  void SetSeries(double value, std::initializer_list<std::string_view> labels) const;
  void SetOnlySeries(double value, std::initializer_list<std::string_view> labels) const;
  void ForgetSeries(std::initializer_list<std::string_view> labels) const;

  SeriesOfFamily<prometheus::Gauge>* series_;  // the registry's
};

// A metric without labels whose value somebody else keeps.
struct MetricReading {
  enum class Kind { kCounter, kGauge };
  Kind kind;
  MetricDeclaration declaration;
};

class MetricsRegistry {
 public:
  MetricsRegistry();
  ~MetricsRegistry();
  MetricsRegistry(const MetricsRegistry&) = delete;
  MetricsRegistry& operator=(const MetricsRegistry&) = delete;

  // `read` is called whenever the metrics are served, by the thread that serves them: the values of `readings`, in
  // their order; empty: there are none now.
  void AddReadings(std::vector<MetricReading> readings, std::function<std::vector<double>()> read);

  // Prometheus text format 0.0.4 of everything that is declared and has a series. Valid as long as label values are
  // UTF-8.
  std::string Serialize() const;
  // Markdown: a table of all that is declared, in that order, and one of the histograms' buckets.
  std::string Reference() const;

 private:
  template <class Handle>
  friend class MetricFamily;
  friend class PassingGauges;
  struct Rep;

  std::unique_ptr<Rep> rep_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_MONITORING_METRICS_H_
