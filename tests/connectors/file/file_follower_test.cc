// What depends on time and on the order of looks; file_source_test.cc has the rest.

#include "connectors/file/file_follower.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/compress.h"
#include "tests/support/fake_inbox.h"
#include "tests/support/temp_dir.h"

namespace wirewatch {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class FileFollowerTest : public ::testing::Test {
 protected:
  // A look at the directory, `later` than the one before.
  bool Look(milliseconds later = milliseconds(1)) {
    now_ += later;
    return follower_.Look(ListFiles({dir_.path()}, EmptyDirectory::kFine).files, now_);
  }
  void Rename(std::string_view from, std::string_view to) { std::filesystem::rename(dir_.Path(from), dir_.Path(to)); }
  std::vector<std::string> payloads() const { return inbox_.payloads(); }

  TempDir dir_;
  FakeInbox inbox_;
  StopSignal stop_;
  RecordFeed feed_{inbox_, stop_};
  StreamReading reading_{RecordLimits()};
  FileFollower follower_{
      [](std::string_view path) { return path.ends_with(".json") ? Framing::kValues : Framing::kAuto; }, reading_,
      feed_};
  SteadyTime now_ = SteadyNow();
};

TEST_F(FileFollowerTest, ReadsARotatedFileOnHoweverManyLooksAnotherFileCauses) {
  dir_.Write("a.ndjson", "one\nhalf");
  Look();
  Rename("a.ndjson", "a.ndjson.1");
  for (int i = 0; i < 50; ++i) {
    dir_.Append("b.ndjson", "b\n");
    EXPECT_TRUE(Look());
  }
  dir_.Append("a.ndjson.1", "-whole\n");
  Look();
  EXPECT_EQ(payloads().front(), "one");
  EXPECT_EQ(payloads().back(), "half-whole") << "and half of it nowhere before";
  EXPECT_THAT(payloads(), ::testing::SizeIs(52));
}

TEST_F(FileFollowerTest, OffersTheUnfinishedLineOfARotatedFileOnceItHasBeenQuietForTwoSeconds) {
  dir_.Write("a.ndjson", "one\nha");
  Look();
  Rename("a.ndjson", "a.ndjson.1");
  Look();
  Look(milliseconds(1900));
  dir_.Append("a.ndjson.1", "lf");
  Look(milliseconds(99));
  Look(milliseconds(1999));
  EXPECT_THAT(payloads(), ElementsAre("one"));
  Look(milliseconds(1));
  EXPECT_THAT(payloads(), ElementsAre("one", "half"));
}

TEST_F(FileFollowerTest, ReadsADocumentOnceItHasStoodStillHoweverManyLooksThatTakes) {
  dir_.Write("a.json", "{\"half\":");
  for (int i = 0; i < 5; ++i) Look();
  EXPECT_THAT(payloads(), IsEmpty());
  dir_.Append("a.json", "\"whole\"}");
  Look(milliseconds(500));
  Look(milliseconds(199));
  EXPECT_THAT(payloads(), IsEmpty());
  Look(milliseconds(1));
  Look(milliseconds(1000));
  EXPECT_THAT(payloads(), ElementsAre("{\"half\":\"whole\"}"));
}

TEST_F(FileFollowerTest, ReadsAFileOnThatWasRenamedInsideTheDirectory) {
  // Its new name comes before the old one in the order of looks, or after it.
  for (const std::string name : {"wire-1.ndjson", "wire.ndjson.1.ndjson"}) {
    dir_.Write("wire.ndjson", "one\n");
    Look();
    const std::size_t before = payloads().size();
    Rename("wire.ndjson", name);
    dir_.Write("wire.ndjson", "new\n");
    dir_.Append(name, "two\n");
    Look();
    Look();
    const auto records = inbox_.records();
    ASSERT_EQ(records.size(), before + 2) << name << " was read again, or not at all";
    const TakenRecord& two = records[records.back().payload == "two" ? before + 1 : before];
    EXPECT_EQ(two.payload, "two");
    EXPECT_EQ(two.stream, dir_.Path(name));
    EXPECT_EQ(two.offset, 4);
    std::filesystem::remove(dir_.Path("wire.ndjson"));
    Look();
  }
}

TEST_F(FileFollowerTest, ReadsAChainOfRotatedFilesOnce) {
  dir_.Write("wire.ndjson", "one\n");
  dir_.Write("wire-1.ndjson", "older\n");
  Look();
  Rename("wire-1.ndjson", "wire-2.ndjson");
  Rename("wire.ndjson", "wire-1.ndjson");
  dir_.Write("wire.ndjson", "two\n");
  Look();
  Look(milliseconds(5000));
  EXPECT_THAT(payloads(), ElementsAre("older", "one", "two"));
}

TEST_F(FileFollowerTest, ReadsOnWhatComesBackUnderAnotherName) {
  dir_.Write("wire.ndjson", "one\nha");
  Look();
  Rename("wire.ndjson", "wire.tmp");
  Look();
  dir_.Append("wire.tmp", "lf\n");
  Rename("wire.tmp", "wire-old.ndjson");
  Look();
  Look(milliseconds(5000));
  dir_.Append("wire-old.ndjson", "two\n");
  Look();
  EXPECT_THAT(payloads(), ElementsAre("one", "half", "two"));
}

TEST_F(FileFollowerTest, ReadsADocumentOnceThatWasRenamed) {
  dir_.Write("a.json", "{}");
  Look();
  Look(milliseconds(200));
  Rename("a.json", "b.json");
  Look();
  Look(milliseconds(200));
  EXPECT_THAT(payloads(), ElementsAre("{}"));
  dir_.Append("b.json", " ");
  Look();
  Look(milliseconds(200));
  EXPECT_THAT(payloads(), ElementsAre("{}", "{}")) << "it has changed";
}

TEST_F(FileFollowerTest, KnowsAFileAsFailingUntilItIsReadWellOrGone) {
  const std::string whole = Zstd("{}\n");
  const std::string half = whole.substr(0, whole.size() - 3);
  dir_.Write("mended.ndjson.zst", half);
  dir_.Write("removed.ndjson.zst", half);
  dir_.Write("stays.ndjson.zst", half);
  dir_.Write("good.ndjson", "good\n");
  Look();
  Look(milliseconds(200));
  EXPECT_EQ(follower_.failing().size(), 3U);
  Look();
  EXPECT_EQ(follower_.failing().size(), 3U) << "a look that has nothing to read mends nothing";
  dir_.Write("mended.ndjson.zst", whole);
  std::filesystem::remove(dir_.Path("removed.ndjson.zst"));
  Look();
  Look(milliseconds(200));
  ASSERT_EQ(follower_.failing().size(), 1U);
  EXPECT_EQ(follower_.failing().begin()->first, dir_.Path("stays.ndjson.zst"));
  EXPECT_THAT(follower_.failing().begin()->second.message, HasSubstr("cut off"));
}

// Truncated in place and written anew, as copytruncate of logrotate does, between two looks.
TEST_F(FileFollowerTest, ReadsATruncatedFileFromItsBeginningHoweverLongItIsByThen) {
  for (const std::string anew : {"x\n", "seven\neight\n", "nine\nten..\nand more\n", "one\ntwo\nthree\nand\n"}) {
    dir_.Write("wire.ndjson", "one\ntwo\nhal");
    Look();
    dir_.Append("wire.ndjson", "f\n");
    Look();
    const std::size_t before = payloads().size();
    dir_.Write("wire.ndjson", anew);
    testing::internal::CaptureStderr();
    Look();
    EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("truncated"));
    const auto all = payloads();
    const auto lines = static_cast<std::size_t>(std::count(anew.begin(), anew.end(), '\n'));
    ASSERT_EQ(all.size(), before + lines) << anew;
    EXPECT_EQ(all[before], anew.substr(0, anew.find('\n')));
    std::filesystem::remove(dir_.Path("wire.ndjson"));
    Look();
    Look(milliseconds(5000));
  }
}

TEST_F(FileFollowerTest, AFileThatOnlyGrowsOrIsTouchedIsNotReadAgain) {
  std::string whole;
  for (int i = 0; i < 300; ++i) {
    const std::string line = "line " + std::to_string(i) + (i % 3 == 0 ? "\n" : " goes on ");
    whole += line;
    dir_.Append("wire.ndjson", line);
    Look();
    if (i % 7 == 0) {
      std::filesystem::last_write_time(dir_.Path("wire.ndjson"),
                                       std::filesystem::file_time_type::clock::now() - std::chrono::hours(i));
      Look();
    }
  }
  std::string read;
  for (const std::string& payload : payloads()) read += payload + "\n";
  EXPECT_EQ(read, whole.substr(0, whole.rfind('\n') + 1));
}

}  // namespace
}  // namespace wirewatch
