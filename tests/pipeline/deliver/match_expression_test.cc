#include "pipeline/deliver/match_expression.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/diagnostic.h"
#include "pipeline/deliver/subscription_set.h"

namespace wirewatch {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

TEST(CheckMatchTest, FindsNothingInAGoodExpression) {
  EXPECT_THAT(CheckMatch("huawei NEAR/10 (ban OR exclud*) AND lang:en AND NOT title:review", "desk"), IsEmpty());
}

TEST(CheckMatchTest, QuotesTheExpressionAndUnderlinesThePlace) {
  const Diagnostics found = CheckMatch("huawei AND\n  (zte OR )", "desk.match");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].severity, Severity::kError);
  EXPECT_EQ(found[0].file, "desk.match");
  EXPECT_EQ(found[0].position.line, 2U);
  EXPECT_EQ(found[0].code, "missing-term");
  EXPECT_EQ(found[0].source_line, "  (zte OR )");
}

TEST(CheckMatchTest, TheColumnCountsCharacters) {
  const Diagnostics found = CheckMatch("\"Zürich Bank\" AND @vendors", "desk");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].position.column, 19U);
  EXPECT_EQ(found[0].length, 8U);
}

TEST(CheckMatchTest, SaysThatThereAreNoLists) {
  const Diagnostics found = CheckMatch("@vendors AND ban", "desk");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].code, "unknown-list");
  EXPECT_THAT(found[0].help, HasSubstr("a subscription has no lists"));
}

TEST(CheckMatchTest, RefusesWhatAnAlertDoesNotCarry) {
  for (const char* expression : {"ban AND urgency: < 3", "ban AND NOT words: > 300"}) {
    const Diagnostics found = CheckMatch(expression, "desk");
    ASSERT_TRUE(HasErrors(found)) << expression;
    EXPECT_EQ(found[0].code, "not-in-alerts");
  }
  EXPECT_FALSE(HasErrors(CheckMatch("ban AND published: < 48h AND section:technology AND tag:telecom", "desk")));
}

TEST(CheckMatchTest, FindsWhatTheEngineDoesNotTakeWhereItStands) {
  const Diagnostics found = CheckMatch("ban AND /(a)\\1/", "desk");
  ASSERT_TRUE(HasErrors(found));
  EXPECT_EQ(found[0].position.column, 9U);
  EXPECT_THAT(found[0].code, HasSubstr("regex"));
}

TEST(CheckMatchTest, WarnsAsOfARule) {
  const Diagnostics found = CheckMatch("lang:en AND lang:de AND huawei", "desk");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].severity, Severity::kWarning);
}

TEST(CheckMatchTest, WhatIsEmptyOrNoTextIsAMistake) {
  EXPECT_TRUE(HasErrors(CheckMatch("", "desk")));
  const Diagnostics found = CheckMatch("ban AND \xFF", "desk");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].code, "encoding");
}

TEST(ReadMatchTest, GivesTheTreeOrTheMistakes) {
  EXPECT_TRUE(ReadMatch("huawei AND ban").expression);
  const ParsedExpression bad = ReadMatch("ban AND urgency: < 3");
  EXPECT_FALSE(bad.expression);
  EXPECT_EQ(bad.errors.size(), 1U);
}

}  // namespace
}  // namespace wirewatch
