// Slack: blocks to an incoming webhook (docs.slack.dev, "Sending messages using incoming webhooks"), from slack.json.
#ifndef WIREWATCH_CONNECTORS_CHANNELS_SLACK_CHANNEL_H_
#define WIREWATCH_CONNECTORS_CHANNELS_SLACK_CHANNEL_H_

#include "connectors/channels/channels.h"
#include "pipeline/deliver/channel.h"

namespace wirewatch {

class SlackChannel : public Channel {
 public:
  explicit SlackChannel(const ChannelParts& parts) : render_(parts.render) {}

  Status Check(const SubscribedChannel& channel) const override;
  Result<Call> Prepare(const OutgoingMessage& message) const override;
  ChannelVerdict Judge(const CallAnswer& answer) const override;

 private:
  const decltype(ChannelParts::render) render_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_CHANNELS_SLACK_CHANNEL_H_
