#include "connectors/stdio/alert_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <string_view>
#include <vector>

#include "rules/text/plain_text.h"

namespace wirewatch {
namespace {

constexpr std::size_t kMostSnippets = 2;
constexpr std::size_t kIndent = 2;

struct Colours {
  std::string_view bold, dim, match, off;
};
constexpr Colours kColours = {"\x1B[1m", "\x1B[2m", "\x1B[1;31m", "\x1B[0m"};
constexpr Colours kNoColours = {};

std::string_view ColourOf(TopicSeverity severity) {
  switch (severity) {
    case TopicSeverity::kLow: return "\x1B[36m";
    case TopicSeverity::kMedium: return "\x1B[33m";
    case TopicSeverity::kHigh: return "\x1B[1;31m";
    case TopicSeverity::kCritical: return "\x1B[1;97;41m";
  }
  std::abort();
}

std::string UpperCase(std::string_view text) {
  std::string upper(text);
  std::transform(upper.begin(), upper.end(), upper.begin(), [](unsigned char c) { return std::toupper(c); });
  return upper;
}

// "2026-05-01 10:00Z"
std::string Minute(WallTime time) {
  std::string text = FormatRfc3339(time).substr(0, 16);
  text[10] = ' ';
  return text + 'Z';
}

// Where the words of a match end that are shown: of a long one, only the first are.
std::uint32_t ShownEnd(const MatchedSpan& match) {
  return std::min(match.span.end, match.span.begin + match.in_snippet.size());
}

// A piece of a field, with every match in it.
struct Snippet {
  std::string_view text;
  std::uint32_t begin = 0;  // in the field
  std::vector<Span> marks;
  std::set<std::string_view> terms;
};

// `marks` sorted, those that overlap made one.
std::vector<Span> Merged(std::vector<Span> marks) {
  std::sort(marks.begin(), marks.end());
  std::vector<Span> merged;
  for (const Span& mark : marks) {
    if (!merged.empty() && mark.begin < merged.back().end) {
      merged.back().end = std::max(merged.back().end, mark.end);
    } else {
      merged.push_back(mark);
    }
  }
  return merged;
}

// What stands around `around`, with all other matches that are in sight there. A snippet has the bytes of its field at
// the same distances.
Snippet SnippetAround(const MatchedSpan& around, const std::vector<MatchedSpan>& all) {
  Snippet snippet{around.snippet, around.span.begin - around.in_snippet.begin, {}, {}};
  const std::size_t end = snippet.begin + snippet.text.size();
  for (const MatchedSpan& match : all) {
    if (match.field != around.field || match.span.begin < snippet.begin || ShownEnd(match) > end) continue;
    snippet.marks.push_back({match.span.begin - snippet.begin, ShownEnd(match) - snippet.begin});
    snippet.terms.insert(match.term);
  }
  snippet.marks = Merged(std::move(snippet.marks));
  return snippet;
}

// The few that show the most different terms, the best first. Matches in the title need none: the title is shown.
std::vector<Snippet> BestSnippets(const std::vector<MatchedSpan>& matches) {
  std::vector<Snippet> candidates;
  for (const MatchedSpan& match : matches) {
    if (match.field != Field::kTitle) candidates.push_back(SnippetAround(match, matches));
  }
  std::vector<Snippet> best;
  std::set<std::string_view> shown;
  while (best.size() < kMostSnippets) {
    const auto fresh = [&](const Snippet& snippet) {
      return std::count_if(snippet.terms.begin(), snippet.terms.end(),
                           [&](std::string_view term) { return !shown.contains(term); });
    };
    const auto next = std::max_element(candidates.begin(), candidates.end(),
                                       [&](const Snippet& a, const Snippet& b) { return fresh(a) < fresh(b); });
    if (next == candidates.end() || fresh(*next) == 0) break;
    shown.insert(next->terms.begin(), next->terms.end());
    best.push_back(*next);
  }
  return best;
}

// Of the article; of an alert about a topic the record time at which it was raised.
WallTime TimeOf(const Alert& alert) {
  const std::optional<WallTime> told =
      HasArticle(alert.kind) ? alert.match.article->published_at : alert.match.times.recorded;
  return told.value_or(alert.alerted);
}

// With dots where the text goes on.
std::string Wrapped(const Snippet& snippet, const TextLayout& layout) {
  constexpr std::string_view kDots = "… ";
  std::string text(snippet.begin > 0 ? kDots : "");
  const auto shift = static_cast<std::uint32_t>(text.size());
  std::vector<Span> marks = snippet.marks;
  for (Span& mark : marks) mark = {mark.begin + shift, mark.end + shift};
  text += snippet.text;
  text.erase(text.find_last_not_of(' ') + 1);
  const bool sentence_ends = text.ends_with('.') || text.ends_with('!') || text.ends_with('?') || text.ends_with("。");
  if (!sentence_ends) text += " …";
  return WrapMarked(text, marks, layout);
}

// What sort of alert this is, if it is not simply a new one: "GROWS", "CORRECTION", "WITHDRAWN (canceled)", "EMBARGOED
// until ...".
std::string Notice(const Alert& alert) {
  std::string notice;
  const auto add = [&](std::string_view part) {
    if (!notice.empty()) notice += ", ";
    notice += part;
  };
  switch (alert.kind) {
    case AlertKind::kNew: break;
    case AlertKind::kCorrection: add("CORRECTION"); break;
    case AlertKind::kWithdrawn:
      add(alert.reason == kArticleCanceled ? "WITHDRAWN (canceled)" : "WITHDRAWN (a later version holds no longer)");
      break;
    case AlertKind::kGrow: add("GROWS"); break;
    case AlertKind::kUpdate: add("UPDATE"); break;
    case AlertKind::kBurst: add("BURST"); break;
    case AlertKind::kQuiet: add("QUIET"); break;
    case AlertKind::kSummary: add("SUMMARY"); break;
    case AlertKind::kDemoted: add("RULE SUSPENDED"); break;
  }
  if (const auto& embargo = alert.match.article->embargoed_until) add("EMBARGOED until " + Minute(*embargo));
  return notice;
}

// "rules ban-near-vendor, network-ban · score 80"
std::string Reason(const Match& match) {
  std::string rules;
  for (const std::string& rule : match.rules) rules += (rules.empty() ? "" : ", ") + PlainLine(rule);
  return fmt::format("{} {} · score {}", match.rules.size() == 1 ? "rule" : "rules", rules, match.score);
}

// Why, and what is known of the story: "the story has come to 5 sources; the latest is X · 7 articles".
std::string Because(const Alert& alert) {
  std::string line = PlainLine(alert.because);
  if (alert.story && alert.story->articles > 1) {
    line += fmt::format("{}story of {} articles, {} {}, since {}", line.empty() ? "" : " · ", alert.story->articles,
                        alert.story->sources, alert.story->sources == 1 ? "source" : "sources",
                        Minute(alert.story->first_seen));
  }
  return line;
}

// What a summary lists, each in a line.
std::string FoldedLines(const FoldedHour& hour, const TextLayout& layout) {
  std::string text;
  for (const auto& alert : hour.alerts) {
    std::string line = fmt::format("{}: {}", alert->kind, alert->title);
    if (!alert->source.empty()) line += fmt::format(" ({})", alert->source);
    text += WrapMarked(line, {}, layout);
  }
  if (hour.count > hour.alerts.size()) {
    text += fmt::format("{:{}}and {} more\n", "", kIndent, hour.count - hour.alerts.size());
  }
  return text;
}

std::string Byline(const ArticleFacts& article) {
  std::string line;
  const auto add = [&](std::string_view part) {
    if (part.empty()) return;
    if (!line.empty()) line += " · ";
    line += PlainLine(part);
  };
  add(article.source);
  if (article.status != PublicationStatus::kUsable) add(Name(article.status));
  add(article.url);
  return line;
}

}  // namespace

std::string RenderAlert(const Alert& alert, const AlertTextStyle& style) {
  const Match& match = alert.match;
  const Colours& colours = style.colour ? kColours : kNoColours;
  const std::string_view grave = style.colour ? ColourOf(match.severity) : "";
  TextLayout layout{style.width, kIndent, "[", "]", true};
  if (style.colour) layout = {style.width, kIndent, colours.match, colours.off, false};

  const std::string notice = Notice(alert);
  std::string text = fmt::format("{}{}{}  {}{}{}  {}{}{}{}\n",                             //
                                 colours.dim, Minute(TimeOf(alert)), colours.off,          //
                                 grave, UpperCase(Name(match.severity)), colours.off,      //
                                 colours.bold, PlainLine(match.topic_title), colours.off,  //
                                 notice.empty() ? "" : "  " + notice);
  const auto dim_line = [&](const std::string& line) {
    return line.empty() ? "" : fmt::format("{:{}}{}{}{}\n", "", kIndent, colours.dim, line, colours.off);
  };
  if (!HasArticle(alert.kind)) {
    text += dim_line(Because(alert));
    if (alert.summary) text += FoldedLines(*alert.summary, layout);
    return text + '\n';
  }
  std::vector<Span> title_marks;
  for (const MatchedSpan& span : match.spans) {
    if (span.field == Field::kTitle && ShownEnd(span) <= match.article->title.size()) {
      title_marks.push_back({span.span.begin, ShownEnd(span)});
    }
  }
  text += WrapMarked(match.article->title, Merged(std::move(title_marks)), layout);
  text += dim_line(Byline(*match.article));
  for (const Snippet& snippet : BestSnippets(match.spans)) text += Wrapped(snippet, layout);
  text += dim_line(Reason(match));
  text += dim_line(Because(alert));
  return text + '\n';
}

}  // namespace wirewatch
