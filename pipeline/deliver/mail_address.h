// Mail addresses as settings and subscriptions write them: "ops@example.org", "Desk Europe <ops@example.org>".
//
// Addresses are those of subscription_values.h: nothing in one can end a command of SMTP or a line of a header.
#ifndef WIREWATCH_PIPELINE_DELIVER_MAIL_ADDRESS_H_
#define WIREWATCH_PIPELINE_DELIVER_MAIL_ADDRESS_H_

#include <optional>
#include <string>
#include <string_view>

namespace wirewatch {

struct MailAddress {
  std::string name;     // for people, UTF-8; may be empty
  std::string address;  // "ops@example.org"
};

// Whether it is an address alone.
bool IsMailAddress(std::string_view text);

// Nothing: it is neither of the two forms, or a control character stands in the name.
std::optional<MailAddress> ParseMailAddress(std::string_view text);

// What follows the '@'. REQUIRES: IsMailAddress(address).
std::string_view DomainOf(std::string_view address);

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_DELIVER_MAIL_ADDRESS_H_
