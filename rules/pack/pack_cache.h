// PackCache: the packs of some paths, for who loads them again and again. A file that did not change is not read again.
// What packs use counts as theirs, also where it is not below the paths.
#ifndef WIREWATCH_RULES_PACK_PACK_CACHE_H_
#define WIREWATCH_RULES_PACK_PACK_CACHE_H_

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/digest.h"
#include "base/result.h"
#include "rules/pack/library_files.h"
#include "rules/pack/pack_extensions.h"
#include "rules/pack/pack_files.h"
#include "rules/pack/pack_loader.h"

namespace wirewatch {

// Threads: one at a time.
class PackCache {
 public:
  using Find = std::function<Result<std::vector<std::filesystem::path>>(const std::vector<std::filesystem::path>&)>;

  // Rule files and directories of them, as FindPackFiles takes. `find`: which files are meant; another one than
  // FindPackFiles is for who only asks Look, Load and changed() whether files have changed.
  explicit PackCache(std::vector<std::filesystem::path> paths, Find find = FindPackFiles)
      : paths_(std::move(paths)), find_(std::move(find)) {}

  enum class Change {
    kNone,
    kUnderWay,  // something changed, and may be half of what is being written: look again
    kDone,      // something changed, and all stands still
  };
  // Whether a rule file was written, replaced, added or removed, or became readable or not, since the last Load. By
  // stat, file by file: it works on network and container file systems, where change notices do not arrive. `now` is
  // the time of the look. A change is done when nothing has changed for kSettleTime. It is done at once when all
  // changed files were replaced by rename(): such a file is complete.
  Change Look(SteadyTime now);

  static constexpr std::chrono::milliseconds kSettleTime{300};

  // A pack whose file, and whose libraries, hold the same bytes as the last time is the same object. kNotFound, kIo,
  // kInvalid: as FindPackFiles.
  Result<LoadedPacks> Load();
  // Whether the last Load found anything else than the one before.
  bool changed() const { return changed_; }
  // The next Load reads every file.
  void Forget() {
    files_.clear();
    extensions_ = {};
    stamps_.clear();
  }

 private:
  // What changes with a file's content or permissions, when it was looked at.
  struct Stamp {
    bool exists = false;
    std::uint64_t device = 0, inode = 0, size = 0;
    std::int64_t written_ns = 0;  // mtime
    std::int64_t changed_ns = 0;  // ctime: unlike mtime, nobody can set it back
    bool operator==(const Stamp&) const = default;
  };
  struct File {
    Digest bytes{};
    LoadedPacks loaded;        // of this file alone
    std::vector<Digest> used;  // what its used files held
  };
  using Files = std::map<std::filesystem::path, File>;
  using Stamps = std::map<std::filesystem::path, Stamp>;  // by normal paths, as LibraryFiles

  // With what packs use. Nothing: the paths cannot be looked into.
  std::optional<Stamps> FindStamps() const;
  // Since the last Load.
  bool HasChanged(const std::optional<Stamps>& stamps) const;
  // Whether the paths hold the same names, and each file that changed was replaced by another one.
  static bool AreReplaced(const std::optional<Stamps>& before, const std::optional<Stamps>& after);
  static Stamp StampOf(const std::filesystem::path& file);
  static bool IsOfNow(const Stamp& stamp);
  // To be called before a file is read: an edit in between is seen the next time.
  static void Note(const std::filesystem::path& file, Stamps& stamps);
  // False: it holds the same bytes as when it was last read, and so do the libraries that it uses. `stamps`: of this
  // Load.
  bool Read(const std::filesystem::path& file, File& known, LibraryFiles& libraries, Stamps& stamps) const;
  static std::vector<Digest> DigestsOf(const std::vector<std::filesystem::path>& files, LibraryFiles& libraries);

  const std::vector<std::filesystem::path> paths_;
  const Find find_;
  Files files_;                    // that the paths hold
  LibraryFiles::Files libraries_;  // among them, and used by them
  PackExtensions extensions_;
  Stamps stamps_;       // of both, at the last Load
  bool found_ = false;  // the paths, the last time
  bool changed_ = false;
  std::optional<Stamps> seen_;  // at the last Look
  SteadyTime still_since_{};
};

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_PACK_PACK_CACHE_H_
