#include "monitoring/http/endpoints.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "cli/wiring/all_metrics.h"
#include "connectors/kafka/client/kafka_metrics.h"
#include "monitoring/http/http_server.h"
#include "pipeline/alert/alert_metrics.h"
#include "pipeline/flow/flow_metrics.h"
#include "pipeline/match/match_metrics.h"
#include "pipeline/match/rule_metrics.h"
#include "tests/monitoring/http/http_client.h"

namespace wirewatch {
namespace {

using testing::HasSubstr;

class EndpointsTest : public testing::Test {
 protected:
  void SetUp() override {
    DeclareAllMetrics(metrics_);
    auto started = HttpServer::Start("127.0.0.1:0", MonitoringEndpoints(metrics_, health_));
    ASSERT_TRUE(started.has_value()) << started.error().message;
    server_ = *std::move(started);
  }

  MetricsRegistry metrics_;
  Health health_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(EndpointsTest, ServeHealth) {
  EXPECT_EQ(Get(server_->port(), "/healthz").status, 200);
  EXPECT_EQ(Get(server_->port(), "/readyz").status, 503) << "nothing is connected yet";

  bool up = true;
  health_.AddReadiness("source", [&up]() -> Status {
    if (up) return {};
    return Error{ErrorCode::kUnavailable, "broker 127.0.0.1:9092 is down"};
  });
  EXPECT_EQ(Get(server_->port(), "/readyz").status, 200);
  up = false;
  EXPECT_EQ(Get(server_->port(), "/readyz").status, 503);
  EXPECT_EQ(Get(server_->port(), "/readyz").body, "FAILED source: broker 127.0.0.1:9092 is down\n");
  EXPECT_EQ(Get(server_->port(), "/healthz").status, 200) << "a broker that is away is no reason to restart";
}

TEST_F(EndpointsTest, ServeMetricsInTheTextFormat) {
  MatchMetrics{metrics_}.step.read.Increment(3);
  const HttpAnswer answer = Get(server_->port(), "/metrics");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.headers.at("Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_THAT(answer.body, HasSubstr("\nwirewatch_records_read_total 3\n"));
}

// Prometheus' own linter, from the package `prometheus`.
TEST_F(EndpointsTest, PromtoolFindsNothingWrongWithTheMetrics) {
  if (std::system("command -v promtool >/dev/null") != 0) {
    if (std::getenv("CI") != nullptr) FAIL() << "promtool is missing: deploy/install-packages.sh test";
    GTEST_SKIP() << "promtool is missing: deploy/install-packages.sh test";
  }
  DeadLetterMetrics{metrics_}.dead_letters.With("invalid-json").Increment();
  TopicMetrics{metrics_}.alerts.With("5g-vendor-bans", "high").Increment();
  AlertMetrics{metrics_}.suppressed.With("repeat").Increment();
  SinkMetrics{metrics_}.delivered.With("stdout").Increment();
  SinkMetrics{metrics_}.refused.With("kafka").Increment();
  SinkMetrics{metrics_}.retries.With("kafka").Increment();
  KafkaMetrics{metrics_}.lag_records.Set(42, "articles", "3");
  KafkaMetrics{metrics_}.lag_seconds.Set(1.5, "articles", "3");
  RuleMetrics{metrics_}.rule_set.SetOnly(1, "00112233445566778899aabbccddeeff");
  MatchMetrics{metrics_}.match_duration.Observe(std::chrono::microseconds(20));

  const std::filesystem::path scrape = testing::TempDir() + "wirewatch_endpoints_test.prom";
  const std::filesystem::path findings = testing::TempDir() + "wirewatch_endpoints_test.txt";
  std::ofstream(scrape) << Get(server_->port(), "/metrics").body;
  const std::string command = "promtool check metrics <" + scrape.string() + " >" + findings.string() + " 2>&1";
  const int exit_status = std::system(command.c_str());
  std::ifstream file(findings);
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  EXPECT_EQ(exit_status, 0) << text;
  EXPECT_EQ(text, "");
  std::filesystem::remove(scrape);
  std::filesystem::remove(findings);
}

TEST(CachedTextTest, IsMadeForATwentiethOfTheTimeAtMost) {
  using std::chrono::milliseconds;
  SteadyTime now = SteadyNow();
  milliseconds cost(0);
  int made = 0;
  CachedText text(
      [&] {
        now += cost;
        return std::to_string(++made);
      },
      [&] { return now; });
  EXPECT_EQ(text.Get(), "1");
  EXPECT_EQ(text.Get(), "2") << "it costs nothing";
  cost = milliseconds(10);
  EXPECT_EQ(text.Get(), "3");
  EXPECT_EQ(text.Get(), "3");
  now += milliseconds(189);
  EXPECT_EQ(text.Get(), "3");
  now += milliseconds(1);
  EXPECT_EQ(text.Get(), "4");
  cost = milliseconds(5'000);
  now += milliseconds(190);
  EXPECT_EQ(text.Get(), "5");
  now += milliseconds(999);
  EXPECT_EQ(text.Get(), "5");
  now += milliseconds(1);
  EXPECT_EQ(text.Get(), "6") << "never older than a second";
}

}  // namespace
}  // namespace wirewatch
