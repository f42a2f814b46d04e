// Session: one connection of the HTTP server. Internal to monitoring/http: Beast's types are seen here.
//
//   Reading -> (Body) -> Handling -> Answering -> Reading ...    until the client or a limit ends it
//                            |           `-----> Lingering       after a refusal, and where the connection closes
//                            `-> Streaming                       Server-Sent Events, to the end of the connection
//
// Everything runs on the server's one I/O thread, but for the handler, which runs on the pool. A session is owned by
// the operations that it waits for: when none follows, its connection closes.
#ifndef WIREWATCH_MONITORING_HTTP_SESSION_INTERNAL_H_
#define WIREWATCH_MONITORING_HTTP_SESSION_INTERNAL_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "monitoring/http/beast_handles.h"
#include "monitoring/http/http_server.h"
#include "monitoring/http/request_head.h"
#include "monitoring/http/router.h"

namespace wirewatch {

class Session;

// What the sessions of a server share. The I/O thread's, but for `io` and `handlers`, and the counts, which anybody
// may read. The order of the members is that of their ends: the pool and the event loop hold sessions, which use the
// rest.
struct SessionPool {
  SessionPool(Router routes, HttpLimits most)
      : router(std::move(routes)), limits(most), handlers(most.handler_threads) {
    work.emplace(io.get_executor());
  }
  ~SessionPool() { work.reset(); }

  const Router router;
  const HttpLimits limits;
  std::list<Session*> all;
  // Those that wait for their client, the longest wait first.
  std::list<Session*> silent;     // to say something
  std::list<Session*> answering;  // to take an answer
  bool stopping = false;
  std::atomic<std::size_t> connections = 0, streams = 0;
  std::atomic<std::uint64_t> slow_streams = 0;
  // Without it the event loop would end when all sessions are with the pool, or an exception ended the only operation.
  std::optional<asio::executor_work_guard<asio::io_context::executor_type>> work;
  asio::io_context io{1};  // one thread
  asio::thread_pool handlers;
};

class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(Tcp::socket socket, SessionPool& pool);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void Start();
  // The connection closes at once; its operations are told so.
  void Close();
  // The server stops: an answer that is under way ends, a stream sends what it holds, and the connection closes.
  void Stop();
  // Nothing of it runs any more: a stream's writers are told.
  void Abandon();

  SteadyTime answering_since() const { return answering_since_; }

 private:
  enum class State : std::uint8_t { kReading, kBody, kHandling, kAnswering, kStreaming, kLingering };
  using Parser = http::request_parser<http::string_body>;
  using Response = http::response<http::string_body>;

  // Head
  void AwaitRequest();
  void ReadHead();
  void OnHeadBytes();
  std::optional<Refusal> ReadHeaders();
  std::optional<HttpResponse> FindRoute();
  // Body
  void ReadBody();
  void ReceiveBody();
  void OnBody(AsioError error);
  // Handler and answer
  void Handle();
  HttpResult CallHandler() const;
  void Answer(HttpResult answer);
  void Refuse(const Refusal& refusal);
  void Send(HttpResponse answer, bool keep_alive);
  void OnSent(AsioError error);
  void BeginLinger();
  void Linger();
  void DropInput();
  // Stream
  void Stream(std::shared_ptr<SseStream> stream);
  void OnWake();
  void Pump();
  void Write(std::vector<SseFrame> frames);
  void LeaveStream(bool slow);

  void Deadline(std::chrono::milliseconds time);
  void OnDeadline();
  void WaitIn(std::list<Session*>& list);
  void EndWait();

  SessionPool& pool_;
  const std::list<Session*>::iterator place_in_all_;
  std::list<Session*>* waits_in_ = nullptr;  // of pool_
  std::list<Session*>::iterator place_;      // there
  SteadyTime answering_since_{};
  Tcp::socket socket_;
  asio::steady_timer timer_;
  std::uint64_t deadline_ = 0;  // the number of the one that counts
  State state_ = State::kReading;
  bool answered_ = false;   // a request, on this connection
  bool began_ = false;      // something of the request has come
  bool timed_out_ = false;  // the read that ends now was cut off
  bool keep_alive_ = false;
  bool writing_ = false;  // frames of the stream

  beast::flat_buffer buffer_;
  std::optional<HeadScanner> head_;
  std::optional<Parser> parser_;
  Framing framing_;
  const Router::Route* route_ = nullptr;
  std::size_t extension_bytes_ = 0;  // of chunks
  std::function<void(std::uint64_t, beast::string_view, AsioError&)> on_chunk_;
  HttpRequest request_;
  std::optional<Response> response_;
  std::optional<http::response_serializer<http::string_body>> serializer_;
  std::shared_ptr<SseStream> stream_;
  std::vector<SseFrame> frames_;  // being written
  std::array<char, 512> dropped_;
  std::size_t dropped_bytes_ = 0;
};

}  // namespace wirewatch

#endif  // WIREWATCH_MONITORING_HTTP_SESSION_INTERNAL_H_
