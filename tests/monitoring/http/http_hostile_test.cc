// What the HTTP server refuses: requests that two programs could read in two ways, and what is over a limit.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "monitoring/http/http_server.h"
#include "tests/monitoring/http/http_client.h"

namespace wirewatch {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using testing::HasSubstr;

constexpr std::size_t kBodyBytes = 1'000;

class HttpHostileTest : public testing::Test {
 protected:
  void Start(HttpLimits limits = {}) {
    Router router;
    router.Get("/page", [](const HttpRequest&) { return HttpResponse{.body = "page\n"}; });
    router.Add(
        "POST", "/echo", [](const HttpRequest& request) { return HttpResponse{.body = request.body}; }, kBodyBytes);
    auto started = HttpServer::Start("127.0.0.1:0", std::move(router), limits);
    ASSERT_TRUE(started.has_value()) << started.error().message;
    server_ = *std::move(started);
  }

  // The request is answered with `status` and the connection is not used again: nothing behind the request is taken
  // for another one.
  void Refused(const std::string& what, const std::string& request, int status) {
    HttpClient client(server_->port());
    client.Send(request + "GET /page HTTP/1.1\r\nHost: smuggled\r\n\r\n");
    const HttpAnswer answer = client.Receive();
    EXPECT_EQ(answer.status, status) << what;
    EXPECT_EQ(answer.headers.count("Content-Type") == 1 ? answer.headers.at("Content-Type") : "",
              "application/problem+json")
        << what;
    EXPECT_THAT(answer.body, HasSubstr(fmt::format("\"status\":{},", status))) << what;
    EXPECT_TRUE(client.ReceiveEnd()) << what << ": the connection must not be used again";
  }

  std::unique_ptr<HttpServer> server_;
};

struct Case {
  const char* what;
  std::string request;
  int status;
};

const std::string kGet = "GET /page HTTP/1.1\r\n", kPost = "POST /echo HTTP/1.1\r\n", kHost = "Host: localhost\r\n",
                  kChunked = kPost + kHost + "Transfer-Encoding: chunked\r\n\r\n";

TEST_F(HttpHostileTest, WhereTheBodyEndsIsNeverInDoubt) {
  Start();
  const Case cases[] = {
      {"both lengths", kPost + kHost + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
      {"both lengths, the other way round", kPost + kHost + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n",
       400},
      {"an unknown coding and a length", kPost + kHost + "Transfer-Encoding: x\r\nContent-Length: 3\r\n\r\n", 400},
      {"two lengths", kPost + kHost + "Content-Length: 0\r\nContent-Length: 5\r\n\r\n", 400},
      {"the same length twice", kPost + kHost + "Content-Length: 3\r\nContent-Length: 3\r\n\r\n", 400},
      {"a list of lengths", kPost + kHost + "Content-Length: 3, 3\r\n\r\n", 400},
      {"a length below zero", kPost + kHost + "Content-Length: -1\r\n\r\n", 400},
      {"a length with a sign", kPost + kHost + "Content-Length: +3\r\n\r\n", 400},
      {"a length in hexadecimal", kPost + kHost + "Content-Length: 0x3\r\n\r\n", 400},
      {"a length that is a fraction", kPost + kHost + "Content-Length: 3.0\r\n\r\n", 400},
      {"an empty length", kPost + kHost + "Content-Length:\r\n\r\n", 400},
      {"a length of two words", kPost + kHost + "Content-Length: 3 3\r\n\r\n", 400},
      {"a length over 64 bits", kPost + kHost + "Content-Length: 18446744073709551616\r\n\r\n", 400},
      {"a length of 40 digits", kPost + kHost + "Content-Length: " + std::string(40, '9') + "\r\n\r\n", 400},
      {"the longest length", kPost + kHost + "Content-Length: 18446744073709551615\r\n\r\n", 413},
      {"chunked in HTTP/1.0", "POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
      {"an unknown coding", kPost + kHost + "Transfer-Encoding: xchunked\r\n\r\n", 400},
      {"chunked, and not at the end", kPost + kHost + "Transfer-Encoding: chunked, gzip\r\n\r\n", 400},
      {"a coding before chunked", kPost + kHost + "Transfer-Encoding: gzip, chunked\r\n\r\n", 501},
      {"chunked twice", kPost + kHost + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
      {"chunked with identity", kPost + kHost + "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n\r\n",
       400},
      {"chunked behind a vertical tab", kPost + kHost + "Transfer-Encoding: \vchunked\r\n\r\n", 400},
      {"a blank before the colon", kPost + kHost + "Transfer-Encoding : chunked\r\n\r\n", 400},
      {"a folded coding", kPost + kHost + "Transfer-Encoding:\r\n chunked\r\n\r\n", 400},
      {"a folded header", kGet + kHost + "X-A: b\r\n\tc\r\n\r\n", 400},
      {"a fold before any header", kGet + " Host: localhost\r\n\r\n", 400},
      {"an expectation nobody knows", kPost + kHost + "Expect: tea\r\nContent-Length: 3\r\n\r\n", 417},
  };
  for (const Case& c : cases) Refused(c.what, c.request, c.status);
}

TEST_F(HttpHostileTest, ChunksAreReadToTheLetter) {
  Start();
  const Case cases[] = {
      {"no size", kChunked + "\r\nabc\r\n0\r\n\r\n", 400},
      {"a size that is no number", kChunked + "xyz\r\nabc\r\n0\r\n\r\n", 400},
      {"a negative size", kChunked + "-3\r\nabc\r\n0\r\n\r\n", 400},
      {"a size over 64 bits", kChunked + "10000000000000003\r\nabc\r\n0\r\n\r\n", 400},
      {"the largest size", kChunked + "ffffffffffffffff\r\nabc\r\n0\r\n\r\n", 413},
      {"a blank before the size", kChunked + " 3\r\nabc\r\n0\r\n\r\n", 400},
      {"a size of 0x3", kChunked + "0x3\r\nabc\r\n0\r\n\r\n", 400},
      {"data longer than its size", kChunked + "3\r\nabcd\r\n0\r\n\r\n", 400},
      {"a bare line feed behind a size", kChunked + "3\nabc\r\n0\r\n\r\n\r\n", 400},
      {"a bare line feed behind data", kChunked + "3\r\nabc\n0\r\n\r\n", 400},
      {"a bare carriage return", kChunked + "3\rabc\r\n0\r\n\r\n", 400},
      {"an extension that is none", kChunked + "3 abc\r\nabc\r\n0\r\n\r\n", 400},
      {"a chunk line without end", kChunked + "3;" + std::string(20'000, 'a'), 400},
      {"trailers without end", kChunked + "0\r\nX-A: " + std::string(20'000, 'a'), 400},
      {"a length among the trailers", kChunked + "0\r\nContent-Length: 5\r\n\r\n", 400},
  };
  for (const Case& c : cases) Refused(c.what, c.request, c.status);
  std::string extensions = kChunked;
  for (int i = 0; i < 900; ++i) extensions += "1;extension\r\na\r\n";
  Refused("extensions without end", extensions + "0\r\n\r\n", 400);
}

TEST_F(HttpHostileTest, WhatIsNoRequestIsRefusedAtOnce) {
  Start();
  const Case cases[] = {
      {"no host", kGet + "\r\n", 400},
      {"two hosts", kGet + kHost + "Host: example.org\r\n\r\n", 400},
      {"a list of hosts", kGet + "Host: a, b\r\n\r\n", 400},
      {"a host with a path", kGet + "Host: a/b\r\n\r\n", 400},
      {"garbage", "\x01\x02 what?\r\n\r\n", 400},
      {"a TLS hello", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"s, 400},  // no line break in it
      {"a NUL in the target", "GET /pa\0ge HTTP/1.1\r\n"s + kHost + "\r\n", 400},
      {"a NUL in a header", kGet + kHost + "X-A: a\0b\r\n\r\n"s, 400},
      {"a bell in a header", kGet + kHost + "X-A: a\ab\r\n\r\n", 400},
      {"bare line feeds", "GET /page HTTP/1.1\nHost: localhost\n\n", 400},
      {"a bare line feed behind a header", kGet + "Host: localhost\n\r\n", 400},
      {"a bare carriage return in a header", kGet + kHost + "X-A: a\rb\r\n\r\n", 400},
      {"a line that is no header", kGet + kHost + "what is this\r\n\r\n", 400},
      {"a header without a name", kGet + kHost + ": a\r\n\r\n", 400},
      {"a name that is no token", kGet + kHost + "X(A): a\r\n\r\n", 400},
      {"no version", "GET /page\r\n" + kHost + "\r\n", 400},
      {"a version of one number", "GET /page HTTP/1\r\n" + kHost + "\r\n", 400},
      {"another protocol", "GET /page ICY/1.1\r\n" + kHost + "\r\n", 400},
      {"HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400},
      {"two blanks", "GET  /page HTTP/1.1\r\n" + kHost + "\r\n", 400},
      {"a tab", "GET\t/page HTTP/1.1\r\n" + kHost + "\r\n", 400},
      {"a blank in the target", "GET /pa ge HTTP/1.1\r\n" + kHost + "\r\n", 400},
      {"a blank before the method", " GET /page HTTP/1.1\r\n" + kHost + "\r\n", 400},
      {"two empty lines before it", "\r\n\r\n" + kGet + kHost + "\r\n", 400},
  };
  for (const Case& c : cases) Refused(c.what, c.request, c.status);
}

TEST_F(HttpHostileTest, ATargetThatCannotBeTrustedIsRefused) {
  Start();
  for (const char* target : {"page",         "*",          "/../page",       "/a/../page",   "/./page",
                             "/%2e%2e/page", "/%2E./page", "/a%2f..%2fpage", "/..%5cpage",   "/pa%00ge",
                             "/pa%ge",       "/page%",     "/page%4",        "/page%zz",     "/%ff",
                             "/%c0%af",      "/%ed%a0%80", "/pa%0age",       "/pa%7fge",     "/page#fragment",
                             "/page?a=%00",  "/page?a=%",  "/page?%c3=1",    "localhost:80", "ftp://localhost/page"}) {
    const HttpAnswer answer = Get(server_->port(), target);
    EXPECT_EQ(answer.status, 400) << target;
    EXPECT_EQ(answer.headers.at("Content-Type"), "application/problem+json");
  }
}

TEST_F(HttpHostileTest, EachLimitHasItsAnswer) {
  Start({.header_bytes = 2'000, .request_line_bytes = 500});
  std::string many;
  for (int i = 0; i < 101; ++i) many += "A: b\r\n";
  const std::string begin = "GET /", end = " HTTP/1.1\r\n";
  const Case cases[] = {
      {"a long target", begin + std::string(501 - begin.size() - end.size(), 'a') + end + kHost + "\r\n", 414},
      {"a target without end", begin + std::string(3'000, 'a'), 414},
      {"a method without end", std::string(3'000, 'A'), 414},
      {"a long header", kGet + kHost + "X-A: " + std::string(2'000, 'a') + "\r\n\r\n", 431},
      {"many headers", kGet + kHost + many + "\r\n", 431},
      {"a body that nobody takes", kGet + kHost + "Content-Length: 3\r\n\r\nabc", 413},
      {"chunks that nobody takes", kGet + kHost + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 413},
      {"a long body", kPost + kHost + fmt::format("Content-Length: {}\r\n\r\n", kBodyBytes + 1), 413},
      {"a long body, and a client that asks first",
       kPost + kHost + fmt::format("Expect: 100-continue\r\nContent-Length: {}\r\n\r\n", kBodyBytes + 1), 413},
      {"a long chunk", kChunked + fmt::format("{:x}\r\n", kBodyBytes + 1), 413},
      {"a chunk too many", kChunked + fmt::format("{0:x}\r\n{1}\r\n1\r\n", kBodyBytes, std::string(kBodyBytes, 'a')),
       413},
      {"a body for no page", "POST /nowhere HTTP/1.1\r\n" + kHost + "Content-Length: 3\r\n\r\nabc", 404},
      {"a body for another method", "PUT /echo HTTP/1.1\r\n" + kHost + "Content-Length: 3\r\n\r\nabc", 405},
  };
  for (const Case& c : cases) Refused(c.what, c.request, c.status);
}

TEST_F(HttpHostileTest, WhatIsJustWithinALimitPasses) {
  Start({.header_bytes = 2'000, .request_line_bytes = 500});
  const std::string begin = "GET /page?", end = " HTTP/1.1\r\n";
  HttpClient client(server_->port());
  ASSERT_TRUE(client.Send(begin + std::string(500 - begin.size() - end.size(), 'a') + end + kHost + "\r\n"));
  EXPECT_EQ(client.Receive().status, 200);
  const std::size_t head = kGet.size() + kHost.size() + std::string_view("X-A: \r\n\r\n").size();
  ASSERT_TRUE(client.Send(kGet + kHost + "X-A: " + std::string(2'000 - head, 'a') + "\r\n\r\n"));
  EXPECT_EQ(client.Receive().status, 200);
  ASSERT_TRUE(client.Send(kPost + kHost + fmt::format("Content-Length: {}\r\n\r\n", kBodyBytes) +
                          std::string(kBodyBytes, 'a')));
  EXPECT_EQ(client.Receive().body.size(), kBodyBytes);
  ASSERT_TRUE(client.Send(kChunked + fmt::format("{:x}\r\n{}\r\n0\r\n\r\n", kBodyBytes, std::string(kBodyBytes, 'a'))));
  EXPECT_EQ(client.Receive().body.size(), kBodyBytes);
  ASSERT_TRUE(client.Send("\r\n" + kGet + kHost + "\r\n"));
  EXPECT_EQ(client.Receive().status, 200) << "one empty line before a request is let pass";
}

// --- Slow clients: the limits are small, and each ends by what the server does

TEST_F(HttpHostileTest, AClientThatDripsItsBodyIsHungUpOnWhileOthersAreServed) {
  Start({.body = 300ms});
  HttpClient slow(server_->port());
  ASSERT_TRUE(slow.Send(kPost + kHost + "Content-Length: 900\r\n\r\n"));
  while (!slow.Wait(5ms)) {
    EXPECT_EQ(Get(server_->port(), "/page").status, 200);
    if (!slow.Send("a")) break;
  }
  EXPECT_EQ(slow.Receive().status, 408);
  EXPECT_TRUE(slow.ReceiveEnd());
}

TEST_F(HttpHostileTest, AHundredSlowClientsDoNotKeepOthersOut) {
  Start({.connections = 32});
  std::vector<HttpClient> slow;
  for (int i = 0; i < 100; ++i) {
    slow.emplace_back(server_->port());
    slow.back().Send(i % 2 == 0 ? kPost + kHost + "Content-Length: 900\r\n\r\na" : "GET /pa");
    if (i % 10 == 0) {
      EXPECT_EQ(Get(server_->port(), "/page").status, 200) << i;
    }
  }
  EXPECT_EQ(Get(server_->port(), "/page").status, 200);
}

TEST_F(HttpHostileTest, AHeadThatEndsInNothingIsHungUpOn) {
  Start({.header = 50ms});
  HttpClient client(server_->port());
  ASSERT_TRUE(client.Send(kGet + kHost));
  EXPECT_EQ(client.Receive().status, 408);
  EXPECT_TRUE(client.ReceiveEnd());
}

TEST_F(HttpHostileTest, ClientsThatVanishInTheMiddleOfABodyDoNoHarm) {
  Start();
  const std::string request = kChunked + "3\r\nabc\r\n0\r\n\r\n";
  for (std::size_t length = kChunked.size(); length < request.size(); ++length) {
    HttpClient(server_->port()).Send(request.substr(0, length));
  }
  EXPECT_EQ(Get(server_->port(), "/page").status, 200);
}

}  // namespace
}  // namespace wirewatch
