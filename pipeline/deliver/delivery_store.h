// DeliveryStore: what the deliver step keeps: subscriptions, alerts, the ledger (who was told what, when and why), the
// outbox (messages that are due), tokens and feedback. SQLite for one machine, PostgreSQL for several processes; both
// are the same SQL behind this interface (connectors/store), held by one contract test.
//
//   alert ---< ledger entry >--- message ---> channel
//
// A **message** is what one send carries: one alert, or the alerts of a digest. Its id is a hash of what it is about,
// and the idempotency key of the channel. A **ledger entry** is one alert for one channel of one subscription, with
// what was decided and why; it names the message that carries it, so that the message's state is the entry's.
//
// Threads: any; an implementation takes one connection for each call under way.
// Errors:  kUnavailable: not reached, locked or full: try again. kInvalid: it is another's, or of a later version.
//          Nothing is left half done: each call is one transaction.
// Times:   microseconds; of the caller's clock, so that tests move it. No call asks the database for the time.
#ifndef WIREWATCH_PIPELINE_DELIVER_DELIVERY_STORE_H_
#define WIREWATCH_PIPELINE_DELIVER_DELIVERY_STORE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "pipeline/deliver/alert_notice.h"
#include "pipeline/deliver/subscription.h"

namespace wirewatch {

// What was decided on an alert for a channel, and why. The ledger's reasons are a closed set.
enum class DeliveryReason : std::uint8_t {
  kAtOnce,      // goes out now
  kDigest,      // waits for the next time of the schedule
  kQuietHours,  // held until they end
  kSnoozed,     // held until the snooze ends
  kOverCap,     // the reader's cap is reached: held for the summary at its end
  kFeed,        // in the feed from now on; nothing is sent
};
inline constexpr DeliveryReason kDeliveryReasons[] = {DeliveryReason::kAtOnce,     DeliveryReason::kDigest,
                                                      DeliveryReason::kQuietHours, DeliveryReason::kSnoozed,
                                                      DeliveryReason::kOverCap,    DeliveryReason::kFeed};
constexpr std::string_view Name(DeliveryReason reason) {
  constexpr std::string_view kNames[] = {"at-once", "digest", "quiet-hours", "snoozed", "over-cap", "feed"};
  return kNames[static_cast<std::size_t>(reason)];
}

enum class MessageKind : std::uint8_t {
  kAlert,     // one alert
  kDigest,    // those of a schedule's time
  kCatchUp,   // "while you were away": those of quiet hours or a snooze
  kOverflow,  // those over the cap: "and 41 more"
};
constexpr std::string_view Name(MessageKind kind) {
  constexpr std::string_view kNames[] = {"alert", "digest", "catch-up", "overflow"};
  return kNames[static_cast<std::size_t>(kind)];
}

enum class MessageState : std::uint8_t {
  kWaiting,    // for `due`; also between two attempts
  kSending,    // claimed by a process, until its lease ends
  kDelivered,  // taken by the channel, or in the feed
  kFailed,     // given up: refused for good, or too often; kept, and sent again by a replay
  kCanceled,   // its subscription has gone, or was disabled, before it was due
};
inline constexpr MessageState kMessageStates[] = {MessageState::kWaiting, MessageState::kSending,
                                                  MessageState::kDelivered, MessageState::kFailed,
                                                  MessageState::kCanceled};
constexpr std::string_view Name(MessageState state) {
  constexpr std::string_view kNames[] = {"waiting", "sending", "delivered", "failed", "canceled"};
  return kNames[static_cast<std::size_t>(state)];
}

struct OutboxMessage {
  std::string id;  // 32 hex digits; see MessageId
  std::string subscription;
  std::string reader;
  std::string channel;  // SubscribedChannel::id
  ChannelKind channel_kind = ChannelKind::kFeed;
  // What may be busy or dead as one: "https://hooks.example.org#1f0a93c27be4", "mailto:example.org". Not the URL: it is
  // a secret. What stands before the '#' is what several of them have in common, the host.
  std::string destination;
  MessageKind kind = MessageKind::kAlert;
  MessageState state = MessageState::kWaiting;
  WallTime due;
  std::uint32_t attempts = 0;  // begun
  std::string answer;          // to the last attempt, for people; without secrets
  WallTime created;
  std::optional<WallTime> finished;
};

struct LedgerEntry {
  std::string subscription, alert, channel;
  std::int64_t revision = 0;  // of the subscription, when it was decided
  DeliveryReason reason = DeliveryReason::kAtOnce;
  std::string message;
  WallTime decided;
};

// A cap: the `limit`-th at-once message of `reader` within the time that begins at `begin` is the last.
struct CapCount {
  std::string reader;
  WallTime begin;
  std::uint32_t limit = 0;
  OutboxMessage overflow;  // carries what is over
};

// One ledger entry to be written, and the message that is to carry it. Of a new message all of it counts; of one that
// waits and was never claimed the entry joins it. One that was claimed takes no more: what it carries must stay the
// same under its idempotency key. The entry then goes into a message of its own, with the id MessageId gives for the
// next `generation`, due when it was planned: which is past where the message left on time, and still to come where it
// left early (a snooze that was ended), so that what is held stays held.
struct PlannedDelivery {
  LedgerEntry entry;
  OutboxMessage message;
  std::optional<CapCount> cap;  // counted only where the entry is new
};

// A notice and what was decided on it. `planned` may be empty: nobody asked for it.
struct PlannedAlert {
  const AlertNotice* notice = nullptr;
  std::vector<PlannedDelivery> planned;
};

struct StoredSubscription {
  Subscription subscription;
  std::int64_t revision = 0;  // rises with each change of any subscription
  std::string origin;         // the file that it comes from; empty: the API
  WallTime changed;
  bool deleted = false;          // kept for the ledger
  std::string disabled_because;  // by us, such as an endpoint that answered 410; empty: not
};

struct ClaimRequest {
  std::string owner;  // of the process, unique
  WallTime now, lease_until;
  std::size_t limit = 100;
  std::vector<std::string> not_to;  // destinations that are busy or dead
};

struct FinishedAttempt {
  std::string message, owner;
  MessageState state = MessageState::kDelivered;  // kWaiting: again at `due`
  WallTime at, due;
  std::string answer;
  // False, with kWaiting: nothing was sent, and it goes back as it was before it was claimed: the attempt, `due` and
  // `answer` do not count.
  bool attempted = true;
};

// For paging: what comes after `after` in the order of the key; at most `limit`.
struct Page {
  std::string after;
  std::size_t limit = 100;
};

struct LedgerQuery {
  std::string subscription, alert, reader, message;  // empty: any
  std::optional<MessageState> state;
  std::optional<WallTime> since, until;  // of the decision
};
struct LedgerRow {
  LedgerEntry entry;
  OutboxMessage message;
  std::string key;  // for Page::after
};

enum class Role : std::uint8_t { kViewer, kEditor, kAdmin };
constexpr std::string_view Name(Role role) {
  constexpr std::string_view kNames[] = {"viewer", "editor", "admin"};
  return kNames[static_cast<std::size_t>(role)];
}
struct ApiToken {
  std::string id;      // shown
  std::string digest;  // SHA-256 of the token, hex
  std::string label;
  Role role = Role::kViewer;
  WallTime created;
  std::optional<WallTime> expires, last_used;
};

enum class Verdict : std::uint8_t { kUseful, kNotUseful, kDuplicate };
inline constexpr Verdict kVerdicts[] = {Verdict::kUseful, Verdict::kNotUseful, Verdict::kDuplicate};
constexpr std::string_view Name(Verdict verdict) {
  constexpr std::string_view kNames[] = {"useful", "not-useful", "duplicate"};
  return kNames[static_cast<std::size_t>(verdict)];
}
// What a reader said of an alert; the last word of a subscription on an alert counts.
struct Feedback {
  std::string subscription, alert;
  Verdict verdict = Verdict::kUseful;
  WallTime said;
  // Of the alert, for the analysts' tools:
  std::string topic, article_id;
  std::vector<std::string> rules;
};

struct OutboxCounts {
  std::size_t waiting = 0, sending = 0, failed = 0;
  std::optional<WallTime> oldest_due;  // of those that are due and not finished
};

class DeliveryStore {
 public:
  virtual ~DeliveryStore() = default;

  virtual Status Ready() const = 0;

  // --- The dispatcher's side
  // Writes the alerts, their ledger entries and messages. What is there already stays as it is: a repeated alert is
  // harmless. Returns how many entries are new.
  virtual Result<std::size_t> Record(const std::vector<PlannedAlert>& alerts) = 0;
  // The ids of the subscriptions whose ledger has one of these alerts, by the alert; each pair once.
  virtual Result<std::multimap<std::string, std::string>> ToldOf(const std::vector<std::string_view>& alerts) = 0;

  // --- The sender's side
  // Claims messages that are due, or whose lease has ended, the earliest due first; each counts an attempt.
  virtual Result<std::vector<OutboxMessage>> Claim(const ClaimRequest& request) = 0;
  // The alerts of a message, in the order in which they were decided.
  virtual Result<std::vector<AlertNotice>> AlertsOf(std::string_view message) = 0;
  // False: the lease was lost to another process, and nothing was written.
  virtual Result<bool> Finish(const FinishedAttempt& attempt) = 0;
  // When the next message is due, whoever it is to; none: nothing waits.
  virtual Result<std::optional<WallTime>> NextDue() = 0;
  // Leases of `owner` end now: of a process that stops.
  virtual Status Release(std::string_view owner) = 0;
  virtual Result<OutboxCounts> Count(WallTime now) = 0;

  // --- Operators
  virtual Result<std::vector<LedgerRow>> Ledger(const LedgerQuery& query, const Page& page) = 0;
  // Failed (or delivered) messages go out again, with the same ids. Returns how many.
  virtual Result<std::size_t> Replay(const LedgerQuery& query, WallTime now) = 0;
  // Alerts, latest first; of `subscription` only those of its ledger, empty: all.
  virtual Result<std::vector<AlertNotice>> Alerts(std::string_view subscription, std::optional<WallTime> since,
                                                  const Page& page) = 0;
  virtual Result<std::optional<AlertNotice>> FindAlert(std::string_view id) = 0;
  // Removes alerts and finished messages (with their entries) from before `before`; a bounded share each call: true
  // when there is more.
  virtual Result<bool> Forget(WallTime before) = 0;

  // --- Subscriptions
  // `if_revision`: only if it still has that revision (0: only if there is none); absent: in any case.
  // kRejected: it has another one; kNotFound of Delete.
  virtual Result<StoredSubscription> Put(const Subscription& subscription, std::string_view origin, WallTime now,
                                         std::optional<std::int64_t> if_revision) = 0;
  // Its waiting messages are canceled.
  virtual Status Delete(std::string_view id, WallTime now, std::optional<std::int64_t> if_revision) = 0;
  // Those of a file become these: others of the same origin are deleted. Unchanged ones keep their revision.
  // kRejected: an id is of another origin.
  virtual Status Sync(std::string_view origin, const std::vector<Subscription>& subscriptions, WallTime now) = 0;
  // Disables it, with a reason for people.
  virtual Status Disable(std::string_view id, std::string_view because, WallTime now) = 0;
  // Snoozes come and go beside the revision's text. An end before now: the snooze ends, and what it held is due.
  virtual Status PutSnooze(std::string_view id, const Snooze& snooze, WallTime now) = 0;
  virtual Result<std::optional<StoredSubscription>> FindSubscription(std::string_view id) = 0;
  virtual Result<std::vector<StoredSubscription>> Subscriptions(const Page& page, bool with_deleted) = 0;
  // Rises with each change of subscriptions and snoozes: whoever has seen it need not read them again.
  virtual Result<std::int64_t> SubscriptionsVersion() = 0;

  // --- Tokens, feedback, secrets
  virtual Status PutToken(const ApiToken& token) = 0;
  virtual Result<std::optional<ApiToken>> FindToken(std::string_view digest) = 0;
  virtual Result<std::vector<ApiToken>> Tokens() = 0;
  virtual Result<bool> DeleteToken(std::string_view id) = 0;
  virtual Status NoteTokenUse(std::string_view id, WallTime now) = 0;

  virtual Status PutFeedback(const Feedback& feedback) = 0;
  virtual Result<std::vector<Feedback>> FeedbackSince(std::optional<WallTime> since, const Page& page) = 0;

  // The secret of that name; made by `make` where there is none, once for all processes.
  virtual Result<std::string> Secret(std::string_view name, const std::function<std::string()>& make) = 0;
};

// The id of a message: a hash of subscription, channel, kind and `about` (the alert's id, or the time at which what is
// held goes out), and of a `generation` where a message of that id was claimed already.
std::string MessageId(std::string_view subscription, std::string_view channel, MessageKind kind, std::string_view about,
                      unsigned generation = 0);

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_DELIVER_DELIVERY_STORE_H_
