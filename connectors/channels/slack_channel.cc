#include "connectors/channels/slack_channel.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include "connectors/channels/hook.h"

namespace wirewatch {
namespace {

// docs.slack.dev, "Handling errors" of incoming webhooks.
HookRefusal RefusalOf(const CallAnswer& answer) {
  constexpr std::string_view kGone[] = {"no_service",    "no_team",           "team_disabled",
                                        "invalid_token", "channel_not_found", "channel_is_archived"};
  const bool gone = std::any_of(std::begin(kGone), std::end(kGone),
                                [&](std::string_view word) { return answer.text.find(word) != std::string::npos; });
  if ((answer.status == 403 || answer.status == 404) && gone) return HookRefusal::kDisable;
  return answer.status == 400 || answer.status == 403 || answer.status == 413 ? HookRefusal::kGivenUp
                                                                              : HookRefusal::kAgain;
}

}  // namespace

Status SlackChannel::Check(const SubscribedChannel& channel) const { return CheckHookUrl(channel.url, true); }

Result<Call> SlackChannel::Prepare(const OutgoingMessage& message) const {
  auto body = render_(TemplateName::kSlack, message);
  if (!body) return std::move(body).error();
  return Call(JsonPost(message.channel.url, *std::move(body)));
}

ChannelVerdict SlackChannel::Judge(const CallAnswer& answer) const { return JudgeHook(answer, RefusalOf); }

}  // namespace wirewatch
