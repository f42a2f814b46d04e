#include "pipeline/alert/alert_handler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>

#include "base/clock.h"
#include "tests/support/story_talk.h"

namespace wirewatch {
namespace {

using std::chrono::hours;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

// The embargo ends while the process is away, or before its first record.
TEST(AlertHandlerTest, WhatWasHeldBeforeARestartIsToldByTheClockBeforeAnyRecordCame) {
  AlertHandlerOptions options;
  options.releases_by_clock = false;
  RememberedAlerts memory;
  const WallTime now = WallNow();
  {
    StoryTalk before(options, &memory);
    ASSERT_EQ(before.Say({.id = "a", .embargoed_until = now - hours(1)}, now - hours(2)), "held");
    ASSERT_TRUE(before.handler->Close(SteadyNow()));
  }
  options.releases_by_clock = true;
  StoryTalk talk(options, &memory);
  ASSERT_TRUE(talk.handler->Tend());
  ASSERT_THAT(talk.alerts, SizeIs(1));
  EXPECT_EQ(talk.last().kind, AlertKind::kNew);
  EXPECT_EQ(talk.last().story->first_seen, now - hours(1)) << "at the end of the embargo";
  ASSERT_THAT(talk.decisions, SizeIs(1));
  EXPECT_EQ(talk.decisions[0].record_time, now - hours(1));
  EXPECT_EQ(talk.Say({.id = "b", .wording = Wording::kCopy}, WallNow()), "same-story");
}

AlertHandlerOptions ByClock() {
  AlertHandlerOptions options = StoryTalk::Partitioned();
  options.releases_by_clock = true;
  options.clock_waits = {};
  return options;
}

TEST(AlertHandlerTest, WhileRecordsComeTheyBringTheTimeOfWhatIsHeld) {
  AlertHandlerOptions options = ByClock();
  options.clock_waits = hours(1);
  StoryTalk talk(options);
  const WallTime now = WallNow();
  EXPECT_EQ(talk.Say({.id = "a", .embargoed_until = now - hours(1)}, now - hours(2)), "held");
  ASSERT_TRUE(talk.handler->Tend());
  EXPECT_THAT(talk.alerts, SizeIs(0)) << "what has piled up is still read";
  EXPECT_EQ(talk.Say({.id = "b", .event = 2}, now - hours(1)), "new; new");
}

// The clock has given it out, behind the last record. Whoever restores that finds it in the decision.
TEST(AlertHandlerTest, WhatTheClockGaveOutIsInItsStoryForWhoeverTakesOver) {
  const WallTime now = WallNow();
  const StoryRecord held{now - hours(2), "t", {.id = "a", .embargoed_until = now - hours(1)}};
  StoryTalk first(ByClock());
  first.delivers = false;
  EXPECT_EQ(first.HandleAt(held, kPartition, Offset{7}), "held");
  first.Deliver();
  ASSERT_THAT(first.alerts, SizeIs(1));
  ASSERT_THAT(first.decisions, SizeIs(2));
  EXPECT_EQ(first.decisions[1].record_time, now - hours(1));
  StoryTalk next(ByClock());
  for (const Decision& decision : first.decisions) next.Recall(decision);
  next.HandleAt(held, kPartition, Offset{7}, RecordUse::kRestores);
  next.Observe(PartitionEvent::Kind::kRestored);
  ASSERT_TRUE(next.handler->Tend());
  EXPECT_THAT(next.alerts, SizeIs(0)) << "it was told";
  EXPECT_EQ(next.Say({.id = "b", .wording = Wording::kCopy}, now), "same-story");
}

TEST(AlertHandlerTest, ARecordWaitsForTheDecisionsThatTheClockBroughtAbout) {
  const WallTime now = WallNow();
  StoryTalk talk(ByClock());
  talk.delivers = false;
  EXPECT_EQ(talk.Say({.id = "a", .embargoed_until = now - hours(1)}, now - hours(2)), "held");
  ASSERT_TRUE(talk.handler->Tend());
  EXPECT_EQ(talk.Revise({.id = "other", .version = "2"}, now), "");
  EXPECT_EQ(talk.settled, 0u);
  talk.DeliverAlerts();
  EXPECT_EQ(talk.settled, 0u) << "the decision is not durable yet";
  talk.Deliver();
  EXPECT_EQ(talk.settled, 2u);
}

// In words of its own, and with what can be done.
TEST(AlertHandlerTest, AMemoryThatCannotBeReadIsRefusedWithAdvice) {
  for (const char* text : {"{\"version\":1,\"article\":\"a\"", "{\"story_article\":1,\"topics\":[{}]}", "no JSON",
                           "{\"version\":99}", "{\"story_topic\":99}"}) {
    RememberedAlerts memory;
    memory.texts["a"] = text;
    StoryTalk talk(StoryTalk::Partitioned());
    const Status used = talk.handler->Use(std::make_unique<MapAlertMemory>(memory));
    ASSERT_FALSE(used) << text;
    EXPECT_EQ(used.error().code, ErrorCode::kInvalid);
    EXPECT_THAT(used.error().message, HasSubstr("move the file away (alerts.state)"));
    EXPECT_THAT(used.error().message, Not(HasSubstr("json"))) << text;
  }
}

// What it says stands nowhere but in the summary to come.
TEST(AlertHandlerTest, ARecordWhoseAlertIsFoldedIsDoneWhenThatIsRemembered) {
  AlertHandlerOptions options;
  options.releases_by_clock = false;
  RememberedAlerts memory;
  memory.full = true;
  StoryTalk talk(options, &memory);
  talk.policy.throttle = 1;
  EXPECT_EQ(talk.Say({.id = "a", .event = 1}), "new");
  EXPECT_EQ(talk.settled, 1);
  EXPECT_EQ(talk.Say({.id = "b", .event = 2}), "folded");
  EXPECT_EQ(talk.settled, 1);
  memory.full = false;
  ASSERT_TRUE(talk.handler->Close(SteadyNow()));
  EXPECT_EQ(talk.settled, 2);
}

}  // namespace
}  // namespace wirewatch
