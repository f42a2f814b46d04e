// Digest: the hash behind every id (article without one, alert, rule set): SHA-256 (FIPS 180-4) over length-prefixed
// parts.
//
// A cryptographic hash because ids are made of text that strangers write: nobody must be able to forge a collision that
// silences an alert.
#ifndef WIREWATCH_BASE_DIGEST_H_
#define WIREWATCH_BASE_DIGEST_H_

#include <array>
#include <initializer_list>
#include <string>
#include <string_view>

namespace wirewatch {

using Digest = std::array<unsigned char, 16>;

// The first 128 bits. Parts are length-prefixed, so {"ab","c"} and {"a","bc"} differ.
Digest DigestOf(std::initializer_list<std::string_view> parts);
// The same as 32 lower-case hex digits.
std::string DigestHex(std::initializer_list<std::string_view> parts);

}  // namespace wirewatch

#endif  // WIREWATCH_BASE_DIGEST_H_
