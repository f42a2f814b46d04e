// Webhooks, signed as Standard Webhooks 1.0 has it (github.com/standard-webhooks/standard-webhooks, spec).
#ifndef WIREWATCH_CONNECTORS_CHANNELS_WEBHOOK_CHANNEL_H_
#define WIREWATCH_CONNECTORS_CHANNELS_WEBHOOK_CHANNEL_H_

#include "pipeline/deliver/channel.h"

namespace wirewatch {

class WebhookChannel : public Channel {
 public:
  // A secret: "whsec_" and 24 to 64 bytes as base64. Several, parted by blanks, sign each message while one takes the
  // place of another.
  Status Check(const SubscribedChannel& channel) const override;
  Result<Call> Prepare(const OutgoingMessage& message) const override;
  // All but 2xx and 410 is sent again.
  ChannelVerdict Judge(const CallAnswer& answer) const override;
};

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_CHANNELS_WEBHOOK_CHANNEL_H_
