#include "pipeline/story/state_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>

namespace wirewatch {
namespace {

using ::testing::HasSubstr;

constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

TEST(StateTextTest, NumbersAndTextsComeBackInTheirOrder) {
  constexpr std::uint64_t kNumbers[] = {0, 1, 127, 128, 300, 1ULL << 63, std::numeric_limits<std::uint64_t>::max()};
  constexpr std::int64_t kSigned[] = {0, -1, 1, -64, 64, kLeast, kMost};
  StateWriter writer;
  for (const std::uint64_t number : kNumbers) writer.Put(number);
  for (const std::int64_t number : kSigned) writer.PutSigned(number);
  writer.PutHash(0xFF00FF01);
  writer.Put(std::string("a\0b", 3));
  writer.Put("");
  StateReader reader(writer.Text(), "this");
  for (const std::uint64_t number : kNumbers) EXPECT_EQ(reader.Number(), number);
  for (const std::int64_t number : kSigned) EXPECT_EQ(reader.Signed(kLeast, kMost), number);
  EXPECT_EQ(reader.Hash(), 0xFF00FF01);
  EXPECT_EQ(reader.Text(), std::string("a\0b", 3));
  EXPECT_EQ(reader.Text(), "");
  EXPECT_TRUE(reader.Finish().has_value());
}

TEST(StateTextTest, TheFirstMistakeIsSaid) {
  StateWriter writer;
  writer.Put(7);
  StateReader reader(writer.Text(), "a demo");
  EXPECT_EQ(reader.Number(6), 0U);
  EXPECT_EQ(reader.Number(), 0U);
  const Status status = reader.Finish();
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().code, ErrorCode::kInvalid);
  EXPECT_EQ(status.error().message, "a demo cannot be read: 7 stands where at most 6 is possible");
}

TEST(StateTextTest, EveryWayToBeBrokenIsNoticed) {
  const auto problem = [](std::string_view text, const auto& read) {
    StateReader reader(text, "a demo");
    read(reader);
    const Status status = reader.Finish();
    return status ? std::string() : status.error().message;
  };
  const auto number = [](StateReader& reader) { reader.Number(); };
  EXPECT_THAT(problem("A", number), HasSubstr("not base64"));
  EXPECT_THAT(problem("", number), HasSubstr("ends too early"));
  EXPECT_THAT(problem("gA==", number), HasSubstr("ends too early"));  // 80
  EXPECT_THAT(problem("AAAA", number), HasSubstr("behind its end"));
  EXPECT_THAT(problem("////////////fw==", number), HasSubstr("64 bits"));  // nine times FF, 7F
  EXPECT_THAT(problem("BWFi", [](StateReader& reader) { reader.Text(); }), HasSubstr("ends too early"));  // 5, "ab"
  EXPECT_THAT(problem("AAAA", [](StateReader& reader) { reader.Hash(); }), HasSubstr("ends too early"));
  EXPECT_THAT(problem("Aw==", [](StateReader& reader) { reader.Signed(0, 9); }), HasSubstr("-2 stands where 0 to 9"));
}

}  // namespace
}  // namespace wirewatch
