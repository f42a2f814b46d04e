#include "cli/terminal/table.h"

#include <algorithm>
#include <cstddef>

#include "base/text/utf8.h"

namespace wirewatch {

std::string Table::Text() const {
  std::vector<std::size_t> widths(rows_.front().size());
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], CountCharacters(row[i]));
  }
  std::string text;
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      text += row[i];
      if (i + 1 < row.size()) text.append(widths[i] + 2 - CountCharacters(row[i]), ' ');
    }
    text.erase(text.find_last_not_of(' ') + 1);  // empty cells at its end
    text += '\n';
  }
  return text;
}

}  // namespace wirewatch
