// Base64 (RFC 4648): bytes as text and back.
#ifndef WIREWATCH_BASE_TEXT_BASE64_H_
#define WIREWATCH_BASE_TEXT_BASE64_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace wirewatch {

// Characters that AppendBase64 writes for so many bytes.
constexpr std::size_t Base64Size(std::size_t bytes) { return (bytes + 2) / 3 * 4; }

// Section 4: with '+' and '/', padded.
void AppendBase64(std::string_view bytes, std::string& text);
// The bytes of which AppendBase64 made `text`. Nothing: of none.
std::optional<std::string> DecodeBase64(std::string_view text);

// Section 5, as JSON Web Tokens have it: with '-' and '_', not padded.
std::string Base64Url(std::string_view bytes);
// Nothing: another character stands in it. Bits behind the last whole byte do not count.
std::optional<std::string> DecodeBase64Url(std::string_view text);

}  // namespace wirewatch

#endif  // WIREWATCH_BASE_TEXT_BASE64_H_
