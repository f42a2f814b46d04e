#include "cli/report/html_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "base/text/entities.h"
#include "cli/terminal/progress.h"
#include "rules/text/plain_text.h"

namespace wirewatch {
namespace {

constexpr std::string_view kStyle = R"css(
:root { color-scheme: light dark; --paper: #fff; --ink: #1c2430; --soft: #5d6b7c; --line: #dfe4ea; --card: #f6f8fa;
  --hits: #9dbfe8; --alerts: #1f5fad; --mark: #ffe9a8; --gain: #1a7f4b; --loss: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --paper: #12161c; --ink: #e3e8ee; --soft: #94a3b4; --line: #2b333d;
  --card: #1a2028; --hits: #34557d; --alerts: #7db4f5; --mark: #5c4a10; --gain: #5ccf94; --loss: #ff8a80; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 32px 24px 64px; }
h1 { font-size: 26px; line-height: 1.25; margin: 0 0 4px; }
h2 { font-size: 19px; margin: 44px 0 4px; padding-top: 16px; border-top: 1px solid var(--line); }
h3 { font-size: 15px; margin: 22px 0 6px; }
p { margin: 4px 0; } .soft { color: var(--soft); } .small { font-size: 13px; }
.figures { display: flex; flex-wrap: wrap; gap: 12px; margin: 20px 0; }
.figure { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 10px 16px; min-width: 116px; }
.figure b { display: block; font-size: 23px; line-height: 1.2; font-variant-numeric: tabular-nums; }
.figure span { color: var(--soft); font-size: 13px; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 5px 10px 5px 0; border-bottom: 1px solid var(--line); vertical-align: middle; }
th { color: var(--soft); font-weight: 600; font-size: 13px; } .n { text-align: right; padding-right: 16px; }
td.bar { width: 34%; } .track { display: block; height: 9px; border-radius: 3px; background: var(--alerts); min-width: 1px; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(250px, 1fr)); gap: 4px 36px; }
.tag { border: 1px solid var(--line); border-radius: 10px; padding: 0 8px; font-size: 12px; color: var(--soft); white-space: nowrap; }
.gain { color: var(--gain); } .loss { color: var(--loss); } .never { color: var(--loss); }
.sample { margin: 10px 0; padding: 8px 12px; background: var(--card); border-radius: 6px; border-left: 3px solid var(--hits); }
.sample p { overflow-wrap: anywhere; } mark { background: var(--mark); color: inherit; border-radius: 2px; padding: 0 1px; }
a { color: inherit; } code { font: 13px ui-monospace, monospace; overflow-wrap: anywhere; }
svg { display: block; max-width: 100%; } svg text { fill: var(--soft); font: 11px system-ui, sans-serif; }
.b { fill: var(--hits); } .f { fill: var(--alerts); } .g { stroke: var(--line); stroke-width: 1; }
.legend i { display: inline-block; width: 11px; height: 11px; border-radius: 2px; margin: 0 5px 0 14px; }
@media print { main { max-width: none; padding: 0; } h2 { break-before: auto; } .sample { break-inside: avoid; } }
)css";

// 1, 2 or 5 times a power of ten, not below `number`.
std::uint64_t RoundUp(std::uint64_t number) {
  for (std::uint64_t power = 1;; power *= 10) {
    for (const std::uint64_t digit : {1, 2, 5}) {
      if (digit * power >= number || power > number) return digit * power;
    }
  }
}

}  // namespace

std::string InHtml(std::string_view text) { return EscapedForHtml(PlainLine(text)); }

std::string HtmlMarked(std::string_view text, const std::vector<Span>& marks) {
  std::string html;
  std::uint32_t at = 0;
  for (const Span& mark : marks) {
    if (mark.begin < at || mark.end > text.size()) continue;
    html += InHtml(text.substr(at, mark.begin - at)) + "<mark>" + InHtml(mark.Of(text)) + "</mark>";
    at = mark.end;
  }
  return html + InHtml(text.substr(at));
}

std::string HtmlLink(std::string_view url, std::string_view text) {
  if (!url.starts_with("http://") && !url.starts_with("https://")) return InHtml(text);
  return fmt::format("<a href=\"{}\" rel=\"noreferrer\">{}</a>", InHtml(url), InHtml(text));
}

std::string HtmlPage(std::string_view title, std::string_view body) {
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
      "<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n<main>\n{}</main>\n</body>\n</html>\n",
      InHtml(title), kStyle, body);
}

std::string HtmlFigure(std::string_view number, std::string_view what) {
  return fmt::format("<div class=\"figure\"><b>{}</b><span>{}</span></div>\n", InHtml(number), InHtml(what));
}

std::string HtmlBarCell(std::uint64_t number, std::uint64_t most) {
  if (number == 0) return "<td class=\"bar\"></td>";
  const double share = most == 0 ? 0 : 100.0 * static_cast<double>(number) / static_cast<double>(most);
  return fmt::format("<td class=\"bar\"><span class=\"track\" style=\"width:{:.1f}%\"></span></td>", share);
}

std::string SvgBars(const BarPlot& plot) {
  constexpr double kWidth = 1032, kHeight = 190, kLeft = 44, kTop = 10, kBottom = 24;
  const std::size_t count = plot.back.size();
  if (count == 0) return "";
  std::uint64_t highest = 1;
  for (const std::uint64_t number : plot.back) highest = std::max(highest, number);
  for (const std::uint64_t number : plot.front) highest = std::max(highest, number);
  const std::uint64_t top = RoundUp(highest);
  const double plot_height = kHeight - kTop - kBottom, step = (kWidth - kLeft) / static_cast<double>(count);
  const double width = std::min(step * 0.82, 60.0);
  const auto y_of = [&](std::uint64_t number) {
    return kTop + plot_height * (1 - static_cast<double>(number) / static_cast<double>(top));
  };
  std::string svg = fmt::format("<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{} and {} over time\">\n", kWidth,
                                kHeight, InHtml(plot.back_name), InHtml(plot.front_name));
  for (const std::uint64_t line : {std::uint64_t{0}, top / 2, top}) {
    if (line == top / 2 && top < 2) continue;
    svg += fmt::format(
        "<line class=\"g\" x1=\"{0}\" x2=\"{1}\" y1=\"{2:.1f}\" y2=\"{2:.1f}\"/><text x=\"{3}\" y=\"{4:.1f}\" "
        "text-anchor=\"end\">{5}</text>\n",
        kLeft, kWidth, y_of(line), kLeft - 8, y_of(line) + 4, Grouped(static_cast<double>(line)));
  }
  const auto bar = [&](std::string_view of, std::uint64_t number, double x, double wide) {
    if (number == 0) return;
    const double y = std::min(y_of(number), kTop + plot_height - 1.5);
    svg += fmt::format("<rect class=\"{}\" x=\"{:.2f}\" y=\"{:.1f}\" width=\"{:.2f}\" height=\"{:.1f}\" rx=\"1\"/>", of,
                       x, y, wide, kTop + plot_height - y);
  };
  for (std::size_t i = 0; i < count; ++i) {
    const double x = kLeft + step * static_cast<double>(i) + (step - width) / 2;
    if (plot.back[i] == 0 && plot.front[i] == 0) continue;
    svg += fmt::format("<g><title>{}: {} {}, {} {}</title>", InHtml(plot.labels[i]), plot.back[i],
                       InHtml(plot.back_name), plot.front[i], InHtml(plot.front_name));
    bar("b", plot.back[i], x, width);
    bar("f", plot.front[i], x + width * 0.22, width * 0.56);
    svg += "</g>\n";
  }
  // As many labels as fit, the first among them.
  const std::size_t every = std::max<std::size_t>(1, (count + 8) / 9);
  for (std::size_t i = 0; i < count; i += every) {
    svg += fmt::format("<text x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">{}</text>\n",
                       std::max(kLeft + 26, kLeft + step * (static_cast<double>(i) + 0.5)), kHeight - 6,
                       InHtml(plot.labels[i]));
  }
  svg += "</svg>\n";
  return fmt::format(
             "<p class=\"small soft legend\"><i style=\"background:var(--hits);margin-left:0\"></i>{}<i "
             "style=\"background:var(--alerts)\"></i>{}</p>\n",
             InHtml(plot.back_name), InHtml(plot.front_name)) +
         svg;
}

std::string SvgSparkline(const std::vector<std::uint64_t>& numbers) {
  constexpr double kWidth = 180, kHeight = 26;
  const std::uint64_t highest = numbers.empty() ? 0 : *std::max_element(numbers.begin(), numbers.end());
  if (highest == 0) return "";
  std::string svg =
      fmt::format("<svg width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\" aria-hidden=\"true\">", kWidth, kHeight);
  const double step = kWidth / static_cast<double>(numbers.size());
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (numbers[i] == 0) continue;
    const double height = std::max(1.5, kHeight * static_cast<double>(numbers[i]) / static_cast<double>(highest));
    svg += fmt::format("<rect class=\"f\" x=\"{:.2f}\" y=\"{:.1f}\" width=\"{:.2f}\" height=\"{:.1f}\"/>",
                       step * static_cast<double>(i), kHeight - height, std::min(step * 0.8, 14.0), height);
  }
  return svg + "</svg>";
}

}  // namespace wirewatch
