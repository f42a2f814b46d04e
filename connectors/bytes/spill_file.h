// SpillFile: a record that is too long to be held in memory, kept in a file of its own, whole or, where it is far too
// long, its first bytes (record_reader.h).
//
// Its name tells stream, offset and content, so that reading the same record again keeps it once:
// wire.ndjson-1024-5f2b8c01d3aa.record. Only its owner may read it (mode 0600). Destroyed before Finish, nothing is
// left of it; killed before Finish neither, where the file system can make files without a name (NFS, for one, cannot:
// there a hidden .wire.ndjson-1024-XXXXXX stays).
#ifndef WIREWATCH_CONNECTORS_BYTES_SPILL_FILE_H_
#define WIREWATCH_CONNECTORS_BYTES_SPILL_FILE_H_

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/unique_fd.h"

namespace wirewatch {

class SpillFile {
 public:
  // Makes `directory` when it is not there.
  static Result<std::unique_ptr<SpillFile>> Create(const std::filesystem::path& directory, std::string_view stream,
                                                   std::uint64_t offset);
  ~SpillFile();

  Status Append(std::string_view bytes);

  // On disk, whole, under the name that is returned.
  Result<std::string> Finish();

 private:
  SpillFile(std::filesystem::path directory, std::string name, std::string stream);
  Status Open();
  // False: see errno.
  bool GiveName(const std::string& path);
  Status WriteOut();
  Error Failure(std::string_view what) const;

  const std::filesystem::path directory_;
  const std::string name_;       // without its end
  const std::string stream_;     // for the digest
  std::string unfinished_path_;  // empty: it has no name, or its own
  UniqueFd fd_;
  std::string buffer_;
  std::string digest_;  // over the pieces written
};

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_BYTES_SPILL_FILE_H_
