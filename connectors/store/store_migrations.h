// The tables of the delivery store, as numbered steps forward. A step that was released is never changed: what must
// change is a step behind it.
//
// One transaction under a lock, so that of two processes that start at once one waits for the other. A store of a later
// version is refused and stays as it is.
#ifndef WIREWATCH_CONNECTORS_STORE_STORE_MIGRATIONS_H_
#define WIREWATCH_CONNECTORS_STORE_STORE_MIGRATIONS_H_

#include <cstdint>
#include <span>
#include <string_view>

#include "base/result.h"
#include "connectors/store/sql_database.h"

namespace wirewatch {

// `sql`: statements, with <number_key>, <text> and <without_rowid> for the words of SqlDialect.
struct StoreMigration {
  std::int64_t version = 0;  // that the store has behind it; rising by one from 1
  std::string_view sql;
};

std::span<const StoreMigration> StoreMigrations();

// Takes the steps that the store has not taken yet. kInvalid: it is of a later version.
Status Migrate(SqlDatabase& database, std::span<const StoreMigration> steps);

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_STORE_STORE_MIGRATIONS_H_
