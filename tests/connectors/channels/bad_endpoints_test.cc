// Endpoints that do not do as they should, through channel, transport and sender, against a server on loopback: each
// costs its own messages what is documented (docs/channels.md), and no other's.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "connectors/channels/channels.h"
#include "connectors/http_client/address_guard.h"
#include "connectors/http_client/curl_transport.h"
#include "monitoring/health.h"
#include "monitoring/metrics.h"
#include "pipeline/deliver/sender.h"
#include "tests/support/memory_delivery_store.h"
#include "tests/support/python_peer.h"
#include "tests/support/sample_notice.h"
#include "tests/support/wait_until.h"

namespace wirewatch {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;

class BadEndpointsTest : public ::testing::Test {
 protected:
  BadEndpointsTest() {
    CurlTransportOptions network;
    network.guard = *AddressGuard::Create({"127.0.0.1"});  // the peer's address, and no other
    network.timeout = std::chrono::milliseconds(1500);
    auto made = CurlTransport::Create(std::move(network));
    EXPECT_TRUE(made) << made.error().message;
    transport_ = *std::move(made);
    ChannelParts parts;
    parts.render = [](TemplateName, const OutgoingMessage&) -> Result<std::string> { return std::string("{}"); };
    channel_ = ChannelFor(ChannelKind::kWebhook, parts);
    options_.owner = "test";
    options_.longest_send = seconds(5);
    options_.poll = std::chrono::milliseconds(20);
    options_.breaker = {.failures = 3, .rest = seconds(600), .longest_rest = seconds(600)};
    sender_ = std::make_unique<Sender>(
        store_, *transport_, [this](ChannelKind) { return channel_.get(); }, options_, metrics_);
  }

  // A message that is due, of a subscription of its own.
  void Due(const std::string& id, const std::string& url, const std::string& destination) {
    Subscription subscription;
    subscription.id = "sub-" + id;
    subscription.channels = {{.kind = ChannelKind::kWebhook, .id = "webhook", .url = url, .secret = "", .to = {}}};
    store_.Add(subscription);
    OutboxMessage message;
    message.id = id;
    message.subscription = subscription.id;
    message.channel = "webhook";
    message.channel_kind = ChannelKind::kWebhook;
    message.destination = destination;
    message.due = message.created = begin_;
    store_.Add(message, SampleNotice("alert-" + id));
  }
  void Run(const std::function<bool()>& until) {
    sender_->Start(health_.AddLoop("sender", seconds(60)));
    EXPECT_TRUE(WaitUntil(until));
    EXPECT_TRUE(sender_->Stop(SteadyNow() + kLong));
  }
  // How many attempts ended so.
  double Ended(const char* outcome) { return DeliverMetrics{metrics_}.messages.With("webhook", outcome).Value(); }
  const OutboxMessage& Message(const std::string& id) const { return store_.messages.at(id).message; }

  const WallTime begin_ = WallNow();
  PythonPeer peer_{"http_peer.py"};
  MetricsRegistry metrics_;
  Health health_;
  MemoryDeliveryStore store_;
  std::unique_ptr<CurlTransport> transport_;
  std::unique_ptr<const Channel> channel_;
  SenderOptions options_;
  std::unique_ptr<Sender> sender_;
};

TEST_F(BadEndpointsTest, OnesThatHangOrBreakDelayNoOther) {
  for (int i = 0; i < 20; ++i) {
    Due(fmt::format("hang-{}", i), peer_.Url("/hang"), "hangs");
    Due(fmt::format("drip-{}", i), peer_.Url("/drip"), "drips");
    Due(fmt::format("close-{}", i), peer_.Url("/close"), "closes");
    Due(fmt::format("mid-{}", i), peer_.Url("/mid-body"), "stops in mid-body");
    Due(fmt::format("well-{}", i), peer_.Url("/ok"), "well");
  }
  Run([&] { return Ended("delivered") >= 20 && Ended("retried") >= 12; });
  for (int i = 0; i < 20; ++i) EXPECT_EQ(Message(fmt::format("well-{}", i)).state, MessageState::kDelivered) << i;
  for (const auto& [id, one] : store_.messages) {
    EXPECT_TRUE(one.message.destination == "well" || one.message.state == MessageState::kWaiting) << id;
    // Each destination is left alone after a few failures.
    EXPECT_LE(one.message.attempts, 2u) << id;
  }
}

TEST_F(BadEndpointsTest, ADeadOneIsNotTriedByAllOfItsMessages) {
  for (int i = 0; i < 50; ++i) Due(fmt::format("m{}", i), peer_.Url("/close"), "closes");
  Run([&] { return DeliverMetrics{metrics_}.put_back.With("destination").Value() > 0; });
  const auto requests = peer_.Tell("requests").size();
  EXPECT_GE(requests, 3u);
  EXPECT_LE(requests, 3u + options_.concurrency);  // with those that were under way when it opened
  std::uint32_t attempts = 0;
  for (const auto& [id, one] : store_.messages) attempts += one.message.attempts;
  EXPECT_LE(attempts, 3u + options_.concurrency);
}

TEST_F(BadEndpointsTest, OneThatAsksForTimeGetsIt) {
  peer_.Tell("tell", {{"status", 429}, {"headers", {{"Retry-After", "120"}}}});
  Due("m", peer_.Url("/any"), "busy");
  Run([&] { return Ended("retried") == 1; });
  EXPECT_EQ(Message("m").state, MessageState::kWaiting);
  EXPECT_GE(Message("m").due, begin_ + seconds(120));
  EXPECT_LE(Message("m").due, WallNow() + seconds(120));
  EXPECT_THAT(Message("m").answer, HasSubstr("429"));
}

TEST_F(BadEndpointsTest, OneThatFailsIsTriedAgain) {
  peer_.Tell("tell", {{"status", 500}});
  Due("m", peer_.Url("/any"), "broken");
  Run([&] { return Ended("retried") == 1; });
  EXPECT_EQ(Message("m").state, MessageState::kWaiting);
  EXPECT_GT(Message("m").due, begin_);
  EXPECT_THAT(Message("m").answer, HasSubstr("500"));
}

TEST_F(BadEndpointsTest, OneThatIsGoneDisablesItsSubscription) {
  peer_.Tell("tell", {{"status", 410}});
  Due("m", peer_.Url("/any"), "gone");
  Run([&] { return Ended("disabled") == 1; });
  EXPECT_EQ(Message("m").state, MessageState::kFailed);
  EXPECT_THAT(store_.subscriptions.at("sub-m").disabled_because, HasSubstr("410"));
}

TEST_F(BadEndpointsTest, ThoseInsideTheHouseAreNeverReached) {
  const std::string port = std::to_string(peer_.port());
  int number = 0;
  for (const std::string host : {"127.0.0.2", "2130706434", "0x7f000002", "127.2", "[::1]", "[::ffff:127.0.0.2]",
                                 "169.254.169.254", "0xa9fea9fe", "10.0.0.1", "0.0.0.0"}) {
    Due(fmt::format("m{}", number++), fmt::format("http://{}:{}/ok", host, port), host);
  }
  Run([&] { return Ended("failed") == number; });
  for (const auto& [id, one] : store_.messages) {
    EXPECT_EQ(one.message.attempts, 1u) << one.message.destination << ": " << one.message.answer;
  }
  EXPECT_TRUE(peer_.Tell("requests").empty());
}

}  // namespace
}  // namespace wirewatch
