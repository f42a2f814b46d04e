// IoError: what the operating system refused, where, why, and what to do about it.
#ifndef WIREWATCH_BASE_IO_IO_ERROR_H_
#define WIREWATCH_BASE_IO_IO_ERROR_H_

#include <string_view>

#include "base/result.h"

namespace wirewatch {

// IoError("alerts.ndjson", "cannot be written", ENOSPC): "alerts.ndjson: cannot be written: No space left on device;
// free space on its file system". `number`: an errno. kNotFound for what does not exist, else kIo.
Error IoError(std::string_view path, std::string_view what, int number);

// Without the place, for what names it itself.
Error IoError(std::string_view what, int number);

}  // namespace wirewatch

#endif  // WIREWATCH_BASE_IO_IO_ERROR_H_
