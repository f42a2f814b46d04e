#include "connectors/store/delivery_stores.h"

#include <utility>

#include "connectors/store/delivery_store_sql.h"
#include "connectors/store/sql_database.h"
#include "connectors/store/store_migrations.h"

namespace wirewatch {
namespace {

Result<std::unique_ptr<DeliveryStore>> StoreIn(Result<std::unique_ptr<SqlDatabase>> database) {
  if (!database) return std::move(database).error();
  if (Status made = Migrate(**database, StoreMigrations()); !made) return std::move(made).error();
  return std::unique_ptr<DeliveryStore>(std::make_unique<DeliveryStoreSql>(*std::move(database)));
}

}  // namespace

Result<std::unique_ptr<DeliveryStore>> OpenSqliteStore(const std::string& path) {
  return StoreIn(OpenSqliteDatabase(path));
}

Result<std::unique_ptr<DeliveryStore>> OpenPostgresStore(const std::string& connection) {
  return StoreIn(OpenPostgresDatabase(connection));
}

}  // namespace wirewatch
