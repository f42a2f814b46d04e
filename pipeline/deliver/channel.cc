#include "pipeline/deliver/channel.h"

#include <cmath>
#include <cstddef>
#include <iterator>

namespace wirewatch {

std::optional<std::chrono::seconds> RetryDelay(std::uint32_t attempts, double random) {
  using std::chrono::hours, std::chrono::minutes, std::chrono::seconds;
  static constexpr seconds kDelays[] = {seconds(0), seconds(5), minutes(5), minutes(30), hours(2),
                                        hours(5),   hours(10),  hours(14),  hours(20),   hours(24)};
  if (attempts >= std::size(kDelays)) return std::nullopt;
  const double delay = static_cast<double>(kDelays[attempts].count()) * (1 + 0.2 * random);
  return seconds(std::llround(delay));
}

}  // namespace wirewatch
