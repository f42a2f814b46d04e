#include "monitoring/http/http_server.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <exception>
#include <list>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "monitoring/http/beast_handles.h"

namespace wirewatch {
namespace {

constexpr std::chrono::milliseconds kShortestAcceptPause{200}, kLongestAcceptPause{5'000};
constexpr std::chrono::minutes kLogInterval{1};
// After a refusal the client is heard out for a while: closing at once would reset the connection, and the client would
// lose the answer that tells it what is wrong.
constexpr std::chrono::seconds kLinger{2};
constexpr std::size_t kLingerBytes = 256 << 10;

using Request = http::request<http::empty_body>;
using Response = http::response<http::string_body>;

class Session;

struct ServerState {
  std::map<std::string, HttpHandler, std::less<>> handlers;
  HttpLimits limits;
  std::size_t open = 0;  // connections
  // Those of them that wait for their client, the longest wait first.
  std::list<Session*> silent;     // to say something
  std::list<Session*> answering;  // to take an answer
};

Response MakeResponse(http::status status, std::string body) {
  Response response(status, 11);
  response.set(http::field::content_type, "text/plain; charset=utf-8");
  response.body() = std::move(body);
  return response;
}

// Values that reach a header are checked here because Beast's setters let a line break through (response splitting).
bool IsHeaderValue(std::string_view value) {
  return std::none_of(value.begin(), value.end(), [](char c) { return (c >= 0 && c < ' ' && c != '\t') || c == 0x7f; });
}

Response CallHandler(const std::string& path, const HttpHandler& handler) {
  try {
    HttpResponse answer = handler();
    if (answer.status < 200 || answer.status > 599 || !IsHeaderValue(answer.content_type)) {
      log::Error("http answer is malformed path={} status={}", path, answer.status);
      return MakeResponse(http::status::internal_server_error, "This page failed; the log says more.\n");
    }
    Response response = MakeResponse(static_cast<http::status>(answer.status), std::move(answer.body));
    response.set(http::field::content_type, answer.content_type);
    return response;
  } catch (const std::exception& exception) {
    log::Error("http page failed path={} reason={}", path, exception.what());
  } catch (...) {
    log::Error("http page failed path={} reason=unknown", path);
  }
  return MakeResponse(http::status::internal_server_error, "This page failed; the log says more.\n");
}

// "/metrics" of "/metrics?x=1" and of "http://host/metrics" (RFC 9112, section 3.2.2: servers must take both).
std::string_view PathOf(std::string_view target) {
  if (target.starts_with("http://")) {
    const std::size_t path = target.find('/', std::string_view("http://").size());
    target = path == std::string_view::npos ? "/" : target.substr(path);
  }
  return target.substr(0, target.find_first_of("?#"));
}

Response Route(const ServerState& state, const Request& request) {
  if (request.method() != http::verb::get && request.method() != http::verb::head) {
    Response response = MakeResponse(http::status::method_not_allowed, "Only GET and HEAD are answered here.\n");
    response.set(http::field::allow, "GET, HEAD");
    return response;
  }
  const beast::string_view target = request.target();
  const auto page = state.handlers.find(PathOf({target.data(), target.size()}));
  if (page != state.handlers.end()) return CallHandler(page->first, page->second);
  std::string text = "There is no such page. Pages:\n";
  for (const auto& [path, handler] : state.handlers) text += path + "\n";
  return MakeResponse(http::status::not_found, std::move(text));
}

// Why a request whose header has been read is not to be answered.
std::optional<Response> Refuse(const Request& request) {
  // A message with an encoding ends where its encoding says; one we do not know would leave its body to be taken for
  // the next request (request smuggling).
  if (request.count(http::field::transfer_encoding) != 0) {
    return MakeResponse(http::status::bad_request, "No request body is taken here: send no Transfer-Encoding.\n");
  }
  const std::size_t hosts = request.count(http::field::host);
  if (hosts > 1 || (hosts == 0 && request.version() >= 11)) {
    return MakeResponse(http::status::bad_request, "An HTTP/1.1 request has exactly one Host.\n");
  }
  return std::nullopt;
}

// The answer to a header that could not be read; none: the client has gone, or has said nothing.
std::optional<Response> RefuseBroken(AsioError error) {
  if (error == http::error::header_limit || error == http::error::buffer_overflow) {
    return MakeResponse(http::status::request_header_fields_too_large, "The request's header is too long.\n");
  }
  if (error == http::error::body_limit) {
    return MakeResponse(http::status::payload_too_large, "No request body is taken here.\n");
  }
  if (error == http::error::end_of_stream || error == http::error::partial_message) return std::nullopt;
  if (error.category() == http::make_error_code(http::error::bad_method).category()) {
    return MakeResponse(http::status::bad_request, "This is not an HTTP/1.1 request: " + error.message() + ".\n");
  }
  return std::nullopt;
}

// One connection: waits for a request, reads its header, answers, and again. Owned by the operation it waits for; when
// that is not followed by another the connection closes. Every part of an exchange has its time limit.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(Tcp::socket socket, ServerState& state)
      : state_(state), stream_(std::move(socket)), buffer_(state.limits.header_bytes + kPipelined) {
    ++state_.open;
  }
  ~Session() {
    EndWait();
    --state_.open;
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // Ends when what it waits for is told so.
  void Evict() {
    EndWait();
    stream_.close();
  }

  SteadyTime answering_since() const { return answering_since_; }

  void ReadHeader() {
    WaitIn(state_.silent);
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(state_.limits.header_bytes));
    parser_->body_limit(0);
    stream_.expires_after(state_.limits.header);
    http::async_read_header(stream_, buffer_, *parser_,
                            beast::bind_front_handler(&Session::OnHeader, shared_from_this()));
  }

 private:
  static constexpr std::size_t kPipelined = 4 << 10;  // of the next requests, read along with a header

  void AwaitRequest() {
    if (buffer_.size() > 0) return ReadHeader();  // pipelined: it is here already
    WaitIn(state_.silent);
    stream_.expires_after(state_.limits.idle);
    stream_.async_read_some(buffer_.prepare(kPipelined),
                            [self = shared_from_this()](AsioError error, std::size_t bytes) {
                              if (error) return;
                              self->buffer_.commit(bytes);
                              self->ReadHeader();
                            });
  }

  // One that waits in the list already goes on waiting: a header that comes byte by byte is a silence as well.
  void WaitIn(std::list<Session*>& list) {
    if (waits_in_ == &list) return;
    EndWait();
    waits_in_ = &list;
    place_ = list.insert(list.end(), this);
  }
  void EndWait() {
    if (waits_in_ != nullptr) waits_in_->erase(place_);
    waits_in_ = nullptr;
  }

  void OnHeader(AsioError error, std::size_t) {
    EndWait();
    if (error) {
      if (std::optional<Response> refusal = RefuseBroken(error)) WriteLast(*std::move(refusal));
      return;
    }
    const Request& request = parser_->get();
    if (std::optional<Response> refusal = Refuse(request)) return WriteLast(*std::move(refusal));
    Write(Route(state_, request), request.method() == http::verb::head, parser_->keep_alive());
  }

  void WriteLast(Response response) { Write(std::move(response), false, false); }

  void Write(Response response, bool head, bool keep_alive) {
    response.set("X-Content-Type-Options", "nosniff");
    response.set(http::field::cache_control, "no-store");
    response.keep_alive(keep_alive);
    response.content_length(response.body().size());
    response_ = std::move(response);
    serializer_.emplace(*response_);
    answering_since_ = SteadyNow();
    WaitIn(state_.answering);
    stream_.expires_after(state_.limits.write);
    auto written = [self = shared_from_this(), keep_alive](AsioError error, std::size_t) {
      if (error) return;
      if (keep_alive) {
        self->AwaitRequest();
      } else {
        self->HearOut();
      }
    };
    if (head) {
      http::async_write_header(stream_, *serializer_, std::move(written));
    } else {
      http::async_write(stream_, *serializer_, std::move(written));
    }
  }

  void HearOut() {
    AsioError ignored;  // the client may have closed already
    stream_.socket().shutdown(Tcp::socket::shutdown_send, ignored);
    WaitIn(state_.silent);
    stream_.expires_after(kLinger);
    DropInput();
  }

  void DropInput() {
    stream_.async_read_some(asio::buffer(dropped_), [self = shared_from_this()](AsioError error, std::size_t bytes) {
      self->dropped_bytes_ += bytes;
      if (!error && self->dropped_bytes_ < kLingerBytes) self->DropInput();
    });
  }

  ServerState& state_;
  std::list<Session*>* waits_in_ = nullptr;  // of state_
  std::list<Session*>::iterator place_;      // there
  SteadyTime answering_since_{};
  beast::tcp_stream stream_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::empty_body>> parser_;
  std::optional<Response> response_;
  std::optional<http::response_serializer<http::string_body>> serializer_;
  std::array<char, 4096> dropped_;
  std::size_t dropped_bytes_ = 0;
};

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
  std::uint16_t number = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (error != std::errc() || end != port.data() + port.size()) return invalid("the port is not a number up to 65535");
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
  ServerState state;       // outlives the sessions, which the context owns
  asio::io_context io{1};  // one thread
  // Without it an exception in the only handler there is would stop the context.
  asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
  Tcp::acceptor acceptor{io};
  asio::steady_timer pause{io};
  std::uint16_t port = 0;
  std::string url;
  bool accepting = false;                     // a wait for the next connection is under way
  std::chrono::milliseconds accept_pause{0};  // 0: the last accept did not fail
  std::optional<HttpMetrics> metrics;
  std::size_t untold_evicted = 0, untold_refused = 0;
  SteadyTime told_at{};
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
      if (error == asio::error::operation_aborted) return;
      if (error) return AcceptLater(error);
      if (std::exchange(accept_pause, {}).count() != 0) log::Info("http accepts connections again");
      if (HasRoom()) {
        std::make_shared<Session>(std::move(socket), state)->ReadHeader();
      } else {
        TurnAway(socket);
      }
      Accept();
    });
    accepting = true;
  }

  // Makes room where it can.
  bool HasRoom() {
    if (state.open < state.limits.connections) return true;
    const bool silence = !state.silent.empty();
    const bool evicts =
        silence || (!state.answering.empty() &&
                    SteadyNow() - state.answering.front()->answering_since() >= state.limits.answer_patience);
    if (evicts) (silence ? state.silent : state.answering).front()->Evict();
    ++(silence ? untold_evicted : untold_refused);
    if (metrics) (silence ? metrics->silent : metrics->too_many).Increment();
    if (told_at == SteadyTime() || SteadyNow() - told_at >= kLogInterval) {
      told_at = SteadyNow();
      log::Warn("http has all of its connections in use limit={} silent ones closed={} others closed or turned away={}",
                state.limits.connections, std::exchange(untold_evicted, 0), std::exchange(untold_refused, 0));
    }
    return evicts;
  }

  // Such as: no file descriptor is free. Trying again at once would spin.
  void AcceptLater(AsioError error) {
    if (accept_pause.count() == 0) log::Warn("http accept failed, and is tried again reason={}", error.message());
    accept_pause = std::clamp(2 * accept_pause, kShortestAcceptPause, kLongestAcceptPause);
    pause.expires_after(accept_pause);
    pause.async_wait([this](AsioError) {
      accepting = false;
      Accept();
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
        if (!accepting) Accept();
        io.run();
      } catch (const std::exception& exception) {
        log::Error("http connection failed reason={}", exception.what());
      }
    }
  }
};

HttpServer::HttpServer(std::unique_ptr<Rep> rep) : rep_(std::move(rep)) {}

Result<std::unique_ptr<HttpServer>> HttpServer::Start(std::string_view listen,
                                                      std::map<std::string, HttpHandler> handlers, HttpLimits limits,
                                                      std::optional<HttpMetrics> metrics) {
  try {
    auto rep = std::make_unique<Rep>();
    for (auto& [path, handler] : handlers) rep->state.handlers.emplace(path, std::move(handler));
    rep->state.limits = limits;
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
  rep_->io.stop();
  rep_->thread.join();
}

std::uint16_t HttpServer::port() const { return rep_->port; }
std::string HttpServer::url() const { return rep_->url; }

}  // namespace wirewatch
