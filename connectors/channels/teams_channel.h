// Microsoft Teams: an Adaptive Card to the URL of a workflow (learn.microsoft.com, "Create incoming webhooks with
// Workflows"), from teams.json.
#ifndef WIREWATCH_CONNECTORS_CHANNELS_TEAMS_CHANNEL_H_
#define WIREWATCH_CONNECTORS_CHANNELS_TEAMS_CHANNEL_H_

#include "connectors/channels/channels.h"
#include "pipeline/deliver/channel.h"

namespace wirewatch {

class TeamsChannel : public Channel {
 public:
  explicit TeamsChannel(const ChannelParts& parts) : render_(parts.render) {}

  Status Check(const SubscribedChannel& channel) const override;
  Result<Call> Prepare(const OutgoingMessage& message) const override;
  ChannelVerdict Judge(const CallAnswer& answer) const override;

 private:
  const decltype(ChannelParts::render) render_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_CHANNELS_TEAMS_CHANNEL_H_
