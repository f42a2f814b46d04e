#include "monitoring/http/http_server.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "monitoring/http/http_metrics.h"
#include "tests/monitoring/http/http_client.h"

namespace {

// How many of the next allocations of a connection's size fail, in whatever thread.
std::atomic<int> failing_allocations = 0;

bool FailsNow(std::size_t size) {
  if (size < 4'096 || size > 16'384) return false;
  int left = failing_allocations;
  while (left > 0 && !failing_allocations.compare_exchange_weak(left, left - 1)) {
  }
  return left > 0;
}

}  // namespace

// Not inlined: g++ would see malloc freed by a delete that it takes for another one's.
[[gnu::noinline]] void* operator new(std::size_t size) {
  void* memory = FailsNow(size) ? nullptr : std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return FailsNow(size) ? nullptr : std::malloc(size);
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace wirewatch {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;

constexpr const char* kGet = "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n";
constexpr const char* kGetAndClose = "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

// Far larger than the buffers of two loopback sockets.
constexpr std::size_t kLargeBytes = 32 << 20;

Router Pages() {
  Router router;
  const auto page = [&](const char* path, std::function<HttpResponse()> make) {
    router.Get(path, [make](const HttpRequest&) { return make(); });
  };
  page("/metrics", [] { return HttpResponse{.body = "wirewatch_up 1\n"}; });
  page("/large", [] { return HttpResponse{.body = std::string(kLargeBytes, 'x')}; });
  page("/down", [] { return HttpResponse{.status = 503, .body = "FAILED\n"}; });
  page("/throws", []() -> HttpResponse { throw std::runtime_error("it broke"); });
  page("/throws-a-number", []() -> HttpResponse { throw 42; });
  page("/splits", [] { return HttpResponse{.content_type = "text/plain\r\nSet-Cookie: a=b"}; });
  page("/splits-a-header", [] { return HttpResponse{.headers = {{"Location", "/\r\nSet-Cookie: a=b"}}}; });
  page("/splits-a-name", [] { return HttpResponse{.headers = {{"X: y\r\nSet-Cookie", "a=b"}}}; });
  page("/frames", [] { return HttpResponse{.headers = {{"content-length", "3"}}}; });
  page("/status-7", [] { return HttpResponse{.status = 7}; });
  return router;
}

std::unique_ptr<HttpServer> StartServer(HttpLimits limits = {}, std::optional<HttpMetrics> metrics = {}) {
  auto server = HttpServer::Start("127.0.0.1:0", Pages(), limits, metrics);
  EXPECT_TRUE(server.has_value()) << server.error().message;
  return *std::move(server);
}

// --- What a scraper sees

TEST(HttpServerTest, AnswersWithTheHandlersPage) {
  const auto server = StartServer();
  const HttpAnswer answer = Get(server->port(), "/metrics");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "wirewatch_up 1\n");
  EXPECT_EQ(answer.headers.at("Content-Type"), "text/plain; charset=utf-8");
  EXPECT_EQ(answer.headers.at("Cache-Control"), "no-store");
  EXPECT_EQ(Get(server->port(), "/down").status, 503);
}

TEST(HttpServerTest, AnswersManyRequestsOnOneConnection) {
  const auto server = StartServer();
  HttpClient client(server->port());
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(client.Send(kGet));
    EXPECT_EQ(client.Receive().body, "wirewatch_up 1\n");
  }
}

TEST(HttpServerTest, HeadIsGetWithoutTheBody) {
  const auto server = StartServer();
  HttpClient client(server->port());
  ASSERT_TRUE(client.Send("HEAD /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  const HttpAnswer head = client.Receive(true);
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.headers.at("Content-Length"), "15");
  ASSERT_TRUE(client.Send(kGet));
  EXPECT_EQ(client.Receive().body, "wirewatch_up 1\n") << "the connection is still in step";
}

TEST(HttpServerTest, IgnoresTheQueryAndTakesAnAbsoluteTarget) {
  const auto server = StartServer();
  EXPECT_EQ(Get(server->port(), "/metrics?name=wirewatch_up").status, 200);
  EXPECT_EQ(Get(server->port(), "http://localhost/metrics").status, 200);
  EXPECT_EQ(Get(server->port(), "http://localhost").status, 404);
}

TEST(HttpServerTest, AnUnknownPathListsThePages) {
  const auto server = StartServer();
  for (const char* path : {"/", "/metric", "/metrics/", "//metrics", "/METRICS"}) {
    const HttpAnswer answer = Get(server->port(), path);
    EXPECT_EQ(answer.status, 404) << path;
    EXPECT_EQ(answer.headers.at("Content-Type"), "application/problem+json");
    EXPECT_THAT(answer.body, AllOf(HasSubstr("\"status\":404"), HasSubstr(" /metrics "), HasSubstr("/down ")));
  }
  EXPECT_EQ(Get(server->port(), "/%6detrics").status, 200) << "a letter may be written so";
}

TEST(HttpServerTest, OtherMethodsAreToldWhichAreAllowed) {
  const auto server = StartServer();
  HttpClient client(server->port());
  for (const char* method : {"POST", "PUT", "DELETE", "TRACE", "BREW"}) {
    ASSERT_TRUE(client.Send(fmt::format("{} /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n", method)));
    const HttpAnswer answer = client.Receive();
    EXPECT_EQ(answer.status, 405) << method;
    EXPECT_EQ(answer.headers.at("Allow"), "GET, HEAD, OPTIONS");
  }
  for (const char* target : {"/metrics", "*"}) {
    ASSERT_TRUE(client.Send(fmt::format("OPTIONS {} HTTP/1.1\r\nHost: localhost\r\n\r\n", target)));
    const HttpAnswer answer = client.Receive();
    EXPECT_EQ(answer.status, 204);
    EXPECT_EQ(answer.headers.at("Allow"), "GET, HEAD, OPTIONS");
    EXPECT_EQ(answer.headers.count("Content-Length"), 0u);
  }
}

TEST(HttpServerTest, AHandlerThatFailsIsAnAnswerToo) {
  const auto server = StartServer();
  for (const char* path :
       {"/throws", "/throws-a-number", "/splits", "/splits-a-header", "/splits-a-name", "/frames", "/status-7"}) {
    const HttpAnswer answer = Get(server->port(), path);
    EXPECT_EQ(answer.status, 500) << path;
    EXPECT_EQ(answer.headers.count("Set-Cookie"), 0u);
  }
  EXPECT_EQ(Get(server->port(), "/metrics").status, 200);
}

TEST(HttpServerTest, AnOldClientNeedsNoHostAndIsHungUpOn) {
  const auto server = StartServer();
  HttpClient client(server->port());
  ASSERT_TRUE(client.Send("GET /metrics HTTP/1.0\r\n\r\n"));
  EXPECT_EQ(client.Receive().status, 200);
  EXPECT_TRUE(client.ReceiveEnd());
}

TEST(HttpServerTest, ServesManyClientsAtOnce) {
  const auto server = StartServer();
  std::vector<std::thread> clients;
  std::atomic<int> answered = 0;
  for (int c = 0; c < 8; ++c) {
    clients.emplace_back([&] {
      for (int i = 0; i < 50; ++i) {
        if (Get(server->port(), "/metrics").body == "wirewatch_up 1\n") ++answered;
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(answered, 8 * 50);
}

// --- What a hostile client gets

TEST(HttpServerTest, PipelinedRequestsAreAnsweredInOrder) {
  const auto server = StartServer();
  HttpClient client(server->port());
  std::string requests;
  for (int i = 0; i < 300; ++i) {
    requests += kGet;
    requests += "GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n";
  }
  ASSERT_TRUE(client.Send(requests));
  for (int i = 0; i < 300; ++i) {
    ASSERT_EQ(client.Receive().status, 200) << i;
    ASSERT_EQ(client.Receive().status, 404) << i;
  }
}

TEST(HttpServerTest, AnEndlessHeaderIsCutOff) {
  const auto server = StartServer();
  HttpClient client(server->port());
  ASSERT_TRUE(client.Send("GET /metrics HTTP/1.1\r\nHost: localhost\r\nX-Endless: "));
  const std::string more(64 << 10, 'a');
  std::size_t sent = 0;
  while (sent < (100 << 20) && client.Send(more)) sent += more.size();
  EXPECT_LT(sent, std::size_t{100 << 20}) << "the server hangs up";
  EXPECT_EQ(Get(server->port(), "/metrics").status, 200);
}

TEST(HttpServerTest, AClientThatSaysNothingIsHungUpOn) {
  const auto server = StartServer({.header = 50ms});
  HttpClient silent(server->port());
  EXPECT_TRUE(silent.ReceiveEnd());
}

TEST(HttpServerTest, AClientThatDripsItsHeaderIsHungUpOnWhileOthersAreServed) {
  const auto server = StartServer({.header = 500ms});
  HttpClient slow(server->port());
  ASSERT_TRUE(slow.Send("GET /metrics HTTP/1.1\r\nHost: localhost\r\nX-Slow: "));
  // A byte at a time, each well within the limit; the limit is on the whole header.
  while (!slow.Wait(10ms)) {
    EXPECT_EQ(Get(server->port(), "/metrics").status, 200);
    if (!slow.Send("a")) break;
  }
  EXPECT_EQ(slow.Receive().status, 408);
  EXPECT_TRUE(slow.ReceiveEnd());
}

TEST(HttpServerTest, AConnectionThatIdlesBetweenRequestsIsClosed) {
  const auto server = StartServer({.idle = 50ms});
  HttpClient client(server->port());
  ASSERT_TRUE(client.Send(kGet));
  EXPECT_EQ(client.Receive().status, 200);
  EXPECT_TRUE(client.ReceiveEnd());
}

TEST(HttpServerTest, AClientThatDoesNotReadItsAnswerIsDropped) {
  // Room for one connection: that another is served proves that the first is gone.
  const auto server = StartServer({.connections = 1, .write = 50ms, .answer_patience = 1h});
  HttpClient stuck(server->port());
  ASSERT_TRUE(stuck.Send("GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  while (Get(server->port(), "/metrics").status != 200) {
  }
  EXPECT_LT(stuck.Receive().body.size(), kLargeBytes);
}

TEST(HttpServerTest, OneClientThatDoesNotReadHoldsUpNobody) {
  const auto server = StartServer();
  HttpClient stuck(server->port());
  ASSERT_TRUE(stuck.Send("GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  EXPECT_EQ(Get(server->port(), "/metrics").status, 200);
  EXPECT_EQ(stuck.Receive().body.size(), kLargeBytes) << "and gets all of it when it reads at last";
}

TEST(HttpServerTest, OverTheLimitTheLongestSilenceEndsForWhoAsks) {
  MetricsRegistry registry;
  const HttpMetrics metrics{registry};
  const auto server = StartServer({.connections = 2}, metrics);
  std::vector<HttpClient> held;
  for (int i = 0; i < 2; ++i) {
    held.emplace_back(server->port());
    ASSERT_TRUE(held.back().Send(kGet));
    ASSERT_EQ(held.back().Receive().status, 200);
  }
  HttpClient third(server->port());
  ASSERT_TRUE(third.Send(kGet));
  EXPECT_EQ(third.Receive().status, 200);
  EXPECT_TRUE(held[0].ReceiveEnd()) << "it has been silent the longest";
  ASSERT_TRUE(held[1].Send(kGet));
  EXPECT_EQ(held[1].Receive().status, 200);
  EXPECT_EQ(metrics.silent.Value(), 1);
  EXPECT_EQ(metrics.too_many.Value(), 0);
}

TEST(HttpServerTest, ConnectionsThatAskNothingKeepNobodyOut) {
  const auto server = StartServer({.connections = 16});
  std::vector<HttpClient> held;
  for (int i = 0; i < 64; ++i) {
    held.emplace_back(server->port());
    if (i % 2 == 0) held.back().Send("GET /metr");  // or never ask the whole
    EXPECT_EQ(Get(server->port(), "/metrics").status, 200) << i;
  }
}

TEST(HttpServerTest, ConnectionsOverTheLimitAreTurnedAwayWhenAllAreAnswered) {
  MetricsRegistry registry;
  const HttpMetrics metrics{registry};
  const auto server = StartServer({.connections = 2, .answer_patience = 1h}, metrics);
  std::vector<HttpClient> held;
  for (int i = 0; i < 2; ++i) {
    held.emplace_back(server->port());
    // The answer does not fit into the buffers, and nobody reads it.
    ASSERT_TRUE(held.back().Send("GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    ASSERT_TRUE(held.back().Wait(1min));
  }
  HttpClient third(server->port());
  EXPECT_EQ(third.Receive().status, 503);
  EXPECT_TRUE(third.ReceiveEnd());
  EXPECT_EQ(metrics.too_many.Value(), 1);
  held.pop_back();
  while (Get(server->port(), "/metrics").status != 200) {  // until the server has noticed
  }
}

TEST(HttpServerTest, ClientsThatDoNotReadTheirAnswersKeepNobodyOut) {
  MetricsRegistry registry;
  const HttpMetrics metrics{registry};
  const auto server = StartServer({.connections = 2, .answer_patience = 0ms}, metrics);
  std::vector<HttpClient> held;
  for (int i = 0; i < 2; ++i) {
    held.emplace_back(server->port());
    ASSERT_TRUE(held.back().Send("GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    ASSERT_TRUE(held.back().Wait(1min));
  }
  EXPECT_EQ(Get(server->port(), "/metrics").status, 200);
  EXPECT_LT(held[0].Receive().body.size(), kLargeBytes) << "it has been at it for the longest";
  EXPECT_EQ(held[1].Receive().body.size(), kLargeBytes);
  EXPECT_EQ(metrics.silent.Value(), 0);
  EXPECT_EQ(metrics.too_many.Value(), 1);
}

TEST(HttpServerTest, AFloodOfConnectionsPasses) {
  const auto server = StartServer({.connections = 16});
  std::vector<HttpClient> flood;
  for (int i = 0; i < 200; ++i) {
    flood.emplace_back(server->port());
    flood.back().Send(kGetAndClose);
  }
  int served = 0;
  for (HttpClient& client : flood) served += client.Receive().status == 200 ? 1 : 0;
  EXPECT_GE(served, 16);
  flood.clear();
  while (Get(server->port(), "/metrics").status != 200) {
  }
}

TEST(HttpServerTest, ClientsThatVanishInMidRequestDoNoHarm) {
  const auto server = StartServer();
  for (std::size_t length = 0; length < std::string_view(kGet).size(); ++length) {
    HttpClient client(server->port());
    client.Send(std::string_view(kGet).substr(0, length));
  }
  for (int i = 0; i < 5; ++i) HttpClient(server->port()).Send("GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(Get(server->port(), "/metrics").status, 200);
}

TEST(HttpServerTest, StopsWhileClientsAreConnected) {
  auto server = StartServer({.stop = 50ms});
  HttpClient idle(server->port()), half(server->port()), stuck(server->port());
  ASSERT_TRUE(half.Send("GET /met"));
  ASSERT_TRUE(stuck.Send("GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  EXPECT_EQ(Get(server->port(), "/metrics").status, 200);
  server.reset();
  EXPECT_TRUE(idle.ReceiveEnd());
  EXPECT_TRUE(half.ReceiveEnd());
}

TEST(HttpServerTest, AConnectionThatThereIsNoMemoryForIsNotTheLast) {
  const auto server = StartServer();
  failing_allocations = 2;
  for (int i = 0; i < 2; ++i) {
    HttpClient client(server->port());
    client.Send(kGet);
    EXPECT_TRUE(client.ReceiveEnd());
  }
  ASSERT_EQ(failing_allocations, 0) << "or nothing was provoked";
  EXPECT_EQ(Get(server->port(), "/metrics").status, 200);
}

// --- Where it listens

TEST(HttpServerTest, APortInUseSaysWhichAndWhatToDo) {
  const auto first = StartServer();
  const std::string address = fmt::format("127.0.0.1:{}", first->port());
  const auto second = HttpServer::Start(address, Router());
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(second.error().message,
              AllOf(HasSubstr(address), HasSubstr("another process"), HasSubstr("monitoring.listen")));
}

TEST(HttpServerTest, APortIsFreeAgainAfterItsServerStopped) {
  auto first = StartServer();
  const std::string address = fmt::format("127.0.0.1:{}", first->port());
  EXPECT_EQ(Get(first->port(), "/metrics").status, 200);
  first.reset();
  const auto second = HttpServer::Start(address, Pages());
  ASSERT_TRUE(second.has_value()) << second.error().message;
  EXPECT_EQ(Get((*second)->port(), "/metrics").status, 200);
}

TEST(HttpServerTest, TellsItsAddress) {
  const auto server = StartServer();
  EXPECT_EQ(server->url(), fmt::format("http://127.0.0.1:{}", server->port()));
}

TEST(HttpServerTest, ListensOnANameByIpv4) {
  const auto server = HttpServer::Start("localhost:0", Pages());
  ASSERT_TRUE(server.has_value()) << server.error().message;
  EXPECT_EQ(Get((*server)->port(), "/metrics").status, 200);
}

TEST(HttpServerTest, ListensOnIpv6) {
  if (!std::filesystem::exists("/proc/net/if_inet6")) GTEST_SKIP() << "this kernel has no IPv6";
  const auto server = HttpServer::Start("[::1]:0", Pages());
  ASSERT_TRUE(server.has_value()) << server.error().message;
  HttpClient client((*server)->port(), true);
  ASSERT_TRUE(client.connected());
  ASSERT_TRUE(client.Send(kGet));
  EXPECT_EQ(client.Receive().status, 200);
  EXPECT_EQ((*server)->url(), fmt::format("http://[::1]:{}", (*server)->port()));
}

TEST(HttpServerTest, AnAddressThatCannotBeReadIsInvalidAndShowsAGoodOne) {
  for (const char* address :
       {"", "9464", "localhost", "localhost:", "localhost:http", "localhost:65536", "localhost:-1", ":9464", "::1:9464",
        "127.0.0.1:94 64", "[::1]", "localhost:9464/metrics"}) {
    const auto server = HttpServer::Start(address, Router());
    ASSERT_FALSE(server.has_value()) << address;
    EXPECT_EQ(server.error().code, ErrorCode::kInvalid) << address;
    EXPECT_THAT(server.error().message, AllOf(HasSubstr(fmt::format("'{}'", address)), HasSubstr("127.0.0.1:9464")));
  }
}

TEST(HttpServerTest, AnAddressThatIsNotOursSaysWhy) {
  const auto server = HttpServer::Start("192.0.2.1:9464", Router());  // TEST-NET-1 of RFC 5737: nobody's
  ASSERT_FALSE(server.has_value());
  EXPECT_EQ(server.error().code, ErrorCode::kIo);
  EXPECT_THAT(server.error().message, AllOf(HasSubstr("192.0.2.1:9464"), HasSubstr("monitoring.listen")));
}

}  // namespace
}  // namespace wirewatch
