// The data model of a message: what templates see. docs/templates.md has it for their authors.
//
// Each name is always there, so that a template never finds one of an outer object by mistake: what is not known is
// false, a list of nothing is empty. Texts are one line each, without control characters and marks that turn the
// direction of writing, cut at whole characters; they are not escaped. A URL is http or https, or false.
#ifndef WIREWATCH_PIPELINE_DELIVER_MESSAGE_MODEL_INTERNAL_H_
#define WIREWATCH_PIPELINE_DELIVER_MESSAGE_MODEL_INTERNAL_H_

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "pipeline/deliver/channel.h"
#include "pipeline/deliver/signed_link.h"

namespace wirewatch {

using MessageModel = nlohmann::ordered_json;

// How much of a message is told; the rest is counted ("and 41 more").
struct ModelSize {
  std::size_t stories = 50;  // at most
  std::size_t earlier = 3;   // of a story's alerts before its latest one
  std::size_t snippets = 3;  // of an alert
  // Characters of a text.
  std::size_t paragraph = 600, title = 300, sentence = 400, name = 120;
  std::size_t url = 1000;  // bytes; there is no longer one
};
// Of a message that must be short. Any text in it, whatever its escapes, fits into a Slack section with the others.
inline constexpr ModelSize kShortModel = {.stories = 50,
                                          .earlier = 1,
                                          .snippets = 0,
                                          .paragraph = 150,
                                          .title = 120,
                                          .sentence = 150,
                                          .name = 60,
                                          .url = 200};

// `links`: null: `links` is false everywhere.
MessageModel ModelOf(const OutgoingMessage& message, const LinkSigner* links, const ModelSize& size);

// `url` as a link may have it: http or https with a host and without a user, at most 1,000 bytes, with what has a
// meaning in markup percent-encoded. Empty: it cannot be one.
std::string SafeUrl(std::string_view url);

// One line of at most `characters`, ended by an ellipsis where it is cut; at a blank where one is near.
std::string ShortLine(std::string_view text, std::size_t characters);

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_DELIVER_MESSAGE_MODEL_INTERNAL_H_
