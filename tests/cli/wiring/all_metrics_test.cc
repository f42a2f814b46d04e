#include "cli/wiring/all_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "connectors/kafka/client/kafka_metrics.h"
#include "pipeline/alert/alert_metrics.h"
#include "pipeline/deliver/deliver_metrics.h"
#include "pipeline/flow/flow_metrics.h"
#include "pipeline/match/match_metrics.h"
#include "pipeline/match/rule_metrics.h"
#include "pipeline/match/shadow_metrics.h"
#include "tests/support/source_directory.h"

namespace wirewatch {
namespace {

using testing::HasSubstr;

// The names that a scrape declares by "# TYPE <name> <type>".
std::set<std::string> NamesIn(const std::string& scrape) {
  std::set<std::string> names;
  std::istringstream lines(scrape);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("# TYPE ")) names.insert(line.substr(7, line.find(' ', 7) - 7));
  }
  return names;
}

// A series of each metric whose labels are of an open set.
void Touch(MetricsRegistry& registry) {
  DeadLetterMetrics{registry}.dead_letters.With("invalid-json");
  MatchMetrics{registry}.unreadable_fields.With("published_at");
  TopicMetrics{registry}.alerts.With("5g-vendor-bans", "high");
  AlertMetrics{registry}.suppressed.With("repeat");
  AlertMetrics{registry}.kinds.With("new");
  const ShadowMetrics shadow{registry};
  shadow.matches.With("5g-vendor-bans", "headline");
  shadow.would_match.With("5g-vendor-bans", "headline");
  shadow.demoted.With("5g-vendor-bans", "headline", "cpu", "desk@example.org");
  const DeliverMetrics deliver{registry};
  deliver.decisions.With("at-once");
  deliver.messages.With("email", "delivered");
  deliver.put_back.With("stop");
  deliver.send_seconds.With("email");
  deliver.outbox.With("waiting");
  deliver.destinations.With("open");
  deliver.subscriptions.With("active");
  deliver.reloads.With("ok");
  deliver.store_failures.With("sender");
  const SinkMetrics sinks{registry};
  for (const CounterFamily& by_sink : {sinks.delivered, sinks.refused, sinks.retries}) by_sink.With("kafka");
  RuleMetrics{registry}.rule_set.SetOnly(1, "00112233445566778899aabbccddeeff");
  const KafkaMetrics kafka{registry};
  kafka.transactions.With("match", "committed");
  kafka.unreadable_offsets.With("articles");
  kafka.lag_records.Set(42, "articles", "3");
  kafka.lag_seconds.Set(1.5, "articles", "3");
  for (const GaugeFamily& by_topic : {kafka.assigned_partitions, kafka.last_poll, kafka.without_partitions}) {
    by_topic.With("articles");
  }
}

TEST(AllMetricsTest, StandAtZeroFromTheStartWhereNobodyNamesTheirLabels) {
  MetricsRegistry registry;
  DeclareAllMetrics(registry);
  const std::string scrape = registry.Serialize();
  for (const char* series : {"wirewatch_records_read_total 0",
                             "wirewatch_record_read_bytes_total 0",
                             "wirewatch_records_total{outcome=\"matched\"} 0",
                             "wirewatch_records_total{outcome=\"unmatched\"} 0",
                             "wirewatch_records_total{outcome=\"suppressed\"} 0",
                             "wirewatch_records_total{outcome=\"dead_lettered\"} 0",
                             "wirewatch_records_total{outcome=\"read_again\"} 0",
                             "wirewatch_in_flight_records 0",
                             "wirewatch_in_flight_bytes 0",
                             "wirewatch_queue_depth_batches{queue=\"match\"} 0",
                             "wirewatch_queue_depth_batches{queue=\"alert\"} 0",
                             "wirewatch_queue_depth_batches{queue=\"read_matches\"} 0",
                             "wirewatch_queue_depth_batches{queue=\"alert_matches\"} 0",
                             "wirewatch_matches_read_total 0",
                             "wirewatch_match_read_bytes_total 0",
                             "wirewatch_matches_total{outcome=\"alerted\"} 0",
                             "wirewatch_matches_total{outcome=\"unmatched\"} 0",
                             "wirewatch_matches_total{outcome=\"suppressed\"} 0",
                             "wirewatch_matches_total{outcome=\"dead_lettered\"} 0",
                             "wirewatch_matches_total{outcome=\"restored\"} 0",
                             "wirewatch_matches_total{outcome=\"read_again\"} 0",
                             "wirewatch_in_flight_matches 0",
                             "wirewatch_in_flight_match_bytes 0",
                             "wirewatch_stage_duration_seconds_count{stage=\"decode\"} 0",
                             "wirewatch_stage_duration_seconds_count{stage=\"fold\"} 0",
                             "wirewatch_stage_duration_seconds_count{stage=\"match\"} 0",
                             "wirewatch_stage_duration_seconds_count{stage=\"alert\"} 0",
                             "wirewatch_published_to_alert_seconds_count 0",
                             "wirewatch_received_to_alert_seconds_count 0",
                             "wirewatch_alert_sightings 0",
                             "wirewatch_alert_sightings_given_up_total 0",
                             "wirewatch_alerts_held 0",
                             "wirewatch_rule_reloads_total{result=\"ok\"} 0",
                             "wirewatch_rule_reloads_total{result=\"failed\"} 0",
                             "wirewatch_topics 0",
                             "wirewatch_rules 0",
                             "wirewatch_terms 0",
                             "wirewatch_rules_compile_duration_seconds 0",
                             "wirewatch_rules_loaded_timestamp_seconds 0",
                             "wirewatch_engine_errors_total 0",
                             "wirewatch_quarantine_suspects 0",
                             "wirewatch_http_connections_closed_total{reason=\"silent\"} 0",
                             "wirewatch_http_connections_closed_total{reason=\"too-many\"} 0",
                             "wirewatch_kafka_rebalances_total 0",
                             "wirewatch_kafka_errors_total 0",
                             "wirewatch_kafka_commits_failed_total 0"}) {
    EXPECT_THAT(scrape, HasSubstr("\n" + std::string(series) + "\n"));
  }
}

TEST(AllMetricsTest, BucketsReachFromAMicrosecondToADay) {
  MetricsRegistry registry;
  DeclareAllMetrics(registry);
  const std::string scrape = registry.Serialize();
  EXPECT_THAT(scrape, HasSubstr("wirewatch_stage_duration_seconds_bucket{stage=\"match\",le=\"1e-06\"} 0\n"));
  EXPECT_THAT(scrape, HasSubstr("wirewatch_stage_duration_seconds_bucket{stage=\"match\",le=\"1\"} 0\n"));
  EXPECT_THAT(scrape, HasSubstr("wirewatch_published_to_alert_seconds_bucket{le=\"0.01\"} 0\n"));
  EXPECT_THAT(scrape, HasSubstr("wirewatch_published_to_alert_seconds_bucket{le=\"86400\"} 0\n"));
}

TEST(AllMetricsTest, TheStepsCountInSeriesOfTheirOwn) {
  MetricsRegistry registry;
  StepMetrics match = MatchMetrics{registry}.step;
  StepMetrics alert = AlertMetrics{registry}.step;
  match.read.Increment(2);
  match.suppressed.Increment(3);
  alert.read.Increment(5);
  alert.suppressed.Increment(7);
  ASSERT_TRUE(alert.restored);
  alert.restored->Increment(11);
  EXPECT_FALSE(match.restored) << "it has no state";
  const std::string scrape = registry.Serialize();
  for (const char* series : {"wirewatch_records_read_total 2", "wirewatch_records_total{outcome=\"suppressed\"} 3",
                             "wirewatch_matches_read_total 5", "wirewatch_matches_total{outcome=\"suppressed\"} 7",
                             "wirewatch_matches_total{outcome=\"restored\"} 11"}) {
    EXPECT_THAT(scrape, HasSubstr("\n" + std::string(series) + "\n"));
  }
}

TEST(AllMetricsTest, TopicsBeyondTheLimitShareOneSeries) {
  MetricsRegistry registry;
  const CounterFamily alerts = TopicMetrics{registry}.alerts;
  for (int topic = 0; topic < 6'000; ++topic) alerts.With("topic-" + std::to_string(topic), "low").Increment();
  const std::string scrape = registry.Serialize();
  EXPECT_THAT(scrape, HasSubstr("wirewatch_alerts_total{severity=\"low\",topic=\"_other\"} 1000\n"));
  EXPECT_THAT(scrape, HasSubstr("topic=\"topic-4999\"} 1\n"));
}

TEST(AllMetricsTest, TellAboutTheProcessItself) {
  MetricsRegistry registry;
  DeclareAllMetrics(registry);
  const std::string scrape = registry.Serialize();
  for (const char* name : {"process_cpu_seconds_total", "process_resident_memory_bytes", "process_open_fds",
                           "process_start_time_seconds", "wirewatch_build_info{version="}) {
    EXPECT_THAT(scrape, HasSubstr(std::string("\n") + name));
  }
}

TEST(AllMetricsTest, TheReferenceListsExactlyWhatIsServed) {
  MetricsRegistry registry;
  DeclareAllMetrics(registry);
  Touch(registry);
  const std::string reference = MetricsReference();
  const std::set<std::string> served = NamesIn(registry.Serialize());
  EXPECT_GT(served.size(), 35u);
  for (const std::string& name : served) EXPECT_THAT(reference, HasSubstr("| `" + name + "` | "));

  const std::string table = reference.substr(0, reference.find("\n## "));
  std::istringstream lines(table);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("| `")) continue;
    EXPECT_EQ(served.count(line.substr(3, line.find('`', 3) - 3)), 1u) << line;
  }
}

TEST(AllMetricsTest, TheReferencePageIsUpToDate) {
  std::ifstream file(SourceDirectory() / "docs/metrics.md");
  const std::string page((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  EXPECT_EQ(page, MetricsReference()) << "regenerate it: build/dev/bin/wirewatch docs metrics > docs/metrics.md";
}

}  // namespace
}  // namespace wirewatch
