// PostingTable: which entries have a key, for keys of which most have one entry. Eight bytes a posting, and lists only
// for keys of several. By hand: a general multimap takes some 40 bytes, and a story index has 24 postings an article.
#ifndef WIREWATCH_PIPELINE_STORY_POSTING_TABLE_H_
#define WIREWATCH_PIPELINE_STORY_POSTING_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace wirewatch {

// Threads: one at a time.
class PostingTable {
 public:
  // The entries of a key stand in the order of their numbers in `orders`, whatever the order in which they were added.
  // Cheap at the end; elsewhere the entries behind move up.
  // REQUIRES: entry < 2^31 - 1; orders.size() > entry; the numbers of a key's entries differ and do not change.
  void Add(std::uint32_t key, std::uint32_t entry, std::span<const std::uint64_t> orders);
  // REQUIRES: it was added.
  void Remove(std::uint32_t key, std::uint32_t entry, std::span<const std::uint64_t> orders);
  // In rising order. Valid until the next change.
  std::span<const std::uint32_t> Find(std::uint32_t key) const;
  // A hint that Find(key) comes soon.
  void Prefetch(std::uint32_t key) const {
    if (!slots_.empty()) __builtin_prefetch(&slots_[Home(key)]);
  }
  // Of the heap.
  std::size_t bytes() const;

 private:
  static constexpr std::uint32_t kEmpty = 0xFFFFFFFF, kList = 0x80000000;
  struct Slot {
    std::uint32_t key = 0;
    std::uint32_t value = kEmpty;  // an entry, or kList and the number of a list
  };

  // The slot of the key, or the empty one where it would be.
  std::size_t Place(std::uint32_t key) const;
  // Spread over all slots in order of a mix of the key, whatever their number: so the table grows by a part, not
  // twofold.
  std::size_t Home(std::uint32_t key) const {
    const std::uint32_t mixed = (key ^ key >> 15) * 0x9E3779B1;
    return static_cast<std::size_t>(std::uint64_t{mixed} * slots_.size() >> 32);
  }
  void Grow();

  std::vector<Slot> slots_;
  std::size_t used_ = 0;
  std::vector<std::vector<std::uint32_t>> lists_;
  std::vector<std::uint32_t> free_lists_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_STORY_POSTING_TABLE_H_
