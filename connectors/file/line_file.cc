#include "connectors/file/line_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <utility>

#include "base/io/io_error.h"
#include "base/log.h"

namespace wirewatch {
namespace {

constexpr log::Module kLog("file");

constexpr mode_t kMode = 0666;  // as far as the umask lets

}  // namespace

Result<LineFile> LineFile::Open(std::string path) {
  LineFile file(std::move(path));
  if (Status opened = file.OpenFile(); !opened) return std::move(opened).error();
  return file;
}

Status LineFile::OpenFile() {
  fd_ = UniqueFd();
  bool made = false;
  struct stat before {};
  if (stat(path_.c_str(), &before) == 0 && S_ISFIFO(before.st_mode)) return OpenPipe();
  // Readable, to see whether the last line is whole.
  UniqueFd fd(open(path_.c_str(), O_RDWR | O_APPEND | O_CLOEXEC | O_NOCTTY));
  if (!fd && errno == ENOENT) {
    fd = UniqueFd(open(path_.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, kMode));
    made = true;
  }
  if (!fd && !made && errno == EACCES) fd = UniqueFd(open(path_.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY));
  if (!fd) return IoError(path_, "cannot be opened for writing", errno);
  struct stat status {};
  if (fstat(fd.get(), &status) != 0) return IoError(path_, "cannot be opened for writing", errno);
  fd_ = std::move(fd);
  device_ = status.st_dev;
  inode_ = status.st_ino;
  regular_ = S_ISREG(status.st_mode);
  cut_ = false;
  if (made) {
    const std::filesystem::path parent = std::filesystem::path(path_).parent_path();
    const UniqueFd directory(open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (directory) fsync(directory.get());  // the name survives a power cut, too
  }
  char last = '\n';
  if (regular_ && status.st_size > 0 && pread(fd_.get(), &last, 1, status.st_size - 1) == 1 && last != '\n') {
    kLog.Warn("{path}: the last line was cut off, probably by a crash, at byte {byte}; it is ended there",
              {{"path", path_}, {"byte", status.st_size}});
    cut_ = true;
  }
  return {};
}

// Not readable: we would be our own reader, and never know that there is no other. Not blocking: a write to a reader
// that is stuck could not be given up.
Status LineFile::OpenPipe() {
  UniqueFd fd(open(path_.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC));
  if (!fd && errno == ENXIO) {
    return Error{ErrorCode::kUnavailable, path_ + ": nobody reads this pipe; start its reader first"};
  }
  struct stat status {};
  if (!fd || fstat(fd.get(), &status) != 0) return IoError(path_, "cannot be opened for writing", errno);
  fd_ = std::move(fd);
  device_ = status.st_dev;
  inode_ = status.st_ino;
  regular_ = false;
  cut_ = false;
  return {};
}

Status LineFile::Append(std::string_view line, const WaitWritable& wait) {
  if (!fd_ || WasMoved()) {
    if (fd_) kLog.Info("{path}: moved away; a new file is begun", {{"path", path_}});
    if (Status opened = OpenFile(); !opened) return opened;
  }
  if (Status ended = EndCutLine(wait); !ended) return ended;
  return Write(line, wait);
}

Status LineFile::Sync() {
  if (!fd_ || fdatasync(fd_.get()) == 0) return {};
  // Pipes, terminals and other devices have nothing to force to disk.
  if (errno == EINVAL || errno == EROFS || errno == ENOTSUP) return {};
  const int number = errno;
  fd_ = UniqueFd();
  return IoError(path_, "cannot be forced to disk", number);
}

bool LineFile::WasMoved() const {
  if (!fd_) return false;
  struct stat status {};
  if (stat(path_.c_str(), &status) != 0) return errno == ENOENT;
  return status.st_dev != device_ || status.st_ino != inode_;
}

Status LineFile::EndCutLine(const WaitWritable& wait) {
  if (!cut_) return {};
  if (Status ended = Write("\n", wait); !ended) return ended;
  cut_ = false;
  return {};
}

Status LineFile::Write(std::string_view bytes, const WaitWritable& wait) {
  for (std::string_view rest = bytes; !rest.empty();) {
    const ssize_t written = write(fd_.get(), rest.data(), rest.size());
    if (written > 0) {
      rest.remove_prefix(static_cast<std::size_t>(written));
      continue;
    }
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && errno == EAGAIN) {
      if (wait && wait(fd_.get())) continue;
      CutBack(bytes.size() - rest.size());
      return Error{ErrorCode::kTimeout, path_ + ": its reader takes nothing"};
    }
    const int number = written < 0 ? errno : ENOSPC;
    CutBack(bytes.size() - rest.size());
    return IoError(path_, "cannot be written", number);
  }
  return {};
}

void LineFile::CutBack(std::size_t written) {
  if (written == 0) return;
  // Appending leaves the position behind our last byte. Bytes after it would be another's: then nothing is cut.
  const off_t end = lseek(fd_.get(), 0, SEEK_CUR);
  struct stat status {};
  const bool last = regular_ && end >= 0 && fstat(fd_.get(), &status) == 0 && status.st_size == end;
  cut_ = !last || ftruncate(fd_.get(), end - static_cast<off_t>(written)) != 0;
}

}  // namespace wirewatch
