// State as text: numbers and texts one behind the other, as base64 (RFC 4648, section 4). For what is kept between two
// processes of one program, where every byte of every topic counts. Whoever writes begins with a version.
//
// A number is written as Protocol Buffers do it: seven bits a byte, the lowest first; one with a sign is folded first
// (0, -1, 1, -2, ...). https://protobuf.dev/programming-guides/encoding
#ifndef WIREWATCH_PIPELINE_STORY_STATE_TEXT_H_
#define WIREWATCH_PIPELINE_STORY_STATE_TEXT_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace wirewatch {

class StateWriter {
 public:
  void Put(std::uint64_t number);
  void PutSigned(std::int64_t number);
  // Always four bytes: for hashes.
  void PutHash(std::uint32_t hash);
  void Put(std::string_view text);

  std::string Text() const;

 private:
  std::string bytes_;
};

// Reads in the order in which it was written. Errors: the first is kept, and what is read behind it is 0 and empty; so
// it is asked for once, in the end. A loop over a count that was read asks ok() each time.
class StateReader {
 public:
  // `what` is the state's name in the error: "a topic's pulse".
  StateReader(std::string_view text, std::string what);

  std::uint64_t Number(std::uint64_t most = std::numeric_limits<std::uint64_t>::max());
  std::int64_t Signed(std::int64_t least, std::int64_t most);
  std::uint32_t Hash();
  std::string Text();
  // For what only the caller can know. `problem` is a sentence's end: "two sources have one name".
  void Refuse(std::string problem);
  // What the writer began with: the only version that is read.
  void Version(std::uint64_t known);

  bool ok() const { return !problem_; }
  // kInvalid: what was wrong first, or that something stands behind the end.
  Status Finish();

 private:
  std::string bytes_;
  std::size_t at_ = 0;
  std::string what_;
  std::optional<std::string> problem_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_STORY_STATE_TEXT_H_
