// Language codes: every way to write a language's code, in one form; and which languages a code takes in.
//
// Articles and rules write the same language in different ways: "no", "nor", "NO", "nb-NO"; "zh", "chi", "zh-cmn-Hans".
// Both sides go through CanonicalLanguage, so that what means the same is the same text; LanguageHolds then says
// whether an article's tag is of a rule's language. The tables and their sources: language_table.h. Threads: any. The
// tables are built once, when first used (160 KB).
#ifndef WIREWATCH_RULES_CODES_LANGUAGE_CODE_H_
#define WIREWATCH_RULES_CODES_LANGUAGE_CODE_H_

#include <string>
#include <string_view>

namespace wirewatch {

// The tag by the rules of BCP 47 (RFC 5646): the shortest code of the language (ISO 639-1 where there is one), retired
// codes as those that took their place, the standard language of a macrolanguage as the macrolanguage ("cmn" is "zh");
// an extended language by its own code ("zh-yue" is "yue"); then script ("Hans") and region ("HK", "419") in their
// case, and the rest in lower case. Also takes underscores and what stands behind a '.' or '@' in the name of a locale.
// Empty: no language is named. That is so for a language's name ("English"), for what has no code in ISO 639, for
// private tags ("x-...") and for the codes that say undetermined, several, none or uncoded (und, mul, zxx, mis).
std::string CanonicalLanguage(std::string_view tag);

// Whether the tag names a language.
bool IsLanguage(std::string_view tag);

// Whether an article in `tag` is one for the language `wanted`: the same language or a member of that macrolanguage (no
// holds nb and nn; zh holds yue), and every subtag that `wanted` has (RFC 4647, 3.3.2: zh-HK holds for zh-Hant-HK). The
// script of Chinese is known from the region: zh-Hant holds for zh-TW.
// Members that readers take for languages of their own are none: id, min and bjn of ms; hr, bs, cnr of sh.
// REQUIRES: both are canonical, or empty: nothing holds then.
bool LanguageHolds(std::string_view tag, std::string_view wanted);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_CODES_LANGUAGE_CODE_H_
