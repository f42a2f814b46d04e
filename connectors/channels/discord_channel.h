// Discord: embeds to a webhook (discord.com/developers, "Execute Webhook"), from discord.json.
#ifndef WIREWATCH_CONNECTORS_CHANNELS_DISCORD_CHANNEL_H_
#define WIREWATCH_CONNECTORS_CHANNELS_DISCORD_CHANNEL_H_

#include "connectors/channels/channels.h"
#include "pipeline/deliver/channel.h"

namespace wirewatch {

class DiscordChannel : public Channel {
 public:
  explicit DiscordChannel(const ChannelParts& parts) : render_(parts.render) {}

  Status Check(const SubscribedChannel& channel) const override;
  Result<Call> Prepare(const OutgoingMessage& message) const override;
  ChannelVerdict Judge(const CallAnswer& answer) const override;

 private:
  const decltype(ChannelParts::render) render_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_CHANNELS_DISCORD_CHANNEL_H_
