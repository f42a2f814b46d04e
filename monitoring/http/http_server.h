// HTTP server: one listener, HTTP/1.1 without TLS (Boost.Beast). A Router says which handler answers which request; an
// answer is a response (http_message.h) or a stream of Server-Sent Events (sse.h).
//
// Threads: one does all input and output, HttpLimits::handler_threads others run the handlers. A handler that blocks
//          holds up other handlers only. A connection and a stream cost no thread: 2,000 viewers are 2,000 sockets.
// Bounds:  everything that a client may do is bounded by HttpLimits, and what is over is refused with a problem
//          (application/problem+json, RFC 9457): 400 what could be read in two ways (request_head.h) or is malformed,
//          404, 405 with Allow, 408 a request that takes too long, 413 a body that is too long or that the route does
//          not take, 414 and 431 a head that is too long, 417, 501 a coding we do not know, 503 too many streams.
//          Chunked bodies and Expect: 100-continue are understood; pipelined requests are answered in order.
// Full:    over the limit of connections the one that has been silent for the longest is closed, so that who holds
//          connections and asks nothing cannot keep out those who ask; when all are being answered, the one whose
//          client has been taking its answer for the longest, if that is longer than answer_patience; else the newest
//          is turned away (503). A slow client waits for itself only. Streams have a limit of their own below that of
//          connections, so that viewers do not keep out those who ask.
// No TLS and no password: it listens on the loopback unless it is told otherwise; put a proxy before it elsewhere.
#ifndef WIREWATCH_MONITORING_HTTP_HTTP_SERVER_H_
#define WIREWATCH_MONITORING_HTTP_HTTP_SERVER_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "monitoring/http/http_message.h"
#include "monitoring/http/http_metrics.h"
#include "monitoring/http/router.h"

namespace wirewatch {

struct HttpLimits {
  std::size_t header_bytes = 8 << 10;        // of a request line with its headers
  std::size_t request_line_bytes = 4 << 10;  // of the line alone
  std::size_t connections = 256;
  std::size_t streams = 128;  // of the connections
  std::size_t handler_threads = 2;
  std::chrono::milliseconds header =
      std::chrono::seconds(10);  // from a request's first byte (or the connection) to the end of its head
  std::chrono::milliseconds body = std::chrono::seconds(30);   // of one whole request body
  std::chrono::milliseconds idle = std::chrono::seconds(60);   // between two requests
  std::chrono::milliseconds write = std::chrono::seconds(30);  // of one whole answer, or of what a stream holds
  // After it, an answer is given up where its connection is wanted for another.
  std::chrono::milliseconds answer_patience = std::chrono::seconds(1);
  std::chrono::milliseconds stream_comment = std::chrono::seconds(15);  // after so long a silence, a comment line
  std::chrono::milliseconds stop = std::chrono::seconds(2);  // for what is under way when the server is destroyed
};

class HttpServer {
 public:
  // Binds "host:port" ("127.0.0.1:9464", "[::1]:9464", "localhost:0"; port 0: any free one) and serves the routes from
  // threads of its own until destroyed. kInvalid: the address cannot be read; kUnavailable: the port is in use (the
  // sentence says what to do); kIo: others.
  static Result<std::unique_ptr<HttpServer>> Start(std::string_view listen, Router router, HttpLimits limits = {},
                                                   std::optional<HttpMetrics> metrics = std::nullopt);
  // kInvalid: Start could not read the address.
  static Status CheckAddress(std::string_view listen);
  // Takes no more connections and closes those that ask nothing. Answers under way end, streams send what they hold;
  // what is not done after HttpLimits::stop is cut off. A handler that has begun is waited for, however long it takes.
  ~HttpServer();

  std::uint16_t port() const;
  // "http://127.0.0.1:9464": the address it is bound to.
  std::string url() const;

  struct Usage {
    std::size_t connections = 0;     // open now, with those of streams
    std::size_t streams = 0;         // open now
    std::uint64_t slow_streams = 0;  // dropped since the start because their viewers were too slow
  };
  Usage usage() const;

 private:
  struct Rep;
  explicit HttpServer(std::unique_ptr<Rep> rep);
  std::unique_ptr<Rep> rep_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_MONITORING_HTTP_HTTP_SERVER_H_
