#include "rules/lanes/misspelled_words.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text/utf8.h"
#include "rules/lanes/word_key.h"

namespace wirewatch {
namespace {

// Calls with `letters` and with all that is left of it when one to `most` letters are left out, some perhaps twice.
template <typename Call>
void ForAllRests(const std::u32string& letters, std::uint32_t most, Call call) {
  call(letters);
  if (most == 0) return;
  std::u32string one, two;
  for (std::size_t i = 0; i < letters.size(); ++i) {
    one = letters;
    one.erase(i, 1);
    call(one);
    for (std::size_t j = i; most > 1 && j < one.size(); ++j) {
      two = one;
      two.erase(j, 1);
      call(two);
    }
  }
}

}  // namespace

bool AreWithin(std::u32string_view a, std::u32string_view b, std::size_t most) {
  if (std::max(a.size(), b.size()) - std::min(a.size(), b.size()) > most) return false;
  // Rows of the table of distances: of the last letters of `a`, the ones before it, and those before these.
  std::array<std::vector<std::size_t>, 3> rows;
  for (auto& row : rows) row.resize(b.size() + 1);
  for (std::size_t i = 0; i <= a.size(); ++i) {
    std::vector<std::size_t>& row = rows[i % 3];
    const std::vector<std::size_t>&before = rows[(i + 2) % 3], &before_that = rows[(i + 1) % 3];
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        row[j] = i + j;
        continue;
      }
      row[j] = std::min({before[j] + 1, row[j - 1] + 1, before[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before_that[j - 2] + 1);
    }
  }
  return rows[a.size() % 3][b.size()] <= most;
}

void MisspelledWords::Add(std::uint32_t number, std::string_view word, std::uint32_t edits) {
  const auto added = static_cast<std::uint32_t>(words_.size());
  words_.push_back({number, edits, DecodeUtf8(word)});
  const std::u32string& letters = words_.back().letters;
  shortest_ = added == 0 ? letters.size() : std::min(shortest_, letters.size());
  longest_ = std::max(longest_, letters.size());
  most_edits_ = std::max(most_edits_, edits);
  std::vector<std::uint32_t> rests;
  ForAllRests(letters, edits, [&](std::u32string_view rest) { rests.push_back(HashOf(rest)); });
  std::sort(rests.begin(), rests.end());
  rests.erase(std::unique(rests.begin(), rests.end()), rests.end());
  for (const std::uint32_t rest : rests) by_rest_.Add(rest, added);
}

void MisspelledWords::Find(std::string_view word, std::vector<std::uint32_t>& numbers) const {
  if (words_.empty()) return;
  const std::u32string letters = DecodeUtf8(word);
  if (letters.size() > longest_ + most_edits_ || letters.size() + most_edits_ < shortest_) return;
  std::vector<std::uint32_t> candidates;
  ForAllRests(letters, most_edits_, [&](std::u32string_view rest) {
    by_rest_.Find(HashOf(rest), [&](std::uint32_t candidate) {
      candidates.push_back(candidate);
      return false;  // and all others, too
    });
  });
  std::sort(candidates.begin(), candidates.end());
  candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
  for (const std::uint32_t candidate : candidates) {
    const Word& one = words_[candidate];
    if (AreWithin(one.letters, letters, one.edits)) numbers.push_back(one.number);
  }
}

std::uint32_t MisspelledWords::HashOf(std::u32string_view letters) const {
  std::uint64_t hash = seed_;
  for (const char32_t letter : letters) hash = MixWords(hash ^ letter, seed_ | 1);
  return static_cast<std::uint32_t>(hash ^ hash >> 32);
}

}  // namespace wirewatch
