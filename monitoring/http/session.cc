#include <exception>
#include <limits>

#include "base/log.h"
#include "base/text/ascii.h"
#include "monitoring/http/session_internal.h"

namespace wirewatch {
namespace {

constexpr log::Module kLog("http");

// After a refusal the client is heard out for a while: closing at once would reset the connection, and the client would
// lose the answer that tells it what is wrong.
constexpr std::chrono::seconds kLinger{2};
constexpr std::size_t kLingerBytes = 256 << 10;
constexpr std::size_t kReadBytes = 4 << 10;       // of a request at once; and of the next ones, read along with it
constexpr std::size_t kExtensionBytes = 4 << 10;  // of all chunks of a body: nobody uses them
constexpr std::size_t kFramesAtOnce = 64;

constexpr std::string_view kStreamHead =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\nX-Content-Type-Options: "
    "nosniff\r\n"
    "X-Accel-Buffering: no\r\nConnection: close\r\n\r\n";

HttpResponse Failed() { return Problem(500, "This page failed; the log says more."); }

bool IsHttpError(AsioError error) {
  return error.category() == http::make_error_code(http::error::bad_method).category() &&
         error != http::error::end_of_stream && error != http::error::partial_message;
}

// What a handler answered, on its way to the I/O thread. If the event loop ends before it arrives, nobody will ever
// take what a stream holds: its writers are told.
class AnswerUnderWay {
 public:
  explicit AnswerUnderWay(HttpResult answer) : answer_(std::move(answer)) {}
  AnswerUnderWay(AnswerUnderWay&&) = default;
  AnswerUnderWay& operator=(AnswerUnderWay&&) = delete;
  ~AnswerUnderWay() {
    const auto* const stream = std::get_if<std::shared_ptr<SseStream>>(&answer_);
    if (stream != nullptr && *stream != nullptr) (*stream)->Detach();
  }
  HttpResult Take() { return std::move(answer_); }

 private:
  HttpResult answer_;  // of one that was moved or taken the stream is null
};

std::string_view View(beast::string_view text) { return {text.data(), text.size()}; }

}  // namespace

Session::Session(Tcp::socket socket, SessionPool& pool)
    : pool_(pool),
      place_in_all_(pool.all.insert(pool.all.end(), this)),
      socket_(std::move(socket)),
      timer_(pool.io),
      buffer_(pool.limits.header_bytes + kReadBytes) {
  ++pool_.connections;
  on_chunk_ = [this](std::uint64_t, beast::string_view extension, AsioError& error) {
    extension_bytes_ += extension.size();
    if (extension_bytes_ > kExtensionBytes) error = http::error::bad_chunk_extension;
  };
}

Session::~Session() {
  LeaveStream(false);
  EndWait();
  pool_.all.erase(place_in_all_);
  --pool_.connections;
  if (pool_.stopping && pool_.all.empty()) pool_.io.stop();
}

void Session::Start() {
  AsioError ignored;  // an event of a stream goes out without waiting for the next; else it only comes later
  socket_.set_option(Tcp::no_delay(true), ignored);
  const auto peer = socket_.remote_endpoint(ignored);
  if (!ignored) request_.peer = peer.address().to_string();
  AwaitRequest();
}

void Session::Close() {
  LeaveStream(false);
  EndWait();
  timer_.cancel();
  AsioError ignored;
  socket_.close(ignored);
}

void Session::Stop() {
  switch (state_) {
    case State::kReading:
    case State::kBody: return Close();
    case State::kHandling:
    case State::kAnswering: keep_alive_ = false; return;
    case State::kStreaming: stream_->Close(); return;
    case State::kLingering: return;
  }
}

void Session::Abandon() { LeaveStream(false); }

// ------------------------------------------------------------------------------------------------------------- head

void Session::AwaitRequest() {
  state_ = State::kReading;
  head_.emplace(pool_.limits.request_line_bytes, pool_.limits.header_bytes);
  parser_.reset();
  framing_ = {};
  route_ = nullptr;
  extension_bytes_ = 0;
  std::string peer = std::move(request_.peer);
  request_ = {};
  request_.peer = std::move(peer);
  began_ = buffer_.size() > 0;
  timed_out_ = false;
  WaitIn(pool_.silent);
  Deadline(began_ || !answered_ ? pool_.limits.header : pool_.limits.idle);
  if (began_) return OnHeadBytes();  // pipelined: it may be here already
  ReadHead();
}

void Session::ReadHead() {
  // The scanner refuses a head before it fills the buffer: there is always room.
  socket_.async_read_some(buffer_.prepare(std::min(kReadBytes, buffer_.max_size() - buffer_.size())),
                          [self = shared_from_this()](AsioError error, std::size_t bytes) {
                            if (self->timed_out_) {
                              return self->Refuse({408, "The request's header took too long."});
                            }
                            if (error) return;
                            self->buffer_.commit(bytes);
                            if (!std::exchange(self->began_, true)) self->Deadline(self->pool_.limits.header);
                            self->OnHeadBytes();
                          });
}

void Session::OnHeadBytes() {
  const auto bytes = buffer_.cdata();
  if (auto refusal = head_->Scan({static_cast<const char*>(bytes.data()), bytes.size()})) return Refuse(*refusal);
  if (!head_->complete()) return ReadHead();
  EndWait();
  if (auto refusal = ReadHeaders()) return Refuse(*refusal);
  if (auto own = FindRoute()) return Send(*std::move(own), keep_alive_ && !framing_.has_body());
  if (!framing_.has_body()) return Handle();
  if (route_->body_bytes == 0) return Refuse({413, "No request body is taken here."});
  if (framing_.length > route_->body_bytes) return Refuse({413, "The request's body is too large."});
  ReadBody();
}

// What is refused leaves the connection in a state that cannot be trusted: it closes.
std::optional<Refusal> Session::ReadHeaders() {
  parser_.emplace();
  parser_->header_limit(std::numeric_limits<std::uint32_t>::max());  // the scanner has measured it
  parser_->body_limit(std::numeric_limits<std::uint64_t>::max());    // the route's comes later
  AsioError error;
  const auto* const begin = static_cast<const char*>(buffer_.cdata().data());
  parser_->put(asio::buffer(begin + head_->begin(), head_->end() - head_->begin()), error);
  if (!error && !parser_->is_header_done()) error = http::error::bad_field;
  if (error) return Refusal{400, "This is not an HTTP/1.1 request: " + error.message() + "."};
  buffer_.consume(head_->end());

  const auto& head = parser_->get();
  request_.method = std::string(View(head.method_string()));
  for (const auto& field : head) {
    request_.headers.push_back({std::string(View(field.name_string())), std::string(View(field.value()))});
  }
  const HttpVersion version = head.version() >= 11 ? HttpVersion::k11 : HttpVersion::k10;
  if (auto refusal = ReadFraming(request_.headers, version, framing_)) return refusal;
  keep_alive_ = parser_->keep_alive() && !pool_.stopping;
  return std::nullopt;
}

// What the router answers itself; none: there is a route.
std::optional<HttpResponse> Session::FindRoute() {
  const std::string_view line = View(parser_->get().target());
  const bool options = request_.method == "OPTIONS";
  if (options && line == "*") {
    return HttpResponse{.status = 204, .headers = {{"Allow", pool_.router.AllMethods()}}};
  }
  Result<HttpTarget> target = ParseTarget(line);
  if (!target) return Problem(400, target.error().message);
  Router::Found found = pool_.router.Find(request_.method, *target);
  if (found.route == nullptr) {
    if (found.allowed.empty()) return Problem(404, "There is no such page. Pages: " + pool_.router.Pages());
    HttpResponse own = options
                           ? HttpResponse{.status = 204}
                           : Problem(405, "This page answers no " + request_.method + ", but " + found.allowed + ".");
    own.headers.push_back({"Allow", std::move(found.allowed)});
    return own;
  }
  route_ = found.route;
  request_.path = std::move(target->path);
  request_.query = std::move(target->query);
  request_.params = std::move(found.params);
  for (const HttpField& field : request_.headers) {
    if (EqualsInAnyCase(field.name, "cookie")) ParseCookies(field.value, request_.cookies);
  }
  return std::nullopt;
}

// ------------------------------------------------------------------------------------------------------------- body

void Session::ReadBody() {
  state_ = State::kBody;
  parser_->body_limit(route_->body_bytes);
  if (framing_.chunked) parser_->on_chunk_header(on_chunk_);
  WaitIn(pool_.silent);
  Deadline(pool_.limits.body);
  if (!framing_.awaits_continue || buffer_.size() > 0) return ReceiveBody();
  static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
  asio::async_write(socket_, asio::buffer(kContinue.data(), kContinue.size()),
                    [self = shared_from_this()](AsioError error, std::size_t) {
                      if (!error && !self->timed_out_) self->ReceiveBody();
                    });
}

void Session::ReceiveBody() {
  http::async_read(socket_, buffer_, *parser_,
                   [self = shared_from_this()](AsioError error, std::size_t) { self->OnBody(error); });
}

void Session::OnBody(AsioError error) {
  EndWait();
  if (timed_out_) return Refuse({408, "The request's body took too long."});
  if (error == http::error::body_limit) return Refuse({413, "The request's body is too large."});
  if (error == http::error::buffer_overflow) return Refuse({400, "A chunk's line or the trailers are too long."});
  if (IsHttpError(error)) return Refuse({400, "The request's body is malformed: " + error.message() + "."});
  if (error) return;
  request_.body = std::move(parser_->get().body());
  Handle();
}

// ----------------------------------------------------------------------------------------------- handler and answer

void Session::Handle() {
  state_ = State::kHandling;
  timer_.cancel();
  ++deadline_;
  asio::post(pool_.handlers, [self = shared_from_this()]() mutable {
    AnswerUnderWay answer(self->CallHandler());
    SessionPool& pool = self->pool_;
    // The session must end on the I/O thread: it goes back there with its last owner.
    asio::post(pool.io,
               [owner = std::move(self), answer = std::move(answer)]() mutable { owner->Answer(answer.Take()); });
  });
}

HttpResult Session::CallHandler() const {
  try {
    HttpResult answer = route_->handler(request_);
    const HttpResponse* const response = std::get_if<HttpResponse>(&answer);
    if (response == nullptr || IsWellFormed(*response)) return answer;
    kLog.Error("http answer is malformed", {{"path", route_->pattern}, {"status", response->status}});
  } catch (const std::exception& exception) {
    kLog.Error("http page failed", {{"path", route_->pattern}, {"reason", exception.what()}});
  } catch (...) {
    kLog.Error("http page failed", {{"path", route_->pattern}, {"reason", "unknown"}});
  }
  return Failed();
}

void Session::Answer(HttpResult answer) {
  if (HttpResponse* const response = std::get_if<HttpResponse>(&answer)) {
    return Send(std::move(*response), keep_alive_);
  }
  std::shared_ptr<SseStream> stream = std::get<std::shared_ptr<SseStream>>(std::move(answer));
  if (stream == nullptr) return Send(Failed(), keep_alive_);
  if (request_.method == "HEAD") {
    stream->Detach();
    return Send({.content_type = "text/event-stream"}, false);
  }
  if (pool_.stopping || pool_.streams >= pool_.limits.streams) {
    stream->Detach();
    HttpResponse busy = Problem(503, "Too many streams are open.");
    busy.headers.push_back({"Retry-After", "5"});
    return Send(std::move(busy), keep_alive_);
  }
  Stream(std::move(stream));
}

void Session::Refuse(const Refusal& refusal) {
  EndWait();
  Send(Problem(refusal.status, refusal.detail), false);
}

void Session::Send(HttpResponse answer, bool keep_alive) {
  Response response(static_cast<http::status>(answer.status), 11);
  if (answer.status != 204) response.set(http::field::content_type, answer.content_type);
  response.set("X-Content-Type-Options", "nosniff");
  response.set(http::field::cache_control, "no-store");
  for (const HttpField& field : answer.headers) {
    if (EqualsInAnyCase(field.name, "cache-control")) response.erase(http::field::cache_control);
  }
  for (const HttpField& field : answer.headers) response.insert(field.name, field.value);
  response.body() = std::move(answer.body);
  keep_alive_ = keep_alive && !pool_.stopping;
  response.keep_alive(keep_alive_);
  const bool no_body = answer.status == 204 || answer.status == 304;
  if (no_body) {
    response.body().clear();
  } else {
    response.content_length(response.body().size());
  }
  response_ = std::move(response);
  serializer_.emplace(*response_);
  state_ = State::kAnswering;
  answering_since_ = SteadyNow();
  WaitIn(pool_.answering);
  Deadline(pool_.limits.write);
  auto sent = [self = shared_from_this()](AsioError error, std::size_t) { self->OnSent(error); };
  if (request_.method == "HEAD" || no_body) {
    http::async_write_header(socket_, *serializer_, std::move(sent));
  } else {
    http::async_write(socket_, *serializer_, std::move(sent));
  }
}

void Session::OnSent(AsioError error) {
  EndWait();
  if (error) return;
  answered_ = true;
  serializer_.reset();
  response_.reset();
  if (keep_alive_) {
    AwaitRequest();
  } else {
    Linger();
  }
}

void Session::BeginLinger() {
  state_ = State::kLingering;
  AsioError ignored;  // the client may have closed already
  socket_.shutdown(Tcp::socket::shutdown_send, ignored);
  WaitIn(pool_.silent);
  Deadline(kLinger);
}

void Session::Linger() {
  BeginLinger();
  DropInput();
}

// What a client says after its last request; of a stream its end, by which we learn that the viewer has gone.
void Session::DropInput() {
  socket_.async_read_some(asio::buffer(dropped_), [self = shared_from_this()](AsioError error, std::size_t bytes) {
    self->dropped_bytes_ += bytes;
    if (error || self->dropped_bytes_ >= kLingerBytes) return self->Close();
    self->DropInput();
  });
}

// ----------------------------------------------------------------------------------------------------------- stream

void Session::Stream(std::shared_ptr<SseStream> stream) {
  state_ = State::kStreaming;
  ++pool_.streams;
  stream_ = std::move(stream);
  // A viewer stays for hours: what its request needed goes.
  parser_.reset();
  buffer_.clear();
  buffer_.shrink_to_fit();
  request_ = {};
  DropInput();
  static const auto head = std::make_shared<const std::string>(kStreamHead);
  Write({head});
  stream_->Attach([&io = pool_.io, weak = weak_from_this()] {
    asio::post(io, [weak] {
      if (const auto self = weak.lock()) self->OnWake();
    });
  });
}

void Session::OnWake() {
  if (state_ != State::kStreaming) return;
  if (stream_->overflowed()) {
    LeaveStream(true);
    return Close();
  }
  if (!writing_) Pump();
}

void Session::Pump() {
  SseStream::Taken taken = stream_->Take(kFramesAtOnce);
  if (!taken.frames.empty()) return Write(std::move(taken.frames));
  if (!taken.last) return Deadline(pool_.limits.stream_comment);
  // Its read goes on, as that of any client which is heard out.
  LeaveStream(false);
  BeginLinger();
}

void Session::Write(std::vector<SseFrame> frames) {
  frames_ = std::move(frames);
  writing_ = true;
  std::vector<asio::const_buffer> buffers;
  for (const SseFrame& frame : frames_) buffers.push_back(asio::buffer(*frame));
  Deadline(pool_.limits.write);
  asio::async_write(socket_, buffers, [self = shared_from_this()](AsioError error, std::size_t) {
    self->writing_ = false;
    self->frames_.clear();
    if (self->state_ != State::kStreaming) return;
    if (error || self->stream_->overflowed()) {
      self->LeaveStream(!error);
      return self->Close();
    }
    self->Pump();
  });
}

void Session::LeaveStream(bool slow) {
  if (stream_ == nullptr) return;
  stream_->Detach();
  stream_.reset();
  state_ = State::kLingering;  // whatever of the stream is still under way, a write or a wake, finds none
  --pool_.streams;
  if (slow) ++pool_.slow_streams;
}

// ----------------------------------------------------------------------------------------------------------- limits

void Session::Deadline(std::chrono::milliseconds time) {
  timer_.expires_after(time);
  timer_.async_wait([weak = weak_from_this(), number = ++deadline_](AsioError error) {
    if (error) return;
    // One that was put off just when it was over does not count.
    if (const auto self = weak.lock(); self && self->deadline_ == number) self->OnDeadline();
  });
}

void Session::OnDeadline() {
  AsioError ignored;
  switch (state_) {
    case State::kReading:
      if (!began_) return Close();  // it has asked nothing, and needs no answer
      timed_out_ = true;
      socket_.cancel(ignored);
      return;
    case State::kBody:
      timed_out_ = true;
      socket_.cancel(ignored);
      return;
    case State::kHandling: return;
    case State::kStreaming:
      if (!writing_) {
        static const auto comment = std::make_shared<const std::string>(":\n\n");
        return Write({comment});
      }
      LeaveStream(true);
      return Close();
    case State::kAnswering:
    case State::kLingering: return Close();
  }
}

// One that waits in the list already goes on waiting: a header that comes byte by byte is a silence as well.
void Session::WaitIn(std::list<Session*>& list) {
  if (waits_in_ == &list) return;
  EndWait();
  waits_in_ = &list;
  place_ = list.insert(list.end(), this);
}

void Session::EndWait() {
  if (waits_in_ != nullptr) waits_in_->erase(place_);
  waits_in_ = nullptr;
}

}  // namespace wirewatch
