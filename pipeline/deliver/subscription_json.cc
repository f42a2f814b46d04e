#include <bitset>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/text/json_writer.h"
#include "pipeline/deliver/subscription_file.h"
#include "pipeline/deliver/subscription_values.h"
#include "pipeline/records/json_put.h"

namespace wirewatch {
namespace {

constexpr std::string_view kMask = "***";

void PutTexts(JsonWriter& json, std::string_view key, const std::vector<std::string>& texts) {
  if (!texts.empty()) json.Put(key, texts);
}

void PutDays(JsonWriter& json, const Weekdays& days) {
  if (days == kEveryDay) return;
  json.Key("days");
  json.BeginArray();
  for (std::size_t day = 0; day < days.size(); ++day) {
    if (days[day]) json.Value(kWeekdayNames[day]);
  }
  json.EndArray();
}

void PutFilter(JsonWriter& json, const SubscriptionFilter& filter) {
  if (filter == SubscriptionFilter()) return;
  json.Key("filter");
  json.BeginObject();
  PutTexts(json, "topics", filter.topics);
  PutTexts(json, "tags", filter.tags);
  if (filter.severity != TopicSeverity::kLow) json.Put("severity", Name(filter.severity));
  if (filter.score != 0) json.Put("score", filter.score);
  if (!filter.kinds.empty()) {
    json.Key("kinds");
    json.BeginArray();
    for (const AlertKind kind : filter.kinds) json.Value(Name(kind));
    json.EndArray();
  }
  PutTexts(json, "languages", filter.languages);
  PutTexts(json, "countries", filter.countries);
  PutTexts(json, "sources", filter.sources);
  if (!filter.facets.empty()) {
    json.Key("facets");
    json.BeginObject();
    for (const auto& [name, values] : filter.facets) PutTexts(json, name, values);
    json.EndObject();
  }
  PutText(json, "match", filter.match);
  json.EndObject();
}

void PutChannel(JsonWriter& json, const SubscribedChannel& channel, Secrets secrets) {
  const auto shown = [&](std::string_view secret) {
    return secrets == Secrets::kMask && !secret.empty() ? kMask : secret;
  };
  json.BeginObject();
  json.Key(Name(channel.kind));
  json.BeginObject();
  json.Put("name", channel.id);
  PutText(json, "url", shown(channel.url));
  PutText(json, "secret", shown(channel.secret));
  PutTexts(json, "to", channel.to);
  json.EndObject();
  json.EndObject();
}

void PutSchedule(JsonWriter& json, const DeliverySchedule& schedule) {
  using Kind = DeliverySchedule::Kind;
  if (schedule.kind == Kind::kAtOnce) return json.Put("schedule", "at once");
  json.Key("schedule");
  json.BeginObject();
  const std::string time = FormatTimeOfDay(schedule.at);
  if (schedule.kind == Kind::kHourly) {
    json.Put("hourly", std::string_view(time).substr(2));  // ":15" of "00:15"
  } else {
    json.Put("daily", time);
  }
  PutDays(json, schedule.days);
  json.EndObject();
}

void PutQuiet(JsonWriter& json, const QuietHours& quiet) {
  json.Key("quiet");
  json.BeginObject();
  json.Put("from", FormatTimeOfDay(quiet.from));
  json.Put("to", FormatTimeOfDay(quiet.to));
  PutDays(json, quiet.days);
  json.Put("critical", quiet.critical_passes ? "pass" : "hold");
  json.EndObject();
}

void PutSnoozes(JsonWriter& json, const std::vector<Snooze>& snoozes) {
  json.Key("snooze");
  json.BeginArray();
  for (const Snooze& snooze : snoozes) {
    json.BeginObject();
    switch (snooze.of) {
      case Snooze::Of::kAll: json.Put("all", true); break;
      case Snooze::Of::kTopic: json.Put("topic", snooze.value); break;
      case Snooze::Of::kStory: json.Put("story", snooze.value); break;
      case Snooze::Of::kSource: json.Put("source", snooze.value); break;
    }
    PutTime(json, "until", snooze.until);
    json.EndObject();
  }
  json.EndArray();
}

}  // namespace

std::string ToJson(const Subscription& subscription, Secrets secrets) {
  std::string line;
  JsonWriter json(line);
  json.BeginObject();
  json.Put("id", subscription.id);
  json.Put("reader", subscription.reader);
  PutText(json, "title", subscription.title);
  PutFilter(json, subscription.filter);
  json.Key("channels");
  json.BeginArray();
  for (const SubscribedChannel& channel : subscription.channels) PutChannel(json, channel, secrets);
  json.EndArray();
  PutSchedule(json, subscription.schedule);
  json.Put("time_zone", subscription.time_zone);
  if (subscription.quiet) PutQuiet(json, *subscription.quiet);
  if (subscription.cap) {
    json.Key("cap");
    json.BeginObject();
    json.Put("messages", subscription.cap->messages);
    json.Put("per", FormatDuration(subscription.cap->per));
    json.EndObject();
  }
  json.Put("language", subscription.language);
  json.Put("enabled", subscription.enabled);
  if (!subscription.snoozes.empty()) PutSnoozes(json, subscription.snoozes);
  json.EndObject();
  return line;
}

}  // namespace wirewatch
