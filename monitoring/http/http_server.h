// HTTP server: one listener, one thread, small GET answers over HTTP/1.1 (Boost.Beast). Serves /metrics, /healthz,
// /readyz.
//
// Everything a client may do is bounded by HttpLimits, and what is over is refused: no body (413) and no
// Transfer-Encoding (400), no HTTP/1.1 request without exactly one Host (400), no method but GET and HEAD (405), no
// longer header (431), no more connections than the limit: over it, the one that has been silent for the longest is
// closed, so that who holds connections and asks nothing cannot keep out those who ask; when all are being answered,
// the one whose client has been taking its answer for the longest, if that is longer than answer_patience; else the
// newest is turned away (503). A slow client waits for itself only. No TLS and no password: it listens on the loopback
// unless it is told otherwise; put a proxy before it elsewhere.
#ifndef WIREWATCH_MONITORING_HTTP_HTTP_SERVER_H_
#define WIREWATCH_MONITORING_HTTP_HTTP_SERVER_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "monitoring/http/http_metrics.h"

namespace wirewatch {

struct HttpResponse {
  unsigned status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body = {};
};

// Called on the server's thread for a GET or HEAD of its path; must not block for long. If it throws, the answer is
// 500.
using HttpHandler = std::function<HttpResponse()>;

struct HttpLimits {
  std::size_t header_bytes = 8 << 10;
  std::size_t connections = 256;
  std::chrono::milliseconds header =
      std::chrono::seconds(10);  // from a request's first byte (or the connection) to its end
  std::chrono::milliseconds idle = std::chrono::seconds(60);   // between two requests
  std::chrono::milliseconds write = std::chrono::seconds(30);  // of one whole answer
  // After it, an answer is given up where its connection is wanted for another.
  std::chrono::milliseconds answer_patience = std::chrono::seconds(1);
};

class HttpServer {
 public:
  // Binds "host:port" ("127.0.0.1:9464", "[::1]:9464", "localhost:0"; port 0: any free one) and serves `handlers` (by
  // path) from a thread of its own until destroyed. kInvalid: the address cannot be read; kUnavailable: the port is in
  // use (the sentence says what to do); kIo: others.
  static Result<std::unique_ptr<HttpServer>> Start(std::string_view listen, std::map<std::string, HttpHandler> handlers,
                                                   HttpLimits limits = {},
                                                   std::optional<HttpMetrics> metrics = std::nullopt);
  // kInvalid: Start could not read the address.
  static Status CheckAddress(std::string_view listen);
  ~HttpServer();

  std::uint16_t port() const;
  // "http://127.0.0.1:9464": the address it is bound to.
  std::string url() const;

 private:
  struct Rep;
  explicit HttpServer(std::unique_ptr<Rep> rep);
  std::unique_ptr<Rep> rep_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_MONITORING_HTTP_HTTP_SERVER_H_
