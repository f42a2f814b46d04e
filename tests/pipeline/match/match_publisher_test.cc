#include "pipeline/match/match_publisher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace wirewatch {
namespace {

using ::testing::ElementsAre;

// Takes everything at once.
template <class Base>
class QuickSink : public Base {
 public:
  std::string_view name() const override { return "quick"; }
  Status Ready() const override { return {}; }
  Status Failure() const override { return {}; }
  void RequestStop() override {}
  void Flush() override {}
  Status Close(SteadyTime) override { return {}; }
};

class DeadLetters : public QuickSink<DeadLetterSink> {
 public:
  void Send(const DeadLetter&, Delivery delivery) override { delivery.Delivered(); }
};

class RecordTimes : public QuickSink<MatchSink> {
 public:
  explicit RecordTimes(std::vector<std::optional<WallTime>>& told) : told_(told) {}
  void Send(const Match& match, Delivery delivery) override {
    told_.push_back(match.times.recorded);
    delivery.Delivered();
  }
  void Send(const Revision& revision, Delivery delivery) override {
    told_.push_back(revision.times.recorded);
    delivery.Delivered();
  }

 private:
  std::vector<std::optional<WallTime>>& told_;
};

class MatchPublisherTest : public ::testing::Test, private Receipt::Owner {
 protected:
  // An article with one match and a revision.
  void Handle(Partition partition, std::optional<WallTime> recorded) {
    Record record;
    record.place = {"articles", partition, Offset{0}, 0};
    Outcome<ArticleMatches> outcome;
    outcome.value.matches.emplace_back().times.recorded = recorded;
    outcome.value.revision.emplace().times.recorded = recorded;
    publisher_.Handle(std::make_shared<Receipt>(static_cast<Receipt::Owner&>(*this), record, WallTime()),
                      std::move(outcome));
  }
  void Settled(const Receipt&) override {}
  void Destroyed(const Receipt&) override {}

  MetricsRegistry metrics_;
  std::vector<std::optional<WallTime>> told_;
  MatchPublisher publisher_{std::make_unique<RecordTimes>(told_), std::make_unique<DeadLetters>(), metrics_};
};

// The sink would write it as of now, and the alert step would go on to that time, in the middle of an archive.
TEST_F(MatchPublisherTest, AnArticleWithoutATimeGoesOnAtThatOfTheRecordsBeforeIt) {
  const WallTime one = *ParseRfc3339("2026-03-02T09:00:00Z"), two = *ParseRfc3339("2026-03-02T10:00:00Z");
  publisher_.Advance(Partition{0}, two);
  publisher_.Advance(Partition{1}, one);
  Handle(Partition{0}, two);
  Handle(Partition{0}, std::nullopt);
  Handle(Partition{1}, std::nullopt);
  Handle(Partition{0}, one);  // late, and says so
  EXPECT_THAT(told_, ElementsAre(two, two, two, two, one, one, one, one));
}

}  // namespace
}  // namespace wirewatch
