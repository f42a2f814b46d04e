#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <memory>
#include <string>
#include <thread>

#include "connectors/store/delivery_stores.h"
#include "connectors/store/sql_database.h"
#include "tests/connectors/store/delivery_store_contract.h"
#include "tests/support/postgres_server.h"

namespace wirewatch {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

class PostgresPlace : public StorePlace {
 public:
  Result<std::unique_ptr<DeliveryStore>> Open() const override { return OpenPostgresStore(connection_); }
  Result<std::unique_ptr<SqlDatabase>> OpenDatabase() const override { return OpenPostgresDatabase(connection_); }

 private:
  const std::string connection_ = PostgresServer::Get().Connection(PostgresServer::Get().NewDatabase());
};
std::unique_ptr<StorePlace> MakePlace() { return std::make_unique<PostgresPlace>(); }

INSTANTIATE_TEST_SUITE_P(Postgres, DeliveryStoreContract, testing::Values(&MakePlace));

TEST(PostgresDeliveryStoreTest, GoesOnWhenTheServerWasRestartedBetweenTwoCalls) {
  const PostgresPlace place;
  const auto store = Must(place.Open());
  const AlertNotice first = NoticeOf(1), second = NoticeOf(2);
  RecordOf(*store, first, {AtOnce(first)});
  PostgresServer::Get().Stop();
  const auto gone = store->Claim(ClaimBy("a", 0));
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().code, ErrorCode::kUnavailable);
  EXPECT_FALSE(store->Ready());
  PostgresServer::Get().Start();
  EXPECT_TRUE(store->Ready());
  EXPECT_EQ(RecordOf(*store, second, {AtOnce(second)}), 1u);
  PostgresServer::Get().Stop();
  PostgresServer::Get().Start();
  EXPECT_THAT(Must(store->Claim(ClaimBy("a", 0))), SizeIs(2)) << "without a word about it";
}

TEST(PostgresDeliveryStoreTest, WorkWhoseConnectionBrokeRunsAgain) {
  const PostgresPlace place;
  Must(place.Open());
  const auto database = Must(place.OpenDatabase());
  int runs = 0;
  Must(database->Write(SqlLock::kNone, [&](SqlSession& session) -> Status {
    if (++runs == 1) {
      std::int64_t backend = 0;
      auto asked = session.Run("SELECT pg_backend_pid()", {}, [&](const SqlRow& row) { backend = row.Number(0); });
      if (!asked) return asked.error();
      PostgresServer::Get().Run("postgres", fmt::format("SELECT pg_terminate_backend({}, 10000)", backend));
    }
    auto rows = session.Run("INSERT INTO secrets(name, value) VALUES ($1, $2)", {"a", "b"});
    return rows ? Status() : Status(rows.error());
  }));
  EXPECT_EQ(runs, 2);
}

TEST(PostgresDeliveryStoreTest, ADeadlockIsTriedAgain) {
  const PostgresPlace place;
  Must(place.Open());
  const auto database = Must(place.OpenDatabase());
  Must(database->Write(SqlLock::kNone, [](SqlSession& session) {
    return session.RunScript("INSERT INTO secrets(name, value) VALUES ('a', '0'), ('b', '0')");
  }));
  std::barrier both(2);
  std::atomic<int> runs = 0;
  const auto change = [&](std::string_view first, std::string_view second) {
    bool is_first_run = true;
    Must(database->Write(SqlLock::kNone, [&](SqlSession& session) -> Status {
      ++runs;
      constexpr std::string_view kUpdate = "UPDATE secrets SET value = $1 WHERE name = $2";
      if (auto rows = session.Run(kUpdate, {first, first}); !rows) return rows.error();
      if (std::exchange(is_first_run, false)) both.arrive_and_wait();
      auto rows = session.Run(kUpdate, {first, second});
      return rows ? Status() : Status(rows.error());
    }));
  };
  std::thread other([&] { change("a", "b"); });
  change("b", "a");
  other.join();
  EXPECT_GE(runs, 3) << "one of them at least had to begin anew";
}

TEST(PostgresDeliveryStoreTest, NamesItselfToTheServer) {
  const PostgresPlace place;
  const auto database = Must(place.OpenDatabase());
  std::string name;
  Must(database->Read([&](SqlSession& session) -> Status {
    auto rows =
        session.Run("SELECT current_setting('application_name')", {}, [&](const SqlRow& row) { name = row.Text(0); });
    return rows ? Status() : Status(rows.error());
  }));
  EXPECT_EQ(name, "wirewatch");
}

TEST(PostgresDeliveryStoreTest, RefusesASchemaOfAnotherProgram) {
  PostgresServer& server = PostgresServer::Get();
  const std::string database = server.NewDatabase();
  server.Run(database, "CREATE SCHEMA wirewatch; CREATE TABLE wirewatch.theirs(a INT)");
  const auto opened = OpenPostgresStore(server.Connection(database));
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(opened.error().message, HasSubstr("another program"));
}

TEST(PostgresDeliveryStoreTest, SaysWhichRightIsMissing) {
  PostgresServer& server = PostgresServer::Get();
  const std::string database = server.NewDatabase();
  server.Run(database, "CREATE USER nobody_special");
  const auto opened = OpenPostgresStore(server.Connection(database, "nobody_special"));
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(opened.error().message, HasSubstr("grant"));
  server.Run(database, "CREATE SCHEMA wirewatch AUTHORIZATION nobody_special");
  EXPECT_TRUE(OpenPostgresStore(server.Connection(database, "nobody_special"))) << "its own schema is enough";
}

TEST(PostgresDeliveryStoreTest, NoErrorHoldsThePassword) {
  PostgresServer& server = PostgresServer::Get();
  const std::string database = server.NewDatabase();
  const std::string guarded = server.Connection(database, PostgresServer::kGuardedUser);
  EXPECT_FALSE(OpenPostgresStore(guarded)) << "a password is needed";
  server.Run(database, fmt::format("CREATE SCHEMA wirewatch AUTHORIZATION {}", PostgresServer::kGuardedUser));
  EXPECT_TRUE(OpenPostgresStore(fmt::format("{} password='{}'", guarded, PostgresServer::kGuardedPassword)));
  const std::string word = "hunter2-swordfish";
  for (const std::string& connection : {
           fmt::format("{} password='{}'", guarded, word),
           fmt::format("host=/nowhere dbname=x password={}", word),
           fmt::format("host=/nowhere dbname=x pasword={}", word),
           fmt::format("host=/nowhere dbname=x password={} {}", word, word),
           fmt::format("host=/nowhere dbname=x password='{}", word),
           fmt::format("host=/nowhere port=1{} dbname=x", word),
           fmt::format("postgresql://ada:{}@localhost:1/x", word),
           fmt::format("postgresql://ada:@{}@localhost:1/x", word),
           fmt::format("postgresql://ada:a@{}:1/x@localhost", word),
           fmt::format("postgresql://ada:a/{}@localhost/x", word),
           fmt::format("postgresql://ada:a%zz{}@localhost/x", word),
           fmt::format("postgresql://ada:{}@localhost:1/x?sslmode=sometimes", word),
           fmt::format("postgresql://localhost:1/x?user=ada&password={}&{}", word, word),
           word,
       }) {
    const auto opened = OpenPostgresStore(connection);
    ASSERT_FALSE(opened) << connection;
    EXPECT_THAT(opened.error().message, Not(HasSubstr(word))) << connection;
    EXPECT_THAT(opened.error().message, Not(HasSubstr("hunter2"))) << connection;
  }
}

TEST(PostgresDeliveryStoreTest, MoreCallsAtOnceThanConnectionsWaitForOne) {
  const PostgresPlace place;
  const auto store = Must(place.Open());
  std::vector<std::thread> threads;
  std::atomic<int> done = 0;
  for (int i = 0; i < 24; ++i) {
    threads.emplace_back([&] {
      for (int call = 0; call < 10; ++call) done += Must(store->NextDue()) ? 0 : 1;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(done, 240);
}

}  // namespace
}  // namespace wirewatch

int main(int argc, char** argv) { return wirewatch::RunTestsWithPostgres(argc, argv); }
