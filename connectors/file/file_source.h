// FileSource: article files, one after the other in the order of the list; or followed as they grow.
//
// A record's place is its file and the byte it begins at, decompressed. Nothing is remembered between runs: a restart
// reads from the beginning, and the alerts it repeats carry the same ids.
#ifndef WIREWATCH_CONNECTORS_FILE_FILE_SOURCE_H_
#define WIREWATCH_CONNECTORS_FILE_FILE_SOURCE_H_

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/io/stop_signal.h"
#include "connectors/bytes/stream_reading.h"
#include "connectors/file/file_list.h"
#include "pipeline/records/source.h"

namespace wirewatch {

enum class FileFormat { kAuto, kNdjson, kJson };

// kAuto: .json (also .json.zst, .json.gz) is values, of all else its beginning decides; while it grows, it is lines.
Framing FramingOf(std::string_view path, FileFormat format);

struct FileSourceOptions {
  std::vector<std::string> paths;  // files and directories
  FileFormat format = FileFormat::kAuto;
  bool follow = false;
  RecordLimits limits;
};

class FileSource : public Source {
 public:
  // Looks at all paths, so that a mistyped one fails before the work begins.
  // kNotFound, kIo: what is missing or may not be read, a line each. kInvalid: a pipe cannot be followed.
  static Result<std::unique_ptr<FileSource>> Create(FileSourceOptions options);

  // Errors: files that could not be read to their ends, after all others were read. While following: those that still
  // could not be when last tried.
  Status Run(RecordInbox& inbox) override;
  void RequestStop() override { stop_.Raise(); }
  void Acknowledge(const RecordPlace&) override {}  // nothing is remembered
  // While following: of the last look.
  Status Ready() const override;
  Status Close(SteadyTime) override { return {}; }

  // In bytes as they stand in the files. Nothing while following, and of pipes.
  std::optional<ReadProgress> Progress() const override;

 private:
  FileSource(FileSourceOptions options, std::vector<ListedFile> files);
  Status ReadAll(RecordFeed& feed);
  Status Follow(RecordFeed& feed);

  const FileSourceOptions options_;
  const std::vector<ListedFile> files_;  // as they were at creation
  StreamReading reading_;
  StopSignal stop_;
  mutable std::mutex mutex_;
  Status ready_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_FILE_FILE_SOURCE_H_
