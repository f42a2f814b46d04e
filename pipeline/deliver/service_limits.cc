#include <cstddef>
#include <string>
#include <string_view>

#include "base/text/utf8.h"
#include "pipeline/deliver/service_limits_internal.h"

namespace wirewatch {
namespace {

using Json = nlohmann::ordered_json;

// docs.slack.dev, Block Kit reference. The last is not documented: Slack answers msg_blocks_too_long near 13,200.
constexpr std::size_t kSlackBlocks = 50, kSlackText = 3000, kSlackHeader = 150, kSlackAll = 12'000;
// 28 KB with what Teams puts around it (learn.microsoft.com, "Create Incoming Webhooks").
constexpr std::size_t kTeamsBytes = 24'000;
// discord.com/developers, "Embed limits".
constexpr std::size_t kDiscordEmbeds = 10, kDiscordAll = 6000, kDiscordTitle = 256, kDiscordDescription = 4096,
                      kDiscordFields = 25, kDiscordFieldName = 256, kDiscordFieldValue = 1024, kDiscordFooter = 2048,
                      kDiscordContent = 2000;

std::string Dumped(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

// Characters of a text at `key`; 0: there is none.
std::size_t Characters(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found == object.end() || !found->is_string() ? 0 : CountCharacters(found->get_ref<const std::string&>());
}

const Json& ListAt(const Json& object, const char* key) {
  static const Json none = Json::array();
  const auto found = object.find(key);
  return found == object.end() || !found->is_array() ? none : *found;
}

const Json& ObjectAt(const Json& object, const char* key) {
  static const Json none = Json::object();
  const auto found = object.find(key);
  return found == object.end() || !found->is_object() ? none : *found;
}

bool FitsSlack(const Json& message) {
  const Json& blocks = ListAt(message, "blocks");
  if (blocks.size() > kSlackBlocks || CountCharacters(Dumped(message)) > kSlackAll) return false;
  for (const Json& block : blocks) {
    if (!block.is_object()) continue;
    const auto type = block.find("type");
    const bool is_header = type != block.end() && *type == "header";
    if (Characters(ObjectAt(block, "text"), "text") > (is_header ? kSlackHeader : kSlackText)) return false;
  }
  return true;
}

bool FitsDiscord(const Json& message) {
  const Json& embeds = ListAt(message, "embeds");
  if (embeds.size() > kDiscordEmbeds || Characters(message, "content") > kDiscordContent) return false;
  std::size_t all = 0;
  for (const Json& embed : embeds) {
    const std::size_t title = Characters(embed, "title"), description = Characters(embed, "description");
    const std::size_t footer = Characters(ObjectAt(embed, "footer"), "text");
    const std::size_t author = Characters(ObjectAt(embed, "author"), "name");
    const Json& fields = ListAt(embed, "fields");
    if (title > kDiscordTitle || description > kDiscordDescription || footer > kDiscordFooter ||
        author > kDiscordFieldName || fields.size() > kDiscordFields) {
      return false;
    }
    all += title + description + footer + author;
    for (const Json& field : fields) {
      const std::size_t name = Characters(field, "name"), value = Characters(field, "value");
      if (name > kDiscordFieldName || value > kDiscordFieldValue) return false;
      all += name + value;
    }
  }
  return all <= kDiscordAll;
}

}  // namespace

bool FitsService(TemplateName name, const nlohmann::ordered_json& message) {
  switch (name) {
    case TemplateName::kSlack: return FitsSlack(message);
    case TemplateName::kTeams: return Dumped(message).size() <= kTeamsBytes;
    case TemplateName::kDiscord: return FitsDiscord(message);
    default: return true;
  }
}

}  // namespace wirewatch
