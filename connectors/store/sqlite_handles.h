// SQLite's handles, each freed by its own end.
#ifndef WIREWATCH_CONNECTORS_STORE_SQLITE_HANDLES_H_
#define WIREWATCH_CONNECTORS_STORE_SQLITE_HANDLES_H_

#include <sqlite3.h>

#include "base/c_handle.h"

namespace wirewatch {

using SqliteDatabase = CHandle<sqlite3, sqlite3_close_v2>;
using SqliteStatement = CHandle<sqlite3_stmt, sqlite3_finalize>;

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_STORE_SQLITE_HANDLES_H_
