// FormWords: which words of a vocabulary are `~ban`, and which of them a word of an article is a form of.
//
// A table of stems, by language: a word of an article is stemmed once, and its stems are looked up. So it costs the
// same for one such word as for thousands.
#ifndef WIREWATCH_RULES_LANES_FORM_WORDS_H_
#define WIREWATCH_RULES_LANES_FORM_WORDS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "rules/lanes/number_table.h"
#include "rules/text/stems.h"

namespace wirewatch {

// The language of an article, as far as forms depend on it: that of its stems, or that nobody gave it. A number below
// kCount, to index by.
class TextLanguage {
 public:
  static constexpr std::size_t kCount = kStemLanguages + 1;

  // One whose words have no forms.
  TextLanguage() = default;
  // Of a canonical tag; empty: nobody gave it.
  explicit TextLanguage(std::string_view tag)
      : number_(tag.empty() ? kUnknown : static_cast<std::size_t>(StemLanguageOf(tag))) {}

  bool is_known() const { return number_ != kUnknown; }
  // REQUIRES: is_known().
  StemLanguage language() const { return static_cast<StemLanguage>(number_); }
  std::size_t number() const { return number_; }

 private:
  static constexpr std::size_t kUnknown = kStemLanguages;
  std::size_t number_ = 0;
};

// Immutable once filled; shared by threads.
class FormWords {
 public:
  explicit FormWords(std::uint64_t seed) : seed_(seed) {}

  bool empty() const { return words_.empty(); }

  // `languages`: as Term::languages. REQUIRES: the numbers rise.
  void Add(std::uint32_t number, std::string_view word, StemLanguages languages);
  void FinishAdding();

  // As it was added. REQUIRES: the number was.
  StemLanguages languages(std::uint32_t number) const;

  // The language that has the same forms of these words: itself, or one without forms.
  TextLanguage Reduced(TextLanguage language) const;

  // Appends the numbers of the words that `word` is a form of, in an article of that language; perhaps one twice.
  void Find(std::string_view word, TextLanguage language, std::vector<std::uint32_t>& numbers) const;

 private:
  struct Word {
    std::uint32_t number = 0;
    StemLanguages languages = 0;
  };
  struct Entry {
    std::uint32_t begin = 0, size = 0;  // of the stem, in bytes_
    StemLanguage language = StemLanguage::kNone;
    std::uint32_t number = 0;
    std::uint32_t next = NumberTable::kNone;  // of the same stem and language
  };

  std::uint32_t HashOf(std::string_view stem, StemLanguage language) const;
  std::uint32_t FirstOf(std::string_view stem, StemLanguage language) const;
  void AddEntry(std::string_view stem, StemLanguage language, std::uint32_t number);

  std::uint64_t seed_;
  std::vector<Word> words_;
  std::string bytes_;
  std::vector<Entry> entries_;
  NumberTable by_stem_;            // the first entry of each stem
  StemLanguages of_articles_ = 0;  // in which some word has forms
  StemLanguages of_unknown_ = 0;   // in which some word has forms where an article does not say its language
};

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_LANES_FORM_WORDS_H_
