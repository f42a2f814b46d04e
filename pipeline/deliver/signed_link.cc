#include "pipeline/deliver/signed_link.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/digest.h"
#include "base/text/base64.h"

namespace wirewatch {
namespace {

using Json = nlohmann::json;

// The payload: a JSON object with these keys, those that say nothing left out.
constexpr const char *kSubscription = "s", *kAlert = "a", *kValue = "v", *kLasts = "l", *kExpires = "x";

// No URL of ours is longer; nothing is computed for one that is.
constexpr std::size_t kMostBytes = 4096;

std::string PayloadOf(const SignedLink& link) {
  Json payload = {{kSubscription, link.subscription}};
  if (!link.alert.empty()) payload[kAlert] = link.alert;
  if (!link.value.empty()) payload[kValue] = link.value;
  if (link.lasts.count() != 0) payload[kLasts] = link.lasts.count();
  if (link.expires) {
    payload[kExpires] = std::chrono::floor<std::chrono::seconds>(*link.expires).time_since_epoch().count();
  }
  return payload.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// Of the payload as it stands in the URL: whoever writes the same bytes in another way has another signature. The
// words before keep it apart from whatever else is signed with the same secret.
std::string SignatureOf(LinkAction action, std::string_view payload, std::string_view secret) {
  return Base64Url(BytesOf(HmacSha256(secret, fmt::format("wirewatch link 1/{}/{}", Name(action), payload))));
}

Error NotOurs() {
  return {ErrorCode::kRejected,
          "this link is not complete, or it was changed on its way: open it again from the message"};
}

// The payload is ours, so it has its form; unless the secret is somebody else's too.
std::optional<SignedLink> ReadPayload(LinkAction action, std::string_view text) {
  const auto bytes = DecodeBase64Url(text);
  if (!bytes) return std::nullopt;
  const Json payload = Json::parse(*bytes, nullptr, false);
  if (!payload.is_object()) return std::nullopt;
  SignedLink link;
  link.action = action;
  for (const auto& [key, value] : payload.items()) {
    if (key == kLasts || key == kExpires) {
      // Whatever is later than the year 9999 is not ours, and would not fit into a WallTime.
      constexpr std::int64_t kLatest = 253'402'300'799;
      if (!value.is_number_integer() || value.get<std::int64_t>() < 0 || value.get<std::int64_t>() > kLatest) {
        return std::nullopt;
      }
      const std::chrono::seconds seconds(value.get<std::int64_t>());
      if (key == kLasts) {
        link.lasts = seconds;
      } else {
        link.expires = WallTime(seconds);
      }
      continue;
    }
    std::string* const member = key == kSubscription ? &link.subscription
                                : key == kAlert      ? &link.alert
                                : key == kValue      ? &link.value
                                                     : nullptr;
    if (member == nullptr || !value.is_string()) return std::nullopt;
    *member = value.get<std::string>();
  }
  return link;
}

}  // namespace

LinkSigner::LinkSigner(std::string public_url, std::string secret)
    : public_url_(std::move(public_url)), secret_(std::move(secret)) {}

std::string LinkSigner::Url(const SignedLink& link) const {
  const std::string payload = Base64Url(PayloadOf(link));
  return fmt::format("{}/l/{}/{}.{}", public_url_, Name(link.action), payload,
                     SignatureOf(link.action, payload, secret_));
}

Result<SignedLink> LinkSigner::Read(std::string_view action, std::string_view path_rest, WallTime now) const {
  const auto* const known =
      std::find_if(std::begin(kLinkActions), std::end(kLinkActions), [&](LinkAction a) { return Name(a) == action; });
  const std::size_t dot = path_rest.find('.');
  if (known == std::end(kLinkActions) || path_rest.size() > kMostBytes || dot == std::string_view::npos) {
    return NotOurs();
  }
  const std::string_view payload = path_rest.substr(0, dot), signature = path_rest.substr(dot + 1);
  if (!EqualInConstantTime(SignatureOf(*known, payload, secret_), signature)) return NotOurs();
  auto link = ReadPayload(*known, payload);
  if (!link) return NotOurs();
  if (link->expires && *link->expires <= now) {
    return Error{ErrorCode::kRejected, "this link has expired: the links of a newer message still work"};
  }
  return *std::move(link);
}

}  // namespace wirewatch
