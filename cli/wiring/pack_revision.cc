#include "cli/wiring/pack_revision.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/unique_fd.h"
#include "base/write_all.h"

namespace wirewatch {
namespace {

namespace fs = std::filesystem;

// What is left of the inside of a pipe or file. Nothing: it cannot be read.
std::string ReadToEnd(int fd) {
  std::string text;
  std::array<char, 16 << 10> block{};
  for (;;) {
    const ssize_t got = read(fd, block.data(), block.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return text;
    text.append(block.data(), static_cast<std::size_t>(got));
  }
}

std::string FirstLine(const std::string& text) { return text.substr(0, text.find('\n')); }

// What `git ARGUMENTS` prints, run in `directory`. Its own complaint goes through `scratch`, a directory.
Result<std::string> Git(const fs::path& directory, const fs::path& scratch, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"git", "-C", directory.string()});
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return Error{ErrorCode::kIo, "no pipe can be made"};
  const UniqueFd read_end(ends[0]);
  UniqueFd write_end(ends[1]);
  const std::string complaints = (scratch / "complaints").string();
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, complaints.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  pid_t child = 0;
  const int failed = posix_spawnp(&child, "git", &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  write_end = UniqueFd();
  if (failed != 0) {
    return Error{ErrorCode::kUnavailable,
                 failed == ENOENT ? std::string("git is not installed, and a revision is read with it; give a path")
                                  : fmt::format("git cannot be started: {}", std::strerror(failed))};
  }
  std::string out = ReadToEnd(read_end.get());
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return out;
  const UniqueFd told(open(complaints.c_str(), O_RDONLY | O_CLOEXEC));
  const std::string why = told ? FirstLine(ReadToEnd(told.get())) : "";
  return Error{ErrorCode::kUnavailable, fmt::format("git: {}", why.empty() ? "it failed" : why)};
}

Result<fs::path> MakeScratch() {
  std::error_code error;
  const fs::path temporary = fs::temp_directory_path(error);
  std::string name = ((error ? fs::path("/tmp") : temporary) / "wirewatch-packs.XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) {
    return Error{ErrorCode::kIo, fmt::format("{}: cannot be made: {}", name, std::strerror(errno))};
  }
  return fs::path(name);
}

bool Exists(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

}  // namespace

PackRevision::PackRevision(PackRevision&& other) noexcept
    : packs_(std::move(other.packs_)),
      name_(std::move(other.name_)),
      revision_(std::move(other.revision_)),
      directory_(std::exchange(other.directory_, {})) {}

PackRevision::~PackRevision() {
  std::error_code ignored;  // what stays behind is in the temporary directory
  if (!directory_.empty()) fs::remove_all(directory_, ignored);
}

std::string PackRevision::Told(std::string sentence) const {
  if (directory_.empty()) return sentence;
  const std::string prefix = directory_.string() + "/";
  for (std::size_t at = sentence.find(prefix); at != std::string::npos; at = sentence.find(prefix, at)) {
    sentence.replace(at, prefix.size(), revision_ + ":");
  }
  return sentence;
}

Result<PackRevision> PackRevision::Open(const std::string& spec, const std::vector<std::string>& paths) {
  constexpr std::string_view kGit = "git:";
  PackRevision opened;
  opened.name_ = spec;
  if (Exists(spec)) {
    opened.packs_ = {spec};
    return opened;
  }
  const bool named = spec.starts_with(kGit);
  const std::string rest = named ? spec.substr(kGit.size()) : spec;
  const std::size_t colon = rest.find(':');
  if (!named && colon == std::string::npos) {
    return Error{ErrorCode::kNotFound,
                 fmt::format("{}: no such file or directory; of a git revision: git:REV, or REV:{}", spec, spec)};
  }
  opened.revision_ = rest.substr(0, colon);
  // It must not be taken for an option of git's.
  if (opened.revision_.empty() || opened.revision_.starts_with('-')) {
    return Error{ErrorCode::kInvalid, fmt::format("{}: names no revision; write git:HEAD or HEAD:rules/packs", spec)};
  }
  std::vector<std::string> wanted = paths;
  if (colon != std::string::npos) wanted = {rest.substr(colon + 1)};
  if (wanted.empty() || wanted.front().empty()) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("{}: which packs of that revision? git:{}:PATH, or --packs PATH", spec, opened.revision_)};
  }
  auto scratch = MakeScratch();
  if (!scratch) return std::move(scratch).error();
  opened.directory_ = *std::move(scratch);
  for (const std::string& path : wanted) {
    if (Status extracted = opened.Extract(opened.revision_, path); !extracted) {
      Error error = std::move(extracted).error();
      error.message = fmt::format("{}: {}", spec, error.message);
      return error;
    }
  }
  return opened;
}

Status PackRevision::Extract(const std::string& revision, const fs::path& path) {
  // The nearest directory that is there now tells the repository; what is below it may be of the past alone.
  std::error_code error;
  fs::path directory = fs::weakly_canonical(path, error), below;
  while (!fs::is_directory(directory, error) && directory.has_relative_path()) {
    below = below.empty() ? directory.filename() : directory.filename() / below;
    directory = directory.parent_path();
  }
  const auto prefix = Git(directory, directory_, {"rev-parse", "--show-prefix"});
  if (!prefix) return prefix.error();
  std::string inside = FirstLine(*prefix) + below.string();
  while (inside.ends_with('/')) inside.pop_back();
  const auto tree = Git(directory, directory_, {"rev-parse", "--verify", "--quiet", revision + "^{tree}"});
  if (!tree) {
    return Error{ErrorCode::kNotFound,
                 fmt::format("the repository of {} has no revision '{}'", path.string(), revision)};
  }
  std::vector<std::string> list = {"ls-tree", "-r", "-z", "--full-tree", FirstLine(*tree)};
  if (!inside.empty()) list.push_back(inside);
  const auto listed = Git(directory, directory_, std::move(list));
  if (!listed) return listed.error();
  bool any = false;
  // "100644 blob HASH\tNAME\0"
  for (std::size_t at = 0; at < listed->size();) {
    const std::size_t end = std::min(listed->find('\0', at), listed->size());
    const std::string entry = listed->substr(at, end - at);
    at = end + 1;
    const std::size_t tab = entry.find('\t'), blank = entry.rfind(' ', tab);
    if (tab == std::string::npos || blank == std::string::npos || !entry.starts_with("100")) continue;
    const auto blob = Git(directory, directory_, {"cat-file", "blob", entry.substr(blank + 1, tab - blank - 1)});
    if (!blob) return blob.error();
    const fs::path file = directory_ / entry.substr(tab + 1);
    fs::create_directories(file.parent_path(), error);
    const UniqueFd out(open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!out || !WriteAll(out.get(), *blob)) {
      return Error{ErrorCode::kIo, fmt::format("{}: cannot be written: {}", file.string(), std::strerror(errno))};
    }
    any = true;
  }
  if (!any) {
    return Error{ErrorCode::kNotFound,
                 fmt::format("the revision '{}' has no {}", revision, inside.empty() ? path.string() : inside)};
  }
  packs_.push_back(inside.empty() ? directory_ : directory_ / inside);
  return {};
}

}  // namespace wirewatch
