// Decompression of an input by what it begins with: Zstandard (RFC 8878, several frames), gzip (RFC 1952, several
// members), or nothing: then its bytes are as they stand. Names decide nothing, but an empty *.zst or *.gz is cut off.
//
// Errors of the inputs: kInvalid: corrupt or cut off; the sentence says at which byte of the file. What was read
// before stays valid.
// By hand on zlib and libzstd: boost::iostreams loses the decoder's messages and cannot be stopped; libarchive is far
// more than this needs.
#ifndef WIREWATCH_CONNECTORS_BYTES_DECOMPRESS_H_
#define WIREWATCH_CONNECTORS_BYTES_DECOMPRESS_H_

#include <memory>
#include <string_view>

#include "connectors/bytes/byte_input.h"
#include "connectors/bytes/fd_input.h"

namespace wirewatch {

enum class Compression { kNone, kZstd, kGzip };

// What the first bytes (4, or all there are) say. `name` is asked when they say too little.
Compression CompressionOf(std::string_view head, std::string_view name);

// The content of `input`. REQUIRES: nothing was read from it. Borrows it.
Result<std::unique_ptr<ByteInput>> Decompress(FdInput& input);

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_BYTES_DECOMPRESS_H_
