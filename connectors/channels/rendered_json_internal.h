// The JSON that a template gave, to be fitted into a service's limits.
#ifndef WIREWATCH_CONNECTORS_CHANNELS_RENDERED_JSON_INTERNAL_H_
#define WIREWATCH_CONNECTORS_CHANNELS_RENDERED_JSON_INTERNAL_H_

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>

#include "base/result.h"
#include "connectors/channels/channels.h"

namespace wirewatch {

// The object of `name`, filled for `message`. kInvalid: the template is wrong.
Result<nlohmann::ordered_json> RenderedJson(const decltype(ChannelParts::render)& render, TemplateName name,
                                            const OutgoingMessage& message);

// Cuts the text of that key, if there is one.
void CutMember(nlohmann::ordered_json& object, const char* key, std::size_t units,
               std::string (*cut)(std::string_view, std::size_t));

// The array of that key; null: there is none.
nlohmann::ordered_json* ArrayIn(nlohmann::ordered_json& object, const char* key);

// UTF-16 code units of all texts in it, keys left out.
std::size_t UnitsIn(const nlohmann::ordered_json& value);

// As it is sent: minified.
std::string Minified(const nlohmann::ordered_json& value);

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_CHANNELS_RENDERED_JSON_INTERNAL_H_
