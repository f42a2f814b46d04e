#include "connectors/channels/teams_channel.h"

#include <string>
#include <utility>

#include "connectors/channels/hook.h"

namespace wirewatch {
namespace {

HookRefusal RefusalOf(const CallAnswer& answer) {
  // Power Automate: the workflow was deleted or switched off.
  const bool gone = answer.text.find("WorkflowNotFound") != std::string::npos ||
                    answer.text.find("WorkflowTriggerNotFound") != std::string::npos ||
                    answer.text.find("WorkflowTriggerIsNotEnabled") != std::string::npos;
  if (answer.status >= 400 && answer.status < 500 && gone) return HookRefusal::kDisable;
  return answer.status == 400 || answer.status == 413 ? HookRefusal::kGivenUp : HookRefusal::kAgain;
}

}  // namespace

Status TeamsChannel::Check(const SubscribedChannel& channel) const { return CheckHookUrl(channel.url, true); }

Result<Call> TeamsChannel::Prepare(const OutgoingMessage& message) const {
  auto body = render_(TemplateName::kTeams, message);
  if (!body) return std::move(body).error();
  return Call(JsonPost(message.channel.url, *std::move(body)));
}

ChannelVerdict TeamsChannel::Judge(const CallAnswer& answer) const { return JudgeHook(answer, RefusalOf); }

}  // namespace wirewatch
