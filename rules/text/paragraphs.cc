#include "rules/text/paragraphs.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/text/ascii.h"
#include "base/text/utf8.h"
#include "rules/text/sentence_marks.h"

namespace wirewatch {
namespace {

constexpr std::size_t kLeastMargin = 40, kMostMargin = 100;
constexpr std::size_t kIndent = 4;  // of a paragraph's first line, which feeds often take away

// Within a line: no line feed.
bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f'; }

// Cuts the last character off. Never more than four bytes.
char32_t TakeLastCharacter(std::string_view& text) {
  std::size_t size = 1;
  while (size < 4 && size < text.size() && IsUtf8Tail(text[text.size() - size])) {
    ++size;
  }
  const char32_t c = DecodeUtf8(text, text.size() - size).code_point;
  text.remove_suffix(size);
  return c;
}

struct Character {
  std::size_t bytes, columns;
};

// The size of the character at `at`. Its first byte tells how wide it is; for EA and EF the next byte is needed, too.
Character CharacterAt(std::string_view text, std::size_t at) {
  const auto byte = static_cast<unsigned char>(text[at]);
  if (byte < 0x80) return {1, 1};
  if (IsUtf8Tail(text[at])) return {1, 0};
  const std::size_t bytes = CharacterSize(text[at]);
  if (bytes != 3) return {bytes, bytes == 2 ? 1u : 2u};
  const unsigned char next = at + 1 < text.size() ? static_cast<unsigned char>(text[at + 1]) : 0;
  const bool wide = (0xE3 <= byte && byte <= 0xED && (byte != 0xEA || next >= 0xB0)) ||
                    (byte == 0xEF && (next == 0xBC || next == 0xBD));
  return {3, wide ? 2u : 1u};
}

// Columns of the text. Stops counting above kMostMargin: every text is measured here, and most have long lines.
std::size_t CountColumns(std::string_view text) {
  constexpr std::uint64_t kNotAscii = 0x8080808080808080;
  std::size_t columns = 0;
  for (std::size_t at = 0; at < text.size() && columns <= kMostMargin;) {
    std::uint64_t bytes = kNotAscii;
    if (text.size() - at >= sizeof bytes) std::memcpy(&bytes, text.data() + at, sizeof bytes);
    if ((bytes & kNotAscii) == 0) {
      columns += sizeof bytes;
      at += sizeof bytes;
    } else {
      const Character character = CharacterAt(text, at);
      columns += character.columns;
      at += character.bytes;
    }
  }
  return columns;
}

// A line without its blanks at both ends.
struct Line {
  std::size_t begin = 0, end = 0;  // bytes of the text; end: of its newline, or of the text
  std::string_view text;
  std::size_t indent = 0, columns = 0;  // columns: with the indent; exact up to kMostMargin

  bool empty() const { return text.empty(); }
};

Line LineAt(std::string_view text, std::size_t begin) {
  Line line;
  line.begin = begin;
  line.end = std::min(text.find('\n', begin), text.size());
  line.text = text.substr(begin, line.end - begin);
  while (!line.text.empty() && IsBlank(line.text.front())) {
    line.indent += line.text.front() == '\t' ? 8 : 1;
    line.text.remove_prefix(1);
  }
  while (!line.text.empty() && IsBlank(line.text.back())) line.text.remove_suffix(1);
  line.columns = line.indent + CountColumns(line.text);
  return line;
}

// In scripts without blanks a character may begin a line: it is the word.
std::size_t FirstWordOf(std::string_view line) {
  std::size_t columns = 0;
  for (std::size_t at = 0; at < line.size() && !IsBlank(line[at]) && columns <= kMostMargin;) {
    const Character character = CharacterAt(line, at);
    if (character.columns == 2) return columns > 0 ? columns : 2;
    columns += character.columns;
    at += character.bytes;
  }
  return columns;
}

bool IsWide(std::string_view line) { return !line.empty() && CharacterAt(line, 0).columns == 2; }

// No line of prose: of a table, of what is quoted.
bool StandsAlone(std::string_view line) {
  if (line.starts_with('>') || line.starts_with('|')) return true;
  std::size_t blanks = 0;
  for (const char c : line) {
    blanks = c == ' ' ? blanks + 1 : 0;
    if (c == '\t' || blanks == 3) return true;
  }
  return false;
}

// How an entry of a list begins.
enum class Entry : std::uint8_t { kNone, kMaybe, kSurely };  // kMaybe: a dash or number, as prose has them too

Entry EntryOf(std::string_view line) {
  const char32_t first = DecodeUtf8(line, 0).code_point;
  std::size_t at = first < 0x80 ? 1 : first < 0x800 ? 2 : 3;
  const auto blank_follows = [&] { return at < line.size() && IsBlank(line[at]); };
  if (first == '*' || first == 0x2022 || first == 0x2023 || first == 0x25CF || first == 0x25AA || first == 0x25E6 ||
      first == 0x30FB || first == 0xB7) {
    return Entry::kSurely;
  }
  if (first == '-' || first == '+' || first == 0x2013 || first == 0x2014) {
    return blank_follows() ? Entry::kMaybe : Entry::kNone;
  }
  at = first == '(' ? 1 : 0;
  const std::size_t begin = at;
  while (at < line.size() && at < begin + 3 && IsAsciiDigit(line[at])) ++at;
  if (at == begin && at + 1 < line.size() && IsAsciiLetter(line[at])) ++at;  // a) b)
  if (at == begin || at == line.size()) return Entry::kNone;
  const bool digits = IsAsciiDigit(line[begin]);
  if (line[at] != ')' && !(digits && line[at] == '.')) return Entry::kNone;
  ++at;
  return blank_follows() ? Entry::kMaybe : Entry::kNone;
}

// What stands behind a line's last word ends a sentence, or announces what follows.
bool EndsWithStop(std::string_view line) {
  while (!line.empty()) {
    if (IsAsciiLetter(line.back())) return false;  // most
    const char32_t c = TakeLastCharacter(line);
    const utf8proc_category_t category = utf8proc_category(static_cast<utf8proc_int32_t>(c));
    if (c == '"' || c == '\'' || category == UTF8PROC_CATEGORY_PE || category == UTF8PROC_CATEGORY_PF) continue;
    return IsFullStop(c) || IsEllipsis(c) || IsSentenceStop(c) || c == ':' || c == ';';
  }
  return false;
}

// The line goes on with a sentence: it begins with a lower-case letter, or a letter of a script without case.
bool GoesOn(std::string_view line) {
  const char32_t c = DecodeUtf8(line, 0).code_point;
  if (c < 0x80) return 'a' <= c && c <= 'z';
  const utf8proc_category_t category = utf8proc_category(static_cast<utf8proc_int32_t>(c));
  return category == UTF8PROC_CATEGORY_LL || category == UTF8PROC_CATEGORY_LO;
}

// A line and what the comparison with its neighbour asks: found once, used twice.
struct ProseLine : Line {
  explicit ProseLine(const Line& line)
      : Line(line),
        stands_alone(line.empty() || StandsAlone(line.text)),
        entry(line.empty() ? Entry::kNone : EntryOf(line.text)),
        ends_with_stop(EndsWithStop(line.text)) {}

  bool stands_alone;
  Entry entry;
  bool ends_with_stop;
};

bool IsOpen(const ProseLine& line, const ProseLine& next) { return !line.ends_with_stop && GoesOn(next.text); }

// Whether the newline between `line` and `next` can stand inside a paragraph.
bool MayJoin(const ProseLine& line, const ProseLine& next) {
  if (line.stands_alone || next.stands_alone) return false;
  if (next.indent > line.indent && line.entry == Entry::kNone) return false;
  return next.entry == Entry::kNone ||
         (next.entry == Entry::kMaybe && !line.ends_with_stop && line.entry == Entry::kNone);
}

bool IsFull(const Line& line, const Line& next, std::size_t margin) {
  // A wide character that may not begin a line hangs over the margin of others.
  const std::size_t blank = IsWide(next.text) ? 2 : 1;
  return line.columns + blank + FirstWordOf(next.text) > margin;
}

bool IsOneWord(const Line& line) { return !IsWide(line.text) && line.text.find(' ') == std::string_view::npos; }

// Most texts have a paragraph a line, and every text comes by here: where half of the first lines are long, the rest is
// not looked at.
bool BeginsWithLongLines(std::string_view text) {
  constexpr std::size_t kFirst = 4;
  std::size_t lines = 0, longer = 0;
  for (std::size_t at = 0; at < text.size() && lines < kFirst;) {
    const Line line = LineAt(text, at);
    at = line.end + 1;
    if (IsOneWord(line)) continue;
    ++lines;
    if (line.columns > kMostMargin && ++longer * 2 >= kFirst) return true;
  }
  return false;
}

// In bytes, which the compiler counts sixteen at once.
std::size_t CountNewlines(std::string_view text) {
  std::size_t count = 0;
  for (; !text.empty(); text.remove_prefix(std::min<std::size_t>(text.size(), 255))) {
    std::uint8_t newlines = 0;
    for (const char c : text.substr(0, 255)) newlines = static_cast<std::uint8_t>(newlines + (c == '\n' ? 1 : 0));
    count += newlines;
  }
  return count;
}

// The margin; 0: no text that was broken into lines.
std::size_t MarginOf(std::string_view text) {
  if (BeginsWithLongLines(text)) return 0;
  std::array<std::uint32_t, kMostMargin + 1> lines_of{};  // by their columns
  std::size_t lines = 0, longer = 0;
  const std::size_t most = 1 + CountNewlines(text);  // lines; with too many long ones among them the rest cannot help
  for (std::size_t at = 0; at < text.size();) {
    const Line line = LineAt(text, at);
    at = line.end + 1;
    if (IsOneWord(line)) continue;
    ++lines;
    if (line.columns > kMostMargin) {
      if (++longer * 20 > most) return 0;
    } else {
      ++lines_of[line.columns];
    }
  }
  if (longer * 20 > lines) return 0;
  std::size_t margin = kMostMargin;
  for (std::size_t left_out = longer; margin > 0; --margin) {
    left_out += lines_of[margin];
    if (left_out * 50 > lines) break;
  }
  return margin >= kLeastMargin ? margin : 0;
}

// The end of a line that another one follows, if it may be inside a paragraph.
struct LineEnd {
  const ProseLine& line;
  const ProseLine& next;
  bool first;          // of the text
  bool open;           // a sentence goes on
  bool full;           // the next word had no room
  bool indent_is_cut;  // it had none where the line had an indent, as those that begin a paragraph
};

template <typename Take>
void ForEachLineEnd(std::string_view text, std::size_t margin, Take take) {
  ProseLine line(LineAt(text, 0));
  bool first = true, begins_paragraph = true;
  while (line.end < text.size()) {
    const ProseLine next(LineAt(text, line.end + 1));
    LineEnd end{line, next, first, false, false, false};
    if (MayJoin(line, next)) {
      end.open = IsOpen(line, next);
      end.full = IsFull(line, next, margin);
      const bool may_lack_indent = line.indent == 0 && next.indent == 0 && (begins_paragraph || end.open);
      if (!end.full && may_lack_indent) end.full = end.indent_is_cut = IsFull(line, next, margin - kIndent);
    }
    take(end);
    first = false;
    begins_paragraph = !end.full;
    line = next;
  }
}

bool IsWrapped(std::string_view text, std::size_t margin) {
  std::size_t open = 0, open_and_full = 0;
  ForEachLineEnd(text, margin, [&](const LineEnd& end) {
    if (!end.open || end.line.columns * 2 < margin || (end.first && !end.full)) return;
    ++open;
    if (end.full) ++open_and_full;
  });
  return open_and_full > 0 && open_and_full * 10 >= open * 7;
}

}  // namespace

void JoinWrappedLines(std::string& text, std::size_t begin) {
  const std::string_view lines = std::string_view(text).substr(begin);
  if (lines.find('\n') == std::string_view::npos) return;
  const std::size_t margin = MarginOf(lines);
  if (margin == 0 || !IsWrapped(lines, margin)) return;
  const auto join = [&](std::size_t newline) {
    text[begin + newline] = ' ';
    if (newline > 0 && lines[newline - 1] == '\r') text[begin + newline - 1] = ' ';
  };
  // Behind a stop at the margin a paragraph may end: the line after it tells, when it begins one.
  std::size_t doubtful = std::string::npos;
  ForEachLineEnd(lines, margin, [&](const LineEnd& end) {
    if (doubtful != std::string::npos && !(end.open && end.indent_is_cut)) join(doubtful);
    doubtful = std::string::npos;
    const bool dateline_is_cut = end.first && end.open && end.next.columns * 2 > margin;
    if (end.full && !end.open) {
      doubtful = end.line.end;
    } else if (end.full || dateline_is_cut) {
      join(end.line.end);
    }
  });
  if (doubtful != std::string::npos) join(doubtful);
}

}  // namespace wirewatch
