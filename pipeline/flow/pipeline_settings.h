// The section `pipeline`: threads and bounds, and the quarantine.
#ifndef WIREWATCH_PIPELINE_FLOW_PIPELINE_SETTINGS_H_
#define WIREWATCH_PIPELINE_FLOW_PIPELINE_SETTINGS_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/settings/field_spec.h"

namespace wirewatch {

// The record time (HandlerBase::Advance) of records that their stream gives none, as files and stdin do.
enum class RecordTime : std::uint8_t {
  kReceived,   // when this process read them
  kPublished,  // what their reader says (Outcome::time): when their article was published
};

struct PipelineOptions {
  std::size_t workers = 0;  // threads that read records; 0: as many as the machine has cores
  std::size_t in_flight_records = 20'000;
  std::size_t in_flight_bytes = 128 << 20;
  std::chrono::milliseconds drain_timeout = std::chrono::seconds(20);
  RecordTime record_time = RecordTime::kReceived;
};

struct QuarantineOptions {
  std::string path;
  std::uint32_t most_tries = 3;
  // CPU time, so that a machine that was slow or stopped is not held against the record.
  std::chrono::milliseconds time_budget = std::chrono::seconds(20);
};

struct PipelineSettings {
  PipelineOptions pipeline;
  QuarantineOptions quarantine;  // with an empty path: there is none

  static const FieldTable& Table();
  static PipelineSettings From(const Fields& fields);
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_FLOW_PIPELINE_SETTINGS_H_
