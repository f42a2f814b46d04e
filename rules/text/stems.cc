#include "rules/text/stems.h"

#include <libstemmer.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/c_handle.h"
#include "base/text/ascii.h"
#include "rules/text/fold.h"
#include "rules/text/slavic_stems.h"
#include "rules/text/stem_spellings.h"

namespace wirewatch {
namespace {

using Stemmer = CHandle<sb_stemmer, sb_stemmer_delete>;

struct Language {
  StemLanguage language;
  std::string_view codes;          // primary subtags, with blanks between
  const char* snowball = nullptr;  // its name there
  std::vector<std::string> (*ours)(std::string_view folded_word) = nullptr;
};

constexpr Language kLanguages[] = {
    {StemLanguage::kArabic, "ar", "arabic"},
    {StemLanguage::kArmenian, "hy", "armenian"},
    {StemLanguage::kBasque, "eu", "basque"},
    {StemLanguage::kBulgarian, "bg", nullptr, BulgarianStems},
    {StemLanguage::kCatalan, "ca", "catalan"},
    {StemLanguage::kCzech, "cs", nullptr, CzechStems},
    {StemLanguage::kDanish, "da", "danish"},
    {StemLanguage::kDutch, "nl", "dutch"},
    {StemLanguage::kEnglish, "en", "english"},
    {StemLanguage::kEstonian, "et", "estonian"},
    {StemLanguage::kFinnish, "fi", "finnish"},
    {StemLanguage::kFrench, "fr", "french"},
    {StemLanguage::kGerman, "de", "german"},
    {StemLanguage::kGreek, "el", "greek"},
    {StemLanguage::kHindi, "hi", "hindi"},
    {StemLanguage::kHungarian, "hu", "hungarian"},
    {StemLanguage::kItalian, "it", "italian"},
    {StemLanguage::kNorwegian, "no nb nn", "norwegian"},
    {StemLanguage::kPolish, "pl", nullptr, PolishStems},
    {StemLanguage::kPortuguese, "pt", "portuguese"},
    {StemLanguage::kRomanian, "ro", "romanian"},
    {StemLanguage::kRussian, "ru", "russian"},
    {StemLanguage::kSlovak, "sk", nullptr, SlovakStems},
    {StemLanguage::kSpanish, "es", "spanish"},
    {StemLanguage::kSwedish, "sv", "swedish"},
    {StemLanguage::kTurkish, "tr", "turkish"},
};
static_assert(std::size(kLanguages) + 1 == kStemLanguages);

const Language& Of(StemLanguage language) { return kLanguages[static_cast<std::size_t>(language) - 1]; }

// The stemmer of this thread: one holds the word that it works on.
sb_stemmer* StemmerOf(StemLanguage language) {
  thread_local std::array<Stemmer, kStemLanguages> stemmers;
  Stemmer& stemmer = stemmers[static_cast<std::size_t>(language)];
  if (!stemmer) stemmer.reset(sb_stemmer_new(Of(language).snowball, "UTF_8"));
  return stemmer.get();
}

// An algorithm that the library does not have, or has no memory for, leaves the word as it is.
std::string SnowballStem(std::string_view word, StemLanguage language) {
  sb_stemmer* const stemmer = StemmerOf(language);
  if (stemmer == nullptr) return std::string(word);
  const auto* const stem =
      sb_stemmer_stem(stemmer, reinterpret_cast<const sb_symbol*>(word.data()), static_cast<int>(word.size()));
  if (stem == nullptr) return std::string(word);
  return std::string(reinterpret_cast<const char*>(stem), static_cast<std::size_t>(sb_stemmer_length(stemmer)));
}

// Of a noun made of an adjective, its singular; empty: it is none. Snowball takes such a word for the adjective, and so
// for words of every day: German Sicherheit for sich, Dutch overheid for over, Spanish seguridad for seguro.
std::string NounOfAdjective(std::string_view word, StemLanguage language) {
  struct Ending {
    StemLanguage language;
    std::string_view plural, singular;
  };
  constexpr Ending kEndings[] = {{StemLanguage::kGerman, "heiten", "heit"},
                                 {StemLanguage::kGerman, "keiten", "keit"},
                                 {StemLanguage::kDutch, "heden", "heid"},
                                 {StemLanguage::kSpanish, "idades", "idad"},
                                 {StemLanguage::kPortuguese, "idades", "idade"}};
  for (const Ending& ending : kEndings) {
    if (ending.language != language) continue;
    if (word.ends_with(ending.singular)) return std::string(word);
    if (word.ends_with(ending.plural)) {
      return std::string(word.substr(0, word.size() - ending.plural.size())).append(ending.singular);
    }
  }
  return "";
}

// No word of a language: a stemmer would have to walk it again and again.
constexpr std::size_t kLongestWord = 100;

}  // namespace

StemLanguage StemLanguageOf(std::string_view language) {
  const std::string_view primary = language.substr(0, language.find('-'));
  if (primary.size() < 2) return StemLanguage::kNone;
  for (const Language& one : kLanguages) {
    for (std::string_view codes = one.codes; !codes.empty();) {
      const std::string_view code = codes.substr(0, codes.find(' '));
      if (code == primary) return one.language;
      codes.remove_prefix(std::min(code.size() + 1, codes.size()));
    }
  }
  return StemLanguage::kNone;
}

StemLanguages StemLanguagesOf(const std::vector<std::string>& languages) {
  StemLanguages all = 0;
  for (const std::string& language : languages) all |= BitOf(StemLanguageOf(language));
  return all;
}

StemLanguages LanguagesOfForms(std::string_view language, StemLanguages of_term) {
  if (language.empty()) return of_term == 0 ? kOneForEachScript : of_term;
  const StemLanguages of_text = BitOf(StemLanguageOf(language));
  return of_term == 0 || (of_term & of_text) != 0 ? of_text : BitOf(StemLanguage::kNone);
}

std::vector<std::string> StemsOf(std::string_view folded_word, StemLanguage language) {
  std::vector<std::string> stems;
  if (language == StemLanguage::kNone || folded_word.size() > kLongestWord) {
    stems.emplace_back(folded_word);
    return stems;
  }
  if (const auto ours = Of(language).ours) {
    stems = ours(folded_word);
  } else if (std::string noun = NounOfAdjective(folded_word, language); !noun.empty()) {
    stems.push_back(std::move(noun));
  } else {
    stems.push_back(SnowballStem(folded_word, language));
    for (const std::string& spelled : SpellingsForStems(folded_word, language)) {
      std::string stem = SnowballStem(spelled, language);
      if (!IsAllAscii(stem)) stem = FoldText(stem).text;
      stems.push_back(std::move(stem));
    }
  }
  // Of a word that is all endings Snowball leaves nothing: Greek ακι, Turkish lari.
  std::erase(stems, "");
  stems.emplace_back(folded_word);
  std::sort(stems.begin(), stems.end());
  stems.erase(std::unique(stems.begin(), stems.end()), stems.end());
  return stems;
}

}  // namespace wirewatch
