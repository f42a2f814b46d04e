#include <fmt/format.h>

#include <string_view>
#include <utility>

#include "connectors/channels/rendered_json_internal.h"
#include "connectors/channels/text_limits.h"

namespace wirewatch {

using Json = nlohmann::ordered_json;

Result<Json> RenderedJson(const decltype(ChannelParts::render)& render, TemplateName name,
                          const OutgoingMessage& message) {
  auto text = render(name, message);
  if (!text) return std::move(text).error();
  Json json = Json::parse(*text, nullptr, false);
  if (!json.is_object()) return Error{ErrorCode::kInvalid, fmt::format("{}: gives no JSON object", FileName(name))};
  return json;
}

void CutMember(Json& object, const char* key, std::size_t units, std::string (*cut)(std::string_view, std::size_t)) {
  if (!object.is_object()) return;
  const auto member = object.find(key);
  if (member == object.end() || !member->is_string()) return;
  *member = cut(member->get_ref<const std::string&>(), units);
}

Json* ArrayIn(Json& object, const char* key) {
  if (!object.is_object()) return nullptr;
  const auto member = object.find(key);
  return member != object.end() && member->is_array() ? &*member : nullptr;
}

std::size_t UnitsIn(const Json& value) {
  if (value.is_string()) return Utf16Units(value.get_ref<const std::string&>());
  std::size_t units = 0;
  if (value.is_structured()) {
    for (const Json& part : value) units += UnitsIn(part);
  }
  return units;
}

std::string Minified(const Json& value) { return value.dump(-1, ' ', false, Json::error_handler_t::replace); }

}  // namespace wirewatch
