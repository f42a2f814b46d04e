#include "pipeline/deliver/message_samples.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/digest.h"
#include "pipeline/alert/alert.h"
#include "rules/pack/pack.h"

namespace wirewatch {
namespace {

constexpr std::string_view kNow = "2026-11-23T06:30:00Z";

WallTime MinutesAgo(int minutes) { return *ParseRfc3339(kNow) - std::chrono::minutes(minutes); }

// `words`, each with its first place in the text around it, which `text` holds too.
void Mark(AlertNotice& alert, std::string_view field, std::string_view around,
          std::initializer_list<std::string_view> words) {
  for (const std::string_view word : words) {
    const auto begin = static_cast<std::uint32_t>(around.find(word));
    alert.spans.push_back({std::string(field),
                           std::string(word),
                           alert.rules.front(),
                           std::string(word),
                           std::string(around),
                           {begin, begin + static_cast<std::uint32_t>(word.size())}});
  }
  alert.span_count = alert.spans.size();
}

AlertNotice About(AlertKind kind, std::string_view topic, std::string_view topic_title, TopicSeverity severity,
                  int minutes_ago) {
  AlertNotice alert;
  alert.kind = kind;
  alert.topic = topic;
  alert.topic_title = topic_title;
  alert.severity = severity;
  alert.alerted = MinutesAgo(minutes_ago);
  alert.id = DigestHex({"sample", topic, Name(kind), FormatRfc3339(alert.alerted)});
  return alert;
}

struct ArticleText {
  std::string_view id, title, first_paragraph, url, source;
};

void SetArticle(AlertNotice& alert, const ArticleText& article, std::string_view rule, std::uint32_t score) {
  alert.article_id = article.id;
  alert.title = article.title;
  alert.first_paragraph = article.first_paragraph;
  alert.url = article.url;
  alert.source = article.source;
  alert.language = "en";
  alert.country = "NO";
  alert.rules = {std::string(rule)};
  alert.score = score;
  alert.tags = {"telecom", "security"};
  alert.facets = {{"countries", {{"NO", 2, true}, {"RU", 1, true}, {"DE", 1, false}}},
                  {"vendors", {{"Huawei", 1, true}}}};
  alert.published_at = alert.alerted - std::chrono::minutes(4);
}

AlertStory StoryOf(std::string_view name, std::size_t sources, std::size_t articles, int minutes_ago) {
  AlertStory story;
  story.id = DigestHex({"sample story", name});
  story.first_seen = MinutesAgo(minutes_ago);
  story.first_source = "fjordwire.example";
  story.sources = sources;
  story.articles = articles;
  story.size = articles;
  return story;
}

AlertNotice NewStory() {
  AlertNotice alert = About(AlertKind::kNew, "subsea-cables", "Subsea cables", TopicSeverity::kCritical, 12);
  SetArticle(
      alert,
      {"fjord-2026-1187", "Two subsea cables to Svalbard fail within an hour",
       "Both fibre links between the mainland and the archipelago went silent on Sunday night. The operator sent "
       "a repair ship and said that sabotage could not be ruled out.",
       "https://fjordwire.example/2026/11/23/svalbard-cables", "fjordwire.example"},
      "cable-cut", 92);
  alert.because = "the first article of a story, by fjordwire.example";
  alert.story = StoryOf("svalbard", 1, 1, 12);
  Mark(alert, "title", alert.title, {"cables", "fail"});
  Mark(alert, "body", alert.first_paragraph, {"fibre links", "went silent", "sabotage"});
  Mark(alert, "body", "the coast guard asked two trawlers why they had dragged anchors across the cable",
       {"dragged anchors", "cable"});
  return alert;
}

AlertNotice Correction() {
  AlertNotice alert = About(AlertKind::kCorrection, "5g-vendor-bans", "5G vendor bans", TopicSeverity::kHigh, 35);
  SetArticle(alert,
             {"har-2026-1042", "Correction: ministry bans two vendors from 5G core, not three",
              "The ministry named two vendors, and not three as first reported. Their equipment must leave the core "
              "network by 2028.",
              "https://harbourtimes.example/news/5g-core-ban?edition=2", "harbourtimes.example"},
             "ban-near-vendor", 80);
  alert.because = "another version of an article that was told, by harbourtimes.example";
  alert.story = StoryOf("ban", 4, 6, 300);
  Mark(alert, "body", alert.first_paragraph, {"vendors", "core network"});
  return alert;
}

AlertNotice Withdrawn() {
  AlertNotice alert = About(AlertKind::kWithdrawn, "outages", "Network outages", TopicSeverity::kMedium, 50);
  SetArticle(alert,
             {"day-2026-311", "Nationwide outage at mobile operator", "", "https://daybreak.example/outage",
              "daybreak.example"},
             "outage", 60);
  alert.because = "the publisher canceled the article";
  alert.story = StoryOf("outage", 1, 1, 90);
  return alert;
}

AlertNotice Grow(int minutes_ago, std::size_t sources, std::string_view source) {
  AlertNotice alert = About(AlertKind::kGrow, "5g-vendor-bans", "5G vendor bans", TopicSeverity::kHigh, minutes_ago);
  SetArticle(alert,
             {"kur-2026-88", "Operators put the bill for replacing banned radio gear at 2.4 billion",
              "Three operators told the regulator that replacing radio equipment of banned vendors by 2028 would cost "
              "2.4 billion, and asked for state aid.",
              "https://courier.example/business/radio-gear-bill", source},
             "ban-near-vendor", 80);
  alert.because = "the story has come to " + std::to_string(sources) + " sources; the latest is " + std::string(source);
  alert.story = StoryOf("radio gear", sources, sources + 3, 400);
  Mark(alert, "body", alert.first_paragraph, {"banned vendors", "radio equipment"});
  return alert;
}

AlertNotice Update() {
  AlertNotice alert = About(AlertKind::kUpdate, "zero-days", "Exploited vulnerabilities", TopicSeverity::kCritical, 20);
  SetArticle(alert,
             {"cert-2026-77", "Router flaw is now used in attacks, agency warns",
              "The agency raised its warning to the highest level after it saw the flaw used against two carriers.",
              "https://certwatch.example/advisories/2026-77", "certwatch.example"},
             "exploited", 95);
  alert.because = "the story is of severity critical now, and was high";
  alert.story = StoryOf("router flaw", 7, 9, 1500);
  Mark(alert, "body", alert.first_paragraph, {"flaw used against", "carriers"});
  return alert;
}

AlertNotice BurstOfStories() {
  AlertNotice alert = About(AlertKind::kBurst, "outages", "Network outages", TopicSeverity::kHigh, 8);
  SetArticle(alert,
             {"met-2026-5", "Emergency calls fail in three counties",
              "Callers in three counties could not reach emergency services for forty minutes.",
              "https://metro.example/emergency-calls", "metro.example"},
             "outage", 75);
  alert.because = "14 stories of 11 sources within an hour; usual are 1.8";
  Mark(alert, "title", alert.title, {"calls fail"});
  return alert;
}

AlertNotice QuietTopic() {
  AlertNotice alert = About(AlertKind::kQuiet, "spectrum", "Spectrum auctions", TopicSeverity::kLow, 90);
  alert.because = "regulator.example is silent since 2026-11-20T06:00 UTC; usual are 6.1 articles a day";
  return alert;
}

AlertNotice SummaryOfHour() {
  AlertNotice alert = About(AlertKind::kSummary, "5g-vendor-bans", "5G vendor bans", TopicSeverity::kHigh, 30);
  alert.because = "23 alerts over the topic's throttle in the hour from 2026-11-23T05:00 UTC";
  alert.summary = {
      {"a1", "new", "Parliament debates vendor list", "https://capital.example/debate", "capital.example", ""},
      {"a2", "grow", "Carrier switches supplier ahead of ban", "https://courier.example/switch", "courier.example", ""},
      {"a3", "update", "Vendor takes ministry to court", "https://harbourtimes.example/court", "harbourtimes.example",
       ""}};
  alert.summary_count = 23;
  return alert;
}

}  // namespace

std::vector<AlertNotice> SampleAlerts() {
  return {NewStory(),       Correction(), Withdrawn(),     Grow(15, 10, "courier.example"), Update(),
          BurstOfStories(), QuietTopic(), SummaryOfHour(), Grow(120, 5, "capital.example")};
}

SampleMessage SampleOf(MessageKind kind, std::vector<AlertNotice> alerts) {
  SampleMessage sample;
  sample.subscription.id = "telecom-desk";
  sample.subscription.reader = "desk@newsroom.example";
  sample.subscription.title = "Telecom desk";
  sample.subscription.time_zone = "Europe/Oslo";
  sample.channel.kind = ChannelKind::kEmail;
  sample.channel.id = "email";
  sample.channel.to = {sample.subscription.reader};
  sample.alerts = std::move(alerts);
  if (kind == MessageKind::kAlert) sample.alerts.resize(1);
  sample.now = *ParseRfc3339(kNow);
  sample.message.id = DigestHex({"sample message", Name(kind)});
  sample.message.subscription = sample.subscription.id;
  sample.message.reader = sample.subscription.reader;
  sample.message.channel = sample.channel.id;
  sample.message.channel_kind = sample.channel.kind;
  sample.message.destination = "mailto:newsroom.example";
  sample.message.kind = kind;
  sample.message.due = sample.message.created = sample.now;
  return sample;
}

std::vector<SampleMessage> AllSamples() {
  std::vector<SampleMessage> samples;
  for (AlertNotice& alert : SampleAlerts()) samples.push_back(SampleOf(MessageKind::kAlert, {std::move(alert)}));
  for (const MessageKind kind : {MessageKind::kDigest, MessageKind::kCatchUp, MessageKind::kOverflow}) {
    samples.push_back(SampleOf(kind));
  }
  // More than any message lists: what is over is counted.
  std::vector<AlertNotice> many;
  for (int i = 0; i < 100; ++i) {
    AlertNotice alert = NewStory();
    alert.id = DigestHex({"sample of many", std::to_string(i)});
    alert.story = StoryOf(alert.id, 1, 1, i);
    many.push_back(std::move(alert));
  }
  samples.push_back(SampleOf(MessageKind::kOverflow, std::move(many)));
  return samples;
}

std::shared_ptr<const LinkSigner> SampleLinks() {
  return std::make_shared<const LinkSigner>("https://wirewatch.example", "the secret of the samples");
}

}  // namespace wirewatch
