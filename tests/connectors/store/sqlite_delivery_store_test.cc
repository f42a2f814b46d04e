#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <memory>
#include <string>

#include "connectors/store/delivery_store_sql.h"
#include "connectors/store/delivery_stores.h"
#include "connectors/store/sql_database.h"
#include "connectors/store/sqlite_alert_memory.h"
#include "connectors/store/store_migrations.h"
#include "tests/connectors/store/delivery_store_contract.h"
#include "tests/support/temp_dir.h"

namespace wirewatch {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

class SqlitePlace : public StorePlace {
 public:
  Result<std::unique_ptr<DeliveryStore>> Open() const override { return OpenSqliteStore(path()); }
  Result<std::unique_ptr<SqlDatabase>> OpenDatabase() const override { return OpenSqliteDatabase(path()); }

 private:
  std::string path() const { return directory_.Path("store.sqlite"); }
  TempDir directory_;
};
std::unique_ptr<StorePlace> MakePlace() { return std::make_unique<SqlitePlace>(); }

INSTANTIATE_TEST_SUITE_P(Sqlite, DeliveryStoreContract, testing::Values(&MakePlace));

TEST(SqliteDeliveryStoreTest, TheFileIsForTheUserAlone) {
  const TempDir directory;
  const std::string path = directory.Path("store.sqlite");
  const auto store = Must(OpenSqliteStore(path));
  const AlertNotice notice = NoticeOf(1);
  RecordOf(*store, notice, {AtOnce(notice)});
  for (const char* end : {"", "-wal", "-shm"}) {
    struct stat status {};
    ASSERT_EQ(stat((path + end).c_str(), &status), 0) << end;
    EXPECT_EQ(status.st_mode & 0777, 0600u) << end;
  }
}

TEST(SqliteDeliveryStoreTest, AStoreInMemoryIsOneForEachOpening) {
  const auto first = Must(OpenSqliteStore(":memory:")), second = Must(OpenSqliteStore(":memory:"));
  const AlertNotice notice = NoticeOf(1);
  EXPECT_EQ(RecordOf(*first, notice, {AtOnce(notice)}), 1u);
  EXPECT_THAT(Must(first->Claim(ClaimBy("a", 0))), SizeIs(1));
  EXPECT_THAT(Must(second->Claim(ClaimBy("a", 0))), SizeIs(0));
  EXPECT_FALSE(std::filesystem::exists(":memory:"));
}

TEST(SqliteDeliveryStoreTest, RefusesWhatIsNoStoreAndLeavesItAsItIs) {
  const TempDir directory;
  const std::string text = directory.Write("notes.txt", std::string(5'000, 'n'));
  const std::string memory = directory.Path("memory.sqlite");
  Must(SqliteAlertMemory::Open(memory));
  std::filesystem::create_directory(directory.Path("directory"));
  for (const char* name : {"notes.txt", "memory.sqlite", "directory"}) {
    const auto opened = OpenSqliteStore(directory.Path(name));
    ASSERT_FALSE(opened) << name;
    EXPECT_NE(opened.error().code, ErrorCode::kInternal) << name;
    EXPECT_THAT(opened.error().message, HasSubstr(directory.Path(name)));
  }
  EXPECT_EQ(OpenSqliteStore(text).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(OpenSqliteStore(memory).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(directory.Read("notes.txt"), std::string(5'000, 'n'));
  EXPECT_TRUE(SqliteAlertMemory::Open(memory));
  const auto missing = OpenSqliteStore(directory.Path("no/such/store"));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
}

TEST(SqliteDeliveryStoreTest, AFullDiskLosesNothingAndIsSaid) {
  const TempDir directory;
  auto database = Must(OpenSqliteDatabase(directory.Path("store.sqlite")));
  Must(Migrate(*database, StoreMigrations()));
  const auto most_pages = [](SqlDatabase& of, std::int64_t pages) {
    Must(of.Write(SqlLock::kNone, [&](SqlSession& session) {
      return session.RunScript("PRAGMA max_page_count=" + std::to_string(pages));
    }));
  };
  most_pages(*database, 120);
  SqlDatabase& limited = *database;
  DeliveryStoreSql store(std::move(database));
  int recorded = 0;
  Error error{ErrorCode::kInternal, ""};
  for (int i = 0; i < 1'000; ++i) {
    const AlertNotice notice = NoticeOf(i);
    auto written = store.Record({{&notice, {AtOnce(notice)}}});
    if (!written) {
      error = std::move(written).error();
      break;
    }
    ++recorded;
  }
  EXPECT_EQ(error.code, ErrorCode::kUnavailable);
  EXPECT_THAT(error.message, HasSubstr("free space"));
  EXPECT_GT(recorded, 10);
  EXPECT_THAT(Must(store.Ledger({}, {"", 10'000})), SizeIs(recorded)) << "it can still be read";
  most_pages(limited, 100'000);
  const AlertNotice notice = NoticeOf(recorded);
  EXPECT_EQ(RecordOf(store, notice, {AtOnce(notice)}), 1u) << "and goes on when there is room";
}

TEST(SqliteDeliveryStoreTest, ABrokenFileIsSaidToBeBroken) {
  const TempDir directory;
  const std::string path = directory.Path("store.sqlite");
  Must(OpenSqliteStore(path));
  std::string content = directory.Read("store.sqlite");
  ASSERT_GT(content.size(), 8'192u);
  std::fill(content.begin() + 100, content.begin() + 4'096, '\xAA');
  directory.Write("store.sqlite", content);
  const auto opened = OpenSqliteStore(path);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kInvalid);
}

}  // namespace
}  // namespace wirewatch
