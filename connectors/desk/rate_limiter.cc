#include "connectors/desk/rate_limiter.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <utility>

#include "base/text/hex.h"

namespace wirewatch {

RateLimiter::RateLimiter(RateLimit limit, std::size_t most_keys)
    : limit_{limit.per_second, std::max(limit.burst, 1.0)}, most_keys_(std::max<std::size_t>(most_keys, 1)) {}

double RateLimiter::LeftIn(const Bucket& bucket, SteadyTime now) const {
  const double seconds = std::max(std::chrono::duration<double>(now - bucket.at).count(), 0.0);
  return std::min(limit_.burst, bucket.left + seconds * limit_.per_second);
}

std::optional<std::chrono::seconds> RateLimiter::WaitFor(double left) const {
  if (left >= 1) return std::nullopt;
  // Retry-After counts whole seconds, and of a bucket that never fills no more than a day means anything.
  constexpr double kLongest = 24 * 3600;
  const double seconds = limit_.per_second > 0 ? (1 - left) / limit_.per_second : kLongest;
  return std::chrono::seconds(static_cast<std::int64_t>(std::ceil(std::clamp(seconds, 1.0, kLongest))));
}

std::optional<std::chrono::seconds> RateLimiter::Take(std::string_view key, SteadyTime now) {
  const auto held = buckets_.Lock();
  auto& [buckets, by_key] = *held;
  const auto found = by_key.find(key);
  if (found != by_key.end()) {
    buckets.splice(buckets.begin(), buckets, found->second);
  } else {
    if (buckets.size() >= most_keys_) {
      by_key.erase(buckets.back().key);
      buckets.pop_back();
    }
    buckets.push_front({std::string(key), limit_.burst, now});
    by_key.emplace(buckets.front().key, buckets.begin());
  }
  Bucket& bucket = buckets.front();
  bucket.left = LeftIn(bucket, now);
  bucket.at = std::max(bucket.at, now);
  const auto wait = WaitFor(bucket.left);
  if (!wait) bucket.left -= 1;
  return wait;
}

std::optional<std::chrono::seconds> RateLimiter::Look(std::string_view key, SteadyTime now) const {
  const auto held = buckets_.Lock();
  const auto found = held->by_key.find(key);
  return found == held->by_key.end() ? std::nullopt : WaitFor(LeftIn(*found->second, now));
}

std::size_t RateLimiter::keys() const { return buckets_.Lock()->latest_first.size(); }

std::string PeerKey(std::string_view address) {
  const std::string text(address.substr(0, address.find('%')));  // fe80::1%eth0
  in6_addr bytes{};
  if (inet_pton(AF_INET6, text.c_str(), &bytes) != 1) return text;
  constexpr std::size_t kMappedPrefix = 12, kNetwork = 8;
  static constexpr unsigned char kMapped[kMappedPrefix] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  // "::ffff:192.0.2.7" is an IPv4 client of a socket of both kinds.
  if (std::memcmp(bytes.s6_addr, kMapped, kMappedPrefix) == 0) return text.substr(text.rfind(':') + 1);
  std::string key;
  for (std::size_t i = 0; i < kNetwork; ++i) AppendHex(bytes.s6_addr[i], key);
  return key + "/64";
}

}  // namespace wirewatch
