#include "rules/lanes/word_memory.h"

#include <cstring>

namespace wirewatch {
namespace {

// Two for each word that is remembered, so that nearly all stand where they are looked for first.
constexpr std::size_t kFewestSlots = std::size_t{1} << 12, kMostSlots = std::size_t{1} << 17;

}  // namespace

void WordMemory::Use(const Vocabulary& vocabulary, TextLanguage language) {
  vocabulary_ = &vocabulary;
  language_ = language;
  seed_ = vocabulary.seed();
  Forget();
}

void WordMemory::Forget() {
  article_ = 0;
  // One article of a million words must not cost its memory for ever.
  if (slots_.size() > kMostSlots) slots_ = {};
  slots_.assign(std::max(slots_.size(), kFewestSlots), {});
  mask_ = slots_.size() - 1;
  met_ = 0;
  known_.assign(1, {});
  wildcards_.clear();
  long_words_.clear();
}

void WordMemory::BeginArticle() {
  if (met_ * 2 >= kMostSlots) Forget();
  if (++article_ == 0) {  // after 2^16 articles: what was seen long ago must not look like this one
    for (Slot& slot : slots_) slot.word.seen = 0;
    article_ = 1;
  }
}

// The table is larger than the innermost caches: what a round of words will read is asked for all at once, so that the
// waits overlap.
void WordMemory::Fetch(const FoldedDocument& folded, std::size_t begin, std::size_t end) {
  const std::string_view text = folded.text;
  for (std::size_t i = begin; i < end; ++i) {
    const Span place = folded.tokens[i].folded;
    Wanted& wanted = round_[i - begin];
    wanted.key = KeyOf({text.data() + place.begin, place.size()}, text.size() - place.begin, seed_);
    wanted.hash = HashOf(wanted.key, seed_);
    __builtin_prefetch(&slots_[wanted.hash & mask_]);
  }
}

// A word that is long, new, or was met after another that took its place.
WordMemory::Word& WordMemory::FindFurther(const Wanted& wanted, std::string_view text) {
  if ((met_ + 1) * 2 > slots_.size()) Grow();
  for (std::size_t at = wanted.hash & mask_;; at = (at + 1) & mask_) {
    Slot& slot = slots_[at];
    if (slot.key.is_nothing()) {
      slot = {Keep(wanted.key, text), Learn(text)};
      ++met_;
      return slot.word;
    }
    if (IsKept(slot.key, wanted.key, text)) return slot.word;
  }
}

WordMemory::Word WordMemory::Learn(std::string_view text) {
  Word word;
  Known known;
  if (const auto plain = vocabulary_->FindPlain(text)) {
    word.plain = known.plain = *plain;
    word.alone = vocabulary_->alone(*plain);
    known.plain_uses = word.uses = vocabulary_->uses(*plain);
  }
  found_.clear();
  vocabulary_->FindWildcards(text, language_, found_);
  if (known.plain == kNone && found_.empty()) return word;
  known.wildcards = static_cast<std::uint32_t>(wildcards_.size());
  known.wildcard_count = static_cast<std::uint32_t>(found_.size());
  for (const std::uint32_t number : found_) {
    wildcards_.push_back({number, vocabulary_->uses(number)});
    word.uses |= vocabulary_->uses(number);
  }
  word.number = static_cast<std::uint32_t>(known_.size());
  known_.push_back(known);
  return word;
}

// The key as a slot holds it.
WordKey WordMemory::Keep(WordKey key, std::string_view text) {
  if (key.is_inline()) return key;
  key.high = WordKey::kLong | long_words_.size();
  const std::size_t size = text.size();
  long_words_.append(reinterpret_cast<const char*>(&size), sizeof(size));
  long_words_ += text;
  return key;
}

bool WordMemory::IsKept(const WordKey& kept, const WordKey& key, std::string_view text) const {
  if (key.is_inline()) return kept == key;
  if (kept.is_inline() || kept.low != key.low) return false;
  const std::size_t place = kept.high - WordKey::kLong;
  std::size_t size = 0;
  std::memcpy(&size, long_words_.data() + place, sizeof(size));
  return std::string_view(long_words_).substr(place + sizeof(size), size) == text;
}

void WordMemory::Grow() {
  const std::vector<Slot> before = std::exchange(slots_, std::vector<Slot>(slots_.size() * 2));
  mask_ = slots_.size() - 1;
  for (const Slot& slot : before) {
    if (slot.key.is_nothing()) continue;
    // Of a long word the hash is that of the key that KeyOf makes.
    const WordKey key{slot.key.low, slot.key.is_inline() ? slot.key.high : WordKey::kLong};
    std::size_t at = HashOf(key, seed_) & mask_;
    while (!slots_[at].key.is_nothing()) at = (at + 1) & mask_;
    slots_[at] = slot;
  }
}

}  // namespace wirewatch
