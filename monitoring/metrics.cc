#include "monitoring/metrics.h"

#include <fmt/format.h>
#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/metric_family.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>
#include <tuple>
#include <type_traits>
#include <utility>

namespace wirewatch {
namespace {

[[noreturn]] void Die(const std::string& mistake) {
  fmt::print(stderr, "metrics: {}\n", mistake);
  std::abort();
}

std::string_view Name(prometheus::MetricType type) {
  switch (type) {
    case prometheus::MetricType::Counter: return "counter";
    case prometheus::MetricType::Gauge: return "gauge";
    case prometheus::MetricType::Histogram: return "histogram";
    default: return "untyped";
  }
}

// "topic, severity"; "step: match, alert; outcome: committed, aborted"
std::string Describe(const std::vector<MetricLabel>& labels) {
  std::string text;
  bool closed_before = false;
  for (const MetricLabel& label : labels) {
    const bool closed = !label.values.empty();
    if (!text.empty()) text += closed || closed_before ? "; " : ", ";
    text += label.name;
    if (closed) text += fmt::format(": {}", fmt::join(label.values, ", "));
    closed_before = closed;
  }
  return text;
}

prometheus::MetricType TypeOf(MetricReading::Kind kind) {
  return kind == MetricReading::Kind::kCounter ? prometheus::MetricType::Counter : prometheus::MetricType::Gauge;
}

prometheus::MetricFamily Sample(const MetricReading& reading, double value) {
  prometheus::ClientMetric metric;
  const prometheus::MetricType type = TypeOf(reading.kind);
  (type == prometheus::MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
  return {reading.declaration.name, reading.declaration.help, type, {std::move(metric)}};
}

}  // namespace

// One declared metric with its series. Threads: `mutex` guards the map, and keeps a gauge from being set after its end.
template <class Metric>
class SeriesOfFamily {
 public:
  SeriesOfFamily(prometheus::Registry& registry, MetricDeclaration declaration)
      : declaration_(std::move(declaration)),
        family_(
            prometheus::detail::Builder<Metric>().Name(declaration_.name).Help(declaration_.help).Register(registry)) {}

  const MetricDeclaration& declaration() const { return declaration_; }

  Metric& Find(std::initializer_list<std::string_view> values) {
    const std::lock_guard lock(mutex_);
    return FindLocked(KeyOf(values));
  }

  void Set(double value, std::initializer_list<std::string_view> values) {
    const std::lock_guard lock(mutex_);
    FindLocked(KeyOf(values)).Set(value);
  }

  void SetOnly(double value, std::initializer_list<std::string_view> values) {
    const std::lock_guard lock(mutex_);
    const Key key = KeyOf(values);
    std::erase_if(series_, [&](const auto& series) {
      if (series.first == key) return false;
      family_.Remove(series.second);
      return true;
    });
    FindLocked(key).Set(value);
  }

  void Forget(std::initializer_list<std::string_view> values) {
    const std::lock_guard lock(mutex_);
    const auto known = series_.find(KeyOf(values));
    if (known == series_.end()) return;
    family_.Remove(known->second);
    series_.erase(known);
  }

 private:
  using Key = std::vector<std::string>;  // the values of the labels, in the order of the declaration

  Key KeyOf(std::initializer_list<std::string_view> values) const {
    if (values.size() != declaration_.labels.size()) {
      Die(fmt::format("{} has {} labels; {} values were given", declaration_.name, declaration_.labels.size(),
                      values.size()));
    }
    return Key(values.begin(), values.end());
  }

  // REQUIRES: mutex_ is held.
  Metric& FindLocked(Key key) {
    if (const auto known = series_.find(key); known != series_.end()) return *known->second;
    const bool full = declaration_.most_series > 0 && series_.size() >= declaration_.most_series;
    if (full) key.front() = kOtherSeries;
    std::map<std::string, std::string> labels;
    for (std::size_t i = 0; i < key.size(); ++i) labels.emplace(declaration_.labels[i].name, key[i]);
    Metric& metric = Add(labels);
    if (!full) series_.emplace(std::move(key), &metric);
    return metric;
  }

  // The series that there is, or a new one.
  Metric& Add(const std::map<std::string, std::string>& labels) {
    if constexpr (std::is_same_v<Metric, prometheus::Histogram>) {
      return family_.Add(labels, declaration_.buckets);
    } else {
      return family_.Add(labels);
    }
  }

  const MetricDeclaration declaration_;
  prometheus::Family<Metric>& family_;
  std::mutex mutex_;
  std::map<Key, Metric*> series_;
};

struct MetricsRegistry::Rep {
  struct Declared {
    const MetricDeclaration* declaration;  // of `families` or of `readings`
    prometheus::MetricType type;
  };
  struct Readings {
    std::vector<MetricReading> readings;
    std::function<std::vector<double>()> read;
  };
  template <class Metric>
  using Families = std::map<std::string, SeriesOfFamily<Metric>>;

  prometheus::Registry registry;
  mutable std::mutex mutex;
  std::vector<Declared> declared;  // in this order
  std::tuple<Families<prometheus::Counter>, Families<prometheus::Gauge>, Families<prometheus::Histogram>> families;
  std::vector<std::unique_ptr<const Readings>> readings;

  template <class Metric>
  SeriesOfFamily<Metric>* Declare(MetricDeclaration declaration) {
    const std::lock_guard lock(mutex);
    auto& known = std::get<Families<Metric>>(families);
    const auto at = known.find(declaration.name);
    if (at != known.end() && at->second.declaration() == declaration) return &at->second;
    RequireNew(declaration.name);
    const std::string name = declaration.name;
    auto& added = known.try_emplace(name, registry, std::move(declaration)).first->second;
    declared.push_back({&added.declaration(), Metric::metric_type});
    return &added;
  }

  // REQUIRES: mutex is held.
  void RequireNew(const std::string& name) const {
    if (std::any_of(declared.begin(), declared.end(), [&](const Declared& d) { return d.declaration->name == name; })) {
      Die(fmt::format("{} is declared in two ways", name));
    }
  }
};

MetricsRegistry::MetricsRegistry() : rep_(std::make_unique<Rep>()) {}
MetricsRegistry::~MetricsRegistry() = default;

template <class Handle>
MetricFamily<Handle>::MetricFamily(MetricsRegistry& registry, MetricDeclaration declaration)
    : series_(registry.rep_->Declare<typename Handle::Metric>(std::move(declaration))) {}

template <class Handle>
Handle MetricFamily<Handle>::Find(std::initializer_list<std::string_view> values) const {
  return Handle(series_->Find(values));
}

template class MetricFamily<Counter>;
template class MetricFamily<Gauge>;
template class MetricFamily<Histogram>;

Counter::Counter(MetricsRegistry& registry, MetricDeclaration declaration)
    : Counter(CounterFamily(registry, std::move(declaration)).With()) {}
void Counter::Increment(double by) { metric_->Increment(by); }
double Counter::Value() const { return metric_->Value(); }

Gauge::Gauge(MetricsRegistry& registry, MetricDeclaration declaration)
    : Gauge(GaugeFamily(registry, std::move(declaration)).With()) {}
void Gauge::Set(double value) { metric_->Set(value); }
double Gauge::Value() const { return metric_->Value(); }

Histogram::Histogram(MetricsRegistry& registry, MetricDeclaration declaration)
    : Histogram(HistogramFamily(registry, std::move(declaration)).With()) {}
void Histogram::Observe(std::chrono::duration<double> seconds) {
  metric_->Observe(seconds.count() > 0 ? seconds.count() : 0.0);
}

PassingGauges::PassingGauges(MetricsRegistry& registry, MetricDeclaration declaration)
    : series_(registry.rep_->Declare<prometheus::Gauge>(std::move(declaration))) {}
void PassingGauges::SetSeries(double value, std::initializer_list<std::string_view> labels) const {
  series_->Set(value, labels);
}
void PassingGauges::SetOnlySeries(double value, std::initializer_list<std::string_view> labels) const {
  series_->SetOnly(value, labels);
}
void PassingGauges::ForgetSeries(std::initializer_list<std::string_view> labels) const { series_->Forget(labels); }

void MetricsRegistry::AddReadings(std::vector<MetricReading> readings, std::function<std::vector<double>()> read) {
  const std::lock_guard lock(rep_->mutex);
  for (const MetricReading& reading : readings) rep_->RequireNew(reading.declaration.name);
  rep_->readings.push_back(std::make_unique<const Rep::Readings>(Rep::Readings{std::move(readings), std::move(read)}));
  for (const MetricReading& reading : rep_->readings.back()->readings) {
    rep_->declared.push_back({&reading.declaration, TypeOf(reading.kind)});
  }
}

std::string MetricsRegistry::Serialize() const {
  std::vector<const Rep::Readings*> read_now;
  {
    const std::lock_guard lock(rep_->mutex);
    for (const auto& readings : rep_->readings) read_now.push_back(readings.get());
  }
  std::vector<prometheus::MetricFamily> families = rep_->registry.Collect();
  for (const Rep::Readings* const source : read_now) {
    const std::vector<double> values = source->read();
    for (std::size_t i = 0; i < std::min(values.size(), source->readings.size()); ++i) {
      families.push_back(Sample(source->readings[i], values[i]));
    }
  }
  return prometheus::TextSerializer().Serialize(families);
}

std::string MetricsRegistry::Reference() const {
  std::string text = "| metric | type | labels | meaning |\n|---|---|---|---|\n";
  std::string buckets = "\n## Buckets of the histograms, in seconds\n\n| metric | upper bounds |\n|---|---|\n";
  const std::lock_guard lock(rep_->mutex);
  for (const auto& [declaration, type] : rep_->declared) {
    text += fmt::format("| `{}` | {} | {} | {} |\n", declaration->name, Name(type), Describe(declaration->labels),
                        declaration->help);
    if (!declaration->buckets.empty()) {
      buckets += fmt::format("| `{}` | {} |\n", declaration->name, fmt::join(declaration->buckets, ", "));
    }
  }
  return text + buckets;
}

}  // namespace wirewatch
