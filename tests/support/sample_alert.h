// Alerts for tests of sinks.
#ifndef WIREWATCH_TESTS_SUPPORT_SAMPLE_ALERT_H_
#define WIREWATCH_TESTS_SUPPORT_SAMPLE_ALERT_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "pipeline/alert/alert.h"

namespace wirewatch {

// The facts of an alert's article, to change them.
inline ArticleFacts& FactsIn(Alert& alert) {
  auto own = std::make_shared<ArticleFacts>(*alert.match.article);
  alert.match.article = own;
  return *own;
}

// "Sweden bans Huawei from 5G networks", high, with the two words marked in the title.
inline Alert SampleAlert(const std::string& article_id = "art-1") {
  Alert alert;
  Match& match = alert.match;
  match.topic = "5g-vendor-bans";
  match.topic_title = "5G vendor bans";
  match.severity = TopicSeverity::kHigh;
  match.score = 80;
  match.rules = {"ban-near-vendor"};
  match.rule_set = "0123456789abcdef0123456789abcdef";
  ArticleFacts article;
  article.id = article_id;
  article.title = "Sweden bans Huawei from 5G networks";
  article.source = "example.org";
  article.published_at = ParseRfc3339("2026-05-01T10:00:00Z");
  match.article = std::make_shared<const ArticleFacts>(article);
  match.times.received = match.times.matched = *ParseRfc3339("2026-05-01T10:00:01Z");
  const std::string& title = match.article->title;
  match.spans = {{Field::kTitle, {7, 11}, "bans", "ban-near-vendor", "ban*", title, {7, 11}},
                 {Field::kTitle, {12, 18}, "Huawei", "ban-near-vendor", "huawei", title, {12, 18}}};
  match.span_count = 2;
  alert.id = AlertId(match.topic, article_id);
  alert.alerted = *ParseRfc3339("2026-05-01T10:00:02Z");
  return alert;
}

// A match of `text` (its first occurrence) in `field_text`, with the whole of it as its snippet from `snippet_begin`
// on.
inline MatchedSpan SpanIn(Field field, std::string_view field_text, std::string_view text,
                          std::uint32_t snippet_begin = 0) {
  const auto begin = static_cast<std::uint32_t>(field_text.find(text));
  const auto end = begin + static_cast<std::uint32_t>(text.size());
  return {field,
          {begin, end},
          std::string(text),
          "rule",
          std::string(text),
          std::string(field_text.substr(snippet_begin)),
          {begin - snippet_begin, end - snippet_begin}};
}

}  // namespace wirewatch

#endif  // WIREWATCH_TESTS_SUPPORT_SAMPLE_ALERT_H_
