#include "rules/pattern_cache.h"

#include <fmt/format.h>
#include <unistd.h>  // gettid

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string_view>
#include <system_error>

#include "base/log.h"

namespace wirewatch {
namespace {

constexpr std::string_view kHead = "wirewatch-patterns 1\n";
constexpr std::string_view kSuffix = ".hsdb";
constexpr auto kUnused = std::chrono::days(30);  // a file that no start wanted for so long is deleted

std::string_view BytesOf(const Digest& digest) { return {reinterpret_cast<const char*>(digest.data()), digest.size()}; }

// What a database is bound to besides its patterns.
std::string Platform() {
  hs_platform_info_t platform{};
  if (hs_populate_platform(&platform) != HS_SUCCESS) return hs_version();
  return fmt::format("{} tune {} features {:x}", hs_version(), platform.tune, platform.cpu_features);
}

void DeleteUnused(const std::filesystem::path& directory) {
  std::error_code error;
  const auto now = std::filesystem::file_time_type::clock::now();
  for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
    if (entry.path().extension() != kSuffix) continue;
    const auto used = entry.last_write_time(error);
    if (!error && now - used > kUnused) std::filesystem::remove(entry.path(), error);
  }
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
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return nullptr;
  const std::string content{std::istreambuf_iterator<char>(stream), {}};
  const std::string_view rest = std::string_view(content).substr(std::min(kHead.size(), content.size()));
  hs_database_t* database = nullptr;
  const bool whole = content.starts_with(kHead) && rest.size() > sizeof(Digest) &&
                     BytesOf(DigestOf({rest.substr(sizeof(Digest))})) == rest.substr(0, sizeof(Digest));
  if (!whole ||
      hs_deserialize_database(rest.data() + sizeof(Digest), rest.size() - sizeof(Digest), &database) != HS_SUCCESS) {
    log::Warn("{}: damaged; its patterns are compiled again", file.string());
    return nullptr;
  }
  std::error_code no_matter;  // it is used: not to be deleted for its age
  std::filesystem::last_write_time(file, std::filesystem::file_time_type::clock::now(), no_matter);
  return HsDatabase(database);
}

void PatternCache::Keep(const Digest& key, const hs_database_t& database) const {
  if (directory_.empty()) return;
  char* bytes = nullptr;
  std::size_t size = 0;
  if (hs_serialize_database(&database, &bytes, &size) != HS_SUCCESS) return;
  const CHandle<char, std::free> owned(bytes);
  const std::string_view payload(bytes, size);
  std::string content(kHead);
  content += BytesOf(DigestOf({payload}));
  content += payload;
  if (Status written = Write(FileOf(key), content); !written) {
    log::Warn("{}; until then the patterns are compiled again at each start", written.error().message);
    return;
  }
  DeleteUnused(directory_);
}

// Under another name until it is whole: a process may read while this one is killed.
Status PatternCache::Write(const std::filesystem::path& file, std::string_view content) const {
  std::error_code error;
  if (std::filesystem::create_directory(directory_, error)) {
    std::filesystem::permissions(directory_, std::filesystem::perms::owner_all, error);
  }
  const std::filesystem::path draft = fmt::format("{}.{}", file.string(), gettid());
  std::ofstream stream(draft, std::ios::binary | std::ios::trunc);
  stream << content << std::flush;
  const bool written = static_cast<bool>(stream);
  stream.close();
  if (written) std::filesystem::rename(draft, file, error);
  if (written && !error) return {};
  std::error_code no_matter;
  std::filesystem::remove(draft, no_matter);
  return Error{ErrorCode::kIo,
               fmt::format("{}: cannot be written; check the directory's permissions and the disk", draft.string())};
}

}  // namespace wirewatch
