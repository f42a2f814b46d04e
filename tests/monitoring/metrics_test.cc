#include "monitoring/metrics.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <limits>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace wirewatch {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

struct TestMetrics {
  explicit TestMetrics(MetricsRegistry& registry_) : registry(registry_) {}
  MetricsRef registry;

  Counter letters{registry, {"letters_total", "Letters that came."}};
  Gauge open{registry, {"open_letters", "Letters that are open."}};
  Histogram answered{registry, {"answer_seconds", "Time to the answer.", {}, {0.5, 60, 3600}}};
  CounterFamily sorted{registry, {"sorted_total", "Letters by their box.", {{"box", {"in", "out"}}, {"clerk"}}}};
  HistogramFamily read{registry, {"read_seconds", "Time to read.", {{"box", {"in", "out"}}}, {0.001, 1}}};
  CounterFamily senders{
      registry, {.name = "senders_total", .help = "By sender.", .labels = {{"sender"}, {"box"}}, .most_series = 3}};
  PassingGauges waiting{registry, {"waiting", "Letters of a post office that is ours.", {{"town"}, {"office"}}}};
};

TEST(MetricsTest, CountsAndSets) {
  MetricsRegistry registry;
  TestMetrics metrics{registry};
  metrics.letters.Increment();
  metrics.letters.Increment(4);
  metrics.open.Set(7);
  metrics.open.Set(5);
  EXPECT_EQ(metrics.letters.Value(), 5);
  EXPECT_EQ(metrics.open.Value(), 5);
  EXPECT_THAT(registry.Serialize(),
              HasSubstr("# HELP letters_total Letters that came.\n# TYPE letters_total counter\nletters_total 5\n"));
  EXPECT_THAT(registry.Serialize(), HasSubstr("# TYPE open_letters gauge\nopen_letters 5\n"));
}

TEST(MetricsTest, WhatIsDeclaredWithoutLabelsStandsAtZeroAndWhatHasSomeFromItsFirstLookUp) {
  MetricsRegistry registry;
  const TestMetrics metrics{registry};
  EXPECT_THAT(registry.Serialize(), HasSubstr("\nletters_total 0\n"));
  EXPECT_THAT(registry.Serialize(), HasSubstr("\nanswer_seconds_count 0\n"));
  EXPECT_THAT(registry.Serialize(), Not(HasSubstr("sorted_total")));
  metrics.sorted.With("in", "anna");
  EXPECT_THAT(registry.Serialize(), HasSubstr("\nsorted_total{box=\"in\",clerk=\"anna\"} 0\n"));
}

TEST(MetricsTest, AllStructsOfARegistryCountInTheSameSeries) {
  MetricsRegistry registry;
  TestMetrics first{registry};
  TestMetrics second{registry};
  first.letters.Increment();
  second.letters.Increment(2);
  first.sorted.With("out", "ben").Increment();
  second.sorted.With("out", "ben").Increment();
  EXPECT_EQ(first.letters.Value(), 3);
  EXPECT_EQ(first.sorted.With("out", "ben").Value(), 2);
  EXPECT_EQ(first.sorted.With("in", "ben").Value(), 0);

  MetricsRegistry other;
  EXPECT_EQ(TestMetrics{other}.letters.Value(), 0);
}

TEST(MetricsDeathTest, ANameIsDeclaredInOneWay) {
  MetricsRegistry registry;
  const TestMetrics metrics{registry};
  EXPECT_DEATH(Counter(registry, {"letters_total", "Other words."}), "letters_total is declared in two ways");
  EXPECT_DEATH(Gauge(registry, {"letters_total", "Letters that came."}), "letters_total is declared in two ways");
  EXPECT_DEATH(registry.AddReadings({{MetricReading::Kind::kGauge, {"open_letters", "Letters that are open."}}},
                                    [] { return std::vector<double>{1}; }),
               "open_letters is declared in two ways");
}

TEST(MetricsDeathTest, EachLabelHasAValue) {
  MetricsRegistry registry;
  const TestMetrics metrics{registry};
  EXPECT_DEATH(metrics.sorted.With("in"), "sorted_total has 2 labels; 1 values were given");
  EXPECT_DEATH(metrics.waiting.Set(1, "Ulm", "0", "1"), "waiting has 2 labels; 3 values were given");
}

TEST(MetricsTest, SeriesBeyondTheLimitShareOne) {
  MetricsRegistry registry;
  const TestMetrics metrics{registry};
  for (int sender = 0; sender < 5; ++sender) metrics.senders.With(fmt::format("s{}", sender), "in").Increment();
  const std::string scrape = registry.Serialize();
  EXPECT_THAT(scrape, HasSubstr("senders_total{box=\"in\",sender=\"_other\"} 2\n"));
  EXPECT_THAT(scrape, HasSubstr("sender=\"s2\"} 1\n"));
  EXPECT_THAT(scrape, Not(HasSubstr("sender=\"s3\"")));
  metrics.senders.With("s1", "in").Increment();
  EXPECT_EQ(metrics.senders.With("s1", "in").Value(), 2) << "who has a series keeps it";
  metrics.senders.With("s9", "out").Increment();
  EXPECT_THAT(registry.Serialize(), HasSubstr("senders_total{box=\"out\",sender=\"_other\"} 1\n"))
      << "only the first label is given up";
}

TEST(MetricsTest, ATimeInTheFutureCountsAsNone) {
  MetricsRegistry registry;
  TestMetrics metrics{registry};
  metrics.answered.Observe(-5s);
  metrics.answered.Observe(std::chrono::duration<double>(std::numeric_limits<double>::quiet_NaN()));
  const std::string scrape = registry.Serialize();
  EXPECT_THAT(scrape, HasSubstr("answer_seconds_count 2\n"));
  EXPECT_THAT(scrape, HasSubstr("answer_seconds_sum 0\n"));
  EXPECT_THAT(scrape, HasSubstr("answer_seconds_bucket{le=\"0.5\"} 2\n"));
}

TEST(MetricsTest, HistogramsCountByTheDeclaredBuckets) {
  MetricsRegistry registry;
  TestMetrics metrics{registry};
  metrics.answered.Observe(5min);
  metrics.read.With("in").Observe(900us);
  const std::string scrape = registry.Serialize();
  EXPECT_THAT(scrape, HasSubstr("answer_seconds_bucket{le=\"60\"} 0\n"));
  EXPECT_THAT(scrape, HasSubstr("answer_seconds_bucket{le=\"3600\"} 1\n"));
  EXPECT_THAT(scrape, HasSubstr("read_seconds_bucket{box=\"in\",le=\"0.001\"} 1\n"));
}

TEST(MetricsTest, ForgetsAPassingGauge) {
  MetricsRegistry registry;
  const TestMetrics metrics{registry};
  metrics.waiting.Set(12, "Ulm", "0");
  metrics.waiting.Set(7, "Ulm", "1");
  metrics.waiting.Set(8, "Ulm", "1");
  metrics.waiting.Forget("Ulm", "0");
  metrics.waiting.Forget("Ulm", "0");
  metrics.waiting.Forget("Bonn", "1");
  const std::string scrape = registry.Serialize();
  EXPECT_THAT(scrape, Not(HasSubstr("office=\"0\"")));
  EXPECT_THAT(scrape, HasSubstr("waiting{office=\"1\",town=\"Ulm\"} 8\n"));
  metrics.waiting.Set(3, "Ulm", "0");
  EXPECT_THAT(registry.Serialize(), HasSubstr("waiting{office=\"0\",town=\"Ulm\"} 3\n"));
}

TEST(MetricsTest, SetOnlyLeavesNoOther) {
  MetricsRegistry registry;
  const TestMetrics metrics{registry};
  metrics.waiting.Set(2, "Kiel", "4");
  metrics.waiting.SetOnly(1, "Ulm", "0");
  metrics.waiting.SetOnly(1, "Ulm", "0");
  metrics.waiting.SetOnly(1, "Bonn", "0");
  const std::string scrape = registry.Serialize();
  EXPECT_THAT(scrape, HasSubstr("waiting{office=\"0\",town=\"Bonn\"} 1\n"));
  EXPECT_THAT(scrape, Not(HasSubstr("Ulm")));
  EXPECT_THAT(scrape, Not(HasSubstr("Kiel")));
}

TEST(MetricsTest, EscapesLabelValues) {
  MetricsRegistry registry;
  TestMetrics{registry}.sorted.With("in", "a\"b\\c\nd");
  EXPECT_THAT(registry.Serialize(), HasSubstr(R"(sorted_total{box="in",clerk="a\"b\\c\nd"} 0)"));
}

TEST(MetricsTest, ReadingsAreServedWhileThereAreSome) {
  MetricsRegistry registry;
  std::vector<double> values = {3, 4.5};
  registry.AddReadings({{MetricReading::Kind::kCounter, {"turns_total", "Turns."}},
                        {MetricReading::Kind::kGauge, {"height", "Height."}}},
                       [&values] { return values; });
  EXPECT_EQ(registry.Serialize(),
            "# HELP turns_total Turns.\n# TYPE turns_total counter\nturns_total 3\n"
            "# HELP height Height.\n# TYPE height gauge\nheight 4.5\n");
  values.clear();
  EXPECT_EQ(registry.Serialize(), "");
}

TEST(MetricsTest, TheReferenceListsWhatIsDeclaredInThatOrder) {
  MetricsRegistry registry;
  const TestMetrics metrics{registry};
  metrics.letters.Value();
  const TestMetrics again{registry};
  registry.AddReadings({{MetricReading::Kind::kGauge, {"height", "Height."}}}, [] { return std::vector<double>{1}; });
  EXPECT_EQ(registry.Reference(),
            "| metric | type | labels | meaning |\n|---|---|---|---|\n"
            "| `letters_total` | counter |  | Letters that came. |\n"
            "| `open_letters` | gauge |  | Letters that are open. |\n"
            "| `answer_seconds` | histogram |  | Time to the answer. |\n"
            "| `sorted_total` | counter | box: in, out; clerk | Letters by their box. |\n"
            "| `read_seconds` | histogram | box: in, out | Time to read. |\n"
            "| `senders_total` | counter | sender, box | By sender. |\n"
            "| `waiting` | gauge | town, office | Letters of a post office that is ours. |\n"
            "| `height` | gauge |  | Height. |\n"
            "\n## Buckets of the histograms, in seconds\n\n| metric | upper bounds |\n|---|---|\n"
            "| `answer_seconds` | 0.5, 60, 3600 |\n"
            "| `read_seconds` | 0.001, 1 |\n");
}

TEST(MetricsTest, IsDeclaredCountedAndServedByManyThreadsAtOnce) {
  constexpr int kThreads = 4, kEach = 2'000;
  MetricsRegistry registry;
  const TestMetrics served{registry};
  std::atomic<bool> stop = false;
  std::thread scraper([&] {
    while (!stop) EXPECT_THAT(registry.Serialize(), HasSubstr("letters_total"));
  });
  std::vector<std::thread> workers;
  for (int t = 0; t < kThreads; ++t) {
    workers.emplace_back([&registry, t] {
      TestMetrics metrics{registry};
      Counter sorted = metrics.sorted.With("in", "anna");
      const std::string office = fmt::format("{}", t);
      for (int i = 0; i < kEach; ++i) {
        metrics.letters.Increment();
        sorted.Increment();
        metrics.answered.Observe(10us);
        if (i % 50 != 0) continue;
        metrics.senders.With(fmt::format("s{}", i), "out").Increment();
        metrics.waiting.Set(i, "Ulm", office);
        metrics.waiting.SetOnly(1, fmt::format("town {}", i), office);
        metrics.waiting.Forget("Ulm", office);
      }
    });
  }
  for (std::thread& worker : workers) worker.join();
  stop = true;
  scraper.join();
  EXPECT_EQ(served.letters.Value(), kThreads * kEach);
  EXPECT_EQ(served.sorted.With("in", "anna").Value(), kThreads * kEach);
  EXPECT_THAT(registry.Serialize(), HasSubstr(fmt::format("answer_seconds_count {}\n", kThreads * kEach)));
}

}  // namespace
}  // namespace wirewatch
