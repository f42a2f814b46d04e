#include "rules/word_memory.h"

#include <algorithm>
#include <random>
#include <utility>

namespace wirewatch {
namespace {

constexpr std::size_t kSlots = std::size_t{1} << 16;

// Bits that do not choose the slot.
std::uint32_t TagOf(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> 32); }

std::uint64_t RandomSeed() {
  std::random_device device;
  return (std::uint64_t{device()} << 32) | device();
}

}  // namespace

WordMemory::WordMemory() : seed_(RandomSeed()) {}

void WordMemory::Use(const Vocabulary& vocabulary) {
  vocabulary_ = &vocabulary;
  Forget();
}

void WordMemory::Forget() {
  article_ = 1;
  slots_.assign(kSlots, {});
  slots_.shrink_to_fit();  // one article of a million words must not cost its memory for ever
  met_.clear();
  words_.assign(1, {});  // kUnknown
  wildcards_.clear();
  long_words_.clear();
}

void WordMemory::LookUp(const FoldedDocument& folded, std::vector<std::uint32_t>& words) {
  if (met_.size() * 2 >= kSlots) Forget();
  if (++article_ == 0) Forget();  // after 2^32 articles: what was seen long ago must not look like this one
  const std::size_t count = folded.tokens.size();
  words.resize(count);
  for (std::size_t begin = 0; begin < count; begin += kRound) {
    const std::size_t end = std::min(count, begin + kRound);
    Fetch(folded, begin, end);
    for (std::size_t i = begin; i < end; ++i) words[i] = Find(round_[i - begin]);
  }
}

// The tables are larger than the innermost caches: what a round of words will read is asked for all at once, so that
// the waits overlap.
void WordMemory::Fetch(const FoldedDocument& folded, std::size_t begin, std::size_t end) {
  const std::string_view text = folded.text;
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t i = begin; i < end; ++i) {
    const Span place = folded.tokens[i].folded;
    Wanted& wanted = round_[i - begin];
    wanted.text = {text.data() + place.begin, place.size()};
    wanted.key = KeyOf(wanted.text, text.size() - place.begin, seed_);
    wanted.hash = HashOf(wanted.key, seed_);
    __builtin_prefetch(&slots_[wanted.hash & mask]);
  }
  for (std::size_t i = begin; i < end; ++i) {
    const std::uint32_t met = slots_[round_[i - begin].hash & mask].met;
    __builtin_prefetch(met_.data() + (met == 0 ? 0 : met - 1));
  }
}

std::uint32_t WordMemory::Find(const Wanted& wanted) {
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = wanted.hash & mask;; at = (at + 1) & mask) {
    Slot& slot = slots_[at];
    if (slot.met == 0) {
      const std::uint32_t number = Learn(wanted.key, wanted.text);
      slot = {TagOf(wanted.hash), static_cast<std::uint32_t>(met_.size())};
      if (met_.size() * 2 > slots_.size()) Grow();
      return number;
    }
    const Met& met = met_[slot.met - 1];
    if (slot.tag == TagOf(wanted.hash) && Is(met, wanted.key, wanted.text)) return met.word;
  }
}

std::uint32_t WordMemory::Learn(WordKey key, std::string_view text) {
  if (!key.is_inline()) {
    key.high = long_words_.size();
    long_words_ += text;
  }
  Word word;
  if (const auto plain = vocabulary_->FindPlain(text)) word.plain = *plain;
  word.wildcards = static_cast<std::uint32_t>(wildcards_.size());
  vocabulary_->FindWildcards(text, wildcards_);
  word.wildcard_count = static_cast<std::uint32_t>(wildcards_.size()) - word.wildcards;
  std::uint32_t number = kUnknown;
  if (word.plain != kNone || word.wildcard_count != 0) {
    if (word.plain != kNone) word.uses = vocabulary_->uses(word.plain);
    for (std::size_t i = word.wildcards; i < wildcards_.size(); ++i) word.uses |= vocabulary_->uses(wildcards_[i]);
    number = static_cast<std::uint32_t>(words_.size());
    words_.push_back(word);
  }
  met_.push_back({key, number});
  return number;
}

void WordMemory::Grow() {
  std::vector<Slot> slots(slots_.size() * 2);
  const std::size_t mask = slots.size() - 1;
  for (std::size_t i = 0; i < met_.size(); ++i) {
    WordKey key = met_[i].key;
    if (!key.is_inline()) key.high = 0;  // as KeyOf makes it
    const std::uint64_t hash = HashOf(key, seed_);
    std::size_t at = hash & mask;
    while (slots[at].met != 0) at = (at + 1) & mask;
    slots[at] = {TagOf(hash), static_cast<std::uint32_t>(i + 1)};
  }
  slots_ = std::move(slots);
}

}  // namespace wirewatch
