// Limits of the rule language that the engine and the reference share.
#ifndef WIREWATCH_RULES_LANGUAGE_LIMITS_H_
#define WIREWATCH_RULES_LANGUAGE_LIMITS_H_

#include <cstddef>

namespace wirewatch {

// Of a term that occurs more often than this in one article, only the first places in reading order count. So the cost
// of one article is bounded.
inline constexpr std::size_t kMaxPlaces = 10'000;

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_LANGUAGE_LIMITS_H_
