#include "rules/lanes/vocabulary.h"

#include <algorithm>
#include <random>
#include <utility>

#include "rules/lanes/word_key.h"
#include "rules/language/word_pattern.h"
#include "rules/text/han_variants.h"
#include "rules/text/particles.h"

namespace wirewatch {
namespace {

std::uint64_t RandomSeed() {
  std::random_device device;
  return (std::uint64_t{device()} << 32) | device();
}

}  // namespace

Vocabulary::Vocabulary() : seed_(RandomSeed()), forms_(seed_), misspelled_(seed_) {}

std::uint32_t Vocabulary::Add(std::string_view word, Meaning meaning, StemLanguages languages) {
  if (const std::uint32_t known = Find(word, meaning, languages); known != kNone) return known;
  const auto number = static_cast<std::uint32_t>(words_.size());
  const std::size_t wildcard = word.find_first_of("*?");
  const bool has_wildcards = wildcard != std::string_view::npos || meaning != Meaning::kWritten;
  words_.push_back(
      {.begin = static_cast<std::uint32_t>(bytes_.size()), .has_wildcards = has_wildcards, .meaning = meaning});
  bytes_ += word;
  by_word_.Add(HashOf(word), number);
  switch (meaning) {
    case Meaning::kWritten:
    case Meaning::kParticles:
      if (has_wildcards) FileWildcards(number, std::min(wildcard, word.size()));
      break;
    case Meaning::kForms: forms_.Add(number, word, languages); break;
    case Meaning::kOneWrong: misspelled_.Add(number, word, 1); break;
    case Meaning::kTwoWrong: misspelled_.Add(number, word, 2); break;
    case Meaning::kHanClass: has_han_classes_ = true; break;
  }
  return number;
}

void Vocabulary::FileWildcards(std::uint32_t number, std::size_t prefix_size) {
  const std::string_view prefix = word(number).substr(0, prefix_size);
  const auto added = static_cast<std::uint32_t>(with_wildcards_.size());
  const std::uint32_t first = FindPrefix(prefix);
  with_wildcards_.push_back({number, static_cast<std::uint32_t>(prefix_size), kNone});
  if (first == kNone) {
    by_prefix_.Add(HashOf(prefix), added);
  } else {
    with_wildcards_[added].next = std::exchange(with_wildcards_[first].next, added);
  }
  const auto size = std::lower_bound(prefix_sizes_.begin(), prefix_sizes_.end(), prefix_size);
  if (size == prefix_sizes_.end() || *size != prefix_size) prefix_sizes_.insert(size, prefix_size);
}

void Vocabulary::FinishAdding() {
  bytes_.shrink_to_fit();
  words_.shrink_to_fit();
  with_wildcards_.shrink_to_fit();
  forms_.FinishAdding();
}

std::optional<std::uint32_t> Vocabulary::FindPlain(std::string_view wanted) const {
  const std::uint32_t number = Find(wanted, Meaning::kWritten, 0);
  if (number == kNone) return std::nullopt;
  return number;
}

std::uint32_t Vocabulary::Find(std::string_view wanted, Meaning meaning, StemLanguages languages) const {
  return by_word_.Find(HashOf(wanted), [&](std::uint32_t candidate) {
    return words_[candidate].meaning == meaning && word(candidate) == wanted &&
           (meaning != Meaning::kForms || forms_.languages(candidate) == languages);
  });
}

// Whether the word with wildcards or particles is `wanted`.
bool Vocabulary::Is(std::uint32_t number, std::string_view wanted) const {
  if (words_[number].meaning == Meaning::kWritten) return MatchesWildcards(word(number), wanted);
  return word(number) == wanted || IsWithParticles(word(number), wanted);
}

void Vocabulary::FindWildcards(std::string_view wanted, TextLanguage language,
                               std::vector<std::uint32_t>& numbers) const {
  const std::size_t before = numbers.size();
  if (!forms_.empty()) forms_.Find(wanted, language, numbers);
  misspelled_.Find(wanted, numbers);
  if (has_han_classes_) {
    const std::string_view of_class = HanClassOf(wanted);
    if (!of_class.empty()) {
      const std::uint32_t number = Find(of_class, Meaning::kHanClass, 0);
      if (number != kNone) numbers.push_back(number);
    }
  }
  for (const std::size_t size : prefix_sizes_) {
    if (size > wanted.size()) break;
    for (std::uint32_t at = FindPrefix(wanted.substr(0, size)); at != kNone; at = with_wildcards_[at].next) {
      const std::uint32_t number = with_wildcards_[at].number;
      if (Is(number, wanted)) numbers.push_back(number);
    }
  }
  const auto found = numbers.begin() + static_cast<std::ptrdiff_t>(before);
  std::sort(found, numbers.end());
  numbers.erase(std::unique(found, numbers.end()), numbers.end());
}

// The first of those with this prefix.
std::uint32_t Vocabulary::FindPrefix(std::string_view prefix) const {
  return by_prefix_.Find(HashOf(prefix), [&](std::uint32_t candidate) {
    const WithWildcards& one = with_wildcards_[candidate];
    return word(one.number).substr(0, one.prefix_size) == prefix;
  });
}

std::uint32_t Vocabulary::HashOf(std::string_view bytes) const {
  return static_cast<std::uint32_t>(wirewatch::HashOf(KeyOf(bytes, bytes.size(), seed_), seed_));
}

}  // namespace wirewatch
