#include "connectors/store/sql_bulk.h"

#include <fmt/format.h>

#include <bit>
#include <iterator>
#include <span>
#include <utility>

namespace wirewatch {
namespace {

// Rows of a statement. SQLite takes at most 32,766 values, PostgreSQL 65,535.
constexpr std::size_t kSizes[] = {256, 64, 16, 4, 1};

std::string Statement(std::string_view head, std::size_t rows, std::size_t columns, std::string_view tail) {
  std::string sql(head);
  sql += " VALUES ";
  for (std::size_t row = 0, place = 1; row < rows; ++row) {
    sql += row == 0 ? '(' : ',';
    if (row != 0) sql += '(';
    for (std::size_t column = 0; column < columns; ++column, ++place) {
      fmt::format_to(std::back_inserter(sql), "{}${}", column == 0 ? "" : ",", place);
    }
    sql += ')';
  }
  sql += ' ';
  sql += tail;
  return sql;
}

}  // namespace

Result<std::size_t> InsertRows(SqlSession& session, std::string_view head, std::size_t columns,
                               const std::vector<SqlValue>& values, std::string_view tail, const EachSqlRow& each) {
  std::span<const SqlValue> rest(values);
  std::size_t sum = 0;
  for (const std::size_t rows : kSizes) {
    const std::size_t share = rows * columns;
    if (rest.size() < share) continue;
    const std::string sql = Statement(head, rows, columns, tail);
    for (; rest.size() >= share; rest = rest.subspan(share)) {
      auto done = session.RunWith(sql, rest.first(share), each);
      if (!done) return done;
      sum += *done;
    }
  }
  return sum;
}

std::string InList(const std::vector<std::string_view>& list, std::vector<SqlValue>& values) {
  std::string text = "(";
  for (std::size_t i = 0, size = std::bit_ceil(list.size()); i < size; ++i) {
    values.emplace_back(i < list.size() ? list[i] : list.back());
    fmt::format_to(std::back_inserter(text), "{}${}", i == 0 ? "" : ",", values.size());
  }
  return text + ")";
}

}  // namespace wirewatch
