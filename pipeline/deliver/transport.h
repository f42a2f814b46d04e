// Transport: carries HTTP requests and mail to other machines, without waiting for them. connectors/http_client has the
// one for the network (libcurl); tests have their own.
#ifndef WIREWATCH_PIPELINE_DELIVER_TRANSPORT_H_
#define WIREWATCH_PIPELINE_DELIVER_TRANSPORT_H_

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace wirewatch {

struct HttpCall {
  std::string method = "POST";
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;  // a line break or NUL in one refuses the call
  std::string body;
};

struct MailCall {
  std::string from;                                          // envelope sender: an address
  std::vector<std::string> to;                               // envelope recipients: addresses
  std::vector<std::pair<std::string, std::string>> headers;  // From, To, Subject, Message-ID ...: text in UTF-8,
                                                             // encoded (RFC 2047) by the transport where need be
  std::string text;                                          // of the message, UTF-8
  std::string html;                                          // empty: text alone
};

using Call = std::variant<HttpCall, MailCall>;

// How a call ended.
struct CallAnswer {
  enum class Kind {
    kAnswered,    // `status` says what
    kNotReached,  // no connection, a broken one, a time-out: nobody knows whether it was taken
    kNotAllowed,  // refused before anything was sent: an address that the guard does not let through, a header with a
                  // line break, a scheme that is none of ours
  };
  Kind kind = Kind::kNotReached;
  int status = 0;    // HTTP status, or SMTP reply code
  std::string text;  // begin of the answer, or what went wrong, for people; at most 1 KiB, without secrets
  std::optional<std::chrono::seconds> retry_after;  // the header, or what the service says in its body
  std::vector<std::string> refused;                 // of mail: recipients that were refused while others were taken
};

// Threads: Start by any; `done` is called once, by a thread of the transport, and must not block.
class Transport {
 public:
  virtual ~Transport() = default;

  virtual void Start(Call call, std::function<void(CallAnswer)> done) = 0;
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_DELIVER_TRANSPORT_H_
