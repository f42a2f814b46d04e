// AddressGuard: to which addresses a request may go whose URL a reader wrote. Only to the public internet, and to the
// networks that the operator allows; else a webhook's URL would be a way into the machines around us (SSRF).
//
// It judges the address that a connection is about to be made to, after the name was resolved: whatever spelling of a
// number or name stood in the URL, and whatever the name's server says the second time it is asked.
//
// Refused are, of IPv4, what the registry of special-purpose addresses (IANA; RFC 6890) has as not globally reachable:
// this network, private, shared, loopback, link-local (with the clouds' 169.254.169.254), protocol assignments,
// documentation, benchmarking, 6to4 relays, multicast, reserved; of IPv6 all outside of 2000::/3, and in it the
// protocol assignments (with Teredo), documentation and 6to4. An IPv4 address that is mapped into IPv6
// (::ffff:127.0.0.1) is judged as IPv4.
// Pure. Threads: immutable.
#ifndef WIREWATCH_CONNECTORS_HTTP_CLIENT_ADDRESS_GUARD_H_
#define WIREWATCH_CONNECTORS_HTTP_CLIENT_ADDRESS_GUARD_H_

#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace wirewatch {

// 16 bytes of an IPv6 address; an IPv4 address as its mapped form.
using IpBytes = std::array<unsigned char, 16>;

struct IpNetwork {
  IpBytes address{};
  unsigned bits = 0;  // of 128 that count
};

// "10.1.0.0/16", "fd00:12::/32", and single addresses. kInvalid: it is none, or has bits behind its prefix.
Result<IpNetwork> ParseNetwork(std::string_view text);

class AddressGuard {
 public:
  AddressGuard() = default;  // the public internet
  explicit AddressGuard(std::vector<IpNetwork> allowed) : allowed_(std::move(allowed)) {}

  // kInvalid: one of them is no network.
  static Result<AddressGuard> Create(const std::vector<std::string>& allow_networks);

  // Why no connection to it may be made: "127.0.0.1 is loopback (127.0.0.0/8)". None: it may. Of an address that
  // carries an IPv4 address (NAT64, 6to4) and is allowed, that one must be allowed too.
  std::optional<std::string> Refusal(const sockaddr& address, std::size_t size) const;
  // The same of an address as text, without brackets. None also of what is no address.
  std::optional<std::string> RefusalOfLiteral(const std::string& host) const;

 private:
  std::optional<std::string> Refusal(const IpBytes& address) const;

  std::vector<IpNetwork> allowed_;
};

// Of this machine itself: 127.0.0.0/8 and ::1.
bool IsLoopback(const sockaddr& address, std::size_t size);

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_HTTP_CLIENT_ADDRESS_GUARD_H_
