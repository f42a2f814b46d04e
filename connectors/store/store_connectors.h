// The stores of the deliver step as the registry lists them, and what is wrong with how a configuration uses them.
#ifndef WIREWATCH_CONNECTORS_STORE_STORE_CONNECTORS_H_
#define WIREWATCH_CONNECTORS_STORE_STORE_CONNECTORS_H_

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/settings/field_spec.h"
#include "base/unique_fd.h"
#include "pipeline/config.h"
#include "pipeline/connector.h"

namespace wirewatch {

// The connectors' names.
inline constexpr std::string_view kSqlite = "sqlite", kPostgres = "postgres";

struct SqliteStoreSettings {
  std::string path;

  static const FieldTable& Table();
  static SqliteStoreSettings From(const Fields& fields);
};

struct PostgresStoreSettings {
  std::string connection;  // without a password
  std::string password;    // may refer to a secret (base/secret.h); empty: none, or libpq finds it (~/.pgpass)

  static const FieldTable& Table();
  static PostgresStoreSettings From(const Fields& fields);
};

StoreConnector SqliteStoreConnector();
StoreConnector PostgresStoreConnector();

// A password in the wrong place, and a reference that is none.
std::vector<ConnectorFinding> CheckStores(const Config& config);

// Held by the one process that sends from a SQLite store, until it ends in whatever way: so it may take the leases that
// it finds for those of a process that has died. kRejected: another has it; kIo: the file cannot be made.
Result<UniqueFd> LockStoreFile(const std::string& path);

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_STORE_STORE_CONNECTORS_H_
