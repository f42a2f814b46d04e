#include "pipeline/alert/alert_handler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "base/clock.h"
#include "tests/support/story_talk.h"

namespace wirewatch {
namespace {

using std::chrono::hours;
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
  EXPECT_GE(talk.last().story->first_seen, now) << "by the clock, which says that it is due";
  ASSERT_THAT(talk.decisions, SizeIs(1));
  EXPECT_GE(talk.decisions[0].record_time, now);
  EXPECT_EQ(talk.Say({.id = "b", .wording = Wording::kCopy}, WallNow()), "same-story");
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
