// HTML references: the named character references of HTML.
//
// Source: WHATWG HTML, 13.5 Named character references (its entities.json), all 2,231 names. The standard promises that
// none is ever added or taken away.
#ifndef WIREWATCH_PIPELINE_DECODE_HTML_REFERENCES_H_
#define WIREWATCH_PIPELINE_DECODE_HTML_REFERENCES_H_

#include <cstddef>
#include <span>
#include <string_view>

namespace wirewatch {

struct HtmlReference {
  std::string_view name;  // without '&'; with the ';', which 106 old names may also lack
  char32_t first;
  char32_t second = 0;  // of those that are two characters
};
inline constexpr std::size_t kLongestHtmlReference = 32;     // CounterClockwiseContourIntegral;
inline constexpr std::size_t kLongestOpenHtmlReference = 6;  // without ';': Aacute

// Sorted by name.
std::span<const HtmlReference> HtmlReferences();

// Null: no reference has that name.
const HtmlReference* FindHtmlReference(std::string_view name);

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_DECODE_HTML_REFERENCES_H_
