#include "rules/lanes/pair_table.h"

#include <algorithm>
#include <bit>
#include <numeric>

namespace wirewatch {
namespace {

constexpr std::size_t kFilterBitsPerPair = 8;

// One to two pairs a bucket. More buckets would enlarge first_ and save nothing: the entries of a bucket are adjacent,
// so reading two costs one cache miss.
int BucketBits(std::size_t pairs) { return std::max(1, static_cast<int>(std::bit_width(pairs)) - 1); }

}  // namespace

PairTable::PairTable(const std::vector<Entry>& entries)
    : filter_(std::bit_ceil(entries.size() * kFilterBitsPerPair / 64 + 1)),
      filter_mask_(filter_.size() - 1),
      bucket_shift_(64 - BucketBits(entries.size())),
      entries_(entries.size()) {
  first_.assign((std::size_t{1} << BucketBits(entries.size())) + 1, 0);
  for (const Entry& entry : entries) {
    const std::uint64_t hash = HashOf(entry.pair);
    filter_[hash & filter_mask_] |= BitsOf(hash);
    ++first_[BucketOf(hash) + 1];
  }
  std::partial_sum(first_.begin(), first_.end(), first_.begin());
  std::vector<std::uint32_t> next(first_.begin(), first_.end() - 1);
  for (const Entry& entry : entries) entries_[next[BucketOf(HashOf(entry.pair))]++] = entry;
  for (std::size_t bucket = 0; bucket + 1 < first_.size(); ++bucket) {
    if (first_[bucket + 1] - first_[bucket] < 2) continue;
    std::stable_sort(entries_.begin() + first_[bucket], entries_.begin() + first_[bucket + 1],
                     [](const Entry& a, const Entry& b) { return HashOf(a.pair) < HashOf(b.pair); });
  }
}

std::span<const PairTable::Entry> PairTable::Find(Pair pair) const {
  const std::size_t bucket = BucketOf(HashOf(pair));
  std::uint32_t begin = first_[bucket];
  const std::uint32_t bucket_end = first_[bucket + 1];
  while (begin < bucket_end && entries_[begin].pair != pair) ++begin;
  std::uint32_t end = begin;
  while (end < bucket_end && entries_[end].pair == pair) ++end;
  return std::span(entries_).subspan(begin, end - begin);
}

}  // namespace wirewatch
