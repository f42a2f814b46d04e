// OffsetTracker: acknowledgements in any order in, the offset that is safe to commit out. One for each partition and
// lease.
//
//   tracker.Begin(7); tracker.Begin(9);     // offsets rise, gaps are allowed (compaction, transaction markers)
//   tracker.Done(9);  tracker.Committable() // nothing: 7 is still open
//   tracker.Done(7);  tracker.Committable() // 10: the offset to commit is the one after the last that is done
//
// Threads: not thread-safe; its owner locks.
#ifndef WIREWATCH_PIPELINE_RECORDS_OFFSET_TRACKER_H_
#define WIREWATCH_PIPELINE_RECORDS_OFFSET_TRACKER_H_

#include <cstddef>
#include <deque>
#include <optional>

#include "pipeline/records/record.h"

namespace wirewatch {

class OffsetTracker {
 public:
  // REQUIRES: greater than every offset before.
  void Begin(Offset offset);
  // REQUIRES: begun and not done before.
  void Done(Offset offset);
  // The offset to commit (last done in an unbroken row, plus one); nothing: no offset is done yet.
  std::optional<Offset> Committable() const;
  // Nothing: all that was begun is done.
  std::optional<Offset> OldestOpen() const;
  // Begun and not done.
  std::size_t open() const { return open_; }
  // Begun, from the oldest that is not done.
  std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    Offset offset;
    bool done;
  };
  std::deque<Entry> entries_;  // from the first that is open; rising
  std::size_t open_ = 0;
  std::optional<Offset> committable_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_RECORDS_OFFSET_TRACKER_H_
