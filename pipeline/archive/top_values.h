// TopValues: the most frequent values of a stream, in bounded memory. Space-Saving (Metwally, Agrawal, El Abbadi,
// "Efficient Computation of Frequent and Top-k Elements in Data Streams", ICDT 2005): as long as there are no more
// different values than `capacity`, the counts are exact. Beyond that each count is too high by at most its `over`, and
// every value that is more frequent than the stream's length / capacity is there.
#ifndef WIREWATCH_PIPELINE_ARCHIVE_TOP_VALUES_H_
#define WIREWATCH_PIPELINE_ARCHIVE_TOP_VALUES_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wirewatch {

// Threads: one at a time.
class TopValues {
 public:
  explicit TopValues(std::size_t capacity) : capacity_(capacity) {}

  void Add(std::string_view value);

  struct Count {
    std::string value;
    std::uint64_t count = 0;
    std::uint64_t over = 0;  // the true count is in [count - over, count]
    bool operator==(const Count&) const = default;
  };
  // The first `most` by count; of equal counts by value.
  std::vector<Count> Top(std::size_t most) const;
  // Of different values that are counted; at most the capacity.
  std::size_t size() const { return counts_.size(); }
  bool is_exact() const { return is_exact_; }

 private:
  struct Counted {
    std::uint64_t count = 0, over = 0;
  };
  using Counts = std::map<std::string, Counted, std::less<>>;

  std::size_t capacity_;
  Counts counts_;
  std::set<std::pair<std::uint64_t, std::string_view>> by_count_;  // of counts_, whose keys do not move
  bool is_exact_ = true;
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_ARCHIVE_TOP_VALUES_H_
