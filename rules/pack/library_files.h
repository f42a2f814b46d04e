// LibraryFiles: the libraries that packs use, each read once however many packs use it.
#ifndef WIREWATCH_RULES_PACK_LIBRARY_FILES_H_
#define WIREWATCH_RULES_PACK_LIBRARY_FILES_H_

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "base/diagnostic.h"
#include "base/digest.h"
#include "base/result.h"
#include "rules/pack/pack_library.h"

namespace wirewatch {

// Threads: one at a time.
class LibraryFiles {
 public:
  struct File {
    std::string unreadable;                           // why it could not be read; empty: it was
    Digest bytes{};                                   // of what it holds
    std::shared_ptr<const PackLibrary> pack_library;  // null: unreadable, or no library
    Diagnostics diagnostics;                          // of the library
  };
  using Read = std::function<Result<std::string>(const std::filesystem::path&)>;

  // From disk.
  LibraryFiles();
  explicit LibraryFiles(Read read) : read_(std::move(read)) {}

  // By its path, which is compared as it is written, but for `.` and `..`. Read on the first call.
  const File& Find(const std::filesystem::path& file);
  // A file whose text is at hand; one that is known stays.
  const File& Add(const std::filesystem::path& file, std::string_view text);
  // A file that was read before.
  void Put(const std::filesystem::path& file, std::shared_ptr<const File> known);

  // Forgets the others, which nobody uses any more.
  void KeepOnly(const std::set<std::filesystem::path>& files);

  using Files = std::map<std::filesystem::path, std::shared_ptr<const File>>;
  const Files& files() const { return files_; }

 private:
  Read read_;
  Files files_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_PACK_LIBRARY_FILES_H_
