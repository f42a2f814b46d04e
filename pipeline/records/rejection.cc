#include "pipeline/records/rejection.h"

#include <fmt/format.h>

#include <cstdint>

namespace wirewatch {

std::optional<Rejection> RejectUnreadable(const Record& record) {
  if (!record.unreadable) return std::nullopt;
  return Rejection{DeadLetterReason::kUnreadable,
                   fmt::format("the records at offsets {} to {} cannot be read, and nothing of them is here: "
                               "{}; look at them with another client while their kafka topic keeps them",
                               static_cast<std::int64_t>(record.unreadable->first),
                               static_cast<std::int64_t>(record.place.offset), record.unreadable->why)};
}

}  // namespace wirewatch
