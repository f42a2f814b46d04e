#include "rules/lanes/term_table.h"

#include <functional>

namespace wirewatch {

std::uint32_t TermTable::Add(const Term& term) {
  const std::uint8_t shape = ShapeOf(term);
  const std::size_t wide = std::hash<std::string_view>()(term.text) ^ shape * std::size_t{0x9E3779B97F4A7C15};
  const auto hash = static_cast<std::uint32_t>(wide ^ wide >> 32);
  const std::uint32_t known = numbers_.Find(hash, [&](std::uint32_t number) {
    return shapes_[number] == shape && text(number) == term.text && languages(number) == term.languages;
  });
  if (known != NumberTable::kNone) return known;
  if (size() == kMost || bytes_.size() + term.text.size() > kMostBytes) {
    is_overfull_ = true;
    return 0;
  }
  const std::uint32_t number = size();
  begins_.push_back(static_cast<std::uint32_t>(bytes_.size()));
  shapes_.push_back(shape);
  if (term.languages != 0) languages_.push_back({number, term.languages});
  bytes_ += term.text;
  numbers_.Add(hash, number);
  return number;
}

void TermTable::FinishAdding() {
  numbers_ = {};
  bytes_.shrink_to_fit();
  begins_.shrink_to_fit();
  shapes_.shrink_to_fit();
  languages_.shrink_to_fit();
}

}  // namespace wirewatch
