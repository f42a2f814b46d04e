// The headers by which distributed traces are joined, from an article's record to what follows from it.
#ifndef WIREWATCH_PIPELINE_MATCH_TRACE_H_
#define WIREWATCH_PIPELINE_MATCH_TRACE_H_

#include <vector>

#include "pipeline/records/record.h"

namespace wirewatch {

// W3C Trace Context, level 1: traceparent and tracestate, as far as they are valid. A traceparent that is not, or comes
// twice, is dropped, and tracestate with it; of tracestate what goes beyond 32 members or 512 bytes is dropped from its
// end (section 3.3.1).
std::vector<RecordHeader> TraceOf(const std::vector<RecordHeader>& headers);

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_MATCH_TRACE_H_
