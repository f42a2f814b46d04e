// ReplaceFile: a file's content as a whole, or as it was: never half of it, whatever ends the process.
#ifndef WIREWATCH_BASE_IO_REPLACE_FILE_H_
#define WIREWATCH_BASE_IO_REPLACE_FILE_H_

#include <filesystem>
#include <string_view>

#include "base/result.h"

namespace wirewatch {

// Writes a draft beside it, forces that to disk and renames it. A link is followed: it stays one. Permissions stay as
// they are; a new file is readable by its owner and group. Its directory must be there, and be writable.
// kNotFound, kIo: it is as it was; the message says what, where and what to do.
Status ReplaceFile(const std::filesystem::path& file, std::string_view content);

}  // namespace wirewatch

#endif  // WIREWATCH_BASE_IO_REPLACE_FILE_H_
