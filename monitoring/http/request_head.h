// The bytes before a request's body, looked at before they are parsed: where they end, and whether two programs could
// read them in two ways (request smuggling). Beast's parser alone would join folded lines, and would wait for the end
// of what is no HTTP.
#ifndef WIREWATCH_MONITORING_HTTP_REQUEST_HEAD_H_
#define WIREWATCH_MONITORING_HTTP_REQUEST_HEAD_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "monitoring/http/http_message.h"

namespace wirewatch {

// Why a request is not answered. `detail` is for the client.
struct Refusal {
  unsigned status = 400;
  std::string detail;
};

// Scans the head of one request while it comes.
class HeadScanner {
 public:
  // `line_bytes` of the request line (414), `bytes` of line and headers together (431), both with their line breaks.
  HeadScanner(std::size_t line_bytes, std::size_t bytes) : line_bytes_(line_bytes), bytes_(bytes) {}

  // Looks at what is new in `input`, which begins with the same bytes each time. The refusal is final. Cost: each byte
  // once.
  std::optional<Refusal> Scan(std::string_view input);
  // All of the head is there: it ends at end(), and begins at begin() (an empty line may come before it).
  bool complete() const { return end_ != 0; }
  std::size_t begin() const { return begin_; }
  std::size_t end() const { return end_; }

 private:
  static constexpr std::size_t kMostFields = 100;

  std::optional<Refusal> EndLine(std::string_view input);

  const std::size_t line_bytes_, bytes_;
  std::size_t at_ = 0, line_begin_ = 0, lines_ = 0, begin_ = 0, end_ = 0;
};

// The version of HTTP decides what some headers mean.
enum class HttpVersion { k10, k11 };

// How the body of a request ends.
struct Framing {
  bool chunked = false;
  std::size_t length = 0;  // of a body that is not chunked
  bool awaits_continue = false;
  bool has_body() const { return chunked || length > 0; }
};

// From the headers. Stricter than RFC 9112, section 6, where it leaves a choice: both Content-Length and
// Transfer-Encoding, either of them twice, a list of lengths, and any coding but "chunked" are refused. So is a request
// of HTTP/1.1 without exactly one Host.
std::optional<Refusal> ReadFraming(const HttpFields& headers, HttpVersion version, Framing& framing);

}  // namespace wirewatch

#endif  // WIREWATCH_MONITORING_HTTP_REQUEST_HEAD_H_
