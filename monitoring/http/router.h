// Router: which handler answers which method and path.
//
// A pattern is a path of segments, "/api/stories/{id}": {id} takes one segment, of at least a byte; "{rest...}" as the
// last one takes all segments that are left, at least one. A segment that is written out goes before {id}, and {id}
// before {rest...}, whatever the order in which they were added. HEAD is answered by GET's handler, OPTIONS by the
// router. Built before the server starts and immutable then: safe to share between threads.
#ifndef WIREWATCH_MONITORING_HTTP_ROUTER_H_
#define WIREWATCH_MONITORING_HTTP_ROUTER_H_

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "monitoring/http/http_message.h"

namespace wirewatch {

// Runs on a thread of the server's pool (HttpLimits::handler_threads), several at once. It may block for as long as the
// other handlers can do without its thread; connections and streams go on. If it throws, the answer is 500.
using HttpHandler = std::function<HttpResult(const HttpRequest&)>;

// Path and query of a request, decoded.
struct HttpTarget {
  std::string path;                   // "/" and the segments, joined by "/"
  std::vector<std::string> segments;  // decoded; "/a/b" has two, "/" one that is empty, "/a/" a second that is empty
  HttpFields query;
};

// Reads the target of a request line: "/path?query" or "http://host/path?query" (servers must take both, RFC 9112,
// section 3.2.2). kInvalid: it is neither; a %XX is no byte; the text is not UTF-8; the path has a control character,
// a backslash or a segment "." or "..", in whatever spelling; there is a NUL in the query. The sentence is for the
// client.
Result<HttpTarget> ParseTarget(std::string_view target);

class Router {
 public:
  struct Route {
    std::string method;
    std::string pattern;
    HttpHandler handler;
    std::size_t body_bytes = 0;              // the longest request body; 0: it takes none
    std::vector<std::string> segments = {};  // of the pattern
  };
  struct Found {
    const Route* route = nullptr;  // null: no route for this path (`allowed` is empty) or for this method
    HttpFields params;
    std::string allowed;  // without a route: "GET, HEAD, OPTIONS", the methods of the path
  };

  // REQUIRES: the pattern begins with "/", and no route has both this method and this pattern.
  void Get(std::string_view pattern, HttpHandler handler) { Add("GET", pattern, std::move(handler)); }
  void Add(std::string_view method, std::string_view pattern, HttpHandler handler, std::size_t body_bytes = 0);

  Found Find(std::string_view method, const HttpTarget& target) const;
  // All of them, in the order in which they are looked through.
  const std::vector<Route>& routes() const { return routes_; }
  // Methods of all routes, for "OPTIONS *".
  std::string AllMethods() const;
  // The paths that a GET finds without parameters, sorted: "/healthz /metrics".
  std::string Pages() const;

 private:
  std::vector<Route> routes_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_MONITORING_HTTP_ROUTER_H_
