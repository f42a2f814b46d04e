#include "pipeline/match/edition.h"

#include <gtest/gtest.h>

#include <string_view>

namespace wirewatch {
namespace {

void ExpectLater(std::string_view later, std::string_view earlier) {
  EXPECT_EQ(CompareVersions(later, earlier), std::strong_ordering::greater) << later << " and " << earlier;
  EXPECT_EQ(CompareVersions(earlier, later), std::strong_ordering::less) << earlier << " and " << later;
}

TEST(CompareVersionsTest, NumbersGoByTheirParts) {
  ExpectLater("2", "1");
  ExpectLater("10", "9");
  ExpectLater("1.10", "1.9");
  ExpectLater("1.0.1", "1");
  ExpectLater("v3", "V2");
  ExpectLater("10000000000000000000000000000001", "10000000000000000000000000000000");
  EXPECT_EQ(CompareVersions("v2", "2.0"), std::strong_ordering::equal);
  EXPECT_EQ(CompareVersions("007", "7"), std::strong_ordering::equal);
}

TEST(CompareVersionsTest, TimesGoByTimeHoweverTheyAreWritten) {
  ExpectLater("2026-03-01T10:00:00Z", "2026-03-01T10:30:00+01:00");
  ExpectLater("2026-03-01T10:00:01", "2026-03-01T10:00:00");  // WordPress: without a zone
  ExpectLater("2026-03-01T10:00:00+0000", "2026-03-01T09:59:59Z");
  ExpectLater("Sun, 01 Mar 2026 10:05:00 GMT", "2026-03-01");
}

TEST(CompareVersionsTest, OthersHaveNoOrder) {
  for (const std::string_view version : {"", "final", "b7", "1..2", "1.", "ABC", "2026-13-41"}) {
    EXPECT_EQ(CompareVersions(version, "1"), std::nullopt) << version;
    EXPECT_EQ(CompareVersions("2026-03-01", version), std::nullopt) << version;
  }
}

}  // namespace
}  // namespace wirewatch
