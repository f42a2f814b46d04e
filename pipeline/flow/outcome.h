// Outcome: what a reader made of one record: a value, or the reason why it is a dead letter.
#ifndef WIREWATCH_PIPELINE_FLOW_OUTCOME_H_
#define WIREWATCH_PIPELINE_FLOW_OUTCOME_H_

#include <optional>

#include "base/clock.h"
#include "pipeline/records/rejection.h"

namespace wirewatch {

// Value: what flows from the readers to the handler, such as the matches of one article. It is movable, can be made
// without arguments, and needs neither the record nor the reader that it came from. Where it has empty(), an empty one
// leads to nothing: the pipeline then spares itself a copy of the record's payload.
template <class Value>
struct Outcome {
  // Nothing follows from the record. Of a value without empty(): false.
  bool empty() const {
    if constexpr (requires { value.empty(); }) return !rejection && value.empty();
    return false;
  }

  Value value{};
  std::optional<Rejection> rejection;  // present: `value` says nothing
  // The record time of a record without a timestamp of its own, from a reader that is to tell it (RecordTime).
  std::optional<WallTime> time = {};
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_FLOW_OUTCOME_H_
