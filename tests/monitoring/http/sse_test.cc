#include "monitoring/http/sse.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "monitoring/http/beast_handles.h"
#include "monitoring/http/http_server.h"
#include "monitoring/http/session_internal.h"
#include "tests/monitoring/http/http_client.h"
#include "tests/support/wait_until.h"

namespace wirewatch {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using testing::AllOf;
using testing::HasSubstr;

TEST(SseEncodingTest, EachLineOfTheDataHasItsField) {
  EXPECT_EQ(*EncodeSse({.data = "one"}), "data: one\n\n");
  EXPECT_EQ(*EncodeSse({}), "data: \n\n");
  EXPECT_EQ(*EncodeSse({.type = "alert", .id = "7", .data = "a\nb\r\nc\rd\n", .retry = 1500ms}),
            "event: alert\nid: 7\nretry: 1500\ndata: a\ndata: b\ndata: c\ndata: d\ndata: \n\n");
}

TEST(SseEncodingTest, NoTypeAndNoIdBeginsAFieldOfItsOwn) {
  EXPECT_EQ(*EncodeSse({.type = "a\ndata: forged", .id = "1\r\n\r\n2\0"s, .data = "x"}),
            "event: a data: forged\nid: 1    2 \ndata: x\n\n");
}

// A page whose viewers are kept, and can be written to.
class SseTest : public testing::Test {
 protected:
  void Start(HttpLimits limits = {}, std::size_t queue_bytes = SseStream::kQueueBytes) {
    Router router;
    router.Get("/events", [this, queue_bytes](const HttpRequest& request) {
      auto stream = std::make_shared<SseStream>(queue_bytes);
      stream->Send({.type = "hello", .data = request.Header("Last-Event-ID").value_or("new")});
      const std::lock_guard lock(mutex_);
      streams_.push_back(stream);
      return stream;
    });
    router.Get("/page", [](const HttpRequest&) { return HttpResponse{.body = "page\n"}; });
    auto started = HttpServer::Start("127.0.0.1:0", std::move(router), limits);
    ASSERT_TRUE(started.has_value()) << started.error().message;
    server_ = *std::move(started);
  }

  // A viewer that has been greeted.
  HttpClient View() {
    HttpClient client(server_->port());
    client.Send("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
    EXPECT_THAT(client.ReceiveUntil("new\n\n"), HasSubstr("event: hello"));
    return client;
  }
  std::shared_ptr<SseStream> LastStream() {
    const std::lock_guard lock(mutex_);
    return streams_.back();
  }

  std::mutex mutex_;
  std::vector<std::shared_ptr<SseStream>> streams_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(SseTest, AStreamBeginsWithWhatItsHandlerSent) {
  Start();
  HttpClient viewer(server_->port());
  ASSERT_TRUE(viewer.Send("GET /events HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: 41\r\n\r\n"));
  const std::string head = viewer.ReceiveUntil("\r\n\r\n");
  EXPECT_THAT(head, AllOf(HasSubstr("HTTP/1.1 200 OK\r\n"), HasSubstr("Content-Type: text/event-stream\r\n"),
                          HasSubstr("Cache-Control: no-store\r\n"), HasSubstr("Connection: close\r\n")));
  EXPECT_EQ(viewer.ReceiveUntil("\n\n"), "event: hello\ndata: 41\n\n");
  ASSERT_TRUE(LastStream()->Send({.id = "42", .data = "next"}));
  EXPECT_EQ(viewer.ReceiveUntil("\n\n"), "id: 42\ndata: next\n\n");
}

TEST_F(SseTest, AStreamEndsBehindWhatWasSent) {
  Start();
  HttpClient viewer = View();
  const auto stream = LastStream();
  for (int i = 0; i < 1'000; ++i) ASSERT_TRUE(stream->Send({.data = std::to_string(i)}));
  stream->Close();
  EXPECT_FALSE(stream->Send({.data = "late"}));
  for (int i = 0; i < 1'000; ++i) ASSERT_EQ(viewer.ReceiveUntil("\n\n"), fmt::format("data: {}\n\n", i));
  EXPECT_TRUE(viewer.ReceiveEnd());
}

TEST_F(SseTest, TwoHundredViewersSeeWhatManyThreadsSend) {
  constexpr int kViewers = 200, kThreads = 4, kEach = 50;
  Start({.connections = 400, .streams = 400});
  std::vector<HttpClient> viewers;
  for (int i = 0; i < kViewers; ++i) {
    viewers.emplace_back(server_->port());
    viewers.back().Send("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
  }
  for (HttpClient& viewer : viewers) ASSERT_THAT(viewer.ReceiveUntil("new\n\n"), HasSubstr("event: hello"));
  EXPECT_EQ(server_->usage().streams, std::size_t{kViewers});
  std::vector<std::thread> writers;
  for (int t = 0; t < kThreads; ++t) {
    writers.emplace_back([this, t] {
      for (int i = 0; i < kEach; ++i) {
        const SseFrame frame = EncodeSse({.type = std::to_string(t), .data = std::to_string(i)});
        const std::lock_guard lock(mutex_);
        for (const auto& stream : streams_) EXPECT_TRUE(stream->Send(frame));
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  for (HttpClient& viewer : viewers) {
    int next[kThreads] = {};
    for (int i = 0; i < kThreads * kEach; ++i) {
      const std::string event = viewer.ReceiveUntil("\n\n");
      ASSERT_GT(event.size(), 7u);
      const int thread = event[7] - '0';
      ASSERT_EQ(event, fmt::format("event: {}\ndata: {}\n\n", thread, next[thread]++)) << "each thread's in order";
    }
  }
  EXPECT_EQ(Get(server_->port(), "/page").status, 200);
  viewers.clear();
  EXPECT_TRUE(WaitUntil([&] { return server_->usage().streams == 0; })) << "the server learns that they have gone";
  EXPECT_FALSE(LastStream()->Send({.data = "nobody"}));
  EXPECT_EQ(server_->usage().slow_streams, 0u);
}

TEST_F(SseTest, AViewerThatNeverReadsIsDroppedAndHoldsUpNobody) {
  Start({.write = 1h}, 64 << 10);
  HttpClient stuck = View();
  const auto slow = LastStream();
  HttpClient viewer = View();
  const auto quick = LastStream();
  const SseFrame frame = EncodeSse({.data = std::string(4'000, 'x')});
  int sent = 0;
  while (slow->Send(frame)) {
    ++sent;
    ASSERT_LT(sent, 1'000'000);
    ASSERT_TRUE(quick->Send({.data = "tick"}));
    ASSERT_EQ(viewer.ReceiveUntil("\n\n"), "data: tick\n\n");
  }
  EXPECT_TRUE(slow->closed());
  EXPECT_TRUE(WaitUntil([&] { return server_->usage().slow_streams == 1; }));
  EXPECT_EQ(server_->usage().streams, 1u);
  EXPECT_TRUE(quick->Send({.data = "tock"}));
  EXPECT_EQ(viewer.ReceiveUntil("\n\n"), "data: tock\n\n");
}

TEST_F(SseTest, AViewerThatTakesNothingForTooLongIsDropped) {
  Start({.write = 50ms}, 64 << 20);
  HttpClient stuck = View();
  const auto stream = LastStream();
  ASSERT_TRUE(stream->Send({.data = std::string(32 << 20, 'x')}));  // more than the sockets' buffers hold
  EXPECT_TRUE(WaitUntil([&] { return server_->usage().slow_streams == 1; }));
  EXPECT_FALSE(stream->Send({.data = "nobody"}));
}

TEST_F(SseTest, ASilentStreamIsKeptOpenWithComments) {
  Start({.header = 20ms, .idle = 20ms, .stream_comment = 20ms});
  HttpClient viewer = View();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(viewer.ReceiveUntil("\n\n"), ":\n\n");
  ASSERT_TRUE(LastStream()->Send({.data = "still here"}));
  EXPECT_THAT(viewer.ReceiveUntil("here\n\n"), HasSubstr("data: still here"));
}

TEST_F(SseTest, StreamsHaveALimitOfTheirOwn) {
  Start({.connections = 4, .streams = 2});
  HttpClient first = View(), second = View();
  HttpClient third(server_->port());
  ASSERT_TRUE(third.Send("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  const HttpAnswer answer = third.Receive();
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.headers.at("Retry-After"), "5");
  EXPECT_TRUE(LastStream()->closed()) << "who writes is told";
  for (int i = 0; i < 10; ++i) EXPECT_EQ(Get(server_->port(), "/page").status, 200) << "a silent stream is not evicted";
  ASSERT_TRUE(streams_[0]->Send({.data = "first"}));
  EXPECT_EQ(first.ReceiveUntil("\n\n"), "data: first\n\n");
}

TEST_F(SseTest, HeadIsNoStream) {
  Start();
  HttpClient client(server_->port());
  ASSERT_TRUE(client.Send("HEAD /events HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  EXPECT_EQ(client.Receive(true).headers.at("Content-Type"), "text/event-stream");
  EXPECT_TRUE(client.ReceiveEnd());
  EXPECT_TRUE(LastStream()->closed());
}

TEST_F(SseTest, AStopEndsStreamsBehindWhatTheyHold) {
  Start({.stop = 1h});
  HttpClient viewer = View();
  const auto stream = LastStream();
  std::atomic<int> accepted = 0;
  std::vector<std::thread> writers;
  for (int t = 0; t < 2; ++t) {
    writers.emplace_back([&] {
      for (int i = 0; i < 2'000 && stream->Send({.data = "tick"}); ++i) ++accepted;  // all of it fits into the queue
    });
  }
  ASSERT_EQ(viewer.ReceiveUntil("\n\n"), "data: tick\n\n");
  std::thread stop([this] { server_.reset(); });
  int received = 1;
  while (viewer.ReceiveUntil("\n\n") == "data: tick\n\n") ++received;
  EXPECT_TRUE(viewer.ReceiveEnd());
  viewer.Close();
  stop.join();
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(received, accepted) << "what was taken has come, and no more";
  EXPECT_FALSE(stream->Send({.data = "late"})) << "the pointer outlives the server";
}

TEST_F(SseTest, AStopDoesNotWaitForAViewerThatNeverReads) {
  Start({.stop = 50ms}, 64 << 20);
  HttpClient stuck = View();
  const auto stream = LastStream();
  ASSERT_TRUE(stream->Send({.data = std::string(32 << 20, 'x')}));
  server_.reset();
  EXPECT_FALSE(stream->Send({.data = "late"}));
}

// The event loop, which the test runs, ends while the handler works: its answer goes nowhere.
TEST(SseStopTest, AStreamThatComesBehindTheEndOfTheEventLoopIsClosed) {
  std::promise<void> release;
  std::atomic<bool> began = false;
  const auto stream = std::make_shared<SseStream>();
  Router router;
  router.Get("/events", [&, released = release.get_future().share()](const HttpRequest&) {
    began = true;
    released.wait();
    return stream;
  });
  auto pool = std::make_unique<SessionPool>(std::move(router), HttpLimits());
  std::optional<HttpClient> viewer;
  {
    Tcp::acceptor acceptor(pool->io, {asio::ip::address_v4::loopback(), 0});
    viewer.emplace(acceptor.local_endpoint().port());
    std::make_shared<Session>(acceptor.accept(), *pool)->Start();
  }
  ASSERT_TRUE(viewer->Send("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  ASSERT_TRUE(WaitUntil([&] {
    pool->io.poll();
    return began.load();
  }));
  pool->io.stop();
  release.set_value();
  pool->handlers.join();
  EXPECT_TRUE(stream->Send({.data = "waits"})) << "its answer is under way";
  pool.reset();
  EXPECT_TRUE(stream->closed());
  EXPECT_FALSE(stream->Send({.data = "nobody"}));
}

// The viewer goes while a frame is being written to it. Its session lives until its last operation has ended, and is
// told to stop meanwhile, when it has no stream any more.
TEST(SseStopTest, ASessionWhoseViewerHasGoneCanBeStopped) {
  const auto stream = std::make_shared<SseStream>(64 << 20);
  Router router;
  router.Get("/events", [&](const HttpRequest&) { return stream; });
  SessionPool pool(std::move(router), HttpLimits());
  std::optional<HttpClient> viewer;
  {
    Tcp::acceptor acceptor(pool.io, {asio::ip::address_v4::loopback(), 0});
    viewer.emplace(acceptor.local_endpoint().port());
    std::make_shared<Session>(acceptor.accept(), pool)->Start();
  }
  ASSERT_TRUE(viewer->Send("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  ASSERT_TRUE(WaitUntil([&] {
    pool.io.poll();
    return pool.streams == 1;
  }));
  ASSERT_TRUE(stream->Send({.data = std::string(32 << 20, 'x')}));  // more than fits on the way
  pool.io.poll();
  viewer->Close();
  ASSERT_TRUE(WaitUntil([&] {
    pool.io.poll_one();
    return stream->closed();
  }));
  ASSERT_FALSE(pool.all.empty());
  for (Session* const session : pool.all) session->Stop();
  EXPECT_TRUE(WaitUntil([&] {
    pool.io.poll();
    return pool.all.empty();
  }));
  pool.handlers.join();
}

}  // namespace
}  // namespace wirewatch
