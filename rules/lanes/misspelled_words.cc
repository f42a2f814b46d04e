#include "rules/lanes/misspelled_words.h"

#include <algorithm>
#include <array>

#include "base/text/utf8.h"
#include "rules/lanes/word_key.h"

namespace wirewatch {

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

class MisspelledWords::Rests {
 public:
  // REQUIRES: there are as many powers as letters, and one more.
  Rests(std::u32string_view letters, const std::vector<std::uint64_t>& powers) : powers_(powers) {
    begins_.reserve(letters.size() + 1);
    begins_.push_back(0);
    for (const char32_t letter : letters) begins_.push_back(begins_.back() * powers[1] + letter);
  }

  // Calls with the hash of the word, and of all that is left when one to `most` letters are left out; of some twice.
  template <typename Call>
  void ForAll(std::uint32_t most, Call call) const {
    const std::size_t size = begins_.size() - 1;
    call(Mixed(begins_[size]));
    if (most == 0) return;
    for (std::size_t i = 0; i < size; ++i) {
      call(Mixed(With(begins_[i], i + 1, size)));
      for (std::size_t j = i + 1; most > 1 && j < size; ++j) call(Mixed(With(With(begins_[i], i + 1, j), j + 1, size)));
    }
  }

 private:
  // `hash` with the letters [begin, end) behind.
  std::uint64_t With(std::uint64_t hash, std::size_t begin, std::size_t end) const {
    const std::uint64_t power = powers_[end - begin];
    return hash * power + begins_[end] - begins_[begin] * power;
  }
  static std::uint32_t Mixed(std::uint64_t hash) {
    return static_cast<std::uint32_t>(MixWords(hash, std::uint64_t{0x9E3779B97F4A7C15}));
  }

  const std::vector<std::uint64_t>& powers_;
  std::vector<std::uint64_t> begins_;  // hashes of the first letters, by their number
};

void MisspelledWords::Add(std::uint32_t number, std::string_view word, std::uint32_t edits) {
  const auto added = static_cast<std::uint32_t>(words_.size());
  words_.push_back({number, edits, DecodeUtf8(word)});
  const std::u32string& letters = words_.back().letters;
  shortest_ = added == 0 ? letters.size() : std::min(shortest_, letters.size());
  longest_ = std::max(longest_, letters.size());
  most_edits_ = std::max(most_edits_, edits);
  while (powers_.size() <= longest_ + most_edits_ + 1) powers_.push_back(powers_.back() * (seed_ | 1));
  std::vector<std::uint32_t> rests;
  Rests(letters, powers_).ForAll(edits, [&](std::uint32_t rest) { rests.push_back(rest); });
  std::sort(rests.begin(), rests.end());
  rests.erase(std::unique(rests.begin(), rests.end()), rests.end());
  for (const std::uint32_t rest : rests) by_rest_.Add(rest, added);
}

void MisspelledWords::Find(std::string_view word, std::vector<std::uint32_t>& numbers) const {
  if (words_.empty()) return;
  const std::u32string letters = DecodeUtf8(word);
  if (letters.size() > longest_ + most_edits_ || letters.size() + most_edits_ < shortest_) return;
  std::vector<std::uint32_t> candidates;
  Rests(letters, powers_).ForAll(most_edits_, [&](std::uint32_t rest) {
    by_rest_.Find(rest, [&](std::uint32_t candidate) {
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

}  // namespace wirewatch
