#include "connectors/channels/webhook_channel.h"

#include <fmt/format.h>

#include <chrono>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/digest.h"
#include "base/text/base64.h"
#include "base/text/utf8.h"
#include "connectors/channels/hook.h"
#include "pipeline/deliver/subscription_values.h"

namespace wirewatch {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMostBody = 20'000;  // what the specification advises
// Of an alert that is told shortly.
constexpr std::size_t kMostTitle = 400, kMostUrl = 500;  // bytes

Status CheckSecret(const SubscribedChannel& channel) {
  if (channel.secret.empty()) return {};  // unsigned
  const std::string why = WhyNoWebhookSecret(channel.secret);
  return why.empty() ? Status() : Error{ErrorCode::kInvalid, fmt::format("its secret {}", why)};
}

Json Short(const AlertNotice& notice) {
  Json alert = {
      {"id", notice.id}, {"kind", Name(notice.kind)}, {"topic", notice.topic}, {"severity", Name(notice.severity)}};
  if (!notice.title.empty()) alert["title"] = BeginningOf(notice.title, kMostTitle);
  if (!notice.url.empty() && notice.url.size() <= kMostUrl) alert["url"] = notice.url;
  if (!notice.source.empty()) alert["source"] = notice.source;
  if (notice.story) alert["story"] = {{"id", notice.story->id}};
  alert["alerted_at"] = FormatRfc3339(notice.alerted);
  return alert;
}

std::string Written(const Json& body) { return body.dump(-1, ' ', false, Json::error_handler_t::replace); }

// In the fullest form that fits.
std::string BodyOf(const OutgoingMessage& message) {
  Json alerts = Json::array();
  for (const AlertNotice& notice : message.alerts) {
    Json document = Json::parse(notice.document, nullptr, false);
    alerts.push_back(document.is_discarded() ? Short(notice) : std::move(document));
  }
  // Its time is that of the message, not of the attempt: what stands under one id is always the same.
  Json body = {{"type", Name(message.message.kind)},
               {"timestamp", FormatRfc3339(message.message.created)},
               {"data",
                {{"subscription", message.subscription.id},
                 {"form", "full"},
                 {"count", message.alerts.size()},
                 {"alerts", std::move(alerts)}}}};
  std::string text = Written(body);
  if (text.size() <= kMostBody) return text;

  Json& data = body["data"];
  data["form"] = "without-spans";
  for (Json& alert : data["alerts"]) alert.erase("spans");
  text = Written(body);
  if (text.size() <= kMostBody) return text;

  data["form"] = "short";
  data["alerts"] = Json::array();
  std::size_t size = Written(body).size();
  for (const AlertNotice& notice : message.alerts) {
    Json alert = Short(notice);
    size += Written(alert).size() + 1;  // and a comma
    if (size > kMostBody) break;        // `count` tells that there are more
    data["alerts"].push_back(std::move(alert));
  }
  return Written(body);
}

}  // namespace

Status WebhookChannel::Check(const SubscribedChannel& channel) const {
  if (Status url = CheckHookUrl(channel.url, false); !url) return url;
  return CheckSecret(channel);
}

Result<Call> WebhookChannel::Prepare(const OutgoingMessage& message) const {
  if (Status secret = CheckSecret(message.channel); !secret) return std::move(secret).error();
  HttpCall call = JsonPost(message.channel.url, BodyOf(message));
  const std::string time =
      fmt::format("{}", std::chrono::duration_cast<std::chrono::seconds>(message.now.time_since_epoch()).count());
  call.headers.emplace_back("webhook-id", message.message.id);
  call.headers.emplace_back("webhook-timestamp", time);
  if (message.channel.secret.empty()) return Call(std::move(call));
  const std::string content = fmt::format("{}.{}.{}", message.message.id, time, call.body);
  std::string signatures;
  for (const std::string& key : WebhookKeys(message.channel.secret)) {
    signatures += signatures.empty() ? "v1," : " v1,";
    AppendBase64(BytesOf(HmacSha256(key, content)), signatures);
  }
  call.headers.emplace_back("webhook-signature", std::move(signatures));
  return Call(std::move(call));
}

ChannelVerdict WebhookChannel::Judge(const CallAnswer& answer) const {
  return JudgeHook(answer, [](const CallAnswer&) { return HookRefusal::kAgain; });
}

}  // namespace wirewatch
