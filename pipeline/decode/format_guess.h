// What bytes look like that are no article: for the message that tells somebody what they have sent.
#ifndef WIREWATCH_PIPELINE_DECODE_FORMAT_GUESS_H_
#define WIREWATCH_PIPELINE_DECODE_FORMAT_GUESS_H_

#include <atomic>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace wirewatch {

// "gzip, which must be unpacked first", by the first bytes of a record that is no JSON. Empty: nothing known.
// Formats: signatures of the compressors' and containers' own specifications; Confluent's wire format (a zero byte,
// then the schema's id in four bytes); XML's and HTML's first tags.
std::string GuessFormat(std::string_view bytes);

// The first records of a run that were no articles, to tell at its end what the whole input looks like.
// Threads: any.
class InputLook {
 public:
  // A dead letter: the head of its bytes, and why it is one.
  void Add(std::string_view payload, std::string_view message);

  // "the input looks like CSV (...): ...". Always says something: at least the first reason.
  std::string Describe() const;

 private:
  static constexpr std::size_t kRecords = 4;
  static constexpr std::size_t kHeadBytes = 512;

  std::atomic<std::size_t> added_{0};  // without the lock, for the many that come later
  mutable std::mutex mutex_;
  std::vector<std::string> heads_;
  std::string first_message_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_DECODE_FORMAT_GUESS_H_
