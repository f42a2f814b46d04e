// Feeds: readers fetch them, nothing is sent. The channel is there so that each kind has one.
#ifndef WIREWATCH_CONNECTORS_CHANNELS_FEED_CHANNEL_H_
#define WIREWATCH_CONNECTORS_CHANNELS_FEED_CHANNEL_H_

#include "pipeline/deliver/channel.h"

namespace wirewatch {

class FeedChannel : public Channel {
 public:
  // Takes any: there is nothing to set up.
  Status Check(const SubscribedChannel&) const override { return {}; }
  // Not for feeds: their alerts are recorded as delivered, and no message of theirs is ever due.
  Result<Call> Prepare(const OutgoingMessage&) const override {
    return Error{ErrorCode::kInvalid, "a feed is fetched: nothing is sent"};
  }
  ChannelVerdict Judge(const CallAnswer&) const override {
    return {ChannelVerdict::Kind::kGivenUp, "a feed is fetched: nothing is sent", {}, false};
  }
};

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_CHANNELS_FEED_CHANNEL_H_
