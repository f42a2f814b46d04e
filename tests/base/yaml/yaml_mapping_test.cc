#include "base/yaml/yaml_mapping.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/diagnostic.h"

namespace wirewatch {
namespace {

using testing::HasSubstr;

enum class Size { kSmall, kMedium, kLarge };
constexpr Size kSizes[] = {Size::kSmall, Size::kMedium, Size::kLarge};
constexpr std::string_view Name(Size size) {
  constexpr std::string_view kNames[] = {"small", "medium", "large"};
  return kNames[static_cast<std::size_t>(size)];
}

// The size that is written, and what is said of it.
std::optional<Size> ReadSize(std::string_view yaml, std::string& said) {
  YamlText text("t.yaml", yaml);
  const auto node = text.Parse();
  EXPECT_TRUE(node.has_value());
  const auto size = node ? ReadName(text, *node, "'size'", "size", kSizes) : std::nullopt;
  said = Render(text.TakeDiagnostics());
  return size;
}

TEST(YamlMappingTest, ANameIsOneOfThoseThatAreKnown) {
  std::string said;
  EXPECT_EQ(ReadSize("medium", said), Size::kMedium);
  EXPECT_EQ(said, "");
  EXPECT_EQ(ReadSize("'large'", said), Size::kLarge);
}

TEST(YamlMappingTest, AnotherNameIsToldWithTheNearestOrWithAll) {
  std::string said;
  EXPECT_EQ(ReadSize("mediun", said), std::nullopt);
  EXPECT_THAT(said, HasSubstr("t.yaml:1:1: error[bad-value]: there is no size 'mediun'"));
  EXPECT_THAT(said, HasSubstr("did you mean 'medium'?"));
  EXPECT_EQ(ReadSize("enormous", said), std::nullopt);
  EXPECT_THAT(said, HasSubstr("it is one of small, medium, large"));
  EXPECT_EQ(ReadSize("[small]", said), std::nullopt);
  EXPECT_THAT(said, HasSubstr("'size' is a text, not a list"));
}

}  // namespace
}  // namespace wirewatch
