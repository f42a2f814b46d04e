// What a handler is given and what it answers: values, without Beast and without a socket.
#ifndef WIREWATCH_MONITORING_HTTP_HTTP_MESSAGE_H_
#define WIREWATCH_MONITORING_HTTP_HTTP_MESSAGE_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "monitoring/http/sse.h"

namespace wirewatch {

struct HttpField {
  std::string name;
  std::string value;
};
using HttpFields = std::vector<HttpField>;

// The value of the first field of that name; none: there is no such field.
std::optional<std::string_view> Find(const HttpFields& fields, std::string_view name);

// A request that the server has taken: complete, within the limits, its path and query decoded to valid UTF-8.
struct HttpRequest {
  std::string method;  // "GET", "HEAD", "POST"; case matters
  std::string path;    // decoded, without the query: "/api/stories/{id}" was met by "/api/stories/7"
  HttpFields params;   // {id} of the route's pattern, in its order
  HttpFields query;    // ?name=value, decoded, in order; a name may come twice
  HttpFields headers;  // as sent, but for the trailers of a chunked body, which are dropped
  HttpFields cookies;  // of all Cookie headers
  std::string body;    // bytes; of a chunked body what was in the chunks
  std::string peer;    // the client's address without its port: "192.0.2.7", "::1"; of a proxy, if there is one

  std::optional<std::string_view> Header(std::string_view name) const;  // the first of that name, in whatever case
  std::optional<std::string_view> Query(std::string_view name) const { return Find(query, name); }
  std::optional<std::string_view> Cookie(std::string_view name) const { return Find(cookies, name); }
  // REQUIRES: the route's pattern has this parameter.
  std::string_view Param(std::string_view name) const { return Find(params, name).value(); }
};

struct HttpResponse {
  unsigned status = 200;  // 200 to 599
  std::string content_type = "text/plain; charset=utf-8";
  std::string body = {};
  // Others, such as Location or Set-Cookie. Not Content-Type, nor those by which the connection is framed
  // (Content-Length, Transfer-Encoding, Connection): the server sets them.
  HttpFields headers = {};
};

// The server sends a response, or goes on as a stream of events (Server-Sent Events): see sse.h.
using HttpResult = std::variant<HttpResponse, std::shared_ptr<SseStream>>;

// An error as application/problem+json (RFC 9457): {"type":"about:blank","title":"Not Found","status":404,"detail":..}.
// `detail` is a sentence for people. Bytes that are not UTF-8 become U+FFFD.
HttpResponse Problem(unsigned status, std::string_view detail);

// The phrase of a status ("Not Found"); of one without a phrase "".
std::string_view ReasonPhrase(unsigned status);

// Header names and values as RFC 9110, section 5.5, allows them: no line break can split an answer in two.
bool IsHttpToken(std::string_view text);
bool IsHttpFieldValue(std::string_view text);

// The server may send this response as it is.
bool IsWellFormed(const HttpResponse& response);

// "a=1; b=2": what is not name=value is left out.
void ParseCookies(std::string_view header, HttpFields& cookies);

}  // namespace wirewatch

#endif  // WIREWATCH_MONITORING_HTTP_HTTP_MESSAGE_H_
