// HttpClient: one raw loopback connection, to say to a server what no well-behaved client would.
#ifndef WIREWATCH_TESTS_MONITORING_HTTP_HTTP_CLIENT_H_
#define WIREWATCH_TESTS_MONITORING_HTTP_HTTP_CLIENT_H_

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace wirewatch {

struct HttpAnswer {
  int status = 0;  // 0: there was none
  std::map<std::string, std::string> headers;
  std::string body;
};

class HttpClient {
 public:
  explicit HttpClient(std::uint16_t port, bool ipv6 = false) : fd_(socket(ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM, 0)) {
    // Long enough for a laden machine; a test that hangs fails by it.
    const timeval limit{.tv_sec = 60, .tv_usec = 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    v6.sin6_addr = in6addr_loopback;
    connected_ = ipv6 ? connect(fd_, reinterpret_cast<sockaddr*>(&v6), sizeof v6) == 0
                      : connect(fd_, reinterpret_cast<sockaddr*>(&v4), sizeof v4) == 0;
  }
  ~HttpClient() { Close(); }
  HttpClient(HttpClient&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)), connected_(other.connected_), received_(std::move(other.received_)) {}
  HttpClient& operator=(HttpClient&&) = delete;

  bool connected() const { return connected_; }

  void Close() {
    if (fd_ >= 0) close(fd_);
    fd_ = -1;
  }

  // False: the server has closed the connection.
  bool Send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  // The next answer on this connection; of a HEAD request its header only.
  HttpAnswer Receive(bool head = false) {
    std::size_t end;
    while ((end = received_.find("\r\n\r\n")) == std::string::npos) {
      if (!ReadMore()) return {};
    }
    HttpAnswer answer;
    std::string_view header = std::string_view(received_).substr(0, end + 2);
    answer.status = std::atoi(received_.c_str() + std::string_view("HTTP/1.1 ").size());
    header.remove_prefix(header.find("\r\n") + 2);
    while (!header.empty()) {
      const std::string_view line = header.substr(0, header.find("\r\n"));
      const std::size_t colon = line.find(": ");
      answer.headers.emplace(line.substr(0, colon), line.substr(colon + 2));
      header.remove_prefix(line.size() + 2);
    }
    received_.erase(0, end + 4);
    if (head) return answer;
    const auto told = answer.headers.find("Content-Length");
    const std::size_t length = told == answer.headers.end() ? 0 : std::strtoul(told->second.c_str(), nullptr, 10);
    while (received_.size() < length && ReadMore()) {
    }
    answer.body = received_.substr(0, length);
    received_.erase(0, length);
    return answer;
  }

  // All that comes up to and with `end`; what came, if the connection ends before. For streams and for what is no
  // answer.
  std::string ReceiveUntil(std::string_view end) {
    std::size_t found;
    while ((found = received_.find(end)) == std::string::npos) {
      if (!ReadMore()) return std::exchange(received_, "");
    }
    const std::string text = received_.substr(0, found + end.size());
    received_.erase(0, found + end.size());
    return text;
  }

  // Waits for the server to close this connection; false: something else came.
  bool ReceiveEnd() { return received_.empty() && !ReadMore(); }

  // The server has something for us, or has closed the connection, within `time`.
  bool Wait(std::chrono::milliseconds time) const {
    pollfd events{.fd = fd_, .events = POLLIN, .revents = 0};
    return poll(&events, 1, static_cast<int>(time.count())) > 0;
  }

 private:
  bool ReadMore() {
    char bytes[16384];
    const ssize_t count = recv(fd_, bytes, sizeof bytes, 0);
    if (count <= 0) return false;
    received_.append(bytes, static_cast<std::size_t>(count));
    return true;
  }

  int fd_;
  bool connected_ = false;
  std::string received_;
};

inline HttpAnswer Exchange(std::uint16_t port, std::string_view request) {
  HttpClient client(port);
  client.Send(request);
  return client.Receive();
}

inline HttpAnswer Get(std::uint16_t port, const std::string& path) {
  return Exchange(port, "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
}

}  // namespace wirewatch

#endif  // WIREWATCH_TESTS_MONITORING_HTTP_HTTP_CLIENT_H_
