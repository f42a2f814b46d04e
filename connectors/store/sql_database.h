// SqlDatabase: the border between the store's SQL and the two databases that run it: SQLite and PostgreSQL.
//
// The SQL is what both understand (upserts, RETURNING, row values, partial indexes); the few words in which they differ
// stand in SqlDialect. Places of values are written $1, $2 and so on. A statement is prepared once for each connection,
// by its text: so texts come from a small set, and values never stand in them.
//
// Threads: SqlDatabase: any. SqlSession: the one that it was given to, during the call.
// Errors:  kUnavailable: not reached, locked, full or stopped: try again. kInvalid: it is another's, of a later
//          version, or broken; or a text is no UTF-8. kIo: the file system refused. kInternal: the SQL is wrong.
//          Nothing of a failed Write is left. No sentence holds a password.
#ifndef WIREWATCH_CONNECTORS_STORE_SQL_DATABASE_H_
#define WIREWATCH_CONNECTORS_STORE_SQL_DATABASE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "base/result.h"

namespace wirewatch {

// NULL, a number or a text. A text is borrowed during the call.
using SqlValue = std::variant<std::monostate, std::int64_t, std::string_view>;

// A row of an answer, during the call. Columns count from 0.
class SqlRow {
 public:
  virtual ~SqlRow() = default;
  virtual bool IsNull(int column) const = 0;
  virtual std::int64_t Number(int column) const = 0;    // of NULL: 0
  virtual std::string_view Text(int column) const = 0;  // of NULL: empty; borrowed until the next row
};
// Only copies what it is shown: it runs while the statement does.
using EachSqlRow = std::function<void(const SqlRow&)>;

// A connection at work.
class SqlSession {
 public:
  virtual ~SqlSession() = default;

  // Returns the rows that were shown to `each`, or, of a statement that answers none, those that it changed.
  virtual Result<std::size_t> RunWith(std::string_view sql, std::span<const SqlValue> values,
                                      const EachSqlRow& each) = 0;
  // Statements without values, one behind the other: those that make tables.
  virtual Status RunScript(const std::string& sql) = 0;

  Result<std::size_t> Run(std::string_view sql, std::initializer_list<SqlValue> values,
                          const EachSqlRow& each = nullptr) {
    return RunWith(sql, std::span(values.begin(), values.size()), each);
  }
};

// What writes take turns on, beyond the rows that they touch. SQLite has one writer at a time anyway.
enum class SqlLock : std::uint8_t { kNone, kTables, kOutbox, kSubscriptions };

struct SqlDialect {
  std::string_view skip_locked;    // behind a SELECT of rows that are to be changed: leaves out those of others
  std::string_view number_key;     // the type of a key that the database counts up
  std::string_view text;           // the type of a text, ordered by its bytes
  std::string_view without_rowid;  // behind a table: ordered by its key
};

class SqlDatabase {
 public:
  virtual ~SqlDatabase() = default;

  virtual const SqlDialect& Dialect() const = 0;
  // For sentences: a path, or host and name of the database.
  virtual const std::string& Place() const = 0;

  // One transaction. `work` may run several times, each time from the beginning: what lost against another transaction,
  // or its connection, before it was done is tried again. kUnavailable may also mean that the connection went away
  // during the last step, and the work is done: all work here may be repeated.
  virtual Status Write(SqlLock lock, const std::function<Status(SqlSession&)>& work) = 0;
  // Without a transaction: each statement sees one state, two may see two. Runs again as in Write.
  virtual Status Read(const std::function<Status(SqlSession&)>& work) const = 0;

  // The version of the tables; 0: there are none yet. kInvalid: they are not ours.
  virtual Result<std::int64_t> Version(SqlSession& session) const = 0;
  virtual Status SetVersion(SqlSession& session, std::int64_t version) const = 0;
};

// The answer of `work`, a function of SqlSession& to a Result<T>.
template <typename T, typename Work>
Result<T> WriteFor(SqlDatabase& database, SqlLock lock, const Work& work) {
  std::optional<T> answer;
  Status status = database.Write(lock, [&](SqlSession& session) -> Status {
    Result<T> result = work(session);
    if (!result) return std::move(result).error();
    answer.emplace(*std::move(result));
    return {};
  });
  if (!status) return std::move(status).error();
  return *std::move(answer);
}

// A file, made with mode 0600 if need be; its directory must exist. ":memory:": none, one for each call.
Result<std::unique_ptr<SqlDatabase>> OpenSqliteDatabase(const std::string& path);

// `connection`: as libpq takes it, "postgresql://user@host/database" or "host=... dbname=...". The tables are in its
// schema "wirewatch". Reached once before this returns.
Result<std::unique_ptr<SqlDatabase>> OpenPostgresDatabase(const std::string& connection);

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_STORE_SQL_DATABASE_H_
