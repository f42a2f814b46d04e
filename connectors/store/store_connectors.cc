#include "connectors/store/store_connectors.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>

#include <cerrno>
#include <cstddef>
#include <memory>
#include <utility>

#include "base/io/io_error.h"
#include "base/secret.h"
#include "connectors/store/delivery_stores.h"
#include "pipeline/deliver/delivery_store.h"

namespace wirewatch {
namespace {

bool IsUri(std::string_view connection) {
  return connection.starts_with("postgresql://") || connection.starts_with("postgres://");
}

// Whether a connection string names a password: there it would be shown with the rest.
bool NamesPassword(std::string_view connection) {
  if (connection.find("password") != std::string_view::npos) return true;
  if (!IsUri(connection)) return false;
  const std::size_t begin = connection.find("://") + 3;
  const std::string_view authority = connection.substr(begin, connection.find('/', begin) - begin);
  const std::size_t at = authority.rfind('@');
  return at != std::string_view::npos && authority.substr(0, at).find(':') != std::string_view::npos;
}

// The connection string with its password, quoted as libpq takes it (section 34.1.1 of PostgreSQL's manual): in a URI
// by percent signs, else between apostrophes.
std::string WithPassword(std::string connection, std::string_view password) {
  if (password.empty()) return connection;
  if (IsUri(connection)) {
    connection += connection.find('?') == std::string::npos ? "?password=" : "&password=";
    for (const char c : password) connection += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    return connection;
  }
  connection += " password='";
  for (const char c : password) {
    if (c == '\'' || c == '\\') connection += '\\';
    connection += c;
  }
  return connection + '\'';
}

Result<std::unique_ptr<DeliveryStore>> MakeSqlite(const Fields& fields, const ConnectorContext& /*context*/) {
  return OpenSqliteStore(SqliteStoreSettings::From(fields).path);
}

Result<std::unique_ptr<DeliveryStore>> MakePostgres(const Fields& fields, const ConnectorContext& /*context*/) {
  PostgresStoreSettings settings = PostgresStoreSettings::From(fields);
  if (IsSecretReference(settings.password)) {
    auto resolved = ResolveSecret(settings.password);
    if (!resolved) return std::move(resolved).error().In("store.postgres.password");
    settings.password = *std::move(resolved);
  }
  return OpenPostgresStore(WithPassword(std::move(settings.connection), settings.password));
}

}  // namespace

const FieldTable& SqliteStoreSettings::Table() {
  static const FieldTable table = {
      TextField("path", "The file; made if it is missing, readable for this user alone. Its directory must be there.")
          .Required(),
  };
  return table;
}

SqliteStoreSettings SqliteStoreSettings::From(const Fields& fields) { return {.path = fields.String("path")}; }

const FieldTable& PostgresStoreSettings::Table() {
  static const FieldTable table = {
      TextField("connection",
                "As libpq takes it: `host=db.example.org dbname=wirewatch user=wirewatch sslmode=verify-full`, or "
                "`postgresql://wirewatch@db.example.org/wirewatch`. The tables stand in the schema wirewatch of that "
                "database, made at the first start.")
          .Required(),
      TextField("password", "`${env:NAME}` or `${file:/path}`. Empty: none, or that of ~/.pgpass. Never logged."),
  };
  return table;
}

PostgresStoreSettings PostgresStoreSettings::From(const Fields& fields) {
  return {.connection = fields.String("connection"), .password = fields.String("password")};
}

StoreConnector SqliteStoreConnector() {
  return {.spec = {kSqlite, "A SQLite file on a local disk, for one process that delivers. Nothing else is needed.",
                   SqliteStoreSettings::Table()},
          .make = MakeSqlite,
          .file = [](const Fields& fields) { return SqliteStoreSettings::From(fields).path; }};
}

StoreConnector PostgresStoreConnector() {
  return {.spec = {kPostgres, "A PostgreSQL database (13 or later), which any number of processes share.",
                   PostgresStoreSettings::Table()},
          .make = MakePostgres};
}

std::vector<ConnectorFinding> CheckStores(const Config& config) {
  std::vector<ConnectorFinding> findings;
  if (!config.store || config.store->name != kPostgres) return findings;
  const PostgresStoreSettings settings = PostgresStoreSettings::From(config.store->fields);
  if (NamesPassword(settings.connection)) {
    findings.push_back({&*config.store, "connection",
                        "a password has no place in store.postgres.connection, which is shown",
                        "write password: ${env:NAME} beside it"});
  }
  if (IsSecretReference(settings.password)) {
    if (const Status checked = CheckSecretReference(settings.password); !checked) {
      findings.push_back({&*config.store, "password", checked.error().message, "write ${env:NAME} or ${file:/path}"});
    }
  }
  return findings;
}

Result<UniqueFd> LockStoreFile(const std::string& path) {
  const std::string name = path + ".lock";
  UniqueFd file(open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!file) return IoError(name, "cannot be opened or made", errno);
  if (flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return IoError(name, "cannot be locked", errno);
    return Error{ErrorCode::kRejected,
                 fmt::format("{}: another process delivers from this store; a SQLite store has one: give each process "
                             "a store of its own, or all of them store: postgres",
                             path)};
  }
  return file;
}

}  // namespace wirewatch
