#include "connectors/file/file_source.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/support/compress.h"
#include "tests/support/fake_inbox.h"
#include "tests/support/temp_dir.h"

namespace wirewatch {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class FileSourceTest : public ::testing::Test {
 protected:
  Result<std::unique_ptr<FileSource>> Create(std::vector<std::string> paths, FileFormat format = FileFormat::kAuto) {
    FileSourceOptions options;
    options.paths = std::move(paths);
    options.format = format;
    return FileSource::Create(std::move(options));
  }
  Error CreateError(std::vector<std::string> paths) {
    auto source = Create(std::move(paths));
    EXPECT_FALSE(source);
    return source ? Error{ErrorCode::kInternal, ""} : source.error();
  }
  std::vector<TakenRecord> Read(std::vector<std::string> paths, FileFormat format = FileFormat::kAuto) {
    auto source = Create(std::move(paths), format);
    EXPECT_TRUE(source) << source.error().message;
    FakeInbox inbox;
    status_ = (*source)->Run(inbox);
    return inbox.records();
  }
  static std::vector<std::string> Payloads(const std::vector<TakenRecord>& records) {
    std::vector<std::string> payloads;
    for (const TakenRecord& record : records) payloads.push_back(record.payload);
    return payloads;
  }

  TempDir dir_;
  Status status_;
};

TEST_F(FileSourceTest, ReadsLinesWithTheirPlaces) {
  const std::string path = dir_.Write("wire.ndjson", "{\"id\":1}\n{\"id\":2}\n");
  const auto records = Read({path});
  ASSERT_THAT(Payloads(records), ElementsAre("{\"id\":1}", "{\"id\":2}"));
  EXPECT_EQ(records[1].stream, path);
  EXPECT_EQ(records[1].offset, 9);
  EXPECT_TRUE(status_);
}

TEST_F(FileSourceTest, ReadsADirectoryInByteOrderOfItsPathsAndLeavesOutWhatIsNoArticle) {
  dir_.Write("b/2.ndjson", "b2\n");
  dir_.Write("b.json", "{\n\"b\":1}\n");
  dir_.Write("a.jsonl.gz", Gzip("a\n"));
  dir_.Write("B.ndjson.zst", Zstd("B\n"));
  dir_.Write("notes.txt", "no article\n");
  dir_.Write("c.ndjson.bak", "no article\n");
  EXPECT_THAT(Payloads(Read({dir_.path()})), ElementsAre("B", "a", "{\n\"b\":1}", "b2"));
}

TEST_F(FileSourceTest, KeepsTheOrderOfTheGivenPaths) {
  EXPECT_THAT(Payloads(Read({dir_.Write("2", "two"), dir_.Write("1", "one")})), ElementsAre("two", "one"));
}

TEST_F(FileSourceTest, TakesTheFormatItIsTold) {
  const std::string json = dir_.Write("a.json", "{}\n\n{}\n");
  EXPECT_THAT(Payloads(Read({json}, FileFormat::kNdjson)), ElementsAre("{}", "", "{}"));
  EXPECT_THAT(Payloads(Read({json})), ElementsAre("{}", "{}"));
  EXPECT_THAT(Payloads(Read({dir_.Write("a.ndjson", "{}\n\n{}\n")})), ElementsAre("{}", "", "{}"));
  EXPECT_THAT(Payloads(Read({dir_.Write("a.ndjson", "{}\n\n{}\n")}, FileFormat::kJson)), ElementsAre("{}", "{}"));
}

TEST_F(FileSourceTest, NamesEveryPathThatIsMissingBeforeItReadsAny) {
  const Error error = CreateError({dir_.Write("there", ""), dir_.Path("gone"), dir_.Path("lost")});
  EXPECT_EQ(error.code, ErrorCode::kNotFound);
  EXPECT_THAT(error.message, AllOf(HasSubstr(dir_.Path("gone")), HasSubstr(dir_.Path("lost")),
                                   HasSubstr("No such file"), HasSubstr("check the path"), Not(HasSubstr("there:"))));
}

TEST_F(FileSourceTest, RefusesADirectoryWithoutArticles) {
  dir_.Write("notes.txt", "");
  const Error error = CreateError({dir_.path()});
  EXPECT_EQ(error.code, ErrorCode::kNotFound);
  EXPECT_THAT(error.message, AllOf(HasSubstr(dir_.path()), HasSubstr(".ndjson")));
}

TEST_F(FileSourceTest, RefusesAFileItMayNotRead) {
  const std::string path = dir_.Write("secret.ndjson", "{}\n");
  chmod(path.c_str(), 0);
  if (access(path.c_str(), R_OK) == 0) GTEST_SKIP() << "root may read everything";
  EXPECT_THAT(CreateError({path}).message, AllOf(HasSubstr(path), HasSubstr("Permission denied"), HasSubstr("give")));
}

TEST_F(FileSourceTest, ReadsAllOtherFilesWhenOneIsCutOffAndEndsWithItsError) {
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += "{\"id\":" + std::to_string(i) + "}\n";
  const std::string whole = Zstd(text);
  const std::string bad = dir_.Write("bad.ndjson.zst", whole.substr(0, whole.size() / 2));
  const auto records = Read({bad, dir_.Write("gone.ndjson", ""), dir_.Write("good.ndjson", "good\n")});
  ASSERT_FALSE(status_);
  EXPECT_THAT(status_.error().message, AllOf(HasSubstr(bad), HasSubstr("cut off at byte")));
  EXPECT_GT(records.size(), 1000U);
  EXPECT_EQ(records.back().payload, "good");
  for (std::size_t i = 0; i + 1 < records.size(); ++i) {
    ASSERT_EQ(records[i].payload, "{\"id\":" + std::to_string(i) + "}") << "half a record was offered";
  }
}

TEST_F(FileSourceTest, TellsOfAFileThatVanishedSinceItWasListed) {
  const std::string path = dir_.Write("a.ndjson", "{}\n");
  auto source = Create({path, dir_.Write("b.ndjson", "b\n")});
  std::filesystem::remove(path);
  FakeInbox inbox;
  const Status status = (*source)->Run(inbox);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(inbox.payloads(), ElementsAre("b"));
}

TEST_F(FileSourceTest, KnowsHowFarItHasCome) {
  const std::string compressed = Zstd(std::string(1'000'000, 'x') + "\n");
  auto source = Create({dir_.Write("a.zst", compressed), dir_.Write("b.ndjson", "0123456789\n")});
  ASSERT_TRUE((*source)->Progress());
  EXPECT_EQ((*source)->Progress()->bytes_done, 0U);
  EXPECT_EQ((*source)->Progress()->bytes_total, compressed.size() + 11);
  FakeInbox inbox;
  EXPECT_TRUE((*source)->Run(inbox));
  EXPECT_EQ((*source)->Progress()->bytes_done, compressed.size() + 11);
}

TEST_F(FileSourceTest, OffersARecordAgainUntilThereIsRoomAndStopsInBetween) {
  auto source = Create({dir_.Write("a.ndjson", "1\n2\n3\nnot whole")});
  FakeInbox inbox(2);
  RunningSource running(**source, inbox);
  EXPECT_TRUE(inbox.WaitForOffers(5));
  EXPECT_TRUE(running.Stop());
  EXPECT_THAT(inbox.payloads(), ElementsAre("1", "2"));
}

TEST_F(FileSourceTest, BoundsTheMemoryOfRecordsThatWait) {
  FileSourceOptions options;
  options.paths = {dir_.Write("a.ndjson", std::string(100'000, 'x') + "\n")};
  for (int i = 0; i < 1000; ++i) dir_.Append("a.ndjson", std::string(100'000, 'x') + "\n");  // 100 MB
  auto source = FileSource::Create(std::move(options));
  FakeInbox inbox;
  std::mutex mutex;
  std::vector<std::shared_ptr<const void>> held;  // as a sink does that is away
  inbox.on_record = [&](const Record& record) {
    const std::lock_guard lock(mutex);
    held.push_back(record.memory);
  };
  RunningSource running(**source, inbox);
  EXPECT_TRUE(inbox.WaitForBeats(3));  // it waits
  EXPECT_LT(inbox.records().size(), 700U) << "64 MiB";
  EXPECT_GT(inbox.records().size(), 300U);
  while (inbox.records().size() < 1001) {
    const std::lock_guard lock(mutex);
    held.clear();
  }
  EXPECT_TRUE(running.Join());
}

TEST_F(FileSourceTest, ReadsANamedPipeAndCanBeStoppedWhileItsWriterIsSilent) {
  const std::string path = dir_.Path("pipe");
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  auto source = Create({path});
  ASSERT_TRUE(source) << source.error().message;
  EXPECT_FALSE((*source)->Progress());
  FakeInbox inbox;
  RunningSource running(**source, inbox);
  const UniqueFd writer(open(path.c_str(), O_WRONLY | O_CLOEXEC));
  ASSERT_EQ(write(writer.get(), "one\nhalf", 8), 8);
  EXPECT_TRUE(inbox.WaitForRecords(1));
  EXPECT_TRUE(inbox.WaitForBeats(2));
  EXPECT_TRUE(running.Stop());
  EXPECT_THAT(inbox.payloads(), ElementsAre("one", "half")) << "nothing more is there: the rest is a record";
}

TEST_F(FileSourceTest, RefusesWhatNeverEndsAndPipesThatNobodyNamed) {
  EXPECT_THAT(CreateError({"/dev/zero"}).message, HasSubstr("/dev/zero: is a device"));
  EXPECT_THAT(CreateError({"/dev/urandom"}).message, HasSubstr("is a device"));
  EXPECT_THAT(Read({"/dev/null"}), IsEmpty());
  dir_.Write("in/a.ndjson", "one\n");
  ASSERT_EQ(mkfifo(dir_.Path("in/b.ndjson").c_str(), 0600), 0);
  std::filesystem::create_symlink("/dev/zero", dir_.Path("in/c.ndjson"));
  const Error error = CreateError({dir_.Path("in")});
  EXPECT_EQ(error.code, ErrorCode::kInvalid);
  EXPECT_THAT(error.message,
              AllOf(HasSubstr("in/b.ndjson: is no regular file"), HasSubstr("in/c.ndjson: is a device")));
}

// Following.

class FileFollowTest : public FileSourceTest {
 protected:
  void Follow(std::vector<std::string> paths) {
    FileSourceOptions options;
    options.paths = std::move(paths);
    options.follow = true;
    auto source = FileSource::Create(std::move(options));
    ASSERT_TRUE(source) << source.error().message;
    source_ = *std::move(source);
    running_.emplace(*source_, inbox_);
  }
  // After so many looks whatever was there has been seen.
  void Looks(std::size_t looks) { EXPECT_TRUE(inbox_.WaitForBeats(looks)); }

  FakeInbox inbox_;
  std::unique_ptr<FileSource> source_;
  std::optional<RunningSource> running_;
};

TEST_F(FileFollowTest, ReadsOnAsTheFileGrows) {
  const std::string path = dir_.Write("a.ndjson", "one\n");
  Follow({path});
  EXPECT_TRUE(inbox_.WaitForRecords(1));
  dir_.Append("a.ndjson", "two\nthree\n");
  EXPECT_TRUE(inbox_.WaitForRecords(3));
  EXPECT_TRUE(running_->Stop());
  EXPECT_THAT(inbox_.payloads(), ElementsAre("one", "two", "three"));
  EXPECT_EQ(inbox_.records()[2].offset, 8);
  EXPECT_EQ(inbox_.records()[2].stream, path);
}

TEST_F(FileFollowTest, WaitsForTheEndOfAnUnfinishedLine) {
  Follow({dir_.Write("a.ndjson", "one\ntw")});
  EXPECT_TRUE(inbox_.WaitForRecords(1));
  Looks(3);
  dir_.Append("a.ndjson", "o-");
  Looks(3);
  EXPECT_THAT(inbox_.payloads(), ElementsAre("one"));
  dir_.Append("a.ndjson", "two\nthr");
  EXPECT_TRUE(inbox_.WaitForRecords(2));
  EXPECT_EQ(inbox_.payloads()[1], "two-two");
  Looks(3);
  EXPECT_TRUE(running_->Stop());
  EXPECT_THAT(inbox_.payloads(), ElementsAre("one", "two-two", "thr")) << "at the stop it is offered as it is";
  EXPECT_EQ(inbox_.records()[2].offset, 12);
}

TEST_F(FileFollowTest, GoesOnWithTheNewFileAfterRotationAndMissesNothingOfTheOldOne) {
  Follow({dir_.Write("a.ndjson", "one\n")});
  EXPECT_TRUE(inbox_.WaitForRecords(1));
  std::filesystem::rename(dir_.Path("a.ndjson"), dir_.Path("a.ndjson.1"));
  dir_.Append("a.ndjson.1", "last of the old\n");
  dir_.Write("a.ndjson", "first of the new\n");
  EXPECT_TRUE(inbox_.WaitForRecords(3));
  dir_.Append("a.ndjson.1", "a writer that was late\n");
  EXPECT_TRUE(inbox_.WaitForRecords(4));
  dir_.Append("a.ndjson", "second of the new\n");
  EXPECT_TRUE(inbox_.WaitForRecords(5));
  EXPECT_TRUE(running_->Stop());
  EXPECT_THAT(inbox_.payloads(), ::testing::UnorderedElementsAre("one", "last of the old", "first of the new",
                                                                 "a writer that was late", "second of the new"));
}

TEST_F(FileFollowTest, OffersTheUnfinishedLineOfAFileThatWasRemoved) {
  Follow({dir_.path()});
  const std::string path = dir_.Write("a.ndjson", "one\nhalf");
  EXPECT_TRUE(inbox_.WaitForRecords(1));
  std::filesystem::remove(path);
  EXPECT_TRUE(inbox_.WaitForRecords(2));
  EXPECT_EQ(inbox_.payloads()[1], "half");
  EXPECT_TRUE(running_->Stop());
}

TEST_F(FileFollowTest, BeginsAgainAfterTruncation) {
  Follow({dir_.Write("a.ndjson", "a long first line\nand a second\n")});
  EXPECT_TRUE(inbox_.WaitForRecords(2));
  dir_.Write("a.ndjson", "new\n");
  EXPECT_TRUE(inbox_.WaitForRecords(3));
  EXPECT_EQ(inbox_.records()[2].payload, "new");
  EXPECT_EQ(inbox_.records()[2].offset, 0);
  EXPECT_TRUE(running_->Stop());
}

TEST_F(FileFollowTest, FindsFilesThatAppearInADirectoryThatWasEmpty) {
  Follow({dir_.path()});
  Looks(2);
  dir_.Write("new/a.ndjson", "one\n");
  EXPECT_TRUE(inbox_.WaitForRecords(1));
  dir_.Write("new/b.json", "{\n\"b\": 1\n}");
  dir_.Write("new/c.ndjson.zst", Zstd("c\n"));
  EXPECT_TRUE(inbox_.WaitForRecords(3));
  Looks(5);
  EXPECT_TRUE(running_->Stop());
  EXPECT_THAT(inbox_.payloads(), ::testing::UnorderedElementsAre("one", "{\n\"b\": 1\n}", "c")) << "each once";
}

TEST_F(FileFollowTest, ReadsADocumentAgainWhenItIsReplaced) {
  const std::string path = dir_.Write("a.json", "{\"version\":1}");
  Follow({path});
  EXPECT_TRUE(inbox_.WaitForRecords(1));
  dir_.Write("next", "{\"version\":2}");
  std::filesystem::rename(dir_.Path("next"), path);
  EXPECT_TRUE(inbox_.WaitForRecords(2));
  EXPECT_EQ(inbox_.payloads()[1], "{\"version\":2}");
  EXPECT_TRUE(running_->Stop());
}

TEST_F(FileFollowTest, IsNotReadyWhileItsFileIsMissing) {
  const std::string path = dir_.Write("a.ndjson", "one\n");
  Follow({path});
  EXPECT_TRUE(inbox_.WaitForRecords(1));
  EXPECT_TRUE(source_->Ready());
  std::filesystem::remove(path);
  Looks(3);
  ASSERT_FALSE(source_->Ready());
  EXPECT_THAT(source_->Ready().error().message, HasSubstr(path));
  dir_.Write("a.ndjson", "two\n");
  EXPECT_TRUE(inbox_.WaitForRecords(2));
  Looks(2);
  EXPECT_TRUE(source_->Ready());
  EXPECT_TRUE(running_->Stop());
}

TEST_F(FileFollowTest, TellsOfACorruptFileOnceAndGoesOn) {
  const std::string whole = Zstd(std::string(100'000, 'x'));
  const std::string bad = dir_.Write("bad.ndjson.zst", whole.substr(0, whole.size() - 3));
  Follow({dir_.path()});
  dir_.Write("good.ndjson", "good\n");
  EXPECT_TRUE(inbox_.WaitForRecords(1));
  Looks(5);
  const Status status = running_->Stop();
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().message, AllOf(HasSubstr(bad), Not(HasSubstr("\n"))));
  EXPECT_THAT(inbox_.payloads(), ElementsAre("good"));
}

TEST_F(FileFollowTest, EndsWellWhenAFileThatFailedHasBeenReadSince) {
  const std::string whole = Zstd("late\n");
  Follow({dir_.Write("a.ndjson.zst", whole.substr(0, 6))});
  Looks(5);
  dir_.Write("a.ndjson.zst", whole);
  EXPECT_TRUE(inbox_.WaitForRecords(1));
  Looks(1);
  const Status status = running_->Stop();
  EXPECT_TRUE(status) << status.error().message;
}

TEST_F(FileFollowTest, RefusesToFollowAPipe) {
  const std::string path = dir_.Path("pipe");
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  FileSourceOptions options;
  options.paths = {path};
  options.follow = true;
  const auto source = FileSource::Create(std::move(options));
  ASSERT_FALSE(source);
  EXPECT_EQ(source.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(source.error().message, HasSubstr(path));
}

}  // namespace
}  // namespace wirewatch
