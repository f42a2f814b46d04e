// Span: a half-open range [begin, end) of bytes in a UTF-8 text.
#ifndef WIREWATCH_BASE_SPAN_H_
#define WIREWATCH_BASE_SPAN_H_

#include <compare>
#include <cstdint>
#include <string_view>

namespace wirewatch {

struct Span {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;

  std::uint32_t size() const { return end - begin; }
  bool empty() const { return begin == end; }
  bool Contains(const Span& inner) const { return begin <= inner.begin && inner.end <= end; }
  std::string_view Of(std::string_view text) const { return text.substr(begin, end - begin); }

  auto operator<=>(const Span&) const = default;
};

}  // namespace wirewatch

#endif  // WIREWATCH_BASE_SPAN_H_
