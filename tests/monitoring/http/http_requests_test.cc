// What a handler is given, and what becomes of its answer.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <string>
#include <thread>

#include "monitoring/http/http_server.h"
#include "tests/monitoring/http/http_client.h"
#include "tests/support/wait_until.h"

namespace wirewatch {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr std::size_t kBodyBytes = 100'000;
const std::string kPost = "POST /echo HTTP/1.1\r\nHost: localhost\r\n";

// A handler that waits until it is let go.
struct Gate {
  std::promise<void> entered, open;
  HttpResponse Pass() {
    entered.set_value();
    open.get_future().wait();
    return {.body = "through\n"};
  }
};

class HttpRequestsTest : public testing::Test {
 protected:
  Router Routes() {
    Router router;
    router.Get("/api/stories/{id}", [](const HttpRequest& request) {
      std::string told = fmt::format("{} {} id={}\n", request.method, request.path, request.Param("id"));
      for (const HttpField& field : request.query) told += fmt::format("query {}={}\n", field.name, field.value);
      for (const HttpField& field : request.cookies) told += fmt::format("cookie {}={}\n", field.name, field.value);
      told += fmt::format("agent {}\n", request.Header("user-AGENT").value_or("none"));
      told += fmt::format("peer {}\n", request.peer);
      return HttpResponse{.body = told};
    });
    router.Add(
        "POST", "/echo",
        [](const HttpRequest& request) {
          return HttpResponse{.body = request.body, .headers = {{"X-Trailer", request.Header("X-T") ? "yes" : "no"}}};
        },
        kBodyBytes);
    router.Get("/moved", [](const HttpRequest&) {
      return HttpResponse{
          .status = 303,
          .headers = {{"Location", "/"}, {"Set-Cookie", "a=1"}, {"Set-Cookie", "b=2"}, {"Cache-Control", "private"}}};
    });
    router.Add("DELETE", "/gone", [](const HttpRequest&) { return HttpResponse{.status = 204, .body = "unseen"}; });
    router.Get("/slow", [this](const HttpRequest&) { return gate_.Pass(); });
    router.Get("/quick", [](const HttpRequest&) { return HttpResponse{.body = "quick\n"}; });
    return router;
  }
  void SetUp() override { Start({}); }
  void Start(HttpLimits limits) {
    auto started = HttpServer::Start("127.0.0.1:0", Routes(), limits);
    ASSERT_TRUE(started.has_value()) << started.error().message;
    server_ = *std::move(started);
  }

  Gate gate_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(HttpRequestsTest, AHandlerSeesTheWholeRequest) {
  const HttpAnswer answer =
      Exchange(server_->port(),
               "GET /api/stories/caf%C3%A9%2F7?q=a+b%26c&empty=&flag&q=%C3%BC HTTP/1.1\r\nHost: localhost\r\n"
               "User-Agent: tests\r\nCookie: sid=abc; theme=\"dark\"; broken\r\nCookie: last=1\r\n\r\n");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body,
            "GET /api/stories/caf\u00e9/7 id=caf\u00e9/7\nquery q=a b&c\nquery empty=\nquery flag=\nquery q=\u00fc\n"
            "cookie sid=abc\ncookie theme=dark\ncookie last=1\nagent tests\npeer 127.0.0.1\n");
}

TEST_F(HttpRequestsTest, HeadGoesToTheHandlerOfGet) {
  HttpClient client(server_->port());
  ASSERT_TRUE(client.Send("HEAD /api/stories/7 HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  const HttpAnswer head = client.Receive(true);
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.headers.at("Content-Length"),
            std::to_string(std::string("HEAD /api/stories/7 id=7\nagent none\npeer 127.0.0.1\n").size()));
  ASSERT_TRUE(client.Send("GET /quick HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  EXPECT_EQ(client.Receive().body, "quick\n");
}

TEST_F(HttpRequestsTest, HeadersOfTheAnswerAreTheHandlers) {
  HttpClient client(server_->port());
  ASSERT_TRUE(client.Send("GET /moved HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
  const std::string head = client.ReceiveUntil("\r\n\r\n");
  EXPECT_THAT(head, HasSubstr("HTTP/1.1 303 "));
  EXPECT_THAT(head, HasSubstr("\r\nLocation: /\r\n"));
  EXPECT_THAT(head, HasSubstr("\r\nSet-Cookie: a=1\r\n"));
  EXPECT_THAT(head, HasSubstr("\r\nSet-Cookie: b=2\r\n"));
  EXPECT_THAT(head, HasSubstr("\r\nCache-Control: private\r\n"));
  EXPECT_THAT(head, Not(HasSubstr("no-store")));
}

TEST_F(HttpRequestsTest, AnAnswerWithoutContentHasNoBody) {
  HttpClient client(server_->port());
  ASSERT_TRUE(client.Send("DELETE /gone HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  const HttpAnswer answer = client.Receive();
  EXPECT_EQ(answer.status, 204);
  EXPECT_EQ(answer.headers.count("Content-Length"), 0u);
  ASSERT_TRUE(client.Send("GET /quick HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  EXPECT_EQ(client.Receive().body, "quick\n");
}

TEST_F(HttpRequestsTest, BodiesComeWholeHoweverTheyAreCut) {
  const std::string body = "first\r\n\r\nsecond" + std::string(1, '\0') + "third";
  HttpClient client(server_->port());
  for (const char byte : kPost + fmt::format("Content-Length: {}\r\n\r\n", body.size()) + body) {
    ASSERT_TRUE(client.Send({&byte, 1}));
  }
  EXPECT_EQ(client.Receive().body, body);
  for (const char byte : kPost + "Transfer-Encoding: Chunked\r\n\r\n3;a=b\r\nabc\r\n00A\r\n0123456789\r\n0\r\n\r\n") {
    ASSERT_TRUE(client.Send({&byte, 1}));
  }
  EXPECT_EQ(client.Receive().body, "abc0123456789");
  ASSERT_TRUE(client.Send(kPost + "Content-Length: 0\r\n\r\n"));
  EXPECT_EQ(client.Receive().body, "");
}

TEST_F(HttpRequestsTest, TheLongestBodyIsTaken) {
  const std::string body(kBodyBytes, 'b');
  HttpClient client(server_->port());
  ASSERT_TRUE(client.Send(kPost + fmt::format("Content-Length: {}\r\n\r\n", body.size()) + body));
  EXPECT_EQ(client.Receive().body, body);
}

TEST_F(HttpRequestsTest, TrailersAreNoHeaders) {
  HttpClient client(server_->port());
  ASSERT_TRUE(client.Send(kPost + "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX-T: 1\r\n\r\n"));
  EXPECT_EQ(client.Receive().headers.at("X-Trailer"), "no");
  ASSERT_TRUE(client.Send(kPost + "Content-Length: 0\r\nX-T: 1\r\n\r\n"));
  EXPECT_EQ(client.Receive().headers.at("X-Trailer"), "yes");
}

TEST_F(HttpRequestsTest, AClientThatAsksFirstIsToldToGoOn) {
  HttpClient client(server_->port());
  ASSERT_TRUE(client.Send(kPost + "Expect: 100-continue\r\nContent-Length: 3\r\n\r\n"));
  EXPECT_EQ(client.ReceiveUntil("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  ASSERT_TRUE(client.Send("abc"));
  EXPECT_EQ(client.Receive().body, "abc");
  ASSERT_TRUE(client.Send(kPost + "Expect: 100-Continue\r\nContent-Length: 3\r\n\r\nabc"));
  const std::string answer = client.ReceiveUntil("abc");
  EXPECT_THAT(answer, HasSubstr("HTTP/1.1 200 OK\r\n")) << "whether it was told to go on or not";
}

TEST_F(HttpRequestsTest, PipelinedRequestsWithBodiesAreAnsweredInOrder) {
  std::string requests;
  for (int i = 0; i < 100; ++i) {
    const std::string body = fmt::format("body {}", i);
    requests += kPost + fmt::format("Content-Length: {}\r\n\r\n{}", body.size(), body);
    requests += kPost + fmt::format("Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{}\r\n0\r\n\r\n", body.size(), body);
    requests += "GET /quick HTTP/1.1\r\nHost: localhost\r\n\r\n";
  }
  HttpClient client(server_->port());
  ASSERT_TRUE(client.Send(requests));
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(client.Receive().body, fmt::format("body {}", i));
    ASSERT_EQ(client.Receive().body, fmt::format("body {}", i));
    ASSERT_EQ(client.Receive().body, "quick\n");
  }
}

TEST_F(HttpRequestsTest, AHandlerThatWaitsHoldsUpNobody) {
  HttpClient slow(server_->port());
  ASSERT_TRUE(slow.Send("GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  gate_.entered.get_future().wait();
  EXPECT_EQ(Get(server_->port(), "/quick").body, "quick\n");
  gate_.open.set_value();
  EXPECT_EQ(slow.Receive().body, "through\n");
}

TEST_F(HttpRequestsTest, AnAnswerUnderWayIsGivenWhenTheServerStops) {
  Start({.stop = 1h});
  HttpClient slow(server_->port()), idle(server_->port());
  ASSERT_TRUE(slow.Send("GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  gate_.entered.get_future().wait();
  std::thread stop([this] { server_.reset(); });
  EXPECT_TRUE(idle.ReceiveEnd()) << "it asks nothing: by its end we know that the server stops";
  gate_.open.set_value();
  const HttpAnswer answer = slow.Receive();
  EXPECT_EQ(answer.body, "through\n");
  EXPECT_EQ(answer.headers.at("Connection"), "close");
  EXPECT_TRUE(slow.ReceiveEnd());
  slow.Close();
  stop.join();
}

TEST_F(HttpRequestsTest, AHandlerThatOutlastsThePatienceIsStillWaitedFor) {
  Start({.stop = 1ms});
  HttpClient slow(server_->port());
  ASSERT_TRUE(slow.Send("GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  gate_.entered.get_future().wait();
  std::thread stop([this] { server_.reset(); });
  gate_.open.set_value();
  stop.join();
  slow.Receive();  // with or without an answer: its handler has not been left behind
  EXPECT_TRUE(slow.ReceiveEnd());
}

TEST_F(HttpRequestsTest, AnAnswerForAClientThatHasGoneIsDropped) {
  {
    HttpClient gone(server_->port());
    ASSERT_TRUE(gone.Send("GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    gate_.entered.get_future().wait();
  }
  gate_.open.set_value();
  EXPECT_TRUE(WaitUntil([&] { return server_->usage().connections == 0; }));
  EXPECT_EQ(Get(server_->port(), "/quick").body, "quick\n");
}

}  // namespace
}  // namespace wirewatch
