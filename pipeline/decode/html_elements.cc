#include "pipeline/decode/html_elements.h"

#include <algorithm>
#include <array>

#include "base/text/ascii.h"

namespace wirewatch {
namespace {

// Sorted by name. HTML 5's elements, those of old HTML that articles still carry, and NITF's own.
constexpr std::array kElements = {
    HtmlElement{"a", HtmlRole::kInline},
    HtmlElement{"abbr", HtmlRole::kInline},
    HtmlElement{"acronym", HtmlRole::kInline},
    HtmlElement{"address", HtmlRole::kBlock},
    HtmlElement{"annotation", HtmlRole::kSkipped},
    HtmlElement{"article", HtmlRole::kBlock},
    HtmlElement{"aside", HtmlRole::kBlock},
    HtmlElement{"audio", HtmlRole::kSkipped},
    HtmlElement{"b", HtmlRole::kInline},
    HtmlElement{"bdi", HtmlRole::kInline},
    HtmlElement{"bdo", HtmlRole::kInline},
    HtmlElement{"big", HtmlRole::kInline},
    HtmlElement{"block", HtmlRole::kBlock},
    HtmlElement{"blockquote", HtmlRole::kBlock},
    HtmlElement{"body", HtmlRole::kBlock},
    HtmlElement{"body.content", HtmlRole::kBlock},
    HtmlElement{"body.end", HtmlRole::kBlock},
    HtmlElement{"body.head", HtmlRole::kBlock},
    HtmlElement{"br", HtmlRole::kLineBreak},
    HtmlElement{"byline", HtmlRole::kBlock},
    HtmlElement{"canvas", HtmlRole::kSkipped},
    HtmlElement{"caption", HtmlRole::kBlock},
    HtmlElement{"center", HtmlRole::kBlock},
    HtmlElement{"cite", HtmlRole::kInline},
    HtmlElement{"code", HtmlRole::kInline},
    HtmlElement{"data", HtmlRole::kInline},
    HtmlElement{"datalist", HtmlRole::kSkipped},
    HtmlElement{"dateline", HtmlRole::kBlock},
    HtmlElement{"dd", HtmlRole::kBlock},
    HtmlElement{"del", HtmlRole::kInline},
    HtmlElement{"details", HtmlRole::kBlock},
    HtmlElement{"dfn", HtmlRole::kInline},
    HtmlElement{"dialog", HtmlRole::kBlock},
    HtmlElement{"dir", HtmlRole::kBlock},
    HtmlElement{"div", HtmlRole::kBlock},
    HtmlElement{"dl", HtmlRole::kBlock},
    HtmlElement{"dt", HtmlRole::kBlock},
    HtmlElement{"em", HtmlRole::kInline},
    HtmlElement{"fieldset", HtmlRole::kBlock},
    HtmlElement{"figcaption", HtmlRole::kBlock},
    HtmlElement{"figure", HtmlRole::kBlock},
    HtmlElement{"font", HtmlRole::kInline},
    HtmlElement{"footer", HtmlRole::kBlock},
    HtmlElement{"form", HtmlRole::kBlock},
    HtmlElement{"h1", HtmlRole::kBlock},
    HtmlElement{"h2", HtmlRole::kBlock},
    HtmlElement{"h3", HtmlRole::kBlock},
    HtmlElement{"h4", HtmlRole::kBlock},
    HtmlElement{"h5", HtmlRole::kBlock},
    HtmlElement{"h6", HtmlRole::kBlock},
    HtmlElement{"head", HtmlRole::kSkipped},
    HtmlElement{"header", HtmlRole::kBlock},
    HtmlElement{"hedline", HtmlRole::kBlock},
    HtmlElement{"hl1", HtmlRole::kBlock},
    HtmlElement{"hl2", HtmlRole::kBlock},
    HtmlElement{"hr", HtmlRole::kBlock},
    HtmlElement{"html", HtmlRole::kBlock},
    HtmlElement{"i", HtmlRole::kInline},
    HtmlElement{"iframe", HtmlRole::kSkipped},
    HtmlElement{"img", HtmlRole::kInline},
    HtmlElement{"ins", HtmlRole::kInline},
    HtmlElement{"kbd", HtmlRole::kInline},
    HtmlElement{"label", HtmlRole::kInline},
    HtmlElement{"legend", HtmlRole::kBlock},
    HtmlElement{"li", HtmlRole::kBlock},
    HtmlElement{"listing", HtmlRole::kPre},
    HtmlElement{"location", HtmlRole::kInline},
    HtmlElement{"main", HtmlRole::kBlock},
    HtmlElement{"mark", HtmlRole::kInline},
    HtmlElement{"media-caption", HtmlRole::kBlock},
    HtmlElement{"menu", HtmlRole::kBlock},
    HtmlElement{"nav", HtmlRole::kBlock},
    HtmlElement{"nobr", HtmlRole::kInline},
    HtmlElement{"noframes", HtmlRole::kSkipped},
    HtmlElement{"noscript", HtmlRole::kSkipped},
    HtmlElement{"ol", HtmlRole::kBlock},
    HtmlElement{"optgroup", HtmlRole::kBlock},
    HtmlElement{"option", HtmlRole::kBlock},
    HtmlElement{"org", HtmlRole::kInline},
    HtmlElement{"p", HtmlRole::kBlock},
    HtmlElement{"person", HtmlRole::kInline},
    HtmlElement{"pre", HtmlRole::kPre},
    HtmlElement{"q", HtmlRole::kInline},
    HtmlElement{"rb", HtmlRole::kInline},
    HtmlElement{"rp", HtmlRole::kReading},
    HtmlElement{"rt", HtmlRole::kReading},
    HtmlElement{"rtc", HtmlRole::kReading},
    HtmlElement{"ruby", HtmlRole::kInline},
    HtmlElement{"s", HtmlRole::kInline},
    HtmlElement{"samp", HtmlRole::kInline},
    HtmlElement{"script", HtmlRole::kRaw},
    HtmlElement{"search", HtmlRole::kBlock},
    HtmlElement{"section", HtmlRole::kBlock},
    HtmlElement{"small", HtmlRole::kInline},
    HtmlElement{"span", HtmlRole::kInline},
    HtmlElement{"strike", HtmlRole::kInline},
    HtmlElement{"strong", HtmlRole::kInline},
    HtmlElement{"style", HtmlRole::kRaw},
    HtmlElement{"sub", HtmlRole::kInline},
    HtmlElement{"summary", HtmlRole::kBlock},
    HtmlElement{"sup", HtmlRole::kSup},
    HtmlElement{"svg", HtmlRole::kSkipped},
    HtmlElement{"table", HtmlRole::kBlock},
    HtmlElement{"tbody", HtmlRole::kBlock},
    HtmlElement{"td", HtmlRole::kSeparator},
    HtmlElement{"template", HtmlRole::kSkipped},
    HtmlElement{"tfoot", HtmlRole::kBlock},
    HtmlElement{"th", HtmlRole::kSeparator},
    HtmlElement{"thead", HtmlRole::kBlock},
    HtmlElement{"time", HtmlRole::kInline},
    HtmlElement{"title", HtmlRole::kBlock},
    HtmlElement{"tr", HtmlRole::kBlock},
    HtmlElement{"tt", HtmlRole::kInline},
    HtmlElement{"u", HtmlRole::kInline},
    HtmlElement{"ul", HtmlRole::kBlock},
    HtmlElement{"var", HtmlRole::kInline},
    HtmlElement{"video", HtmlRole::kSkipped},
    HtmlElement{"wbr", HtmlRole::kInline},
};
static_assert(std::is_sorted(kElements.begin(), kElements.end(),
                             [](const HtmlElement& a, const HtmlElement& b) { return a.name < b.name; }));
static_assert(kElements.size() == kHtmlElements);

}  // namespace

const HtmlElement* FindHtmlElement(std::string_view name) {
  std::array<char, 16> buffer;
  if (name.size() > buffer.size()) return nullptr;
  std::transform(name.begin(), name.end(), buffer.begin(), AsciiLower);
  const std::string_view lower(buffer.data(), name.size());
  const auto* found =
      std::lower_bound(kElements.begin(), kElements.end(), lower,
                       [](const HtmlElement& element, std::string_view key) { return element.name < key; });
  return found != kElements.end() && found->name == lower ? found : nullptr;
}

std::size_t IndexOf(const HtmlElement& element) { return static_cast<std::size_t>(&element - kElements.data()); }

std::string_view HtmlTagName(std::string_view text, std::size_t begin) {
  std::size_t end = begin;
  while (end < text.size() && !IsHtmlBlank(text[end]) && text[end] != '/' && text[end] != '>') ++end;
  return text.substr(begin, end - begin);
}

}  // namespace wirewatch
