#include "pipeline/records/offset_tracker.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

namespace wirewatch {

void OffsetTracker::Begin(Offset offset) {
  if (!entries_.empty() && entries_.back().offset >= offset) std::abort();
  entries_.push_back({offset, false});
  ++open_;
}

void OffsetTracker::Done(Offset offset) {
  const auto at = std::lower_bound(entries_.begin(), entries_.end(), offset,
                                   [](const Entry& entry, Offset wanted) { return entry.offset < wanted; });
  if (at == entries_.end() || at->offset != offset || at->done) std::abort();
  at->done = true;
  --open_;
  while (!entries_.empty() && entries_.front().done) {
    committable_ = Next(entries_.front().offset);
    entries_.pop_front();
  }
}

std::optional<Offset> OffsetTracker::Committable() const { return committable_; }

std::optional<Offset> OffsetTracker::OldestOpen() const {
  return entries_.empty() ? std::nullopt : std::optional(entries_.front().offset);
}

}  // namespace wirewatch
