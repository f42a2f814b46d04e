// The texts of answers, for the ledger and for people.
#ifndef WIREWATCH_CONNECTORS_HTTP_CLIENT_CALL_TEXT_H_
#define WIREWATCH_CONNECTORS_HTTP_CLIENT_CALL_TEXT_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace wirewatch {

inline constexpr std::size_t kMostCallText = 1024;  // bytes of CallAnswer::text
inline constexpr std::size_t kMostReadText = 4096;  // bytes of an answer from which it is made
inline constexpr std::size_t kShortestSecret = 4;   // what is shorter would be found everywhere

// The beginning of `text`, which a stranger wrote: UTF-8 without NUL, at most kMostCallText bytes, with *** in the
// place of each of `secrets` and of all remembered ones (base/secret.h). What may be the beginning of a secret at a cut
// end is left out.
std::string TellableText(std::string_view text, const std::vector<std::string>& secrets);

// What is secret in a URL: its path and query as a whole, and what they and the user's part are made of, as far as it
// is long enough.
std::vector<std::string> SecretsOfUrl(std::string_view user, std::string_view password, std::string_view path,
                                      std::string_view query);

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_HTTP_CLIENT_CALL_TEXT_H_
