#include "pipeline/flow/durable_sends.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "pipeline/flow/flow_metrics.h"

namespace wirewatch {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Keeps what it is sent until the test decides.
template <class Base>
class SlowSink : public Base {
 public:
  explicit SlowSink(std::string name) : name_(std::move(name)) {}
  std::string_view name() const override { return name_; }
  Status Ready() const override { return {}; }
  Status Failure() const override { return failure; }
  void RequestStop() override {}
  void Flush() override { ++flushes; }
  Status Close(SteadyTime) override {
    if (at_close) deliveries.back().Refused(*std::exchange(at_close, std::nullopt));
    return closed;
  }

  std::vector<Delivery> deliveries;
  int flushes = 0;
  Status failure, closed;
  std::optional<Error> at_close;  // refuses the last delivery

 private:
  const std::string name_;
};

// A kind of sink of the test's own: it takes texts.
class TextSink : public SinkBase {
 public:
  virtual void Send(const std::string& text, Delivery delivery) = 0;
};

class SlowTextSink : public SlowSink<TextSink> {
 public:
  using SlowSink::SlowSink;
  void Send(const std::string& /*text*/, Delivery delivery) override { deliveries.push_back(std::move(delivery)); }
};

class DeadLetters : public SlowSink<DeadLetterSink> {
 public:
  using SlowSink::SlowSink;
  void Send(const DeadLetter& letter, Delivery delivery) override {
    letters.push_back(std::string(letter.reason) + ": " + letter.message);
    deliveries.push_back(std::move(delivery));
  }
  std::vector<std::string> letters;
};

const Error kTooLarge{ErrorCode::kRejected, "too large"};

class DurableSendsTest : public ::testing::Test, private Receipt::Owner {
 protected:
  DurableSendsTest() {
    std::vector<std::unique_ptr<TextSink>> sinks;
    for (const char* name : {"first", "second"}) {
      auto sink = std::make_unique<SlowTextSink>(name);
      sinks_.push_back(sink.get());
      sinks.push_back(std::move(sink));
    }
    auto dead_letters = std::make_unique<DeadLetters>("dead");
    dead_letters_ = dead_letters.get();
    sends_ = std::make_unique<DurableSends<TextSink>>(std::move(sinks), std::move(dead_letters), kReasons, metrics_);
  }

  ReceiptPtr NewReceipt() {
    return std::make_shared<Receipt>(static_cast<Receipt::Owner&>(*this), Record(), WallTime());
  }

  // A send that writes down what follows, and makes dead letters of what is refused.
  DurableSend Told() {
    DurableSend send;
    send.delivered = [this](const DurableSend&) { told_.push_back("delivered"); };
    send.refused = [this](const DurableSend& refused) {
      std::string told = "refused";
      for (const auto& refusal : refused.refusals) told += " by " + std::string(refusal.sink);
      told_.push_back(told);
      sends_->Bury(refused, DeadLetterReason::kAlertRefused, refused.refusals.front().error.message);
    };
    return send;
  }

  void Settled(const Receipt&) override { ++settled_; }
  void Destroyed(const Receipt& receipt) override { unsettled_ += receipt.settled() ? 0 : 1; }

  static constexpr DeadLetterReason kReasons[] = {DeadLetterReason::kAlertRefused};

  MetricsRegistry metrics_;
  std::vector<SlowTextSink*> sinks_;  // of sends_
  DeadLetters* dead_letters_ = nullptr;
  std::vector<std::string> told_;
  int settled_ = 0, unsettled_ = 0;
  std::unique_ptr<DurableSends<TextSink>> sends_;
};

TEST_F(DurableSendsTest, ARecordIsDoneWhenEverySinkHasIt) {
  const ReceiptPtr receipt = NewReceipt();
  sends_->Send(std::string("text"), receipt, Told());
  receipt->Release();  // the handler's own hold
  sinks_[1]->deliveries[0].Delivered();
  EXPECT_EQ(settled_, 0);
  sinks_[0]->deliveries[0].Delivered();
  EXPECT_EQ(settled_, 1) << "in the sink's thread: nobody waits for Tend";
  EXPECT_THAT(told_, IsEmpty());
  ASSERT_TRUE(sends_->Tend());
  ASSERT_TRUE(sends_->Tend());
  EXPECT_THAT(told_, ElementsAre("delivered"));
  EXPECT_EQ(sinks_[0]->flushes, 2);
  EXPECT_EQ(SinkMetrics{metrics_}.delivered.With("first").Value(), 1);
}

TEST_F(DurableSendsTest, WhatASinkRefusesIsADeadLetterThatHoldsTheRecord) {
  const ReceiptPtr receipt = NewReceipt();
  sends_->Send(std::string("text"), receipt, Told());
  receipt->Release();
  sinks_[0]->deliveries[0].Refused(kTooLarge);
  ASSERT_TRUE(sends_->Tend());
  EXPECT_THAT(told_, IsEmpty()) << "the other has not decided";
  sinks_[1]->deliveries[0].Delivered();
  ASSERT_TRUE(sends_->Tend());
  EXPECT_THAT(told_, ElementsAre("refused by first"));
  EXPECT_THAT(dead_letters_->letters, ElementsAre("alert-refused: too large"));
  EXPECT_EQ(receipt->outcome(), RecordOutcome::kDeadLettered);
  EXPECT_EQ(settled_, 0);
  dead_letters_->deliveries[0].Delivered();
  EXPECT_EQ(settled_, 1);
  EXPECT_EQ(SinkMetrics{metrics_}.refused.With("first").Value(), 1);
}

TEST_F(DurableSendsTest, AnOptionalOneMayBeRefusedForAnyReason) {
  for (const ErrorCode code : {ErrorCode::kRejected, ErrorCode::kIo}) {
    const ReceiptPtr receipt = NewReceipt();
    DurableSend send = Told();
    send.is_optional = true;
    sends_->Send(std::string("text"), receipt, std::move(send));
    receipt->Release();
    for (SlowTextSink* sink : sinks_) sink->deliveries.back().Refused({code, "no"});
  }
  EXPECT_EQ(settled_, 2);
  ASSERT_TRUE(sends_->Tend());
  EXPECT_THAT(told_, ElementsAre("delivered", "delivered"));
}

TEST_F(DurableSendsTest, ASinkThatTakesNothingMoreIsAFailureAndSettlesNothing) {
  ReceiptPtr receipt = NewReceipt();
  sends_->Send(std::string("text"), receipt, Told());
  std::exchange(receipt, nullptr)->Release();
  sinks_[0]->deliveries[0].Refused({ErrorCode::kIo, "nobody reads"});
  sinks_[1]->deliveries[0].Delivered();
  for (int round = 0; round < 2; ++round) {
    const Status tended = sends_->Tend();
    ASSERT_FALSE(tended);
    EXPECT_EQ(tended.error().message, "nobody reads");
  }
  EXPECT_THAT(told_, IsEmpty());
  EXPECT_EQ(settled_, 0);
  for (SlowTextSink* sink : sinks_) sink->deliveries.clear();
  EXPECT_EQ(unsettled_, 1);
}

TEST_F(DurableSendsTest, ARecordMayWaitForWhatIsUnderWayAndForNothingElse) {
  using Joined = DurableSendsBase::Joined;
  const ReceiptPtr first = NewReceipt(), repeat = NewReceipt(), late = NewReceipt();
  const auto send = sends_->Send(std::string("text"), first, Told());
  first->Release();
  EXPECT_EQ(sends_->Join(send, repeat), Joined::kWaits);
  repeat->Release();
  sinks_[0]->deliveries[0].Delivered();
  EXPECT_EQ(settled_, 0);
  sinks_[1]->deliveries[0].Delivered();
  EXPECT_EQ(settled_, 2);
  EXPECT_EQ(sends_->Join(send, late), Joined::kDurable);
  late->Release();
  EXPECT_EQ(settled_, 3) << "it holds nothing";

  const auto lost = sends_->Send(std::string("text"), NewReceipt(), Told());
  for (SlowTextSink* sink : sinks_) sink->deliveries.clear();
  EXPECT_EQ(sends_->Join(lost, NewReceipt()), Joined::kGivenUp);
}

// Refused by all, and not seen to yet: who joins becomes a dead letter with it.
TEST_F(DurableSendsTest, ARecordThatWaitsForWhatIsRefusedIsADeadLetterToo) {
  const ReceiptPtr first = NewReceipt(), repeat = NewReceipt();
  const auto send = sends_->Send(std::string("text"), first, Told());
  for (SlowTextSink* sink : sinks_) sink->deliveries[0].Refused(kTooLarge);
  EXPECT_EQ(sends_->Join(send, repeat), DurableSendsBase::Joined::kWaits);
  ASSERT_TRUE(sends_->Tend());
  EXPECT_THAT(told_, ElementsAre("refused by first by second"));
  EXPECT_EQ(dead_letters_->letters.size(), 2u);
}

TEST_F(DurableSendsTest, WhatClosingRefusesIsADeadLetterBeforeTheDeadLettersAreClosed) {
  sends_->Send(std::string("text"), NewReceipt(), Told());
  sinks_[0]->deliveries[0].Delivered();
  sinks_[1]->at_close = kTooLarge;
  dead_letters_->closed = Error{ErrorCode::kTimeout, "the disk hangs"};
  const Status closed = sends_->Close(SteadyNow());
  ASSERT_FALSE(closed);
  EXPECT_THAT(closed.error().message, HasSubstr("dead: the disk hangs"));
  EXPECT_THAT(dead_letters_->letters, ElementsAre("alert-refused: too large"));
}

TEST_F(DurableSendsTest, ASinkThatWasNeverThereIsAFailure) {
  sinks_[1]->failure = Error{ErrorCode::kNotFound, "there is no such kafka topic"};
  const Status tended = sends_->Tend();
  ASSERT_FALSE(tended);
  EXPECT_EQ(tended.error().code, ErrorCode::kNotFound);
}

// A sink that hangs has them longer than the handler lives.
TEST_F(DurableSendsTest, DeliveriesMayOutliveIt) {
  sends_->Send(std::string("text"), NewReceipt(), Told());
  std::vector<Delivery> deliveries;
  for (SlowTextSink* sink : sinks_) deliveries.push_back(std::move(sink->deliveries[0]));
  sends_.reset();
  deliveries[0].Refused(kTooLarge);
  deliveries[1].Delivered();
  EXPECT_THAT(told_, IsEmpty());
}

}  // namespace
}  // namespace wirewatch
