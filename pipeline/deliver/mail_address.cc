#include "pipeline/deliver/mail_address.h"

#include <algorithm>
#include <cstddef>

#include "base/text/trim.h"
#include "pipeline/deliver/subscription_values.h"

namespace wirewatch {
namespace {

bool IsControlByte(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

}  // namespace

bool IsMailAddress(std::string_view text) { return WhyNoAddress(text).empty(); }

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
