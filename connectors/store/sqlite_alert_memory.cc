#include "connectors/store/sqlite_alert_memory.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <limits>
#include <utility>

#include "base/file_read.h"
#include "base/io/io_error.h"
#include "base/unique_fd.h"
#include "connectors/store/sqlite_handles.h"

namespace wirewatch {
namespace {

// "wwam", and the version of the table.
constexpr int kApplication = 0x7777616D, kTables = 1;
constexpr std::chrono::minutes kForgetInterval{1};
constexpr std::int64_t kAlways = std::numeric_limits<std::int64_t>::max();

std::int64_t Micros(WallTime time) { return time.time_since_epoch().count(); }

}  // namespace

struct SqliteAlertMemory::Rep {
  Error Failed(std::string_view what) const {
    const int code = sqlite3_errcode(database.get());
    if (code == SQLITE_BUSY || code == SQLITE_LOCKED) {
      return {ErrorCode::kUnavailable,
              fmt::format("{}: another process uses this memory of alerts; give each its own (alerts.state)", path)};
    }
    if (code == SQLITE_NOTADB || code == SQLITE_CORRUPT) {
      return {ErrorCode::kInvalid,
              fmt::format("{}: this is no memory of alerts as wirewatch writes it ({}); move it away: what has alerted "
                          "is forgotten then, and may alert again",
                          path, sqlite3_errmsg(database.get()))};
    }
    return {ErrorCode::kIo, fmt::format("{}: {}: {}", path, what, sqlite3_errmsg(database.get()))};
  }
  Status Run(const std::string& sql) const {
    if (sqlite3_exec(database.get(), sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK) return {};
    return Failed("cannot be used");
  }
  Result<std::int64_t> Number(const std::string& sql) const {
    auto statement = Prepare(sql);
    if (!statement) return std::move(statement).error();
    if (sqlite3_step(statement->get()) != SQLITE_ROW) return Failed("cannot be read");
    return sqlite3_column_int64(statement->get(), 0);
  }
  Result<SqliteStatement> Prepare(std::string_view sql) const {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(database.get(), sql.data(), static_cast<int>(sql.size()), &statement, nullptr) != SQLITE_OK)
      return Failed("cannot be used");
    return SqliteStatement(statement);
  }
  // A full disk is waited for, as the sinks do: is_full, and to be tried again.
  Status OpenTables();
  Status TryTables();
  Status Write(const RememberedEntry& article) const;

  std::string path;
  SqliteDatabase database;
  // Before their database.
  SqliteStatement put, remove;
  bool is_full = false;  // there are no tables yet
  SteadyTime forgot{};
};

Result<std::unique_ptr<AlertMemory>> SqliteAlertMemory::Open(const std::string& path) {
  {  // SQLite would make it readable for all, and take what is no file
    const UniqueFd made(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0600));
    struct stat status {};
    if (!made || fstat(made.get(), &status) != 0) {
      return IoError(path, "the memory of alerts cannot be opened", errno);
    }
    if (!S_ISREG(status.st_mode)) {
      return Error{ErrorCode::kInvalid, fmt::format("{}: is {}; name a file", path, FileKind(status.st_mode))};
    }
  }
  auto rep = std::make_unique<Rep>();
  rep->path = path;
  sqlite3* database = nullptr;
  const int opened = sqlite3_open_v2(path.c_str(), &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  rep->database.reset(database);
  if (opened != SQLITE_OK) return rep->Failed("cannot be opened");
  if (Status tables = rep->OpenTables(); !tables && !rep->is_full) return std::move(tables).error();
  return std::unique_ptr<AlertMemory>(new SqliteAlertMemory(std::move(rep)));
}

Status SqliteAlertMemory::Rep::OpenTables() {
  Status opened = TryTables();
  is_full = !opened && sqlite3_errcode(database.get()) == SQLITE_FULL;
  if (!opened) sqlite3_exec(database.get(), "ROLLBACK", nullptr, nullptr, nullptr);
  return opened;
}

Status SqliteAlertMemory::Rep::TryTables() {
  // Locked as long as we live. The write takes the lock.
  if (Status set = Run("PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"); !set)
    return set;
  const auto application = Number("PRAGMA application_id");
  const auto version = Number("PRAGMA user_version");
  const auto tables = Number("SELECT count(*) FROM sqlite_schema");
  for (const auto* number : {&application, &version, &tables}) {
    if (!*number) return number->error();
  }
  const bool is_new = *application == 0 && *version == 0 && *tables == 0;
  if (!is_new && (*application != kApplication || *version != kTables)) {
    return Error{
        ErrorCode::kInvalid,
        fmt::format("{}: this is a database, but no memory of alerts that this program knows; give alerts.state "
                    "another path",
                    path)};
  }
  const Status made =
      !is_new
          ? Status()
          : Run(fmt::format(
                "BEGIN IMMEDIATE; PRAGMA application_id={}; PRAGMA user_version={};"
                "CREATE TABLE IF NOT EXISTS articles(id TEXT PRIMARY KEY, last INTEGER NOT NULL, state TEXT NOT NULL) "
                "WITHOUT ROWID; CREATE INDEX IF NOT EXISTS by_last ON articles(last); COMMIT;",
                kApplication, kTables));
  if (!made) return made;
  auto prepared = Prepare("INSERT INTO articles VALUES(?1, ?2, ?3) ON CONFLICT DO UPDATE SET last=?2, state=?3");
  if (!prepared) return std::move(prepared).error();
  put = *std::move(prepared);
  prepared = Prepare("DELETE FROM articles WHERE id=?1");
  if (!prepared) return std::move(prepared).error();
  remove = *std::move(prepared);
  return {};
}

SqliteAlertMemory::SqliteAlertMemory(std::unique_ptr<Rep> rep) : rep_(std::move(rep)) {}
SqliteAlertMemory::~SqliteAlertMemory() = default;

Status SqliteAlertMemory::Load(WallTime since, const std::function<Status(std::string_view text)>& each) {
  if (rep_->is_full) return {};
  auto rows = rep_->Prepare(fmt::format("SELECT state FROM articles WHERE last >= {} ORDER BY last", Micros(since)));
  if (!rows) return std::move(rows).error();
  while (true) {
    const int step = sqlite3_step(rows->get());
    if (step == SQLITE_DONE) return {};
    if (step != SQLITE_ROW) return rep_->Failed("cannot be read");
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(rows->get(), 0));
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(rows->get(), 0));
    if (Status taken = each({text, size}); !taken) return std::move(taken).error().In(rep_->path);
  }
}

Status SqliteAlertMemory::Rep::Write(const RememberedEntry& article) const {
  sqlite3_stmt* const statement = article.text.empty() ? remove.get() : put.get();
  sqlite3_reset(statement);
  sqlite3_bind_text64(statement, 1, article.id.data(), article.id.size(), SQLITE_STATIC, SQLITE_UTF8);
  if (!article.text.empty()) {
    sqlite3_bind_int64(statement, 2, article.last ? Micros(*article.last) : kAlways);
    sqlite3_bind_text64(statement, 3, article.text.data(), article.text.size(), SQLITE_STATIC, SQLITE_UTF8);
  }
  const bool done = sqlite3_step(statement) == SQLITE_DONE;
  Status status = done ? Status() : Status(Failed("cannot be written"));
  sqlite3_reset(statement);
  return status;
}

Status SqliteAlertMemory::Remember(const std::vector<RememberedEntry>& articles, WallTime since) {
  if (rep_->is_full) {
    if (Status opened = rep_->OpenTables(); !opened) return opened;
  }
  Status status = rep_->Run("BEGIN IMMEDIATE");
  for (auto article = articles.begin(); status && article != articles.end(); ++article) status = rep_->Write(*article);
  const SteadyTime now = SteadyNow();
  const bool forget = now - rep_->forgot >= kForgetInterval;
  if (status && forget) status = rep_->Run(fmt::format("DELETE FROM articles WHERE last < {}", Micros(since)));
  if (status) status = rep_->Run("COMMIT");
  if (status && forget) rep_->forgot = now;
  if (!status) sqlite3_exec(rep_->database.get(), "ROLLBACK", nullptr, nullptr, nullptr);
  return status;
}

}  // namespace wirewatch
