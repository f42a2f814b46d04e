// How many letters of two words differ: what `huawei~1` means.
#ifndef WIREWATCH_RULES_REFERENCE_LETTERS_WRONG_H_
#define WIREWATCH_RULES_REFERENCE_LETTERS_WRONG_H_

#include <algorithm>
#include <cstddef>
#include <vector>

namespace wirewatch {

// The letters that must be put in, left out, changed, or changed with their neighbour to make one word of the other,
// where no letter is touched twice: the optimal string alignment distance, by its recursion (L. Boytsov, "Indexing
// methods for approximate dictionary searching", 2011, section 2.1). `Word`: letters by number, with their size().
template <typename Word>
std::size_t LettersWrong(const Word& a, const Word& b) {
  const std::size_t width = b.size() + 1;
  std::vector<std::size_t> cells((a.size() + 1) * width);
  const auto wrong = [&](std::size_t i, std::size_t j) -> std::size_t& { return cells[i * width + j]; };
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        wrong(i, j) = i + j;
        continue;
      }
      wrong(i, j) =
          std::min({wrong(i - 1, j) + 1, wrong(i, j - 1) + 1, wrong(i - 1, j - 1) + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        wrong(i, j) = std::min(wrong(i, j), wrong(i - 2, j - 2) + 1);
      }
    }
  }
  return wrong(a.size(), b.size());
}

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_REFERENCE_LETTERS_WRONG_H_
