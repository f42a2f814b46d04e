// E-mail: text and HTML from email*.txt and email.html. One mail to all addresses of the channel.
#ifndef WIREWATCH_CONNECTORS_CHANNELS_EMAIL_CHANNEL_H_
#define WIREWATCH_CONNECTORS_CHANNELS_EMAIL_CHANNEL_H_

#include "connectors/channels/channels.h"
#include "pipeline/deliver/channel.h"

namespace wirewatch {

class EmailChannel : public Channel {
 public:
  explicit EmailChannel(const ChannelParts& parts) : parts_(parts) {}

  Status Check(const SubscribedChannel& channel) const override;
  // The mails of a story refer to one Message-ID that is the story's, so that readers' programs show them as one
  // thread. Several addresses do not see each other: the mail is `To: undisclosed-recipients:;`.
  Result<Call> Prepare(const OutgoingMessage& message) const override;
  // 4xx: again; 5xx: given up. A mail that some were refused is delivered: the answer names them.
  ChannelVerdict Judge(const CallAnswer& answer) const override;

 private:
  const ChannelParts parts_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_CHANNELS_EMAIL_CHANNEL_H_
