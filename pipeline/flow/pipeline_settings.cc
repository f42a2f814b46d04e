#include "pipeline/flow/pipeline_settings.h"

namespace wirewatch {

const FieldTable& PipelineSettings::Table() {
  static const FieldTable table = {
      IntegerField("workers", "Threads that decode and match; 0: one for each core.").Default("0").Between(0, 1024),
      IntegerField("in_flight_records", "Most records between reading and the last acknowledgement.")
          .Default("20000")
          .Between(1, 100'000'000),
      SizeField("in_flight_bytes", "Most bytes of records between reading and the last acknowledgement.")
          .Default("128MiB")
          .AtLeast(1),
      DurationField("drain_timeout",
                    "How long a stop waits for what is under way; what is left is read again after the restart.")
          .Default("20s"),
      TextField("record_time",
                "The time that the windows, embargoes and bursts of records without a timestamp (files, stdin) go by: "
                "received, when they are read; published, when their articles were, so that an archive raises what it "
                "would have raised on the day. An article without a date, or with one that lies ahead, then leaves the "
                "time where it is.")
          .Default("received")
          .OneOf({"received", "published"}),
      TextField("quarantine",
                "A file of this process's own, in which it notes what it is at work on, so that a record that ends "
                "the process becomes a dead letter (quarantined) instead of ending it for ever; empty: none. Made "
                "when it is missing."),
      IntegerField("quarantine_tries", "How often a record may end the process before it becomes a dead letter.")
          .Default("3")
          .Between(1, 1000),
      DurationField("record_time_budget",
                    "CPU time that a record may take to be decoded and matched; over it the process ends, with "
                    "`quarantine` only.")
          .Default("20s"),
  };
  return table;
}

PipelineSettings PipelineSettings::From(const Fields& fields) {
  return {.pipeline = {.workers = fields.Count("workers"),
                       .in_flight_records = fields.Count("in_flight_records"),
                       .in_flight_bytes = fields.Bytes("in_flight_bytes"),
                       .drain_timeout = fields.Duration("drain_timeout"),
                       .record_time = fields.String("record_time") == "published" ? RecordTime::kPublished
                                                                                  : RecordTime::kReceived},
          .quarantine = {.path = fields.String("quarantine"),
                         .most_tries = static_cast<std::uint32_t>(fields.Integer("quarantine_tries")),
                         .time_budget = fields.Duration("record_time_budget")}};
}

}  // namespace wirewatch
