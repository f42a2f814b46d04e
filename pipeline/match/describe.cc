#include "pipeline/match/describe.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <vector>

#include "base/text/trim.h"
#include "base/text/utf8.h"
#include "rules/text/document.h"

namespace wirewatch {
namespace {

constexpr std::uint32_t kSnippetBytesAround = 80;

// Where a snippet begins or ends: at a blank where one is near, at least at a whole character.
std::uint32_t SnippetBegin(std::string_view text, std::uint32_t begin) {
  if (begin <= kSnippetBytesAround) return 0;
  std::uint32_t at = begin - kSnippetBytesAround;
  while (IsUtf8Tail(text[at])) ++at;
  const std::uint32_t whole_character = at;
  while (at < begin && !IsBlank(text[at])) ++at;
  return at < begin ? at + 1 : whole_character;
}
std::uint32_t SnippetEnd(std::string_view text, std::uint32_t end) {
  if (text.size() - end <= kSnippetBytesAround) return static_cast<std::uint32_t>(text.size());
  std::uint32_t at = end + kSnippetBytesAround;
  while (IsUtf8Tail(text[at])) --at;
  const std::uint32_t whole_character = at;
  while (at > end && !IsBlank(text[at])) --at;
  return at > end ? at : whole_character;
}

// The text of `span`, and the words around it on one line: control characters, line breaks among them, become blanks,
// byte for byte. Behind a text that is cut no words follow.
void PutWords(std::string_view text, MatchedSpan& matched) {
  matched.text = Cut(matched.span.Of(text), kMaxSpanText);
  const bool cut = matched.text.size() < matched.span.size();
  const std::uint32_t begin = SnippetBegin(text, matched.span.begin);
  const std::uint32_t before = matched.span.begin - begin;
  const auto size = static_cast<std::uint32_t>(matched.text.size());
  const std::string_view behind =
      cut ? std::string_view() : text.substr(matched.span.end, SnippetEnd(text, matched.span.end) - matched.span.end);
  matched.snippet.reserve(before + size + behind.size());
  matched.snippet.append(text, begin, before).append(matched.text).append(behind);
  for (char& c : matched.snippet) {
    const bool control = (static_cast<unsigned char>(c) < 0x20) | (c == 0x7F);
    c = control ? ' ' : c;  // without a branch: many bytes at once
  }
  matched.in_snippet = {before, before + size};
}

// Of more than kMaxSpans the first of every term of every rule, since each is a reason, and then the first of all.
std::vector<MatchSpan> FirstOf(const std::vector<MatchSpan>& spans) {
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

const std::string& Describer::TermText(std::uint32_t term) {
  std::string& text = term_texts_[term];
  if (text.empty()) text = ToText(rules_->term(term));
  return text;
}

Match Describer::Describe(const TopicMatch& found, const Article& article, std::shared_ptr<const ArticleFacts> facts,
                          const StepTimes& times) {
  const Topic& topic = *rules_->topics()[found.topic];
  Match match;
  match.topic = topic.id;
  match.topic_title = topic.title;
  match.severity = found.severity;
  match.tags = topic.tags;
  match.score = found.score;
  match.rules.reserve(found.rules.size());
  for (const std::uint32_t rule : found.rules) match.rules.push_back(topic.rules[rule].id);
  match.rule_set = rules_->hash();
  match.story = topic.story;
  match.article = std::move(facts);
  match.times = times;

  const Document document = DocumentOf(article);
  match.span_count = found.spans.size();
  match.spans.reserve(std::min(found.spans.size(), kMaxSpans));
  const auto describe = [&](const MatchSpan& span) {
    MatchedSpan& matched = match.spans.emplace_back();
    matched.field = span.field;
    matched.span = span.span;
    matched.rule = topic.rules[span.rule].id;
    matched.term = TermText(span.term);
    PutWords(document.text(span.field), matched);
  };
  if (found.spans.size() <= kMaxSpans) {
    std::for_each(found.spans.begin(), found.spans.end(), describe);
  } else {
    const std::vector<MatchSpan> first = FirstOf(found.spans);
    std::for_each(first.begin(), first.end(), describe);
  }
  return match;
}

}  // namespace wirewatch
