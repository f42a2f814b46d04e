#include "connectors/bytes/decompress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <utility>

#include "tests/support/compress.h"
#include "tests/support/fake_inbox.h"
#include "tests/support/temp_dir.h"

namespace wirewatch {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

struct Content {
  std::string text;
  Status status;
};

class DecompressTest : public ::testing::Test {
 protected:
  Content Read(const std::string& name, std::string_view bytes, std::size_t piece = 4096) {
    const std::string path = dir_.Write(name, bytes);
    auto file = FdInput::Open(path, feed_);
    EXPECT_TRUE(file);
    auto input = Decompress(**file);
    if (!input) return {"", std::move(input).error()};
    Content content;
    std::string buffer(piece, '\0');
    while (true) {
      const auto read = (*input)->Read(buffer.data(), buffer.size());
      if (!read) {
        content.status = read.error();
        return content;
      }
      if (*read == 0) return content;
      content.text.append(buffer, 0, *read);
    }
  }

  // Compresses to about half of itself.
  static std::string Text(std::size_t size) {
    std::mt19937 random(3);
    std::string text(size, '\0');
    for (char& c : text) c = static_cast<char>('a' + random() % 16);
    return text;
  }

  TempDir dir_;
  FakeInbox inbox_;
  StopSignal stop_;
  RecordFeed feed_{inbox_, stop_};
};

TEST_F(DecompressTest, ReadsPlainText) {
  EXPECT_EQ(Read("a.ndjson", "{}\n").text, "{}\n");
  EXPECT_EQ(Read("b.ndjson", "P").text, "P") << "may be the first byte of something else";
}

TEST_F(DecompressTest, ReadsSeveralZstdFrames) {
  const std::string one = Text(1'000'000), two = Text(300'000);
  const std::string skippable("\x52\x2A\x4D\x18\x03\x00\x00\x00xyz", 11);
  for (const std::size_t piece : {std::size_t{1} << 8, std::size_t{1} << 20}) {
    const Content content = Read("a.zst", skippable + Zstd(one) + Zstd("") + skippable + Zstd(two), piece);
    EXPECT_TRUE(content.status) << content.status.error().message;
    EXPECT_TRUE(content.text == one + two);
  }
}

TEST_F(DecompressTest, ReadsSeveralGzipMembersAndTheirPadding) {
  const std::string one = Text(1'000'000), two = Text(300'000);
  for (const std::size_t piece : {std::size_t{1} << 8, std::size_t{1} << 20}) {
    const Content content = Read("a.gz", Gzip(one) + Gzip("") + Gzip(two) + std::string(1000, '\0'), piece);
    EXPECT_TRUE(content.status) << content.status.error().message;
    EXPECT_TRUE(content.text == one + two);
  }
}

TEST_F(DecompressTest, ReadsWhatCompressesToNearlyNothing) {
  const std::string zeros(20'000'000, '0');
  EXPECT_TRUE(Read("a", Zstd(zeros), 1000).text == zeros);
  EXPECT_TRUE(Read("b", Gzip(zeros), 1000).text == zeros);
}

TEST_F(DecompressTest, GoesByContentAndNotByName) {
  EXPECT_EQ(Read("plain.zst", "{}\n").text, "{}\n");
  EXPECT_EQ(Read("zstd.ndjson", Zstd("{}\n")).text, "{}\n");
  EXPECT_EQ(Read("gzip.zst", Gzip("{}\n")).text, "{}\n");
}

TEST_F(DecompressTest, SaysWhereAFileIsCutOffWhereverThatIs) {
  const std::string text = Text(20'000);
  for (const auto& [name, whole] : {std::pair("a.zst", Zstd(text)), std::pair("a.gz", Gzip(text))}) {
    for (std::size_t size = 0; size < whole.size(); size += size < 20 ? 1 : 997) {
      const Content content = Read(name, whole.substr(0, size));
      ASSERT_FALSE(content.status) << name << " of " << size;
      EXPECT_EQ(content.status.error().code, ErrorCode::kInvalid);
      EXPECT_THAT(content.status.error().message,
                  AllOf(HasSubstr(dir_.Path(name)), HasSubstr("cut off at byte " + std::to_string(size) + ";")));
      EXPECT_EQ(content.text, text.substr(0, content.text.size())) << "what was read stays valid";
    }
  }
}

TEST_F(DecompressTest, SaysWhereAFileIsCorrupt) {
  const std::string text = Text(2'000'000);
  for (const auto& [name, whole] : {std::pair("a.zst", Zstd(text)), std::pair("a.gz", Gzip(text))}) {
    std::string corrupt = whole;
    corrupt.replace(corrupt.size() / 2, 2000, std::string(2000, '\xFF'));
    const Content content = Read(name, corrupt);
    ASSERT_FALSE(content.status) << name;
    EXPECT_THAT(content.status.error().message, AllOf(HasSubstr(dir_.Path(name)), HasSubstr("corrupt")));
    EXPECT_GT(content.text.size(), 500'000U) << name << ": what stands before is read";
    EXPECT_EQ(content.text.compare(0, 500'000, text, 0, 500'000), 0);
  }
}

TEST_F(DecompressTest, RefusesGarbageAfterTheLastFrame) {
  EXPECT_THAT(Read("a.zst", Zstd("{}\n") + "garbage").status.error().message, HasSubstr("corrupt zstd"));
  EXPECT_THAT(Read("a.gz", Gzip("{}\n") + "garbage").status.error().message, HasSubstr("corrupt gzip"));
}

}  // namespace
}  // namespace wirewatch
