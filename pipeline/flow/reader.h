// Reader: finds out what a record says. Step: a kind of reader and what it is called, from which a pipeline is made
// (match, alert).
#ifndef WIREWATCH_PIPELINE_FLOW_READER_H_
#define WIREWATCH_PIPELINE_FLOW_READER_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "pipeline/flow/flow_metrics.h"
#include "pipeline/flow/outcome.h"
#include "pipeline/records/record.h"

namespace wirewatch {

// Threads: one at a time. A pipeline makes one for each of its workers.
template <class Value>
class Reader {
 public:
  virtual ~Reader() = default;

  // A batch of records comes next. A reader looks here whether what it works with has changed (new rules).
  virtual void BeginBatch() {}

  // `received`: when this process read the record.
  virtual Outcome<Value> Process(const Record& record, WallTime received) = 0;
};

template <class Value>
struct Step {
  std::string name;         // of its loops, for health
  std::string source_name;  // of its source's readiness, for health
  std::string_view reads;   // what its records are, for people: "articles"; a literal
  StepMetrics metrics;
  std::function<Result<std::unique_ptr<Reader<Value>>>()> make_reader;  // called once for each worker
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_FLOW_READER_H_
