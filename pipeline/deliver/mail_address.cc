#include "pipeline/deliver/mail_address.h"

#include <algorithm>
#include <cstddef>

#include "base/text/ascii.h"
#include "base/text/trim.h"

namespace wirewatch {
namespace {

// RFC 5321, 4.5.3.1: of a path with its brackets 256, of a local part 64, of a domain 255 bytes.
constexpr std::size_t kLongestAddress = 254, kLongestLocalPart = 64;

// RFC 5322, 3.2.3: atext.
bool IsAtomCharacter(char c) {
  return IsAsciiLetter(c) || IsAsciiDigit(c) ||
         std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
}
bool IsLabelCharacter(char c) { return IsAsciiLetter(c) || IsAsciiDigit(c) || c == '-' || c == '_'; }

// Parts that are not empty, of those characters, with dots between them.
bool AreParts(std::string_view text, bool (*is_of_part)(char)) {
  for (;;) {
    const std::size_t dot = std::min(text.find('.'), text.size());
    const std::string_view part = text.substr(0, dot);
    if (part.empty() || !std::all_of(part.begin(), part.end(), is_of_part)) return false;
    if (dot == text.size()) return true;
    text.remove_prefix(dot + 1);
  }
}

bool IsControlByte(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

}  // namespace

bool IsMailAddress(std::string_view text) {
  const std::size_t at = text.find('@');
  return at != std::string_view::npos && text.size() <= kLongestAddress && at <= kLongestLocalPart &&
         AreParts(text.substr(0, at), IsAtomCharacter) && AreParts(text.substr(at + 1), IsLabelCharacter);
}

std::optional<MailAddress> ParseMailAddress(std::string_view text) {
  if (IsMailAddress(text)) return MailAddress{"", std::string(text)};
  const std::size_t open = text.rfind('<');
  if (open == std::string_view::npos || !text.ends_with('>')) return std::nullopt;
  const std::string_view address = text.substr(open + 1, text.size() - open - 2);
  std::string_view name = Trimmed(text.substr(0, open));
  if (name.size() >= 2 && name.front() == '"' && name.back() == '"') name = name.substr(1, name.size() - 2);
  if (!IsMailAddress(address) || std::any_of(name.begin(), name.end(), IsControlByte)) return std::nullopt;
  return MailAddress{std::string(name), std::string(address)};
}

std::string_view DomainOf(std::string_view address) { return address.substr(address.find('@') + 1); }

}  // namespace wirewatch
