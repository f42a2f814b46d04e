#include "monitoring/http/http_server.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "base/backoff.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/text/numbers.h"
#include "monitoring/http/beast_handles.h"
#include "monitoring/http/session_internal.h"

namespace wirewatch {
namespace {

constexpr log::Module kLog("http");

constexpr std::chrono::milliseconds kShortestAcceptPause{200}, kLongestAcceptPause{5'000};
constexpr std::chrono::minutes kLogInterval{1};
struct Address {
  std::string host;
  std::string port;
};

Result<Address> ParseAddress(std::string_view listen) {
  const auto invalid = [&](std::string_view why) {
    return Error{ErrorCode::kInvalid, fmt::format("'{}' is no address to listen on: {}; write host:port, such as "
                                                  "127.0.0.1:9464 or [::1]:9464",
                                                  listen, why)};
  };
  const std::size_t colon = listen.rfind(':');
  if (colon == std::string_view::npos) return invalid("it has no port");
  std::string_view host = listen.substr(0, colon);
  const std::string_view port = listen.substr(colon + 1);
  if (!ParseNumber<std::uint16_t>(port)) return invalid("the port is not a number up to 65535");
  if (host.empty()) return invalid("it has no host (0.0.0.0 stands for every interface)");
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return invalid("an IPv6 host stands in brackets");
  }
  return Address{std::string(host), std::string(port)};
}

Error CannotListen(std::string_view listen, AsioError error) {
  if (error == asio::error::address_in_use) {
    return {ErrorCode::kUnavailable,
            fmt::format("cannot listen on {}: another process holds this port; stop it, or choose "
                        "another monitoring.listen (port 0: any free one)",
                        listen)};
  }
  std::string_view help = "choose another monitoring.listen";
  if (error == asio::error::access_denied)
    help = "ports below 1024 need a privilege; choose a higher monitoring.listen";
  if (error == asio::error::no_descriptors) help = "raise the limit of open files (ulimit -n)";
  return {ErrorCode::kIo, fmt::format("cannot listen on {}: {}; {}", listen, error.message(), help)};
}

AsioError Open(Tcp::acceptor& acceptor, const Tcp::endpoint& endpoint) {
  AsioError error;
  if (acceptor.is_open()) acceptor.close(error);
  acceptor.open(endpoint.protocol(), error);
  // A restart may take the port over while connections of the process before still time out.
  if (!error) acceptor.set_option(Tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  return error;
}

}  // namespace

struct HttpServer::Rep {
  Rep(Router router, HttpLimits limits) : sessions(std::move(router), limits) {}

  SessionPool sessions;
  asio::io_context& io = sessions.io;
  Tcp::acceptor acceptor{io};
  asio::steady_timer pause{io};
  std::uint16_t port = 0;
  std::string url;
  bool accepting = false;      // a wait for the next connection is under way
  bool accept_failed = false;  // the last one
  Backoff accept_backoff{kShortestAcceptPause, kLongestAcceptPause};
  std::optional<HttpMetrics> metrics;
  std::size_t untold_evicted = 0, untold_refused = 0;
  SteadyTime told_at{};
  asio::steady_timer patience{io};  // with what is under way when the server stops
  std::thread thread;

  Status Listen(std::string_view listen) {
    Result<Address> address = ParseAddress(listen);
    if (!address) return std::move(address).error();
    AsioError error;
    Tcp::resolver resolver(io);
    const auto found = resolver.resolve(address->host, address->port, Tcp::resolver::passive, error);
    if (error) return CannotListen(listen, error);
    // A name may have addresses of both kinds; most clients try IPv4 when they are told "localhost".
    std::vector<Tcp::endpoint> endpoints(found.begin(), found.end());
    std::stable_partition(endpoints.begin(), endpoints.end(), [](const auto& e) { return e.address().is_v4(); });
    for (const Tcp::endpoint& endpoint : endpoints) {
      error = Open(acceptor, endpoint);
      if (!error || error == asio::error::address_in_use) break;
    }
    if (error) return CannotListen(listen, error);
    const Tcp::endpoint bound = acceptor.local_endpoint(error);
    if (error) return CannotListen(listen, error);
    port = bound.port();
    const std::string host = bound.address().to_string();
    url = bound.address().is_v6() ? fmt::format("http://[{}]:{}", host, port) : fmt::format("http://{}:{}", host, port);
    return {};
  }

  void Accept() {
    acceptor.async_accept([this](AsioError error, Tcp::socket socket) {
      accepting = false;
      if (error == asio::error::operation_aborted || sessions.stopping) return;
      if (error) return AcceptLater(error);
      if (std::exchange(accept_failed, false)) {
        accept_backoff.Reset();
        kLog.Info("http accepts connections again");
      }
      if (HasRoom()) {
        std::make_shared<Session>(std::move(socket), sessions)->Start();
      } else {
        TurnAway(socket);
      }
      Accept();
    });
    accepting = true;
  }

  // Makes room where it can.
  bool HasRoom() {
    if (sessions.all.size() < sessions.limits.connections) return true;
    const bool silence = !sessions.silent.empty();
    const bool evicts =
        silence || (!sessions.answering.empty() &&
                    SteadyNow() - sessions.answering.front()->answering_since() >= sessions.limits.answer_patience);
    if (evicts) (silence ? sessions.silent : sessions.answering).front()->Close();
    ++(silence ? untold_evicted : untold_refused);
    if (metrics) (silence ? metrics->silent : metrics->too_many).Increment();
    if (told_at == SteadyTime() || SteadyNow() - told_at >= kLogInterval) {
      told_at = SteadyNow();
      // Closed after a silence; and turned away, or closed in the middle of an answer.
      kLog.Warn("http has all of its connections in use", {{"limit", sessions.limits.connections},
                                                           {"silent_closed", std::exchange(untold_evicted, 0)},
                                                           {"others_refused", std::exchange(untold_refused, 0)}});
    }
    return evicts;
  }

  // Such as: no file descriptor is free. Trying again at once would spin.
  void AcceptLater(AsioError error) {
    if (!std::exchange(accept_failed, true)) {
      kLog.Warn("http accept failed, and is tried again", {{"reason", error.message()}});
    }
    pause.expires_after(accept_backoff.Next());
    pause.async_wait([this](AsioError) {
      accepting = false;
      if (!sessions.stopping) Accept();
    });
    accepting = true;
  }

  static void TurnAway(Tcp::socket& socket) {
    static constexpr std::string_view kBusy =
        "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    AsioError ignored;  // it fits into an empty send buffer; if the client has gone, so be it
    socket.non_blocking(true, ignored);
    socket.write_some(asio::buffer(kBusy), ignored);
    socket.shutdown(Tcp::socket::shutdown_send, ignored);
  }

  // What Asio itself throws (out of memory) ends one connection, not the server: also when it came between one
  // connection and the wait for the next.
  void Serve() {
    while (!io.stopped()) {
      try {
        if (!accepting && !sessions.stopping) Accept();
        io.run();
      } catch (const std::exception& exception) {
        kLog.Error("http connection failed", {{"reason", exception.what()}});
      }
    }
  }

  // The event loop ends when the last session does, or the patience.
  void BeginStop() {
    sessions.stopping = true;
    AsioError ignored;
    acceptor.close(ignored);
    pause.cancel();
    patience.expires_after(sessions.limits.stop);
    patience.async_wait([this](AsioError error) {
      if (!error) io.stop();
    });
    // A session may end while it is told.
    for (auto next = sessions.all.begin(); next != sessions.all.end();) (*next++)->Stop();
    if (sessions.all.empty()) io.stop();
  }
};

HttpServer::HttpServer(std::unique_ptr<Rep> rep) : rep_(std::move(rep)) {}

Result<std::unique_ptr<HttpServer>> HttpServer::Start(std::string_view listen, Router router, HttpLimits limits,
                                                      std::optional<HttpMetrics> metrics) {
  try {
    auto rep = std::make_unique<Rep>(std::move(router), limits);
    rep->metrics = metrics;
    if (Status listening = rep->Listen(listen); !listening) return std::move(listening).error();
    rep->Accept();
    rep->thread = std::thread([server = rep.get()] { server->Serve(); });
    return std::unique_ptr<HttpServer>(new HttpServer(std::move(rep)));
  } catch (const std::exception& exception) {  // no thread, no file descriptor for the event loop
    return Error{ErrorCode::kIo, fmt::format("cannot serve {}: {}", listen, exception.what())};
  }
}

Status HttpServer::CheckAddress(std::string_view listen) {
  const Result<Address> address = ParseAddress(listen);
  return address ? Status() : Status(address.error());
}

HttpServer::~HttpServer() {
  asio::post(rep_->io, [rep = rep_.get()] { rep->BeginStop(); });
  rep_->thread.join();
  // Handlers that have begun end; those that wait are dropped.
  rep_->sessions.handlers.stop();
  rep_->sessions.handlers.join();
  for (Session* const session : rep_->sessions.all) session->Abandon();
}

HttpServer::Usage HttpServer::usage() const {
  const SessionPool& sessions = rep_->sessions;
  return {.connections = sessions.connections, .streams = sessions.streams, .slow_streams = sessions.slow_streams};
}

std::uint16_t HttpServer::port() const { return rep_->port; }
std::string HttpServer::url() const { return rep_->url; }

}  // namespace wirewatch
