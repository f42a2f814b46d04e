// Feed: the alerts of a subscription as Atom 1.0 (RFC 4287) or JSON Feed 1.1 (jsonfeed.org/version/1.1), for readers
// that poll a secret URL.
//
// One entry for each article of a topic: a correction or withdrawal updates the entry that is there (same id, later
// `updated`), and its title says so. Other alerts are entries of their own. The same alerts give the same bytes,
// whenever they are asked for: the ETag is of the content alone.
#ifndef WIREWATCH_PIPELINE_DELIVER_FEED_H_
#define WIREWATCH_PIPELINE_DELIVER_FEED_H_

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "pipeline/deliver/alert_notice.h"
#include "pipeline/deliver/message_renderer.h"
#include "pipeline/deliver/signed_link.h"
#include "pipeline/deliver/subscription.h"

namespace wirewatch {

enum class FeedFormat { kAtom, kJson };

struct FeedAddress {
  std::string self;  // the secret URL of the feed
  std::string home;  // a page for people; empty: none
};

struct Feed {
  std::string body;          // UTF-8
  std::string content_type;  // "application/atom+xml; charset=utf-8"
  std::string etag;          // with its quotes
};

// The secret URL of a subscription's feed: who has it reads the feed, without a token.
std::string FeedUrl(FeedFormat format, std::string_view subscription, const LinkSigner& links);
// Of which format the feed behind such a link is.
FeedFormat FormatOf(const SignedLink& link);
bool HasFeed(const Subscription& subscription);

// `alerts`: in any order. kInvalid: feed.html cannot be rendered.
Result<Feed> MakeFeed(FeedFormat format, const Subscription& subscription, const std::vector<AlertNotice>& alerts,
                      const FeedAddress& address, const MessageRenderer& renderer);

// `text` as the content or an attribute of XML 1.0: escaped, and without what no XML may hold (control characters,
// U+FFFE, U+FFFF); bytes that are not UTF-8 become U+FFFD.
std::string XmlText(std::string_view text);

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_DELIVER_FEED_H_
