// Channel: how one kind of service takes a message: what is sent to it, and what its answers mean. Pure: a Transport
// does the sending, so a channel is tested without a network. connectors/channels has one for each ChannelKind.
#ifndef WIREWATCH_PIPELINE_DELIVER_CHANNEL_H_
#define WIREWATCH_PIPELINE_DELIVER_CHANNEL_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "pipeline/deliver/alert_notice.h"
#include "pipeline/deliver/delivery_store.h"
#include "pipeline/deliver/subscription.h"
#include "pipeline/deliver/transport.h"

namespace wirewatch {

// A message with all that it tells. Borrowed.
struct OutgoingMessage {
  const OutboxMessage& message;
  const Subscription& subscription;
  const SubscribedChannel& channel;
  const std::vector<AlertNotice>& alerts;  // one at least
  WallTime now;
};

// What comes of an attempt.
struct ChannelVerdict {
  enum class Kind : std::uint8_t {
    kDelivered,
    kAgain,    // later: by the schedule of retries, or after `wait`
    kGivenUp,  // the same message will never be taken
    kDisable,  // nothing will be taken here any more (410 Gone): the subscription is disabled too
  };
  Kind kind = Kind::kDelivered;
  std::string answer;                        // for the ledger and people; without secrets
  std::optional<std::chrono::seconds> wait;  // the service asked for it (Retry-After)
  bool slow_down = false;                    // 429, 502, 504: the destination rests, not only the message
};

// Threads: any.
class Channel {
 public:
  virtual ~Channel() = default;

  // What the channel needs, beyond a subscription's grammar. kInvalid: the sentence says what is wrong with it.
  virtual Status Check(const SubscribedChannel& channel) const = 0;

  // kInvalid: it cannot be rendered (a template's mistake): the message is given up, with the sentence.
  virtual Result<Call> Prepare(const OutgoingMessage& message) const = 0;

  virtual ChannelVerdict Judge(const CallAnswer& answer) const = 0;
};

// When attempt `attempts` + 1 follows a failed one, counted from it: Standard Webhooks 1.0: 0 s, 5 s, 5 min, 30 min, 2
// h, 5 h, 10 h, 14 h, 20 h, 24 h, each with up to 20 % more by `random` in [0, 1). None: that was the last.
std::optional<std::chrono::seconds> RetryDelay(std::uint32_t attempts, double random);

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_DELIVER_CHANNEL_H_
