#include "pipeline/match/match.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/digest.h"
#include "base/text/ascii.h"
#include "base/text/trim.h"
#include "base/text/utf8.h"
#include "pipeline/match/edition.h"
#include "pipeline/match/match_json_handles.h"

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

std::string Cut(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return std::string(text);
  return std::string(BeginningOf(text, limit - kCutMark.size())).append(kCutMark);
}

// The text of `span`, and the words around it on one line: control characters, line breaks among them, become blanks,
// byte for byte. Behind a text that is cut no words follow.
void PutWords(std::string_view text, MatchedSpan& matched) {
  matched.text = Cut(matched.span.Of(text), kMaxSpanText);
  const bool cut = matched.text.size() < matched.span.size();
  const std::uint32_t begin = SnippetBegin(text, matched.span.begin);
  const std::uint32_t before = matched.span.begin - begin;
  const auto size = static_cast<std::uint32_t>(matched.text.size());
  matched.snippet = text.substr(begin, before);
  matched.snippet += matched.text;
  if (!cut) matched.snippet += text.substr(matched.span.end, SnippetEnd(text, matched.span.end) - matched.span.end);
  for (char& c : matched.snippet) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
  }
  matched.in_snippet = {before, before + size};
}

// ---- W3C Trace Context, level 1 (2020), sections 3.2 and 3.3

constexpr std::string_view kTraceParent = "traceparent", kTraceState = "tracestate";
constexpr std::size_t kMaxTraceParent = 256, kMaxTraceState = 512, kMaxTraceMembers = 32;

bool IsLowerHex(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return IsAsciiDigit(c) || (c >= 'a' && c <= 'f'); });
}
bool IsZero(std::string_view hex) { return hex.find_first_not_of('0') == std::string_view::npos; }

// version-traceid-parentid-flags; a version above 00 may have more behind another dash.
bool IsTraceParent(std::string_view text) {
  constexpr std::size_t kSize = 55;
  if (text.size() < kSize || text.size() > kMaxTraceParent) return false;
  if (text[2] != '-' || text[35] != '-' || text[52] != '-') return false;
  const std::string_view version = text.substr(0, 2), trace = text.substr(3, 32), parent = text.substr(36, 16);
  if (!IsLowerHex(version) || !IsLowerHex(trace) || !IsLowerHex(parent) || !IsLowerHex(text.substr(53, 2)))
    return false;
  if (version == "ff" || IsZero(trace) || IsZero(parent)) return false;
  if (text.size() == kSize) return true;
  return version != "00" && text[kSize] == '-' &&
         std::all_of(text.begin() + kSize, text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

// key=value: the key of lower-case letters, digits and _-*/, with one @ at most; the value printable, without , and =,
// and not ending with a blank.
bool IsTraceMember(std::string_view member) {
  const std::size_t equals = member.find('=');
  if (equals == std::string_view::npos || equals == 0 || equals > 256) return false;
  const std::string_view key = member.substr(0, equals), value = member.substr(equals + 1);
  const auto begins = [](char c) { return IsAsciiDigit(c) || (c >= 'a' && c <= 'z'); };
  const auto in_key = [&](char c) { return begins(c) || c == '_' || c == '-' || c == '*' || c == '/' || c == '@'; };
  if (!begins(key.front()) || !std::all_of(key.begin(), key.end(), in_key)) return false;
  if (std::count(key.begin(), key.end(), '@') > 1 || key.back() == '@') return false;
  const auto in_value = [](char c) { return c >= ' ' && c <= '~' && c != ',' && c != '='; };
  return !value.empty() && value.size() <= 256 && value.back() != ' ' &&
         std::all_of(value.begin(), value.end(), in_value);
}

// The valid members from the front on, as far as there is room. Nothing where one is not valid: it is no tracestate.
std::string TraceMembers(std::string_view list) {
  std::string members;
  std::size_t count = 0;
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    std::string_view member = list.substr(0, comma);
    list.remove_prefix(std::min(comma + 1, list.size()));
    member.remove_prefix(std::min(member.find_first_not_of(" \t"), member.size()));
    if (member.empty()) continue;
    member = member.substr(0, member.find_last_not_of(" \t") + 1);
    if (members.size() + 1 + member.size() > kMaxTraceState || count == kMaxTraceMembers) break;
    if (!IsTraceMember(member)) return {};
    members += members.empty() ? "" : ",";
    members += member;
    ++count;
  }
  return members;
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
  const std::string* parent = nullptr;
  std::string state;
  for (const RecordHeader& header : headers) {
    if (header.name == kTraceParent) {
      if (parent != nullptr || !IsTraceParent(header.value)) return {};
      parent = &header.value;
    } else if (header.name == kTraceState) {
      if (!state.empty()) state += ',';
      state += BeginningOf(header.value, 2 * kMaxTraceState);
    }
  }
  if (parent == nullptr) return {};
  std::vector<RecordHeader> trace = {{std::string(kTraceParent), *parent}};
  if (std::string members = TraceMembers(state); !members.empty()) {
    trace.push_back({std::string(kTraceState), std::move(members)});
  }
  return trace;
}

ArticleFacts FactsOf(const Article& article) {
  ArticleFacts facts;
  facts.id = article.id.size() <= kMaxFact
                 ? article.id
                 : std::string(BeginningOf(article.id, kMaxFact / 2)).append(kCutMark) + DigestHex({article.id});
  facts.version = Cut(article.version, kMaxFact);
  facts.title = Cut(article.title, kMaxTitleFact);
  // The beginning of an address leads nowhere.
  if (article.url.size() <= kMaxTitleFact) facts.url = article.url;
  facts.source = Cut(article.source, kMaxFact);
  facts.language = Cut(article.language, kMaxFact);
  facts.country = Cut(article.country, kMaxFact);
  facts.section = Cut(article.section, kMaxFact);
  facts.content_hash = DigestHex({article.title, article.summary, article.body});
  facts.published_at = article.published_at;
  facts.status = article.status;
  facts.embargoed_until = article.embargoed_until;
  facts.urgency = article.urgency;
  return facts;
}

bool IsRevision(const Article& article) {
  if (article.status == PublicationStatus::kCanceled) return true;
  if (article.version.empty()) return false;
  const auto order = CompareVersions(article.version, "1");
  return !order || *order > 0;
}

Match Describe(const TopicMatch& found, const RuleSet& rule_set, const Article& article,
               std::shared_ptr<const ArticleFacts> facts, StepTimes times) {
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
    matched.rule = topic.rules[span.rule].id;
    matched.term = ToText(rule_set.term(span.term));
    PutWords(text, matched);
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
