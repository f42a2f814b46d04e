#include "connectors/http_client/mail_header.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <iterator>

#include "base/text/ascii.h"
#include "base/text/base64.h"
#include "base/text/utf8.h"
#include "pipeline/deliver/mail_address.h"

namespace wirewatch {
namespace {

constexpr std::size_t kLongestLine = 998;        // RFC 5322, 2.1.1
constexpr std::size_t kLongestEncodedLine = 76;  // RFC 2047, 2
constexpr std::string_view kBegin = "=?UTF-8?B?", kEnd = "?=";

bool IsTokenCharacter(char c) {
  return IsAsciiLetter(c) || IsAsciiDigit(c) || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

// Encoded words, each with whole characters, on lines of their own from the second on. `used`: bytes of the first line
// before them.
std::string EncodedWords(std::string_view text, std::size_t used) {
  std::string words;
  do {
    const std::size_t room = kLongestEncodedLine - std::min(used, kLongestEncodedLine);
    // At least one character, whatever stands before it.
    const std::size_t frame = kBegin.size() + kEnd.size();
    const std::size_t bytes = room < frame + Base64Size(4) ? 4 : (room - frame) / 4 * 3;
    const std::string_view part = BeginningOf(text, bytes);
    if (!words.empty()) words += "\r\n ";
    words += kBegin;
    AppendBase64(part, words);
    words += kEnd;
    text.remove_prefix(part.size());
    used = 1;  // the blank that folds
  } while (!text.empty());
  return words;
}

// What a reader would take for an encoded word is encoded itself.
bool IsPlain(std::string_view text) { return IsAllAscii(text) && text.find("=?") == std::string_view::npos; }

// A name as a phrase (RFC 5322, 3.2.5).
std::string Phrase(std::string_view name, std::size_t used) {
  if (!IsPlain(name)) return EncodedWords(name, used);
  const bool atoms = std::all_of(name.begin(), name.end(), [](char c) {
    return IsAsciiLetter(c) || IsAsciiDigit(c) || c == ' ' || c == '-' || c == '_';
  });
  if (atoms) return std::string(name);
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

bool HoldsAddress(std::string_view name) {
  constexpr std::string_view kNames[] = {"From", "To", "Cc", "Reply-To", "Sender"};
  return std::any_of(std::begin(kNames), std::end(kNames),
                     [&](std::string_view known) { return EqualsInAnyCase(name, known); });
}

}  // namespace

bool IsHeaderName(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), IsTokenCharacter);
}

bool IsHeaderValue(std::string_view value) {
  return value.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

Result<std::string> MailHeaderLine(std::string_view name, std::string_view value) {
  if (!IsHeaderName(name)) return Error{ErrorCode::kInvalid, "the name of a header is none"};
  if (!IsHeaderValue(value)) {
    return Error{ErrorCode::kInvalid, fmt::format("the header {} has a line break or NUL in it", name)};
  }
  if (FirstInvalidUtf8(value) != value.size()) {
    return Error{ErrorCode::kInvalid, fmt::format("the header {} is not UTF-8", name)};
  }
  std::string line = fmt::format("{}: ", name);
  if (HoldsAddress(name)) {
    if (const auto address = ParseMailAddress(value); address && !address->name.empty()) {
      line += Phrase(address->name, line.size());
      line += fmt::format("{}<{}>", line.find('\n') == std::string::npos ? " " : "\r\n ", address->address);
      return line;
    }
    if (!IsAllAscii(value)) {
      return Error{ErrorCode::kInvalid, fmt::format("the header {} has an address of other letters than ASCII", name)};
    }
    line += value;
  } else if (IsPlain(value) && line.size() + value.size() <= kLongestLine) {
    line += value;
  } else if (!IsPlain(value) || EqualsInAnyCase(name, "Subject")) {
    line += EncodedWords(value, line.size());
  } else {
    line += value;
  }
  const std::size_t end = std::min(line.find('\r'), line.size());
  if (end > kLongestLine) {
    return Error{ErrorCode::kInvalid, fmt::format("the header {} is longer than {} bytes", name, kLongestLine)};
  }
  return line;
}

}  // namespace wirewatch
