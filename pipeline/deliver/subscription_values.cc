#include "pipeline/deliver/subscription_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "base/text/ascii.h"
#include "base/text/base64.h"
#include "base/text/numbers.h"
#include "base/text/printable.h"
#include "base/text/utf8.h"
#include "rules/codes/host.h"

namespace wirewatch {
namespace {

constexpr std::size_t kMostLocalBytes = 64, kMostDomainBytes = 253, kMostLabelBytes = 63, kMostAddressBytes = 254;
constexpr std::string_view kSecretPrefix = "whsec_";
constexpr std::size_t kLeastSecretBytes = 24, kMostSecretBytes = 64;
constexpr std::string_view kMask = "***";

// RFC 5322, 3.2.3: atext.
bool IsAtomText(char c) {
  return IsAsciiLetter(c) || IsAsciiDigit(c) ||
         std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
}

// Atoms with a dot between each two.
bool IsDotAtom(std::string_view text) {
  if (text.empty() || text.front() == '.' || text.back() == '.') return false;
  return text.find("..") == std::string_view::npos &&
         std::all_of(text.begin(), text.end(), [](char c) { return c == '.' || IsAtomText(c); });
}

bool IsDomain(std::string_view text) {
  if (text.empty() || text.size() > kMostDomainBytes) return false;
  while (true) {
    const std::string_view label = text.substr(0, text.find('.'));
    if (label.empty() || label.size() > kMostLabelBytes || label.front() == '-' || label.back() == '-') return false;
    if (!std::all_of(label.begin(), label.end(),
                     [](char c) { return IsAsciiLetter(c) || IsAsciiDigit(c) || c == '-'; })) {
      return false;
    }
    if (label.size() == text.size()) return true;
    text.remove_prefix(label.size() + 1);
  }
}

// RFC 3986, 2: what may stand in a URI.
bool IsUriCharacter(char c) {
  return IsAsciiLetter(c) || IsAsciiDigit(c) ||
         std::string_view("-._~:/?#[]@!$&'()*+,;=%").find(c) != std::string_view::npos;
}

// "example.org:8080", "[::1]".
std::string WhyNoAuthority(std::string_view authority) {
  if (authority.find('@') != std::string_view::npos) {
    return "has a user or password before its host: such things belong into a header or the path";
  }
  std::string_view host = authority;
  const std::size_t bracket = authority.rfind(']');
  const std::size_t colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (colon != std::string_view::npos) {
    if (!ParseNumberIn<std::uint32_t>(authority.substr(colon + 1), 1, 65535)) return "has a port that is none";
    host = authority.substr(0, colon);
  }
  if (host.empty()) return "has no host";
  return host.find('%') == std::string_view::npos && !CanonicalHost(host).empty() ? ""
                                                                                  : "has a host that cannot be one";
}

std::optional<std::chrono::minutes> ParseTwoDigits(std::string_view text, std::uint32_t most) {
  const auto number = ParseNumberIn<std::uint32_t>(text, 0, most);
  if (text.size() != 2 || !number) return std::nullopt;
  return std::chrono::minutes(*number);
}

// Those between blanks.
std::vector<std::string_view> Words(std::string_view text) {
  std::vector<std::string_view> words;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    if (end > begin) words.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return words;
}

std::string WhyNoSecret(std::string_view secret) {
  if (!secret.starts_with(kSecretPrefix)) return fmt::format("must begin with {}", kSecretPrefix);
  const auto bytes = DecodeBase64(secret.substr(kSecretPrefix.size()));
  if (!bytes) return fmt::format("has no base64 behind {}", kSecretPrefix);
  if (bytes->size() >= kLeastSecretBytes && bytes->size() <= kMostSecretBytes) return "";
  return fmt::format("is of {} bytes; it must be {} to {} (make one: echo {}$(openssl rand -base64 32))", bytes->size(),
                     kLeastSecretBytes, kMostSecretBytes, kSecretPrefix);
}

}  // namespace

std::string WhyNoAddress(std::string_view text) {
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos || text.find('@', at + 1) != std::string_view::npos) return "must have one @";
  if (text.size() > kMostAddressBytes) return fmt::format("is longer than {} bytes", kMostAddressBytes);
  const std::string_view local = text.substr(0, at), domain = text.substr(at + 1);
  if (local.size() > kMostLocalBytes) return fmt::format("has more than {} bytes before its @", kMostLocalBytes);
  if (!IsDotAtom(local)) return "has a character before its @ that cannot be there, or a dot too many";
  if (!IsDomain(domain)) return "has no domain behind its @, such as example.org (xn--... where it is not ASCII)";
  return "";
}

std::string WhyNoHttpUrl(std::string_view url) {
  if (url.size() > kMostUrlBytes) return fmt::format("is longer than {} bytes", kMostUrlBytes);
  const std::size_t scheme = BeginsInAnyCase(url, "https://") ? 8 : BeginsInAnyCase(url, "http://") ? 7 : 0;
  if (scheme == 0) return "must begin with https:// or http://";
  if (!std::all_of(url.begin(), url.end(), IsUriCharacter)) {
    return "has a blank or another character that must be written as %XX; a ${...} is the whole value";
  }
  if (url.find('#') != std::string_view::npos) return "has a fragment (#...), which is never sent";
  const std::string_view rest = url.substr(scheme);
  return WhyNoAuthority(rest.substr(0, rest.find_first_of("/?")));
}

std::string WhyNoWebhookSecret(std::string_view secrets) {
  const std::vector<std::string_view> all = Words(secrets);
  if (all.empty()) return fmt::format("must begin with {}", kSecretPrefix);
  for (const std::string_view secret : all) {
    if (std::string why = WhyNoSecret(secret); !why.empty()) return why;
  }
  return "";
}

std::vector<std::string> WebhookKeys(std::string_view secrets) {
  std::vector<std::string> keys;
  for (const std::string_view secret : Words(secrets)) {
    keys.push_back(DecodeBase64(secret.substr(kSecretPrefix.size())).value_or(""));
  }
  return keys;
}

std::string WhyNoLine(std::string_view text, std::size_t most) {
  if (text.find_first_not_of(" \t") == std::string_view::npos) return "is empty";
  if (text.size() > most) return fmt::format("is longer than {} bytes", most);
  for (std::size_t at = 0; at < text.size();) {
    const DecodedUtf8 decoded = DecodeUtf8(text, at);
    if (decoded.invalid() || IsControl(decoded.code_point) || IsLineSeparator(decoded.code_point)) {
      return "has a line break or another control character";
    }
    at += decoded.size;
  }
  return "";
}

std::optional<std::chrono::minutes> ParseTimeOfDay(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  const auto hours = ParseTwoDigits(text.substr(0, 2), 23), minutes = ParseTwoDigits(text.substr(3), 59);
  if (!hours || !minutes) return std::nullopt;
  return *hours * 60 + *minutes;
}

std::string FormatTimeOfDay(std::chrono::minutes time) {
  return fmt::format("{:02}:{:02}", time.count() / 60, time.count() % 60);
}

std::optional<std::chrono::minutes> ParseMinuteOfHour(std::string_view text) {
  return text.starts_with(':') ? ParseTwoDigits(text.substr(1), 59) : std::nullopt;
}

std::string WithoutUrlPaths(std::string_view text) {
  constexpr std::string_view kScheme = "://";
  std::string shown;
  while (true) {
    const std::size_t scheme = text.find(kScheme);
    if (scheme == std::string_view::npos) return shown.append(text);
    const std::size_t host = scheme + kScheme.size();
    const std::size_t path = std::min(text.find_first_of("/?# \t\"'", host), text.size());
    const std::size_t end = std::min(text.find_first_of(" \t\"'", path), text.size());
    shown.append(text.substr(0, path));
    if (end > path + 1) shown.append(text.substr(path, 1)).append(kMask);
    text.remove_prefix(end);
  }
}

}  // namespace wirewatch
