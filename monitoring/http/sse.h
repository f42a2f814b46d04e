// Server-Sent Events (WHATWG HTML, section 9.2): one viewer's stream, which any thread may write to.
//
// A handler makes a stream, keeps a copy of the pointer for those who write, and answers with it; what is sent before
// the answer is out waits in the stream. The Last-Event-ID of a viewer that came back is a header of its request.
// Bound:   the stream holds at most `queue_bytes` that the viewer has not taken. A viewer that lets more pile up, or
//          takes nothing for HttpLimits::write, is dropped: its connection closes, HttpServer::Usage counts it, and its
//          browser comes back with Last-Event-ID. A writer never waits for a viewer.
// Cost:    a stream without traffic costs no thread; a comment line every HttpLimits::stream_comment shows that both
// ends
//          live. A frame is shared between the streams that it is sent to.
// Threads: all of it is thread-safe. The pointer may outlive the server: the stream is closed then.
#ifndef WIREWATCH_MONITORING_HTTP_SSE_H_
#define WIREWATCH_MONITORING_HTTP_SSE_H_

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wirewatch {

struct SseEvent {
  std::string_view type = {};  // empty: "message". A line break or NUL in type or id becomes a blank.
  std::string_view id = {};    // empty: none
  std::string_view data = {};  // any number of lines
  std::optional<std::chrono::milliseconds> retry = std::nullopt;  // how long a viewer waits before it comes back
};

// An event as it goes over the wire.
using SseFrame = std::shared_ptr<const std::string>;
SseFrame EncodeSse(const SseEvent& event);

class SseStream {
 public:
  static constexpr std::size_t kQueueBytes = 256 << 10;

  explicit SseStream(std::size_t queue_bytes = kQueueBytes) : queue_bytes_(queue_bytes) {}
  SseStream(const SseStream&) = delete;
  SseStream& operator=(const SseStream&) = delete;

  // False: nobody will get it; the viewer has gone, was too slow, or the server stops.
  bool Send(SseFrame frame);
  bool Send(const SseEvent& event) { return Send(EncodeSse(event)); }
  // What was sent goes out, then the connection closes.
  void Close();
  bool closed() const;

  // --- For the server

  // `wake` is called when there is something to take or the viewer was too slow, once until the next Take; under the
  // stream's lock: it must only post.
  void Attach(std::function<void()> wake);
  // Nobody takes any more.
  void Detach();
  bool overflowed() const;  // the viewer was too slow: drop it
  struct Taken {
    std::vector<SseFrame> frames;  // oldest first
    bool last = false;             // nothing comes after them
  };
  Taken Take(std::size_t most);

 private:
  void Wake();  // REQUIRES: the lock is held.

  const std::size_t queue_bytes_;
  mutable std::mutex mutex_;
  std::deque<SseFrame> queue_;
  std::size_t queued_bytes_ = 0;
  bool closed_ = false, overflowed_ = false, woken_ = false;
  std::function<void()> wake_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_MONITORING_HTTP_SSE_H_
