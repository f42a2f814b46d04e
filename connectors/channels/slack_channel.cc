#include "connectors/channels/slack_channel.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include "connectors/channels/hook.h"
#include "connectors/channels/rendered_json_internal.h"
#include "connectors/channels/text_limits.h"

namespace wirewatch {
namespace {

using Json = nlohmann::ordered_json;

// docs.slack.dev/reference/block-kit/blocks; the sum is not documented there: longer messages come back as
// msg_blocks_too_long.
constexpr std::size_t kMostBlocks = 50, kMostUnits = 12'000, kMostHeader = 150, kMostSection = 3'000,
                      kMostFieldText = 2'000, kMostFields = 10, kMostElements = 10, kMostButtonText = 75;

void Shorten(Json& array, std::size_t size) {
  if (array.size() > size) array.erase(array.begin() + static_cast<std::ptrdiff_t>(size), array.end());
}

void FitText(Json& holder, const char* key, std::size_t units) {
  const auto text = holder.find(key);
  if (text != holder.end()) CutMember(*text, "text", units, CutMarkup);
}

void FitBlock(Json& block) {
  if (!block.is_object()) return;
  FitText(block, "text", block.value("type", "") == "header" ? kMostHeader : kMostSection);
  if (Json* const fields = ArrayIn(block, "fields")) {
    Shorten(*fields, kMostFields);
    for (Json& field : *fields) CutMember(field, "text", kMostFieldText, CutMarkup);
  }
  if (Json* const elements = ArrayIn(block, "elements")) {
    Shorten(*elements, kMostElements);
    for (Json& element : *elements) {
      CutMember(element, "text", kMostFieldText, CutMarkup);  // of a context
      if (element.is_object()) FitText(element, "text", kMostButtonText);
    }
  }
}

// Blocks go from before the last one, which tells how to get fewer messages.
void Fit(Json& message) {
  CutMember(message, "text", kMostSection, CutMarkup);
  Json* const blocks = ArrayIn(message, "blocks");
  if (blocks == nullptr) return;
  for (Json& block : *blocks) FitBlock(block);
  const Json more = {{"type", "context"}, {"elements", {{{"type", "plain_text"}, {"text", kEllipsis}}}}};
  bool cut = false;
  while (blocks->size() > 2 && (blocks->size() + cut > kMostBlocks || UnitsIn(*blocks) + UnitsIn(more) > kMostUnits)) {
    blocks->erase(blocks->end() - 2);
    cut = true;
  }
  if (cut) blocks->insert(blocks->end() - 1, more);
}

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
  auto json = RenderedJson(render_, TemplateName::kSlack, message);
  if (!json) return std::move(json).error();
  Fit(*json);
  return Call(JsonPost(message.channel.url, Minified(*json)));
}

ChannelVerdict SlackChannel::Judge(const CallAnswer& answer) const { return JudgeHook(answer, RefusalOf); }

}  // namespace wirewatch
