// Prometheus Alertmanager: POST /api/v2/alerts (its api/v2/openapi.yaml), for people who are on call.
#ifndef WIREWATCH_CONNECTORS_CHANNELS_ALERTMANAGER_CHANNEL_H_
#define WIREWATCH_CONNECTORS_CHANNELS_ALERTMANAGER_CHANNEL_H_

#include "pipeline/deliver/channel.h"

namespace wirewatch {

class AlertmanagerChannel : public Channel {
 public:
  Status Check(const SubscribedChannel& channel) const override;
  Result<Call> Prepare(const OutgoingMessage& message) const override;
  ChannelVerdict Judge(const CallAnswer& answer) const override;
};

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_CHANNELS_ALERTMANAGER_CHANNEL_H_
