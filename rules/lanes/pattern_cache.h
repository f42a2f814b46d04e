// PatternCache: databases that Hyperscan has compiled, kept in a directory, so that a start need not compile again what
// an earlier start has compiled.
//
// One file is one database. Its name is the hash of all that it was compiled from: patterns, flags, Hyperscan's
// version, the processor's features. So an outdated file is never read. A damaged file is recognised by its checksum
// and compiled again. Hyperscan does not check what it loads: a file is read only if this user or root owns it and
// nobody else may write it.
//
//   wirewatch-patterns 2\n | SHA-256 of name and rest, 16 bytes | what hs_serialize_database gives
#ifndef WIREWATCH_RULES_LANES_PATTERN_CACHE_H_
#define WIREWATCH_RULES_LANES_PATTERN_CACHE_H_

#include <filesystem>
#include <string_view>
#include <utility>
#include <vector>

#include "base/digest.h"
#include "base/result.h"
#include "rules/lanes/hs_database.h"

namespace wirewatch {

// Threads: any; and processes, that may share the directory.
class PatternCache {
 public:
  // Keeps nothing.
  PatternCache() = default;
  // The directory is made when the first file is written. What cannot be written is logged and changes nothing.
  explicit PatternCache(std::filesystem::path directory) : directory_(std::move(directory)) {}

  struct Pattern {
    const char* expression;
    unsigned flags;  // Hyperscan's
  };
  static Digest KeyOf(const std::vector<Pattern>& patterns);

  // Null: there is none, or none that can be used.
  HsDatabase Find(const Digest& key) const;
  void Keep(const Digest& key, const hs_database& database) const;

 private:
  std::filesystem::path FileOf(const Digest& key) const;
  Status Write(const std::filesystem::path& file, std::string_view content) const;

  std::filesystem::path directory_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_LANES_PATTERN_CACHE_H_
