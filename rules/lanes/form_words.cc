#include "rules/lanes/form_words.h"

#include <algorithm>
#include <utility>

#include "rules/lanes/word_key.h"

namespace wirewatch {
namespace {

constexpr StemLanguages kAll = (StemLanguages{1} << kStemLanguages) - 1;

template <typename Call>
void ForEach(StemLanguages languages, Call call) {
  for (std::size_t i = 0; i < kStemLanguages; ++i) {
    const auto language = static_cast<StemLanguage>(i);
    if ((languages & BitOf(language)) != 0) call(language);
  }
}

}  // namespace

void FormWords::Add(std::uint32_t number, std::string_view word, StemLanguages languages) {
  words_.push_back({number, languages});
  // Itself, in every language.
  AddEntry(word, StemLanguage::kNone, number);
  const StemLanguages in_articles = (languages == 0 ? kAll : languages) & ~BitOf(StemLanguage::kNone);
  ForEach(in_articles, [&](StemLanguage language) {
    for (const std::string& stem : StemsOf(word, language)) AddEntry(stem, language, number);
  });
  of_articles_ |= in_articles;
  of_unknown_ |= LanguagesOfForms("", languages) & ~BitOf(StemLanguage::kNone);
}

void FormWords::FinishAdding() {
  words_.shrink_to_fit();
  bytes_.shrink_to_fit();
  entries_.shrink_to_fit();
}

StemLanguages FormWords::languages(std::uint32_t number) const {
  return std::lower_bound(words_.begin(), words_.end(), number,
                          [](const Word& word, std::uint32_t wanted) { return word.number < wanted; })
      ->languages;
}

TextLanguage FormWords::Reduced(TextLanguage language) const {
  if (!language.is_known()) return of_unknown_ == 0 ? TextLanguage() : language;
  return (of_articles_ & BitOf(language.language())) == 0 ? TextLanguage() : language;
}

void FormWords::Find(std::string_view word, TextLanguage language, std::vector<std::uint32_t>& numbers) const {
  const auto add = [&](std::string_view stem, StemLanguage of_stem) {
    for (std::uint32_t at = FirstOf(stem, of_stem); at != NumberTable::kNone; at = entries_[at].next) {
      const std::uint32_t number = entries_[at].number;
      if (of_stem != StemLanguage::kNone && !language.is_known() &&
          (LanguagesOfForms("", languages(number)) & BitOf(of_stem)) == 0) {
        continue;
      }
      numbers.push_back(number);
    }
  };
  add(word, StemLanguage::kNone);
  const StemLanguages languages = language.is_known() ? BitOf(language.language()) : of_unknown_;
  ForEach(languages & of_articles_, [&](StemLanguage of_stem) {
    for (const std::string& stem : StemsOf(word, of_stem)) add(stem, of_stem);
  });
}

std::uint32_t FormWords::HashOf(std::string_view stem, StemLanguage language) const {
  const std::uint64_t seed = seed_ + static_cast<std::uint64_t>(language);
  return static_cast<std::uint32_t>(wirewatch::HashOf(KeyOf(stem, stem.size(), seed), seed));
}

std::uint32_t FormWords::FirstOf(std::string_view stem, StemLanguage language) const {
  return by_stem_.Find(HashOf(stem, language), [&](std::uint32_t candidate) {
    const Entry& entry = entries_[candidate];
    return entry.language == language && std::string_view(bytes_).substr(entry.begin, entry.size) == stem;
  });
}

void FormWords::AddEntry(std::string_view stem, StemLanguage language, std::uint32_t number) {
  const std::uint32_t first = FirstOf(stem, language);
  const auto added = static_cast<std::uint32_t>(entries_.size());
  Entry entry{.begin = static_cast<std::uint32_t>(bytes_.size()),
              .size = static_cast<std::uint32_t>(stem.size()),
              .language = language,
              .number = number};
  if (first == NumberTable::kNone) {
    bytes_ += stem;
    by_stem_.Add(HashOf(stem, language), added);
  } else {
    entry.begin = entries_[first].begin;
    entry.next = std::exchange(entries_[first].next, added);
  }
  entries_.push_back(entry);
}

}  // namespace wirewatch
