#include "monitoring/metrics.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <iterator>
#include <limits>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/source_directory.h"

namespace wirewatch {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

// The names that a scrape declares by "# TYPE <name> <type>".
std::set<std::string> NamesIn(const std::string& scrape) {
  std::set<std::string> names;
  std::istringstream lines(scrape);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("# TYPE ")) names.insert(line.substr(7, line.find(' ', 7) - 7));
  }
  return names;
}

// Every series there is, each with a value.
void Touch(Metrics& metrics) {
  for (const char* reason : {"invalid-json", "too-large"}) metrics.DeadLetters(reason).Increment();
  metrics.UnreadableFields("published_at").Increment();
  metrics.Alerts("5g-vendor-bans", "high").Increment();
  metrics.AlertsSuppressed("repeat").Increment();
  metrics.Delivered("kafka").Increment();
  metrics.Refused("kafka").Increment();
  metrics.SinkRetries("kafka").Increment();
  metrics.KafkaTransactions("match", "committed").Increment();
  metrics.SetLag("articles", 3, 42, 1.5);
  metrics.KafkaAssignedPartitions("articles").Set(6);
  metrics.KafkaLastPoll("articles").Set(1);
  metrics.KafkaWithoutPartitions("articles").Set(7);
  metrics.KafkaUnreadable("articles").Increment();
  metrics.SetRuleSet("00112233445566778899aabbccddeeff");
  metrics.decode_duration.Observe(20us);
  metrics.published_to_alert.Observe(3s);
}

TEST(MetricsTest, SeriesOfClosedSetsStandAtZeroFromTheStart) {
  const std::string scrape = Metrics().Serialize();
  for (const char* series :
       {"wirewatch_records_read_total 0", "wirewatch_records_total{outcome=\"matched\"} 0",
        "wirewatch_records_total{outcome=\"unmatched\"} 0", "wirewatch_records_total{outcome=\"suppressed\"} 0",
        "wirewatch_records_total{outcome=\"dead_lettered\"} 0", "wirewatch_rule_reloads_total{result=\"failed\"} 0",
        "wirewatch_queue_depth_batches{queue=\"alert\"} 0", "wirewatch_stage_duration_seconds_count{stage=\"fold\"} 0",
        "wirewatch_engine_errors_total 0", "wirewatch_kafka_rebalances_total 0"}) {
    EXPECT_THAT(scrape, HasSubstr(std::string(series) + "\n"));
  }
}

TEST(MetricsTest, CountsAndSets) {
  Metrics metrics;
  metrics.records_read.Increment();
  metrics.records_read.Increment(4);
  metrics.records_in_flight.Set(7);
  metrics.records_in_flight.Set(5);
  EXPECT_EQ(metrics.records_read.Value(), 5);
  EXPECT_EQ(metrics.records_in_flight.Value(), 5);
  EXPECT_THAT(metrics.Serialize(), HasSubstr("wirewatch_records_read_total 5\n"));
  EXPECT_THAT(metrics.Serialize(), HasSubstr("wirewatch_in_flight_records 5\n"));
}

TEST(MetricsTest, TheSameLabelsAreTheSameSeries) {
  Metrics metrics;
  metrics.DeadLetters("invalid-json").Increment();
  metrics.DeadLetters("invalid-json").Increment();
  metrics.Alerts("clean-network", "medium").Increment(3);
  EXPECT_EQ(metrics.DeadLetters("invalid-json").Value(), 2);
  EXPECT_EQ(metrics.DeadLetters("too-large").Value(), 0);
  EXPECT_EQ(metrics.Alerts("clean-network", "medium").Value(), 3);
  EXPECT_THAT(metrics.Serialize(),
              HasSubstr("wirewatch_alerts_total{severity=\"medium\",topic=\"clean-network\"} 3\n"));
}

TEST(MetricsTest, ALookedUpSeriesStandsAtZeroBeforeItsFirstEvent) {
  Metrics metrics;
  metrics.DeadLetters("engine-error");
  EXPECT_THAT(metrics.Serialize(), HasSubstr("wirewatch_dead_letters_total{reason=\"engine-error\"} 0\n"));
}

TEST(MetricsTest, TopicsBeyondTheLimitShareOneSeries) {
  Metrics metrics;
  for (int topic = 0; topic < 6'000; ++topic) metrics.Alerts(fmt::format("topic-{}", topic), "low").Increment();
  const std::string scrape = metrics.Serialize();
  EXPECT_THAT(scrape, HasSubstr("wirewatch_alerts_total{severity=\"low\",topic=\"_other\"} 1000\n"));
  EXPECT_THAT(scrape, HasSubstr("topic=\"topic-4999\"} 1\n"));
  EXPECT_THAT(scrape, Not(HasSubstr("topic=\"topic-5000\"")));
  metrics.Alerts("topic-17", "low").Increment();
  EXPECT_EQ(metrics.Alerts("topic-17", "low").Value(), 2) << "a topic that has its own series keeps it";
}

TEST(MetricsTest, ATimeInTheFutureCountsAsNone) {
  Metrics metrics;
  metrics.published_to_alert.Observe(-5s);
  metrics.published_to_alert.Observe(std::chrono::duration<double>(std::numeric_limits<double>::quiet_NaN()));
  const std::string scrape = metrics.Serialize();
  EXPECT_THAT(scrape, HasSubstr("wirewatch_published_to_alert_seconds_count 2\n"));
  EXPECT_THAT(scrape, HasSubstr("wirewatch_published_to_alert_seconds_sum 0\n"));
  EXPECT_THAT(scrape, HasSubstr("wirewatch_published_to_alert_seconds_bucket{le=\"0.01\"} 2\n"));
}

TEST(MetricsTest, BucketsReachFromAMicrosecondToADay) {
  Metrics metrics;
  metrics.match_duration.Observe(900ns);
  metrics.published_to_alert.Observe(23h);
  const std::string scrape = metrics.Serialize();
  EXPECT_THAT(scrape, HasSubstr("wirewatch_stage_duration_seconds_bucket{stage=\"match\",le=\"1e-06\"} 1\n"));
  EXPECT_THAT(scrape, HasSubstr("wirewatch_stage_duration_seconds_bucket{stage=\"match\",le=\"1\"} 1\n"));
  EXPECT_THAT(scrape, HasSubstr("wirewatch_published_to_alert_seconds_bucket{le=\"43200\"} 0\n"));
  EXPECT_THAT(scrape, HasSubstr("wirewatch_published_to_alert_seconds_bucket{le=\"86400\"} 1\n"));
}

TEST(MetricsTest, ForgetsTheLagOfAPartitionThatIsNoLongerOurs) {
  Metrics metrics;
  metrics.SetLag("articles", 0, 12, 3);
  metrics.SetLag("articles", 1, 7, 1);
  metrics.SetLag("articles", 1, 8, 2);
  metrics.ForgetLag("articles", 0);
  metrics.ForgetLag("articles", 0);
  metrics.ForgetLag("matches", 1);
  const std::string scrape = metrics.Serialize();
  EXPECT_THAT(scrape, Not(HasSubstr("partition=\"0\"")));
  EXPECT_THAT(scrape, HasSubstr("wirewatch_kafka_lag_records{kafka_topic=\"articles\",partition=\"1\"} 8\n"));
  metrics.SetLag("articles", 0, 3, 0);
  EXPECT_THAT(metrics.Serialize(), HasSubstr("kafka_topic=\"articles\",partition=\"0\"} 3\n"));
}

TEST(MetricsTest, NamesOnlyTheRuleSetInUse) {
  Metrics metrics;
  metrics.SetRuleSet("aaaa");
  metrics.SetRuleSet("aaaa");
  metrics.SetRuleSet("bbbb");
  const std::string scrape = metrics.Serialize();
  EXPECT_THAT(scrape, HasSubstr("wirewatch_rule_set_info{hash=\"bbbb\"} 1\n"));
  EXPECT_THAT(scrape, Not(HasSubstr("aaaa")));
}

TEST(MetricsTest, EscapesLabelValues) {
  Metrics metrics;
  metrics.Delivered("a\"b\\c\nd");
  EXPECT_THAT(metrics.Serialize(), HasSubstr(R"(wirewatch_sink_delivered_total{sink="a\"b\\c\nd"} 0)"));
}

TEST(MetricsTest, TellsAboutTheProcessItself) {
  const std::string scrape = Metrics().Serialize();
  for (const char* name : {"process_cpu_seconds_total", "process_resident_memory_bytes", "process_open_fds",
                           "process_start_time_seconds", "wirewatch_build_info{version="}) {
    EXPECT_THAT(scrape, HasSubstr(std::string("\n") + name));
  }
}

TEST(MetricsTest, TheReferenceListsExactlyWhatIsServed) {
  Metrics metrics;
  Touch(metrics);
  const std::string reference = Metrics::Reference();
  const std::set<std::string> served = NamesIn(metrics.Serialize());
  EXPECT_GT(served.size(), 35u);
  for (const std::string& name : served) EXPECT_THAT(reference, HasSubstr("| `" + name + "` | "));

  const std::string table = reference.substr(0, reference.find("\n## "));
  std::istringstream lines(table);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("| `")) continue;
    EXPECT_EQ(served.count(line.substr(3, line.find('`', 3) - 3)), 1u) << line;
  }
}

TEST(MetricsTest, TheReferencePageIsUpToDate) {
  std::ifstream file(SourceDirectory() / "docs/metrics.md");
  const std::string page((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  EXPECT_EQ(page, Metrics::Reference()) << "regenerate it: build/dev/bin/wirewatch docs metrics > docs/metrics.md";
}

TEST(MetricsTest, IsCountedAndServedByManyThreadsAtOnce) {
  constexpr int kThreads = 4, kEach = 2'000;
  Metrics metrics;
  std::atomic<bool> stop = false;
  std::thread scraper([&] {
    while (!stop) EXPECT_THAT(metrics.Serialize(), HasSubstr("wirewatch_records_read_total"));
  });
  std::vector<std::thread> workers;
  for (int t = 0; t < kThreads; ++t) {
    workers.emplace_back([&metrics, t] {
      Counter delivered = metrics.Delivered("file");
      for (int i = 0; i < kEach; ++i) {
        metrics.records_read.Increment();
        delivered.Increment();
        metrics.decode_duration.Observe(10us);
        if (i % 50 != 0) continue;
        metrics.Alerts(fmt::format("topic-{}", i), "high").Increment();
        metrics.SetLag("articles", t, i, 0);
        metrics.SetRuleSet(fmt::format("{:032x}", i));
        metrics.ForgetLag("articles", t);
      }
    });
  }
  for (std::thread& worker : workers) worker.join();
  stop = true;
  scraper.join();
  EXPECT_EQ(metrics.records_read.Value(), kThreads * kEach);
  EXPECT_EQ(metrics.Delivered("file").Value(), kThreads * kEach);
  EXPECT_THAT(
      metrics.Serialize(),
      HasSubstr(fmt::format("wirewatch_stage_duration_seconds_count{{stage=\"decode\"}} {}\n", kThreads * kEach)));
}

}  // namespace
}  // namespace wirewatch
