#include "connectors/file/file_connectors.h"

#include <algorithm>
#include <utility>

#include "connectors/file/file_list.h"
#include "connectors/file/file_sinks.h"
#include "connectors/file/file_source.h"

namespace wirewatch {
namespace {

constexpr std::string_view kNdjson = "ndjson";
constexpr std::string_view kJson = "json";

struct FileSourceSettings {
  std::vector<std::string> paths;
  FileFormat format = FileFormat::kAuto;
  bool follow = false;
  std::string spill_dir;

  static const FieldTable& Table();
  static FileSourceSettings From(const Fields& fields);
};

const FieldTable& FileSourceSettings::Table() {
  static const FieldTable table = {
      TextListField("path",
                    "Files and directories; of a directory the *.json, *.ndjson and *.jsonl (also .zst, .gz) in it "
                    "and below it, in byte order of their paths.")
          .Required(),
      TextField("format",
                "ndjson: a record a line; json: objects over several lines, or arrays of them; auto: json for *.json, "
                "of all else the beginning decides.")
          .Default("auto")
          .OneOf({"auto", kNdjson, kJson}),
      BoolField("follow",
                "Keep reading as files grow, are rotated and appear; compressed files and JSON documents are read "
                "whole.")
          .Default("false"),
      TextField("spill_dir",
                "Where records over decode.max_record_bytes are kept, a file each, up to 16 times that; empty: beside "
                "the file of dead letters, if there is one."),
  };
  return table;
}

FileSourceSettings FileSourceSettings::From(const Fields& fields) {
  const std::string& format = fields.String("format");
  return {.paths = fields.List("path"),
          .format = format == kNdjson ? FileFormat::kNdjson
                    : format == kJson ? FileFormat::kJson
                                      : FileFormat::kAuto,
          .follow = fields.Bool("follow"),
          .spill_dir = fields.String("spill_dir")};
}

// Of any of the sinks.
struct FileSinkSettings {
  std::string path;
  std::chrono::milliseconds sync_interval{};

  static const FieldTable& Table();
  static FileSinkSettings From(const Fields& fields);
};

const FieldTable& FileSinkSettings::Table() {
  static const FieldTable table = {
      TextField("path", "The file; made if need be, in a directory that exists.").Required(),
      DurationField("sync_interval",
                    "How often what was written is forced to disk; a record is settled after that. 0ms: as often as "
                    "the disk can.")
          .Default("100ms"),
  };
  return table;
}

FileSinkSettings FileSinkSettings::From(const Fields& fields) {
  return {.path = fields.String("path"), .sync_interval = fields.Duration("sync_interval")};
}

Result<std::unique_ptr<Source>> MakeSource(const Fields& fields, const ConnectorContext& context) {
  FileSourceSettings settings = FileSourceSettings::From(fields);
  FileSourceOptions options;
  options.paths = std::move(settings.paths);
  options.format = settings.format;
  options.follow = settings.follow;
  options.limits = LimitsOf(context, settings.spill_dir);
  auto made = FileSource::Create(std::move(options));
  if (!made) return std::move(made).error();
  return std::unique_ptr<Source>(*std::move(made));
}

template <typename Sink, typename Kind>
Result<std::unique_ptr<Kind>> MakeSink(const Fields& fields, const ConnectorContext& context) {
  const FileSinkSettings settings = FileSinkSettings::From(fields);
  LineWriterOptions options;
  options.sync_interval = settings.sync_interval;
  auto made = Sink::Create(settings.path, options, context.metrics);
  if (!made) return std::move(made).error();
  return std::unique_ptr<Kind>(*std::move(made));
}

std::vector<std::string> InputsThatRead(const Fields& fields, const std::filesystem::path& file) {
  std::vector<std::string> inputs = FileSourceSettings::From(fields).paths;
  std::erase_if(inputs, [&](const std::string& written) {
    const std::filesystem::path input = Resolved(written);
    if (input == file) return false;
    const auto [rest, ignored] = std::mismatch(input.begin(), input.end(), file.begin(), file.end());
    return rest != input.end() || !IsArticleFile(file.native());
  });
  return inputs;
}

std::string FileOf(const Fields& fields) { return FileSinkSettings::From(fields).path; }

std::string SpillDirectoryOf(const Fields& fields) { return FileOf(fields) + ".oversize"; }

}  // namespace

SourceConnector FileSourceConnector() {
  return {.spec = {kFile,
                   "Articles from files: plain, .zst or .gz (known by their content). They are read to their ends, or "
                   "followed.",
                   FileSourceSettings::Table()},
          .make = MakeSource,
          .inputs_that_read = InputsThatRead};
}

AlertSinkConnector FileAlertSinkConnector() {
  return {.spec = {kFile,
                   "Alerts as lines of JSON, appended to a file. Delivered once they are on disk; a full disk is "
                   "waited for. A file that is moved away is made anew.",
                   FileSinkSettings::Table()},
          .make = MakeSink<FileAlertSink, AlertSink>,
          .file = FileOf};
}

DecisionConnector FileDecisionConnector() {
  return {.spec = {kFile,
                   "Decisions as lines of JSON (docs/schema/decision.schema.json), appended to a file, as the alerts' "
                   "file sink does it. Nothing is restored from there.",
                   FileSinkSettings::Table()},
          .make = MakeSink<FileDecisionSink, DecisionSink>,
          .file = FileOf};
}

DeadLetterConnector FileDeadLetterConnector() {
  return {.spec = {kFile,
                   "Dead letters as lines of JSON, appended to a file, as the alerts' file sink does it. Records too "
                   "long to be held stand in PATH.oversize/.",
                   FileSinkSettings::Table()},
          .make = MakeSink<FileDeadLetterSink, DeadLetterSink>,
          .file = FileOf,
          .spill_dir = SpillDirectoryOf};
}

}  // namespace wirewatch
