// Reader: what a record says, found out by a worker. Of the match step the matches of its article, of the alert
// step the match that another process found. Step: which of the two a pipeline is.
#ifndef WIREWATCH_PIPELINE_FLOW_READER_H_
#define WIREWATCH_PIPELINE_FLOW_READER_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "monitoring/metrics.h"
#include "pipeline/match/article_matcher.h"
#include "pipeline/records/record.h"

namespace wirewatch {

// It ended the process too often (quarantine.h).
inline constexpr std::string_view kQuarantined = "quarantined";

// Threads: one at a time.
class Reader {
 public:
  virtual ~Reader() = default;

  // Before each few records: what may have changed outside is looked at now.
  virtual void BeginBatch() {}
  virtual MatchOutcome Process(const Record& record, WallTime received) = 0;
};

struct Step {
  std::string name;  // of its loops, for health
  StepMetrics metrics;
  std::function<Result<std::unique_ptr<Reader>>()> make_reader;  // one for each worker
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_FLOW_READER_H_
