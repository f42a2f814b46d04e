// TopicWatch: can the brokers be reached, and do they know our kafka topic? It asks them from a thread of its own:
// every few seconds, every second while the answer is no, and at once when there is a sign of trouble. It logs each
// change of the answer once.
//
// Why it asks instead of counting connection events: a connection that the broker closed for idleness looks the same as
// a broker that is gone, and a broker that hangs keeps its connections.
//
// Threads: all of it is thread-safe.
#ifndef WIREWATCH_CONNECTORS_KAFKA_CLIENT_TOPIC_WATCH_H_
#define WIREWATCH_CONNECTORS_KAFKA_CLIENT_TOPIC_WATCH_H_

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "base/clock.h"
#include "base/result.h"

namespace wirewatch {

// Until it is believed that a kafka topic is missing: the brokers of a cluster do not all know a new one at once.
inline constexpr std::chrono::seconds kMissingGrace{5};

// The error when a broker answers and does not take us.
Error Refused(std::string_view brokers, std::string_view reason);

class TopicWatch {
 public:
  // Asks the brokers. May block for some seconds.
  // Errors: kUnavailable: no broker answers. kNotFound: they answer that the kafka topic does not exist.
  // Others: they answer, and the kafka topic cannot be used.
  using Probe = std::function<Status()>;

  struct Times {
    std::chrono::milliseconds when_well = std::chrono::seconds(5);
    std::chrono::milliseconds when_ill = std::chrono::seconds(1);
  };

  // `name` begins its log lines: "kafka source articles".
  // `where`: the brokers, "host:9092".
  TopicWatch(std::string name, std::string where, Probe probe, Times times);
  ~TopicWatch();

  // What the last answer was; until there is one: kUnavailable.
  Status Ready() const;

  // There is a sign of trouble: asks at once. `detail`: what is known of the trouble, quoted by the next message; may
  // be empty. `refused`: a broker answered and does not take us: a password, a certificate.
  void Suspect(std::string_view detail, bool refused = false);

  // How long the brokers have said, on end, that the kafka topic does not exist; zero: they do not say so.
  std::chrono::milliseconds MissingFor(SteadyTime now) const;

  // An error: the brokers have said for `grace` that the kafka topic does not exist, and never yet that it does.
  Status NeverThere(SteadyTime now, std::chrono::milliseconds grace) const;

  // No more probes after this has returned.
  void Stop();

 private:
  void Loop();
  // REQUIRES: mutex_ is held.
  void Learn(Status answer, SteadyTime now);

  const std::string name_, where_;
  const Probe probe_;
  const Times times_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool stopped_ = false;
  bool suspected_ = false;
  std::string detail_;
  bool refused_ = false;
  bool was_there_ = false;        // the kafka topic, once
  std::optional<Status> answer_;  // the last
  SteadyTime answer_since_{};     // when it became what it is
  std::thread thread_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_KAFKA_CLIENT_TOPIC_WATCH_H_
