// The pages behind the links of messages, for people in a browser: HTML without scripts, in light and dark, for screen
// readers too. What others wrote (titles) is escaped.
#ifndef WIREWATCH_CONNECTORS_DESK_LINK_PAGES_H_
#define WIREWATCH_CONNECTORS_DESK_LINK_PAGES_H_

#include <string>
#include <string_view>

#include "monitoring/http/http_message.h"

namespace wirewatch {

// `text` in HTML, between tags or in a quoted attribute. Bytes that are not UTF-8 become U+FFFD.
std::string HtmlText(std::string_view text);

struct LinkPage {
  std::string title;        // what the page is about: a heading
  std::string text;         // a sentence or two
  std::string button = {};  // its form posts to the page's own address; empty: there is none
};

// With a policy that lets nothing but its own style and form be used.
HttpResponse PageAnswer(unsigned status, const LinkPage& page);

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_DESK_LINK_PAGES_H_
