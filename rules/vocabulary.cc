#include "rules/vocabulary.h"

#include <algorithm>

#include "rules/word_pattern.h"

namespace wirewatch {

std::uint32_t Vocabulary::Add(std::string_view word) {
  if (const auto known = numbers_.find(word); known != numbers_.end()) return known->second;
  const auto number = static_cast<std::uint32_t>(words_.size());
  words_.push_back(numbers_.emplace(word, number).first->first);
  const std::size_t wildcard = word.find_first_of("*?");
  wildcards_.push_back(wildcard != std::string_view::npos);
  uses_.push_back(0);
  if (wildcard == std::string_view::npos) return number;
  by_prefix_[std::string(word.substr(0, wildcard))].push_back(number);
  const auto size = std::lower_bound(prefix_sizes_.begin(), prefix_sizes_.end(), wildcard);
  if (size == prefix_sizes_.end() || *size != wildcard) prefix_sizes_.insert(size, wildcard);
  return number;
}

std::optional<std::uint32_t> Vocabulary::FindPlain(std::string_view word) const {
  const auto known = numbers_.find(word);
  if (known == numbers_.end()) return std::nullopt;
  return known->second;
}

void Vocabulary::FindWildcards(std::string_view word, std::vector<std::uint32_t>& numbers) const {
  const std::size_t before = numbers.size();
  for (const std::size_t size : prefix_sizes_) {
    if (size > word.size()) break;
    const auto filed = by_prefix_.find(word.substr(0, size));
    if (filed == by_prefix_.end()) continue;
    for (const std::uint32_t number : filed->second) {
      if (MatchesWildcards(words_[number], word)) numbers.push_back(number);
    }
  }
  std::sort(numbers.begin() + static_cast<std::ptrdiff_t>(before), numbers.end());
}

}  // namespace wirewatch
