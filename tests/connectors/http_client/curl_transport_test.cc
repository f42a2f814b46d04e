// The transport against real servers on loopback (tests/support/http_peer.py, smtp_peer.py).
#include "connectors/http_client/curl_transport.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/support/python_peer.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait_until.h"

namespace wirewatch {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using Kind = CallAnswer::Kind;

PythonPeer& HttpPeer() {
  static PythonPeer peer("http_peer.py");
  return peer;
}

std::unique_ptr<CurlTransport> TransportOf(CurlTransportOptions options) {
  auto transport = CurlTransport::Create(std::move(options));
  if (!transport) {
    ADD_FAILURE() << transport.error().message;
    std::abort();
  }
  return *std::move(transport);
}

CurlTransportOptions ToLoopback() {
  CurlTransportOptions options;
  options.guard = *AddressGuard::Create({"127.0.0.1"});
  return options;
}

std::future<CallAnswer> Started(Transport& transport, Call call) {
  auto promise = std::make_shared<std::promise<CallAnswer>>();
  transport.Start(std::move(call), [promise](CallAnswer answer) { promise->set_value(std::move(answer)); });
  return promise->get_future();
}

CallAnswer Taken(std::future<CallAnswer> future) {
  if (future.wait_for(kLong) != std::future_status::ready) {
    ADD_FAILURE() << "the call does not end";
    std::abort();
  }
  return future.get();
}

CallAnswer Called(Transport& transport, Call call) { return Taken(Started(transport, std::move(call))); }

HttpCall Post(const std::string& url, std::string body = "{}") {
  return {"POST", url, {{"content-type", "application/json"}}, std::move(body)};
}

class HttpTest : public testing::Test {
 protected:
  void SetUp() override {
    HttpPeer().Tell("requests");
    HttpPeer().Tell("tell", json::object());
  }
  CallAnswer Call(const std::string& path) { return Called(*transport_, Post(HttpPeer().Url(path))); }

  const std::unique_ptr<CurlTransport> transport_ = TransportOf(ToLoopback());
};

TEST_F(HttpTest, ARequestArrivesAsItWasMade) {
  HttpCall call = Post(HttpPeer().Url("/ok?a=b"), "{\"title\":\"Łódź\"}");
  call.headers = {{"content-type", "application/json"}, {"webhook-id", "m1"}, {"x-empty", ""}};
  const CallAnswer answer = Called(*transport_, call);
  EXPECT_EQ(answer.kind, Kind::kAnswered);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.text, "ok");
  const json requests = HttpPeer().Tell("requests");
  ASSERT_THAT(requests, SizeIs(1));
  EXPECT_EQ(requests[0]["method"], "POST");
  EXPECT_EQ(requests[0]["target"], "/ok?a=b");
  EXPECT_EQ(requests[0]["body"], call.body);
  const json& headers = requests[0]["headers"];
  EXPECT_EQ(headers["content-type"], "application/json");
  EXPECT_EQ(headers["webhook-id"], "m1");
  EXPECT_EQ(headers["x-empty"], "");
  EXPECT_EQ(headers["user-agent"], "wirewatch");
  EXPECT_FALSE(headers.contains("cookie"));
  EXPECT_FALSE(headers.contains("expect"));
}

TEST_F(HttpTest, OtherMethodsHaveTheirBodyOrNone) {
  EXPECT_EQ(Called(*transport_, HttpCall{"GET", HttpPeer().Url("/ok"), {}, ""}).status, 200);
  EXPECT_EQ(Called(*transport_, HttpCall{"PUT", HttpPeer().Url("/ok"), {}, "x"}).status, 200);
  EXPECT_EQ(Called(*transport_, HttpCall{"POST", HttpPeer().Url("/ok"), {}, ""}).status, 200);
  const json requests = HttpPeer().Tell("requests");
  ASSERT_THAT(requests, SizeIs(3));
  EXPECT_EQ(requests[0]["method"], "GET");
  EXPECT_EQ(requests[0]["body"], "");
  EXPECT_EQ(requests[1]["method"], "PUT");
  EXPECT_EQ(requests[1]["body"], "x");
  EXPECT_EQ(requests[2]["method"], "POST");
}

TEST_F(HttpTest, EveryStatusIsAnAnswer) {
  for (const int status : {204, 301, 400, 404, 410, 500, 503}) {
    HttpPeer().Tell("tell", {{"status", status}, {"body", status == 204 ? "" : "because"}});
    const CallAnswer answer = Call("/told");
    EXPECT_EQ(answer.kind, Kind::kAnswered);
    EXPECT_EQ(answer.status, status);
    EXPECT_EQ(answer.retry_after, std::nullopt);
  }
}

TEST_F(HttpTest, RetryAfterIsReadInBothForms) {
  HttpPeer().Tell("tell", {{"status", 429}, {"headers", {{"Retry-After", "120"}}}});
  EXPECT_EQ(Call("/told").retry_after, std::chrono::seconds(120));
  HttpPeer().Tell("tell", {{"status", 503}, {"headers", {{"Retry-After", "Fri, 31 Dec 2100 23:59:59 GMT"}}}});
  EXPECT_EQ(Call("/told").retry_after, std::chrono::hours(24)) << "not for years";
  HttpPeer().Tell("tell", {{"status", 503}, {"headers", {{"Retry-After", "soon"}}}});
  EXPECT_EQ(Call("/told").retry_after, std::nullopt);
}

TEST_F(HttpTest, ARedirectIsAnAnswerAndNotFollowed) {
  const CallAnswer answer = Call("/redirect");
  EXPECT_EQ(answer.kind, Kind::kAnswered);
  EXPECT_EQ(answer.status, 302);
  EXPECT_THAT(HttpPeer().Tell("requests"), SizeIs(1));
}

TEST_F(HttpTest, CookiesAreNotKept) {
  HttpPeer().Tell("tell", {{"status", 200}, {"headers", {{"Set-Cookie", "a=b; Path=/"}}}});
  Call("/told");
  Call("/told");
  const json requests = HttpPeer().Tell("requests");
  ASSERT_THAT(requests, SizeIs(2));
  EXPECT_FALSE(requests[1]["headers"].contains("cookie"));
}

TEST_F(HttpTest, ABrokenConnectionIsNoAnswer) {
  EXPECT_EQ(Call("/close").kind, Kind::kNotReached);
  EXPECT_EQ(Call("/mid-body").kind, Kind::kNotReached);
  EXPECT_EQ(Called(*transport_, Post("http://127.0.0.1:1/closed-port")).kind, Kind::kNotReached);
  EXPECT_EQ(Called(*transport_, Post("http://no-such-host.invalid/")).kind, Kind::kNotReached);
}

TEST_F(HttpTest, OfALongAnswerTheBeginningIsReadAndTheStatusCounts) {
  const CallAnswer answer = Call("/huge");
  EXPECT_EQ(answer.kind, Kind::kAnswered);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.text, std::string(1024, 'x'));
}

TEST_F(HttpTest, HeadersWithoutAnEndAreNoAnswer) { EXPECT_EQ(Call("/headers").kind, Kind::kNotReached); }

TEST_F(HttpTest, WhatHangsHoldsUpNoOther) {
  CurlTransportOptions options = ToLoopback();
  options.timeout = kLong;
  options.connections_per_host = 64;
  const auto transport = TransportOf(options);
  std::vector<std::future<CallAnswer>> slow;
  for (int i = 0; i < 8; ++i) {
    slow.push_back(Started(*transport, Post(HttpPeer().Url(i % 2 == 0 ? "/hang" : "/drip"))));
  }
  ASSERT_TRUE(WaitUntil([] { return HttpPeer().Tell("open").get<int>() == 4; }));
  for (int i = 0; i < 20; ++i) EXPECT_EQ(Called(*transport, Post(HttpPeer().Url("/ok"))).status, 200);
  EXPECT_EQ(HttpPeer().Tell("open"), 4);
}

TEST_F(HttpTest, WhatHangsOrDripsEndsInItsTime) {
  CurlTransportOptions options = ToLoopback();
  options.timeout = std::chrono::milliseconds(300);
  const auto transport = TransportOf(options);
  for (const char* path : {"/hang", "/drip"}) {
    const CallAnswer answer = Called(*transport, Post(HttpPeer().Url(path)));
    EXPECT_EQ(answer.kind, Kind::kNotReached);
    EXPECT_THAT(answer.text, HasSubstr("timed out"));
  }
}

TEST_F(HttpTest, CallsOverTheLimitOfConnectionsWaitAndAreMade) {
  CurlTransportOptions options = ToLoopback();
  options.connections_per_host = 2;
  const auto transport = TransportOf(options);
  std::vector<std::future<CallAnswer>> calls;
  for (int i = 0; i < 50; ++i) calls.push_back(Started(*transport, Post(HttpPeer().Url("/ok"))));
  for (auto& call : calls) EXPECT_EQ(Taken(std::move(call)).status, 200);
  EXPECT_THAT(HttpPeer().Tell("requests"), SizeIs(50));
}

TEST_F(HttpTest, ADoneCallMayStartAnother) {
  std::promise<CallAnswer> second;
  transport_->Start(Post(HttpPeer().Url("/ok")), [&](const CallAnswer&) {
    transport_->Start(Post(HttpPeer().Url("/told")), [&](CallAnswer answer) { second.set_value(std::move(answer)); });
  });
  EXPECT_EQ(Taken(second.get_future()).status, 200);
}

TEST_F(HttpTest, TheEndOfTheTransportEndsCallsUnderWay) {
  std::atomic<int> ended = 0;
  {
    CurlTransportOptions options = ToLoopback();
    options.connections_per_host = 2;  // the third call waits for a connection
    const auto transport = TransportOf(options);
    for (int i = 0; i < 3; ++i) {
      transport->Start(Post(HttpPeer().Url("/hang")), [&](const CallAnswer& answer) {
        EXPECT_EQ(answer.kind, Kind::kNotReached);
        ++ended;
      });
    }
    ASSERT_TRUE(WaitUntil([] { return HttpPeer().Tell("open").get<int>() == 2; }));
  }
  EXPECT_EQ(ended, 3);
}

TEST_F(HttpTest, WhatWouldEndALineIsRefusedBeforeAnythingIsSent) {
  using std::string_literals::operator""s;
  for (const std::string& bad : {"a\r\nX-Other: b"s, "a\nb"s, "a\rb"s, "a\0b"s}) {
    HttpCall value = Post(HttpPeer().Url("/ok")), name = value, url = value, method = value;
    value.headers.emplace_back("x-mine", bad);
    name.headers.emplace_back(bad, "x");
    url.url += bad;
    method.method = bad;
    for (const HttpCall& call : {value, name, url, method}) {
      EXPECT_EQ(Called(*transport_, call).kind, Kind::kNotAllowed);
    }
  }
  EXPECT_THAT(HttpPeer().Tell("requests"), IsEmpty());
}

TEST_F(HttpTest, SecretsOfTheUrlAreInNoText) {
  const std::string secret = "T00000000aBcDeFgHiJkLmNoP", query = "sig-0123456789abcdef";
  HttpCall call = Post(HttpPeer().Url("/echo"), "said: " + secret);
  call.url = "http://wire:pass-of-mine@127.0.0.1:" + std::to_string(HttpPeer().port()) + "/told/" + secret;
  HttpPeer().Tell("tell", {{"status", 500}, {"body", "no hook " + secret + " here, pass-of-mine"}});
  CallAnswer answer = Called(*transport_, call);
  EXPECT_EQ(answer.status, 500);
  EXPECT_THAT(answer.text,
              AllOf(HasSubstr("no hook *** here"), Not(HasSubstr(secret)), Not(HasSubstr("pass-of-mine"))));
  call.url = HttpPeer().Url("/echo?key=" + query);
  answer = Called(*transport_, call);
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.text, AllOf(HasSubstr("POST"), Not(HasSubstr(query))));
  for (const char* url : {"http://no-such-host.invalid/", "http://127.0.0.1:1/", "gopher://127.0.0.1/", "http://[/"}) {
    answer = Called(*transport_, Post(url + secret));
    EXPECT_NE(answer.kind, Kind::kAnswered);
    EXPECT_THAT(answer.text, AllOf(Not(HasSubstr(secret)), Not(IsEmpty())));
  }
}

TEST(TlsTest, ACertificateIsVerified) {
  const TempDir directory;
  const PythonPeer peer("http_peer.py", {directory.path()});
  const std::string port = std::to_string(peer.port());
  CurlTransportOptions options = ToLoopback();
  const CallAnswer unknown = Called(*TransportOf(options), Post("https://127.0.0.1:" + port + "/ok"));
  EXPECT_EQ(unknown.kind, Kind::kNotReached);
  EXPECT_THAT(unknown.text, HasSubstr("certificate"));
  options.ca_file = directory.Path("ca.pem");
  EXPECT_EQ(Called(*TransportOf(options), Post("https://127.0.0.1:" + port + "/ok")).status, 200);
  // The certificate is for another name.
  options.guard = *AddressGuard::Create({"127.0.0.0/8"});
  EXPECT_EQ(Called(*TransportOf(options), Post("https://127.0.0.2:" + port + "/ok")).kind, Kind::kNotReached);
  EXPECT_THAT(peer.Tell("requests"), SizeIs(1));
}

// --- Where a request may not go

class GuardTest : public testing::Test {
 protected:
  void SetUp() override { HttpPeer().Tell("requests"); }
  const std::unique_ptr<CurlTransport> transport_ = TransportOf({});
};

TEST_F(GuardTest, NoSpellingOfAnInnerAddressPasses) {
  const std::string port = std::to_string(HttpPeer().port());
  for (const std::string host : {"127.0.0.1",
                                 "2130706433",
                                 "0x7f.1",
                                 "0x7f000001",
                                 "0177.0.0.1",
                                 "017700000001",
                                 "127.1",
                                 "127.0.1",
                                 "localhost",
                                 "LOCALHOST",

                                 "[::1]",
                                 "[0:0:0:0:0:0:0:1]",
                                 "[::ffff:127.0.0.1]",
                                 "[::ffff:7f00:1]",
                                 "[::127.0.0.1]",
                                 "0.0.0.0",
                                 "0",
                                 "[::]",
                                 "127.255.255.254",
                                 "169.254.169.254",
                                 "[::ffff:169.254.169.254]",
                                 "2852039166",
                                 "0xA9.0xFE.0xA9.0xFE",
                                 "[fe80::1]",
                                 "[fd00:ec2::254]",
                                 "[64:ff9b::7f00:1]",
                                 "[2002:7f00:1::1]",
                                 "[2001:0:7f00:1::1]",
                                 "10.0.0.1",
                                 "172.16.0.1",
                                 "192.168.1.1",
                                 "100.64.0.1",
                                 "224.0.0.1",
                                 "255.255.255.255",
                                 "%31%32%37.0.0.1",
                                 "\xe2\x91\xa0\xe2\x91\xa1\xe2\x91\xa6.0.0.1",
                                 "user@127.0.0.1"}) {
    const CallAnswer answer = Called(*transport_, Post("http://" + host + ":" + port + "/ok"));
    EXPECT_EQ(answer.kind, Kind::kNotAllowed) << host << ": " << answer.text;
  }
  // Some resolvers take these for this machine, others for unknown names.
  for (const char* host : {"localhost.", "127.0.0.1."}) {
    EXPECT_NE(Called(*transport_, Post(std::string("http://") + host + ":" + port + "/ok")).kind, Kind::kAnswered);
  }
  EXPECT_THAT(HttpPeer().Tell("requests"), IsEmpty());
}

TEST_F(GuardTest, OtherSchemesAreRefused) {
  for (const char* url : {"file:///etc/passwd", "gopher://127.0.0.1/", "ftp://127.0.0.1/", "smtp://127.0.0.1/",
                          "dict://a", "127.0.0.1/ok", "//127.0.0.1/ok", "/ok", "", "http://", "javascript:alert(1)"}) {
    EXPECT_EQ(Called(*transport_, Post(url)).kind, Kind::kNotAllowed) << url;
  }
}

TEST_F(GuardTest, AProxyOfTheEnvironmentIsNotUsed) {
  const std::string proxy = HttpPeer().Url("");
  for (const char* name : {"http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}) {
    setenv(name, proxy.c_str(), 1);
  }
  // Allowed or not: no request comes to what the environment names.
  const auto to_peer = TransportOf(ToLoopback());
  EXPECT_EQ(Called(*transport_, Post("http://169.254.169.254/latest/meta-data")).kind, Kind::kNotAllowed);
  EXPECT_EQ(Called(*to_peer, Post("http://169.254.169.254/latest/meta-data")).kind, Kind::kNotAllowed);
  EXPECT_EQ(Called(*to_peer, Post("http://no-such-host.invalid/")).kind, Kind::kNotReached);
  EXPECT_THAT(HttpPeer().Tell("requests"), IsEmpty());
  for (const char* name : {"http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}) {
    unsetenv(name);
  }
}

TEST_F(GuardTest, AConfiguredProxyIsUsedAndLiteralsAreStillRefused) {
  setenv("NO_PROXY", "*", 1);
  setenv("no_proxy", "*", 1);
  CurlTransportOptions options;
  options.proxy = HttpPeer().Url("");
  const auto transport = TransportOf(options);
  HttpPeer().Tell("tell", {{"status", 200}, {"body", "by the proxy"}});
  EXPECT_EQ(Called(*transport, Post("http://hooks.example.org/services/x")).text, "by the proxy");
  const json requests = HttpPeer().Tell("requests");
  ASSERT_THAT(requests, SizeIs(1));
  EXPECT_EQ(requests[0]["target"], "http://hooks.example.org/services/x");
  for (const char* url : {"http://169.254.169.254/", "http://0x7f.1/", "http://[::1]/", "http://2130706433/"}) {
    EXPECT_EQ(Called(*transport, Post(url)).kind, Kind::kNotAllowed) << url;
  }
  EXPECT_THAT(HttpPeer().Tell("requests"), IsEmpty());
  unsetenv("NO_PROXY");
  unsetenv("no_proxy");
}

TEST(CurlTransportTest, ACaFileThatIsNoneIsSaidAtTheStart) {
  const TempDir directory;
  CurlTransportOptions options;
  options.ca_file = directory.Path("none.pem");
  const auto missing = CurlTransport::Create(options);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
  options.ca_file = directory.Write("text.pem", "no certificate");
  const auto other = CurlTransport::Create(options);
  ASSERT_FALSE(other);
  EXPECT_THAT(other.error().message, HasSubstr("text.pem"));
}

// --- Mail

// One server for each kind of security that it offers; its certificate's authority stands in a file.
struct Mailer {
  explicit Mailer(const std::string& security) : peer("smtp_peer.py", {directory.path(), security}) {}

  const TempDir directory;
  const PythonPeer peer;
};
const Mailer& MailerWith(const std::string& security) {
  static std::map<std::string, Mailer> mailers;
  return mailers.try_emplace(security, security).first->second;
}

class MailTest : public testing::Test {
 protected:
  explicit MailTest(MailServer::Security security = MailServer::Security::kStartTls, const char* told = "starttls")
      : peer_(MailerWith(told).peer) {
    peer_.Tell("mails");
    peer_.Tell("tell", json::object());
    options_.ca_file = MailerWith(told).directory.Path("ca.pem");
    options_.timeout = std::chrono::seconds(20);
    options_.mail = MailServer{"127.0.0.1", peer_.port(), security, "wire", "pass word", "wire.example.org"};
  }

  static MailCall Mail(std::vector<std::string> to = {"reader@example.org"}) {
    return {"alerts@example.org",
            std::move(to),
            {{"From", "Wirewatch Łódź <alerts@example.org>"},
             {"To", "reader@example.org"},
             {"Subject", "Szwecja: zakaz dla Huawei – „5G”"},
             {"Message-ID", "<m1@example.org>"},
             {"List-Unsubscribe", "<https://wire.example.org/l/unsubscribe/" + std::string(300, 'u') + ">"}},
            "Zażółć gęślą jaźń.\n\n.a line with a dot\nFrom here\n" + std::string(1500, 'w') + "\n",
            "<p>Zażółć <b>gęślą</b> jaźń</p>\n"};
  }
  CallAnswer Send(const MailCall& mail) { return Called(*TransportOf(options_), mail); }

  const PythonPeer& peer_;
  CurlTransportOptions options_;
};

TEST_F(MailTest, AMailArrivesAsItWasMade) {
  const MailCall mail = Mail();
  const CallAnswer answer = Send(mail);
  EXPECT_EQ(answer.kind, Kind::kAnswered) << answer.text;
  EXPECT_EQ(answer.status, 250);
  EXPECT_EQ(answer.text, "250 2.0.0 taken as 7");
  EXPECT_THAT(answer.refused, IsEmpty());
  const json mails = peer_.Tell("mails");
  ASSERT_THAT(mails, SizeIs(1));
  const json& got = mails[0];
  EXPECT_EQ(got["from"], "alerts@example.org");
  EXPECT_EQ(got["to"], json::array({"reader@example.org"}));
  EXPECT_EQ(got["ehlo"], "wire.example.org");
  EXPECT_EQ(got["tls"], true);
  EXPECT_EQ(got["login"], true);
  EXPECT_EQ(got["type"], "multipart/alternative");
  EXPECT_THAT(got["defects"], IsEmpty());
  for (const auto& [name, value] : mail.headers) EXPECT_EQ(got["headers"][name], value);
  EXPECT_EQ(got["headers"]["Mime-Version"], "1.0");
  EXPECT_LE(got["longest"].get<int>(), 998);
  EXPECT_THAT(got["lines"].get<std::vector<std::string>>(),
              Contains("List-Unsubscribe: <https://wire.example.org/l/unsubscribe/" + std::string(300, 'u') + ">"));
  ASSERT_THAT(got["parts"], SizeIs(2));
  EXPECT_EQ(got["parts"][0]["type"], "text/plain");
  EXPECT_EQ(got["parts"][0]["charset"], "utf-8");
  EXPECT_EQ(got["parts"][0]["encoding"], "quoted-printable");
  EXPECT_EQ(got["parts"][0]["text"], mail.text);
  EXPECT_EQ(got["parts"][1]["type"], "text/html");
  EXPECT_EQ(got["parts"][1]["text"], mail.html);
}

TEST_F(MailTest, WithoutHtmlThereIsOnePart) {
  MailCall mail = Mail();
  mail.html.clear();
  EXPECT_EQ(Send(mail).status, 250);
  const json mails = peer_.Tell("mails");
  ASSERT_THAT(mails, SizeIs(1));
  EXPECT_THAT(mails[0]["parts"], SizeIs(1));
  EXPECT_EQ(mails[0]["parts"][0]["text"], mail.text);
}

TEST_F(MailTest, SeveralMailsGoOverOneTransport) {
  const auto transport = TransportOf(options_);
  std::vector<std::future<CallAnswer>> calls;
  for (int i = 0; i < 20; ++i) calls.push_back(Started(*transport, Mail()));
  for (auto& call : calls) EXPECT_EQ(Taken(std::move(call)).status, 250);
  EXPECT_THAT(peer_.Tell("mails"), SizeIs(20));
}

TEST_F(MailTest, RefusedRecipientsAreReportedAndTheOthersGetTheMail) {
  const CallAnswer answer =
      Send(Mail({"refused@example.org", "reader@example.org", "later@example.org", "b@example.org"}));
  EXPECT_EQ(answer.kind, Kind::kAnswered);
  EXPECT_EQ(answer.status, 250);
  EXPECT_THAT(answer.refused, ElementsAre("refused@example.org", "later@example.org"));
  EXPECT_THAT(answer.text, HasSubstr("refused@example.org (550 5.1.1 no such user)"));
  const json mails = peer_.Tell("mails");
  ASSERT_THAT(mails, SizeIs(1));
  EXPECT_EQ(mails[0]["to"], json::array({"reader@example.org", "b@example.org"}));
}

TEST_F(MailTest, WhereAllAreRefusedTheMildestRefusalCounts) {
  EXPECT_EQ(Send(Mail({"refused@example.org"})).status, 550);
  const CallAnswer answer = Send(Mail({"later@example.org", "refused@example.org"}));
  EXPECT_EQ(answer.kind, Kind::kAnswered);
  EXPECT_EQ(answer.status, 451);
  EXPECT_EQ(answer.text, "451 4.7.1 come again");
  EXPECT_THAT(peer_.Tell("mails"), IsEmpty());
}

TEST_F(MailTest, WhatTheServerSaysOfTheMailIsTheAnswer) {
  for (const auto& [said, status] : {std::pair{"554 5.6.0 looks like spam", 554}, {"452 4.3.1 disk is full", 452}}) {
    peer_.Tell("tell", {{"data", said}});
    const CallAnswer answer = Send(Mail());
    EXPECT_EQ(answer.kind, Kind::kAnswered);
    EXPECT_EQ(answer.status, status);
    EXPECT_EQ(answer.text, said);
  }
  peer_.Tell("tell", {{"mail", "553 5.1.8 not this sender"}});
  EXPECT_EQ(Send(Mail()).status, 553);
}

TEST_F(MailTest, ARefusedLoginIsNotTheMailsFault) {
  options_.mail->password = "another-pass-word";
  const CallAnswer answer = Send(Mail());
  EXPECT_EQ(answer.kind, Kind::kNotReached);
  EXPECT_THAT(answer.text, AllOf(HasSubstr("535"), Not(HasSubstr("another-pass-word"))));
  peer_.Tell("tell", {{"mail", "530 5.7.0 log in first"}});
  options_.mail->password = "pass word";
  EXPECT_EQ(Send(Mail()).kind, Kind::kNotReached);
  EXPECT_THAT(peer_.Tell("mails"), IsEmpty());
}

TEST_F(MailTest, ACertificateOfAnotherAuthorityIsRefused) {
  options_.ca_file.clear();
  EXPECT_EQ(Send(Mail()).kind, Kind::kNotReached);
  EXPECT_THAT(peer_.Tell("mails"), IsEmpty());
}

TEST_F(MailTest, WhatWouldEndALineOrACommandIsRefusedBeforeAnythingIsSent) {
  using std::string_literals::operator""s;
  std::vector<MailCall> calls;
  for (const std::string& bad : {"a\r\nBcc: x@example.org"s, "a\nb"s, "a\rb"s, "a\0b"s}) {
    calls.push_back(Mail());
    calls.back().headers.emplace_back("X-Mine", bad);
    calls.push_back(Mail());
    calls.back().headers.emplace_back(bad, "x");
    calls.push_back(Mail({"reader@example.org", "b@example.org" + bad}));
    calls.push_back(Mail());
    calls.back().from += bad;
  }
  for (const char* name : {"Bcc", "Content-Type", "content-transfer-encoding", "MIME-Version"}) {
    calls.push_back(Mail());
    calls.back().headers.emplace_back(name, "x");
  }
  calls.push_back(Mail(std::vector<std::string>{}));
  const auto transport = TransportOf(options_);
  for (const MailCall& call : calls) EXPECT_EQ(Called(*transport, call).kind, Kind::kNotAllowed);
  EXPECT_THAT(peer_.Tell("mails"), IsEmpty());
}

TEST_F(MailTest, WithoutAServerMailIsNotAllowed) {
  options_.mail.reset();
  EXPECT_EQ(Send(Mail()).kind, Kind::kNotAllowed);
}

TEST_F(MailTest, AServerThatDoesNotSayGoodbyeIsNotWaitedFor) {
  peer_.Tell("tell", {{"mute", true}});
  EXPECT_EQ(Send(Mail()).status, 250);  // with the end of the transport
}

class TlsMailTest : public MailTest {
 protected:
  TlsMailTest() : MailTest(MailServer::Security::kTls, "tls") {}
};
TEST_F(TlsMailTest, TlsFromTheFirstByte) {
  EXPECT_EQ(Send(Mail()).status, 250);
  EXPECT_THAT(peer_.Tell("mails"), SizeIs(1));
}

class PlainMailTest : public MailTest {
 protected:
  PlainMailTest() : MailTest(MailServer::Security::kStartTls, "none") {}
};
TEST_F(PlainMailTest, WithoutStartTlsNoMailGoesOutUnlessThatIsConfigured) {
  const CallAnswer refused = Send(Mail());
  EXPECT_EQ(refused.kind, Kind::kNotReached);
  EXPECT_THAT(refused.text, HasSubstr("STARTTLS"));
  EXPECT_THAT(peer_.Tell("mails"), IsEmpty());
  options_.mail->security = MailServer::Security::kNone;
  options_.mail->user.clear();
  options_.mail->password.clear();
  EXPECT_EQ(Send(Mail()).status, 250);
}

TEST(CurlTransportTest, ClearTextMailGoesToThisMachineOnly) {
  CurlTransportOptions options;
  options.timeout = std::chrono::seconds(5);
  options.mail = MailServer{"192.0.2.1", 25, MailServer::Security::kNone, "", "", ""};
  const CallAnswer answer =
      Called(*TransportOf(options), MailCall{"a@example.org", {"b@example.org"}, {{"Subject", "x"}}, "x", ""});
  EXPECT_EQ(answer.kind, Kind::kNotAllowed);
  EXPECT_THAT(answer.text, HasSubstr("smtp.security"));
}

}  // namespace
}  // namespace wirewatch
