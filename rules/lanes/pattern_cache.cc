#include "rules/lanes/pattern_cache.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <system_error>

#include "base/file_read.h"
#include "base/log.h"
#include "base/unique_fd.h"
#include "base/write_all.h"
#include "rules/lanes/hs_handles.h"

namespace wirewatch {
namespace {

constexpr log::Module kLog("rules");

constexpr std::string_view kHead = "wirewatch-patterns 2\n";
constexpr std::string_view kSuffix = ".hsdb";
constexpr std::chrono::hours kUnused{30 * 24};  // a file that no start wanted for so long is deleted
constexpr std::chrono::hours kLeftDraft{1};
constexpr std::size_t kMostBytes = std::size_t{4} << 30;

std::string_view BytesOf(const Digest& digest) { return {reinterpret_cast<const char*>(digest.data()), digest.size()}; }

// What a database is bound to besides its patterns.
std::string Platform() {
  hs_platform_info_t platform{};
  if (hs_populate_platform(&platform) != HS_SUCCESS) return hs_version();
  return fmt::format("{} tune {} features {:x}", hs_version(), platform.tune, platform.cpu_features);
}

// Also drafts that a killed process left behind: one that is being written is younger.
void DeleteUnused(const std::filesystem::path& directory) {
  std::error_code error;
  const auto now = std::filesystem::file_time_type::clock::now();
  for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
    const bool draft = entry.path().stem().extension() == kSuffix;
    if (!draft && entry.path().extension() != kSuffix) continue;
    const auto used = entry.last_write_time(error);
    if (!error && now - used > (draft ? kLeftDraft : kUnused)) std::filesystem::remove(entry.path(), error);
  }
}

// What Hyperscan loads it believes: who may write these files may make the process do anything.
bool IsTrusted(const struct stat& file) {
  return (file.st_uid == geteuid() || file.st_uid == 0) && (file.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

}  // namespace

Digest PatternCache::KeyOf(const std::vector<Pattern>& patterns) {
  std::string text;
  for (const Pattern& pattern : patterns) {
    text += fmt::format("{} {}:{}", pattern.flags, std::strlen(pattern.expression), pattern.expression);
  }
  return DigestOf({Platform(), text});
}

std::filesystem::path PatternCache::FileOf(const Digest& key) const {
  return directory_ / fmt::format("{:02x}{}", fmt::join(key, ""), kSuffix);
}

HsDatabase PatternCache::Find(const Digest& key) const {
  if (directory_.empty()) return nullptr;
  const std::filesystem::path file = FileOf(key);
  struct stat status {};
  const auto content_or = ReadWholeFile(file.string(), {.most_bytes = kMostBytes}, &status);
  if (!content_or) {
    if (content_or.error().code != ErrorCode::kNotFound) {
      kLog.Warn("{path}: {error}; its patterns are compiled again",
                {{"path", file.string()}, {"error", content_or.error().message}});
    }
    return nullptr;
  }
  if (!IsTrusted(status)) {
    kLog.Warn(
        "{path}: others than the user of this process and root may have written it (mode {mode}, user {user}); its "
        "patterns are compiled again. Give the directory to that user alone: chmod 700",
        {{"path", file.string()}, {"mode", fmt::format("{:04o}", status.st_mode & 07777)}, {"user", status.st_uid}});
    return nullptr;
  }
  const std::string& content = *content_or;
  const std::string_view rest = std::string_view(content).substr(std::min(kHead.size(), content.size()));
  hs_database_t* database = nullptr;
  const bool whole = content.starts_with(kHead) && rest.size() > sizeof(Digest) &&
                     BytesOf(DigestOf({BytesOf(key), rest.substr(sizeof(Digest))})) == rest.substr(0, sizeof(Digest));
  if (!whole ||
      hs_deserialize_database(rest.data() + sizeof(Digest), rest.size() - sizeof(Digest), &database) != HS_SUCCESS) {
    kLog.Warn("{path}: damaged; its patterns are compiled again", {{"path", file.string()}});
    return nullptr;
  }
  std::error_code no_matter;  // it is used: not to be deleted for its age
  std::filesystem::last_write_time(file, std::filesystem::file_time_type::clock::now(), no_matter);
  return HsDatabase(database);
}

void PatternCache::Keep(const Digest& key, const hs_database& database) const {
  if (directory_.empty()) return;
  char* bytes = nullptr;
  std::size_t size = 0;
  if (hs_serialize_database(&database, &bytes, &size) != HS_SUCCESS) return;
  const HsBytes owned(bytes);
  const std::string_view payload(bytes, size);
  std::string content(kHead);
  content += BytesOf(DigestOf({BytesOf(key), payload}));  // a file that was renamed is another's
  content += payload;
  if (Status written = Write(FileOf(key), content); !written) {
    kLog.Warn("{error}; until then the patterns are compiled again at each start",
              {{"error", written.error().message}});
    return;
  }
  DeleteUnused(directory_);
}

// Under another name until it is whole: a process may read while this one is killed. The name is nobody else's, also of
// processes in other containers that share the directory.
Status PatternCache::Write(const std::filesystem::path& file, std::string_view content) const {
  std::error_code error;
  if (std::filesystem::create_directory(directory_, error)) {
    std::filesystem::permissions(directory_, std::filesystem::perms::owner_all, error);
  }
  std::string draft = file.string() + ".XXXXXX";
  const UniqueFd fd(mkostemp(draft.data(), O_CLOEXEC));  // mode 0600
  const bool written = fd && WriteAll(fd.get(), content);
  if (written) std::filesystem::rename(draft, file, error);
  if (written && !error) return {};
  std::error_code no_matter;
  if (fd) std::filesystem::remove(draft, no_matter);
  return Error{ErrorCode::kIo,
               fmt::format("{}: cannot be written; check the directory's permissions and the disk", file.string())};
}

}  // namespace wirewatch
