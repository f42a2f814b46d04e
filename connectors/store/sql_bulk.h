// Many rows in few statements: what PostgreSQL would take a journey each for.
#ifndef WIREWATCH_CONNECTORS_STORE_SQL_BULK_H_
#define WIREWATCH_CONNECTORS_STORE_SQL_BULK_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "connectors/store/sql_database.h"

namespace wirewatch {

// "INSERT INTO t(a, b)" + VALUES + "ON CONFLICT ...": `values` are those of all rows, `columns` of them each. Rows go
// in a few sizes of statements, so that few are prepared. Returns as SqlSession::Run, summed up.
Result<std::size_t> InsertRows(SqlSession& session, std::string_view head, std::size_t columns,
                               const std::vector<SqlValue>& values, std::string_view tail,
                               const EachSqlRow& each = nullptr);

// "($3, $4, $5, $6)" for the elements of a list, behind the `values` there are, to which it appends them. The last one
// is repeated up to a power of two, so that few statements are prepared. REQUIRES: not empty; at most 1,024.
std::string InList(const std::vector<std::string_view>& list, std::vector<SqlValue>& values);

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_STORE_SQL_BULK_H_
