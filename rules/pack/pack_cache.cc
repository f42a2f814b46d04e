#include "rules/pack/pack_cache.h"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <set>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/yaml/yaml_text.h"

namespace wirewatch {
namespace {

// File systems keep time in steps of up to some milliseconds, some network ones in seconds: a file that is written
// twice in one step may look the same after the second time.
constexpr auto kStep = std::chrono::seconds(2);

std::int64_t NanosecondsOf(const timespec& time) { return time.tv_sec * std::int64_t{1'000'000'000} + time.tv_nsec; }

bool HaveIdsTwice(const Packs& packs) {
  std::set<std::string_view> ids;
  return std::any_of(packs.begin(), packs.end(), [&](const auto& pack) {
    return std::any_of(pack->topics.begin(), pack->topics.end(),
                       [&](const Topic& topic) { return !ids.insert(topic.id).second; });
  });
}

}  // namespace

PackCache::Stamp PackCache::StampOf(const std::filesystem::path& file) {
  struct stat status {};
  if (stat(file.c_str(), &status) != 0) return {};
  return {true,
          status.st_dev,
          status.st_ino,
          static_cast<std::uint64_t>(status.st_size),
          NanosecondsOf(status.st_mtim),
          NanosecondsOf(status.st_ctim)};
}

bool PackCache::IsOfNow(const Stamp& stamp) {
  const auto now = std::chrono::duration_cast<std::chrono::nanoseconds>(WallNow().time_since_epoch()).count();
  return stamp.changed_ns > now - std::chrono::nanoseconds(kStep).count();
}

std::optional<PackCache::Stamps> PackCache::FindStamps() const {
  const auto files = find_(paths_);
  if (!files) return std::nullopt;
  Stamps stamps;
  for (const std::filesystem::path& file : *files) stamps.try_emplace(file.lexically_normal(), StampOf(file));
  for (const auto& [file, known] : files_) {
    for (const std::filesystem::path& used : known.loaded.used_files) stamps.try_emplace(used, StampOf(used));
  }
  return stamps;
}

bool PackCache::HasChanged(const std::optional<Stamps>& stamps) const { return stamps ? *stamps != stamps_ : found_; }

bool PackCache::AreReplaced(const std::optional<Stamps>& before, const std::optional<Stamps>& after) {
  if (!before || !after || before->size() != after->size()) return false;
  return std::equal(before->begin(), before->end(), after->begin(), [](const auto& old, const auto& now) {
    if (old.first != now.first) return false;
    if (old.second == now.second) return true;
    // rename() changes a file's ctime and not its mtime, so it came after the last write.
    const bool renamed = now.second.changed_ns > now.second.written_ns;
    return old.second.exists && now.second.exists && old.second.inode != now.second.inode && renamed;
  });
}

PackCache::Change PackCache::Look(SteadyTime now) {
  auto stamps = FindStamps();
  if (stamps != seen_) {
    if (!AreReplaced(seen_, stamps)) still_since_ = now;
    seen_ = std::move(stamps);
  }
  if (!HasChanged(seen_)) return Change::kNone;
  return now - still_since_ >= kSettleTime ? Change::kDone : Change::kUnderWay;
}

void PackCache::Note(const std::filesystem::path& file, Stamps& stamps) {
  const Stamp stamp = StampOf(file);
  stamps.try_emplace(file.lexically_normal(), IsOfNow(stamp) ? Stamp{} : stamp);
}

std::vector<Digest> PackCache::DigestsOf(const std::vector<std::filesystem::path>& files, LibraryFiles& libraries) {
  std::vector<Digest> digests;
  for (const std::filesystem::path& file : files) digests.push_back(libraries.Find(file).bytes);
  return digests;
}

bool PackCache::Read(const std::filesystem::path& file, File& known, LibraryFiles& libraries, Stamps& stamps) const {
  Note(file, stamps);
  const bool same_libraries = DigestsOf(known.loaded.used_files, libraries) == known.used;
  const std::filesystem::path name = file.lexically_normal();
  const auto before = stamps_.find(name);
  const bool same_stamp = before != stamps_.end() && before->second.exists && before->second == stamps.at(name);
  if (same_stamp && same_libraries) return false;
  const auto bytes = YamlText::ReadFile(file);
  if (!bytes) {
    const bool was_readable = known.bytes != Digest{} || known.loaded.diagnostics.empty();
    known = {};
    known.loaded = LoadPacks({file});
    return was_readable;
  }
  if (IsLibraryText(*bytes)) libraries.Add(file, *bytes);
  const Digest digest = DigestOf({*bytes});
  if (digest == known.bytes && same_libraries) return false;
  known.bytes = digest;
  known.loaded = LoadPackText(*bytes, file.string(), libraries);
  known.used = DigestsOf(known.loaded.used_files, libraries);
  return true;
}

Result<LoadedPacks> PackCache::Load() {
  const auto paths = find_(paths_);
  changed_ = found_;
  found_ = static_cast<bool>(paths);
  if (!paths) {
    Forget();
    return paths.error();
  }
  Files files;
  Stamps stamps;
  LibraryFiles libraries([&stamps](const std::filesystem::path& file) {
    Note(file, stamps);
    return YamlText::ReadFile(file);
  });
  for (const auto& [file, library] : libraries_) {
    const auto before = stamps_.find(file);
    if (before == stamps_.end() || !before->second.exists || before->second != StampOf(file)) continue;
    stamps.emplace(file, before->second);
    libraries.Put(file, library);
  }
  LoadedPacks all;
  changed_ = paths->size() != files_.size();
  for (const std::filesystem::path& path : *paths) {
    File& file = files[path];
    if (const auto known = files_.find(path); known != files_.end()) file = std::move(known->second);
    changed_ |= Read(path, file, libraries, stamps);
    all.packs.insert(all.packs.end(), file.loaded.packs.begin(), file.loaded.packs.end());
    all.diagnostics.insert(all.diagnostics.end(), file.loaded.diagnostics.begin(), file.loaded.diagnostics.end());
    all.switches.insert(all.switches.end(), file.loaded.switches.begin(), file.loaded.switches.end());
  }
  std::set<std::filesystem::path> wanted;
  for (const auto& [path, file] : files) {
    wanted.insert(path.lexically_normal());
    wanted.insert(file.loaded.used_files.begin(), file.loaded.used_files.end());
  }
  libraries.KeepOnly(wanted);
  std::erase_if(stamps, [&](const auto& stamp) { return !wanted.contains(stamp.first); });
  files_ = std::move(files);
  stamps_ = std::move(stamps);
  libraries_ = libraries.files();
  AddLibraries(libraries, all);
  // Which of two topics with one id came second is seen when the files are read one after the other.
  if (!HasErrors(all.diagnostics) && HaveIdsTwice(all.packs)) return LoadPacks(*paths);
  extensions_.Join(all);
  return all;
}

}  // namespace wirewatch
