#include "pipeline/story/posting_table.h"

#include <algorithm>
#include <utility>

namespace wirewatch {
namespace {

// Of the entry with that order, or where it would be.
std::vector<std::uint32_t>::const_iterator PlaceIn(const std::vector<std::uint32_t>& list, std::uint64_t order,
                                                   std::span<const std::uint64_t> orders) {
  return std::partition_point(list.begin(), list.end(), [&](std::uint32_t other) { return orders[other] < order; });
}

}  // namespace

std::size_t PostingTable::Place(std::uint32_t key) const {
  std::size_t at = Home(key);
  while (slots_[at].value != kEmpty && slots_[at].key != key) at = at + 1 == slots_.size() ? 0 : at + 1;
  return at;
}

void PostingTable::Grow() {
  const std::vector<Slot> old = std::exchange(slots_, {});
  slots_.resize(std::max<std::size_t>(64, old.size() + old.size() / 4));
  for (const Slot& slot : old) {
    if (slot.value != kEmpty) slots_[Place(slot.key)] = slot;
  }
}

void PostingTable::Add(std::uint32_t key, std::uint32_t entry, std::span<const std::uint64_t> orders) {
  if (5 * (used_ + 1) > 4 * slots_.size()) Grow();
  Slot& slot = slots_[Place(key)];
  if (slot.value == kEmpty) {
    slot = {key, entry};
    ++used_;
    return;
  }
  if ((slot.value & kList) == 0) {
    std::uint32_t list = 0;
    if (free_lists_.empty()) {
      list = static_cast<std::uint32_t>(lists_.size());
      lists_.emplace_back();
    } else {
      list = free_lists_.back();
      free_lists_.pop_back();
    }
    lists_[list] = {slot.value};
    slot.value = kList | list;
  }
  std::vector<std::uint32_t>& listed = lists_[slot.value & ~kList];
  const bool is_last = orders[listed.back()] < orders[entry];
  listed.insert(is_last ? listed.end() : PlaceIn(listed, orders[entry], orders), entry);
}

void PostingTable::Remove(std::uint32_t key, std::uint32_t entry, std::span<const std::uint64_t> orders) {
  std::size_t hole = Place(key);
  Slot& slot = slots_[hole];
  if ((slot.value & kList) != 0) {
    const std::uint32_t number = slot.value & ~kList;
    std::vector<std::uint32_t>& list = lists_[number];
    list.erase(PlaceIn(list, orders[entry], orders));
    if (list.size() > 1) {
      if (list.size() <= list.capacity() / 4) list.shrink_to_fit();
      return;
    }
    slot.value = list.front();
    std::vector<std::uint32_t>().swap(list);  // = {} would keep the memory
    free_lists_.push_back(number);
    return;
  }
  // Slots behind the hole move up as far as they may, so that no search ends too early (Knuth, The Art of Computer
  // Programming, volume 3, section 6.4, algorithm R).
  --used_;
  for (std::size_t at = hole;;) {
    at = at + 1 == slots_.size() ? 0 : at + 1;
    if (slots_[at].value == kEmpty) break;
    const std::size_t home = Home(slots_[at].key);
    const bool stays = hole <= at ? hole < home && home <= at : hole < home || home <= at;
    if (stays) continue;
    slots_[hole] = slots_[at];
    hole = at;
  }
  slots_[hole] = Slot();
}

std::span<const std::uint32_t> PostingTable::Find(std::uint32_t key) const {
  if (slots_.empty()) return {};
  const Slot& slot = slots_[Place(key)];
  if (slot.value == kEmpty) return {};
  if ((slot.value & kList) == 0) return {&slot.value, 1};
  return lists_[slot.value & ~kList];
}

std::size_t PostingTable::bytes() const {
  std::size_t bytes = slots_.capacity() * sizeof(Slot) + lists_.capacity() * sizeof(lists_[0]);
  for (const auto& list : lists_) bytes += list.capacity() * sizeof(list[0]);
  return bytes;
}

}  // namespace wirewatch
