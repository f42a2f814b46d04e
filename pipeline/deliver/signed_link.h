// Signed links: a reader may do one thing to one subscription without a token: the link in a message says what, and is
// signed (HMAC-SHA256), so that nobody can make another one. GET shows a page with a button, POST does it (RFC 8058 for
// unsubscribing): what mail scanners fetch does nothing.
//
//   PUBLIC_URL/l/ACTION/PAYLOAD.SIGNATURE    both base64url without padding
#ifndef WIREWATCH_PIPELINE_DELIVER_SIGNED_LINK_H_
#define WIREWATCH_PIPELINE_DELIVER_SIGNED_LINK_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace wirewatch {

enum class LinkAction : std::uint8_t { kUnsubscribe, kSnooze, kFeedback, kFeed };
inline constexpr LinkAction kLinkActions[] = {LinkAction::kUnsubscribe, LinkAction::kSnooze, LinkAction::kFeedback,
                                              LinkAction::kFeed};
constexpr std::string_view Name(LinkAction action) {
  constexpr std::string_view kNames[] = {"unsubscribe", "snooze", "feedback", "feed"};
  return kNames[static_cast<std::size_t>(action)];
}

struct SignedLink {
  bool operator==(const SignedLink&) const = default;

  LinkAction action = LinkAction::kUnsubscribe;
  std::string subscription;
  std::string alert;  // of kFeedback
  std::string value;  // of kFeedback: the verdict's name; of kSnooze: "topic:ID", "story:ID", "source:NAME" or "all";
                      // of kFeed: "atom" or "json"
  std::chrono::seconds lasts{};          // of kSnooze: for how long
  std::optional<WallTime> expires = {};  // none: never (unsubscribing must always work)
};

class LinkSigner {
 public:
  // `public_url`: where readers reach us: "https://wire.example.org/desk", without a slash at its end.
  LinkSigner(std::string public_url, std::string secret);

  std::string Url(const SignedLink& link) const;
  // `path_rest`: what follows "/l/ACTION/". kRejected: the signature is not ours, or it has expired; the sentence is
  // for the reader.
  Result<SignedLink> Read(std::string_view action, std::string_view path_rest, WallTime now) const;

  const std::string& public_url() const { return public_url_; }

 private:
  const std::string public_url_, secret_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_DELIVER_SIGNED_LINK_H_
