#include "rules/codes/host.h"

#include <arpa/inet.h>
#include <idn2.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <initializer_list>
#include <optional>

#include "base/c_handle.h"
#include "base/text/ascii.h"
#include "base/text/hex.h"

namespace wirewatch {
namespace {

constexpr std::size_t kLongestHost = 1024;  // bytes as written; DNS ends at 253, percent-encoded UTF-8 is longer

bool IsSlash(char c) { return c == '/' || c == '\\'; }
bool IsControlOrBlank(char c) { return static_cast<unsigned char>(c) <= ' '; }

// What a browser does before it reads: blanks around go, tabs and line ends go wherever they are.
std::string WithoutBlanks(std::string_view url) {
  while (!url.empty() && IsControlOrBlank(url.front())) url.remove_prefix(1);
  while (!url.empty() && IsControlOrBlank(url.back())) url.remove_suffix(1);
  std::string clean(url.substr(0, url.find_first_of("?#")));
  std::erase_if(clean, [](char c) { return c == '\t' || c == '\n' || c == '\r'; });
  return clean;
}

std::string PercentDecoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = text[i] == '%' ? HexByteAt(text, i + 1) : std::nullopt;
    if (byte) {
      decoded += *byte;
      i += 2;
    } else {
      decoded += text[i];
    }
  }
  return decoded;
}

// WHATWG URL, "forbidden domain code point".
bool IsForbidden(char c) {
  return IsControlOrBlank(c) || c == '\x7f' ||
         std::string_view("\"#%/:<>?@[\\]^`{|}").find(c) != std::string_view::npos;
}

// REQUIRES: begins with '['.
std::string CanonicalAddress(std::string_view written) {
  if (!written.ends_with(']')) return {};
  const std::string address(written.substr(1, written.size() - 2));
  in6_addr bytes;
  std::array<char, INET6_ADDRSTRLEN> text;
  if (inet_pton(AF_INET6, address.c_str(), &bytes) != 1) return {};
  if (inet_ntop(AF_INET6, &bytes, text.data(), text.size()) == nullptr) return {};
  return '[' + std::string(text.data()) + ']';
}

// The ASCII form of an international name; a name that is none by the standard stays as it is.
std::string ToAscii(const std::string& host) {
  if (IsAllAscii(host)) return host;
  char* ascii = nullptr;
  const int result = idn2_to_ascii_8z(host.c_str(), &ascii, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
  const CHandle<char, idn2_free> owned(ascii);
  return result == IDN2_OK ? std::string(ascii) : host;
}

// "user@host:80" as it stands between the slashes.
std::string HostOfAuthority(std::string_view authority) {
  const std::size_t user_end = authority.rfind('@');
  if (user_end != std::string_view::npos) authority.remove_prefix(user_end + 1);
  if (authority.starts_with('[')) return CanonicalHost(authority.substr(0, authority.find(']') + 1));
  return CanonicalHost(authority.substr(0, authority.find(':')));
}

// www.com is a host of its own.
std::string_view WithoutWww(std::string_view host) {
  if (host.starts_with("www.") && host.find('.', 4) != std::string_view::npos) host.remove_prefix(4);
  return host;
}

// Whether `rest`, behind a colon, is a port and not the rest of a URL: "example.org:8080/a".
bool BeginsWithPort(std::string_view rest) {
  const std::size_t digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
  return digits > 0 && digits <= 5 && (digits == rest.size() || IsSlash(rest[digits]));
}

// The length of the scheme in front of a colon (RFC 3986, 3.1); 0: there is none.
std::size_t SchemeLength(std::string_view url) {
  if (url.empty() || !IsAsciiLetter(url.front())) return 0;
  const std::size_t end =
      std::find_if_not(url.begin(), url.end(),
                       [](char c) { return IsAsciiLetter(c) || IsAsciiDigit(c) || c == '+' || c == '-' || c == '.'; }) -
      url.begin();
  if (end == url.size() || url[end] != ':' || BeginsWithPort(url.substr(end + 1))) return 0;
  return end;
}

bool IsOneOf(std::string_view text, std::initializer_list<std::string_view> list) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

// Whether what has no scheme begins with a host: names with dots between them, the last of letters, and not the name of
// a file. A path of one's own site ("world/a.html") tells no host.
bool LooksLikeHost(std::string_view host) {
  const std::size_t dot = host.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return false;
  const std::string_view last = host.substr(dot + 1);
  in_addr address;
  if (inet_pton(AF_INET, std::string(host).c_str(), &address) == 1) return true;
  if (IsOneOf(last, {"asp", "aspx", "cgi", "csv", "gif", "htm", "html", "jpeg", "jpg", "json", "jsp", "pdf", "php",
                     "png", "shtml", "txt", "xhtml", "xml"})) {
    return false;
  }
  return last.size() >= 2 && (last.starts_with("xn--") || std::all_of(last.begin(), last.end(), IsAsciiLetter));
}

// Most addresses are written plainly: http(s), a host in lower case, a path. Nothing: look closer.
std::optional<std::string_view> PlainHost(std::string_view url) {
  if (!url.starts_with("http")) return std::nullopt;
  url.remove_prefix(4);
  if (url.starts_with('s')) url.remove_prefix(1);
  if (!url.starts_with("://")) return std::nullopt;
  url.remove_prefix(3);
  const auto is_plain = [](char c) { return (c >= 'a' && c <= 'z') || IsAsciiDigit(c) || c == '-'; };
  std::size_t end = 0;
  for (; end < url.size() && (is_plain(url[end]) || (url[end] == '.' && end > 0 && url[end - 1] != '.')); ++end) {
  }
  const bool ends = end == url.size() || url[end] == '/' || url[end] == '?' || url[end] == '#';
  if (!ends || end == 0 || url[end - 1] == '.') return std::nullopt;
  return WithoutWww(url.substr(0, end));
}

}  // namespace

std::string CanonicalHost(std::string_view written) {
  if (written.empty() || written.size() > kLongestHost) return {};
  if (written.starts_with('[')) return CanonicalAddress(written);
  std::string host = written.find('%') == std::string_view::npos ? std::string(written) : PercentDecoded(written);
  host = AsciiLowerCase(ToAscii(host));
  if (host.ends_with('.')) host.pop_back();
  host.erase(0, host.size() - WithoutWww(host).size());
  const bool empty_label = host.empty() || host.front() == '.' || host.find("..") != std::string::npos;
  if (empty_label || std::any_of(host.begin(), host.end(), IsForbidden)) return {};
  return host;
}

std::string HostOf(std::string_view written) {
  if (const auto plain = PlainHost(written)) return std::string(*plain);
  const std::string clean = WithoutBlanks(written);
  std::string_view url = clean;
  const std::string scheme = AsciiLowerCase(url.substr(0, SchemeLength(url)));
  if (!scheme.empty()) url.remove_prefix(scheme.size() + 1);
  const std::size_t slashes = std::find_if_not(url.begin(), url.end(), IsSlash) - url.begin();
  const std::string_view authority =
      url.substr(slashes, std::find_if(url.begin() + static_cast<std::ptrdiff_t>(slashes), url.end(), IsSlash) -
                              url.begin() - static_cast<std::ptrdiff_t>(slashes));
  if (IsOneOf(scheme, {"data", "file", "javascript", "vbscript"})) return {};
  if (slashes == 2) return HostOfAuthority(authority);
  // A browser takes any number of slashes behind http:, so what looks like a host is one.
  const bool web = IsOneOf(scheme, {"http", "https", "ftp", "ws", "wss"});
  if (!web && (slashes > 0 || !scheme.empty() || authority.find('@') != std::string_view::npos)) return {};
  std::string host = HostOfAuthority(authority);
  return LooksLikeHost(host) ? host : std::string();
}

bool IsOfDomain(std::string_view host, std::string_view domain) {
  if (domain.empty() || !host.ends_with(domain)) return false;
  return host.size() == domain.size() || host[host.size() - domain.size() - 1] == '.';
}

bool IsBelowDomain(std::string_view host, std::string_view domain) {
  return host.size() > domain.size() + 1 && IsOfDomain(host, domain);
}

}  // namespace wirewatch
