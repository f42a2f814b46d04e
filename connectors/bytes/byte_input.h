// ByteInput: bytes that can be read once, from the first to the last: of a file, a pipe, or decompressed.
#ifndef WIREWATCH_CONNECTORS_BYTES_BYTE_INPUT_H_
#define WIREWATCH_CONNECTORS_BYTES_BYTE_INPUT_H_

#include <cstddef>

#include "base/result.h"

namespace wirewatch {

class ByteInput {
 public:
  virtual ~ByteInput() = default;

  // Reads 1 to `size` bytes, waiting for them, and tells how many. 0: the end, or the source was told to stop.
  // Errors: the rest cannot be read; the sentence names file and place.
  virtual Result<std::size_t> Read(char* to, std::size_t size) = 0;
};

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_BYTES_BYTE_INPUT_H_
