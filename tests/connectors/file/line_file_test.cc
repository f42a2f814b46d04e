#include "connectors/file/line_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <string>
#include <utility>

#include "tests/support/temp_dir.h"

namespace wirewatch {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

// A disk that is full: files of this process may not grow over `bytes`.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FullDisk() { setrlimit(RLIMIT_FSIZE, &before_); }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  rlimit before_{};
};

class LineFileTest : public ::testing::Test {
 protected:
  LineFile Open(std::string_view name) {
    auto file = LineFile::Open(dir_.Path(name));
    EXPECT_TRUE(file) << file.error().message;
    return *std::move(file);
  }
  TempDir dir_;
};

TEST_F(LineFileTest, AppendsToWhatIsThere) {
  dir_.Write("a", "old\n");
  LineFile file = Open("a");
  EXPECT_TRUE(file.Append("one\n"));
  EXPECT_TRUE(file.Append("two\n"));
  EXPECT_TRUE(file.Sync());
  EXPECT_EQ(dir_.Read("a"), "old\none\ntwo\n");
}

TEST_F(LineFileTest, EndsALineThatACrashCutOff) {
  dir_.Write("a", "whole\n{\"half\":");
  LineFile file = Open("a");
  EXPECT_TRUE(file.Append("next\n"));
  EXPECT_EQ(dir_.Read("a"), "whole\n{\"half\":\nnext\n");
}

TEST_F(LineFileTest, SaysWhyItCannotBeOpened) {
  const auto missing = LineFile::Open(dir_.Path("no/such/directory"));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(missing.error().message, AllOf(HasSubstr(dir_.Path("no/such/directory")), HasSubstr("check the path")));
  const auto directory = LineFile::Open(dir_.path());
  ASSERT_FALSE(directory);
  EXPECT_THAT(directory.error().message, HasSubstr("name a file"));
}

TEST_F(LineFileTest, LeavesNothingOfALineThatTheDiskHasNoRoomFor) {
  LineFile file = Open("a");
  EXPECT_TRUE(file.Append("first\n"));
  {
    const FullDisk full(10);
    const Status status = file.Append("too long\n");
    ASSERT_FALSE(status);
    EXPECT_THAT(status.error().message, AllOf(HasSubstr(dir_.Path("a")), HasSubstr("cannot be written")));
    EXPECT_EQ(dir_.Read("a"), "first\n");
  }
  EXPECT_TRUE(file.Append("too long\n"));
  EXPECT_EQ(dir_.Read("a"), "first\ntoo long\n");
}

TEST_F(LineFileTest, SaysWhatAFullDiskNeeds) {
  auto file = LineFile::Open("/dev/full");
  ASSERT_TRUE(file) << file.error().message;
  const Status status = file->Append("line\n");
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().message,
              AllOf(HasSubstr("/dev/full"), HasSubstr("No space left"), HasSubstr("free space")));
}

TEST_F(LineFileTest, BeginsANewFileWhenItsOwnWasMovedAway) {
  LineFile file = Open("a");
  EXPECT_TRUE(file.Append("one\n"));
  EXPECT_FALSE(file.WasMoved());
  std::filesystem::rename(dir_.Path("a"), dir_.Path("a.1"));
  EXPECT_TRUE(file.WasMoved());
  EXPECT_TRUE(file.Sync());
  EXPECT_TRUE(file.Append("two\n"));
  EXPECT_EQ(dir_.Read("a.1"), "one\n");
  EXPECT_EQ(dir_.Read("a"), "two\n");
}

TEST_F(LineFileTest, WritesToPipesAndDevices) {
  auto file = LineFile::Open("/dev/null");
  ASSERT_TRUE(file);
  EXPECT_TRUE(file->Append("line\n"));
  EXPECT_TRUE(file->Sync()) << "there is nothing to force to disk";
}

}  // namespace
}  // namespace wirewatch
