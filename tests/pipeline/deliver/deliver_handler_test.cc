#include "pipeline/deliver/deliver_handler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "monitoring/health.h"
#include "monitoring/metrics.h"
#include "pipeline/alert/alert.h"
#include "pipeline/deliver/deliver_step.h"
#include "tests/support/memory_delivery_store.h"
#include "tests/support/sample_alert.h"
#include "tests/support/wait_until.h"

namespace wirewatch {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class KeptLetters : public DeadLetterSink {
 public:
  explicit KeptLetters(std::vector<std::string>& letters) : letters_(letters) {}
  std::string_view name() const override { return "kept"; }
  Status Ready() const override { return {}; }
  void RequestStop() override {}
  void Flush() override {}
  Status Close(SteadyTime) override { return {}; }
  void Send(const DeadLetter& letter, Delivery delivery) override {
    letters_.push_back(std::string(letter.reason) + ": " + letter.message);
    delivery.Delivered();
  }

 private:
  std::vector<std::string>& letters_;
};

// A deliver step without a pipeline: its reader and its handler.
class DeliverHandlerTest : public ::testing::Test, private Receipt::Owner {
 protected:
  DeliverHandlerTest() {
    Subscription subscription;
    subscription.id = "bans";
    subscription.filter.topics = {"5g-vendor-bans"};
    subscription.channels = {{.kind = ChannelKind::kFeed, .id = "feed", .url = "", .secret = "", .to = {}}};
    store_.Add(subscription);
    EXPECT_TRUE(watch_.Look(false));
    DispatcherOptions options;
    options.first_retry = options.longest_retry = std::chrono::milliseconds(1);
    handler_ = std::make_unique<DeliverHandler>(
        std::make_unique<Dispatcher>(store_, watch_, options, metrics_,
                                     health_.AddLoop("dispatcher", std::chrono::seconds(60))),
        std::make_unique<KeptLetters>(letters_), metrics_);
    auto reader = DeliverStep(metrics_).make_reader();
    EXPECT_TRUE(reader);
    reader_ = *std::move(reader);
  }

  void Read(const std::string& payload) {
    Record record;
    record.payload = payload;
    auto outcome = reader_->Process(record, WallNow());
    handler_->Handle(std::make_shared<Receipt>(static_cast<Receipt::Owner&>(*this), record, WallNow()),
                     std::move(outcome));
  }
  Status Close() { return handler_->Close(SteadyNow() + kLong); }

  MetricsRegistry metrics_;
  Health health_;
  MemoryDeliveryStore store_;
  SubscriptionWatch watch_{store_, {}, metrics_};
  std::vector<std::string> letters_;
  std::vector<RecordOutcome> settled_;
  std::size_t destroyed_ = 0;
  std::unique_ptr<Reader<AlertNotice>> reader_;
  std::unique_ptr<DeliverHandler> handler_;

 private:
  void Settled(const Receipt& receipt) override { settled_.push_back(receipt.outcome()); }
  void Destroyed(const Receipt&) override { ++destroyed_; }
};

TEST_F(DeliverHandlerTest, ARecordIsDoneWhenWhatFollowsFromItsAlertIsInTheStore) {
  Read(ToJson(SampleAlert()));
  ASSERT_TRUE(Close());
  EXPECT_THAT(settled_, ElementsAre(RecordOutcome::kMatched));
  EXPECT_THAT(store_.ledger, SizeIs(1));
  EXPECT_THAT(letters_, IsEmpty());
}

TEST_F(DeliverHandlerTest, WhatIsNoAlertBecomesADeadLetterAndTheNextGoesOn) {
  Read("not JSON");
  Read(R"({"topic": "5g-vendor-bans"})");
  Read(ToJson(SampleAlert()));
  ASSERT_TRUE(Close());
  EXPECT_THAT(letters_, ElementsAre(HasSubstr("invalid-alert: "), HasSubstr("invalid-alert: ")));
  EXPECT_THAT(settled_, testing::UnorderedElementsAre(RecordOutcome::kDeadLettered, RecordOutcome::kDeadLettered,
                                                      RecordOutcome::kMatched));
  EXPECT_THAT(store_.ledger, SizeIs(1));
}

TEST_F(DeliverHandlerTest, WhileTheStoreIsAwayNoRecordIsDone) {
  store_.SetAway(true);
  Read(ToJson(SampleAlert()));
  ASSERT_TRUE(WaitUntil([&] { return store_.failed_calls() > 3; }));
  EXPECT_FALSE(handler_->Close(SteadyNow()));
  handler_.reset();
  EXPECT_THAT(settled_, IsEmpty());
  EXPECT_EQ(destroyed_, 1u);  // it is read again after a restart
}

}  // namespace
}  // namespace wirewatch
