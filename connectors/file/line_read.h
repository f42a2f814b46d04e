// ForEachLineInFile: the lines of a file that a file sink has written, for people who ask about it.
#ifndef WIREWATCH_CONNECTORS_FILE_LINE_READ_H_
#define WIREWATCH_CONNECTORS_FILE_LINE_READ_H_

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace wirewatch {

inline constexpr std::size_t kMostLineReadBytes = 64 << 20;

// Calls `take` with each line, without its newline, in the order of the file, until it gives an error. What is being
// written, a last line without a newline, is no line. The file may be compressed (connectors/bytes/decompress.h).
// Errors: those of `take`; those of OpenRegularFile, with the path; kIo: it cannot be read on; kInvalid: it is corrupt
// or cut off; kTooLarge: a line has more than kMostLineReadBytes.
Status ForEachLineInFile(const std::string& path, const std::function<Status(std::string_view line)>& take);

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_FILE_LINE_READ_H_
