#include "connectors/channels/discord_channel.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "connectors/channels/hook.h"

namespace wirewatch {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::chrono::seconds kLongestWait = std::chrono::hours(24);

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
  auto text = render_(TemplateName::kDiscord, message);
  if (!text) return std::move(text).error();
  Json body = Json::parse(*text, nullptr, false);
  if (!body.is_object()) return Error{ErrorCode::kInvalid, "discord.json: it gives no JSON object"};
  body["allowed_mentions"] = {{"parse", Json::array()}};  // what stands in an article calls nobody, in any template
  // With `wait` Discord answers after the message was stored, without it before.
  std::string url = message.channel.url;
  url.insert(std::min(url.find('#'), url.size()), url.find('?') == std::string::npos ? "?wait=true" : "&wait=true");
  return Call(JsonPost(std::move(url), body.dump(-1, ' ', false, Json::error_handler_t::replace)));
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
