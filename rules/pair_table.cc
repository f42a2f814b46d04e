#include "rules/pair_table.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <utility>

namespace wirewatch {
namespace {

constexpr std::size_t kFilterBitsPerPair = 8;

}  // namespace

bool PairTable::InOrder(Pair a, Pair b) {
  const std::uint64_t hash_a = HashOf(a), hash_b = HashOf(b);
  return hash_a < hash_b;  // HashOf is one to one
}

PairTable::PairTable(std::span<const Pair> pairs)
    : filter_(std::bit_ceil(pairs.size() * kFilterBitsPerPair / 64 + 1)),
      filter_mask_(filter_.size() - 1),
      bucket_shift_(63 - static_cast<int>(std::bit_width(pairs.size()))),
      pairs_(pairs.begin(), pairs.end()) {
  first_.assign(BucketOf(~std::uint64_t{0}) + 2, 0);
  for (const Pair pair : pairs) {
    const std::uint64_t hash = HashOf(pair);
    filter_[hash & filter_mask_] |= BitsOf(hash);
    ++first_[BucketOf(hash) + 1];
  }
  std::partial_sum(first_.begin(), first_.end(), first_.begin());
}

PairTable::Range PairTable::Find(Pair pair) const {
  const std::size_t bucket = BucketOf(HashOf(pair));
  Range range{first_[bucket], first_[bucket + 1]};
  while (range.begin < range.end && pairs_[range.begin] != pair) ++range.begin;
  std::uint32_t end = range.begin;
  while (end < range.end && pairs_[end] == pair) ++end;
  return {range.begin, end};
}

}  // namespace wirewatch
