// Throttle: at most so many alerts of one topic in a clock hour (UTC) of record time. What is over is folded into one
// summary of the hour, so nothing vanishes.
//
// A fold: what it says depends on the calls before alone. Time goes on, never back: a time before the last counts as
// the last. A summary is not counted as an alert of the hour in which it comes.
// Bounds: kListed alerts are kept with what a summary says of them; of more, the count. A copy shares them.
// Threads: one at a time.
#ifndef WIREWATCH_PIPELINE_STORY_THROTTLE_H_
#define WIREWATCH_PIPELINE_STORY_THROTTLE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace wirewatch {

// What a summary says of an alert that did not go out.
struct FoldedAlert {
  bool operator==(const FoldedAlert&) const = default;

  std::string id, kind;            // of the alert
  std::string title, url, source;  // of its article
  std::string story;               // id
};

struct FoldedHour {
  WallTime begin, end;                                     // of the hour; [begin, end)
  std::vector<std::shared_ptr<const FoldedAlert>> alerts;  // the first kListed, in their order; never null
  std::uint64_t count = 0;                                 // of all
};

class Throttle {
 public:
  static constexpr std::size_t kListed = 100;

  // Whether an alert may go out; false: it is folded. `per_hour` may change from call to call.
  // REQUIRES: no summary is due at `time`: Close comes first. A broken requirement aborts, for the summary would be
  // wrong.
  bool Pass(WallTime time, std::uint64_t per_hour, FoldedAlert alert);

  // The summary that is due at `now`: something was folded in an hour that is over. Given once.
  std::optional<FoldedHour> Close(WallTime now);
  // When there will be one. Nothing: nothing is folded.
  std::optional<WallTime> Due() const;

  // The whole state. What Load makes of it answers every later call as this one does.
  std::string Save() const;
  // kInvalid: it is no such text, or of another version.
  static Result<Throttle> Load(std::string_view text);

  bool operator==(const Throttle& other) const;

 private:
  std::optional<std::int64_t> hour_;  // since 1970, the one that is counted
  std::uint64_t passed_ = 0;
  std::uint64_t folded_ = 0;
  std::vector<std::shared_ptr<const FoldedAlert>> alerts_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_STORY_THROTTLE_H_
