// Vocabulary: the words that the terms of a rule set are made of, each with a number: plain ones ("huawei") and those
// with wildcards ("exclud*", "organi?ation"). Whatever else stands for several words counts as one with wildcards: a
// word of Hangul that takes particles (particles.h), "~ban" (form_words.h), "huawei~1" (misspelled_words.h) and, with
// `han: same`, a Chinese character that has variants (han_variants.h).
//
// Plain words stand in a hash table. Words with wildcards are found by the bytes before their first wildcard, the
// prefix: "exclud*" by "exclud". A word of an article is looked up as a plain word, and its first bytes as a prefix,
// once for each length that a prefix has. So it costs a few look-ups, not a walk over the patterns. Forms and
// misspellings have tables of their own.
#ifndef WIREWATCH_RULES_LANES_VOCABULARY_H_
#define WIREWATCH_RULES_LANES_VOCABULARY_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/lanes/form_words.h"
#include "rules/lanes/misspelled_words.h"
#include "rules/lanes/number_table.h"
#include "rules/lanes/word_uses.h"

namespace wirewatch {

// Immutable once filled; shared by threads.
class Vocabulary {
 public:
  static constexpr std::uint32_t kNone = NumberTable::kNone;

  Vocabulary();

  // What a word stands for.
  enum class Meaning : std::uint8_t {
    kWritten,    // itself, with its wildcards
    kParticles,  // itself, and itself with particles
    kForms,      // its forms
    kOneWrong,   // itself with a letter wrong
    kTwoWrong,   // itself with two
    kHanClass,   // the characters of its class; it is HanClassOf itself
  };
  // The number of a word as it stands in a folded pattern, without its mark, added if it is new. With another meaning
  // it is another word; so it is with forms in other `languages` (Term::languages). REQUIRES: only kWritten has
  // wildcards.
  std::uint32_t Add(std::string_view word, Meaning meaning = Meaning::kWritten, StemLanguages languages = 0);
  // To be called after the last Add: frees the memory that only Add needs.
  void FinishAdding();

  std::size_t size() const { return words_.size(); }
  std::string_view word(std::uint32_t number) const {
    const std::size_t begin = words_[number].begin;
    const std::size_t end = number + 1 < words_.size() ? words_[number + 1].begin : bytes_.size();
    return std::string_view(bytes_).substr(begin, end - begin);
  }
  bool has_wildcards(std::uint32_t number) const { return words_[number].has_wildcards; }

  // Two values that are stored for WordLane with each word and not read here: the bits of word_uses.h, and the number
  // of the term that is just this word (kNone: there is none).
  void AddUse(std::uint32_t number, WordUses uses) { words_[number].uses |= uses; }
  WordUses uses(std::uint32_t number) const { return words_[number].uses; }
  void SetAlone(std::uint32_t number, std::uint32_t alone) { words_[number].alone = alone; }
  std::uint32_t alone(std::uint32_t number) const { return words_[number].alone; }

  // The number of the plain word `word`.
  std::optional<std::uint32_t> FindPlain(std::string_view word) const;
  // Appends the numbers of the words with wildcards that match `word` in an article of that language, rising.
  void FindWildcards(std::string_view word, TextLanguage language, std::vector<std::uint32_t>& numbers) const;
  // The language in which the same words match as in `language`: most rule sets know no other.
  TextLanguage Reduced(TextLanguage language) const { return forms_.Reduced(language); }
  bool has_forms() const { return !forms_.empty(); }

  // Of all hashes of words (word_key.h): random, new for each vocabulary.
  std::uint64_t seed() const { return seed_; }

 private:
  struct Word {
    std::uint32_t begin = 0;  // in bytes_; the end is the begin of the next
    std::uint32_t alone = kNone;
    WordUses uses = 0;
    bool has_wildcards = false;
    Meaning meaning = Meaning::kWritten;
  };
  struct WithWildcards {
    std::uint32_t number = 0;
    std::uint32_t prefix_size = 0;
    std::uint32_t next = kNone;  // with the same prefix, in with_wildcards_
  };

  std::uint32_t HashOf(std::string_view bytes) const;
  std::uint32_t Find(std::string_view word, Meaning meaning, StemLanguages languages) const;
  bool Is(std::uint32_t number, std::string_view word) const;
  void FileWildcards(std::uint32_t number, std::size_t prefix_size);
  std::uint32_t FindPrefix(std::string_view prefix) const;

  std::uint64_t seed_;
  std::string bytes_;  // of all words
  std::vector<Word> words_;
  NumberTable by_word_;
  std::vector<WithWildcards> with_wildcards_;
  NumberTable by_prefix_;                  // into with_wildcards_: the last that was added
  std::vector<std::size_t> prefix_sizes_;  // those in use, rising
  FormWords forms_;
  MisspelledWords misspelled_;
  bool has_han_classes_ = false;
};

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_LANES_VOCABULARY_H_
