#include "connectors/store/sqlite_alert_memory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tests/support/temp_dir.h"

namespace wirewatch {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

WallTime At(int hour) { return WallTime(std::chrono::hours(500'000 + hour)); }

class SqliteAlertMemoryTest : public ::testing::Test {
 protected:
  std::unique_ptr<AlertMemory> Open() const {
    auto memory = SqliteAlertMemory::Open(path_);
    EXPECT_TRUE(memory) << memory.error().message;
    return *std::move(memory);
  }
  static std::vector<std::string> TextsIn(AlertMemory& memory, WallTime since = At(0)) {
    std::vector<std::string> texts;
    const Status loaded = memory.Load(since, [&](std::string_view text) {
      texts.emplace_back(text);
      return Status();
    });
    EXPECT_TRUE(loaded) << loaded.error().message;
    return texts;
  }

  const TempDir dir_;
  const std::string path_ = dir_.Path("alerts.state");
};

TEST_F(SqliteAlertMemoryTest, WhatIsRememberedIsThereForTheNextProcess) {
  ASSERT_TRUE(Open()->Remember({{"a", "text of a", At(1)}, {"b", "held", std::nullopt}, {"c", "gone", At(3)}}, At(0)));
  ASSERT_TRUE(Open()->Remember({{"a", "more of a", At(2)}, {"c", "", At(3)}, {"never", "", At(3)}}, At(0)));
  EXPECT_THAT(TextsIn(*Open()), ElementsAre("more of a", "held"));
}

TEST_F(SqliteAlertMemoryTest, WhatIsOlderThanTheWindowIsForgottenButForWhatIsHeld) {
  ASSERT_TRUE(Open()->Remember({{"a", "a", At(1)}, {"b", "b", At(2)}, {"h", "held", std::nullopt}}, At(0)));
  EXPECT_THAT(TextsIn(*Open(), At(2)), ElementsAre("b", "held"));
  ASSERT_TRUE(Open()->Remember({{"c", "c", At(4)}}, At(3)));
  EXPECT_THAT(TextsIn(*Open(), At(0)), ElementsAre("c", "held"));
}

TEST_F(SqliteAlertMemoryTest, OneProcessAFile) {
  const auto first = Open();
  const auto second = SqliteAlertMemory::Open(path_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(second.error().message, HasSubstr("another process"));
  EXPECT_THAT(second.error().message, HasSubstr(path_));
}

TEST_F(SqliteAlertMemoryTest, AnotherKindOfFileIsNotTouched) {
  const std::string text(5'000, 'x');
  std::ofstream(path_) << text;
  const auto opened = SqliteAlertMemory::Open(path_);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(opened.error().message, HasSubstr("no memory of alerts"));
  EXPECT_EQ(std::filesystem::file_size(path_), text.size());
}

TEST_F(SqliteAlertMemoryTest, APipeOrADeviceIsRefused) {
  ASSERT_EQ(mkfifo(path_.c_str(), 0600), 0);
  for (const std::string& path : {path_, std::string("/dev/full")}) {
    const auto opened = SqliteAlertMemory::Open(path);
    ASSERT_FALSE(opened) << path;
    EXPECT_EQ(opened.error().code, ErrorCode::kInvalid);
    EXPECT_THAT(opened.error().message, HasSubstr("; name a file"));
  }
}

TEST_F(SqliteAlertMemoryTest, AMissingDirectoryIsAnErrorThatNamesThePath) {
  const auto opened = SqliteAlertMemory::Open(dir_.Path("none/alerts.state"));
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().message, HasSubstr("none/alerts.state"));
}

TEST_F(SqliteAlertMemoryTest, ItIsForTheUserAlone) {
  const auto memory = Open();
  struct stat status {};
  ASSERT_EQ(stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST_F(SqliteAlertMemoryTest, WhatCannotBeReadEndsTheLoadWithItsPath) {
  const auto memory = Open();
  ASSERT_TRUE(memory->Remember({{"a", "a", At(1)}}, At(0)));
  const Status loaded = memory->Load(At(0), [](std::string_view) {
    return Status(Error{ErrorCode::kInvalid, "what"});
  });
  ASSERT_FALSE(loaded);
  EXPECT_THAT(loaded.error().message, HasSubstr(path_));
}

}  // namespace
}  // namespace wirewatch
