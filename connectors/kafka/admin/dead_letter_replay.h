// Dead letters in a kafka topic: which of them are meant, and sending them back to where they came from.
//
// DeadLetterChoice says which, ReadChosen reads them, DeadLetterReplay sends them back or says why not. What it needs
// of the brokers it asks of ReplayBrokers, so that the decisions can be tested without any.
#ifndef WIREWATCH_CONNECTORS_KAFKA_ADMIN_DEAD_LETTER_REPLAY_H_
#define WIREWATCH_CONNECTORS_KAFKA_ADMIN_DEAD_LETTER_REPLAY_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/result.h"
#include "connectors/kafka/admin/stored_dead_letter.h"
#include "connectors/kafka/client/kafka_message.h"
#include "connectors/kafka/client/kafka_settings.h"
#include "connectors/kafka/consume/kafka_reader.h"
#include "pipeline/config.h"
#include "pipeline/records/record.h"

namespace wirewatch {

inline constexpr std::string_view kDeadLettersRole = "dead-letters-tool";  // in the client ids

// Which dead letters are meant; each condition that is not given lets all through.
struct DeadLetterChoice {
  bool Takes(const StoredDeadLetter& letter) const;
  // What must be read of `all`, which is what there is: for `places` the least ranges that hold them.
  KafkaRanges RangesOf(const KafkaRanges& all) const;

  std::string reason;
  std::optional<WallTime> since;
  std::set<DeadLetterPlace> places;
};

// What was met while reading.
struct DeadLettersMet {
  std::set<std::string> reasons;     // chosen or not
  std::set<DeadLetterPlace> places;  // of the choice's
};

// Calls `take` with each that is chosen, until it gives an error. Reads up to the end that the kafka topic has at the
// time of the call: what a replay of this call adds behind is not read.
Result<DeadLettersMet> ReadChosen(KafkaReader& reader, const DeadLetterChoice& choice,
                                  const std::function<Status(StoredDeadLetter)>& take);

// The kafka topics that the processes of the configuration read. A replay sends to these only: a person who may write
// dead letters could otherwise name any kafka topic in a header and have the operator's replay send into it.
std::set<std::string> TopicsRead(const Config& config);

// What a replay asks of the brokers. Errors: they do not answer, or refuse.
class ReplayBrokers {
 public:
  virtual ~ReplayBrokers() = default;

  // Nothing: there is no such kafka topic.
  virtual Result<std::optional<int>> CountPartitions(const std::string& topic) = 0;
  virtual Result<std::unique_ptr<MessageSender>> SenderTo(const std::string& topic) = 0;
  // Nothing: the kafka topic no longer keeps the record.
  virtual Result<std::optional<KafkaRecord>> Find(const std::string& topic, Partition partition, Offset offset) = 0;
};

// Waits for a first answer. `shared`: the checked section `kafka`, borrowed.
Result<std::unique_ptr<ReplayBrokers>> ConnectForReplay(const KafkaSettings& shared);

class DeadLetterReplay {
 public:
  struct Options {
    std::set<std::string> topics;  // that may be sent to: TopicsRead
    std::string config;            // the file that names them, for the reason of a refusal
    std::int64_t limit = 3;        // so many replays are enough
    bool dry_run = false;          // nothing is sent
  };
  // Hears what becomes of each. `place`: of the dead letter, "3:1017".
  class Listener {
   public:
    virtual ~Listener() = default;
    virtual void OnRefused(const StoredDeadLetter& letter, const std::string& why) = 0;
    virtual void OnWouldSend(const StoredDeadLetter& letter) = 0;  // in a dry run
    // Called by threads of the senders.
    virtual void OnFailed(const std::string& place, const Error& error) = 0;
    // Not everything was acknowledged in time. `why`: what the sender knows of it; may be empty.
    virtual void OnUnacknowledged(const std::string& topic, const std::string& why) = 0;
  };
  // Borrows `brokers` and `listener`.
  DeadLetterReplay(ReplayBrokers& brokers, Options options, Listener& listener)
      : brokers_(brokers), options_(std::move(options)), listener_(listener) {}

  // Sends it back, or refuses it. Errors: the brokers do not answer, or the kafka topic is gone: no use to go on.
  Status Replay(StoredDeadLetter letter);

  // Waits for all delivery reports; what has none by `deadline` has failed.
  void Finish(SteadyTime deadline);

  // After Finish.
  std::uint64_t sent() const { return options_.dry_run ? tried_ : acknowledged_.load(); }
  std::uint64_t failed() const { return tried_ - sent(); }
  std::uint64_t refused() const { return refused_; }

 private:
  struct Target {
    int partitions = 0;
    std::unique_ptr<MessageSender> sender;  // null in a dry run
  };

  // Gives why it is refused; empty: it is sent.
  Result<std::string> Send(StoredDeadLetter& letter);
  // Makes a letter whole that was cut. Gives why that cannot be done; empty: it is whole.
  Result<std::string> PutBackWhole(StoredDeadLetter& letter);
  Result<Target*> TargetFor(const std::string& topic);

  ReplayBrokers& brokers_;
  const Options options_;
  Listener& listener_;
  std::uint64_t tried_ = 0, refused_ = 0;
  std::atomic<std::uint64_t> acknowledged_{0};  // counted by the senders' threads
  std::map<std::string, Target> targets_;       // by kafka topic, made when they are needed
};

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_KAFKA_ADMIN_DEAD_LETTER_REPLAY_H_
