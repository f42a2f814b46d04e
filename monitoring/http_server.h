// HTTP server: one listener, one thread, small GET answers (Boost.Beast). Serves /metrics, /healthz and /readyz.
//
// Limits: header 8 KiB, no request body, header 10 s, idle 60 s, write 30 s, 256 connections; what is over is refused.
#ifndef WIREWATCH_MONITORING_HTTP_SERVER_H_
#define WIREWATCH_MONITORING_HTTP_SERVER_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace wirewatch {

struct HttpResponse {
  unsigned status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
};

// Called on the server's thread for a GET (or HEAD) of its path; must not block for long.
using HttpHandler = std::function<HttpResponse()>;

class HttpServer {
 public:
  // Binds "host:port" (port 0: any free one) and serves from a thread of its own until destroyed.
  // kInvalid: the address cannot be read; kUnavailable: the port is in use (the sentence says what to do); kIo: others.
  static Result<std::unique_ptr<HttpServer>> Start(std::string_view listen, std::map<std::string, HttpHandler> handlers);
  ~HttpServer();

  std::uint16_t port() const;

 private:
  struct Rep;
  explicit HttpServer(std::unique_ptr<Rep> rep);
  std::unique_ptr<Rep> rep_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_MONITORING_HTTP_SERVER_H_
