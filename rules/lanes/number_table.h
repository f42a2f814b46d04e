// NumberTable: a hash table of numbers that stand for something which the caller stores, such as words. The caller
// hashes and compares: so each word is stored once, outside of the table, and the table costs 12 to 24 bytes a number.
#ifndef WIREWATCH_RULES_LANES_NUMBER_TABLE_H_
#define WIREWATCH_RULES_LANES_NUMBER_TABLE_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace wirewatch {

// Threads: as std::vector.
class NumberTable {
 public:
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};

  // The first number of this hash that is(number) says yes to; kNone: there is none.
  template <typename Is>
  std::uint32_t Find(std::uint32_t hash, Is is) const {
    if (slots_.empty()) return kNone;
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t at = hash & mask; slots_[at].number != kNone; at = (at + 1) & mask) {
      if (slots_[at].hash == hash && is(slots_[at].number)) return slots_[at].number;
    }
    return kNone;
  }

  // REQUIRES: number != kNone.
  void Add(std::uint32_t hash, std::uint32_t number) {
    if (++taken_ * 3 > slots_.size() * 2) {
      const std::vector<Slot> before =
          std::exchange(slots_, std::vector<Slot>(std::max<std::size_t>(8, slots_.size() * 2)));
      for (const Slot& slot : before) {
        if (slot.number != kNone) Put(slot);
      }
    }
    Put({hash, number});
  }

 private:
  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t number = kNone;  // kNone: free
  };
  void Put(Slot slot) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = slot.hash & mask;
    while (slots_[at].number != kNone) at = (at + 1) & mask;
    slots_[at] = slot;
  }

  std::vector<Slot> slots_;  // a power of two, at most two thirds of them taken
  std::size_t taken_ = 0;
};

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_LANES_NUMBER_TABLE_H_
