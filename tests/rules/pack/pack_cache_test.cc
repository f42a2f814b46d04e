#include "rules/pack/pack_cache.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

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

// A library is found by one path, and then used by another.
TEST(PackCacheTest, OldFilesOfADirectoryWithADotInItsNameAreLeftAlone) {
  const auto directory = SourceDirectory() / "tests" / "testdata" / "." / "packs";
  PackCache cache({directory / "lists", directory / "names-in-libraries.yaml"});
  ASSERT_TRUE(cache.Load());
  EXPECT_FALSE(HasChanged(cache));
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

// A pack in a folder, and a library that it uses.
class PackCacheLibraryTest : public ::testing::Test {
 protected:
  PackCacheLibraryTest() {
    dir_.Write("a.yaml", "use: [lists/places.yaml]\n" + PackText("a", "@places.NL"));
    dir_.Write("b.yaml", PackText("b", "zte"));
    dir_.Write("lists/places.yaml", "library: places\nlists: {NL: {en: [Netherlands]}}\n");
  }
  static std::string TermsOf(const Result<LoadedPacks>& loaded) {
    std::string terms;
    for (const Expression& term : loaded->packs[0]->topics[0].rules[0].match.children) terms += term.term.text + ";";
    return terms;
  }

  const TempDir dir_;
};

TEST_F(PackCacheLibraryTest, APackIsReadAgainWhenItsLibraryChanges) {
  // The second does not find the library by itself, only in what the pack uses.
  for (const std::vector<std::filesystem::path>& paths :
       {std::vector<std::filesystem::path>{dir_.path()}, {dir_.path() + "/a.yaml", dir_.path() + "/b.yaml"}}) {
    dir_.Write("lists/places.yaml", "library: places\nlists: {NL: {en: [Netherlands]}}\n");
    PackCache cache(paths);
    const auto first = cache.Load();
    ASSERT_THAT(first->diagnostics, IsEmpty());
    EXPECT_THAT(first->packs, SizeIs(2));
    EXPECT_THAT(first->libraries, SizeIs(1));
    EXPECT_EQ(TermsOf(first), "Netherlands;");
    ASSERT_TRUE(cache.Load());
    EXPECT_FALSE(cache.changed());

    dir_.Write("lists/places.yaml", "library: places\nlists: {NL: {en: [Netherlands, Dutch]}}\n");
    EXPECT_TRUE(HasChanged(cache));
    const auto second = cache.Load();
    EXPECT_TRUE(cache.changed());
    EXPECT_EQ(TermsOf(second), "Netherlands;Dutch;");
    EXPECT_EQ(second->packs[1], first->packs[1]);
  }
}

TEST_F(PackCacheLibraryTest, ALibraryThatComesGoesOrBreaksIsSeen) {
  const std::filesystem::path library = dir_.path() + "/lists/places.yaml";
  std::filesystem::remove(library);
  PackCache cache({dir_.path() + "/a.yaml"});
  EXPECT_THAT(Render(cache.Load()->diagnostics), HasSubstr("error[unknown-library]"));
  dir_.Write("lists/places.yaml", "library: places\nlists: {NL: {en: [[Netherlands]]}}\n");
  EXPECT_TRUE(HasChanged(cache));
  const auto broken = cache.Load();
  ASSERT_THAT(broken->diagnostics, SizeIs(1)) << "the mistake of the library is told once, and nothing of the pack";
  EXPECT_EQ(broken->diagnostics[0].file, library);
  dir_.Write("lists/places.yaml", "library: places\nlists: {NL: {en: [Netherlands]}}\n");
  EXPECT_TRUE(HasChanged(cache));
  EXPECT_EQ(TermsOf(cache.Load()), "Netherlands;");
  dir_.Write("a.yaml", PackText("a", "huawei"));
  EXPECT_THAT(cache.Load()->libraries, IsEmpty()) << "nobody uses it any more";
  dir_.Write("lists/places.yaml", "library: places\nlists: {NL: {en: [Holland]}}\n");
  ASSERT_TRUE(cache.Load());
  EXPECT_FALSE(cache.changed());
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
