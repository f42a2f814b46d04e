// LineFile: a file that lines are appended to, whole lines only.
//
// A line that a crash cut off is ended when the file is opened, so that the next one is whole. A line that the disk had
// no room for is cut off again. A file that was moved away (log rotation) is made anew. One process a file. A named
// pipe is written to without blocking: its reader may be slow, or stuck.
#ifndef WIREWATCH_CONNECTORS_FILE_LINE_FILE_H_
#define WIREWATCH_CONNECTORS_FILE_LINE_FILE_H_

#include <sys/types.h>

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/unique_fd.h"

namespace wirewatch {

// Threads: one at a time.
class LineFile {
 public:
  // Makes the file if need be; its directory must exist. Errors (kNotFound, kIo) say what, where and what to do.
  static Result<LineFile> Open(std::string path);

  // Waits until a pipe takes more. False: give up (kTimeout).
  using WaitWritable = std::function<bool(int fd)>;

  // `line` ends with a newline. After an error nothing of it is in the file; try again. `wait`: without it, a pipe that
  // takes nothing just now is an error.
  Status Append(std::string_view line, const WaitWritable& wait = {});

  // Everything appended so far is on disk. After an error what was appended since the last success may not be there:
  // append it again (a second try would not tell: the kernel forgets pages that it could not write).
  Status Sync();

  // Its name stands for another file now, or for none: Append will begin a new one. REQUIRES, before that Append: what
  // was appended is synced.
  bool WasMoved() const;

  const std::string& path() const { return path_; }

 private:
  explicit LineFile(std::string path) : path_(std::move(path)) {}
  Status OpenFile();
  Status OpenPipe();
  Status EndCutLine(const WaitWritable& wait);
  Status Write(std::string_view bytes, const WaitWritable& wait);
  void CutBack(std::size_t written);

  std::string path_;
  UniqueFd fd_;
  dev_t device_ = 0;
  ino_t inode_ = 0;
  bool regular_ = false;
  bool cut_ = false;  // a part of a line could not be taken back
};

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_FILE_LINE_FILE_H_
