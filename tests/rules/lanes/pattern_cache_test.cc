#include "rules/lanes/pattern_cache.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "rules/engine/matcher.h"
#include "rules/lanes/hs_handles.h"
#include "tests/support/temp_dir.h"
#include "tests/support/topics.h"

namespace wirewatch {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

std::vector<std::filesystem::path> FilesIn(const std::filesystem::path& directory) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) files.push_back(entry.path());
  return files;
}

// Compiles rules about spies, with the patterns that `directory` keeps; whether they find some.
bool FindsSpies(const std::filesystem::path& directory, std::string_view rule = "/sp[iy]+/") {
  Pack pack;
  pack.topics.push_back(MakeTopic("spies", {rule}));
  const auto compiled = RuleSet::Compile(Packs{std::make_shared<const Pack>(std::move(pack))}, nullptr, directory);
  EXPECT_EQ(Render(compiled.diagnostics), "");
  Document document;
  document.texts = {"a spy", "", ""};
  FoldedDocument folded;
  Fold(document, folded);
  return !Matcher::Create(compiled.rule_set)->Match(document, folded)->empty();
}

class PatternCacheTest : public testing::Test {
 protected:
  const TempDir dir_;
  const std::filesystem::path directory_ = std::filesystem::path(dir_.path()) / "patterns";
};

TEST_F(PatternCacheTest, KeepsADatabaseForEachSetOfPatterns) {
  EXPECT_TRUE(FindsSpies(directory_));
  ASSERT_THAT(FilesIn(directory_), SizeIs(1));
  EXPECT_EQ(std::filesystem::status(directory_).permissions(), std::filesystem::perms::owner_all);
  EXPECT_TRUE(FindsSpies(directory_));
  EXPECT_THAT(FilesIn(directory_), SizeIs(1));
  EXPECT_TRUE(FindsSpies(directory_, "/SP[iy]+/i"));
  EXPECT_THAT(FilesIn(directory_), SizeIs(2));
}

TEST_F(PatternCacheTest, UsesWhatItKeeps) {
  EXPECT_TRUE(FindsSpies(directory_));
  const PatternCache cache(directory_);
  EXPECT_NE(cache.Find(PatternCache::KeyOf({{"sp[iy]+", HS_FLAG_UTF8 | HS_FLAG_SOM_LEFTMOST}})), nullptr);
  // What is used is touched, what is compiled again would be another file.
  const std::filesystem::path file = FilesIn(directory_).at(0);
  const auto before = std::filesystem::file_time_type::clock::now() - std::chrono::hours(1);
  std::filesystem::create_hard_link(file, dir_.Path("held"));
  std::filesystem::last_write_time(file, before);
  EXPECT_TRUE(FindsSpies(directory_));
  EXPECT_GT(std::filesystem::last_write_time(file), before);
  EXPECT_TRUE(std::filesystem::equivalent(file, dir_.Path("held")));
}

TEST_F(PatternCacheTest, AFileUnderTheNameOfOtherPatternsIsNotTaken) {
  EXPECT_FALSE(FindsSpies(directory_, "/nobody/"));
  const std::filesystem::path other = FilesIn(directory_).at(0);
  EXPECT_TRUE(FindsSpies(directory_));
  for (const auto& file : FilesIn(directory_)) {
    if (file != other) std::filesystem::copy_file(other, file, std::filesystem::copy_options::overwrite_existing);
  }
  testing::internal::CaptureStderr();
  EXPECT_TRUE(FindsSpies(directory_));
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("damaged"));
}

TEST_F(PatternCacheTest, AFileThatOthersMayWriteIsNotTaken) {
  using std::filesystem::perms;
  EXPECT_TRUE(FindsSpies(directory_));
  const std::filesystem::path file = FilesIn(directory_).at(0);
  for (const perms wrong : {perms::group_write, perms::others_write}) {
    std::filesystem::permissions(file, wrong, std::filesystem::perm_options::add);
    testing::internal::CaptureStderr();
    EXPECT_TRUE(FindsSpies(directory_));
    EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("chmod 700"));
    EXPECT_EQ(std::filesystem::status(file).permissions(), perms::owner_read | perms::owner_write) << "made anew";
  }
}

TEST_F(PatternCacheTest, APipeOrADeviceInItsPlaceIsNotWaitedFor) {
  EXPECT_TRUE(FindsSpies(directory_));
  const std::filesystem::path file = FilesIn(directory_).at(0);
  std::filesystem::remove(file);
  ASSERT_EQ(mkfifo(file.c_str(), 0600), 0);
  testing::internal::CaptureStderr();
  EXPECT_TRUE(FindsSpies(directory_));
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("is a named pipe"));
}

TEST_F(PatternCacheTest, DeletesDraftsThatAKilledProcessLeft) {
  EXPECT_TRUE(FindsSpies(directory_));
  const std::string name = FilesIn(directory_).at(0).string();
  for (const char* const draft : {".1234", ".Xy12ab"}) std::ofstream(name + draft) << "half";
  std::filesystem::last_write_time(name + ".1234",
                                   std::filesystem::file_time_type::clock::now() - std::chrono::hours(2));
  EXPECT_TRUE(FindsSpies(directory_, "/spy/"));
  EXPECT_FALSE(std::filesystem::exists(name + ".1234"));
  EXPECT_TRUE(std::filesystem::exists(name + ".Xy12ab")) << "another process may be writing it";
}

TEST_F(PatternCacheTest, ADamagedFileIsCompiledAgain) {
  EXPECT_TRUE(FindsSpies(directory_));
  const std::filesystem::path file = FilesIn(directory_).at(0);
  const auto size = std::filesystem::file_size(file);
  const auto damage = [&](std::uintmax_t at) {
    std::fstream stream(file, std::ios::binary | std::ios::in | std::ios::out);
    stream.seekg(static_cast<std::streamoff>(at));
    const char byte = static_cast<char>(stream.get());
    stream.seekp(static_cast<std::streamoff>(at));
    stream.put(static_cast<char>(byte ^ 0x20));
  };
  for (const std::uintmax_t at : {std::uintmax_t{0}, std::uintmax_t{25}, size / 2, size - 1}) {
    damage(at);
    testing::internal::CaptureStderr();
    EXPECT_TRUE(FindsSpies(directory_)) << at;
    EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("damaged"));
    testing::internal::CaptureStderr();
    EXPECT_TRUE(FindsSpies(directory_)) << at;
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "") << "it was written anew";
  }
  for (const std::uintmax_t shorter : {size - 1, std::uintmax_t{30}, std::uintmax_t{0}}) {
    std::filesystem::resize_file(file, shorter);
    EXPECT_TRUE(FindsSpies(directory_)) << shorter;
    EXPECT_EQ(std::filesystem::file_size(file), size);
  }
}

TEST_F(PatternCacheTest, ADirectoryThatCannotBeWrittenChangesNothing) {
  testing::internal::CaptureStderr();
  EXPECT_TRUE(FindsSpies("/proc/patterns"));
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("/proc/patterns"));
}

TEST_F(PatternCacheTest, DeletesWhatNoStartWantedForAMonth) {
  EXPECT_TRUE(FindsSpies(directory_));
  const std::filesystem::path file = FilesIn(directory_).at(0);
  const auto old = std::filesystem::file_time_type::clock::now() - std::chrono::days(31);
  std::filesystem::last_write_time(file, old);
  EXPECT_TRUE(FindsSpies(directory_)) << "used: young again";
  EXPECT_TRUE(FindsSpies(directory_, "/spy/"));
  EXPECT_THAT(FilesIn(directory_), SizeIs(2));
  std::filesystem::last_write_time(file, old);
  EXPECT_TRUE(FindsSpies(directory_, "/a spy/"));
  EXPECT_THAT(FilesIn(directory_), SizeIs(2)) << "one came, one went";
}

TEST_F(PatternCacheTest, ManyRegularExpressionsAreScannedInShards) {
  // More than one shard holds: each finds its own, with its own place.
  std::vector<std::string> texts;
  for (int i = 0; i < 2'500; ++i) texts.push_back("/q" + std::to_string(i) + "z/");
  Pack pack;
  pack.topics.push_back(MakeTopic("many", {texts.begin(), texts.end()}));
  const auto compiled = RuleSet::Compile(Packs{std::make_shared<const Pack>(std::move(pack))}, nullptr, directory_);
  EXPECT_THAT(FilesIn(directory_), SizeIs(4));
  Document document;
  document.texts = {"", "", "q7z q1234z q2499z q9999z"};
  FoldedDocument folded;
  Fold(document, folded);
  const auto matches = Matcher::Create(compiled.rule_set)->Match(document, folded);
  ASSERT_THAT(*matches, SizeIs(1));
  EXPECT_THAT(matches->at(0).rules, testing::ElementsAre(7, 1234, 2499));
  EXPECT_EQ(matches->at(0).spans.at(1).span, (Span{4, 10}));
}

}  // namespace
}  // namespace wirewatch
