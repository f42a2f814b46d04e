// The tables behind country_code.h, as text.
//
// Sources: ISO 3166-1 and 3166-3 as in Debian's iso-codes 4.15; the reserved codes of ISO 3166-1 (exceptionally: UK,
// EU, FX; user-assigned: XK); names of newspapers' style books. country_code_test.cc holds them against iso-codes.
#ifndef WIREWATCH_RULES_CODES_COUNTRY_TABLE_H_
#define WIREWATCH_RULES_CODES_COUNTRY_TABLE_H_

#include <string_view>

namespace wirewatch::country_table {

// A line a country: its codes of two letters, three letters and three digits, then its English names, parted by '|'.
extern const std::string_view kCountries;

// Codes that stand for one of these: pairs of code and code of two letters, parted by blanks.
extern const std::string_view kOtherCodes;

}  // namespace wirewatch::country_table

#endif  // WIREWATCH_RULES_CODES_COUNTRY_TABLE_H_
