#include "pipeline/alert/alert_step.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "pipeline/alert/decision.h"

namespace wirewatch {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class AlertStepTest : public ::testing::Test {
 protected:
  Outcome<ArticleMatches> Read(const std::string& payload, RecordUse use) {
    Record record;
    record.payload = payload;
    record.use = use;
    return (*AlertStep(metrics_).make_reader())->Process(record, WallTime());
  }

  MetricsRegistry metrics_;
};

TEST_F(AlertStepTest, WhatRecallsIsADecision) {
  Decision decision;
  decision.partition = Partition{3};
  decision.offset = Offset{17};
  decision.story_id = "s1";
  decision.state = std::string("\0\1", 2);
  const auto outcome = Read(ToJson(decision), RecordUse::kRecalls);
  EXPECT_FALSE(outcome.rejection);
  ASSERT_NE(outcome.value.decision, nullptr);
  EXPECT_EQ(outcome.value.decision->offset, Offset{17});
  EXPECT_EQ(outcome.value.decision->state, decision.state);
  EXPECT_THAT(outcome.value.matches, IsEmpty());
}

TEST_F(AlertStepTest, WhatRecallsAndIsNoDecisionIsRejected) {
  for (const std::string payload : {"", "{}", "{\"decision\":99}", "no json"}) {
    const auto outcome = Read(payload, RecordUse::kRecalls);
    EXPECT_TRUE(outcome.rejection) << payload;
    EXPECT_EQ(outcome.value.decision, nullptr) << payload;
  }
}

// Somebody wrote it into the wrong kafka topic.
TEST_F(AlertStepTest, ADecisionAmongTheMatchesIsNoMatch) {
  const auto outcome = Read(ToJson(Decision{}), RecordUse::kCounts);
  ASSERT_TRUE(outcome.rejection);
  EXPECT_EQ(outcome.rejection->reason, DeadLetterReason::kInvalidMatch);
  EXPECT_THAT(outcome.rejection->message, HasSubstr("match.schema.json"));
}

}  // namespace
}  // namespace wirewatch
