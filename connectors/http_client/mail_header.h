// Mail headers as they go over the wire: RFC 5322, with what is not ASCII as encoded words of base64 (RFC 2047).
// (libcurl encodes the parts of a mail, but not its headers.)
#ifndef WIREWATCH_CONNECTORS_HTTP_CLIENT_MAIL_HEADER_H_
#define WIREWATCH_CONNECTORS_HTTP_CLIENT_MAIL_HEADER_H_

#include <string>
#include <string_view>

#include "base/result.h"

namespace wirewatch {

// A name of header fields, of HTTP's too (RFC 9110, 5.6.2).
bool IsHeaderName(std::string_view name);
// No CR, LF or NUL: nothing in it ends the line.
bool IsHeaderValue(std::string_view value);

// "Subject: =?UTF-8?B?...?=", without a line end behind it; folded only between encoded words, never where all is ASCII
// (a signature over a folded List-Unsubscribe breaks on its way). Of From, To, Cc, Reply-To and Sender only the name
// for people is encoded.
// kInvalid: the name is none, a line break or NUL stands in the value, it is no UTF-8, or the line would be longer than
// SMTP takes (998 bytes; a Subject never is).
Result<std::string> MailHeaderLine(std::string_view name, std::string_view value);

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_HTTP_CLIENT_MAIL_HEADER_H_
