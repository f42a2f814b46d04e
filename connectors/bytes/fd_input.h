// FdInput: the bytes behind a file descriptor. A wait for a pipe's writer can be stopped.
#ifndef WIREWATCH_CONNECTORS_BYTES_FD_INPUT_H_
#define WIREWATCH_CONNECTORS_BYTES_FD_INPUT_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/unique_fd.h"
#include "connectors/bytes/byte_input.h"
#include "connectors/bytes/record_feed.h"

namespace wirewatch {

class FdInput : public ByteInput {
 public:
  // `name`: for messages. Borrows `feed`.
  static Result<std::unique_ptr<FdInput>> Open(const std::string& path, RecordFeed& feed);
  FdInput(UniqueFd fd, std::string_view name, RecordFeed& feed);

  Result<std::size_t> Read(char* to, std::size_t size) override;

  // The next `size` bytes without taking them; fewer at the end. REQUIRES: nothing was read; size <= 4.
  Result<std::string_view> Peek(std::size_t size);

  // Bytes taken from the file so far.
  std::uint64_t position() const { return position_; }
  // Bytes of a regular file, as far as is known; 0 for all else.
  std::uint64_t size() const { return size_; }
  // Something, or the end, can be read without waiting.
  bool Readable() const;

  const std::string& name() const { return name_; }
  bool stopped() const { return feed_.stopped(); }

 private:
  Result<std::size_t> ReadFd(char* to, std::size_t size);

  const UniqueFd fd_;
  const std::string name_;
  RecordFeed& feed_;
  bool waits_ = false;  // not a regular file: a read may block
  std::uint64_t size_ = 0;
  std::uint64_t position_ = 0;
  std::string head_;  // peeked
};

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_BYTES_FD_INPUT_H_
