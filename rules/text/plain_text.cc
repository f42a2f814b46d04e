#include "rules/text/plain_text.h"

#include <utf8proc.h>

#include "base/text/printable.h"
#include "base/text/utf8.h"

namespace wirewatch {
namespace {

constexpr std::string_view kReplacementBytes = "\xEF\xBF\xBD";

// One character as it is printed.
struct Glyph {
  std::string_view bytes;
  std::size_t columns = 0;
  bool marked = false;
  bool blank = false;
};

// Takes the next character off `text`. Empty bytes: nothing is printed of it.
Glyph TakeGlyph(std::string_view& text) {
  const DecodedUtf8 decoded = DecodeUtf8(text, 0);
  const std::string_view bytes = text.substr(0, decoded.size);
  text.remove_prefix(decoded.size);
  if (decoded.invalid()) return {kReplacementBytes, 1};
  const char32_t c = decoded.code_point;
  Glyph glyph{bytes, static_cast<std::size_t>(utf8proc_charwidth(static_cast<utf8proc_int32_t>(c)))};
  if (TurnsDirection(c)) return {};
  if (IsControl(c) || IsLineSeparator(c) || c == ' ') return {" ", 1, false, true};
  return glyph;
}

std::vector<Glyph> GlyphsOf(std::string_view text, const std::vector<Span>& marks) {
  std::vector<Glyph> glyphs;
  glyphs.reserve(text.size());
  auto mark = marks.begin();
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t at = text.size() - rest.size();
    while (mark != marks.end() && mark->end <= at) ++mark;
    Glyph glyph = TakeGlyph(rest);
    if (glyph.bytes.empty()) continue;
    glyph.marked = mark != marks.end() && mark->begin <= at;
    glyphs.push_back(glyph);
  }
  return glyphs;
}

// Columns of a glyph with the marks that begin before it or end behind it.
std::size_t ColumnsAt(const std::vector<Glyph>& glyphs, std::size_t at, const TextLayout& layout) {
  std::size_t columns = glyphs[at].columns;
  if (!layout.mark_is_visible || !glyphs[at].marked) return columns;
  if (at == 0 || !glyphs[at - 1].marked) columns += layout.mark.size();
  if (at + 1 == glyphs.size() || !glyphs[at + 1].marked) columns += layout.unmark.size();
  return columns;
}

// Where the line that begins at `begin` ends.
std::size_t LineEnd(const std::vector<Glyph>& glyphs, std::size_t begin, const TextLayout& layout) {
  const std::size_t room = layout.width > layout.indent ? layout.width - layout.indent : 1;
  std::size_t columns = 0;
  std::size_t breakable = begin;  // the last place where the line may end
  for (std::size_t at = begin; at < glyphs.size(); ++at) {
    if (at > begin && (glyphs[at].blank || (glyphs[at].columns == 2 && !glyphs[at - 1].blank))) breakable = at;
    columns += ColumnsAt(glyphs, at, layout);
    if (columns > room && !glyphs[at].blank && at > begin) return breakable > begin ? breakable : at;
  }
  return glyphs.size();
}

void AppendLine(std::string& out, const std::vector<Glyph>& glyphs, std::size_t begin, std::size_t end,
                const TextLayout& layout) {
  out.append(layout.indent, ' ');
  for (std::size_t at = begin; at < end; ++at) {
    const bool line_begins = at == begin && !layout.mark_is_visible;
    const bool line_ends = at + 1 == end && !layout.mark_is_visible;
    if (glyphs[at].marked && (line_begins || at == 0 || !glyphs[at - 1].marked)) out += layout.mark;
    out += glyphs[at].bytes;
    if (glyphs[at].marked && (line_ends || at + 1 == glyphs.size() || !glyphs[at + 1].marked)) out += layout.unmark;
  }
  out += '\n';
}

}  // namespace

std::string PlainLine(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  while (!text.empty()) plain += TakeGlyph(text).bytes;
  return plain;
}

std::string WrapMarked(std::string_view text, const std::vector<Span>& marks, const TextLayout& layout) {
  const std::vector<Glyph> glyphs = GlyphsOf(text, marks);
  std::string out;
  for (std::size_t begin = 0; begin < glyphs.size();) {
    if (glyphs[begin].blank) {
      ++begin;
      continue;
    }
    const std::size_t next = LineEnd(glyphs, begin, layout);
    std::size_t end = next;
    while (end > begin && glyphs[end - 1].blank) --end;
    AppendLine(out, glyphs, begin, end, layout);
    begin = next;
  }
  return out;
}

}  // namespace wirewatch
