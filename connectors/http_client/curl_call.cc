#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <utility>
#include <variant>

#include "base/text/ascii.h"
#include "base/text/trim.h"
#include "connectors/http_client/call_text.h"
#include "connectors/http_client/curl_call_internal.h"
#include "connectors/http_client/mail_header.h"
#include "pipeline/deliver/mail_address.h"

namespace wirewatch {
namespace {

constexpr std::size_t kMostBody = 1 << 20, kMostHeaders = 256 << 10;
// A service that asks us to wait for longer is asked again nevertheless: the schedule of retries has no longer step.
constexpr std::chrono::seconds kLongestWait = std::chrono::hours(24);

CallAnswer NotAllowed(std::string why) { return {CallAnswer::Kind::kNotAllowed, 0, std::move(why), {}, {}}; }

std::string Part(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK) return "";
  const CurlText owned(text);
  return text;
}

void Append(CurlList& list, const std::string& line) {
  curl_slist* const longer = curl_slist_append(list.get(), line.c_str());
  if (longer == nullptr) return;
  list.release();  // it is the begin of the longer one
  list.reset(longer);
}

// libcurl's encoder keeps a line break as one only where it is CRLF (RFC 2045, 6.7).
std::string WithCrlf(std::string_view text) {
  std::string lines;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r')) lines += '\r';
    lines += text[i];
  }
  return lines;
}

// Those that say how the mail is built are the transport's own.
bool IsOfTheBuild(std::string_view name) {
  return BeginsInAnyCase(name, "content-") || EqualsInAnyCase(name, "mime-version") || EqualsInAnyCase(name, "bcc");
}

}  // namespace

curl_socket_t OpenSockets::Open(const curl_sockaddr& address) {
  const int made = ::socket(address.family, address.socktype | SOCK_CLOEXEC, address.protocol);
  if (made < 0) return CURL_SOCKET_BAD;
  open_.insert(made);
  return made;
}

int OpenSockets::Close(void* sockets, curl_socket_t socket) {
  static_cast<OpenSockets*>(sockets)->open_.erase(socket);
  return ::close(socket);
}

void OpenSockets::EndReading() {
  for (const curl_socket_t socket : open_) ::shutdown(socket, SHUT_RD);
}

CurlCall::CurlCall(const CurlTransportOptions& options, OpenSockets& sockets, Call call,
                   std::function<void(CallAnswer)> done)
    : options_(options), sockets_(sockets), call_(std::move(call)), done_(std::move(done)) {}

template <typename Value>
void CurlCall::Set(CURLoption option, Value value) {
  const CURLcode code = curl_easy_setopt(easy_.get(), option, value);
  if (setting_ == CURLE_OK) setting_ = code;
}

std::optional<CallAnswer> CurlCall::Prepare() {
  easy_.reset(curl_easy_init());
  if (easy_ == nullptr) return NotReached(CURLE_OUT_OF_MEMORY);
  Set(CURLOPT_PRIVATE, static_cast<void*>(this));
  Set(CURLOPT_ERRORBUFFER, error_);
  Set(CURLOPT_NOSIGNAL, 1L);
  // A resolver that hangs is left behind. Without this the end of one call would wait for it, and all others with it.
  Set(CURLOPT_QUICK_EXIT, 1L);
  Set(CURLOPT_TIMEOUT_MS, static_cast<long>(options_.timeout.count()));
  Set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options_.connect_timeout.count()));
  Set(CURLOPT_SERVER_RESPONSE_TIMEOUT, std::max(1L, static_cast<long>(options_.timeout.count() / 1000)));
  Set(CURLOPT_DNS_CACHE_TIMEOUT, 60L);
  Set(CURLOPT_FOLLOWLOCATION, 0L);
  Set(CURLOPT_SSL_VERIFYPEER, 1L);
  Set(CURLOPT_SSL_VERIFYHOST, 2L);
  Set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!options_.ca_file.empty()) {
    Set(CURLOPT_CAINFO, options_.ca_file.c_str());
    Set(CURLOPT_PROXY_CAINFO, options_.ca_file.c_str());
  }
  Set(CURLOPT_OPENSOCKETFUNCTION, &CurlCall::OpenSocket);
  Set(CURLOPT_OPENSOCKETDATA, static_cast<void*>(this));
  Set(CURLOPT_CLOSESOCKETFUNCTION, &OpenSockets::Close);
  Set(CURLOPT_CLOSESOCKETDATA, static_cast<void*>(&sockets_));
  Set(CURLOPT_WRITEFUNCTION, &CurlCall::TakeBody);
  Set(CURLOPT_WRITEDATA, static_cast<void*>(this));
  Set(CURLOPT_HEADERFUNCTION, &CurlCall::TakeHeader);
  Set(CURLOPT_HEADERDATA, static_cast<void*>(this));
  // Not null: then http_proxy and NO_PROXY of the environment would be used, and the guard would see the proxy's
  // address alone.
  Set(CURLOPT_PROXY, "");
  Set(CURLOPT_NOPROXY, "");

  const auto* const http = std::get_if<HttpCall>(&call_);
  auto refused = http != nullptr ? PrepareHttp(*http) : PrepareMail(std::get<MailCall>(call_));
  if (!refused && setting_ != CURLE_OK) refused = NotReached(setting_);
  if (refused) easy_.reset();
  return refused;
}

std::optional<CallAnswer> CurlCall::PrepareHttp(const HttpCall& call) {
  if (!IsHeaderName(call.method)) return NotAllowed("the request's method is none");
  for (const auto& [name, value] : call.headers) {
    if (!IsHeaderName(name)) return NotAllowed("the name of a header is none");
    if (!IsHeaderValue(value)) return NotAllowed(fmt::format("the header {} has a line break or NUL in it", name));
    // Without a value libcurl would drop a header; with a semicolon in the place of the colon it is sent empty.
    Append(headers_, Trimmed(value).empty() ? name + ';' : fmt::format("{}: {}", name, value));
  }
  if (!IsHeaderValue(call.url)) return NotAllowed("the URL has a line break or NUL in it");
  const CurlUrl url(curl_url());
  if (curl_url_set(url.get(), CURLUPART_URL, call.url.c_str(), CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK) {
    return NotAllowed("the URL is none");
  }
  const std::string scheme = Part(url.get(), CURLUPART_SCHEME);
  if (scheme != "http" && scheme != "https") return NotAllowed("the URL is not of http or https");
  secrets_ = SecretsOfUrl(Part(url.get(), CURLUPART_USER), Part(url.get(), CURLUPART_PASSWORD),
                          Part(url.get(), CURLUPART_PATH), Part(url.get(), CURLUPART_QUERY));
  if (!options_.proxy.empty()) {
    std::string host = Part(url.get(), CURLUPART_HOST);
    if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
    if (const auto refusal = options_.guard.RefusalOfLiteral(host)) return NotAllowed(*refusal);
    Set(CURLOPT_PROXY, options_.proxy.c_str());
    Set(CURLOPT_HEADEROPT, static_cast<long>(CURLHEADER_SEPARATE));  // ours are not for the proxy
    Set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  }
  Set(CURLOPT_URL, call.url.c_str());
  Set(CURLOPT_PROTOCOLS_STR, "http,https");
  Set(CURLOPT_USERAGENT, options_.user_agent.c_str());
  Append(headers_, "Expect:");  // no waiting for a 100 Continue
  Set(CURLOPT_HTTPHEADER, headers_.get());
  if (call.method == "HEAD") {
    Set(CURLOPT_NOBODY, 1L);
  } else if (!call.body.empty() || call.method == "POST") {
    Set(CURLOPT_POST, 1L);
    Set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(call.body.size()));
    Set(CURLOPT_POSTFIELDS, call.body.c_str());
  }
  Set(CURLOPT_CUSTOMREQUEST, call.method.c_str());
  return std::nullopt;
}

CURLcode CurlCall::AddPart(curl_mime* mime, const std::string& text, const char* type) {
  curl_mimepart* const part = curl_mime_addpart(mime);
  if (part == nullptr) return CURLE_OUT_OF_MEMORY;
  const std::string lines = WithCrlf(text);
  CURLcode code = curl_mime_data(part, lines.data(), lines.size());
  if (code == CURLE_OK) code = curl_mime_type(part, type);
  if (code == CURLE_OK) code = curl_mime_encoder(part, "quoted-printable");
  return code;
}

std::optional<CallAnswer> CurlCall::PrepareMail(const MailCall& call) {
  if (!options_.mail) return NotAllowed("there is no mail server: set smtp.server");
  const MailServer& server = *options_.mail;
  if (!IsMailAddress(call.from)) return NotAllowed("the sender is no mail address of ASCII");
  if (call.to.empty()) return NotAllowed("the mail has no recipients");
  for (const std::string& to : call.to) {
    if (!IsMailAddress(to)) return NotAllowed("a recipient is no mail address of ASCII");
    Append(recipients_, to);
  }
  for (const auto& [name, value] : call.headers) {
    if (IsOfTheBuild(name)) return NotAllowed(fmt::format("the header {} is not the sender's to set", name));
    auto line = MailHeaderLine(name, value);
    if (!line) return NotAllowed(line.error().message);
    Append(headers_, *line);
  }
  if (!server.password.empty()) secrets_ = {server.password};

  const bool v6 = server.host.find(':') != std::string::npos;
  const std::string url =
      fmt::format("{}://{}{}{}:{}/{}", server.security == MailServer::Security::kTls ? "smtps" : "smtp", v6 ? "[" : "",
                  server.host, v6 ? "]" : "", server.port, server.ehlo);
  Set(CURLOPT_URL, url.c_str());
  Set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  if (server.security == MailServer::Security::kStartTls) Set(CURLOPT_USE_SSL, static_cast<long>(CURLUSESSL_ALL));
  if (!server.user.empty()) {
    Set(CURLOPT_USERNAME, server.user.c_str());
    Set(CURLOPT_PASSWORD, server.password.c_str());
  }
  Set(CURLOPT_MAIL_FROM, call.from.c_str());
  Set(CURLOPT_MAIL_RCPT, recipients_.get());
  // One bad address must not keep the mail from all others.
  Set(CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L);
  Append(headers_, "Content-Type: multipart/alternative");  // libcurl adds the boundary
  Set(CURLOPT_HTTPHEADER, headers_.get());
  mime_.reset(curl_mime_init(easy_.get()));
  CURLcode code = mime_ == nullptr ? CURLE_OUT_OF_MEMORY : AddPart(mime_.get(), call.text, "text/plain; charset=utf-8");
  if (code == CURLE_OK && !call.html.empty()) code = AddPart(mime_.get(), call.html, "text/html; charset=utf-8");
  if (code != CURLE_OK) return NotReached(code);
  Set(CURLOPT_MIMEPOST, mime_.get());
  // The dialog.
  Set(CURLOPT_VERBOSE, 1L);
  Set(CURLOPT_DEBUGFUNCTION, &CurlCall::Listen);
  Set(CURLOPT_DEBUGDATA, static_cast<void*>(this));
  return std::nullopt;
}

curl_socket_t CurlCall::OpenSocket(void* call, curlsocktype, curl_sockaddr* address) {
  auto& self = *static_cast<CurlCall*>(call);
  const bool http = std::holds_alternative<HttpCall>(self.call_);
  std::optional<std::string> refusal;
  if (http && self.options_.proxy.empty()) {
    refusal = self.options_.guard.Refusal(address->addr, address->addrlen);
  } else if (!http && self.options_.mail->security == MailServer::Security::kNone &&
             !IsLoopback(address->addr, address->addrlen)) {
    refusal = "smtp.security: none is for a mail server on this machine alone";
  }
  if (refusal) {
    self.refusal_ = *refusal;
    return CURL_SOCKET_BAD;
  }
  ++self.connections_;
  return self.sockets_.Open(*address);
}

std::size_t CurlCall::TakeBody(char* bytes, std::size_t, std::size_t size, void* call) {
  auto& self = *static_cast<CurlCall*>(call);
  self.body_bytes_ += size;
  self.body_.append(bytes, std::min(size, kMostReadText - self.body_.size()));
  self.over_ = self.body_bytes_ > kMostBody;
  return self.over_ ? 0 : size;
}

std::size_t CurlCall::TakeHeader(char*, std::size_t, std::size_t size, void* call) {
  auto& self = *static_cast<CurlCall*>(call);
  self.header_bytes_ += size;
  return self.header_bytes_ > kMostHeaders ? 0 : size;
}

int CurlCall::Listen(CURL*, curl_infotype type, char* bytes, std::size_t size, void* call) {
  auto& self = *static_cast<CurlCall*>(call);
  if (type == CURLINFO_HEADER_OUT) self.dialog_.Sent({bytes, size});
  if (type == CURLINFO_HEADER_IN) self.dialog_.Got({bytes, size});
  return 0;
}

CallAnswer CurlCall::AnswerOf(CURLcode code) {
  // None was let through, so nothing was sent.
  if (code != CURLE_OK && !refusal_.empty() && connections_ == 0) return NotAllowed(refusal_);
  return std::holds_alternative<HttpCall>(call_) ? HttpAnswer(code) : MailAnswer(code);
}

CallAnswer CurlCall::HttpAnswer(CURLcode code) const {
  if (code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_URL_MALFORMAT) return NotAllowed(Sentence(code));
  if (code != CURLE_OK && !over_) return NotReached(code);
  long status = 0;
  curl_off_t wait = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(easy_.get(), CURLINFO_RETRY_AFTER, &wait);
  CallAnswer answer{CallAnswer::Kind::kAnswered, static_cast<int>(status), TellableText(body_, secrets_), {}, {}};
  if (wait > 0) answer.retry_after = std::min(std::chrono::seconds(wait), kLongestWait);
  return answer;
}

CallAnswer CurlCall::MailAnswer(CURLcode code) const {
  const std::vector<RefusedRecipient>& refused = dialog_.refused();
  if (code != CURLE_OK && dialog_.code() < 400) {
    CallAnswer answer = NotReached(code);
    if (!dialog_.last_reply().empty()) {
      answer.text =
          TellableText(fmt::format("{}; the server said: {}", Sentence(code), dialog_.last_reply()), secrets_);
    }
    return answer;
  }
  CallAnswer answer{CallAnswer::Kind::kAnswered, dialog_.code(), dialog_.last_reply(), {}, {}};
  if (code != CURLE_OK && !refused.empty()) {
    // All of them were refused: again, if one of them may be taken later.
    const auto later = std::find_if(refused.begin(), refused.end(), [](const auto& r) { return r.code < 500; });
    if (later != refused.end()) answer.status = later->code, answer.text = later->reply;
  } else {
    for (const RefusedRecipient& recipient : refused) {
      answer.refused.push_back(recipient.address);
      answer.text += fmt::format("; refused: {} ({})", recipient.address, recipient.reply);
    }
  }
  answer.text = TellableText(answer.text, secrets_);
  return answer;
}

std::string CurlCall::Sentence(CURLcode code) const {
  return error_[0] != '\0' ? std::string(error_) : std::string(curl_easy_strerror(code));
}

CallAnswer CurlCall::NotReached(CURLcode code) const {
  return {CallAnswer::Kind::kNotReached, 0, TellableText(Sentence(code), secrets_), {}, {}};
}

}  // namespace wirewatch
