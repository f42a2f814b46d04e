// PairTable: a hash table from pairs of numbers to numbers, several for one pair.
//
// Nearly every pair that is looked up is not in the table. A filter of a few bits a pair tells so without reading the
// table: a Bloom filter whose bits of one pair lie in one word (Putze, Sanders and Singler, "Cache-, Hash- and
// Space-Efficient Bloom Filters", 2007). Why by hand: word_memory.h.
#ifndef WIREWATCH_RULES_LANES_PAIR_TABLE_H_
#define WIREWATCH_RULES_LANES_PAIR_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace wirewatch {

// Immutable; shared by threads. 15 bytes or so an entry.
class PairTable {
 public:
  struct Pair {
    std::uint32_t left = 0, right = 0;
    bool operator==(const Pair&) const = default;
  };
  struct Entry {
    Pair pair;
    std::uint32_t posting = 0;  // the caller's number for the pair
  };

  PairTable() : PairTable(std::vector<Entry>()) {}
  // `entries`: in any order, fewer than 2^32. Entries of one pair keep their order.
  explicit PairTable(const std::vector<Entry>& entries);

  // False: the table has no entry of the pair. True: it probably has one.
  bool MayHold(Pair pair) const {
    const std::uint64_t hash = HashOf(pair);
    const std::uint64_t bits = BitsOf(hash);
    return (filter_[hash & filter_mask_] & bits) == bits;
  }
  // All entries of the pair.
  std::span<const Entry> Find(Pair pair) const;

  // Prefetches. First FetchBucket for all pairs that will be looked up, then FetchEntries for all, then Find: so the
  // waits for memory overlap.
  void FetchBucket(Pair pair) const { __builtin_prefetch(&first_[BucketOf(HashOf(pair))]); }
  void FetchEntries(Pair pair) const { __builtin_prefetch(entries_.data() + first_[BucketOf(HashOf(pair))]); }

 private:
  static std::uint64_t HashOf(Pair pair) {
    std::uint64_t hash = ((std::uint64_t{pair.left} << 32) | pair.right) * 0x9E3779B97F4A7C15;
    hash ^= hash >> 32;
    return hash * 0xD6E8FEB86659FD93;
  }
  // The bits that a pair sets in its word of the filter. Of a hash, bits 24 to 35 choose them, the low bits choose the
  // word, and the high bits the bucket.
  static std::uint64_t BitsOf(std::uint64_t hash) {
    return (std::uint64_t{1} << ((hash >> 24) & 63)) | (std::uint64_t{1} << ((hash >> 30) & 63));
  }
  std::size_t BucketOf(std::uint64_t hash) const { return hash >> bucket_shift_; }

  std::vector<std::uint64_t> filter_;
  std::uint64_t filter_mask_ = 0;
  int bucket_shift_ = 63;
  std::vector<Entry> entries_;        // bucket by bucket, equal pairs together
  std::vector<std::uint32_t> first_;  // of each bucket, into entries_; one more at the end
};

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_LANES_PAIR_TABLE_H_
