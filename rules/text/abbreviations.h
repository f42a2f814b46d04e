// Abbreviations: whether a full stop behind a word ends a sentence, by language.
//
// Sources: written for wirewatch from the usage of each language's press, and compared with the suppressions of CLDR 42
// (common/segments, as ICU 72 has them: de en es fr it pt ru) of which words that are more often no abbreviation
// ("Do.", "In.", "Test.") are left out. docs/rules.md, "Abbreviations", lists all of them.
#ifndef WIREWATCH_RULES_TEXT_ABBREVIATIONS_H_
#define WIREWATCH_RULES_TEXT_ABBREVIATIONS_H_

#include <cstdint>
#include <span>
#include <string_view>

namespace wirewatch {

enum class WordUse : std::uint8_t {
  kGoesOn,         // no sentence ends behind it: Mr., vs., bzw.
  kMayEnd,         // one ends there only when a word of kBegins follows: Inc., Mio., Nov.
  kBeforeNumber,   // none ends there when a number follows: No. 5, art. 3
  kBegins,         // begins sentences, and is hardly ever a name: The, Der, Les
  kBeforeOrdinal,  // "am 3. Oktober", "der 2. Weltkrieg": a number with a full stop behind it is an ordinal
  kMonth,          // in upper case within a sentence: a number before it is an ordinal
};

// Words of one language and use. A word that is written in upper case here counts only in upper case.
struct WordRow {
  std::string_view language;  // ISO 639-1; empty: of all
  WordUse use;
  bool own;                // the words are ordinary ones elsewhere: they count only in articles of this language
  std::string_view words;  // as written, parted by blanks
};
std::span<const WordRow> WordRows();

// Whether the language writes ordinals as number and full stop: 3. Mai, 2. Dünya. `language`: as LanguageOfRows gives
// it.
bool HasOrdinalStops(std::string_view language);

// The language whose rows count for an article of `tag` (BCP 47, any case); empty: not known, so all that are not
// `own` count. Norwegian, Serbian and the like share rows.
std::string_view LanguageOfRows(std::string_view tag);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_TEXT_ABBREVIATIONS_H_
