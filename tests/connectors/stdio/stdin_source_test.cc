#include "connectors/stdio/stdin_source.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "tests/support/compress.h"
#include "tests/support/fake_inbox.h"

namespace wirewatch {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// The source at the reading end of a pipe, the test at the other.
class StdinSourceTest : public ::testing::Test {
 protected:
  void Start(Framing framing = Framing::kLines, std::size_t inbox_capacity = SIZE_MAX) {
    int fds[2];
    ASSERT_EQ(pipe2(fds, O_CLOEXEC), 0);
    writer_ = UniqueFd(fds[1]);
    inbox_.emplace(inbox_capacity);
    source_.emplace(UniqueFd(fds[0]), framing, RecordLimits{});
    running_.emplace(*source_, *inbox_);
  }
  void Write(std::string_view text) {
    while (!text.empty()) {
      const ssize_t written = write(writer_.get(), text.data(), text.size());
      ASSERT_GT(written, 0);
      text.remove_prefix(static_cast<std::size_t>(written));
    }
  }
  void End() { writer_ = UniqueFd(); }

  UniqueFd writer_;
  std::optional<FakeInbox> inbox_;
  std::optional<StdinSource> source_;
  std::optional<RunningSource> running_;
};

TEST_F(StdinSourceTest, OffersALineAsSoonAsItIsThere) {
  Start();
  Write("{\"id\":1}\n");
  EXPECT_TRUE(inbox_->WaitForRecords(1));
  Write("{\"id\":2}");
  End();
  EXPECT_TRUE(running_->Join());
  EXPECT_THAT(inbox_->payloads(), ElementsAre("{\"id\":1}", "{\"id\":2}"));
  EXPECT_EQ(inbox_->records()[1].stream, "stdin");
  EXPECT_EQ(inbox_->records()[1].offset, 9);
}

TEST_F(StdinSourceTest, ReadsOneDocument) {
  Start(Framing::kValues);
  Write("{\n\"id\":1\n}\n");
  End();
  EXPECT_TRUE(running_->Join());
  EXPECT_THAT(inbox_->payloads(), ElementsAre("{\n\"id\":1\n}"));
}

TEST_F(StdinSourceTest, ReadsCompressedInput) {
  for (const std::string& bytes : {Zstd("one\ntwo\n"), Gzip("one\ntwo\n")}) {
    Start();
    Write(bytes);
    End();
    EXPECT_TRUE(running_->Join());
    EXPECT_THAT(inbox_->payloads(), ElementsAre("one", "two"));
  }
}

TEST_F(StdinSourceTest, SaysThatCompressedInputIsCutOff) {
  Start();
  Write(Zstd("one\ntwo\n").substr(0, 12));
  End();
  const Status status = running_->Join();
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().message, HasSubstr("stdin: zstd cut off at byte 12"));
}

TEST_F(StdinSourceTest, HasNoRecordsInNothing) {
  Start();
  End();
  EXPECT_TRUE(running_->Join());
  EXPECT_THAT(inbox_->payloads(), IsEmpty());
}

TEST_F(StdinSourceTest, StopsWhileItWaitsForInputAndIsSeenToBeAliveUntilThen) {
  Start();
  EXPECT_TRUE(inbox_->WaitForBeats(3));
  EXPECT_TRUE(running_->Stop());
}

TEST_F(StdinSourceTest, OffersAnUnfinishedLineWhenItIsStoppedAndNothingMoreIsThere) {
  Start();
  Write("one\nhalf");
  EXPECT_TRUE(inbox_->WaitForRecords(1));
  EXPECT_TRUE(inbox_->WaitForBeats(2));
  EXPECT_TRUE(running_->Stop());
  EXPECT_THAT(inbox_->payloads(), ElementsAre("one", "half"));
}

TEST_F(StdinSourceTest, OffersNoHalfRecordWhenItIsStoppedInTheMiddleOfInput) {
  Start(Framing::kLines, 1);
  Write("one\ntwo\nhalf");
  EXPECT_TRUE(inbox_->WaitForOffers(3));
  EXPECT_TRUE(running_->Stop());
  EXPECT_THAT(inbox_->payloads(), ElementsAre("one"));
}

}  // namespace
}  // namespace wirewatch
