// About 600 lines: one class that reads the keys of a subscription, one function for each.
#include "pipeline/deliver/subscription_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "base/clock.h"
#include "base/secret.h"
#include "base/settings/section_reader.h"
#include "base/text/hex.h"
#include "base/text/trim.h"
#include "base/text/utf8.h"
#include "base/yaml/yaml_mapping.h"
#include "base/yaml/yaml_text.h"
#include "pipeline/deliver/message_renderer.h"
#include "pipeline/deliver/schedule.h"
#include "pipeline/deliver/subscription_set.h"
#include "pipeline/deliver/subscription_values.h"
#include "rules/codes/country_code.h"
#include "rules/codes/language_code.h"
#include "rules/pack/pack_files.h"
#include "rules/pack/pack_loader.h"
#include "rules/text/fold.h"

namespace wirewatch {
namespace {

constexpr std::string_view kFileKey = "subscriptions";
constexpr std::uint32_t kMostScore = 100, kMostMessages = 10'000;
constexpr std::chrono::minutes kLeastPer{1}, kMostPer{std::chrono::days(7)};
constexpr std::string_view kMask = "***";
constexpr std::size_t kLeastHidden = 4;  // bytes of a secret; in place of shorter ones too much would be hidden

// Where each id was first seen, over all files.
using IdPlaces = std::map<std::string, std::string, std::less<>>;

enum class References { kResolve, kLeave, kRefuse };

// The byte of `text` at a place that counts lines and characters from 1.
std::size_t ByteAt(std::string_view text, TextPosition place) {
  std::size_t at = 0;
  for (std::uint32_t line = 1; line < place.line; ++line) at = std::min(text.find('\n', at), text.size() - 1) + 1;
  for (std::uint32_t column = 1; column < place.column && at < text.size(); ++column) at += DecodeUtf8(text, at).size;
  return at;
}

// Reads subscriptions from the nodes of a text. Goes on behind every mistake, so that all of them are reported.
class SubscriptionReader {
 public:
  // `topics`: null, nobody knows them.
  SubscriptionReader(YamlText& text, References references, IdPlaces& places, const KnownTopics* topics)
      : text_(text), references_(references), places_(places), topics_(topics) {}

  std::vector<Subscription> ReadFile(const YamlNode& root) {
    std::vector<Subscription> subscriptions;
    const YamlMapping mapping(text_, root, "a file of subscriptions", {kFileKey});
    for (const YamlNode* node : ReadItems(text_, mapping.Require(kFileKey), "'subscriptions'", "- id: europe-desk")) {
      subscriptions.push_back(Read(*node));
    }
    return subscriptions;
  }

  Subscription Read(const YamlNode& node) {
    Subscription read;
    const YamlMapping mapping(text_, node, "a subscription",
                              {"id", "reader", "title", "filter", "channels", "schedule", "time_zone", "quiet", "cap",
                               "language", "enabled", "snooze"});
    if (node.kind != YamlNode::Kind::kMapping) return read;
    read.id = ReadOwnId(mapping.Require("id"));
    read.reader = ReadLine(mapping.Require("reader"), "'reader'", kMostLineBytes);
    read.title = ReadLine(mapping.Find("title"), "'title'", kMostTitleBytes);
    if (const YamlNode* filter = mapping.Find("filter")) read.filter = ReadFilter(*filter);
    if (const YamlNode* channels = mapping.Require("channels")) read.channels = ReadChannels(*channels);
    if (const YamlNode* schedule = mapping.Find("schedule")) read.schedule = ReadSchedule(*schedule);
    read.time_zone = ReadTimeZone(mapping.Find("time_zone")).value_or(read.time_zone);
    if (const YamlNode* quiet = mapping.Find("quiet")) read.quiet = ReadQuiet(*quiet);
    if (const YamlNode* cap = mapping.Find("cap")) read.cap = ReadCap(*cap);
    if (const YamlNode* language = mapping.Find("language")) read.language = ReadLanguage(*language);
    read.enabled = ReadBoolean(text_, mapping.Find("enabled"), "'enabled'").value_or(true);
    for (const YamlNode* snooze : ReadItems(text_, mapping.Find("snooze"), "'snooze'",
                                            "[{topic: 5g-vendor-bans, until: 2026-12-24T09:00:00Z}]")) {
      read.snoozes.push_back(ReadSnooze(*snooze));
    }
    return read;
  }

  // What was found, without the secrets that were read or may stand in a line.
  Diagnostics Take() {
    Diagnostics diagnostics = TakeWithoutSecrets(text_);
    for (Diagnostic& diagnostic : diagnostics) {
      for (std::string* shown : {&diagnostic.message, &diagnostic.help, &diagnostic.source_line}) {
        Hide(*shown, diagnostic.position.line);
      }
    }
    return diagnostics;
  }

 private:
  // ---- values of any key

  void Wrong(const YamlNode& node, std::string message, std::string help) {
    text_.Error(node, "bad-value", std::move(message), std::move(help));
  }

  std::string ReadLine(const YamlNode* node, std::string_view what, std::size_t most) {
    const auto line = ReadText(text_, node, what);
    if (!line) return {};
    const std::string why = WhyNoLine(*line, most);
    if (!why.empty()) Wrong(*node, fmt::format("{} {}", what, why), "write a text on one line");
    return why.empty() ? *line : std::string();
  }

  // Lists of a filter: an empty one would let nothing or everything through, and nobody can tell which was meant.
  std::vector<const YamlNode*> ReadConditions(const YamlNode* node, std::string_view what, std::string_view example) {
    auto items = ReadItems(text_, node, what, example);
    if (node != nullptr && node->kind == YamlNode::Kind::kSequence && items.empty()) {
      text_.Error(*node, "empty-list", fmt::format("{} is empty", what), "delete the key to take any");
    }
    return items;
  }

  std::vector<std::string> ReadLines(const YamlNode* node, std::string_view what, std::string_view example) {
    std::vector<std::string> lines;
    for (const YamlNode* item : ReadConditions(node, what, example)) {
      lines.push_back(ReadLine(item, fmt::format("an entry of {}", what), kMostLineBytes));
    }
    return lines;
  }

  // Codes in their one form; `canonical` gives nothing of what is none.
  std::vector<std::string> ReadCodes(const YamlNode* node, std::string_view what, std::string_view example,
                                     std::string (*canonical)(std::string_view), std::string_view help) {
    std::vector<std::string> codes;
    for (const YamlNode* item : ReadConditions(node, what, example)) {
      const auto code = ReadText(text_, item, fmt::format("an entry of {}", what));
      if (!code) continue;
      codes.push_back(canonical(*code));
      if (!codes.back().empty()) continue;
      text_.Error(*item, "unknown-code", fmt::format("{} has '{}', which is no code that is known", what, *code),
                  std::string(help));
    }
    return codes;
  }

  Weekdays ReadDays(const YamlNode* node) {
    if (node == nullptr) return kEveryDay;
    static const std::vector<std::string_view> kNames(std::begin(kWeekdayNames), std::end(kWeekdayNames));
    Weekdays days;
    for (const YamlNode* item : ReadConditions(node, "'days'", "[mon, tue, wed, thu, fri]")) {
      const std::string_view begin = std::string_view(item->scalar).substr(0, 3);
      if (item->scalar.size() > 3 && std::find(kNames.begin(), kNames.end(), begin) != kNames.end()) {
        Wrong(*item, fmt::format("there is no day '{}'", item->scalar), fmt::format("write {}", begin));
        continue;
      }
      if (const auto day = ReadChoice(text_, item, "an entry of 'days'", "day", kNames)) days.set(*day);
    }
    return days;
  }

  std::chrono::minutes ReadTimeOfDay(const YamlNode* node, std::string_view what) {
    const auto written = ReadText(text_, node, what);
    if (!written) return {};
    const auto time = ParseTimeOfDay(*written);
    if (!time) {
      Wrong(*node, fmt::format("{} is a time of the day from 00:00 to 23:59, not '{}'", what, *written),
            "write it like \"07:30\"");
    }
    return time.value_or(std::chrono::minutes());
  }

  // ---- the keys of a subscription

  std::string ReadOwnId(const YamlNode* node) {
    auto id = ReadId(text_, node, "the id of a subscription");
    if (!id) return {};
    const auto [first, is_new] =
        places_.try_emplace(*id, fmt::format("{}:{}", text_.file(), text_.PositionOf(*node).line));
    if (!is_new) {
      text_.Error(*node, "duplicate-id", fmt::format("the subscription '{}' is already at {}", *id, first->second),
                  "subscriptions of all files have different ids");
    }
    return *std::move(id);
  }

  SubscriptionFilter ReadFilter(const YamlNode& node) {
    SubscriptionFilter filter;
    const YamlMapping mapping(
        text_, node, "'filter'",
        {"topics", "tags", "severity", "score", "kinds", "languages", "countries", "sources", "facets", "match"});
    for (const YamlNode* item : ReadConditions(mapping.Find("topics"), "'topics'", "[5g-vendor-bans]")) {
      filter.topics.push_back(ReadId(text_, item, "the id of a topic").value_or(""));
      CheckTopic(*item, filter.topics.back());
    }
    for (const YamlNode* item : ReadConditions(mapping.Find("tags"), "'tags'", "[telecom]")) {
      filter.tags.push_back(ReadLine(item, "an entry of 'tags'", kMostLineBytes));
      CheckTag(*item, filter.tags.back());
    }
    if (const YamlNode* severity = mapping.Find("severity")) {
      filter.severity = ReadSeverity(text_, *severity).value_or(filter.severity);
    }
    filter.score = ReadNumber(text_, mapping.Find("score"), "'score'", 0, kMostScore).value_or(0);
    for (const YamlNode* item : ReadConditions(mapping.Find("kinds"), "'kinds'", "[new, update]")) {
      if (const auto kind = ReadName(text_, *item, "an entry of 'kinds'", "kind of alert", kAlertKinds)) {
        filter.kinds.push_back(*kind);
      }
    }
    filter.languages = ReadCodes(mapping.Find("languages"), "'languages'", "[en, nl]", CanonicalLanguage,
                                 "codes are those of BCP 47: en, nl, zh-Hant");
    filter.countries = ReadCodes(mapping.Find("countries"), "'countries'", "[NL, DE]", CanonicalCountry,
                                 "codes are those of ISO 3166: NL, DE, US");
    filter.sources = ReadLines(mapping.Find("sources"), "'sources'", "[reuters.com]");
    if (const YamlNode* facets = mapping.Find("facets")) filter.facets = ReadFacets(*facets);
    if (const YamlNode* match = mapping.Find("match")) filter.match = ReadMatchText(*match);
    return filter;
  }

  std::map<std::string, std::vector<std::string>> ReadFacets(const YamlNode& node) {
    std::map<std::string, std::vector<std::string>> facets;
    if (node.kind != YamlNode::Kind::kMapping) {
      text_.Error(node, "wrong-type", "'facets' is a mapping of facets to values",
                  "write it like {countries: [NL, DE], vendors: [Huawei]}");
      return facets;
    }
    if (node.entries.empty()) {
      text_.Error(node, "empty-list", "'facets' is empty", "delete the key to take any");
    }
    for (const YamlEntry& entry : node.entries) {
      const auto name = ReadId(text_, &entry.key, "the name of a facet");
      std::vector<std::string> values = ReadLines(&entry.value, fmt::format("'{}'", entry.key.scalar), "[NL, DE]");
      if (name) facets.emplace(*name, std::move(values));
    }
    return facets;
  }

  std::string ReadMatchText(const YamlNode& node) {
    if (node.kind != YamlNode::Kind::kScalar) {
      text_.Error(node, "wrong-type", "'match' is an expression: one text",
                  "put it in single quotes if it begins with [ or { or has a colon and a blank in it");
      return {};
    }
    for (Diagnostic& finding : CheckMatch(node.scalar, text_.file())) {
      const std::size_t begin = ByteAt(node.scalar, finding.position);
      const std::size_t end = begin + ByteAt(std::string_view(node.scalar).substr(begin), {1, finding.length + 1});
      text_.ReportInside(node, {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)}, finding.severity,
                         std::move(finding.code), std::move(finding.message), std::move(finding.help));
    }
    return node.scalar;
  }

  // What no pack has may come with the next one, so it is a warning. Empty: it was wrong, and reported.
  void CheckTopic(const YamlNode& node, const std::string& id) {
    if (topics_ == nullptr || id.empty() || topics_->HasTopic(id)) return;
    WarnOfUnknown(node, "unknown-topic", fmt::format("no pack has a topic '{}'", id), topics_->NearestTopic(id));
  }
  void CheckTag(const YamlNode& node, const std::string& tag) {
    if (topics_ == nullptr || tag.empty() || topics_->HasTag(tag)) return;
    WarnOfUnknown(node, "unknown-tag", fmt::format("no topic has the tag '{}'", tag), topics_->NearestTag(tag));
  }
  void WarnOfUnknown(const YamlNode& node, std::string code, std::string message, std::string_view nearest) {
    text_.Report(node, Severity::kWarning, std::move(code), std::move(message),
                 nearest.empty() ? "no alert of these packs will meet it" : fmt::format("did you mean '{}'?", nearest));
  }

  DeliverySchedule ReadSchedule(const YamlNode& node) {
    DeliverySchedule schedule;
    constexpr std::string_view kForms =
        "write: at once, or hourly, or {hourly: \":15\"}, or {daily: \"07:30\", days: [mon, tue]}";
    if (node.kind == YamlNode::Kind::kScalar) {
      if (node.scalar == "hourly") schedule.kind = DeliverySchedule::Kind::kHourly;
      if (node.scalar == "at once" || node.scalar == "hourly") return schedule;
      Wrong(node, fmt::format("there is no schedule '{}'", node.scalar),
            node.scalar == "daily" ? "write when: {daily: \"07:30\"}" : std::string(kForms));
      return schedule;
    }
    const YamlMapping mapping(text_, node, "'schedule'", {"hourly", "daily", "days"});
    const YamlNode* const hourly = mapping.Find("hourly");
    const YamlNode* const daily = mapping.Find("daily");
    if (node.kind == YamlNode::Kind::kMapping && (hourly == nullptr) == (daily == nullptr)) {
      Wrong(node, "'schedule' is either hourly or daily", std::string(kForms));
    }
    schedule.days = ReadDays(mapping.Find("days"));
    if (daily != nullptr) {
      schedule.kind = DeliverySchedule::Kind::kDaily;
      schedule.at = ReadTimeOfDay(daily, "'daily'");
    } else if (hourly != nullptr) {
      schedule.kind = DeliverySchedule::Kind::kHourly;
      schedule.at = ReadMinute(*hourly);
    }
    return schedule;
  }

  std::chrono::minutes ReadMinute(const YamlNode& node) {
    const auto written = ReadText(text_, &node, "'hourly'");
    const auto minute = written ? ParseMinuteOfHour(*written) : std::nullopt;
    if (written && !minute) {
      Wrong(node, fmt::format("'hourly' is a minute of the hour from :00 to :59, not '{}'", *written),
            "write it like \":15\"");
    }
    return minute.value_or(std::chrono::minutes());
  }

  std::optional<std::string> ReadTimeZone(const YamlNode* node) {
    auto zone = ReadText(text_, node, "'time_zone'");
    if (!zone) return std::nullopt;
    if (const Status known = CheckTimeZone(*zone); !known) {
      Wrong(*node, known.error().message, "names are those of the IANA time zone database");
    }
    return zone;
  }

  QuietHours ReadQuiet(const YamlNode& node) {
    QuietHours quiet;
    const YamlMapping mapping(text_, node, "'quiet'", {"from", "to", "days", "critical"});
    if (node.kind != YamlNode::Kind::kMapping) return quiet;
    const YamlNode* const from = mapping.Require("from");
    const YamlNode* const to = mapping.Require("to");
    quiet.from = ReadTimeOfDay(from, "'from'");
    quiet.to = ReadTimeOfDay(to, "'to'");
    if (from != nullptr && to != nullptr && from->scalar == to->scalar) {
      Wrong(*to, "'from' and 'to' are the same, so there is no telling whether it is quiet for a day or not at all",
            "write another time, or disable the subscription: enabled: false");
    }
    quiet.days = ReadDays(mapping.Find("days"));
    if (const YamlNode* critical = mapping.Find("critical")) {
      static const std::vector<std::string_view> kWays = {"pass", "hold"};
      quiet.critical_passes = ReadChoice(text_, critical, "'critical'", "way with critical alerts", kWays) != 1;
    }
    return quiet;
  }

  RateCap ReadCap(const YamlNode& node) {
    RateCap cap;
    const YamlMapping mapping(text_, node, "'cap'", {"messages", "per"});
    if (node.kind != YamlNode::Kind::kMapping) return cap;
    cap.messages = ReadNumber(text_, mapping.Require("messages"), "'messages'", 1, kMostMessages).value_or(1);
    const YamlNode* const per = mapping.Find("per");
    if (const auto written = ReadText(text_, per, "'per'")) {
      const auto duration = ParseDuration(*written);
      if (duration && *duration >= kLeastPer && *duration <= kMostPer && *duration % kLeastPer == kLeastPer.zero()) {
        cap.per = std::chrono::duration_cast<std::chrono::minutes>(*duration);
      } else {
        Wrong(*per, fmt::format("'per' is a time of whole minutes from 1m to 7d, not '{}'", *written),
              "write it like 30m, 1h or 1d");
      }
    }
    return cap;
  }

  // Of messages: one that the program has words for.
  std::string ReadLanguage(const YamlNode& node) {
    const auto language = ReadChoice(text_, &node, "'language'", "language of messages", MessageLanguages());
    return std::string(language ? MessageLanguages()[*language] : "en");
  }

  Snooze ReadSnooze(const YamlNode& node) {
    Snooze snooze;
    const YamlMapping mapping(text_, node, "a snooze", {"all", "topic", "story", "source", "until"});
    if (node.kind != YamlNode::Kind::kMapping) return snooze;
    struct Kind {
      std::string_view key;
      Snooze::Of of;
    };
    constexpr Kind kKinds[] = {
        {"topic", Snooze::Of::kTopic}, {"story", Snooze::Of::kStory}, {"source", Snooze::Of::kSource}};
    int named = 0;
    if (const YamlNode* all = mapping.Find("all")) {
      ++named;
      if (ReadBoolean(text_, all, "'all'") == false) {
        Wrong(*all, "'all' can only be true", "delete it, or the whole snooze");
      }
    }
    for (const Kind& kind : kKinds) {
      const YamlNode* const value = mapping.Find(kind.key);
      if (value == nullptr) continue;
      ++named;
      snooze.of = kind.of;
      snooze.value = ReadLine(value, fmt::format("'{}'", kind.key), kMostLineBytes);
      if (kind.of == Snooze::Of::kTopic) CheckTopic(*value, snooze.value);
    }
    if (named != 1) Wrong(node, "a snooze is of one of: all, topic, story, source", "write {topic: ID, until: TIME}");
    const YamlNode* const until = mapping.Require("until");
    if (const auto written = ReadText(text_, until, "'until'")) {
      const auto time = ParseRfc3339(*written);
      if (!time) Wrong(*until, fmt::format("'until' is no time: '{}'", *written), "write it like 2026-12-24T09:00:00Z");
      snooze.until = time.value_or(WallTime());
    }
    return snooze;
  }

  // ---- channels

  std::vector<SubscribedChannel> ReadChannels(const YamlNode& node) {
    std::vector<SubscribedChannel> channels;
    std::set<std::string> names;  // that are written, and then all
    for (const YamlNode* item : ReadItems(text_, &node, "'channels'", "[feed]")) {
      channels.push_back(ReadChannel(*item, names));
    }
    if (node.kind == YamlNode::Kind::kSequence && node.items.empty()) {
      text_.Error(node, "empty-list", "a subscription without channels tells nobody", "add one, such as: feed");
    }
    for (SubscribedChannel& channel : channels) {
      if (!channel.id.empty()) continue;
      channel.id = Name(channel.kind);
      for (int count = 2; !names.insert(channel.id).second; ++count) {
        channel.id = fmt::format("{}-{}", Name(channel.kind), count);
      }
    }
    return channels;
  }

  // `feed`, or `{email: {to: [...]}}`.
  SubscribedChannel ReadChannel(const YamlNode& node, std::set<std::string>& names) {
    SubscribedChannel channel;
    const bool by_name = node.kind == YamlNode::Kind::kScalar;
    if (!by_name && (node.kind != YamlNode::Kind::kMapping || node.entries.size() != 1)) {
      text_.Error(node, "wrong-type", "a channel is of one kind", "write it like feed or {email: {to: [...]}}");
      return channel;
    }
    const YamlNode& name = by_name ? node : node.entries.front().key;
    const auto kind = ReadName(text_, name, "a channel", "channel", kChannelKinds);
    if (!kind) return channel;
    channel.kind = *kind;
    static const YamlNode kNothing{YamlNode::Kind::kMapping, 0, 0, {}, {}, {}};
    const bool has_fields = !by_name && node.entries.front().value.kind != YamlNode::Kind::kNull;
    ReadFields(name, has_fields ? node.entries.front().value : kNothing, channel);
    if (!channel.id.empty() && !names.insert(channel.id).second) {
      text_.Error(name, "duplicate-id", fmt::format("there is a channel '{}' already", channel.id),
                  "channels of a subscription have different names");
    }
    return channel;
  }

  void ReadFields(const YamlNode& place, const YamlNode& fields, SubscribedChannel& channel) {
    const std::string what(Name(channel.kind));
    std::vector<std::string_view> keys = {"name"};
    const bool is_mail = channel.kind == ChannelKind::kEmail, is_feed = channel.kind == ChannelKind::kFeed;
    if (is_mail) keys.push_back("to");
    if (!is_mail && !is_feed) keys.push_back("url");
    if (channel.kind == ChannelKind::kWebhook) keys.push_back("secret");
    const YamlMapping mapping(text_, fields, what, keys);
    if (fields.kind != YamlNode::Kind::kMapping) return;
    const auto require = [&](std::string_view key, std::string_view help) {
      const YamlNode* const value = mapping.Find(key);
      if (value == nullptr)
        text_.Error(place, "missing-key", fmt::format("{} needs '{}'", what, key), std::string(help));
      return value;
    };
    channel.id = ReadId(text_, mapping.Find("name"), "the name of a channel").value_or("");
    if (is_mail) return ReadAddresses(require("to", "{email: {to: [desk@example.org]}}"), channel);
    if (is_feed) return;
    if (const YamlNode* url = require("url", "the address that the service gave for it")) {
      channel.url = ReadSecret(*url, "'url'", WhyNoHttpUrl, "write it as the service gave it, or ${env:NAME}");
    }
    if (const YamlNode* secret = mapping.Find("secret")) {
      channel.secret =
          ReadSecret(*secret, "'secret'", WhyNoWebhookSecret,
                     "both sides share it, to tell our messages from others: ${file:/path} or ${env:NAME}");
    }
  }

  void ReadAddresses(const YamlNode* node, SubscribedChannel& channel) {
    if (node == nullptr) return;
    const auto items = ReadItems(text_, node, "'to'", "[desk@example.org]");
    if (node->kind == YamlNode::Kind::kSequence && (items.empty() || items.size() > kMostAddresses)) {
      Wrong(*node, fmt::format("'to' has {} addresses", items.size()),
            fmt::format("write 1 to {}, or one of a mailing list", kMostAddresses));
    }
    for (const YamlNode* item : items) {
      auto address = ReadText(text_, item, "an address");
      if (!address) continue;
      const std::string why = WhyNoAddress(*address);
      if (!why.empty()) Wrong(*item, fmt::format("a mail address {}", why), "write it like desk@example.org");
      channel.to.push_back(*std::move(address));
    }
  }

  // A value that is not to be shown, or a reference to one.
  std::string ReadSecret(const YamlNode& node, std::string_view what, std::string (*why_none)(std::string_view),
                         std::string_view help) {
    auto value = ReadText(text_, &node, what);
    if (!value) return {};
    if (!IsSecretReference(*value)) {
      if (value->size() >= kLeastHidden) hidden_.emplace(text_.PositionOf(node).line, *value);
    } else if (references_ == References::kRefuse) {
      Wrong(node, fmt::format("{} cannot be a reference: it would name what this machine has", what),
            "send the value itself");
      return {};
    } else if (references_ == References::kLeave) {
      if (const Status checked = CheckSecretReference(*value); !checked) {
        Wrong(node, checked.error().message, std::string(help));
      }
      return *std::move(value);
    } else {
      auto resolved = ResolveSecret(*value);
      if (!resolved) {
        text_.Error(node, "secret", resolved.error().message, "set it, or delete the channel");
        return {};
      }
      value = *std::move(resolved);
    }
    const std::string why = *value == kMask ? "is masked: it was read without its secrets" : why_none(*value);
    if (!why.empty()) Wrong(node, fmt::format("{} {}", what, why), std::string(help));
    return *std::move(value);
  }

  // `line`: that `shown` is about. No other one is quoted.
  void Hide(std::string& shown, std::uint32_t line) const {
    const auto [begin, end] = hidden_.equal_range(line);
    for (auto at_line = begin; at_line != end; ++at_line) {
      const std::string& secret = at_line->second;
      for (std::size_t at = shown.find(secret); at != std::string::npos; at = shown.find(secret, at + kMask.size())) {
        shown.replace(at, secret.size(), kMask);
      }
    }
    shown = WithoutUrlPaths(shown);
  }

  YamlText& text_;
  const References references_;
  IdPlaces& places_;
  const KnownTopics* const topics_;
  std::multimap<std::uint32_t, std::string> hidden_;  // secrets that are written out, by their lines
};

// What YAML does not take of JSON: a character beyond U+FFFF as the escapes of its two halves, and tabs between tokens.
std::string JsonAsYaml(std::string_view json) {
  const auto half_at = [&](std::size_t at) -> char32_t {  // the UTF-16 unit of an escape `\u`; 0: none
    if (at > json.size() || !json.substr(at).starts_with("\\u")) return 0;
    char32_t half = 0;
    for (std::size_t i = at + 2; i < at + 6; ++i) {
      const int digit = i < json.size() ? HexDigit(json[i]) : -1;
      if (digit < 0) return 0;
      half = half * 16 + static_cast<char32_t>(digit);
    }
    return half;
  };
  std::string yaml;
  for (std::size_t at = 0; at < json.size();) {
    if (json[at] != '\\') {
      yaml += json[at] == '\t' ? ' ' : json[at];
      ++at;
      continue;
    }
    const char32_t high = half_at(at), low = half_at(at + 6);
    if (high >= 0xD800 && high < 0xDC00 && low >= 0xDC00 && low < 0xE000) {
      AppendUtf8(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00), yaml);
      at += 12;
    } else {
      yaml += json.substr(at, 2);
      at += 2;
    }
  }
  return yaml;
}

// `read` takes the subscriptions from the root.
template <typename Read>
void ReadInto(ReadSubscriptions& all, YamlText& text, References references, IdPlaces& places,
              const KnownTopics* topics, Read read) {
  SubscriptionReader reader(text, references, places, topics);
  std::vector<Subscription> subscriptions;
  if (const auto root = text.Parse()) subscriptions = read(reader, *root);
  Diagnostics diagnostics = reader.Take();
  if (!HasErrors(diagnostics))
    std::move(subscriptions.begin(), subscriptions.end(), std::back_inserter(all.subscriptions));
  std::move(diagnostics.begin(), diagnostics.end(), std::back_inserter(all.diagnostics));
}

void ReadFileInto(ReadSubscriptions& all, std::string_view bytes, const std::string& file, SecretReferences references,
                  IdPlaces& places, const KnownTopics* topics) {
  YamlText text(file, bytes);
  text.QuoteOnlyWith({kFileKey});
  ReadInto(all, text, references == SecretReferences::kResolve ? References::kResolve : References::kLeave, places,
           topics, [](SubscriptionReader& reader, const YamlNode& root) { return reader.ReadFile(root); });
}

Diagnostic WithoutPlace(std::string file, std::string code, std::string message, std::string help) {
  Diagnostic diagnostic;
  diagnostic.file = std::move(file);
  diagnostic.code = std::move(code);
  diagnostic.message = std::move(message);
  diagnostic.help = std::move(help);
  return diagnostic;
}

}  // namespace

KnownTopics::KnownTopics(const Packs& packs) {
  for (const auto& pack : packs) {
    for (const Topic& topic : pack->topics) {
      ids_.insert(topic.id);
      for (const std::string& tag : topic.tags) tags_.try_emplace(FoldText(tag).text, tag);
    }
  }
}

bool KnownTopics::HasTag(std::string_view tag) const { return tags_.contains(FoldText(tag).text); }

std::string_view KnownTopics::NearestTopic(std::string_view id) const {
  return Nearest(id, std::vector<std::string_view>(ids_.begin(), ids_.end()));
}

std::string_view KnownTopics::NearestTag(std::string_view tag) const {
  std::vector<std::string_view> tags;
  for (const auto& [folded, written] : tags_) tags.push_back(written);
  return Nearest(tag, tags);
}

ReadSubscriptions ReadSubscriptionFile(std::string_view text, const std::string& file, SecretReferences references) {
  ReadSubscriptions read;
  IdPlaces places;
  ReadFileInto(read, text, file, references, places, nullptr);
  return read;
}

ReadSubscriptions ReadOneSubscription(std::string_view text, const std::string& from) {
  ReadSubscriptions read;
  if (text.size() > kMostOneBytes) {
    read.diagnostics.push_back(WithoutPlace(
        from, "too-large", fmt::format("a subscription has at most {} bytes, not {}", kMostOneBytes, text.size()),
        "make several of it"));
    return read;
  }
  const bool is_json = Trimmed(text).starts_with('{');
  const std::string yaml = is_json ? JsonAsYaml(text) : std::string(text);
  YamlText document(from, yaml);
  IdPlaces places;
  ReadInto(read, document, References::kRefuse, places, nullptr,
           [](SubscriptionReader& reader, const YamlNode& root) { return std::vector{reader.Read(root)}; });
  return read;
}

ReadSubscriptions LoadSubscriptions(const std::vector<std::filesystem::path>& paths, SecretReferences references,
                                    const KnownTopics* topics) {
  ReadSubscriptions read;
  const auto files = FindYamlFiles(paths);
  if (!files) {
    read.diagnostics.push_back(
        WithoutPlace("", "unreadable", files.error().message, "subscriptions are in *.yaml and *.yml files"));
    return read;
  }
  if (files->empty()) {
    read.diagnostics.push_back(WithoutPlace("", "unreadable", "there is no file of subscriptions in what is named",
                                            "they are in *.yaml and *.yml files"));
  }
  IdPlaces places;
  for (const std::filesystem::path& file : *files) {
    const auto bytes = YamlText::ReadFile(file);
    if (bytes) {
      ReadFileInto(read, *bytes, file.string(), references, places, topics);
      continue;
    }
    read.diagnostics.push_back(
        WithoutPlace(file.string(), "unreadable", bytes.error().message, "check its path and permissions"));
  }
  return read;
}

}  // namespace wirewatch
