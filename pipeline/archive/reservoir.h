// Reservoir: a fair sample of a stream of unknown length: each of the things that passed is in it with the same
// probability. Algorithm R (Vitter, "Random Sampling with a Reservoir", ACM TOMS 11(1), 1985). The same stream and seed
// give the same sample, in any build.
#ifndef WIREWATCH_PIPELINE_ARCHIVE_RESERVOIR_H_
#define WIREWATCH_PIPELINE_ARCHIVE_RESERVOIR_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace wirewatch {

// Threads: one at a time.
template <class Thing>
class Reservoir {
 public:
  // Holds at most `capacity`; 0: none.
  Reservoir(std::size_t capacity, std::uint64_t seed) : capacity_(capacity), state_(seed) {}

  // One more thing passes. Present: it is to be kept, there, by Put. So who samples makes only what is kept.
  std::optional<std::size_t> Pass() {
    ++passed_;
    if (capacity_ == 0) return std::nullopt;
    if (kept_.size() < capacity_) return kept_.size();
    const std::uint64_t at = Random() % passed_;
    if (at >= capacity_) return std::nullopt;
    return static_cast<std::size_t>(at);
  }
  // REQUIRES: `place` is what the last Pass gave.
  void Put(std::size_t place, Thing thing) {
    if (place == kept_.size()) {
      kept_.push_back({passed_, std::move(thing)});
    } else {
      kept_[place] = {passed_, std::move(thing)};
    }
  }

  struct Kept {
    std::uint64_t number = 0;  // of the thing in the stream, from 1
    Thing thing;
  };
  // In no order.
  const std::vector<Kept>& kept() const { return kept_; }
  std::uint64_t passed() const { return passed_; }

 private:
  // SplitMix64 (Steele, Lea, Flood, OOPSLA 2014): one word of state, and the standard library's distributions may
  // differ from one to the next.
  std::uint64_t Random() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15U);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
  }

  std::size_t capacity_;
  std::uint64_t state_;
  std::uint64_t passed_ = 0;
  std::vector<Kept> kept_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_ARCHIVE_RESERVOIR_H_
