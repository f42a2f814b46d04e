// PairTable: pairs of numbers that stand beside each other, each with what is filed under it.
//
// Nearly every question is about a pair that is not there. A filter of a few bits a pair (a Bloom filter whose bits for
// one pair lie in one word: Putze, Sanders and Singler, "Cache-, Hash- and Space-Efficient Bloom Filters", 2007) says
// so without reading the table.
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
    std::uint32_t filed = 0;  // under the pair: a number of the caller's
  };

  PairTable() : PairTable(std::vector<Entry>()) {}
  // In any order, fewer than 2^32. What one pair has keeps its order.
  explicit PairTable(const std::vector<Entry>& entries);

  // False: nothing is filed under it. Sometimes true though nothing is.
  bool MayHold(Pair pair) const {
    const std::uint64_t hash = HashOf(pair);
    const std::uint64_t bits = BitsOf(hash);
    return (filter_[hash & filter_mask_] & bits) == bits;
  }
  // All that is filed under it.
  std::span<const Entry> Find(Pair pair) const;

  // Where Find begins to look, for all that it will be asked: first the ones, then the others, so that the waits for
  // memory overlap.
  void FetchBucket(Pair pair) const { __builtin_prefetch(&first_[BucketOf(HashOf(pair))]); }
  void FetchEntries(Pair pair) const { __builtin_prefetch(entries_.data() + first_[BucketOf(HashOf(pair))]); }

 private:
  static std::uint64_t HashOf(Pair pair) {
    std::uint64_t hash = ((std::uint64_t{pair.left} << 32) | pair.right) * 0x9E3779B97F4A7C15;
    hash ^= hash >> 32;
    return hash * 0xD6E8FEB86659FD93;
  }
  // The low bits of a hash choose the word of the filter, the next ones these, the high ones the bucket.
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
