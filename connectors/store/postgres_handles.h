// libpq's handles, each freed by its own end.
#ifndef WIREWATCH_CONNECTORS_STORE_POSTGRES_HANDLES_H_
#define WIREWATCH_CONNECTORS_STORE_POSTGRES_HANDLES_H_

#include <libpq-fe.h>

#include "base/c_handle.h"

namespace wirewatch {

using PostgresHandle = CHandle<PGconn, PQfinish>;
using PostgresResult = CHandle<PGresult, PQclear>;
using PostgresOptions = CHandle<PQconninfoOption, PQconninfoFree>;

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_STORE_POSTGRES_HANDLES_H_
