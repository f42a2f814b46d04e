#include "base/io/io_error.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>

#include "base/text/printable.h"

namespace wirewatch {
namespace {

std::string_view WayOut(int number) {
  switch (number) {
    case ENOENT:
    case ENOTDIR: return "check the path; it is taken from the directory wirewatch was started in";
    case EACCES:
    case EPERM: return "give the user that wirewatch runs as the permission";
    case ENOSPC: return "free space on its file system";
    case EDQUOT: return "free space or raise the quota of the user that wirewatch runs as";
    case EFBIG: return "raise the limit of file sizes (ulimit -f) or move the file away";
    case EMFILE:
    case ENFILE: return "raise the limit of open files (ulimit -n) or follow fewer files";
    case EROFS: return "its file system is mounted read-only: choose another path";
    case EISDIR: return "name a file, not a directory";
    case EIO: return "check the disk (dmesg)";
    default: return "";
  }
}

}  // namespace

Error IoError(std::string_view what, int number) {
  const std::string_view way_out = WayOut(number);
  return {number == ENOENT || number == ENOTDIR ? ErrorCode::kNotFound : ErrorCode::kIo,
          fmt::format("{}: {}{}{}", what, std::strerror(number), way_out.empty() ? "" : "; ", way_out)};
}

Error IoError(std::string_view path, std::string_view what, int number) {
  return IoError(what, number).In(Printable(path));
}

}  // namespace wirewatch
