// CurlTransport: HTTP requests and mail over the network, by libcurl, all of them on one thread.
//
// HTTP: http and https only; no redirects are followed, no cookies kept, no credentials read from anywhere; TLS is
// verified (1.2 at least). Each connection is judged by the guard after its name was resolved, so that no spelling of
// an address passes. A proxy is used only if it is configured, whatever stands in the environment; then the proxy is
// what sees the addresses, and must refuse them (only addresses that are written out in the URL are judged here). Of an
// answer at most 1 MiB is read.
// Mail: to the one server of the settings, which is the operator's word and needs no guard. Recipients that are refused
// while others are taken are reported (CallAnswer::refused), the mail goes to the others. A refused login, a server
// without STARTTLS and the like are kNotReached: they are mended without the mail being another one.
//
// Each call ends within `timeout`; one that hangs holds up no other. Secrets (paths and queries of URLs, passwords) are
// in no answer's text.
// Threads: Start by any. `done` runs on the transport's thread.
#ifndef WIREWATCH_CONNECTORS_HTTP_CLIENT_CURL_TRANSPORT_H_
#define WIREWATCH_CONNECTORS_HTTP_CLIENT_CURL_TRANSPORT_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "connectors/http_client/address_guard.h"
#include "pipeline/deliver/transport.h"

namespace wirewatch {

struct MailServer {
  enum class Security : std::uint8_t {
    kStartTls,  // required: without it no mail goes out
    kTls,       // from the first byte
    kNone,      // to an address of this machine itself (127.0.0.0/8, ::1) only
  };
  std::string host;
  std::uint16_t port = 587;
  Security security = Security::kStartTls;
  std::string user, password;  // empty: no login
  std::string ehlo;            // what we call ourselves; empty: the machine's name
};

struct CurlTransportOptions {
  AddressGuard guard;   // of HTTP
  std::string proxy;    // of HTTP: "http://proxy.example.org:4750"; empty: none
  std::string ca_file;  // PEM; empty: the system's
  std::string user_agent = "wirewatch";
  std::chrono::milliseconds timeout{30'000};          // of a call, with all it waits for
  std::chrono::milliseconds connect_timeout{10'000};  // of resolving, connecting and TLS
  // Calls over it wait within their timeout, so that some that hang can make others of their host time out: not less
  // than what the caller begins at a time (SenderOptions::most_under_way, most_to_host).
  std::size_t connections = 256, connections_per_host = 32;
  std::optional<MailServer> mail;  // none: mail is kNotAllowed
};

class CurlTransport : public Transport {
 public:
  // kInvalid, kNotFound: the CA file is none or cannot be read. kInternal: libcurl cannot start.
  static Result<std::unique_ptr<CurlTransport>> Create(CurlTransportOptions options);
  // Ends at once: calls under way and those that wait are done with kNotReached before it returns.
  ~CurlTransport() override;
  CurlTransport(const CurlTransport&) = delete;
  CurlTransport& operator=(const CurlTransport&) = delete;

  void Start(Call call, std::function<void(CallAnswer)> done) override;

 private:
  struct Rep;
  explicit CurlTransport(std::unique_ptr<Rep> rep);
  const std::unique_ptr<Rep> rep_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_HTTP_CLIENT_CURL_TRANSPORT_H_
