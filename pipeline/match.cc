#include "pipeline/match.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "pipeline/json_handles.h"

namespace wirewatch {
namespace {

constexpr std::uint32_t kSnippetBytesAround = 80;

bool IsContinuationByte(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }
bool IsBlank(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

// Where a snippet begins or ends: at a blank where one is near, at least at a whole character.
std::uint32_t SnippetBegin(std::string_view text, std::uint32_t begin) {
  if (begin <= kSnippetBytesAround) return 0;
  std::uint32_t at = begin - kSnippetBytesAround;
  while (IsContinuationByte(text[at])) ++at;
  const std::uint32_t whole_character = at;
  while (at < begin && !IsBlank(text[at])) ++at;
  return at < begin ? at + 1 : whole_character;
}
std::uint32_t SnippetEnd(std::string_view text, std::uint32_t end) {
  if (text.size() - end <= kSnippetBytesAround) return static_cast<std::uint32_t>(text.size());
  std::uint32_t at = end + kSnippetBytesAround;
  while (IsContinuationByte(text[at])) --at;
  const std::uint32_t whole_character = at;
  while (at > end && !IsBlank(text[at])) --at;
  return at > end ? at : whole_character;
}

// The words around `span` on one line: control characters, line breaks among them, become blanks, byte for byte.
void PutSnippet(std::string_view text, MatchedSpan& matched) {
  const std::uint32_t begin = SnippetBegin(text, matched.span.begin);
  const std::uint32_t end = SnippetEnd(text, matched.span.end);
  matched.snippet = text.substr(begin, end - begin);
  for (char& c : matched.snippet) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
  }
  matched.in_snippet = {matched.span.begin - begin, matched.span.end - begin};
}

// Of more than kMaxSpans the first of every term of every rule, since each is a reason, and then the first of all.
std::vector<MatchSpan> Shown(const std::vector<MatchSpan>& spans) {
  if (spans.size() <= kMaxSpans) return spans;
  std::vector<MatchSpan> first, others;
  std::set<std::pair<std::uint32_t, std::uint32_t>> seen;
  for (const MatchSpan& span : spans) {
    const bool is_first = first.size() < kMaxSpans && seen.emplace(span.rule, span.term).second;
    (is_first ? first : others).push_back(span);
  }
  others.resize(kMaxSpans - first.size());
  first.insert(first.end(), others.begin(), others.end());
  std::sort(first.begin(), first.end());
  return first;
}

}  // namespace

std::vector<RecordHeader> TraceOf(const std::vector<RecordHeader>& headers) {
  std::vector<RecordHeader> trace;
  for (const RecordHeader& header : headers) {
    if (header.name == "traceparent" || header.name == "tracestate") trace.push_back(header);
  }
  return trace;
}

ArticleFacts FactsOf(const Article& article) {
  return {article.id,           article.version,  article.title,           article.url,
          article.source,       article.language, article.country,         article.section,
          article.published_at, article.status,   article.embargoed_until, article.urgency};
}

Match Describe(const TopicMatch& found, const RuleSet& rule_set, const Article& article,
               std::shared_ptr<const ArticleFacts> facts, StageTimes times) {
  const Topic& topic = *rule_set.topics()[found.topic];
  Match match;
  match.topic = topic.id;
  match.topic_title = topic.title;
  match.severity = found.severity;
  match.tags = topic.tags;
  match.score = found.score;
  for (std::uint32_t rule : found.rules) match.rules.push_back(topic.rules[rule].id);
  match.rule_set = rule_set.hash();
  match.article = std::move(facts);
  match.times = times;

  const Document document = DocumentOf(article);
  match.span_count = found.spans.size();
  match.spans.reserve(std::min(found.spans.size(), kMaxSpans));
  for (const MatchSpan& span : Shown(found.spans)) {
    const std::string_view text = document.text(span.field);
    MatchedSpan& matched = match.spans.emplace_back();
    matched.field = span.field;
    matched.span = span.span;
    matched.text = span.span.Of(text);
    matched.rule = topic.rules[span.rule].id;
    matched.term = ToText(rule_set.term(span.term));
    PutSnippet(text, matched);
  }
  return match;
}

std::string ToJson(const Match& match) {
  Json json;
  json["article_id"] = match.article->id;
  PutText(json, "article_version", match.article->version);
  json["topic"] = match.topic;
  json["severity"] = Name(match.severity);
  json["score"] = match.score;
  json["rules"] = match.rules;
  json["rule_set"] = match.rule_set;
  PutText(json, "title", match.article->title);
  PutText(json, "source", match.article->source);
  PutTime(json, "published_at", match.article->published_at);
  json["spans"] = Json::array();
  for (const MatchedSpan& span : match.spans) json["spans"].push_back(SpanJson(span));
  json["span_count"] = match.span_count;
  return ToLine(json);
}

}  // namespace wirewatch
