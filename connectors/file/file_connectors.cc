#include "connectors/file/file_connectors.h"

#include <utility>

#include "connectors/file/file_sinks.h"
#include "connectors/file/file_source.h"
#include "pipeline/alert/alert_sink.h"

namespace wirewatch {
namespace {

constexpr std::string_view kNdjson = "ndjson";
constexpr std::string_view kJson = "json";

const FieldSpec kSyncInterval = {"sync_interval", FieldType::kDuration, "100ms",
                                 "How often what was written is forced to disk; a record is settled after that. 0ms: "
                                 "as often as the disk can."};

LineWriterOptions WriterOptionsOf(const Fields& sink) {
  LineWriterOptions options;
  options.sync_interval = sink.Duration("sync_interval");
  return options;
}

template <typename Sink, typename Kind>
Result<std::unique_ptr<Kind>> MakeSink(const Fields& sink, Metrics& metrics) {
  auto made = Sink::Create(sink.String("path"), WriterOptionsOf(sink), metrics);
  if (!made) return std::move(made).error();
  return std::unique_ptr<Kind>(*std::move(made));
}

}  // namespace

ConnectorSpec FileSourceSpec() {
  return {
      "file",
      "Articles from files: plain, .zst or .gz (known by their content). They are read to their ends, or followed.",
      {{"path", FieldType::kStringList, kRequired,
        "Files and directories; of a directory the *.json, *.ndjson and *.jsonl (also .zst, .gz) in it and below "
        "it, in byte order of their paths."},
       {"format",
        FieldType::kString,
        "auto",
        "ndjson: a record a line; json: objects over several lines, or arrays of them; auto: json for *.json, of all "
        "else the beginning decides.",
        {"auto", kNdjson, kJson}},
       {"follow", FieldType::kBool, "false",
        "Keep reading as files grow, are rotated and appear; compressed files and JSON documents are read whole."},
       {"spill_dir", FieldType::kString, "",
        "Where records over decode.max_record_bytes are kept, a file each, up to 16 times that; empty: beside the "
        "file of dead letters, if there is one."}}};
}

ConnectorSpec FileAlertSinkSpec() {
  return {"file",
          "Alerts as lines of JSON, appended to a file. Delivered once they are on disk; a full disk is waited for. A "
          "file that is moved away is made anew.",
          {{"path", FieldType::kString, kRequired, "The file; made if need be, in a directory that exists."},
           kSyncInterval}};
}

ConnectorSpec FileDeadLetterSinkSpec() {
  return {"file",
          "Dead letters as lines of JSON, appended to a file, as the alerts' file sink does it. Records too long to be "
          "held stand in PATH.oversize/.",
          {{"path", FieldType::kString, kRequired, "The file; made if need be, in a directory that exists."},
           kSyncInterval}};
}

Result<std::unique_ptr<Source>> MakeFileSource(const Fields& source, RecordLimits limits) {
  FileSourceOptions options;
  options.paths = source.List("path");
  const std::string& format = source.String("format");
  options.format = format == kNdjson ? FileFormat::kNdjson : format == kJson ? FileFormat::kJson : FileFormat::kAuto;
  options.follow = source.Bool("follow");
  options.limits = std::move(limits);
  auto made = FileSource::Create(std::move(options));
  if (!made) return std::move(made).error();
  return std::unique_ptr<Source>(*std::move(made));
}

Result<std::unique_ptr<AlertSink>> MakeFileAlertSink(const Fields& sink, Metrics& metrics) {
  return MakeSink<FileAlertSink, AlertSink>(sink, metrics);
}

Result<std::unique_ptr<DeadLetterSink>> MakeFileDeadLetterSink(const Fields& sink, Metrics& metrics) {
  return MakeSink<FileDeadLetterSink, DeadLetterSink>(sink, metrics);
}

std::string SpillDirectoryOf(const Fields& dead_letter_sink) { return dead_letter_sink.String("path") + ".oversize"; }

}  // namespace wirewatch
