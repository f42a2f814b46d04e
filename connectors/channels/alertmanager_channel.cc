#include "connectors/channels/alertmanager_channel.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/text/json_writer.h"
#include "connectors/channels/hook.h"

namespace wirewatch {
namespace {

constexpr std::string_view kPath = "/api/v2/alerts";
// News does not resolve. It is shown for as long as it may need a look, and so is what comes late from a digest.
constexpr std::chrono::hours kShown{1};

// Alertmanager drops labels without a value.
void PutSome(JsonWriter& json, std::string_view key, std::string_view value) {
  if (!value.empty()) json.Put(key, value);
}

void WriteAlert(JsonWriter& json, const AlertNotice& notice, WallTime now) {
  json.BeginObject();
  json.Key("labels");
  json.BeginObject();
  json.Put("alertname", "wirewatch");
  PutSome(json, "topic", notice.topic);
  json.Put("severity", Name(notice.severity));
  json.Put("kind", Name(notice.kind));
  // Without a story each alert is one of its own.
  json.Put("story", notice.story ? notice.story->id : notice.id);
  json.EndObject();
  json.Key("annotations");
  json.BeginObject();
  json.Put("summary", notice.title.empty() ? notice.topic_title : notice.title);
  PutSome(json, "description", notice.first_paragraph);
  PutSome(json, "because", notice.because);
  PutSome(json, "topic_title", notice.topic_title);
  PutSome(json, "source", notice.source);
  PutSome(json, "url", notice.url);
  json.Put("alert", notice.id);
  json.EndObject();
  json.Put("startsAt", FormatRfc3339(notice.alerted));
  json.Put("endsAt", FormatRfc3339(std::max(now, notice.alerted) + kShown));
  if (notice.url.starts_with("https://") || notice.url.starts_with("http://")) json.Put("generatorURL", notice.url);
  json.EndObject();
}

}  // namespace

Status AlertmanagerChannel::Check(const SubscribedChannel& channel) const { return CheckHookUrl(channel.url, false); }

Result<Call> AlertmanagerChannel::Prepare(const OutgoingMessage& message) const {
  std::string url = message.channel.url;
  while (url.ends_with('/')) url.pop_back();
  if (!url.ends_with(kPath)) url += kPath;
  std::string body;
  JsonWriter json(body);
  json.BeginArray();
  for (const AlertNotice& notice : message.alerts) WriteAlert(json, notice, message.now);
  json.EndArray();
  return Call(JsonPost(std::move(url), std::move(body)));
}

ChannelVerdict AlertmanagerChannel::Judge(const CallAnswer& answer) const {
  return JudgeHook(answer, [](const CallAnswer& refused) {
    return refused.status == 400 || refused.status == 413 ? HookRefusal::kGivenUp : HookRefusal::kAgain;
  });
}

}  // namespace wirewatch
