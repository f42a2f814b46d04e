#include "connectors/file/file_list.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <iterator>
#include <optional>
#include <system_error>
#include <utility>

#include "base/file_read.h"
#include "base/io/io_error.h"
#include "base/text/printable.h"
#include "base/unique_fd.h"

namespace wirewatch {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 3> kArticleEndings = {".json", ".ndjson", ".jsonl"};

// A terminal and /dev/null; other devices, such as /dev/zero, may go on for ever.
bool MayEnd(const std::string& path, const struct stat& device) {
  if (device.st_rdev == makedev(1, 3)) return true;
  const UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  return fd && isatty(fd.get()) == 1;
}

// Nothing: `path` is a directory.
std::optional<ListedFile> FileAt(const std::string& path, std::vector<Error>& problems) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) {
    problems.push_back(IoError(path, "cannot be read", errno));
    return std::nullopt;
  }
  if (S_ISDIR(status.st_mode)) return std::nullopt;
  if (S_ISSOCK(status.st_mode) || S_ISBLK(status.st_mode) || (S_ISCHR(status.st_mode) && !MayEnd(path, status))) {
    problems.push_back({ErrorCode::kInvalid,
                        fmt::format("{}: is {}; name a file or a pipe", Printable(path), FileKind(status.st_mode))});
    return std::nullopt;
  }
  if (faccessat(AT_FDCWD, path.c_str(), R_OK, AT_EACCESS) != 0) {
    problems.push_back(IoError(path, "cannot be read", errno));
    return std::nullopt;
  }
  const bool regular = S_ISREG(status.st_mode);
  return ListedFile{path, regular ? static_cast<std::uint64_t>(status.st_size) : 0, regular};
}

void ListDirectory(const std::string& path, EmptyDirectory empty, FileList& list) {
  std::vector<ListedFile> found;
  std::error_code error;
  std::string place = path;  // where an error came up
  for (fs::recursive_directory_iterator entry(path, error), end; !error && entry != end; entry.increment(error)) {
    place = entry->path().string();
    if (!IsArticleFile(place) || entry->is_directory(error)) continue;
    auto file = FileAt(place, list.problems);
    if (!file) continue;
    // A pipe is read by who names it, not by who comes across it: it may have no writer, and then all would wait.
    if (!file->regular) {
      list.problems.push_back(
          {ErrorCode::kInvalid, fmt::format("{}: is no regular file; take it out of the directory, or "
                                            "name it itself to read it",
                                            Printable(place))});
      continue;
    }
    found.push_back(*std::move(file));
  }
  if (error) {
    list.problems.push_back(IoError(place, "the directory cannot be read", error.value()));
    return;
  }
  if (found.empty() && empty == EmptyDirectory::kProblem) {
    list.problems.push_back({ErrorCode::kNotFound,
                             fmt::format("{}: the directory holds no articles: no file in it ends in {} (or that with "
                                         ".zst or .gz); name the file itself if it is called otherwise",
                                         path, fmt::join(kArticleEndings, ", "))});
  }
  std::sort(found.begin(), found.end(), [](const ListedFile& a, const ListedFile& b) { return a.path < b.path; });
  std::move(found.begin(), found.end(), std::back_inserter(list.files));
}

}  // namespace

bool IsArticleFile(std::string_view path) {
  path = WithoutCompressionEnding(path);
  return std::any_of(kArticleEndings.begin(), kArticleEndings.end(),
                     [&](std::string_view ending) { return path.ends_with(ending); });
}

std::filesystem::path Resolved(const std::filesystem::path& path) {
  std::error_code error;
  // A relative path of which nothing exists yet stays relative without absolute().
  const std::filesystem::path resolved =
      std::filesystem::weakly_canonical(std::filesystem::absolute(path, error), error);
  return error ? path : resolved;
}

std::string_view WithoutCompressionEnding(std::string_view path) {
  for (const std::string_view ending : {".zst", ".gz"}) {
    if (path.ends_with(ending)) return path.substr(0, path.size() - ending.size());
  }
  return path;
}

Status FileList::status() const {
  if (problems.empty()) return {};
  Error all = problems.front();
  for (std::size_t i = 1; i < problems.size(); ++i) all.message += "\n" + problems[i].message;
  return all;
}

FileList ListFiles(const std::vector<std::string>& paths, EmptyDirectory empty) {
  FileList list;
  for (const std::string& path : paths) {
    const std::size_t problems = list.problems.size();
    if (auto file = FileAt(path, list.problems)) {
      list.files.push_back(*std::move(file));
    } else if (list.problems.size() == problems) {
      ListDirectory(path, empty, list);
    }
  }
  return list;
}

}  // namespace wirewatch
