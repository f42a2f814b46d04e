// Values of the store's tables, to SQL and back: times as microseconds since 1970, members of a closed set by name.
#ifndef WIREWATCH_CONNECTORS_STORE_SQL_NAMES_H_
#define WIREWATCH_CONNECTORS_STORE_SQL_NAMES_H_

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string_view>

#include "base/clock.h"
#include "connectors/store/sql_database.h"

namespace wirewatch {

inline std::int64_t Micros(WallTime time) { return time.time_since_epoch().count(); }
inline SqlValue Micros(std::optional<WallTime> time) {
  return time ? SqlValue(Micros(*time)) : SqlValue(std::monostate());
}
inline WallTime TimeOf(std::int64_t micros) { return WallTime(std::chrono::microseconds(micros)); }
inline std::optional<WallTime> TimeAt(const SqlRow& row, int column) {
  if (row.IsNull(column)) return std::nullopt;
  return TimeOf(row.Number(column));
}

// The member of `all` with that name. REQUIRES: there is one; the tables take no other (CHECK).
template <typename List>
auto Named(const List& all, std::string_view name) {
  for (const auto member : all) {
    if (Name(member) == name) return member;
  }
  std::abort();
}

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_STORE_SQL_NAMES_H_
