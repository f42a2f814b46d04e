// FrameStream: messages of the Language Server Protocol over two file descriptors: `Content-Length: N`, an empty line,
// N bytes (LSP 3.17, base protocol).
#ifndef WIREWATCH_CLI_LSP_FRAME_STREAM_H_
#define WIREWATCH_CLI_LSP_FRAME_STREAM_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace wirewatch {

// Borrows the descriptors. Threads: one at a time.
class FrameStream {
 public:
  static constexpr std::size_t kMostBytes = 64 << 20;  // of a message; as the largest pack (YamlText::kMaxBytes)
  static constexpr std::size_t kMostHeaderBytes = 8 << 10;

  FrameStream(int in, int out) : in_(in), out_(out) {}

  struct Frame {
    std::string body;
    std::string mistake;  // what came was no frame, and was passed over up to the next that may be one
  };
  // The next message; nothing: the other side is gone. Blocks.
  std::optional<Frame> Read();
  // kIo: nobody reads any more.
  Status Write(std::string_view body);

 private:
  bool Fill();
  bool Skip(std::size_t bytes);

  const int in_, out_;
  std::string buffer_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_CLI_LSP_FRAME_STREAM_H_
