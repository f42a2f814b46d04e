// Alerts as the deliver step takes them, and subscriptions to them, for its tests.
#ifndef WIREWATCH_TESTS_SUPPORT_SAMPLE_NOTICE_H_
#define WIREWATCH_TESTS_SUPPORT_SAMPLE_NOTICE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "pipeline/deliver/alert_notice.h"
#include "pipeline/deliver/delivery_store.h"
#include "pipeline/deliver/subscription.h"

namespace wirewatch {

// A match of `text` in `snippet`, of which all is shown.
inline NoticeSpan SpanOf(std::string_view field, std::string snippet, std::string_view text) {
  NoticeSpan span;
  span.field = field;
  span.text = text;
  span.rule = "ban-near-vendor";
  span.term = text;
  const auto begin = static_cast<std::uint32_t>(snippet.find(text));
  span.in_snippet = {begin, begin + static_cast<std::uint32_t>(text.size())};
  span.snippet = std::move(snippet);
  return span;
}

// "Sweden bans Huawei from 5G networks", new, high, of the topic 5g-vendor-bans, by Example Wire on 1 May 2026.
inline AlertNotice SampleNotice(std::string id = "0123456789abcdef0123456789abcdef") {
  AlertNotice notice;
  notice.id = std::move(id);
  notice.because = "the first article of a story";
  notice.topic = "5g-vendor-bans";
  notice.topic_title = "5G vendor bans";
  notice.severity = TopicSeverity::kHigh;
  notice.score = 80;
  notice.tags = {"telecom", "security"};
  notice.rules = {"ban-near-vendor"};
  notice.story =
      AlertStory{"00000000000000000000000000000001", *ParseRfc3339("2026-05-01T10:00:00Z"), "Example Wire", 1, 1, 1};
  notice.article_id = "art-1";
  notice.title = "Sweden bans Huawei from 5G networks";
  notice.first_paragraph = "The regulator in Stockholm said on Friday that two vendors must leave.";
  notice.url = "https://news.example.org/5g/1";
  notice.source = "Example Wire";
  notice.language = "en";
  notice.country = "SE";
  notice.section = "Technology";
  notice.spans = {SpanOf("body", "operators must take the kit of Huawei down by 2029", "Huawei")};
  notice.span_count = 1;
  notice.published_at = ParseRfc3339("2026-05-01T09:00:00Z");
  notice.alerted = *ParseRfc3339("2026-05-01T10:00:00Z");
  notice.document = "{}";
  return notice;
}

// About no article, as ReadNotice gives them.
inline AlertNotice SampleQuiet() {
  AlertNotice notice;
  notice.id = "0123456789abcdef0123456789abcde1";
  notice.kind = AlertKind::kQuiet;
  notice.topic = "5g-vendor-bans";
  notice.severity = TopicSeverity::kHigh;
  notice.tags = {"telecom", "security"};
  notice.alerted = *ParseRfc3339("2026-05-01T10:00:00Z");
  return notice;
}
inline AlertNotice SampleSummary(std::vector<FoldedNotice> listed) {
  AlertNotice notice = SampleQuiet();
  notice.id = "0123456789abcdef0123456789abcde2";
  notice.kind = AlertKind::kSummary;
  notice.summary_count = listed.size();
  notice.summary = std::move(listed);
  return notice;
}

// Of every alert, by a webhook, at once.
inline StoredSubscription SampleSubscription(std::string id = "desk-all") {
  StoredSubscription stored;
  stored.revision = 1;
  Subscription& subscription = stored.subscription;
  subscription.id = std::move(id);
  subscription.reader = "desk@example.org";
  SubscribedChannel channel;
  channel.kind = ChannelKind::kWebhook;
  channel.id = "webhook";
  channel.url = "https://hooks.example.org/in/secret";
  subscription.channels = {channel};
  return stored;
}

}  // namespace wirewatch

#endif  // WIREWATCH_TESTS_SUPPORT_SAMPLE_NOTICE_H_
