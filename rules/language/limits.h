// Limits of the rule language that the engine and the reference share.
#ifndef WIREWATCH_RULES_LANGUAGE_LIMITS_H_
#define WIREWATCH_RULES_LANGUAGE_LIMITS_H_

#include <cstddef>

namespace wirewatch {

// A term that stands more often than this in one article counts so many times: its first places in reading order. The
// limit bounds what one article can cost.
inline constexpr std::size_t kMaxPlaces = 10'000;

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_LANGUAGE_LIMITS_H_
