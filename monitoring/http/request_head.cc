#include "monitoring/http/request_head.h"

#include <algorithm>
#include <vector>

#include "base/text/ascii.h"
#include "base/text/numbers.h"

namespace wirewatch {
namespace {

Refusal Bad(std::string_view why) { return {400, std::string(why)}; }

std::optional<Refusal> CheckHost(const std::vector<std::string_view>& hosts, HttpVersion version) {
  if (hosts.size() > 1 || (hosts.empty() && version == HttpVersion::k11)) {
    return Bad("An HTTP/1.1 request has exactly one Host.");
  }
  if (!hosts.empty() && hosts[0].find_first_of(" \t,/?#@\\") != std::string_view::npos) return Bad("Host is no host.");
  return std::nullopt;
}

}  // namespace

std::optional<Refusal> HeadScanner::Scan(std::string_view input) {
  for (; at_ < input.size() && !complete(); ++at_) {
    if (lines_ == 0 && at_ - line_begin_ >= line_bytes_) return Refusal{414, "The request line is too long."};
    if (at_ >= bytes_) return Refusal{431, "The request's header is too long."};
    const char c = input[at_];
    if (c == '\n') {
      if (std::optional<Refusal> refusal = EndLine(input)) return refusal;
      continue;
    }
    if (at_ > line_begin_ && input[at_ - 1] == '\r') return Bad("A carriage return is not followed by a line feed.");
    if ((static_cast<unsigned char>(c) < ' ' && c != '\r' && c != '\t') || c == 0x7f) {
      return Bad("The request has a control character: this is not HTTP/1.1.");
    }
    if (at_ != line_begin_ || c == '\r') continue;
    if (lines_ > 0 && (c == ' ' || c == '\t')) return Bad("A header is folded onto a second line.");
    if (lines_ == 0 && !IsHttpToken({&c, 1})) return Bad("The request does not begin with a method.");
  }
  return std::nullopt;
}

std::optional<Refusal> HeadScanner::EndLine(std::string_view input) {
  if (at_ == line_begin_ || input[at_ - 1] != '\r') return Bad("A line ends with a line feed alone.");
  const bool empty = at_ == line_begin_ + 1;
  line_begin_ = at_ + 1;
  if (empty && lines_ > 0) {
    end_ = line_begin_;
  } else if (empty) {
    // One empty line before a request is an old client's mistake, and let pass (RFC 9112, section 2.2).
    if (begin_ != 0) return Bad("The request begins with empty lines.");
    begin_ = line_begin_;
  } else if (++lines_ > kMostFields + 1) {
    return Refusal{431, "The request has too many headers."};
  }
  return std::nullopt;
}

std::optional<Refusal> ReadFraming(const HttpFields& headers, HttpVersion version, Framing& framing) {
  const auto all = [&](std::string_view name) {
    std::vector<std::string_view> values;
    for (const HttpField& field : headers) {
      if (EqualsInAnyCase(field.name, name)) values.push_back(field.value);
    }
    return values;
  };
  if (std::optional<Refusal> refusal = CheckHost(all("host"), version)) return refusal;

  const auto lengths = all("content-length"), codings = all("transfer-encoding"), expected = all("expect");
  if (!codings.empty()) {
    if (version == HttpVersion::k10) return Bad("HTTP/1.0 has no Transfer-Encoding.");
    if (!lengths.empty()) return Bad("The request has both Content-Length and Transfer-Encoding.");
    if (codings.size() > 1) return Bad("The request has more than one Transfer-Encoding.");
    if (!EqualsInAnyCase(codings[0], "chunked")) {
      const std::string lower = AsciiLowerCase(codings[0]);
      // Where chunked is not the last coding nobody knows where the body ends (RFC 9112, section 6.3).
      if (!lower.ends_with(", chunked")) return Bad("The request's Transfer-Encoding does not end with chunked.");
      return Refusal{501, "No Transfer-Encoding but chunked is taken here."};
    }
    framing.chunked = true;
  }
  if (lengths.size() > 1) return Bad("The request has more than one Content-Length.");
  if (!lengths.empty()) {
    const auto length = ParseNumber<decltype(framing.length)>(lengths[0]);
    if (!length) return Bad("Content-Length is no number.");
    framing.length = *length;
  }
  if (expected.size() > 1 || (!expected.empty() && !EqualsInAnyCase(expected[0], "100-continue"))) {
    return Refusal{417, "No Expect but 100-continue is met here."};
  }
  framing.awaits_continue = !expected.empty() && version == HttpVersion::k11;
  return std::nullopt;
}

}  // namespace wirewatch
