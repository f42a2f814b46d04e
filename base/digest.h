// Digest: the hash behind every id (article without one, alert, rule set): SHA-256 (FIPS 180-4) over length-prefixed
// parts.
//
// A cryptographic hash because ids are made of text that strangers write: nobody must be able to forge a collision that
// silences an alert.
//
// And HMAC-SHA256 (RFC 2104) for what must be known to come from us: signed webhooks and links.
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

// SHA-256 of `text` alone, for digests that others can make too.
using Sha256Digest = std::array<unsigned char, 32>;
Sha256Digest Sha256(std::string_view text);

// The bytes of an HMAC-SHA256.
using Hmac = std::array<unsigned char, 32>;
// `key`: any bytes.
Hmac HmacSha256(std::string_view key, std::string_view text);
// The same bytes as a string, for base64 and comparisons; of a Sha256Digest too.
inline std::string_view BytesOf(const Hmac& hmac) { return {reinterpret_cast<const char*>(hmac.data()), hmac.size()}; }
// Whether both are the same, in a time that does not tell how much of them is: for signatures that a stranger sends.
bool EqualInConstantTime(std::string_view a, std::string_view b);

}  // namespace wirewatch

#endif  // WIREWATCH_BASE_DIGEST_H_
