#include "connectors/http_client/address_guard.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <utility>

#include "base/text/numbers.h"

namespace wirewatch {
namespace {

constexpr IpBytes kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
constexpr unsigned kMappedBits = 96;

IpBytes MappedOf(const unsigned char* v4) {
  IpBytes bytes = kMapped;
  std::copy_n(v4, 4, bytes.begin() + 12);
  return bytes;
}

bool Contains(const IpNetwork& network, const IpBytes& address) {
  const std::size_t whole = network.bits / 8;
  if (!std::equal(address.begin(), address.begin() + static_cast<std::ptrdiff_t>(whole), network.address.begin())) {
    return false;
  }
  const unsigned rest = network.bits % 8;
  return rest == 0 || (address[whole] ^ network.address[whole]) >> (8 - rest) == 0;
}

bool IsMapped(const IpBytes& address) { return Contains({kMapped, kMappedBits}, address); }

std::string TextOf(const IpBytes& address) {
  char text[INET6_ADDRSTRLEN] = "";
  if (IsMapped(address)) {
    inet_ntop(AF_INET, address.data() + 12, text, sizeof text);
  } else {
    inet_ntop(AF_INET6, address.data(), text, sizeof text);
  }
  return text;
}

std::optional<IpBytes> ParseAddress(const std::string& text) {
  IpBytes bytes{};
  unsigned char v4[4];
  if (inet_pton(AF_INET, text.c_str(), v4) == 1) return MappedOf(v4);
  if (inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1) return bytes;
  return std::nullopt;
}

std::optional<IpBytes> AddressOf(const sockaddr& address, std::size_t size) {
  // Copied: the bytes may lie anywhere.
  if (address.sa_family == AF_INET && size >= sizeof(sockaddr_in)) {
    sockaddr_in v4;
    std::memcpy(&v4, &address, sizeof v4);
    unsigned char bytes[4];
    std::memcpy(bytes, &v4.sin_addr, sizeof bytes);
    return MappedOf(bytes);
  }
  if (address.sa_family == AF_INET6 && size >= sizeof(sockaddr_in6)) {
    sockaddr_in6 v6;
    std::memcpy(&v6, &address, sizeof v6);
    IpBytes bytes;
    std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
    return bytes;
  }
  return std::nullopt;
}

struct SpecialNetwork {
  std::string_view what, text;
  IpNetwork network;
};

IpNetwork Network(std::string_view text) { return ParseNetwork(text).value(); }

// The registries of IANA: iana-ipv4-special-registry, iana-ipv6-special-registry.
const std::vector<SpecialNetwork>& SpecialNetworks() {
  static const std::vector<SpecialNetwork> networks = [] {
    std::vector<SpecialNetwork> made;
    for (const auto& [what, text] : std::initializer_list<std::pair<std::string_view, std::string_view>>{
             {"this network", "0.0.0.0/8"},
             {"private", "10.0.0.0/8"},
             {"shared between a provider's customers", "100.64.0.0/10"},
             {"loopback", "127.0.0.0/8"},
             {"link-local", "169.254.0.0/16"},
             {"private", "172.16.0.0/12"},
             {"for protocols", "192.0.0.0/24"},
             {"for documentation", "192.0.2.0/24"},
             {"a relay of 6to4", "192.88.99.0/24"},
             {"private", "192.168.0.0/16"},
             {"for benchmarks", "198.18.0.0/15"},
             {"for documentation", "198.51.100.0/24"},
             {"for documentation", "203.0.113.0/24"},
             {"multicast", "224.0.0.0/4"},
             {"reserved", "240.0.0.0/4"},
             {"loopback", "::1/128"},
             {"unspecified", "::/128"},
             {"NAT64", "64:ff9b::/96"},
             {"private", "fc00::/7"},
             {"link-local", "fe80::/10"},
             {"multicast", "ff00::/8"},
             {"Teredo", "2001::/32"},
             {"for protocols", "2001::/23"},
             {"for documentation", "2001:db8::/32"},
             {"6to4", "2002::/16"},
             {"for documentation", "3fff::/20"},
         }) {
      made.push_back({what, text, Network(text)});
    }
    return made;
  }();
  return networks;
}

// The IPv4 address to which a translator takes what is sent to `address`.
std::optional<IpBytes> CarriedBy(const IpBytes& address) {
  static const IpNetwork nat64 = Network("64:ff9b::/96"), six_to_four = Network("2002::/16");
  if (Contains(nat64, address)) return MappedOf(address.data() + 12);
  if (Contains(six_to_four, address)) return MappedOf(address.data() + 2);
  return std::nullopt;
}

}  // namespace

Result<IpNetwork> ParseNetwork(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::string address(text.substr(0, slash));
  const auto bytes = ParseAddress(address);
  if (!bytes)
    return Error{ErrorCode::kInvalid, fmt::format("'{}' is no network such as 10.1.0.0/16 or fd00:12::/32", text)};
  const bool v4 = address.find(':') == std::string::npos;
  if (!v4 && IsMapped(*bytes)) {
    return Error{ErrorCode::kInvalid, fmt::format("'{}' is an IPv4 address in IPv6: write it as IPv4", text)};
  }
  const unsigned longest = v4 ? 32 : 128;
  unsigned bits = longest;
  if (slash != std::string_view::npos) {
    const auto written = ParseNumberIn<unsigned>(text.substr(slash + 1), 0, longest);
    if (!written) {
      return Error{ErrorCode::kInvalid,
                   fmt::format("'{}' has no prefix of 0 to {} bits behind its slash", text, longest)};
    }
    bits = *written;
  }
  IpNetwork network{*bytes, bits + (v4 ? kMappedBits : 0)};
  IpBytes begin = *bytes;
  for (std::size_t i = 0; i < begin.size(); ++i) {
    const unsigned kept = std::clamp(static_cast<int>(network.bits) - static_cast<int>(8 * i), 0, 8);
    begin[i] = static_cast<unsigned char>(begin[i] & (0xFF00U >> kept));
  }
  if (begin != *bytes) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("'{}' has bits behind its prefix: did you mean {}/{}?", text, TextOf(begin), bits)};
  }
  return network;
}

Result<AddressGuard> AddressGuard::Create(const std::vector<std::string>& allow_networks) {
  std::vector<IpNetwork> allowed;
  for (const std::string& text : allow_networks) {
    auto network = ParseNetwork(text);
    if (!network) return std::move(network).error();
    allowed.push_back(*network);
  }
  return AddressGuard(std::move(allowed));
}

std::optional<std::string> AddressGuard::Refusal(const IpBytes& address) const {
  if (std::any_of(allowed_.begin(), allowed_.end(), [&](const IpNetwork& n) { return Contains(n, address); })) {
    if (const auto carried = CarriedBy(address)) return Refusal(*carried);
    return std::nullopt;
  }
  for (const SpecialNetwork& special : SpecialNetworks()) {
    if (Contains(special.network, address)) {
      return fmt::format("{} is {} ({})", TextOf(address), special.what, special.text);
    }
  }
  static const IpNetwork global = Network("2000::/3");
  if (IsMapped(address) || Contains(global, address)) return std::nullopt;
  return fmt::format("{} is not global (2000::/3)", TextOf(address));
}

std::optional<std::string> AddressGuard::Refusal(const sockaddr& address, std::size_t size) const {
  const auto bytes = AddressOf(address, size);
  if (!bytes) return "it is no address of the internet";
  return Refusal(*bytes);
}

std::optional<std::string> AddressGuard::RefusalOfLiteral(const std::string& host) const {
  const auto bytes = ParseAddress(host);
  return bytes ? Refusal(*bytes) : std::nullopt;
}

bool IsLoopback(const sockaddr& address, std::size_t size) {
  static const IpNetwork networks[] = {Network("127.0.0.0/8"), Network("::1/128")};
  const auto bytes = AddressOf(address, size);
  return bytes && std::any_of(std::begin(networks), std::end(networks),
                              [&](const IpNetwork& network) { return Contains(network, *bytes); });
}

}  // namespace wirewatch
