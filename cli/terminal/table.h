// Table: text in columns, for people. By hand, since tabulate is bigger than the need.
#ifndef WIREWATCH_CLI_TERMINAL_TABLE_H_
#define WIREWATCH_CLI_TERMINAL_TABLE_H_

#include <string>
#include <utility>
#include <vector>

namespace wirewatch {

class Table {
 public:
  explicit Table(std::vector<std::string> heads) { Add(std::move(heads)); }

  // REQUIRES: as many cells as there are heads. Cells are text for a terminal, on one line.
  void Add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }

  // A line for the heads and for each row; columns are two blanks apart, no line ends with blanks.
  std::string Text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_CLI_TERMINAL_TABLE_H_
