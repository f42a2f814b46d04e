// PostgreSQL through libpq: a few connections, each used by one call at a time, made when they are needed and made anew
// when the server has gone.
#include <fmt/format.h>

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "base/secret.h"
#include "base/text/numbers.h"
#include "base/text/printable.h"
#include "base/text/trim.h"
#include "connectors/store/postgres_handles.h"
#include "connectors/store/sql_database.h"

namespace wirewatch {
namespace {

constexpr std::size_t kMostConnections = 8;
constexpr int kMostTries = 5;

constexpr SqlDialect kDialect = {"FOR UPDATE SKIP LOCKED", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
                                 "TEXT COLLATE \"C\"", ""};

// Of pg_advisory_xact_lock: "wwst", and the SqlLock.
constexpr std::int64_t kLocks = std::int64_t{0x77777374} << 8;

// Of each new connection. A statement or an open transaction that stays so long is stuck: it holds the others up.
// synchronous_commit: a server may have it off, and forget what it said was written.
constexpr const char* kSettings =
    "SET statement_timeout = '30s'; SET lock_timeout = '30s'; SET idle_in_transaction_session_timeout = '60s';"
    "SET search_path = wirewatch; SET client_min_messages = warning; SET standard_conforming_strings = on;"
    "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'";

constexpr std::string_view kForm =
    "postgresql://USER:PASSWORD@HOST:PORT/DATABASE, with %XX for what is not a letter or digit in the password, or "
    "host=HOST dbname=DATABASE user=USER password='PASSWORD'";

// The server's words, on one line, without what must not be told.
std::string Words(const char* message) { return WithoutSecrets(Printable(Trimmed(message == nullptr ? "" : message))); }

// What became of a statement.
enum class Failure { kLasting, kAgain, kLost };
struct Failed {
  Failure failure = Failure::kLasting;
  Error error;
};

class PostgresRow : public SqlRow {
 public:
  PostgresRow(const PGresult* result, int row) : result_(result), row_(row) {}
  bool IsNull(int column) const override { return PQgetisnull(result_, row_, column) == 1; }
  std::int64_t Number(int column) const override { return ParseNumber<std::int64_t>(Text(column)).value_or(0); }
  std::string_view Text(int column) const override {
    return {PQgetvalue(result_, row_, column), static_cast<std::size_t>(PQgetlength(result_, row_, column))};
  }

 private:
  const PGresult* result_;
  int row_;
};

class PostgresSession : public SqlSession {
 public:
  PostgresSession(const std::string& place, const std::string& connection) : place_(place), connection_(connection) {}

  bool connected() const { return handle_ != nullptr && PQstatus(handle_.get()) == CONNECTION_OK; }
  // Of the last statement that failed since Begin.
  Failure failure() const { return failure_; }
  void Begin() { failure_ = Failure::kLasting; }

  Status Connect() {
    statements_.clear();
    // What stands before dbname is for what it does not say; what stands behind it holds in any case.
    constexpr const char* kKeys[] = {"connect_timeout",  "keepalives_idle",           "keepalives_interval",
                                     "keepalives_count", "tcp_user_timeout",          "dbname",
                                     "client_encoding",  "fallback_application_name", nullptr};
    const char* const values[] = {"10", "30", "10", "3", "30000", connection_.c_str(), "UTF8", "wirewatch", nullptr};
    handle_.reset(PQconnectdbParams(kKeys, values, 1));
    if (!connected()) {
      const std::string words = Words(PQerrorMessage(handle_.get()));
      handle_.reset();
      failure_ = Failure::kLost;
      return Error{ErrorCode::kUnavailable, fmt::format("{}: PostgreSQL is not reached: {}", place_, words)};
    }
    // It may come from elsewhere than the connection string.
    if (const char* password = PQpass(handle_.get()); password != nullptr) RememberSecret(password);
    PQsetNoticeProcessor(
        handle_.get(), [](void*, const char*) {}, nullptr);
    return RunScript(kSettings);
  }
  void Disconnect() { handle_.reset(); }

  Result<std::size_t> RunWith(std::string_view sql, std::span<const SqlValue> values, const EachSqlRow& each) override {
    key_ = sql;
    auto prepared = statements_.find(key_);
    if (prepared == statements_.end()) {
      std::string name = fmt::format("s{}", statements_.size());
      const PostgresResult made(PQprepare(handle_.get(), name.c_str(), key_.c_str(), 0, nullptr));
      if (Status status = Check(made.get()); !status) return std::move(status).error();
      prepared = statements_.emplace(key_, std::move(name)).first;
    }
    texts_.clear();
    texts_.reserve(values.size());  // their addresses stay
    places_.clear();
    for (const SqlValue& value : values) {
      if (const auto* number = std::get_if<std::int64_t>(&value)) {
        texts_.push_back(std::to_string(*number));
      } else if (const auto* text = std::get_if<std::string_view>(&value)) {
        texts_.emplace_back(*text);
      } else {
        places_.push_back(nullptr);
        continue;
      }
      places_.push_back(texts_.back().c_str());
    }
    const PostgresResult result(PQexecPrepared(handle_.get(), prepared->second.c_str(),
                                               static_cast<int>(places_.size()), places_.data(), nullptr, nullptr, 0));
    if (Status status = Check(result.get()); !status) return std::move(status).error();
    if (PQresultStatus(result.get()) == PGRES_COMMAND_OK) {
      return ParseNumber<std::size_t>(PQcmdTuples(result.get())).value_or(0);
    }
    const int rows = PQntuples(result.get());
    for (int row = 0; each && row < rows; ++row) each(PostgresRow(result.get(), row));
    return static_cast<std::size_t>(rows);
  }

  Status RunScript(const std::string& sql) override { return RunScript(sql.c_str()); }
  Status RunScript(const char* sql) {
    const PostgresResult result(PQexec(handle_.get(), sql));
    return Check(result.get());
  }

 private:
  Status Check(const PGresult* result) {
    const ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return {};
    const char* const code = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    auto [failure, error] =
        Judge(code == nullptr ? "" : code, Words(PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY)));
    failure_ = failure;
    return std::move(error);
  }

  // `code`: of PostgreSQL's appendix A; none where the connection broke.
  Failed Judge(std::string_view code, std::string words) const {
    const auto say = [&](ErrorCode kind, std::string_view what) {
      return Error{kind, fmt::format("{}: {}: {}", place_, what, words)};
    };
    if (code == "40001" || code == "40P01") {
      return {Failure::kAgain, say(ErrorCode::kUnavailable, "another transaction was first, again and again")};
    }
    // 57P0x: the server shuts down, has crashed or starts; 25006: it has become a standby.
    if (!connected() || code.starts_with("08") || code.starts_with("57P0") || code == "25006") {
      if (words.empty()) words = Words(PQerrorMessage(handle_.get()));
      return {Failure::kLost, say(ErrorCode::kUnavailable, "PostgreSQL went away")};
    }
    if (code == "57014" || code == "55P03") {
      return {Failure::kLasting, say(ErrorCode::kUnavailable, "PostgreSQL did not answer in 30 s")};
    }
    if (code.starts_with("53")) return {Failure::kLasting, say(ErrorCode::kUnavailable, "PostgreSQL has no room")};
    if (code == "42501") {
      return {Failure::kLasting, say(ErrorCode::kInvalid, "PostgreSQL does not allow it; grant this user the right")};
    }
    if (code.starts_with("22")) return {Failure::kLasting, say(ErrorCode::kInvalid, "PostgreSQL takes no such text")};
    if (code.empty()) words = Words(PQerrorMessage(handle_.get()));
    return {Failure::kLasting, say(ErrorCode::kInternal, fmt::format("PostgreSQL refused a statement ({})", code))};
  }

  const std::string place_, connection_;
  PostgresHandle handle_;
  std::unordered_map<std::string, std::string> statements_;  // their names on the server
  std::string key_;                                          // keeps its memory from call to call, as do these
  std::vector<std::string> texts_;
  std::vector<const char*> places_;
  Failure failure_ = Failure::kLasting;
};

class PostgresDatabase : public SqlDatabase {
 public:
  PostgresDatabase(std::string place, std::string connection)
      : place_(std::move(place)), connection_(std::move(connection)) {}

  const SqlDialect& Dialect() const override { return kDialect; }
  const std::string& Place() const override { return place_; }

  Status Write(SqlLock lock, const std::function<Status(SqlSession&)>& work) override {
    std::string begin = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";
    if (lock != SqlLock::kNone) {
      begin += fmt::format("; SELECT pg_advisory_xact_lock({})", kLocks + static_cast<std::int64_t>(lock));
    }
    return Try([&](PostgresSession& session, bool& repeatable) -> Status {
      Status status = session.RunScript(begin);
      if (status) status = work(session);
      if (!status) {
        if (session.connected()) {
          const Failure failure = session.failure();
          // One that cannot be rolled back is of no more use.
          if (!session.RunScript("ROLLBACK")) session.Disconnect();
          repeatable = failure != Failure::kLasting;
        }
        return status;
      }
      status = session.RunScript("COMMIT");
      // Whether the last step was done nobody knows when the connection breaks in it: the caller does it again.
      repeatable = !status && session.failure() == Failure::kAgain;
      return status;
    });
  }

  Status Read(const std::function<Status(SqlSession&)>& work) const override {
    return Try([&](PostgresSession& session, bool&) { return work(session); });
  }

  Result<std::int64_t> Version(SqlSession& session) const override {
    // Looked for first: to make it if need be would take the right to make one, also where it is there.
    std::int64_t schemas = 0, tables = 0, ours = 0, version = 0;
    auto rows = session.Run(
        "SELECT (SELECT count(*) FROM pg_catalog.pg_namespace WHERE nspname = 'wirewatch'), "
        "(SELECT count(*) FROM pg_catalog.pg_tables WHERE schemaname = 'wirewatch'), "
        "(SELECT count(*) FROM pg_catalog.pg_tables WHERE schemaname = 'wirewatch' AND tablename = 'store_version')",
        {}, [&](const SqlRow& row) {
          schemas = row.Number(0);
          tables = row.Number(1);
          ours = row.Number(2);
        });
    if (!rows) return std::move(rows).error();
    if (ours > 0) {
      rows = session.Run("SELECT version FROM store_version", {}, [&](const SqlRow& row) { version = row.Number(0); });
      if (!rows) return std::move(rows).error();
      return version;
    }
    if (tables > 0) {
      return Error{
          ErrorCode::kInvalid,
          fmt::format("{}: its schema 'wirewatch' has tables of another program; name another database", place_)};
    }
    if (schemas == 0) {
      if (Status made = session.RunScript("CREATE SCHEMA wirewatch"); !made) return std::move(made).error();
    }
    if (Status made = session.RunScript("CREATE TABLE store_version(version BIGINT NOT NULL);"
                                        "INSERT INTO store_version VALUES (0)");
        !made) {
      return std::move(made).error();
    }
    return version;
  }
  Status SetVersion(SqlSession& session, std::int64_t version) const override {
    auto rows = session.Run("UPDATE store_version SET version = $1", {version});
    if (!rows) return std::move(rows).error();
    return {};
  }

 private:
  // A connection is held for one call. `attempt` says whether nothing is left of it, so that it may run again.
  template <typename Attempt>
  Status Try(const Attempt& attempt) const {
    std::unique_ptr<PostgresSession> session = Take();
    Status status;
    bool was_connected = false;
    for (int tries = 0; tries < kMostTries; ++tries) {
      session->Begin();
      const bool fresh = !session->connected();
      if (fresh) {
        if (Status connected = session->Connect(); !connected) {
          status = std::move(connected).error();
          break;
        }
      }
      bool repeatable = true;
      status = attempt(*session, repeatable);
      if (status || !repeatable) break;
      // A connection that was idle may have been dead for long: then once more, on a new one.
      if (session->connected() ? session->failure() != Failure::kAgain : (fresh || was_connected)) break;
      was_connected = was_connected || !fresh;
    }
    if (!status && session->failure() == Failure::kLost) session->Disconnect();
    Give(std::move(session));
    return status;
  }

  std::unique_ptr<PostgresSession> Take() const {
    std::unique_lock lock(mutex_);
    given_back_.wait(lock, [&] { return !idle_.empty() || taken_ < kMostConnections; });
    ++taken_;
    if (idle_.empty()) return std::make_unique<PostgresSession>(place_, connection_);
    std::unique_ptr<PostgresSession> session = std::move(idle_.back());
    idle_.pop_back();
    return session;
  }
  void Give(std::unique_ptr<PostgresSession> session) const {
    {
      const std::lock_guard lock(mutex_);
      --taken_;
      idle_.push_back(std::move(session));
    }
    given_back_.notify_one();
  }

  const std::string place_, connection_;
  mutable std::mutex mutex_;
  mutable std::condition_variable given_back_;
  mutable std::vector<std::unique_ptr<PostgresSession>> idle_;
  mutable std::size_t taken_ = 0;
};

// libpq would tell parts of a string that it cannot read, which may be the password: it is read here first, and no word
// of it is told. Returns the place for sentences.
Result<std::string> CheckConnection(const std::string& connection) {
  const Error wrong = {ErrorCode::kInvalid,
                       fmt::format("this is no connection string of PostgreSQL (it is not shown, since it may hold a "
                                   "password); write {}",
                                   kForm)};
  // A password with '@' or '/' in it would be taken for a part of the host's name.
  if (const std::size_t scheme = connection.find("://"); scheme != std::string::npos) {
    const std::size_t at = connection.find('@');
    if (at != std::string::npos && connection.find('@', at + 1) != std::string::npos) return wrong;
    if (at != std::string::npos && connection.find_first_of("/?#", scheme + 3) < at) return wrong;
  }
  char* message = nullptr;
  const PostgresOptions options(PQconninfoParse(connection.c_str(), &message));
  PQfreemem(message);
  if (options == nullptr) return wrong;
  std::string host = "localhost", database, port;
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    const std::string_view keyword(option->keyword);
    const std::string_view value(option->val == nullptr ? "" : option->val);
    if (value.empty()) continue;
    if (*option->dispchar == '*') RememberSecret(value);
    if (keyword == "host") host = value;
    if (keyword == "dbname") database = value;
    if (keyword == "port") port = value;
  }
  if (port.find_first_not_of("0123456789,") != std::string::npos) return wrong;
  return WithoutSecrets(Printable(fmt::format("{}{}{}/{}", host, port.empty() ? "" : ":", port, database)));
}

}  // namespace

Result<std::unique_ptr<SqlDatabase>> OpenPostgresDatabase(const std::string& connection) {
  auto place = CheckConnection(connection);
  if (!place) return std::move(place).error();
  auto database = std::make_unique<PostgresDatabase>(*std::move(place), connection);
  if (Status reached = database->Read([](SqlSession& session) { return session.RunScript("SELECT 1"); }); !reached) {
    return std::move(reached).error();
  }
  return std::unique_ptr<SqlDatabase>(std::move(database));
}

}  // namespace wirewatch
