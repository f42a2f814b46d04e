// Limits of services on the length of texts. They count UTF-16 code units, or characters, which are no more.
#ifndef WIREWATCH_CONNECTORS_CHANNELS_TEXT_LIMITS_H_
#define WIREWATCH_CONNECTORS_CHANNELS_TEXT_LIMITS_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace wirewatch {

inline constexpr std::string_view kEllipsis = "…";

// REQUIRES of all: UTF-8.
std::size_t Utf16Units(std::string_view text);
// `text`, or its longest beginning with an ellipsis behind it that has at most `units`. REQUIRES: units > 0.
std::string CutText(std::string_view text, std::size_t units);
// The same of markup with <links> and &entities;: none of them is cut in two.
std::string CutMarkup(std::string_view text, std::size_t units);

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_CHANNELS_TEXT_LIMITS_H_
