// AlertNotice: an alert as the deliver step takes it, read from its JSON document (docs/schema/alert.schema.json). The
// alert may come from a kafka topic, a file or the alert step of the same process: the document is the one border.
#ifndef WIREWATCH_PIPELINE_DELIVER_ALERT_NOTICE_H_
#define WIREWATCH_PIPELINE_DELIVER_ALERT_NOTICE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/span.h"
#include "pipeline/alert/alert.h"
#include "rules/engine/facet_set.h"
#include "rules/pack/pack.h"

namespace wirewatch {

struct NoticeSpan {
  std::string field;  // "title", "summary", "body"
  std::string text, rule, term;
  std::string snippet;  // one line
  Span in_snippet;      // where `text` stands in `snippet`
};

// One of the alerts that a summary lists.
struct FoldedNotice {
  std::string id, kind, title, url, source, story;
};

// What is not known is empty.
struct AlertNotice {
  std::string id;
  AlertKind kind = AlertKind::kNew;
  std::string because;  // a sentence for people, without a full stop
  std::string topic, topic_title;
  TopicSeverity severity = TopicSeverity::kMedium;
  std::uint32_t score = 0;
  std::vector<std::string> tags, rules;
  std::optional<AlertStory> story;
  std::string corrects;  // of correction, withdrawn, and some others: the id of the alert on this article before
  std::vector<std::string> previous;  // ids of the story's alerts before this one
  std::string article_id, article_version, title, first_paragraph, url, source, language, country, section;
  std::vector<NoticeSpan> spans;
  std::size_t span_count = 0;
  Facets facets;
  std::vector<FoldedNotice> summary;  // of kSummary
  std::size_t summary_count = 0;      // of all that it stands for
  std::optional<WallTime> published_at;
  WallTime alerted;
  std::string document;  // the JSON as it came, without a newline
};

// Takes the schema version of today and the one before it. Unknown keys are left alone.
// kInvalid: it is no alert; the sentence says which key is missing or wrong.
Result<AlertNotice> ReadNotice(std::string_view json);

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_DELIVER_ALERT_NOTICE_H_
