#include "pipeline/flow/quarantine_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/file_read.h"
#include "base/io/io_error.h"

namespace wirewatch {
namespace {

constexpr std::string_view kMagic = "wirewatch quarantine 1\n";

}  // namespace

// One record; also, with the magic in place of a stream, the head of the file.
struct QuarantineFile::Entry {
  static constexpr std::size_t kStreamBytes = 92;

  RecordName Name() const { return {std::string(stream, stream_bytes), Partition{partition}, Offset{offset}, bytes}; }
  bool Is(const RecordName& record) const { return used != 0 && Name() == record; }
  // A process may die between any two of these: an entry is in use only when all else is there.
  void Use() { std::atomic_ref(used).store(1, std::memory_order_release); }
  void Leave() { std::atomic_ref(used).store(0, std::memory_order_release); }

  std::uint32_t used;
  std::uint32_t tries;  // of suspects
  std::int64_t offset;
  std::uint64_t bytes;
  std::int32_t partition;
  std::uint32_t stream_bytes;
  char stream[kStreamBytes];
  std::uint32_t unused;
};

QuarantineFile::Mapping::~Mapping() {
  if (bytes != nullptr) munmap(bytes, (1 + kMostWorkers + kMostSuspects) * sizeof(Entry));
  if (file >= 0) close(file);
}

QuarantineFile::RecordName QuarantineFile::NameOf(const Record& record) {
  const std::string_view stream = record.place.stream;
  const std::size_t kept = std::min(stream.size(), Entry::kStreamBytes);
  return {std::string(stream.substr(stream.size() - kept)), record.place.partition, record.place.offset,
          record.oversize ? record.oversize->bytes : record.payload.size()};
}

Result<QuarantineFile> QuarantineFile::Open(const std::string& path) {
  static_assert(sizeof(Entry) == 128);
  static_assert(kMagic.size() <= Entry::kStreamBytes);
  constexpr std::size_t size = (1 + kMostWorkers + kMostSuspects) * sizeof(Entry);

  auto mapping = std::make_unique<Mapping>();
  mapping->file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0600);
  if (mapping->file < 0) return IoError(path, "cannot be opened or made", errno);
  struct stat status {};
  if (fstat(mapping->file, &status) != 0) return IoError(path, "cannot be looked at", errno);
  if (!S_ISREG(status.st_mode)) {
    return Error{ErrorCode::kInvalid, fmt::format("{}: is {}; name a file", path, FileKind(status.st_mode))};
  }
  if (flock(mapping->file, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return IoError(path, "cannot be locked", errno);
    return Error{ErrorCode::kUnavailable,
                 fmt::format("{}: another process uses it; each needs a file of its own (pipeline.quarantine)", path)};
  }
  if (fstat(mapping->file, &status) != 0) return IoError(path, "cannot be looked at", errno);  // now that it is ours
  if (status.st_size != 0 && status.st_size != static_cast<off_t>(size)) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("{}: is no quarantine file (it has {} bytes, not {}); name another, or remove it", path,
                             status.st_size, size)};
  }
  // Room is taken now: to write into a mapped hole of a full disk ends the process.
  if (const int failed = posix_fallocate(mapping->file, 0, static_cast<off_t>(size)); failed != 0) {
    return IoError(path, "cannot be given room", failed);
  }
  void* const bytes = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, mapping->file, 0);
  if (bytes == MAP_FAILED) return IoError(path, "cannot be mapped", errno);
  mapping->bytes = bytes;

  QuarantineFile file(std::move(mapping));
  Entry& head = file.entries_[0];
  if (head.used == 0) {
    std::memcpy(head.stream, kMagic.data(), kMagic.size());
    head.Use();
  } else if (std::memcmp(head.stream, kMagic.data(), kMagic.size()) != 0) {
    return Error{ErrorCode::kInvalid, fmt::format("{}: is no quarantine file; name another, or remove it", path)};
  }
  file.MakeSuspects();
  return file;
}

QuarantineFile::QuarantineFile(std::unique_ptr<Mapping> mapping)
    : mapping_(std::move(mapping)), entries_(static_cast<Entry*>(mapping_->bytes)) {}

QuarantineFile::Entry& QuarantineFile::Worker(std::size_t worker) const { return entries_[1 + worker]; }
QuarantineFile::Entry& QuarantineFile::SuspectAt(std::size_t i) const { return entries_[1 + kMostWorkers + i]; }

void QuarantineFile::MakeSuspects() {
  for (std::size_t i = 0; i < kMostWorkers + kMostSuspects; ++i) {
    // The file may have been damaged: nothing that it says may lead outside of it.
    entries_[1 + i].stream_bytes = std::min<std::uint32_t>(entries_[1 + i].stream_bytes, Entry::kStreamBytes);
  }
  for (std::size_t worker = 0; worker < kMostWorkers; ++worker) {
    Entry& left = Worker(worker);
    if (left.used == 0) continue;
    const RecordName name = left.Name();
    Entry* place = nullptr;  // where it stands, or a free one, or the one with the fewest tries
    for (std::size_t i = 0; i < kMostSuspects; ++i) {
      Entry& suspect = SuspectAt(i);
      if (suspect.Is(name)) {
        place = &suspect;
        break;
      }
      const auto worth = [](const Entry& entry) { return entry.used == 0 ? 0 : entry.tries; };
      if (place == nullptr || worth(suspect) < worth(*place)) place = &suspect;
    }
    const std::uint32_t tries = place->Is(name) ? place->tries + 1 : 1;
    place->Leave();
    Entry suspect = left;
    suspect.used = 0;
    suspect.tries = tries;
    *place = suspect;
    place->Use();
    left.Leave();
  }
}

void QuarantineFile::Begin(std::size_t worker, const Record& record) {
  const std::string_view stream = record.place.stream;
  const std::size_t kept = std::min(stream.size(), Entry::kStreamBytes);
  Entry& entry = Worker(worker);
  entry.offset = static_cast<std::int64_t>(record.place.offset);
  entry.partition = static_cast<std::int32_t>(record.place.partition);
  entry.bytes = record.oversize ? record.oversize->bytes : record.payload.size();
  entry.stream_bytes = static_cast<std::uint32_t>(kept);
  std::memcpy(entry.stream, stream.data() + (stream.size() - kept), kept);
  entry.Use();
}

void QuarantineFile::End(std::size_t worker) { Worker(worker).Leave(); }

QuarantineFile::RecordName QuarantineFile::AtWork(std::size_t worker) const { return Worker(worker).Name(); }

std::vector<QuarantineFile::Suspect> QuarantineFile::Suspects() const {
  std::vector<Suspect> suspects;
  for (std::size_t i = 0; i < kMostSuspects; ++i) {
    if (SuspectAt(i).used != 0) suspects.push_back({SuspectAt(i).Name(), SuspectAt(i).tries});
  }
  return suspects;
}

void QuarantineFile::Acquit(const RecordName& record) {
  for (std::size_t i = 0; i < kMostSuspects; ++i) {
    if (SuspectAt(i).Is(record)) SuspectAt(i).Leave();
  }
}

}  // namespace wirewatch
