// RateLimiter: a token bucket for each key (an API token, a client's address): each takes `burst` requests at once, and
// `per_second` of them from then on. Pure: the caller says what time it is.
//
// Bound: `most_keys` buckets; the one that has not been used for the longest makes room. What is forgotten begins anew
// with a full bucket, which is no more than it would have after burst / per_second seconds of silence.
// Cost: constant. Threads: all of it is thread-safe.
#ifndef WIREWATCH_CONNECTORS_DESK_RATE_LIMITER_H_
#define WIREWATCH_CONNECTORS_DESK_RATE_LIMITER_H_

#include <chrono>
#include <cstddef>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"
#include "base/guarded.h"

namespace wirewatch {

struct RateLimit {
  double per_second = 20;
  double burst = 100;  // 1 at least
};

class RateLimiter {
 public:
  explicit RateLimiter(RateLimit limit, std::size_t most_keys = 10'000);

  // Takes one request of `key`. Nothing: it may go on; else how long until the next one may, at least a second.
  std::optional<std::chrono::seconds> Take(std::string_view key, SteadyTime now);
  // The same without taking it.
  std::optional<std::chrono::seconds> Look(std::string_view key, SteadyTime now) const;

  std::size_t keys() const;

 private:
  struct Bucket {
    std::string key;
    double left = 0;
    SteadyTime at{};  // when it had so many
  };
  struct Buckets {
    std::list<Bucket> latest_first;
    std::unordered_map<std::string_view, std::list<Bucket>::iterator> by_key;  // keys of the list's buckets
  };

  double LeftIn(const Bucket& bucket, SteadyTime now) const;
  std::optional<std::chrono::seconds> WaitFor(double left) const;

  const RateLimit limit_;
  const std::size_t most_keys_;
  Guarded<Buckets> buckets_;
};

// The address by which a peer is counted: of IPv6 the network of 64 bits, of which one client has all addresses.
std::string PeerKey(std::string_view address);

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_DESK_RATE_LIMITER_H_
