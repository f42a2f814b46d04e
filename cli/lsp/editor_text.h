// EditorText: a text as an editor sees it: lines, and in them places that count units of UTF-16.
#ifndef WIREWATCH_CLI_LSP_EDITOR_TEXT_H_
#define WIREWATCH_CLI_LSP_EDITOR_TEXT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "base/span.h"

namespace wirewatch {

// From 0, as LSP counts.
struct EditorPlace {
  std::uint32_t line = 0;
  std::uint32_t character = 0;  // units of UTF-16
};
struct EditorRange {
  EditorPlace begin, end;
};

class EditorText {
 public:
  // REQUIRES: UTF-8.
  explicit EditorText(std::string text);

  const std::string& text() const { return text_; }
  std::size_t lines() const { return lines_.size(); }
  // Without its line break. Of a line that there is not: empty.
  std::string_view Line(std::size_t line) const;
  std::uint32_t BeginOf(std::size_t line) const;

  // A place behind the end of its line or of the text is taken for that end.
  std::uint32_t ByteAt(EditorPlace place) const;
  EditorPlace PlaceAt(std::uint32_t byte) const;
  EditorRange RangeOf(Span bytes) const { return {PlaceAt(bytes.begin), PlaceAt(bytes.end)}; }
  // What a diagnostic underlines; of one without a place the beginning.
  EditorRange RangeOf(const Diagnostic& diagnostic) const;
  EditorRange Whole() const;

 private:
  std::string text_;
  std::vector<std::uint32_t> lines_;  // first byte of each
};

}  // namespace wirewatch

#endif  // WIREWATCH_CLI_LSP_EDITOR_TEXT_H_
