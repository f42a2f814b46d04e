#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "base/span.h"
#include "base/text/ascii.h"
#include "base/text/trim.h"
#include "base/text/utf8.h"
#include "pipeline/deliver/message_model_internal.h"
#include "pipeline/deliver/message_words.h"
#include "pipeline/deliver/notice_text.h"
#include "pipeline/deliver/schedule.h"
#include "rules/codes/host.h"
#include "rules/text/plain_text.h"

namespace wirewatch {
namespace {

using std::chrono::hours;

constexpr std::size_t kMostUrlBytes = 1000;
constexpr std::size_t kMostSnippet = 360;  // characters; of some that overlap and were joined
constexpr std::size_t kMostFolded = 20;    // that a summary lists
constexpr std::size_t kMostFacetValues = 8;
constexpr hours kTopicSnooze{24}, kStorySnooze{24 * 7};
// After the alert. A link in an old message must not change what a reader has long forgotten.
constexpr hours kLinkLife{24 * 90};

// What all parts of a message need.
struct Teller {
  const OutgoingMessage& message;
  const MessageWords& words;
  const LinkSigner* links;
  const ModelSize& size;

  std::string Time(WallTime time) const {
    const std::string& zone = message.subscription.time_zone;
    return words.time_format.empty() ? LocalTime(time, zone) : LocalTime(time, zone, std::string(words.time_format));
  }
  MessageModel Url(const std::string& url) const {
    const std::string safe = SafeUrl(url);
    return safe.empty() || safe.size() > size.url ? MessageModel(false) : MessageModel(safe);
  }
  std::string Title(const std::string& title, std::size_t most) const {
    const std::string line = ShortLine(title, most);
    return line.empty() ? std::string(words.untitled) : line;
  }
};

MessageModel OrFalse(std::string text) { return text.empty() ? MessageModel(false) : MessageModel(std::move(text)); }

template <typename Number>
MessageModel NumberOrFalse(Number number) {
  return number == 0 ? MessageModel(false) : MessageModel(number);
}

MessageModel MoreText(const MessageWords& words, std::size_t more) {
  return more == 0 ? MessageModel(false) : MessageModel(fmt::format(fmt::runtime(words.and_more), more));
}

MessageModel WordsModel(const MessageWords& words) {
  return {{"alerts", words.alerts},
          {"stories", words.stories},
          {"sources", words.sources},
          {"articles", words.articles},
          {"why", words.why},
          {"earlier", words.earlier},
          {"held_back", words.held_back},
          {"read", words.read},
          {"was_it_useful", words.was_it_useful},
          {"useful", words.useful},
          {"not_useful", words.not_useful},
          {"duplicate", words.duplicate},
          {"snooze_topic", words.snooze_topic},
          {"snooze_story", words.snooze_story},
          {"unsubscribe", words.unsubscribe},
          {"sent_for", words.sent_for}};
}

MessageModel SeverityModel(const MessageWords& words, TopicSeverity severity) {
  MessageModel model = {{"name", Name(severity)}, {"word", words.severities[static_cast<std::size_t>(severity)]}};
  for (const TopicSeverity other :
       {TopicSeverity::kLow, TopicSeverity::kMedium, TopicSeverity::kHigh, TopicSeverity::kCritical}) {
    model["is_" + std::string(Name(other))] = other == severity;
  }
  return model;
}

// --- Marked text

// `marks` sorted, those that touch or overlap made one.
std::vector<Span> Merged(std::vector<Span> marks) {
  std::sort(marks.begin(), marks.end());
  std::vector<Span> merged;
  for (const Span& mark : marks) {
    if (!merged.empty() && mark.begin <= merged.back().end) {
      merged.back().end = std::max(merged.back().end, mark.end);
    } else {
      merged.push_back(mark);
    }
  }
  return merged;
}

// `text`, cut to `characters`, as [{text, matched}].
MessageModel Parts(std::string_view text, const std::vector<Span>& marks, std::size_t characters) {
  MessageModel parts = MessageModel::array();
  const bool is_cut = CountCharacters(text) > characters;
  const auto add = [&](std::string_view part, bool matched) {
    std::string line = PlainLine(part);
    if (line.empty() || characters == 0) return;
    const std::size_t count = CountCharacters(line);
    if (is_cut && count >= characters) {
      line = ShortLine(line, characters);
      if (!line.ends_with("…")) line += "…";
    }
    characters -= std::min(characters, count);
    parts.push_back({{"text", std::move(line)}, {"matched", matched}});
  };
  std::uint32_t at = 0;
  for (const Span& mark : marks) {
    add(text.substr(at, mark.begin - at), false);
    add(mark.Of(text), true);
    at = mark.end;
  }
  add(text.substr(at), false);
  return parts;
}

struct Snippet {
  std::string_view field;
  std::string text;
  std::vector<Span> marks;
};

bool IsWithin(const Span& span, std::string_view text) { return span.begin <= span.end && span.end <= text.size(); }

struct MarkedTexts {
  std::vector<Span> in_paragraph;
  std::vector<Snippet> snippets;
};

// What stands in a snippet already is marked there; one that goes on where another of its field ends is joined to it.
void AddSnippet(const NoticeSpan& span, std::vector<Snippet>& snippets) {
  const auto mark_at = [&](Snippet& snippet, std::size_t at) {
    const auto shift = static_cast<std::uint32_t>(at);
    snippet.marks.push_back({span.in_snippet.begin + shift, span.in_snippet.end + shift});
  };
  for (Snippet& snippet : snippets) {
    if (snippet.field != span.field) continue;
    if (const std::size_t at = snippet.text.find(span.snippet); at != std::string::npos) {
      return mark_at(snippet, at);
    }
    if (const std::size_t overlap = OverlapOf(snippet.text, span.snippet); overlap > 0) {
      mark_at(snippet, snippet.text.size() - overlap);
      snippet.text.append(span.snippet, overlap);
      return;
    }
  }
  snippets.push_back({span.field, span.snippet, {span.in_snippet}});
}

// The matched words, in the first paragraph where they stand there; the others with what is around them. Those of the
// title need no snippet: it is shown.
MarkedTexts MarksOf(const AlertNotice& alert) {
  MarkedTexts marked;
  for (const NoticeSpan& span : alert.spans) {
    if (span.field == "title" || !IsWithin(span.in_snippet, span.snippet)) continue;
    const std::string_view snippet = Trimmed(span.snippet);
    const auto blanks = static_cast<std::uint32_t>(span.snippet.find_first_not_of(" \t\n\r"));
    if (const std::size_t at = alert.first_paragraph.find(snippet);
        at != std::string::npos && blanks <= span.in_snippet.begin) {
      const auto shift = static_cast<std::uint32_t>(at);
      marked.in_paragraph.push_back({span.in_snippet.begin - blanks + shift, span.in_snippet.end - blanks + shift});
      continue;
    }
    AddSnippet(span, marked.snippets);
  }
  marked.in_paragraph = Merged(std::move(marked.in_paragraph));
  for (Snippet& snippet : marked.snippets) snippet.marks = Merged(std::move(snippet.marks));
  return marked;
}

MessageModel SnippetsModel(const std::vector<Snippet>& snippets, std::size_t most) {
  MessageModel model = MessageModel::array();
  for (const Snippet& snippet : snippets) {
    if (model.size() == most) break;
    model.push_back({{"field", snippet.field}, {"parts", Parts(snippet.text, snippet.marks, kMostSnippet)}});
  }
  return model;
}

// --- Links

MessageModel LinksOf(const Teller& teller, const AlertNotice& alert) {
  if (teller.links == nullptr) return false;
  SignedLink link;
  link.subscription = teller.message.subscription.id;
  link.expires = std::chrono::floor<std::chrono::seconds>(alert.alerted) + kLinkLife;
  MessageModel model;
  link.action = LinkAction::kFeedback;
  link.alert = alert.id;
  for (const auto& [name, verdict] :
       {std::pair("useful", Verdict::kUseful), std::pair("not_useful", Verdict::kNotUseful),
        std::pair("duplicate", Verdict::kDuplicate)}) {
    link.value = Name(verdict);
    model[name] = teller.links->Url(link);
  }
  link.action = LinkAction::kSnooze;
  link.alert.clear();
  link.value = "topic:" + alert.topic;
  link.lasts = kTopicSnooze;
  model["snooze_topic"] = teller.links->Url(link);
  model["snooze_story"] = false;
  if (alert.story) {
    link.value = "story:" + alert.story->id;
    link.lasts = kStorySnooze;
    model["snooze_story"] = teller.links->Url(link);
  }
  return model;
}

MessageModel LinksOf(const Teller& teller) {
  if (teller.links == nullptr) return false;
  SignedLink link;
  link.subscription = teller.message.subscription.id;
  return {{"unsubscribe", teller.links->Url(link)}};
}

// --- Alerts

MessageModel StoryModel(const Teller& teller, const AlertNotice& alert) {
  if (!alert.story) return false;
  return {{"id", alert.story->id},
          {"sources", alert.story->sources},
          {"articles", alert.story->articles},
          {"has_more", alert.story->articles > 1},
          {"first_source", OrFalse(ShortLine(alert.story->first_source, teller.size.name))},
          {"first_seen", teller.Time(alert.story->first_seen)}};
}

AlertKind KindNamed(std::string_view name) {
  const auto* const found =
      std::find_if(std::begin(kAlertKinds), std::end(kAlertKinds), [&](AlertKind kind) { return Name(kind) == name; });
  return found == std::end(kAlertKinds) ? AlertKind::kNew : *found;
}

std::string_view WordOf(const Teller& teller, AlertKind kind) {
  return teller.words.kinds[static_cast<std::size_t>(kind)];
}

// Those that have a value near the words that matched.
MessageModel FacetsModel(const Teller& teller, const AlertNotice& alert) {
  MessageModel facets = MessageModel::array();
  for (const Facet& facet : alert.facets) {
    std::vector<std::string> values;
    for (const FacetValue& value : facet.values) {
      if (value.near && values.size() < kMostFacetValues) values.push_back(ShortLine(value.value, teller.size.name));
    }
    if (values.empty()) continue;
    facets.push_back(
        {{"name", ShortLine(facet.name, teller.size.name)}, {"values", fmt::format("{}", fmt::join(values, ", "))}});
  }
  return facets;
}

MessageModel SummaryModel(const Teller& teller, const AlertNotice& alert) {
  if (alert.kind != AlertKind::kSummary) return false;
  MessageModel alerts = MessageModel::array();
  const std::size_t most = std::min(kMostFolded, teller.size.stories * 2);
  for (const FoldedNotice& folded : alert.summary) {
    if (alerts.size() == most) break;
    alerts.push_back({{"kind", folded.kind},
                      {"kind_word", WordOf(teller, KindNamed(folded.kind))},
                      {"title", teller.Title(folded.title, teller.size.name)},
                      {"url", teller.Url(folded.url)},
                      {"source", OrFalse(ShortLine(folded.source, teller.size.name))}});
  }
  const std::size_t count = std::max(alert.summary_count, alert.summary.size());
  const std::size_t more = count - alerts.size();
  return {{"count", count},
          {"alerts", std::move(alerts)},
          {"more", NumberOrFalse(more)},
          {"more_text", MoreText(teller.words, more)}};
}

// One of a story's alerts before its latest.
MessageModel EarlierModel(const Teller& teller, const AlertNotice& alert) {
  return {{"kind", Name(alert.kind)},
          {"kind_word", WordOf(teller, alert.kind)},
          {"title", teller.Title(alert.title, std::min(teller.size.title, teller.size.name))},
          {"url", teller.Url(alert.url)},
          {"source", OrFalse(ShortLine(alert.source, teller.size.name))},
          {"time", teller.Time(alert.alerted)},
          {"because", ShortLine(alert.because, teller.size.sentence)}};
}

// Of a digest, alerts of one story; the latest first.
using StoryAlerts = std::vector<const AlertNotice*>;

MessageModel EntryModel(const Teller& teller, const StoryAlerts& alerts, bool first) {
  const AlertNotice& alert = *alerts.front();
  const MarkedTexts marked = MarksOf(alert);
  MessageModel model = {
      {"id", alert.id}, {"first", first}, {"kind", Name(alert.kind)}, {"kind_word", WordOf(teller, alert.kind)}};
  for (const AlertKind kind : kAlertKinds) model["is_" + std::string(Name(kind))] = kind == alert.kind;
  model["has_article"] = HasArticle(alert.kind);
  model["topic"] = {
      {"id", alert.topic},
      {"title", ShortLine(alert.topic_title.empty() ? alert.topic : alert.topic_title, teller.size.name)}};
  model["severity"] = SeverityModel(teller.words, alert.severity);
  model["score"] = NumberOrFalse(alert.score);
  model["tags"] = MessageModel::array();
  for (const std::string& tag : alert.tags) model["tags"].push_back(ShortLine(tag, teller.size.name));
  model["rules"] = MessageModel::array();
  for (const std::string& rule : alert.rules) model["rules"].push_back(ShortLine(rule, teller.size.name));
  model["facets"] = FacetsModel(teller, alert);
  model["title"] =
      HasArticle(alert.kind) ? MessageModel(teller.Title(alert.title, teller.size.title)) : model["topic"]["title"];
  model["url"] = teller.Url(alert.url);
  model["source"] = OrFalse(ShortLine(alert.source, teller.size.name));
  model["article_language"] = OrFalse(ShortLine(alert.language, teller.size.name));
  model["country"] = OrFalse(ShortLine(alert.country, teller.size.name));
  model["time"] = teller.Time(alert.alerted);
  model["published"] = alert.published_at ? MessageModel(teller.Time(*alert.published_at)) : MessageModel(false);
  model["because"] = ShortLine(alert.because, teller.size.sentence);
  model["first_paragraph"] = OrFalse(ShortLine(alert.first_paragraph, teller.size.paragraph));
  model["paragraph_parts"] = Parts(alert.first_paragraph, marked.in_paragraph, teller.size.paragraph);
  model["snippets"] = SnippetsModel(marked.snippets, teller.size.snippets);
  model["story"] = StoryModel(teller, alert);
  model["summary"] = SummaryModel(teller, alert);
  model["links"] = LinksOf(teller, alert);
  model["earlier"] = MessageModel::array();
  for (std::size_t i = 1; i < alerts.size() && i <= teller.size.earlier; ++i) {
    model["earlier"].push_back(EarlierModel(teller, *alerts[i]));
  }
  model["earlier_more_text"] = MoreText(teller.words, alerts.size() - 1 - model["earlier"].size());
  return model;
}

// The most severe first, of these the latest.
std::vector<StoryAlerts> ByStory(const std::vector<AlertNotice>& alerts) {
  std::vector<StoryAlerts> stories;
  std::map<std::string_view, std::size_t> places;
  for (const AlertNotice& alert : alerts) {
    if (!alert.story) {
      stories.push_back({&alert});
      continue;
    }
    const auto [place, is_new] = places.try_emplace(alert.story->id, stories.size());
    if (is_new) stories.emplace_back();
    stories[place->second].push_back(&alert);
  }
  for (StoryAlerts& story : stories) {
    std::stable_sort(story.begin(), story.end(),
                     [](const AlertNotice* a, const AlertNotice* b) { return a->alerted > b->alerted; });
  }
  std::stable_sort(stories.begin(), stories.end(), [](const StoryAlerts& a, const StoryAlerts& b) {
    if (a.front()->severity != b.front()->severity) return a.front()->severity > b.front()->severity;
    return a.front()->alerted > b.front()->alerted;
  });
  return stories;
}

std::pair<std::string_view, std::string_view> HeadingOf(const MessageWords& words, const OutgoingMessage& message) {
  switch (message.message.kind) {
    case MessageKind::kAlert: return {words.kinds[static_cast<std::size_t>(message.alerts.front().kind)], ""};
    case MessageKind::kDigest: return {words.digest, words.digest_intro};
    case MessageKind::kCatchUp: return {words.catch_up, words.catch_up_intro};
    case MessageKind::kOverflow: return {words.overflow, words.overflow_intro};
  }
  return {};
}

}  // namespace

std::string ShortLine(std::string_view text, std::size_t characters) {
  const std::string plain = PlainLine(text);
  const std::string_view line = Trimmed(plain);
  if (CountCharacters(line) <= characters) return std::string(line);
  std::size_t end = 0;
  for (std::size_t left = characters - std::min<std::size_t>(characters, 1); left > 0; --left) {
    end += CharacterSize(line[end]);
  }
  std::string_view cut = line.substr(0, end);
  constexpr std::size_t kNear = 24;  // bytes
  if (const std::size_t blank = cut.rfind(' '); blank != std::string_view::npos && blank + kNear > cut.size()) {
    cut = cut.substr(0, blank);
  }
  return std::string(TrimmedEnd(cut)) + "…";
}

std::string SafeUrl(std::string_view url) {
  url = Trimmed(url);
  const std::size_t scheme = BeginsInAnyCase(url, "https://") ? 8 : BeginsInAnyCase(url, "http://") ? 7 : 0;
  if (scheme == 0 || url.size() > kMostUrlBytes || FirstInvalidUtf8(url) != url.size() || HostOf(url).empty())
    return "";
  const std::string_view authority = url.substr(scheme, url.find_first_of("/?#\\", scheme) - scheme);
  constexpr std::string_view kMarkup = "\"'<>\\^`{|}()*";
  if (authority.find('@') != std::string_view::npos || authority.find_first_of(kMarkup) != std::string_view::npos ||
      PlainLine(authority) != authority) {
    return "";
  }
  const std::size_t path = scheme + authority.size();
  // Browsers take it for a slash, and nobody else does.
  if (url.substr(path).starts_with('\\')) return "";
  std::string safe(url.substr(0, path));
  for (const char c : url.substr(path)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte >= 0x7F || kMarkup.find(c) != std::string_view::npos) {
      safe += fmt::format("%{:02X}", byte);
    } else {
      safe += c;
    }
  }
  return safe.size() <= kMostUrlBytes ? safe : "";
}

MessageModel ModelOf(const OutgoingMessage& message, const LinkSigner* links, const ModelSize& size) {
  const MessageWords& words = WordsOf(message.subscription.language);
  const Teller teller{message, words, links, size};
  const Subscription& subscription = message.subscription;
  const MessageKind kind = message.message.kind;
  const auto [heading, intro] = HeadingOf(words, message);
  const std::vector<StoryAlerts> stories = ByStory(message.alerts);

  MessageModel model = {{"kind", Name(kind)}};
  model["is_alert"] = kind == MessageKind::kAlert;
  model["is_digest"] = kind == MessageKind::kDigest;
  model["is_catch_up"] = kind == MessageKind::kCatchUp;
  model["is_overflow"] = kind == MessageKind::kOverflow;
  model["heading"] = heading;
  model["intro"] = OrFalse(std::string(intro));
  model["language"] = words.language;
  model["subscription"] = {
      {"id", subscription.id},
      {"title", ShortLine(subscription.title.empty() ? subscription.id : subscription.title, teller.size.name)},
      {"reader", ShortLine(subscription.reader, teller.size.name)}};
  model["time"] = teller.Time(message.now);
  model["time_zone"] = subscription.time_zone;
  model["count"] = message.alerts.size();
  model["story_count"] = stories.size();
  model["stories"] = MessageModel::array();
  std::size_t told = 0;
  for (const StoryAlerts& story : stories) {
    if (model["stories"].size() == size.stories) break;
    model["stories"].push_back(EntryModel(teller, story, told == 0));
    told += story.size();
  }
  model["more"] = NumberOrFalse(message.alerts.size() - told);
  model["more_text"] = MoreText(words, message.alerts.size() - told);
  model["links"] = LinksOf(teller);
  model["words"] = WordsModel(words);
  return model;
}

}  // namespace wirewatch
