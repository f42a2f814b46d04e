// A reader hears the end of what he heard the beginning of: from the alert's document through the dispatcher, SQLite
// and the sender to the reader's endpoint.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "connectors/store/delivery_stores.h"
#include "monitoring/health.h"
#include "monitoring/metrics.h"
#include "pipeline/alert/alert.h"
#include "pipeline/deliver/alert_notice.h"
#include "pipeline/deliver/correction.h"
#include "pipeline/deliver/dispatcher.h"
#include "pipeline/deliver/sender.h"
#include "pipeline/deliver/subscription_file.h"
#include "pipeline/deliver/subscription_watch.h"
#include "tests/support/fake_transport.h"
#include "tests/support/sample_alert.h"
#include "tests/support/wait_until.h"

namespace wirewatch {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::string_view kSubscriptions = R"(
subscriptions:
  - id: huawei          # reads of Huawei alone
    reader: ada
    filter: {match: huawei}
    channels: [{webhook: {url: "https://huawei.example.org/"}}]

  - id: severe          # reads what is severe
    reader: bram
    filter: {severity: high, score: 70}
    channels: [{webhook: {url: "https://severe.example.org/"}}]

  - id: firsts          # wants to hear of each story once
    reader: chloe
    filter: {match: huawei, kinds: [new]}
    channels: [{webhook: {url: "https://firsts.example.org/"}}]

  - id: floods          # was never told
    reader: dirk
    filter: {match: floods}
    channels: [{webhook: {url: "https://floods.example.org/"}}]
)";

class HeardToTheEndTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto opened = OpenSqliteStore(":memory:");
    ASSERT_TRUE(opened) << opened.error().message;
    store_ = *std::move(opened);
    const ReadSubscriptions read = ReadSubscriptionFile(kSubscriptions, "readers.yaml");
    ASSERT_FALSE(HasErrors(read.diagnostics)) << Render(read.diagnostics);
    ASSERT_TRUE(store_->Sync("file", read.subscriptions, now_));
    for (const char* name : {"huawei", "severe", "firsts", "floods"}) {
      transport_.answers["https://" + std::string(name) + ".example.org/"] = Answered(200);
    }
    const auto clock = [this] { return now_; };
    watch_ = std::make_unique<SubscriptionWatch>(*store_, std::vector<std::filesystem::path>(), metrics_, clock);
    ASSERT_TRUE(watch_->Look(false));
    DispatcherOptions dispatching;
    dispatching.clock = clock;
    dispatcher_ = std::make_unique<Dispatcher>(*store_, *watch_, dispatching, metrics_,
                                               health_.AddLoop("dispatcher", std::chrono::minutes(5)));
    SenderOptions sending;
    sending.owner = "test";
    sending.clock = clock;
    sender_ = std::make_unique<Sender>(
        *store_, transport_, [this](ChannelKind) { return &channel_; }, sending, metrics_);
  }

  // The endpoints that hear of the alert.
  std::vector<std::string> HeardBy(const Alert& alert) {
    const auto notice = ReadNotice(ToJson(alert));
    EXPECT_TRUE(notice) << notice.error().message;
    dispatcher_->Send(*notice, Delivery([](const std::optional<Error>&) {}));
    EXPECT_TRUE(dispatcher_->Close(SteadyNow() + kLong));
    sender_->Turn();
    std::vector<std::string> heard;
    for (const std::string& call : transport_.Take()) heard.push_back(call.substr(0, call.find(' ')));
    std::sort(heard.begin(), heard.end());
    return heard;
  }

  const WallTime now_ = *ParseRfc3339("2026-05-01T10:00:05Z");
  MetricsRegistry metrics_;
  Health health_;
  std::unique_ptr<DeliveryStore> store_;
  FakeTransport transport_;
  FakeChannel channel_;
  std::unique_ptr<SubscriptionWatch> watch_;
  std::unique_ptr<Dispatcher> dispatcher_;
  std::unique_ptr<Sender> sender_;
};

// "Sweden bans Huawei" goes out; the publisher takes the name out and makes it small; in the end he withdraws it.
TEST_F(HeardToTheEndTest, WhoWasToldThatSwedenBansHuaweiHearsThatItWasCorrectedAndThatItWasWithdrawn) {
  const Alert first = SampleAlert();
  EXPECT_THAT(HeardBy(first),
              ElementsAre("https://firsts.example.org/", "https://huawei.example.org/", "https://severe.example.org/"));

  Alert correction = first;
  correction.id = "00000000000000000000000000000002";
  correction.kind = AlertKind::kCorrection;
  correction.corrects = first.id;
  correction.match.severity = TopicSeverity::kLow;
  correction.match.score = 10;
  correction.match.spans.clear();
  FactsIn(correction).title = "Sweden looks at its rules for 5G networks";
  EXPECT_THAT(HeardBy(correction), ElementsAre("https://huawei.example.org/", "https://severe.example.org/"));
  EXPECT_THAT(HeardBy(correction), IsEmpty()) << "it came again";

  Alert withdrawn = correction;
  withdrawn.id = "00000000000000000000000000000003";
  withdrawn.kind = AlertKind::kWithdrawn;
  withdrawn.reason = kArticleCanceled;
  withdrawn.corrects = correction.id;
  EXPECT_THAT(HeardBy(withdrawn), ElementsAre("https://huawei.example.org/", "https://severe.example.org/"));

  const auto notice = ReadNotice(ToJson(withdrawn));
  ASSERT_TRUE(notice);
  for (const auto& [id, hears] : {std::pair("huawei", true), std::pair("firsts", false), std::pair("floods", false)}) {
    const auto stored = store_->FindSubscription(id);
    ASSERT_TRUE(stored && *stored);
    const auto told = MustReach(*store_, (*stored)->subscription, *notice);
    ASSERT_TRUE(told);
    EXPECT_EQ(*told, hears) << id;
  }
}

}  // namespace
}  // namespace wirewatch
