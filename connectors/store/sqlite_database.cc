// SQLite: one connection that writes, and as many that read as there are readers at once. A write-ahead log lets them
// read while it writes. Other processes may have the same file open.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "base/file_read.h"
#include "base/io/io_error.h"
#include "base/unique_fd.h"
#include "connectors/store/sql_database.h"
#include "connectors/store/sqlite_handles.h"

namespace wirewatch {
namespace {

constexpr std::int64_t kApplication = 0x77777374;  // "wwst"
constexpr int kBusyMs = 10'000;                    // another process may write a large batch
constexpr std::size_t kMostIdleReaders = 8;

constexpr SqlDialect kDialect = {"", "INTEGER PRIMARY KEY", "TEXT", "WITHOUT ROWID"};

class SqliteRow : public SqlRow {
 public:
  explicit SqliteRow(sqlite3_stmt* statement) : statement_(statement) {}
  bool IsNull(int column) const override { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
  std::int64_t Number(int column) const override { return sqlite3_column_int64(statement_, column); }
  std::string_view Text(int column) const override {
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
    if (text == nullptr) return {};
    return {text, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
  }

 private:
  sqlite3_stmt* statement_;
};

class SqliteSession : public SqlSession {
 public:
  static Result<std::unique_ptr<SqliteSession>> Open(const std::string& path) {
    sqlite3* database = nullptr;
    const int opened = sqlite3_open_v2(path.c_str(), &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
    std::unique_ptr<SqliteSession> session(new SqliteSession(path, SqliteDatabase(database)));
    if (opened != SQLITE_OK) return session->Failed();
    sqlite3_extended_result_codes(database, 1);
    sqlite3_busy_timeout(database, kBusyMs);
    return session;
  }

  Result<std::size_t> RunWith(std::string_view sql, std::span<const SqlValue> values, const EachSqlRow& each) override {
    auto prepared = Prepared(sql);
    if (!prepared) return std::move(prepared).error();
    sqlite3_stmt* const statement = *prepared;
    for (std::size_t i = 0; i < values.size(); ++i) Bind(statement, static_cast<int>(i) + 1, values[i]);
    std::size_t rows = 0;
    int step = SQLITE_ROW;
    while ((step = sqlite3_step(statement)) == SQLITE_ROW) {
      ++rows;
      if (each) each(SqliteRow(statement));
    }
    Result<std::size_t> result = rows;
    if (step != SQLITE_DONE) {
      result = Failed();
    } else if (sqlite3_column_count(statement) == 0) {
      result = static_cast<std::size_t>(sqlite3_changes64(database_.get()));
    }
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);  // the values are gone now
    return result;
  }

  Status RunScript(const std::string& sql) override {
    if (sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK) return {};
    return Failed();
  }

  // What failed may have ended the transaction by itself.
  void Rollback() {
    if (sqlite3_get_autocommit(database_.get()) == 0) {
      sqlite3_exec(database_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
    }
  }

  Result<std::int64_t> Number(std::string_view sql) {
    std::int64_t number = 0;
    auto rows = Run(sql, {}, [&](const SqlRow& row) { number = row.Number(0); });
    if (!rows) return std::move(rows).error();
    return number;
  }

 private:
  SqliteSession(std::string path, SqliteDatabase database) : path_(std::move(path)), database_(std::move(database)) {}

  static void Bind(sqlite3_stmt* statement, int place, const SqlValue& value) {
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
      sqlite3_bind_int64(statement, place, *number);
    } else if (const auto* text = std::get_if<std::string_view>(&value)) {
      // Of no bytes the pointer may be null, which SQLite would take for NULL.
      sqlite3_bind_text64(statement, place, text->empty() ? "" : text->data(), text->size(), SQLITE_STATIC,
                          SQLITE_UTF8);
    } else {
      sqlite3_bind_null(statement, place);
    }
  }

  Result<sqlite3_stmt*> Prepared(std::string_view sql) {
    key_ = sql;
    if (const auto found = statements_.find(key_); found != statements_.end()) return found->second.get();
    std::string own = key_;
    for (char& c : own) c = c == '$' ? '?' : c;  // "$1" would be a name of SQLite's, "?1" is the first value
    sqlite3_stmt* statement = nullptr;
    const int prepared = sqlite3_prepare_v3(database_.get(), own.data(), static_cast<int>(own.size()),
                                            SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (prepared != SQLITE_OK) return Failed();
    statements_.emplace(key_, SqliteStatement(statement));
    return statement;
  }

  Error Failed() const {
    const int code = sqlite3_errcode(database_.get());  // masked below: extended codes are on
    const char* const reason = sqlite3_errmsg(database_.get());
    switch (code & 0xFF) {
      case SQLITE_BUSY:
      case SQLITE_LOCKED:
        return {ErrorCode::kUnavailable,
                fmt::format("{}: another process writes to this store for a long time", path_)};
      case SQLITE_FULL:
        return {ErrorCode::kUnavailable,
                fmt::format("{}: the store cannot grow ({}); free space on its file system", path_, reason)};
      case SQLITE_NOTADB:
      case SQLITE_CORRUPT:
        return {ErrorCode::kInvalid,
                fmt::format("{}: this is no store that wirewatch can read ({}); name another file, or restore a copy",
                            path_, reason)};
      case SQLITE_CANTOPEN:
      case SQLITE_IOERR:
      case SQLITE_PERM:
      case SQLITE_READONLY:
        return {ErrorCode::kIo, fmt::format("{}: the store cannot be read or written: {}", path_, reason)};
      default: return {ErrorCode::kInternal, fmt::format("{}: SQLite refused a statement: {}", path_, reason)};
    }
  }

  const std::string path_;
  const SqliteDatabase database_;
  std::unordered_map<std::string, SqliteStatement> statements_;  // before the database
  std::string key_;                                              // keeps its memory from call to call
};

class SqliteStoreDatabase : public SqlDatabase {
 public:
  explicit SqliteStoreDatabase(std::string path) : path_(std::move(path)) {}

  Status Open() {
    if (!InMemory()) {
      if (Status made = MakeFile(); !made) return made;
    }
    auto writer = SqliteSession::Open(path_);
    if (!writer) return std::move(writer).error();
    writer_ = *std::move(writer);
    // Before anything is written: the file may be another program's.
    if (Status ours = CheckOwner(*writer_); !ours) return ours;
    if (!InMemory()) {
      std::string mode;
      auto asked = writer_->Run("PRAGMA journal_mode=WAL", {}, [&](const SqlRow& row) { mode = row.Text(0); });
      if (!asked) return std::move(asked).error();
      if (mode != "wal") {
        return Error{
            ErrorCode::kIo,
            fmt::format("{}: its file system cannot keep a write-ahead log; name a file on a local disk", path_)};
      }
    }
    // FULL: what was told to be written is on the disk, also after a power cut. The log is copied into the file each 32
    // MiB and not each 4: keys are hashes, so that a batch changes pages all over the file, again and again the same.
    return writer_->RunScript(
        "PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA journal_size_limit=67108864;"
        "PRAGMA wal_autocheckpoint=8192; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-65536;"
        "PRAGMA trusted_schema=OFF;");
  }

  const SqlDialect& Dialect() const override { return kDialect; }
  const std::string& Place() const override { return path_; }

  Status Write(SqlLock, const std::function<Status(SqlSession&)>& work) override {
    const std::lock_guard lock(writing_);
    Status status = writer_->RunScript("BEGIN IMMEDIATE");
    if (status) status = work(*writer_);
    if (status) status = writer_->RunScript("COMMIT");
    if (!status) writer_->Rollback();
    return status;
  }

  Status Read(const std::function<Status(SqlSession&)>& work) const override {
    if (InMemory()) {  // there is no other connection to it
      const std::lock_guard lock(writing_);
      return work(*writer_);
    }
    auto reader = TakeReader();
    if (!reader) return std::move(reader).error();
    Status status = work(**reader);
    const std::lock_guard lock(reading_);
    if (status && idle_.size() < kMostIdleReaders) idle_.push_back(*std::move(reader));
    return status;
  }

  Result<std::int64_t> Version(SqlSession& session) const override {
    std::int64_t version = 0;
    auto rows = session.Run("PRAGMA user_version", {}, [&](const SqlRow& row) { version = row.Number(0); });
    if (!rows) return std::move(rows).error();
    return version;
  }
  Status SetVersion(SqlSession& session, std::int64_t version) const override {
    return session.RunScript(fmt::format("PRAGMA application_id={}; PRAGMA user_version={}", kApplication, version));
  }

 private:
  bool InMemory() const { return path_ == ":memory:"; }

  // SQLite would make it readable for all, and take what is no file.
  Status MakeFile() const {
    const UniqueFd made(open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0600));
    struct stat status {};
    if (!made || fstat(made.get(), &status) != 0) return IoError(path_, "the store cannot be opened", errno);
    if (!S_ISREG(status.st_mode)) {
      return Error{ErrorCode::kInvalid, fmt::format("{}: is {}; name a file", path_, FileKind(status.st_mode))};
    }
    return {};
  }

  Status CheckOwner(SqliteSession& session) const {
    // In this order: another process that makes the store just now commits tables and application together, and may do
    // so between the two.
    const auto tables = session.Number("SELECT count(*) FROM sqlite_schema");
    if (!tables) return tables.error();
    const auto application = session.Number("PRAGMA application_id");
    if (!application) return application.error();
    if (*application == kApplication || (*application == 0 && *tables == 0)) return {};
    return Error{ErrorCode::kInvalid,
                 fmt::format("{}: this is a database of another program, or another one of wirewatch's; name another "
                             "file for the store",
                             path_)};
  }

  Result<std::unique_ptr<SqliteSession>> TakeReader() const {
    {
      const std::lock_guard lock(reading_);
      if (!idle_.empty()) {
        std::unique_ptr<SqliteSession> reader = std::move(idle_.back());
        idle_.pop_back();
        return reader;
      }
    }
    auto reader = SqliteSession::Open(path_);
    if (!reader) return reader;
    if (Status set = (*reader)->RunScript("PRAGMA query_only=ON; PRAGMA temp_store=MEMORY; PRAGMA trusted_schema=OFF");
        !set) {
      return std::move(set).error();
    }
    return reader;
  }

  const std::string path_;
  mutable std::mutex writing_, reading_;
  std::unique_ptr<SqliteSession> writer_;
  mutable std::vector<std::unique_ptr<SqliteSession>> idle_;
};

}  // namespace

Result<std::unique_ptr<SqlDatabase>> OpenSqliteDatabase(const std::string& path) {
  auto database = std::make_unique<SqliteStoreDatabase>(path);
  if (Status opened = database->Open(); !opened) return std::move(opened).error();
  return std::unique_ptr<SqlDatabase>(std::move(database));
}

}  // namespace wirewatch
