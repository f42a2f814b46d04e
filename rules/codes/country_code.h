// Country codes: every way to write a country, as its ISO 3166-1 code of two letters.
#ifndef WIREWATCH_RULES_CODES_COUNTRY_CODE_H_
#define WIREWATCH_RULES_CODES_COUNTRY_CODE_H_

#include <string>
#include <string_view>

namespace wirewatch {

// The two letters, upper case, of
//   a code of ISO 3166-1: "gb", "GBR", "826", "36" (Australia's 036 as a number); of ISO 3166-2: "GB-SCT" is GB
//   a code that others write for one: UK (reserved for it), EL (the European Union's Greece)
//   a withdrawn code of ISO 3166-3: that of the country which followed (ZR is CD); the state itself where several
//   followed (SU, YU, CS, DD, AN)
//   what news calls a country though ISO does not: XK (Kosovo), EU
//   an English name: those of ISO 3166 and the short ones of newspapers ("Britain", "South Korea", "U.S."), in any case
// Empty: unknown.
// Threads: any. The table is built once, when first used.
std::string CanonicalCountry(std::string_view text);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_CODES_COUNTRY_CODE_H_
