// Two senders with connections of their own, as two processes have them, on one PostgreSQL: the claims alone keep them
// from sending a message twice.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "connectors/store/delivery_stores.h"
#include "monitoring/health.h"
#include "monitoring/metrics.h"
#include "pipeline/alert/alert.h"
#include "pipeline/deliver/alert_notice.h"
#include "pipeline/deliver/plan.h"
#include "pipeline/deliver/sender.h"
#include "tests/support/fake_transport.h"
#include "tests/support/postgres_server.h"
#include "tests/support/sample_alert.h"
#include "tests/support/wait_until.h"

namespace wirewatch {
namespace {

constexpr int kAlerts = 600;
constexpr int kDestinations = 20;

// Takes every message, and counts the ids.
class CountingTransport : public Transport {
 public:
  void Start(Call call, std::function<void(CallAnswer)> done) override {
    {
      const std::lock_guard lock(mutex_);
      ++times_[std::get<HttpCall>(call).headers.front().second];
    }
    done(Answered(200));
  }
  std::map<std::string, int> times() const {
    const std::lock_guard lock(mutex_);
    return times_;
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, int> times_;
};

TEST(TwoSendersTest, OnOneStoreSendEachMessageOnce) {
  PostgresServer& server = PostgresServer::Get();
  const std::string connection = server.Connection(server.NewDatabase());
  auto first = OpenPostgresStore(connection), second = OpenPostgresStore(connection);
  ASSERT_TRUE(first) << first.error().message;
  ASSERT_TRUE(second) << second.error().message;

  const WallTime now = WallNow();
  std::vector<StoredSubscription> subscriptions;
  for (int i = 0; i < kDestinations; ++i) {
    Subscription subscription;
    subscription.id = fmt::format("sub-{}", i);
    subscription.reader = "ada";
    subscription.channels = {{.kind = ChannelKind::kWebhook,
                              .id = "webhook",
                              .url = fmt::format("https://{}.example.org/", i),
                              .secret = "",
                              .to = {}}};
    const auto put = (*first)->Put(subscription, "", now, std::nullopt);
    ASSERT_TRUE(put) << put.error().message;
    subscriptions.push_back(*put);
  }

  CountingTransport transports[2];
  MetricsRegistry metrics[2];
  Health health;
  const FakeChannel channel;
  std::vector<std::unique_ptr<Sender>> senders;
  for (int i = 0; i < 2; ++i) {
    SenderOptions options;
    options.owner = fmt::format("process-{}", i);
    options.claim = 10;
    options.poll = std::chrono::milliseconds(10);
    senders.push_back(std::make_unique<Sender>(
        i == 0 ? **first : **second, transports[i], [&](ChannelKind) { return &channel; }, options, metrics[i]));
    senders.back()->Start(health.AddLoop(options.owner, std::chrono::minutes(5)));
  }
  // While they send, more comes.
  for (int i = 0; i < kAlerts; i += 20) {
    std::vector<AlertNotice> notices;
    for (int j = i; j < i + 20; ++j) {
      Alert alert = SampleAlert(fmt::format("article-{}", j));
      const auto notice = ReadNotice(ToJson(alert));
      ASSERT_TRUE(notice) << notice.error().message;
      notices.push_back(*notice);
    }
    std::vector<PlannedAlert> planned;
    for (const AlertNotice& notice : notices) {
      planned.push_back({&notice, {}});
      for (const StoredSubscription& subscription : subscriptions) {
        Plan(subscription, notice, now, planned.back().planned);
      }
    }
    const auto recorded = (i % 40 == 0 ? *first : *second)->Record(planned);
    ASSERT_TRUE(recorded) << recorded.error().message;
    for (const auto& sender : senders) sender->Wake();
  }
  constexpr std::size_t kMessages = std::size_t{kAlerts} * kDestinations;
  EXPECT_TRUE(WaitUntil([&] { return transports[0].times().size() + transports[1].times().size() >= kMessages; }));
  for (const auto& sender : senders) EXPECT_TRUE(sender->Stop(SteadyNow() + kLong));

  std::map<std::string, int> times = transports[0].times();
  EXPECT_FALSE(times.empty());
  EXPECT_FALSE(transports[1].times().empty());
  for (const auto& [id, count] : transports[1].times()) times[id] += count;
  EXPECT_EQ(times.size(), kMessages);
  for (const auto& [id, count] : times) EXPECT_EQ(count, 1) << id;
  const auto counts = (*first)->Count(now);
  ASSERT_TRUE(counts);
  EXPECT_EQ(counts->waiting + counts->sending + counts->failed, 0u);
}

}  // namespace
}  // namespace wirewatch
