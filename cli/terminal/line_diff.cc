#include "cli/terminal/line_diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/text/printable.h"

namespace wirewatch {
namespace {

constexpr std::size_t kContext = 3;
constexpr std::size_t kMostCells = 16'000'000;

std::vector<std::string_view> LinesOf(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

struct Change {
  char sign;  // ' ', '-' or '+'
  std::string_view line;
};

using Lines = std::vector<std::string_view>;

// The longest common subsequence by its table of lengths, between what is equal at both ends.
std::vector<Change> ChangesOf(const Lines& a, const Lines& b) {
  std::size_t head = 0, tail = 0;
  const std::size_t least = std::min(a.size(), b.size());
  while (head < least && a[head] == b[head]) ++head;
  while (tail < least - head && a[a.size() - 1 - tail] == b[b.size() - 1 - tail]) ++tail;
  const std::size_t rows = a.size() - head - tail, columns = b.size() - head - tail;
  std::vector<Change> changes;
  for (std::size_t i = 0; i < head; ++i) changes.push_back({' ', a[i]});
  std::size_t i = 0, j = 0;
  if (columns > 0 && rows <= kMostCells / columns) {
    std::vector<std::uint32_t> longest((rows + 1) * (columns + 1), 0);
    const auto at = [&](std::size_t row, std::size_t column) -> std::uint32_t& {
      return longest[row * (columns + 1) + column];
    };
    for (std::size_t row = rows; row-- > 0;) {
      for (std::size_t column = columns; column-- > 0;) {
        at(row, column) = a[head + row] == b[head + column] ? at(row + 1, column + 1) + 1
                                                            : std::max(at(row + 1, column), at(row, column + 1));
      }
    }
    while (i < rows && j < columns) {
      if (a[head + i] == b[head + j]) {
        changes.push_back({' ', a[head + i]});
        ++i, ++j;
      } else if (at(i + 1, j) >= at(i, j + 1)) {
        changes.push_back({'-', a[head + i++]});
      } else {
        changes.push_back({'+', b[head + j++]});
      }
    }
  }
  while (i < rows) changes.push_back({'-', a[head + i++]});
  while (j < columns) changes.push_back({'+', b[head + j++]});
  for (std::size_t k = a.size() - tail; k < a.size(); ++k) changes.push_back({' ', a[k]});
  return changes;
}

}  // namespace

std::string LineDiff(std::string_view before, std::string_view after, std::string_view name, bool colour) {
  if (before == after) return "";
  const std::vector<Change> changes = ChangesOf(LinesOf(before), LinesOf(after));
  const auto painted = [&](const char* code, const std::string& line) {
    return colour ? fmt::format("\x1b[{}m{}\x1b[0m\n", code, line) : line + "\n";
  };
  std::string text = painted("1", fmt::format("--- {}", name)) + painted("1", fmt::format("+++ {}", name));
  const std::size_t size = changes.size();
  std::size_t old_line = 1, new_line = 1;
  for (std::size_t i = 0; i < size;) {
    // A hunk goes on while the next change is near.
    std::size_t first = i;
    while (first < size && changes[first].sign == ' ') ++first;
    if (first == size) break;
    const std::size_t begin = std::max(i, first - std::min(first, kContext));
    std::size_t end = first, quiet = 0;
    while (end < size && quiet <= 2 * kContext) {
      quiet = changes[end].sign == ' ' ? quiet + 1 : 0;
      ++end;
    }
    end -= quiet - std::min(quiet, kContext);
    old_line += begin - i;
    new_line += begin - i;
    std::size_t old_count = 0, new_count = 0;
    std::string hunk;
    for (std::size_t k = begin; k < end; ++k) {
      const Change& change = changes[k];
      old_count += change.sign != '+' ? 1 : 0;
      new_count += change.sign != '-' ? 1 : 0;
      const std::string line = fmt::format("{}{}", change.sign, colour ? Printable(change.line) : change.line);
      hunk += change.sign == ' ' ? line + "\n" : painted(change.sign == '-' ? "31" : "32", line);
    }
    text += painted("36", fmt::format("@@ -{},{} +{},{} @@", old_count == 0 ? old_line - 1 : old_line, old_count,
                                      new_count == 0 ? new_line - 1 : new_line, new_count));
    text += hunk;
    old_line += old_count;
    new_line += new_count;
    i = end;
  }
  return text;
}

}  // namespace wirewatch
