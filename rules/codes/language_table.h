// The tables behind language_code.h, as text: codes parted by blanks.
//
// Sources: ISO 639-1, 639-2 and 639-3 as in Debian's iso-codes 4.15; aliases (withdrawn codes, standard languages of
// macrolanguages) of CLDR 42, supplementalMetadata, languageAlias; members of macrolanguages of ISO 639-3 as in the
// IANA Language Subtag Registry. language_code_test.cc holds them against iso-codes.
#ifndef WIREWATCH_RULES_CODES_LANGUAGE_TABLE_H_
#define WIREWATCH_RULES_CODES_LANGUAGE_TABLE_H_

#include <string_view>

namespace wirewatch::language_table {

// ISO 639-1.
extern const std::string_view kShortCodes;

// ISO 639-3 and the collections of ISO 639-2 that have no shorter or newer code: two letters, then every third letter
// that makes a code with them.
extern const std::string_view kLongCodes;

// ISO 639-2 (terminology and bibliographic codes) and ISO 639-3, where ISO 639-1 has the language: pairs of code and
// code.
extern const std::string_view kSameLanguage;

// Withdrawn codes and what took their place. `sh` is read as Serbian, as CLDR does, and `fil` as `tl`: one language, of
// which ISO 639-1 knows only the older code.
extern const std::string_view kRetiredCodes;

// The standard language of a macrolanguage, which the macrolanguage's code is used for.
extern const std::string_view kStandardMembers;

// A macrolanguage's other members: "no: nb nn". They keep their own codes. Left out are those that readers take for
// languages of their own: Indonesian, Minangkabau and Banjarese (of ms); Bosnian, Croatian and Montenegrin (of sh).
extern const std::string_view kOtherMembers;

}  // namespace wirewatch::language_table

#endif  // WIREWATCH_RULES_CODES_LANGUAGE_TABLE_H_
