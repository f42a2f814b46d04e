// The channels: one for each ChannelKind. docs/channels.md tells people what each sends and what its answers mean.
#ifndef WIREWATCH_CONNECTORS_CHANNELS_CHANNELS_H_
#define WIREWATCH_CONNECTORS_CHANNELS_CHANNELS_H_

#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "pipeline/deliver/channel.h"
#include "pipeline/deliver/message_renderer.h"

namespace wirewatch {

// What channels are made of. Functions are called by any thread.
struct ChannelParts {
  // MessageRenderer::Render.
  std::function<Result<std::string>(TemplateName, const OutgoingMessage&)> render;
  // The signed link that ends the subscription (RFC 8058); none: mails have no such header.
  std::function<std::string(const Subscription&)> unsubscribe_url;
  // The sender of mails, as smtp.from: "Wirewatch <alerts@example.org>"; empty: no mail can be sent.
  std::string mail_from;
};

std::unique_ptr<const Channel> ChannelFor(ChannelKind kind, const ChannelParts& parts);

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_CHANNELS_CHANNELS_H_
