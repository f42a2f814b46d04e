#include "connectors/channels/discord_channel.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "connectors/channels/hook.h"
#include "connectors/channels/rendered_json_internal.h"
#include "connectors/channels/text_limits.h"

namespace wirewatch {
namespace {

using Json = nlohmann::ordered_json;

// discord.com/developers/docs/resources/message#embed-object-embed-limits
constexpr std::size_t kMostContent = 2'000, kMostEmbeds = 10, kMostTitle = 256, kMostDescription = 4'096,
                      kMostFields = 25, kMostFieldName = 256, kMostFieldValue = 1'024, kMostFooter = 2'048,
                      kMostAuthor = 256, kMostUnits = 6'000;
constexpr std::chrono::seconds kLongestWait = std::chrono::hours(24);

void CutPart(Json& embed, const char* part, const char* key, std::size_t units) {
  const auto found = embed.find(part);
  if (found != embed.end()) CutMember(*found, key, units, CutText);
}

std::size_t UnitsOf(const Json& object, const char* key) {
  if (!object.is_object()) return 0;
  const auto member = object.find(key);
  return member != object.end() && member->is_string() ? Utf16Units(member->get_ref<const std::string&>()) : 0;
}
std::size_t UnitsOfPart(const Json& embed, const char* part, const char* key) {
  const auto found = embed.find(part);
  return found == embed.end() ? 0 : UnitsOf(*found, key);
}

// Those of an embed that count.
std::size_t UnitsOfEmbed(Json& embed) {
  std::size_t units = UnitsOf(embed, "title") + UnitsOf(embed, "description") + UnitsOfPart(embed, "footer", "text") +
                      UnitsOfPart(embed, "author", "name");
  if (const Json* const fields = ArrayIn(embed, "fields")) {
    for (const Json& field : *fields) units += UnitsOf(field, "name") + UnitsOf(field, "value");
  }
  return units;
}

void FitEmbed(Json& embed) {
  CutMember(embed, "title", kMostTitle, CutText);
  CutMember(embed, "description", kMostDescription, CutText);
  CutPart(embed, "footer", "text", kMostFooter);
  CutPart(embed, "author", "name", kMostAuthor);
  Json* const fields = ArrayIn(embed, "fields");
  if (fields == nullptr) return;
  if (fields->size() > kMostFields) fields->erase(fields->begin() + kMostFields, fields->end());
  for (Json& field : *fields) {
    CutMember(field, "name", kMostFieldName, CutText);
    CutMember(field, "value", kMostFieldValue, CutText);
  }
}

void Fit(Json& message) {
  CutMember(message, "content", kMostContent, CutText);
  message["allowed_mentions"] = {{"parse", Json::array()}};  // nobody is called by what stands in an article
  Json* const embeds = ArrayIn(message, "embeds");
  if (embeds == nullptr) return;
  std::size_t units = 0, kept = 0;
  for (; kept < std::min(embeds->size(), kMostEmbeds); ++kept) {
    Json& embed = (*embeds)[kept];
    if (!embed.is_object()) break;
    FitEmbed(embed);
    const std::size_t own = UnitsOfEmbed(embed);
    if (units + own > kMostUnits) {
      // The first is shown in any case: its description shrinks, its fields go.
      if (kept > 0) break;
      embed.erase("fields");
      if (UnitsOfEmbed(embed) > kMostUnits) embed.erase("footer");
    }
    units += UnitsOfEmbed(embed);
  }
  if (kept == embeds->size()) return;
  embeds->erase(embeds->begin() + static_cast<std::ptrdiff_t>(kept), embeds->end());
  const std::string content = message.value("content", "");
  message["content"] = CutText(content + (content.empty() ? "" : "\n") + std::string(kEllipsis), kMostContent);
}

// discord.com/developers/docs/topics/opcodes-and-status-codes: 10015 is an unknown webhook, 50027 a wrong token.
HookRefusal RefusalOf(const CallAnswer& answer) {
  const Json body = Json::parse(answer.text, nullptr, false);
  const int code =
      body.is_object() && body.contains("code") && body["code"].is_number_integer() ? body["code"].get<int>() : 0;
  if ((answer.status == 404 && code == 10015) || (answer.status == 401 && code == 50027)) return HookRefusal::kDisable;
  return answer.status == 400 || answer.status == 413 ? HookRefusal::kGivenUp : HookRefusal::kAgain;
}

}  // namespace

Status DiscordChannel::Check(const SubscribedChannel& channel) const { return CheckHookUrl(channel.url, true); }

Result<Call> DiscordChannel::Prepare(const OutgoingMessage& message) const {
  auto json = RenderedJson(render_, TemplateName::kDiscord, message);
  if (!json) return std::move(json).error();
  Fit(*json);
  // With `wait` Discord answers after the message was stored, without it before.
  std::string url = message.channel.url;
  url.insert(std::min(url.find('#'), url.size()), url.find('?') == std::string::npos ? "?wait=true" : "&wait=true");
  return Call(JsonPost(std::move(url), Minified(*json)));
}

ChannelVerdict DiscordChannel::Judge(const CallAnswer& answer) const {
  ChannelVerdict verdict = JudgeHook(answer, RefusalOf);
  if (answer.status != 429 || verdict.kind != ChannelVerdict::Kind::kAgain) return verdict;
  // Fractions of a second stand in the body only.
  const Json body = Json::parse(answer.text, nullptr, false);
  if (!body.is_object() || !body.contains("retry_after") || !body["retry_after"].is_number()) return verdict;
  const double wait = body["retry_after"].get<double>();
  if (wait >= 0) {
    const double longest = static_cast<double>(kLongestWait.count());
    verdict.wait = std::chrono::seconds(static_cast<std::int64_t>(std::ceil(std::min(wait, longest))));
  }
  return verdict;
}

}  // namespace wirewatch
