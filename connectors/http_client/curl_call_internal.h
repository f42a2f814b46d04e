// CurlCall: one call of CurlTransport, from its checks to its answer. Lives on the transport's thread.
#ifndef WIREWATCH_CONNECTORS_HTTP_CLIENT_CURL_CALL_INTERNAL_H_
#define WIREWATCH_CONNECTORS_HTTP_CLIENT_CURL_CALL_INTERNAL_H_

#include <cstddef>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/http_client/curl_handles.h"
#include "connectors/http_client/curl_transport.h"
#include "connectors/http_client/smtp_dialog.h"
#include "pipeline/deliver/transport.h"

namespace wirewatch {

// Sockets that libcurl has open, so that they can be ended when it would wait for a server's last word.
class OpenSockets {
 public:
  // socket(), remembered; CURL_SOCKET_BAD as libcurl takes it.
  curl_socket_t Open(const curl_sockaddr& address);
  // For CURLOPT_CLOSESOCKETFUNCTION, with an OpenSockets.
  static int Close(void* sockets, curl_socket_t socket);
  // Nothing more is read from any.
  void EndReading();

 private:
  std::set<curl_socket_t> open_;
};

class CurlCall {
 public:
  // Borrows both.
  CurlCall(const CurlTransportOptions& options, OpenSockets& sockets, Call call, std::function<void(CallAnswer)> done);
  // libcurl has its address.
  CurlCall(const CurlCall&) = delete;
  CurlCall& operator=(const CurlCall&) = delete;

  // Checks the call and makes its handle. An answer: it is refused, and has no handle.
  std::optional<CallAnswer> Prepare();
  CURL* handle() const { return easy_.get(); }

  CallAnswer AnswerOf(CURLcode code);
  // Once.
  void Done(CallAnswer answer) { done_(std::move(answer)); }

 private:
  template <typename Value>
  void Set(CURLoption option, Value value);

  std::optional<CallAnswer> PrepareHttp(const HttpCall& call);
  std::optional<CallAnswer> PrepareMail(const MailCall& call);
  CURLcode AddPart(curl_mime* mime, const std::string& text, const char* type);
  CallAnswer HttpAnswer(CURLcode code) const;
  CallAnswer MailAnswer(CURLcode code) const;
  CallAnswer NotReached(CURLcode code) const;
  std::string Sentence(CURLcode code) const;  // what libcurl says of it

  static curl_socket_t OpenSocket(void* call, curlsocktype purpose, curl_sockaddr* address);
  static std::size_t TakeBody(char* bytes, std::size_t one, std::size_t size, void* call);
  static std::size_t TakeHeader(char* bytes, std::size_t one, std::size_t size, void* call);
  static int Listen(CURL* easy, curl_infotype type, char* bytes, std::size_t size, void* call);

  const CurlTransportOptions& options_;
  OpenSockets& sockets_;
  const Call call_;
  const std::function<void(CallAnswer)> done_;

  CurlList headers_, recipients_;
  CurlMime mime_;
  char error_[CURL_ERROR_SIZE] = "";
  CURLcode setting_ = CURLE_OK;  // the first that failed
  std::vector<std::string> secrets_;
  std::string refusal_;          // why the guard let no connection through
  std::size_t connections_ = 0;  // that it let through
  std::size_t header_bytes_ = 0, body_bytes_ = 0;
  bool over_ = false;  // more of a body came than we take
  std::string body_;   // its beginning
  SmtpDialog dialog_;
  CurlEasy easy_;  // last: it goes first, since it uses the others
};

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_HTTP_CLIENT_CURL_CALL_INTERNAL_H_
