#include "connectors/desk/desk_auth.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/digest.h"
#include "base/random.h"
#include "base/text/ascii.h"
#include "base/text/base64.h"
#include "base/text/hex.h"
#include "base/text/printable.h"
#include "base/text/utf8.h"
#include "connectors/desk/answers.h"

namespace wirewatch {
namespace {

constexpr std::string_view kPrefix = "ww_";
constexpr std::size_t kSecretBytes = 32, kIdBytes = 6, kMostLabelBytes = 200;
constexpr std::chrono::minutes kUseNoted{1};

std::string HexOf(std::string_view bytes) {
  std::string hex;
  for (const char byte : bytes) AppendHex(static_cast<unsigned char>(byte), hex);
  return hex;
}

bool IsTokenForm(std::string_view text) {
  if (!text.starts_with(kPrefix)) return false;
  const auto bytes = DecodeBase64Url(text.substr(kPrefix.size()));
  return bytes && bytes->size() == kSecretBytes;
}

// What follows "Bearer " (RFC 6750, section 2.1; the scheme in any case); nothing: it is another header.
std::optional<std::string_view> BearerOf(const HttpRequest& request) {
  constexpr std::string_view kScheme = "bearer ";
  const auto header = request.Header("Authorization");
  if (!header || !BeginsInAnyCase(*header, kScheme)) return std::nullopt;
  std::string_view token = header->substr(kScheme.size());
  while (token.starts_with(' ')) token.remove_prefix(1);
  return token;
}

bool IsLoopback(std::string_view host) {
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (EqualsInAnyCase(host, "localhost")) return true;
  const std::string text(host);
  in_addr v4{};
  if (inet_pton(AF_INET, text.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24) == IN_LOOPBACKNET;
  in6_addr v6{};
  return inet_pton(AF_INET6, text.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

}  // namespace

std::optional<Role> ParseRole(std::string_view name) {
  for (const Role role : {Role::kViewer, Role::kEditor, Role::kAdmin}) {
    if (Name(role) == name) return role;
  }
  return std::nullopt;
}

Result<NewToken> MakeToken(std::string_view label, Role role, WallTime now, std::optional<WallTime> expires) {
  if (label.empty() || label.size() > kMostLabelBytes || FirstInvalidUtf8(label) != label.size() ||
      Printable(label) != label) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("a token's label says whose it is: 1 to {} bytes of text on one line", kMostLabelBytes)};
  }
  if (expires && *expires <= now) {
    return Error{ErrorCode::kInvalid, "the token would have expired already: give a time that is to come"};
  }
  NewToken made;
  made.secret = std::string(kPrefix) + Base64Url(RandomBytes(kSecretBytes));
  made.token = {.id = HexOf(RandomBytes(kIdBytes)),
                .digest = TokenDigest(made.secret),
                .label = std::string(label),
                .role = role,
                .created = now,
                .expires = expires,
                .last_used = {}};
  return made;
}

std::string TokenDigest(std::string_view secret) { return HexOf(BytesOf(Sha256(secret))); }

Status CheckDeskBind(std::string_view listen, bool has_tokens) {
  if (has_tokens || IsLoopback(listen.substr(0, listen.rfind(':')))) return {};
  return Error{ErrorCode::kInvalid,
               fmt::format("the API would be reachable from other machines at {}, and the store has no token yet: make "
                           "one with 'wirewatch tokens add --role admin --label NAME', or listen on 127.0.0.1",
                           listen)};
}

HttpResponse TooMany(std::chrono::seconds wait) {
  HttpResponse answer = Problem(429, fmt::format("Too many requests: the next one may come in {} s.", wait.count()));
  answer.headers.push_back({"Retry-After", std::to_string(wait.count())});
  return answer;
}

DeskAuth::DeskAuth(DeliveryStore& store, DeskLimits limits, std::function<WallTime()> now,
                   std::function<SteadyTime()> steady)
    : store_(store),
      now_(std::move(now)),
      steady_(std::move(steady)),
      tokens_(limits.token),
      peers_(limits.peer),
      failures_(limits.failures) {}

HttpResponse DeskAuth::Refuse(const std::string& peer, std::string_view why) {
  if (const auto wait = failures_.Take(peer, steady_())) return TooMany(*wait);
  HttpResponse answer = Problem(401, why);
  answer.headers.push_back({"WWW-Authenticate", "Bearer realm=\"wirewatch\""});
  return answer;
}

std::variant<ApiToken, HttpResponse> DeskAuth::Admit(const HttpRequest& request, Role least) {
  const std::string peer = PeerKey(request.peer);
  const auto secret = BearerOf(request);
  if (!secret) {
    return Refuse(peer, "This needs a token, as 'Authorization: Bearer ww_...'; an administrator makes one.");
  }
  constexpr std::string_view kNotGood = "The token is unknown, was revoked or has expired.";
  if (!IsTokenForm(*secret)) return Refuse(peer, kNotGood);
  const std::string digest = TokenDigest(*secret);
  if (const auto wait = failures_.Look(peer, steady_()); wait && !good_.Lock()->contains(digest)) {
    return TooMany(*wait);
  }

  const auto found = store_.FindToken(digest);
  if (!found) return ProblemOf(found.error());
  const WallTime now = now_();
  if (!*found || !EqualInConstantTime((*found)->digest, digest) || ((*found)->expires && *(*found)->expires <= now)) {
    good_.Lock()->erase(digest);
    return Refuse(peer, kNotGood);
  }
  const ApiToken& token = **found;
  if (auto good = good_.Lock(); !good->contains(digest)) {
    if (good->size() >= kMostGood) good->clear();
    good->insert(digest);
  }
  if (const auto wait = tokens_.Take(token.id, steady_())) return TooMany(*wait);
  if (!token.last_used || now - *token.last_used >= kUseNoted) {
    // When it was used last is a help for people; the request does not depend on it.
    const Status noted = store_.NoteTokenUse(token.id, now);
    static_cast<void>(noted);
  }
  if (token.role < least) {
    return Problem(403,
                   fmt::format("This needs the role {}; the token has the role {}.", Name(least), Name(token.role)));
  }
  return token;
}

std::optional<HttpResponse> DeskAuth::AdmitPeer(const HttpRequest& request) {
  if (const auto wait = peers_.Take(PeerKey(request.peer), steady_())) return TooMany(*wait);
  return std::nullopt;
}

}  // namespace wirewatch
