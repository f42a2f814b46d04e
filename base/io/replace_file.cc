#include "base/io/replace_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <system_error>

#include "base/io/io_error.h"
#include "base/unique_fd.h"
#include "base/write_all.h"

namespace wirewatch {
namespace {

constexpr mode_t kNewFile = 0640, kPermissions = 07777;

// What the name leads to. Of one that leads nowhere: itself.
std::filesystem::path Resolve(const std::filesystem::path& file) {
  std::error_code error;
  std::filesystem::path resolved = std::filesystem::canonical(file, error);
  return error ? file : resolved;
}

}  // namespace

Status ReplaceFile(const std::filesystem::path& file, std::string_view content) {
  const std::filesystem::path target = Resolve(file);
  const auto failed = [&](int number) { return IoError(file.string(), "cannot be written", number); };
  struct stat before {};
  const bool exists = stat(target.c_str(), &before) == 0;
  if (exists && !S_ISREG(before.st_mode)) return failed(S_ISDIR(before.st_mode) ? EISDIR : EINVAL);
  std::string draft = target.string() + ".XXXXXX";
  const UniqueFd fd(mkostemp(draft.data(), O_CLOEXEC));
  if (!fd) return failed(errno);
  const mode_t mode = exists ? before.st_mode & kPermissions : kNewFile;
  // Who is not its owner's equal cannot give the file away: it is theirs then, with the same permissions.
  if (exists && fchown(fd.get(), before.st_uid, before.st_gid) != 0) errno = 0;
  const bool written = fchmod(fd.get(), mode) == 0 && WriteAll(fd.get(), content) && fsync(fd.get()) == 0 &&
                       std::rename(draft.c_str(), target.c_str()) == 0;
  if (!written) {
    const int number = errno;
    unlink(draft.c_str());
    return failed(number);
  }
  const std::filesystem::path parent = target.parent_path();
  const UniqueFd directory(open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory) fsync(directory.get());  // the name, too
  return {};
}

}  // namespace wirewatch
