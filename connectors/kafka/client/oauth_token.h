// OauthToken: the bearer token of SASL OAUTHBEARER (RFC 7628), from a file that somebody beside us keeps fresh.
//
// librdkafka asks for a token when a client is made and again when 80 % of the time that it has left are over, each
// time from the file; while the file has none that is valid, every 10 s. So the file must be written anew before that,
// as sidecars do.
#ifndef WIREWATCH_CONNECTORS_KAFKA_CLIENT_OAUTH_TOKEN_H_
#define WIREWATCH_CONNECTORS_KAFKA_CLIENT_OAUTH_TOKEN_H_

#include <chrono>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace wirewatch {

struct OauthToken {
  std::string text;
  std::string principal;  // the claim `sub`; without one "wirewatch"
  WallTime expires;
};

// How long a token is taken for valid that does not say it itself.
inline constexpr std::chrono::minutes kOpaqueTokenLife{10};

// `text`: of a JWT (RFC 7519) the claim `exp` says when it expires; of any other token it is `written` and
// kOpaqueTokenLife. kInvalid: it is empty.
Result<OauthToken> ParseOauthToken(std::string_view text, WallTime written);

// The same from a file, its time being `written`; blanks around the token are left out, and it is remembered as a
// secret. kNotFound, kIo: the file cannot be read.
Result<OauthToken> ReadOauthToken(const std::string& file);

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_KAFKA_CLIENT_OAUTH_TOKEN_H_
