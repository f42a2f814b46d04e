#include "connectors/file/file_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/log.h"
#include "connectors/bytes/fd_input.h"
#include "connectors/file/file_follower.h"

namespace wirewatch {
namespace {

constexpr log::Module kLog("file");

constexpr std::chrono::milliseconds kLookInterval{200};
constexpr std::size_t kToldErrors = 20;

// The errors of single files as one; the code is that of the first.
class Errors {
 public:
  void Add(Error error) {
    if (++count_ == 1) {
      first_ = std::move(error);
    } else if (count_ <= kToldErrors) {
      first_->message += "\n" + error.message;
    }
  }
  Status status() && {
    if (!first_) return {};
    if (count_ > kToldErrors) first_->message += fmt::format("\nand {} files more", count_ - kToldErrors);
    return *std::move(first_);
  }

 private:
  std::size_t count_ = 0;
  std::optional<Error> first_;
};

}  // namespace

Framing FramingOf(std::string_view path, FileFormat format) {
  switch (format) {
    case FileFormat::kNdjson: return Framing::kLines;
    case FileFormat::kJson: return Framing::kValues;
    case FileFormat::kAuto: break;
  }
  return WithoutCompressionEnding(path).ends_with(".json") ? Framing::kValues : Framing::kAuto;
}

Result<std::unique_ptr<FileSource>> FileSource::Create(FileSourceOptions options) {
  FileList list = ListFiles(options.paths, options.follow ? EmptyDirectory::kFine : EmptyDirectory::kProblem);
  if (Status status = list.status(); !status) return std::move(status).error();
  const auto pipe = std::find_if(list.files.begin(), list.files.end(), [](const auto& file) { return !file.regular; });
  if (options.follow && pipe != list.files.end()) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("{}: only files and directories can be followed; read it without following, which waits "
                             "for its writer too",
                             pipe->path)};
  }
  return std::unique_ptr<FileSource>(new FileSource(std::move(options), std::move(list.files)));
}

FileSource::FileSource(FileSourceOptions options, std::vector<ListedFile> files)
    : options_(std::move(options)), files_(std::move(files)), reading_(options_.limits) {}

Status FileSource::Run(RecordInbox& inbox) {
  RecordFeed feed(inbox, stop_);
  Status result = options_.follow ? Follow(feed) : ReadAll(feed);
  inbox.Flush();
  return result;
}

Status FileSource::ReadAll(RecordFeed& feed) {
  Errors errors;
  for (const ListedFile& file : files_) {
    if (feed.stopped()) break;
    const auto input = FdInput::Open(file.path, feed);
    Status read = input ? ReadStream(**input, FramingOf(file.path, options_.format), reading_.names.Keep(file.path),
                                     reading_, feed)
                        : Status(input.error());
    if (!read) errors.Add(std::move(read).error());
  }
  return std::move(errors).status();
}

// This may go on for months: errors are logged as they come, and only files that still fail decide how it ends.
Status FileSource::Follow(RecordFeed& feed) {
  FileFollower follower([this](std::string_view path) { return FramingOf(path, options_.format); }, reading_, feed);
  std::string known_problem;
  while (!feed.stopped()) {
    FileList list = ListFiles(options_.paths, EmptyDirectory::kFine);
    std::erase_if(list.files, [](const ListedFile& file) { return !file.regular; });
    Status listed = list.status();
    const std::string problem = listed ? "" : listed.error().message;
    if (problem != known_problem && !problem.empty())
      kLog.Warn("{error}; looking again until it is there", {{"error", problem}});
    known_problem = problem;
    {
      const std::lock_guard lock(mutex_);
      ready_ = std::move(listed);
    }

    const bool moved = follower.Look(list.files, SteadyNow());
    // Growth without a newline offers nothing, and so does not beat.
    if (moved) {
      feed.Idle();
    } else {
      feed.Pause(kLookInterval);
    }
  }
  follower.OfferRests();
  Errors errors;
  for (const auto& [path, error] : follower.failing()) errors.Add(error);
  return std::move(errors).status();
}

Status FileSource::Ready() const {
  const std::lock_guard lock(mutex_);
  return ready_;
}

std::optional<ReadProgress> FileSource::Progress() const {
  if (options_.follow) return std::nullopt;
  ReadProgress progress;
  for (const ListedFile& file : files_) {
    if (!file.regular) return std::nullopt;
    progress.bytes_total += file.bytes;
  }
  progress.bytes_done = std::min(reading_.bytes_read.load(std::memory_order_relaxed), progress.bytes_total);
  return progress;
}

}  // namespace wirewatch
