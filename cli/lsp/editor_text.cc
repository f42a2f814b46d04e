#include "cli/lsp/editor_text.h"

#include <algorithm>

#include "base/text/utf8.h"

namespace wirewatch {
namespace {

std::uint32_t UnitsOf(char first) { return CharacterSize(first) == 4 ? 2 : 1; }

}  // namespace

EditorText::EditorText(std::string text) : text_(std::move(text)) {
  lines_.push_back(0);
  for (std::size_t i = 0; i < text_.size(); ++i) {
    const bool lone_return = text_[i] == '\r' && (i + 1 == text_.size() || text_[i + 1] != '\n');
    if (text_[i] == '\n' || lone_return) lines_.push_back(static_cast<std::uint32_t>(i + 1));
  }
}

std::string_view EditorText::Line(std::size_t line) const {
  if (line >= lines_.size()) return "";
  const std::size_t end = line + 1 < lines_.size() ? lines_[line + 1] : text_.size();
  std::string_view whole = std::string_view(text_).substr(lines_[line], end - lines_[line]);
  while (!whole.empty() && (whole.back() == '\n' || whole.back() == '\r')) whole.remove_suffix(1);
  return whole;
}

std::uint32_t EditorText::BeginOf(std::size_t line) const {
  return line < lines_.size() ? lines_[line] : static_cast<std::uint32_t>(text_.size());
}

std::uint32_t EditorText::ByteAt(EditorPlace place) const {
  if (place.line >= lines_.size()) return static_cast<std::uint32_t>(text_.size());
  const std::string_view line = Line(place.line);
  std::size_t at = 0;
  for (std::uint32_t units = 0; at < line.size() && units + UnitsOf(line[at]) <= place.character;) {
    units += UnitsOf(line[at]);
    at += CharacterSize(line[at]);
  }
  return lines_[place.line] + static_cast<std::uint32_t>(std::min(at, line.size()));
}

EditorPlace EditorText::PlaceAt(std::uint32_t byte) const {
  const auto line = static_cast<std::size_t>(std::upper_bound(lines_.begin(), lines_.end(), byte) - lines_.begin()) - 1;
  EditorPlace place{static_cast<std::uint32_t>(line), 0};
  const std::string_view text = Line(line);
  const std::size_t end = std::min<std::size_t>(byte - lines_[line], text.size());
  for (std::size_t at = 0; at < end; at += CharacterSize(text[at])) place.character += UnitsOf(text[at]);
  return place;
}

EditorRange EditorText::RangeOf(const Diagnostic& diagnostic) const {
  if (diagnostic.position.line == 0) return {};
  const std::size_t line = diagnostic.position.line - 1;
  const std::string_view text = Line(line);
  const auto byte_of = [&](std::uint32_t characters) {
    std::size_t at = 0;
    for (; characters > 0 && at < text.size(); --characters) at += CharacterSize(text[at]);
    return BeginOf(line) + static_cast<std::uint32_t>(std::min(at, text.size()));
  };
  const std::uint32_t column = diagnostic.position.column == 0 ? 0 : diagnostic.position.column - 1;
  return RangeOf(Span{byte_of(column), byte_of(column + std::max(diagnostic.length, 1U))});
}

EditorRange EditorText::Whole() const { return {{0, 0}, {static_cast<std::uint32_t>(lines_.size()), 0}}; }

}  // namespace wirewatch
