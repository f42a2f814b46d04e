// A report as one file of HTML that needs nothing else: no scripts, no fonts, no network. Light and dark, as the
// reader's system asks; it prints well.
#ifndef WIREWATCH_CLI_REPORT_HTML_PAGE_H_
#define WIREWATCH_CLI_REPORT_HTML_PAGE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/span.h"

namespace wirewatch {

// Of strangers' text: what HTML acts on is escaped, and what is no UTF-8 or a control character does not pass
// (PlainLine).
std::string InHtml(std::string_view text);
// The same, with <mark> around the marks. `marks`: bytes of `text`, rising, not overlapping.
std::string HtmlMarked(std::string_view text, const std::vector<Span>& marks);
// A link where `url` is one of http or https; else `text` alone.
std::string HtmlLink(std::string_view url, std::string_view text);

// The whole page. `title` is text, `body` HTML.
std::string HtmlPage(std::string_view title, std::string_view body);

// A number that stands out, and what it is of: both text.
std::string HtmlFigure(std::string_view number, std::string_view what);

// A bar of a row of bars, "x of most", as the background of a cell.
std::string HtmlBarCell(std::uint64_t number, std::uint64_t most);

// Two rows of bars over time as SVG, the second in front of the first: hits and alerts.
struct BarPlot {
  std::vector<std::uint64_t> back, front;  // as many
  std::vector<std::string> labels;         // of the buckets, as many: text for the axis and the tooltips
  std::string back_name, front_name;       // text
};
std::string SvgBars(const BarPlot& plot);
// One row, small, for a cell of a table.
std::string SvgSparkline(const std::vector<std::uint64_t>& numbers);

}  // namespace wirewatch

#endif  // WIREWATCH_CLI_REPORT_HTML_PAGE_H_
