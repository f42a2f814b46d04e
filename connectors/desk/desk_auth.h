// Who may do what through the HTTP API: bearer tokens with a role.
//
//   Authorization: Bearer ww_KkL...        "ww_" and base64url of 32 random bytes
//
// The store has the SHA-256 of a token and never the token: it is shown once, when it is made. A token has 256 bits of
// chance, so it needs no slow hash. There are no cookies and no passwords: another site's page cannot make a browser
// send a token, so there is nothing for it to forge (CSRF).
//
// Limits: the requests of a token are counted by the token, those without one (links, feeds, the API's document) by the
// client's address. Who fails to authenticate has few tries. While an address has none left, only tokens that were good
// a while ago are looked at from it, so that behind a proxy, where all clients have one address, a stranger cannot lock
// the others out.
// Threads: all of it is thread-safe.
#ifndef WIREWATCH_CONNECTORS_DESK_DESK_AUTH_H_
#define WIREWATCH_CONNECTORS_DESK_DESK_AUTH_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <variant>

#include "base/clock.h"
#include "base/guarded.h"
#include "base/result.h"
#include "connectors/desk/rate_limiter.h"
#include "monitoring/http/http_message.h"
#include "pipeline/deliver/delivery_store.h"

namespace wirewatch {

// "viewer", "editor", "admin"; nothing: another text.
std::optional<Role> ParseRole(std::string_view name);

struct NewToken {
  ApiToken token;
  std::string secret;  // "ww_...": shown once, kept nowhere
};
// Not in the store yet. `label`: whose it is, for people: 1 to 200 bytes of UTF-8 without control characters, else
// kInvalid. `expires`: later than now, else kInvalid.
Result<NewToken> MakeToken(std::string_view label, Role role, WallTime now, std::optional<WallTime> expires);

// SHA-256 of "ww_...", in hex: ApiToken::digest.
std::string TokenDigest(std::string_view secret);

// Whether the API may be served on `listen` (host:port). Whoever asks needs a token in any case; on the loopback the
// process may run before the first one is made. kInvalid: another machine could reach an API of which nobody has a
// token yet, which is a mistake of the configuration; the sentence says what to do.
Status CheckDeskBind(std::string_view listen, bool has_tokens);

struct DeskLimits {
  RateLimit token = {.per_second = 20, .burst = 100};
  RateLimit peer = {.per_second = 20, .burst = 200};
  RateLimit failures = {.per_second = 1.0 / 6, .burst = 10};  // of one address
};

class DeskAuth {
 public:
  // Borrows the store.
  DeskAuth(DeliveryStore& store, DeskLimits limits, std::function<WallTime()> now, std::function<SteadyTime()> steady);

  // The token of a request that may go on, or the answer to one that may not: 401 no token, or one that is not good
  // (unknown, revoked, expired: which of them is not told); 403 its role is below `least`; 429 with Retry-After; 503
  // the store does not answer. Notes the token's use at most once a minute.
  std::variant<ApiToken, HttpResponse> Admit(const HttpRequest& request, Role least);

  // Of a page that needs no token; nothing: it may go on.
  std::optional<HttpResponse> AdmitPeer(const HttpRequest& request);

 private:
  // Digests of tokens that were good; forgotten together when they are so many.
  static constexpr std::size_t kMostGood = 10'000;

  HttpResponse Refuse(const std::string& peer, std::string_view why);

  DeliveryStore& store_;
  const std::function<WallTime()> now_;
  const std::function<SteadyTime()> steady_;
  RateLimiter tokens_, peers_, failures_;
  Guarded<std::unordered_set<std::string>> good_;
};

// 429 with Retry-After.
HttpResponse TooMany(std::chrono::seconds wait);

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_DESK_DESK_AUTH_H_
