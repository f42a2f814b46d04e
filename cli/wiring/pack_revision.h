// PackRevision: packs as the command line names them: files and directories, or what they were in a git revision.
#ifndef WIREWATCH_CLI_WIRING_PACK_REVISION_H_
#define WIREWATCH_CLI_WIRING_PACK_REVISION_H_

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace wirewatch {

// What OpenPacks takes, for --help.
//   PATH          a rule file or a directory
//   git:REV       the packs at `paths`, as they are in that revision: git:HEAD, git:v1.2, git:main~3
//   git:REV:PATH  the same of another path; also REV:PATH, where no file has that name
class PackRevision {
 public:
  // `paths`: of git:REV. Of a revision the files are written to a temporary directory, all of those below the path, so
  // that lists beside the packs are there, too. The repository is the one that the path lies in, or would.
  // Errors: kNotFound: neither a path nor a revision, or nothing is there. kUnavailable: git is not installed, or
  // fails: with its own words.
  static Result<PackRevision> Open(const std::string& spec, const std::vector<std::string>& paths);
  ~PackRevision();  // removes the temporary directory
  PackRevision(PackRevision&& other) noexcept;
  PackRevision& operator=(PackRevision&&) = delete;

  const std::vector<std::filesystem::path>& packs() const { return packs_; }
  const std::string& name() const { return name_; }  // as it was given
  // Of a sentence about the packs: without the temporary directory, "git:HEAD:rules/packs/gas.yaml: ...".
  std::string Told(std::string sentence) const;

 private:
  PackRevision() = default;
  Status Extract(const std::string& revision, const std::filesystem::path& path);

  std::vector<std::filesystem::path> packs_;
  std::string name_, revision_;
  std::filesystem::path directory_;  // temporary; empty: none
};

}  // namespace wirewatch

#endif  // WIREWATCH_CLI_WIRING_PACK_REVISION_H_
