// Stems: which words are forms of one word: ban, bans, banned, banning.
//
// Two words are forms of each other in a language if they have a stem in common. Both are folded: a headline in
// capitals and a wire without accents have the same stems as the text that has them. So where an algorithm asks for an
// accent at the end of a word (French bloquee, Spanish prohibicion), the accents that may have stood there are tried,
// and a word has the stems of all of these (stem_spellings.h). A word is also a stem of its own: algorithms take an
// ending off a word that ends so by nature (Hungarian halozat), and leave just that word of its forms.
//
// Algorithms: Snowball (M. Porter, R. Boulton, snowballstem.org; Debian's libstemmer 2.2) for Arabic, Armenian, Basque,
// Catalan, Danish, Dutch, English (Porter 2), Estonian, Finnish, French, German, Greek, Hindi, Hungarian, Italian,
// Norwegian, Portuguese, Romanian, Russian, Spanish, Swedish and Turkish; of our own (slavic_stems.h) for Bulgarian,
// Czech, Polish and Slovak. How good those are: docs/rules.md.
//
// The one place for it: engine and reference both ask here what the stems of a word are. They differ in how they look
// for words that share one.
#ifndef WIREWATCH_RULES_TEXT_STEMS_H_
#define WIREWATCH_RULES_TEXT_STEMS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace wirewatch {

enum class StemLanguage : std::uint8_t {
  kNone,  // one whose words have no forms here: each is a form of itself alone
  kArabic,
  kArmenian,
  kBasque,
  kBulgarian,
  kCatalan,
  kCzech,
  kDanish,
  kDutch,
  kEnglish,
  kEstonian,
  kFinnish,
  kFrench,
  kGerman,
  kGreek,
  kHindi,
  kHungarian,
  kItalian,
  kNorwegian,
  kPolish,
  kPortuguese,
  kRomanian,
  kRussian,
  kSlovak,
  kSpanish,
  kSwedish,
  kTurkish,
};
inline constexpr std::size_t kStemLanguages = 27;

// A set of them, as bits.
using StemLanguages = std::uint32_t;
constexpr StemLanguages BitOf(StemLanguage language) { return StemLanguages{1} << static_cast<unsigned>(language); }
static_assert(kStemLanguages <= 32);

// Of a text of which nobody said the language, for a term that names none either: one language for each script.
inline constexpr StemLanguages kOneForEachScript = BitOf(StemLanguage::kEnglish) | BitOf(StemLanguage::kRussian) |
                                                   BitOf(StemLanguage::kGreek) | BitOf(StemLanguage::kArabic) |
                                                   BitOf(StemLanguage::kHindi) | BitOf(StemLanguage::kArmenian);

// Of a canonical tag (language_code.h): "en-GB" is English, "nn" Norwegian. kNone: no forms are known there.
StemLanguage StemLanguageOf(std::string_view language);
// Of several, such as those of a topic: the set of what they are, kNone included. Empty: of no language.
StemLanguages StemLanguagesOf(const std::vector<std::string>& languages);

// In which languages a term has forms in a text in `language`; empty: nobody said which. `of_term`: those of its topic,
// as StemLanguagesOf gives them. A text in a language that the topic does not name has none.
StemLanguages LanguagesOfForms(std::string_view language, StemLanguages of_term);

// The stems of a folded word, one or more, rising, each once, folded. Of kNone the word itself. Threads: any.
// Cost: about a microsecond.
std::vector<std::string> StemsOf(std::string_view folded_word, StemLanguage language);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_TEXT_STEMS_H_
