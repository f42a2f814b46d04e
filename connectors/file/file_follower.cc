#include "connectors/file/file_follower.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <iterator>
#include <set>
#include <utility>

#include "base/file_read.h"
#include "base/io/io_error.h"
#include "base/log.h"
#include "base/text/printable.h"
#include "connectors/bytes/decompress.h"
#include "connectors/bytes/fd_input.h"
#include "connectors/bytes/record_reader.h"

namespace wirewatch {
namespace {

constexpr log::Module kLog("file");

// In time, not in looks: while one file grows quickly, looks at all others follow each other without a pause.
constexpr std::chrono::milliseconds kQuietTime{2000};  // a file without a name stays open for
constexpr std::chrono::milliseconds kStillTime{200};   // a file that is read whole has not changed for
constexpr std::uint64_t kKnownBytes = 256;             // by which a file is known again, at either end of what was read

// Whether a newline stands in [begin, end) of the file.
bool HasNewline(int fd, std::uint64_t begin, std::uint64_t end) {
  std::array<char, 64 << 10> bytes;
  while (begin < end) {
    const ssize_t read =
        pread(fd, bytes.data(), std::min<std::uint64_t>(bytes.size(), end - begin), static_cast<off_t>(begin));
    if (read <= 0) return true;  // who reads on will say why
    if (std::memchr(bytes.data(), '\n', static_cast<std::size_t>(read)) != nullptr) return true;
    begin += static_cast<std::uint64_t>(read);
  }
  return false;
}

// As many as there are.
std::string BytesAt(int fd, std::uint64_t begin, std::uint64_t size) {
  std::string bytes(size, '\0');
  const ssize_t read = size == 0 ? 0 : pread(fd, bytes.data(), size, static_cast<off_t>(begin));
  bytes.resize(static_cast<std::size_t>(std::max<ssize_t>(read, 0)));
  return bytes;
}

}  // namespace

void FileFollower::Growing::Remember(int file) {
  struct stat status {};
  if (fstat(file, &status) == 0) changed = status.st_mtim;
  const std::uint64_t tail_bytes = std::min<std::uint64_t>(read, kKnownBytes);
  head = BytesAt(file, 0, tail_bytes);
  tail = BytesAt(file, read - tail_bytes, tail_bytes);
}

bool FileFollower::Growing::IsAnother() const {
  return BytesAt(fd.get(), 0, head.size()) != head || BytesAt(fd.get(), read - tail.size(), tail.size()) != tail;
}

bool FileFollower::Look(const std::vector<ListedFile>& files, SteadyTime now) {
  bool moved = ReadRetired(now);
  std::set<std::string_view> listed;
  for (const ListedFile& file : files) {
    if (feed_.stopped()) return moved;
    listed.insert(file.path);
    moved |= LookAt(file.path, now);
  }
  for (auto file = growing_.begin(); file != growing_.end();) {
    const auto next = std::next(file);
    if (!listed.contains(file->first)) Retire(file, now);
    file = next;
  }
  const auto gone = [&](const auto& file) { return !listed.contains(file.first); };
  std::erase_if(whole_, gone);
  std::erase_if(failing_, gone);
  return moved;
}

void FileFollower::OfferRests() {
  const auto offer = [&](Growing& file) {
    struct stat status {};
    const bool unfinished = file.next < file.read && fstat(file.fd.get(), &status) == 0 &&
                            static_cast<std::uint64_t>(status.st_size) == file.read;
    if (unfinished) Note(file.path, ReadFrom(file, true));
  };
  std::for_each(retired_.begin(), retired_.end(), offer);
  for (auto& [path, file] : growing_) offer(file);
}

FileFollower::Version FileFollower::VersionOf(const struct stat& status) {
  return {{status.st_dev, status.st_ino}, status.st_size, status.st_mtim};
}

bool FileFollower::StandsFor(const std::string& path, const Identity& identity) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 && VersionOf(status).identity == identity;
}

bool FileFollower::LookAt(const std::string& path, SteadyTime now) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) return false;  // gone since it was listed
  const Version version = VersionOf(status);
  if (whole_.contains(path)) return LookAtWhole(path, version, now);

  if (auto known = growing_.find(path); known != growing_.end()) {
    if (known->second.identity == version.identity) return ReadGrowth(known->second);
    kLog.Info("{path}: another file has taken this name; it is read from its beginning", {{"path", path}});
    Retire(known, now);
  }
  if (framing_of_(path) != Framing::kValues) {
    if (Growing* const renamed = FindRenamed(path, version.identity)) return ReadGrowth(*renamed);
  }
  auto opened = OpenRegularFile(path, &status);
  if (!opened) {
    Note(path, std::move(opened).error().In(Printable(path)));
    return false;
  }
  UniqueFd fd = *std::move(opened);
  if (framing_of_(path) == Framing::kValues || CompressionOf(BytesAt(fd.get(), 0, 4), path) != Compression::kNone) {
    return LookAtWhole(path, version, now);
  }
  Note(path, {});
  const auto added = growing_.try_emplace(path).first;
  Growing& file = added->second;
  file.path = reading_.names.Keep(path);
  file.fd = std::move(fd);
  file.identity = VersionOf(status).identity;
  return ReadGrowth(file);
}

bool FileFollower::LookAtWhole(std::string_view path, const Version& version, SteadyTime now) {
  Whole& file = whole_.try_emplace(std::string(path)).first->second;
  if (file.seen != version) {
    file.seen = version;
    file.seen_at = now;
    if (WasReadUnderAnotherName(version)) {
      file.was_read = true;
      file.read = version;
    }
  }
  if (now < file.seen_at + kStillTime || (file.was_read && file.read == version)) return false;
  file.was_read = true;
  file.read = version;
  const std::string_view name = reading_.names.Keep(path);
  auto input = FdInput::Open(std::string(path), feed_);
  Status read = input ? ReadStream(**input, framing_of_(path), name, reading_, feed_) : Status(input.error());
  Note(path, std::move(read));
  return true;
}

bool FileFollower::ReadGrowth(Growing& file) {
  struct stat status {};
  if (fstat(file.fd.get(), &status) != 0) return false;
  const auto size = static_cast<std::uint64_t>(status.st_size);
  const bool touched = status.st_mtim.tv_sec != file.changed.tv_sec || status.st_mtim.tv_nsec != file.changed.tv_nsec;
  // One that was truncated and has grown again, to its old length or past it, shows in what stands where we read. One
  // that has grown is looked at whatever its time says: two writes may fall into one step of the clock.
  if (size < file.read || ((touched || size > file.read) && file.IsAnother())) {
    kLog.Warn(
        "{path}: truncated (it has {bytes} bytes, and {read} were read); it is read from its beginning again; what was "
        "written between the last look and the truncation is lost{unfinished}",
        {{"path", file.path},
         {"bytes", size},
         {"read", file.read},
         {"unfinished",
          file.next < file.read ? fmt::format(", and an unfinished line of {} bytes", file.read - file.next) : ""}});
    file.next = file.read = 0;
  }
  if (size == file.read) {
    if (touched) file.Remember(file.fd.get());
    return false;
  }
  // An unfinished line is read again from its beginning, but only when its end is there.
  if (file.next < file.read && !HasNewline(file.fd.get(), file.read, size)) {
    file.read = size;
    file.Remember(file.fd.get());
    return true;
  }
  Status read = ReadFrom(file, false);
  if (!read) file.read = size;
  file.Remember(file.fd.get());
  Note(file.path, std::move(read));
  return true;
}

Status FileFollower::ReadFrom(Growing& file, bool with_rest) {
  UniqueFd fd(fcntl(file.fd.get(), F_DUPFD_CLOEXEC, 0));
  if (!fd || lseek(fd.get(), static_cast<off_t>(file.next), SEEK_SET) < 0) {
    return IoError(file.path, "cannot be read", errno);
  }
  FdInput input(std::move(fd), std::string(file.path), feed_);
  const std::uint64_t left = input.size() > file.next ? input.size() - file.next : 0;
  RecordReader reader(input, Framing::kLines, {file.path, file.next, left}, reading_.limits, reading_.pool, feed_);
  const auto all = OfferAll(reader, feed_);
  if (!all) {
    file.next = reader.next_offset();
    return all.error();
  }
  if (*all && with_rest) {
    if (Status rest = OfferRest(reader, feed_); !rest) return rest;
  }
  file.next = reader.next_offset();
  file.read = *all ? reader.read_offset() : file.next;
  return {};
}

bool FileFollower::ReadRetired(SteadyTime now) {
  bool moved = false;
  for (auto file = retired_.begin(); file != retired_.end();) {
    if (ReadGrowth(*file)) {
      moved = true;
      file->moved_at = now;
    }
    if (now < file->moved_at + kQuietTime) {
      ++file;
      continue;
    }
    // Nobody will finish its last line.
    if (file->next < file->read) Note(file->path, ReadFrom(*file, true));
    file = retired_.erase(file);
  }
  return moved;
}

void FileFollower::Note(std::string_view path, Status read) {
  const auto known = failing_.find(path);
  if (read) {
    if (known != failing_.end()) failing_.erase(known);
    return;
  }
  // Once: it may fail the same way at every look, for months.
  if (known == failing_.end() || known->second.message != read.error().message)
    kLog.Error("followed file: {error}", {{"error", read.error().message}});
  failing_.insert_or_assign(std::string(path), std::move(read).error());
}

FileFollower::Growing* FileFollower::FindRenamed(const std::string& path, const Identity& identity) {
  auto retired =
      std::find_if(retired_.begin(), retired_.end(), [&](const auto& old) { return old.identity == identity; });
  if (retired == retired_.end()) {
    // Looks go by name: the old one may not have been looked at yet. One that still stands is a link: a file of its
    // own.
    const auto known = std::find_if(growing_.begin(), growing_.end(), [&](const auto& old) {
      return old.second.identity == identity && !StandsFor(old.first, identity);
    });
    if (known == growing_.end()) return nullptr;
    retired = retired_.insert(retired_.end(), std::move(known->second));
    growing_.erase(known);
  }
  kLog.Info("{path}: was {before}; it is read on", {{"path", path}, {"before", retired->path}});
  Growing& file = growing_.insert_or_assign(path, std::move(*retired)).first->second;
  retired_.erase(retired);
  file.path = reading_.names.Keep(path);
  return &file;
}

bool FileFollower::WasReadUnderAnotherName(const Version& version) const {
  return std::any_of(whole_.begin(), whole_.end(), [&](const auto& file) {
    return file.second.was_read && file.second.read == version && !failing_.contains(file.first) &&
           !StandsFor(file.first, version.identity);
  });
}

void FileFollower::Retire(std::map<std::string, Growing, std::less<>>::iterator file, SteadyTime now) {
  file->second.moved_at = now;
  retired_.push_back(std::move(file->second));
  growing_.erase(file);
}

}  // namespace wirewatch
