// Hosts: whose an address is. One form for every way to write it, so that an article's address and a rule's `source:`
// compare as text.
//
// The form: lower case; international names in their ASCII form (UTS #46, non-transitional: "xn--mnchen-3ya.de"); an
// IPv6 address in brackets and as RFC 5952 writes it; without "www.", port, user and the dot of the root.
// Threads: any.
#ifndef WIREWATCH_RULES_CODES_HOST_H_
#define WIREWATCH_RULES_CODES_HOST_H_

#include <string>
#include <string_view>

namespace wirewatch {

// The host of an address as people and feeds write it, read as a browser does (WHATWG URL): a URL of any scheme that
// has hosts; "//reuters.com/a"; backslashes for slashes; percent-encoding; and without a scheme what begins with a host
// name that has a dot ("reuters.com/a"). Empty: there is none, as in a path ("/world", "a/b.html"), a mail address, a
// urn.
std::string HostOf(std::string_view url);

// A host alone in the form above; also one without a dot ("localhost", "gov"). Empty: it cannot be one.
std::string CanonicalHost(std::string_view host);

// Whether `host` is `domain` or below it: www.reuters.com is of reuters.com, notreuters.com is not.
// REQUIRES: both in the form above.
bool IsOfDomain(std::string_view host, std::string_view domain);

// The same without `domain` itself.
bool IsBelowDomain(std::string_view host, std::string_view domain);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_CODES_HOST_H_
