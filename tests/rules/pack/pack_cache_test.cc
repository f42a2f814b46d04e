#include "rules/pack/pack_cache.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>

#include "tests/support/source_directory.h"
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

bool HasChanged(PackCache& cache) { return cache.Look(SteadyNow()) != PackCache::Change::kNone; }

TEST(PackCacheTest, ReadsOnlyWhatHoldsOtherBytes) {
  const TempDir dir;
  dir.Write("a.yaml", PackText("a", "huawei"));
  dir.Write("b.yaml", PackText("b", "zte"));
  PackCache cache({dir.path()});
  EXPECT_TRUE(HasChanged(cache));
  const auto first = cache.Load();
  ASSERT_TRUE(first);
  EXPECT_TRUE(cache.changed());
  ASSERT_TRUE(cache.Load());
  EXPECT_FALSE(cache.changed());
  ASSERT_THAT(first->packs, SizeIs(2));

  dir.Write("a.yaml", PackText("a", "huawei"));  // saved, and not edited
  dir.Write("b.yaml", PackText("b", "zte OR nokia"));
  EXPECT_TRUE(HasChanged(cache));
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
  EXPECT_TRUE(HasChanged(cache));
  EXPECT_THAT(cache.Load()->packs, SizeIs(2));
  std::filesystem::remove(std::filesystem::path(dir.path()) / "a.yaml");
  EXPECT_TRUE(HasChanged(cache));
  EXPECT_THAT(cache.Load()->packs, SizeIs(1));

  std::filesystem::rename(std::filesystem::path(dir.path()) / "sub", std::filesystem::path(dir.path()) / ".hidden");
  EXPECT_TRUE(HasChanged(cache));
  EXPECT_EQ(cache.Load().error().code, ErrorCode::kInvalid);
  EXPECT_FALSE(HasChanged(cache)) << "it is as it was";
  std::filesystem::rename(std::filesystem::path(dir.path()) / ".hidden", std::filesystem::path(dir.path()) / "sub");
  EXPECT_TRUE(HasChanged(cache));
  EXPECT_THAT(cache.Load()->packs, SizeIs(1));
}

TEST(PackCacheTest, AnOldFileThatIsLeftAloneIsNotLookedAtAgain) {
  // The file was last changed before this test began, as nobody can set back its ctime.
  PackCache cache({SourceDirectory() / "rules" / "packs"});
  ASSERT_TRUE(cache.Load());
  EXPECT_FALSE(HasChanged(cache));
  cache.Forget();
  EXPECT_TRUE(HasChanged(cache));
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

// What Look says of the directory, `later` than the time before.
class PackCacheLookTest : public ::testing::Test {
 protected:
  using Change = PackCache::Change;
  void SetUp() override {
    dir_.Write("a.yaml", PackText("a", "huawei"));
    dir_.Write("b.yaml", PackText("b", "zte"));
    ASSERT_TRUE(cache_.Load());
    Look();
    ASSERT_TRUE(cache_.Load());
  }
  Change Look(std::chrono::milliseconds later = std::chrono::milliseconds(50)) {
    now_ += later;
    return cache_.Look(now_);
  }

  const TempDir dir_;
  PackCache cache_{{dir_.path()}};
  SteadyTime now_ = SteadyNow();
};

TEST_F(PackCacheLookTest, AFileThatIsBeingWrittenIsLeftAloneUntilItStandsStill) {
  Look(PackCache::kSettleTime);
  dir_.Write("a.yaml", "pack: p\ntopics:\n");
  EXPECT_EQ(Look(), Change::kUnderWay);
  EXPECT_EQ(Look(std::chrono::milliseconds(200)), Change::kUnderWay) << "its writer pauses";
  dir_.Append("a.yaml", "  - {id: a, title: T, rules: [{id: r, match: huawei}]}\n");
  EXPECT_EQ(Look(), Change::kUnderWay);
  EXPECT_EQ(Look(PackCache::kSettleTime - std::chrono::milliseconds(1)), Change::kUnderWay);
  EXPECT_EQ(Look(std::chrono::milliseconds(1)), Change::kDone);
}

TEST_F(PackCacheLookTest, AFileThatComesOrGoesIsWaitedForToo) {
  Look(PackCache::kSettleTime);
  dir_.Write("c.yaml", PackText("c", "nokia"));
  EXPECT_EQ(Look(), Change::kUnderWay);
  EXPECT_EQ(Look(PackCache::kSettleTime), Change::kDone);
  ASSERT_TRUE(cache_.Load());
  std::filesystem::rename(dir_.Path("c.yaml"), dir_.Path("c.bak"));  // as an editor does before it writes
  EXPECT_EQ(Look(), Change::kUnderWay);
  std::filesystem::rename(dir_.Path("c.bak"), dir_.Path("c.yaml"));
  EXPECT_EQ(Look(), Change::kUnderWay);
  EXPECT_EQ(Look(PackCache::kSettleTime), Change::kDone);
}

TEST_F(PackCacheLookTest, AFileThatIsRenamedOverAnotherIsTakenAtOnce) {
  Look(PackCache::kSettleTime);
  dir_.Write("a.new", PackText("a", "nokia"));
  // Written before, whatever the steps of the file system's clock are.
  std::filesystem::last_write_time(dir_.Path("a.new"),
                                   std::filesystem::file_time_type::clock::now() - std::chrono::hours(1));
  std::filesystem::rename(dir_.Path("a.new"), dir_.Path("a.yaml"));
  EXPECT_EQ(Look(), Change::kDone);
}

TEST_F(PackCacheLookTest, ARenamedFileDoesNotMakeAHalfWrittenOneWhole) {
  Look(PackCache::kSettleTime);
  dir_.Write("b.yaml", "pack: p\n");
  EXPECT_EQ(Look(), Change::kUnderWay);
  dir_.Write("a.new", PackText("a", "nokia"));
  std::filesystem::rename(dir_.Path("a.new"), dir_.Path("a.yaml"));
  EXPECT_EQ(Look(), Change::kUnderWay);
}

TEST_F(PackCacheLookTest, ADirectoryThatVanishesIsAChangeOnce) {
  std::filesystem::rename(dir_.Path("a.yaml"), dir_.Path(".a.yaml"));
  std::filesystem::rename(dir_.Path("b.yaml"), dir_.Path(".b.yaml"));
  Look();
  EXPECT_EQ(Look(PackCache::kSettleTime), Change::kDone);
  EXPECT_FALSE(cache_.Load());
  EXPECT_EQ(Look(PackCache::kSettleTime), Change::kNone);
}

TEST(PackCacheTest, ANamedPipeAmongThePacksIsAMistakeAndNotWaitedFor) {
  const TempDir dir;
  dir.Write("a.yaml", PackText("a", "huawei"));
  ASSERT_EQ(mkfifo(dir.Path("evil.yaml").c_str(), 0600), 0);
  std::filesystem::create_symlink("/dev/zero", dir.Path("endless.yaml"));
  PackCache cache({dir.path()});
  const auto loaded = cache.Load();
  ASSERT_THAT(loaded->diagnostics, SizeIs(2));
  EXPECT_THAT(Render(loaded->diagnostics), HasSubstr("evil.yaml: error[unreadable]: is a named pipe"));
  EXPECT_THAT(Render(loaded->diagnostics), HasSubstr("endless.yaml: error[unreadable]: is a device"));
}

}  // namespace
}  // namespace wirewatch
