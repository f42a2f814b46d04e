#include "base/file_read.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <string>
#include <thread>

#include "tests/support/temp_dir.h"

namespace wirewatch {
namespace {

using ::testing::HasSubstr;

// A socket with a name.
UniqueFd BoundSocket(const std::string& path) {
  UniqueFd fd(socket(AF_UNIX, SOCK_STREAM, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  EXPECT_EQ(bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0) << path;
  return fd;
}

TEST(FileReadTest, ReadsAFileWhole) {
  const TempDir dir;
  EXPECT_EQ(*ReadWholeFile(dir.Write("empty", ""), {}), "");
  const std::string large(200'000, 'x');
  struct stat status {};
  EXPECT_EQ(*ReadWholeFile(dir.Write("large", large), {}, &status), large);
  EXPECT_EQ(status.st_size, 200'000);
  // Files of /proc have no size, and yet a content.
  EXPECT_THAT(*ReadWholeFile("/proc/self/status", {}), HasSubstr("Pid:"));
}

TEST(FileReadTest, RefusesAllThatIsNoFileWithoutWaitingForIt) {
  const TempDir dir;
  ASSERT_EQ(mkfifo(dir.Path("pipe").c_str(), 0600), 0);
  const UniqueFd socket = BoundSocket(dir.Path("socket"));
  std::filesystem::create_symlink("pipe", dir.Path("link"));
  struct Case {
    std::string path;
    std::string kind;
  };
  const Case cases[] = {{dir.Path("pipe"), "a named pipe"}, {dir.Path("link"), "a named pipe"},
                        {dir.Path("socket"), "a socket"},   {dir.path(), "a directory"},
                        {"/dev/zero", "a device"},          {"/dev/null", "a device"},
                        {"/dev/urandom", "a device"},       {"/dev/full", "a device"}};
  for (const Case& each : cases) {
    const auto read = ReadWholeFile(each.path, {});
    ASSERT_FALSE(read) << each.path;
    EXPECT_EQ(read.error().code, ErrorCode::kInvalid) << each.path;
    EXPECT_EQ(read.error().message, "is " + each.kind + "; name a file");
    EXPECT_EQ(OpenRegularFile(each.path).error().message, "is " + each.kind + "; name a file");
  }
}

TEST(FileReadTest, SaysWhatCannotBeRead) {
  const TempDir dir;
  EXPECT_EQ(ReadWholeFile(dir.Path("none"), {}).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(ReadWholeFile(dir.Write("file", "") + "/below", {}).error().code, ErrorCode::kNotFound);
  std::filesystem::create_symlink("loop", dir.Path("loop"));
  EXPECT_EQ(ReadWholeFile(dir.Path("loop"), {}).error().code, ErrorCode::kIo);
}

TEST(FileReadTest, ReadsNoMoreThanItsLimit) {
  const TempDir dir;
  EXPECT_EQ(*ReadWholeFile(dir.Write("ten", "0123456789"), {.most_bytes = 10}), "0123456789");
  EXPECT_EQ(ReadWholeFile(dir.Path("ten"), {.most_bytes = 9}).error().code, ErrorCode::kTooLarge);
  dir.Write("sparse", "");
  std::filesystem::resize_file(dir.Path("sparse"), std::uintmax_t{1} << 40);
  EXPECT_EQ(ReadWholeFile(dir.Path("sparse"), {.most_bytes = 1 << 20}).error().message, "larger than 1 MiB");
}

TEST(FileReadTest, ReadsAPipeToItsEndWhereThatIsWanted) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const UniqueFd out(ends[0]);
  const std::string content(300'000, 'y');  // more than a pipe holds
  std::thread writer([fd = ends[1], &content] {
    for (std::size_t at = 0; at < content.size();) {
      const ssize_t written = write(fd, content.data() + at, std::min<std::size_t>(7'000, content.size() - at));
      if (written <= 0) break;
      at += static_cast<std::size_t>(written);
    }
    close(fd);
  });
  const std::string path = "/dev/fd/" + std::to_string(ends[0]);
  const auto read = ReadWholeFile(path, {.pipe_wait = std::chrono::minutes(1)});
  writer.join();
  EXPECT_EQ(*read, content);
  EXPECT_EQ(*ReadWholeFile(path, {.pipe_wait = std::chrono::minutes(1)}), "") << "nobody writes any more";
}

TEST(FileReadTest, APipeThatNobodyEndsIsGivenUp) {
  const TempDir dir;
  ASSERT_EQ(mkfifo(dir.Path("pipe").c_str(), 0600), 0);
  EXPECT_EQ(*ReadWholeFile(dir.Path("pipe"), {.pipe_wait = std::chrono::minutes(1)}), "") << "there is no writer";
  const UniqueFd writer(open(dir.Path("pipe").c_str(), O_RDWR));
  ASSERT_EQ(write(writer.get(), "half", 4), 4);
  const auto read = ReadWholeFile(dir.Path("pipe"), {.pipe_wait = std::chrono::milliseconds(1)});
  EXPECT_EQ(read.error().code, ErrorCode::kTimeout);
}

}  // namespace
}  // namespace wirewatch
