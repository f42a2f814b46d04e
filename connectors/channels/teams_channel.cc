#include "connectors/channels/teams_channel.h"

#include <cstddef>
#include <string>
#include <utility>

#include "connectors/channels/hook.h"
#include "connectors/channels/rendered_json_internal.h"
#include "connectors/channels/text_limits.h"

namespace wirewatch {
namespace {

using Json = nlohmann::ordered_json;

// learn.microsoft.com: a message has 28 KB at most.
constexpr std::size_t kMostBytes = 28'000, kMostText = 4'000;

void CutTexts(Json& value) {
  CutMember(value, "text", kMostText, CutText);
  if (!value.is_structured()) return;
  for (Json& part : value) CutTexts(part);
}

// The body of the message's first card; null: there is none.
Json* BodyOf(Json& message) {
  Json* const attachments = ArrayIn(message, "attachments");
  if (attachments == nullptr || attachments->empty() || !attachments->front().is_object()) return nullptr;
  const auto content = attachments->front().find("content");
  return content == attachments->front().end() ? nullptr : ArrayIn(*content, "body");
}

// Elements go from before the last one. False: it does not fit all the same.
bool Fit(Json& message) {
  CutTexts(message);
  std::size_t size = Minified(message).size();
  if (size <= kMostBytes) return true;
  Json* const body = BodyOf(message);
  if (body == nullptr) return false;
  const Json more = {{"type", "TextBlock"}, {"text", kEllipsis}};
  size += Minified(more).size() + 1;
  bool cut = false;
  for (; size > kMostBytes && body->size() > 1; cut = true) {
    const auto gone = body->end() - (body->size() > 2 ? 2 : 1);
    size -= Minified(*gone).size() + 1;
    body->erase(gone);
  }
  if (cut) body->insert(body->end() - 1, more);
  return size <= kMostBytes;
}

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
  auto json = RenderedJson(render_, TemplateName::kTeams, message);
  if (!json) return std::move(json).error();
  if (!Fit(*json)) return Error{ErrorCode::kInvalid, "teams.json: gives more than the 28 KB that Teams takes"};
  return Call(JsonPost(message.channel.url, Minified(*json)));
}

ChannelVerdict TeamsChannel::Judge(const CallAnswer& answer) const { return JudgeHook(answer, RefusalOf); }

}  // namespace wirewatch
