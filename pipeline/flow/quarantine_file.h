// QuarantineFile: the records that a process is at work on, written down where a crash of the process does not erase
// them, and the suspects: those that it was at work on when it ended without a word, be it by a crash, by kill -9 or
// for want of memory.
//
// A file of fixed entries that is mapped into memory: to note a record costs a copy of 128 bytes, and the kernel keeps
// what was noted when the process dies. Nothing is synced to the disk: a crash of the machine is no record's fault.
#ifndef WIREWATCH_PIPELINE_FLOW_QUARANTINE_FILE_H_
#define WIREWATCH_PIPELINE_FLOW_QUARANTINE_FILE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "pipeline/records/record.h"

namespace wirewatch {

// Threads: a worker's notes by that worker; the rest one at a time.
class QuarantineFile {
 public:
  static constexpr std::size_t kMostWorkers = 2048;
  static constexpr std::size_t kMostSuspects = 1024;

  // Tells records apart. A long stream name is kept by its end only. The size is part of it because a kafka topic that
  // was deleted and made again begins at offset 0 again.
  struct RecordName {
    bool operator==(const RecordName&) const = default;

    std::string stream;
    Partition partition{};
    Offset offset{};
    std::uint64_t bytes = 0;
  };
  struct Suspect {
    RecordName record;
    std::uint32_t tries = 0;  // how often the process ended while it was at work on it
  };
  static RecordName NameOf(const Record& record);

  // Opens the file, or makes it, and makes suspects of what an earlier process left unfinished.
  // kInvalid: the file is something else; kUnavailable: another process has it; kIo.
  static Result<QuarantineFile> Open(const std::string& path);

  // `worker` (less than kMostWorkers) begins to work on the record, and is done with it.
  void Begin(std::size_t worker, const Record& record);
  void End(std::size_t worker);
  // REQUIRES: it is at work on one.
  RecordName AtWork(std::size_t worker) const;

  std::vector<Suspect> Suspects() const;
  void Acquit(const RecordName& record);

 private:
  struct Entry;
  struct MappedFile {
    ~MappedFile();
    int file = -1;  // locked as long as it is open
    void* bytes = nullptr;
  };

  explicit QuarantineFile(std::unique_ptr<MappedFile> mapping);

  void MakeSuspects();
  Entry& Worker(std::size_t worker) const;
  Entry& SuspectAt(std::size_t i) const;

  std::unique_ptr<MappedFile> mapping_;
  Entry* entries_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_FLOW_QUARANTINE_FILE_H_
