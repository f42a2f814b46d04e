#include "rules/pack_cache.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <string_view>

#include "tests/support/temp_dir.h"

namespace wirewatch {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string PackText(std::string_view topic, std::string_view match) {
  return "pack: p\ntopics:\n  - id: " + std::string(topic) + "\n    title: T\n    rules:\n      - {id: r, match: '" +
         std::string(match) + "'}\n";
}

TEST(PackCacheTest, ReadsOnlyWhatHoldsOtherBytes) {
  const TempDir dir;
  dir.Write("a.yaml", PackText("a", "huawei"));
  dir.Write("b.yaml", PackText("b", "zte"));
  PackCache cache({dir.path()});
  EXPECT_TRUE(cache.MayHaveChanged());
  const auto first = cache.Load();
  ASSERT_TRUE(first);
  EXPECT_TRUE(cache.changed());
  ASSERT_TRUE(cache.Load());
  EXPECT_FALSE(cache.changed());
  ASSERT_THAT(first->packs, SizeIs(2));

  dir.Write("a.yaml", PackText("a", "huawei"));  // saved, and not edited
  dir.Write("b.yaml", PackText("b", "zte OR nokia"));
  EXPECT_TRUE(cache.MayHaveChanged());
  const auto second = cache.Load();
  ASSERT_TRUE(second);
  EXPECT_TRUE(cache.changed());
  EXPECT_EQ(second->packs[0], first->packs[0]);
  EXPECT_NE(second->packs[1], first->packs[1]);
  EXPECT_EQ(second->packs[1]->topics[0].rules[0].match_text, "zte OR nokia");
}

TEST(PackCacheTest, SeesAFileThatComesOrGoesOrCannotBeFound) {
  const TempDir dir;
  dir.Write("a.yaml", PackText("a", "huawei"));
  PackCache cache({dir.path()});
  ASSERT_TRUE(cache.Load());
  dir.Write("sub/b.yml", PackText("b", "zte"));
  EXPECT_TRUE(cache.MayHaveChanged());
  EXPECT_THAT(cache.Load()->packs, SizeIs(2));
  std::filesystem::remove(std::filesystem::path(dir.path()) / "a.yaml");
  EXPECT_TRUE(cache.MayHaveChanged());
  EXPECT_THAT(cache.Load()->packs, SizeIs(1));

  std::filesystem::rename(std::filesystem::path(dir.path()) / "sub", std::filesystem::path(dir.path()) / ".hidden");
  EXPECT_TRUE(cache.MayHaveChanged());
  EXPECT_EQ(cache.Load().error().code, ErrorCode::kInvalid);
  EXPECT_FALSE(cache.MayHaveChanged()) << "it is as it was";
  std::filesystem::rename(std::filesystem::path(dir.path()) / ".hidden", std::filesystem::path(dir.path()) / "sub");
  EXPECT_TRUE(cache.MayHaveChanged());
  EXPECT_THAT(cache.Load()->packs, SizeIs(1));
}

TEST(PackCacheTest, AnOldFileThatIsLeftAloneIsNotLookedAtAgain) {
  // The file was last changed before this test began, as nobody can set back its ctime.
  PackCache cache({std::filesystem::path(WIREWATCH_SOURCE_DIR) / "rules" / "packs"});
  ASSERT_TRUE(cache.Load());
  EXPECT_FALSE(cache.MayHaveChanged());
  cache.Forget();
  EXPECT_TRUE(cache.MayHaveChanged());
}

TEST(PackCacheTest, ToldMistakesStayUntilTheyAreMended) {
  const TempDir dir;
  dir.Write("a.yaml", PackText("a", "huawei AND"));
  dir.Write("b.yaml", PackText("b", "zte"));
  PackCache cache({dir.path()});
  const std::string report = Render(cache.Load()->diagnostics);
  EXPECT_THAT(report, HasSubstr("a.yaml:6"));
  dir.Write("b.yaml", PackText("b", "nokia"));
  EXPECT_EQ(Render(cache.Load()->diagnostics), report);
  dir.Write("a.yaml", PackText("a", "huawei"));
  EXPECT_THAT(cache.Load()->diagnostics, IsEmpty());
}

TEST(PackCacheTest, AnIdThatTwoFilesHaveIsTheSecondOnesMistake) {
  const TempDir dir;
  dir.Write("a.yaml", PackText("same", "huawei"));
  dir.Write("b.yaml", PackText("other", "zte"));
  PackCache cache({dir.path()});
  EXPECT_THAT(cache.Load()->diagnostics, IsEmpty());
  dir.Write("b.yaml", PackText("same", "zte"));
  const auto loaded = cache.Load();
  ASSERT_THAT(loaded->diagnostics, SizeIs(1));
  EXPECT_EQ(loaded->diagnostics[0].file, dir.path() + "/b.yaml");
  EXPECT_EQ(loaded->diagnostics[0].code, "duplicate-id");
}

}  // namespace
}  // namespace wirewatch
