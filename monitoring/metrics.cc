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
#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "monitoring/process_usage.h"

namespace wirewatch {
namespace {

using Buckets = prometheus::Histogram::BucketBoundaries;
using CounterFamily = prometheus::Family<prometheus::Counter>;
using GaugeFamily = prometheus::Family<prometheus::Gauge>;
using HistogramFamily = prometheus::Family<prometheus::Histogram>;

struct Declaration {
  std::string name;
  prometheus::MetricType type;
  std::string labels;  // as docs/metrics.md lists them; of a closed set with its values
  std::string help;
  Buckets buckets;
};

// A stage takes microseconds on a short article, and a second only when something is wrong.
const Buckets kStageBuckets = {1e-6,   2.5e-6, 5e-6, 1e-5,   2.5e-5, 5e-5, 1e-4,   2.5e-4, 5e-4, 1e-3,
                               2.5e-3, 5e-3,   1e-2, 2.5e-2, 5e-2,   1e-1, 2.5e-1, 5e-1,   1};
// What readers feel: fine around the promised second, coarse to a day, for publishers whose clocks or feeds are late.
const Buckets kPublishedBuckets = {0.01, 0.025, 0.05, 0.1, 0.25, 0.5,  1,     2.5,   5,
                                   10,   30,    60,   300, 900,  3600, 10800, 43200, 86400};
// Our own share of it; minutes when the other side of a sink is away.
const Buckets kReceivedBuckets = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5,
                                  1,     2.5,    5,     10,   30,    60,   300, 900,  3600};

// One series each for this many pairs of topic and severity (measured: 5,000 cost 4 ms and 311 KiB a scrape); the
// topics after them share kOtherTopic, so that a large rule set cannot make the scrape time out.
constexpr std::size_t kMaxAlertSeries = 5'000;
constexpr std::string_view kOtherTopic = "_other";

std::string_view Name(prometheus::MetricType type) {
  switch (type) {
    case prometheus::MetricType::Counter: return "counter";
    case prometheus::MetricType::Gauge: return "gauge";
    case prometheus::MetricType::Histogram: return "histogram";
    default: return "untyped";
  }
}

prometheus::MetricFamily Sample(const Declaration& declaration, double value) {
  prometheus::ClientMetric metric;
  (declaration.type == prometheus::MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
  return {declaration.name, declaration.help, declaration.type, {std::move(metric)}};
}

}  // namespace

void Counter::Increment(double by) { counter_->Increment(by); }
double Counter::Value() const { return counter_->Value(); }

void Gauge::Set(double value) { gauge_->Set(value); }
double Gauge::Value() const { return gauge_->Value(); }

void Histogram::Observe(std::chrono::duration<double> seconds) {
  histogram_->Observe(seconds.count() > 0 ? seconds.count() : 0.0);
}

// Every metric, in the order of docs/metrics.md. This is the one place where its name, type, labels and help are
// written.
struct Metrics::Rep {
  prometheus::Registry registry;
  std::vector<Declaration> declared;

  CounterFamily& records_read = NewCounter("wirewatch_records_read_total", "", "Records read from the source.");
  CounterFamily& record_bytes_read =
      NewCounter("wirewatch_record_read_bytes_total", "", "Bytes of the records read from the source.");
  CounterFamily& records = NewCounter(
      "wirewatch_records_total", "outcome: matched, unmatched, suppressed, dead_lettered, read_again",
      "Records whose every outcome is settled, each under one outcome; read_again: undone with their "
      "transaction, or no longer ours, and counted in once more by whoever reads them (kafka.exactly_once).");
  GaugeFamily& in_flight_records =
      NewGauge("wirewatch_in_flight_records", "", "Records read whose outcomes are not all settled yet.");
  GaugeFamily& in_flight_bytes =
      NewGauge("wirewatch_in_flight_bytes", "", "Bytes of the records whose outcomes are not all settled yet.");
  GaugeFamily& queue_depth =
      NewGauge("wirewatch_queue_depth_batches", "queue: match, alert, read_matches, alert_matches",
               "Batches that wait before a stage; the last two are those of the alert step.");
  CounterFamily& matches_read =
      NewCounter("wirewatch_matches_read_total", "", "Matches read from their kafka topic, by the alert step.");
  CounterFamily& match_bytes_read =
      NewCounter("wirewatch_match_read_bytes_total", "", "Bytes of the matches read from their kafka topic.");
  CounterFamily& matches = NewCounter(
      "wirewatch_matches_total", "outcome: alerted, suppressed, unmatched, dead_lettered, restored, read_again",
      "Matches of the alert step whose every outcome is settled; restored: read for the state that they left; "
      "read_again: as of records.");
  GaugeFamily& in_flight_matches =
      NewGauge("wirewatch_in_flight_matches", "", "Matches read whose outcomes are not all settled yet.");
  GaugeFamily& in_flight_match_bytes =
      NewGauge("wirewatch_in_flight_match_bytes", "", "Bytes of the matches whose outcomes are not all settled yet.");
  CounterFamily& unreadable_fields = NewCounter(
      "wirewatch_article_fields_unreadable_total", "field",
      "Fields of articles that were given and could not be read, or not whole; the article went on without.");
  CounterFamily& dead_letters = NewCounter("wirewatch_dead_letters_total", "reason",
                                           "Records kept as dead letters because they can never be processed.");

  HistogramFamily& stage_duration =
      NewHistogram("wirewatch_stage_duration_seconds", "stage: decode, fold, match, alert",
                   "Time that one article takes in a stage.", kStageBuckets);
  HistogramFamily& published_to_alert = NewHistogram(
      "wirewatch_published_to_alert_seconds", "",
      "Time from an article's publication to its alert, by the publisher's clock and ours.", kPublishedBuckets);
  HistogramFamily& received_to_alert =
      NewHistogram("wirewatch_received_to_alert_seconds", "",
                   "Time from the reading of a record by this process to its alert.", kReceivedBuckets);

  CounterFamily& alerts =
      NewCounter("wirewatch_alerts_total", "topic, severity",
                 fmt::format("Alerts raised. Beyond {} series new topics are counted together as topic {}.",
                             kMaxAlertSeries, kOtherTopic));
  CounterFamily& alerts_suppressed =
      NewCounter("wirewatch_alerts_suppressed_total", "reason: repeat, outdated, canceled",
                 "Matches that raised no alert: repeat (that version was seen), outdated (a later one "
                 "was), canceled (there was nothing to withdraw).");
  GaugeFamily& alert_sightings =
      NewGauge("wirewatch_alert_sightings", "",
               "Versions of articles, each on one topic, that are known from the last alerts.window: what repeats and "
               "corrections are told by. About 400 bytes each.");
  CounterFamily& alert_sightings_given_up =
      NewCounter("wirewatch_alert_sightings_given_up_total", "",
                 "Sightings that were forgotten before their time, for alerts.max_sightings; their repeats may alert "
                 "again.");
  GaugeFamily& alerts_held =
      NewGauge("wirewatch_alerts_held", "", "Alerts that are held until the embargo of their article ends.");
  CounterFamily& delivered =
      NewCounter("wirewatch_sink_delivered_total", "sink", "Alerts and dead letters that a sink has taken durably.");
  CounterFamily& refused =
      NewCounter("wirewatch_sink_refused_total", "sink", "Alerts and dead letters that a sink will never take.");
  CounterFamily& retries =
      NewCounter("wirewatch_sink_retries_total", "sink", "Attempts to deliver that failed and are made again.");

  CounterFamily& reloads = NewCounter("wirewatch_rule_reloads_total", "result: ok, failed",
                                      "Loads of the rule packs; a failed one leaves the rules in use as they were.");
  GaugeFamily& topics = NewGauge("wirewatch_topics", "", "Topics of the rule set in use.");
  GaugeFamily& rules = NewGauge("wirewatch_rules", "", "Rules of the rule set in use.");
  GaugeFamily& terms = NewGauge("wirewatch_terms", "", "Distinct terms of the rule set in use.");
  GaugeFamily& rules_compile_duration =
      NewGauge("wirewatch_rules_compile_duration_seconds", "", "Time it took to load and compile the rule set in use.");
  GaugeFamily& rules_loaded_at = NewGauge("wirewatch_rules_loaded_timestamp_seconds", "",
                                          "When the rule set in use was loaded, in seconds since 1970.");
  GaugeFamily& rule_set_info =
      NewGauge("wirewatch_rule_set_info", "hash", "Always 1; the hash of the rule set in use, as alerts carry it.");
  GaugeFamily& quarantine_suspects = NewGauge(
      "wirewatch_quarantine_suspects", "",
      "Records that a process was at work on when it ended without a word; each is tried again alone. 0 without "
      "pipeline.quarantine.");
  CounterFamily& engine_errors = NewCounter("wirewatch_engine_errors_total", "",
                                            "Articles that the matching engine failed on; each became a dead letter.");

  CounterFamily& http_closed = NewCounter(
      "wirewatch_http_connections_closed_total", "reason: silent, too-many",
      "Connections to the listener that were closed because all were in use: the most silent one, or, when each was "
      "being answered, the one that took its answer most slowly or the newest.");

  GaugeFamily& kafka_lag = NewGauge("wirewatch_kafka_lag_records", "kafka_topic, partition",
                                    "The end of an assigned partition less what the group has committed of it, as "
                                    "kafka-consumer-groups tells it; asked for every few seconds.");
  GaugeFamily& kafka_lag_seconds = NewGauge(
      "wirewatch_kafka_lag_seconds", "kafka_topic, partition",
      "How long ago the oldest record of an assigned partition that is not settled was written, by record "
      "time; of records that nobody could read yet, for how long they have been seen. 0: there are none. While the "
      "brokers do not answer it grows from what it was last.");
  GaugeFamily& kafka_without_partitions =
      NewGauge("wirewatch_kafka_without_partitions_seconds", "kafka_topic",
               "For how long the group has given this process no answer which partitions are its own: it joins, or the "
               "group waits for a member that died without a word, for up to session.timeout.ms. 0: it has one.");
  CounterFamily& kafka_unreadable =
      NewCounter("wirewatch_kafka_unreadable_offsets_total", "kafka_topic",
                 "Offsets whose records no client can read; each range of them is a dead letter (unreadable).");
  GaugeFamily& kafka_assigned_partitions =
      NewGauge("wirewatch_kafka_assigned_partitions", "kafka_topic", "Partitions assigned to this process.");
  CounterFamily& kafka_rebalances =
      NewCounter("wirewatch_kafka_rebalances_total", "", "Times that partitions were assigned or revoked.");
  CounterFamily& kafka_errors = NewCounter("wirewatch_kafka_errors_total", "", "Errors reported by the Kafka client.");
  CounterFamily& kafka_transactions =
      NewCounter("wirewatch_kafka_transactions_total", "step: match, alert; outcome: committed, aborted",
                 "Transactions that ended (kafka.exactly_once); the records of an aborted one are read again.");
  CounterFamily& kafka_commits_failed =
      NewCounter("wirewatch_kafka_commits_failed_total", "", "Offset commits that the broker refused.");
  GaugeFamily& kafka_last_poll = NewGauge("wirewatch_kafka_last_poll_timestamp_seconds", "kafka_topic",
                                          "When the consumer was last polled, in seconds since 1970.");

  GaugeFamily& build_info = NewGauge("wirewatch_build_info", "version", "Always 1; the version of this program.");
  const Declaration cpu =
      Declare<prometheus::Counter>("process_cpu_seconds_total", "", "User and system CPU time of this process.");
  const Declaration resident = Declare<prometheus::Gauge>("process_resident_memory_bytes", "", "Resident memory.");
  const Declaration virtual_memory = Declare<prometheus::Gauge>("process_virtual_memory_bytes", "", "Virtual memory.");
  const Declaration open_fds = Declare<prometheus::Gauge>("process_open_fds", "", "Open file descriptors.");
  const Declaration max_fds =
      Declare<prometheus::Gauge>("process_max_fds", "", "Most file descriptors this process may open.");
  const Declaration start_time =
      Declare<prometheus::Gauge>("process_start_time_seconds", "", "When this process started, in seconds since 1970.");

  // What comes and goes by name. A gauge is set and forgotten under the mutex, so that none is set after its end.
  std::mutex mutex;
  struct Lag {
    prometheus::Gauge* records = nullptr;
    prometheus::Gauge* seconds = nullptr;
  };
  std::map<std::pair<std::string, std::int32_t>, Lag> lags;
  std::map<std::pair<std::string, std::string>, prometheus::Counter*> alert_series;
  std::string rule_set_hash;
  prometheus::Gauge* rule_set = nullptr;

  std::vector<prometheus::MetricFamily> CollectProcess() const {
    const std::optional<ProcessUsage> usage = ReadProcessUsage();
    if (!usage) return {};
    return {Sample(cpu, usage->cpu_seconds),
            Sample(resident, usage->resident_bytes),
            Sample(virtual_memory, usage->virtual_bytes),
            Sample(open_fds, usage->open_fds),
            Sample(max_fds, usage->max_fds),
            Sample(start_time, usage->start_time_seconds)};
  }

 private:
  template <typename T>
  Declaration Declare(std::string name, std::string labels, std::string help, Buckets buckets = {}) {
    return declared.emplace_back(
        Declaration{std::move(name), T::metric_type, std::move(labels), std::move(help), std::move(buckets)});
  }
  CounterFamily& NewCounter(std::string name, std::string labels, std::string help) {
    const auto d = Declare<prometheus::Counter>(std::move(name), std::move(labels), std::move(help));
    return prometheus::BuildCounter().Name(d.name).Help(d.help).Register(registry);
  }
  GaugeFamily& NewGauge(std::string name, std::string labels, std::string help) {
    const auto d = Declare<prometheus::Gauge>(std::move(name), std::move(labels), std::move(help));
    return prometheus::BuildGauge().Name(d.name).Help(d.help).Register(registry);
  }
  HistogramFamily& NewHistogram(std::string name, std::string labels, std::string help, const Buckets& buckets) {
    const auto d = Declare<prometheus::Histogram>(std::move(name), std::move(labels), std::move(help), buckets);
    return prometheus::BuildHistogram().Name(d.name).Help(d.help).Register(registry);
  }
};

// Series of closed sets exist from the start, at zero: a rate() over a counter that appears with its first event misses
// it.
Metrics::Metrics()
    : rep_(std::make_unique<Rep>()),
      records_read(rep_->records_read.Add({})),
      record_bytes_read(rep_->record_bytes_read.Add({})),
      records_matched(rep_->records.Add({{"outcome", "matched"}})),
      records_unmatched(rep_->records.Add({{"outcome", "unmatched"}})),
      records_suppressed(rep_->records.Add({{"outcome", "suppressed"}})),
      records_dead_lettered(rep_->records.Add({{"outcome", "dead_lettered"}})),
      records_in_flight(rep_->in_flight_records.Add({})),
      bytes_in_flight(rep_->in_flight_bytes.Add({})),
      match_queue_depth(rep_->queue_depth.Add({{"queue", "match"}})),
      alert_queue_depth(rep_->queue_depth.Add({{"queue", "alert"}})),
      match_step{records_read,
                 record_bytes_read,
                 records_matched,
                 records_unmatched,
                 records_suppressed,
                 records_dead_lettered,
                 records_suppressed,  // none is restored: this step has no state
                 Counter(rep_->records.Add({{"outcome", "read_again"}})),
                 records_in_flight,
                 bytes_in_flight,
                 match_queue_depth,
                 alert_queue_depth},
      alert_step{Counter(rep_->matches_read.Add({})),
                 Counter(rep_->match_bytes_read.Add({})),
                 Counter(rep_->matches.Add({{"outcome", "alerted"}})),
                 Counter(rep_->matches.Add({{"outcome", "unmatched"}})),  // a revision that nothing is withdrawn for
                 Counter(rep_->matches.Add({{"outcome", "suppressed"}})),
                 Counter(rep_->matches.Add({{"outcome", "dead_lettered"}})),
                 Counter(rep_->matches.Add({{"outcome", "restored"}})),
                 Counter(rep_->matches.Add({{"outcome", "read_again"}})),
                 Gauge(rep_->in_flight_matches.Add({})),
                 Gauge(rep_->in_flight_match_bytes.Add({})),
                 Gauge(rep_->queue_depth.Add({{"queue", "read_matches"}})),
                 Gauge(rep_->queue_depth.Add({{"queue", "alert_matches"}}))},
      decode_duration(rep_->stage_duration.Add({{"stage", "decode"}}, kStageBuckets)),
      fold_duration(rep_->stage_duration.Add({{"stage", "fold"}}, kStageBuckets)),
      match_duration(rep_->stage_duration.Add({{"stage", "match"}}, kStageBuckets)),
      alert_duration(rep_->stage_duration.Add({{"stage", "alert"}}, kStageBuckets)),
      published_to_alert(rep_->published_to_alert.Add({}, kPublishedBuckets)),
      received_to_alert(rep_->received_to_alert.Add({}, kReceivedBuckets)),
      alert_sightings(rep_->alert_sightings.Add({})),
      alerts_held(rep_->alerts_held.Add({})),
      alert_sightings_given_up(rep_->alert_sightings_given_up.Add({})),
      reloads_ok(rep_->reloads.Add({{"result", "ok"}})),
      reloads_failed(rep_->reloads.Add({{"result", "failed"}})),
      topics(rep_->topics.Add({})),
      rules(rep_->rules.Add({})),
      terms(rep_->terms.Add({})),
      rules_compile_duration(rep_->rules_compile_duration.Add({})),
      rules_loaded_at(rep_->rules_loaded_at.Add({})),
      engine_errors(rep_->engine_errors.Add({})),
      quarantine_suspects(rep_->quarantine_suspects.Add({})),
      http_silent(rep_->http_closed.Add({{"reason", "silent"}})),
      http_too_many(rep_->http_closed.Add({{"reason", "too-many"}})),
      kafka_rebalances(rep_->kafka_rebalances.Add({})),
      kafka_errors(rep_->kafka_errors.Add({})),
      kafka_commits_failed(rep_->kafka_commits_failed.Add({})) {
  rep_->build_info.Add({{"version", WIREWATCH_VERSION}}).Set(1);
}

Metrics::~Metrics() = default;

Counter Metrics::UnreadableFields(std::string_view field) {
  return Counter(rep_->unreadable_fields.Add({{"field", std::string(field)}}));
}

Counter Metrics::DeadLetters(std::string_view reason) {
  return Counter(rep_->dead_letters.Add({{"reason", std::string(reason)}}));
}

Counter Metrics::Alerts(std::string_view topic, std::string_view severity) {
  const std::lock_guard lock(rep_->mutex);
  std::pair<std::string, std::string> key(topic, severity);
  if (const auto known = rep_->alert_series.find(key); known != rep_->alert_series.end())
    return Counter(*known->second);
  const bool full = rep_->alert_series.size() >= kMaxAlertSeries;
  if (full) key.first = kOtherTopic;
  prometheus::Counter& series = rep_->alerts.Add({{"topic", key.first}, {"severity", key.second}});
  if (!full) rep_->alert_series.emplace(std::move(key), &series);
  return Counter(series);
}

Counter Metrics::AlertsSuppressed(std::string_view reason) {
  return Counter(rep_->alerts_suppressed.Add({{"reason", std::string(reason)}}));
}
Counter Metrics::Delivered(std::string_view sink) {
  return Counter(rep_->delivered.Add({{"sink", std::string(sink)}}));
}
Counter Metrics::Refused(std::string_view sink) { return Counter(rep_->refused.Add({{"sink", std::string(sink)}})); }
Counter Metrics::SinkRetries(std::string_view sink) {
  return Counter(rep_->retries.Add({{"sink", std::string(sink)}}));
}

Counter Metrics::KafkaTransactions(std::string_view step, std::string_view outcome) {
  return Counter(rep_->kafka_transactions.Add({{"step", std::string(step)}, {"outcome", std::string(outcome)}}));
}
Gauge Metrics::KafkaAssignedPartitions(std::string_view kafka_topic) {
  return Gauge(rep_->kafka_assigned_partitions.Add({{"kafka_topic", std::string(kafka_topic)}}));
}
Gauge Metrics::KafkaLastPoll(std::string_view kafka_topic) {
  return Gauge(rep_->kafka_last_poll.Add({{"kafka_topic", std::string(kafka_topic)}}));
}
Gauge Metrics::KafkaWithoutPartitions(std::string_view kafka_topic) {
  return Gauge(rep_->kafka_without_partitions.Add({{"kafka_topic", std::string(kafka_topic)}}));
}
Counter Metrics::KafkaUnreadable(std::string_view kafka_topic) {
  return Counter(rep_->kafka_unreadable.Add({{"kafka_topic", std::string(kafka_topic)}}));
}

void Metrics::SetLag(std::string_view kafka_topic, std::int32_t partition, double records, double seconds) {
  const std::lock_guard lock(rep_->mutex);
  auto [lag, added] = rep_->lags.try_emplace({std::string(kafka_topic), partition});
  if (added) {
    const std::map<std::string, std::string> labels{{"kafka_topic", std::string(kafka_topic)},
                                                    {"partition", std::to_string(partition)}};
    lag->second = {&rep_->kafka_lag.Add(labels), &rep_->kafka_lag_seconds.Add(labels)};
  }
  lag->second.records->Set(records);
  lag->second.seconds->Set(seconds);
}

void Metrics::ForgetLag(std::string_view kafka_topic, std::int32_t partition) {
  const std::lock_guard lock(rep_->mutex);
  const auto lag = rep_->lags.find({std::string(kafka_topic), partition});
  if (lag == rep_->lags.end()) return;
  rep_->kafka_lag.Remove(lag->second.records);
  rep_->kafka_lag_seconds.Remove(lag->second.seconds);
  rep_->lags.erase(lag);
}

void Metrics::SetRuleSet(std::string_view hash) {
  const std::lock_guard lock(rep_->mutex);
  if (rep_->rule_set != nullptr && rep_->rule_set_hash == hash) return;
  if (rep_->rule_set != nullptr) rep_->rule_set_info.Remove(rep_->rule_set);
  rep_->rule_set_hash = hash;
  rep_->rule_set = &rep_->rule_set_info.Add({{"hash", rep_->rule_set_hash}});
  rep_->rule_set->Set(1);
}

std::string Metrics::Serialize() const {
  std::vector<prometheus::MetricFamily> families = rep_->registry.Collect();
  for (prometheus::MetricFamily& process : rep_->CollectProcess()) families.push_back(std::move(process));
  return prometheus::TextSerializer().Serialize(families);
}

std::string Metrics::Reference() {
  std::string text =
      "# Metrics\n\n"
      "Served at `/metrics` of `monitoring.listen` in Prometheus text format 0.0.4. This page is generated from the\n"
      "declarations in `monitoring/metrics.cc`.\n\n"
      "Every record that is read is counted out under exactly one outcome:\n"
      "`wirewatch_records_read_total` = the sum of `wirewatch_records_total` + `wirewatch_in_flight_records`.\n\n"
      "| metric | type | labels | meaning |\n|---|---|---|---|\n";
  std::string buckets = "\n## Buckets of the histograms, in seconds\n\n| metric | upper bounds |\n|---|---|\n";
  const Rep rep;
  for (const Declaration& d : rep.declared) {
    text += fmt::format("| `{}` | {} | {} | {} |\n", d.name, Name(d.type), d.labels, d.help);
    if (!d.buckets.empty()) buckets += fmt::format("| `{}` | {} |\n", d.name, fmt::join(d.buckets, ", "));
  }
  return text + buckets;
}

}  // namespace wirewatch
