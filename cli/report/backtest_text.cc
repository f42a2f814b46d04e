#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/report/backtest_report.h"
#include "cli/report/sparkline.h"
#include "cli/terminal/progress.h"
#include "cli/terminal/table.h"
#include "rules/text/plain_text.h"

namespace wirewatch {
namespace {

std::string Number(std::uint64_t number) { return Grouped(static_cast<double>(number)); }

// Right in a column of that width.
std::string Right(const std::string& text, std::size_t width) { return fmt::format("{:>{}}", text, width); }

std::string MostText(const DailyRate& rate) {
  return rate.most_on ? fmt::format("{} on {}", Number(rate.most), DayText(*rate.most_on)) : "-";
}

std::string TopText(const TopValues& values, std::size_t most) {
  std::string text;
  for (const TopValues::Count& top : values.Top(most)) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", PlainLine(top.value), Number(top.count));
  }
  if (values.size() > most)
    text += fmt::format(", and {}{} more", values.is_exact() ? "" : "over ", Number(values.size() - most));
  return text;
}

std::string WidthText(std::int64_t days) {
  return days == 1 ? "DAY BY DAY" : days == 7 ? "WEEK BY WEEK" : fmt::format("{} WEEKS EACH", days / 7);
}

constexpr std::size_t kMostSilentRules = 8;  // of a topic, a line each

class TextReport {
 public:
  TextReport(const BacktestReport& report, const TextStyle& style)
      : report_(report), style_(style), plan_(PlanBuckets(report.archive.days, 48)) {}

  std::string Text() const {
    std::string text = fmt::format("backtest of {} on {}: {}\n\n", fmt::join(report_.packs, ", "),
                                   PlainLine(NameOf(report_.archive)), SpanOf(report_.archive));
    text += Overview();
    if (report_.archive.late > 0) {
      text += fmt::format(
          "{} hits came more than an hour behind later ones: stories and alerts are those of this order; sort the "
          "archive by date\n",
          Number(report_.archive.late));
    }
    for (const TopicHits& topic : report_.counts.topics()) {
      if (topic.hits > 0) text += OfTopic(topic);
    }
    return text + Never();
  }

 private:
  std::string Overview() const {
    Table table({"TOPIC", Right("HITS", 9), Right("STORIES", 9), Right("ALERTS", 9), Right("A DAY", 8), "MOST IN A DAY",
                 plan_.count > 1 ? "HITS, " + WidthText(plan_.width) : ""});
    std::uint64_t hits = 0, stories = 0, alerts = 0;
    for (const TopicHits& topic : report_.counts.topics()) {
      const DailyRate rate = RateOf(topic.alerts_by_day, report_.archive.days);
      table.Add({topic.topic, Right(Number(topic.hits), 9), Right(Number(topic.stories()), 9),
                 Right(Number(topic.alerts()), 9), Right(fmt::format("{:.2f}", rate.mean), 8), MostText(rate),
                 plan_.count > 1 ? Sparkline(InBuckets(topic.hits_by_day, plan_), style_.unicode) : ""});
      hits += topic.hits;
      stories += topic.stories();
      alerts += topic.alerts();
    }
    if (report_.counts.topics().size() > 1) {
      const DailyRate rate = RateOf(report_.counts.alerts_by_day(), report_.archive.days);
      table.Add({"all", Right(Number(hits), 9), Right(Number(stories), 9), Right(Number(alerts), 9),
                 Right(fmt::format("{:.2f}", rate.mean), 8), MostText(rate), ""});
    }
    return table.Text();
  }

  std::string OfTopic(const TopicHits& topic) const {
    std::string text = fmt::format("\ntopic {}: {} ({})\n", topic.topic, PlainLine(topic.title), Name(topic.severity));
    std::string kinds, silent;
    for (const AlertKind kind : kAlertKinds) {
      const std::uint64_t count = topic.alerts_by_kind[static_cast<std::size_t>(kind)];
      if (count > 0) kinds += fmt::format("{}{} {}", kinds.empty() ? "" : ", ", Number(count), Name(kind));
    }
    for (const auto& [why, count] : topic.not_alerted) {
      silent += fmt::format("{}{} {}", silent.empty() ? "" : ", ", Number(count), why);
    }
    text += fmt::format("  alerts     {}\n", kinds.empty() ? "none" : kinds);
    if (!silent.empty()) text += fmt::format("  no alert   {}\n", silent);
    text += fmt::format("  sources    {}\n  languages  {}\n  countries  {}\n", TopText(topic.sources, 6),
                        TopText(topic.languages, 8), TopText(topic.countries, 8));
    if (topic.undated > 0) text += fmt::format("  undated    {} hits, which stand in no day\n", Number(topic.undated));
    Table table({"  RULE", Right("HITS", 9), Right("ALONE", 9), Right("TOGETHER", 9), ""});
    const auto is_silent = [](const RuleHits& rule) { return rule.never_fired(); };
    const auto silent_rules =
        static_cast<std::size_t>(std::count_if(topic.rules.begin(), topic.rules.end(), is_silent));
    const bool folds = silent_rules > kMostSilentRules;
    std::vector<std::string_view> folded;
    for (const RuleHits& rule : topic.rules) {
      if (folds && is_silent(rule)) {
        if (folded.size() < kMostSilentRules) folded.push_back(rule.rule);
        continue;
      }
      table.Add({"  " + rule.rule, Right(Number(rule.hits), 9), Right(Number(rule.alone), 9),
                 Right(Number(rule.hits - rule.alone), 9), RuleNote(rule)});
    }
    text += table.Text();
    if (folds) {
      text += fmt::format("  never fired: {}, and {} more (--json names them all)\n", fmt::join(folded, ", "),
                          silent_rules - folded.size());
    }
    for (const RuleHits& rule : topic.rules) {
      if (rule.samples.kept().empty()) continue;
      text += fmt::format("  samples of {}\n", rule.rule);
      for (const auto& kept : InOrder(rule)) text += OfSample(kept);
    }
    return text;
  }

  static std::vector<HitSample> InOrder(const RuleHits& rule) {
    auto kept = rule.samples.kept();
    std::sort(kept.begin(), kept.end(), [](const auto& a, const auto& b) { return a.number < b.number; });
    std::vector<HitSample> samples;
    for (auto& one : kept) samples.push_back(std::move(one.thing));
    return samples;
  }

  std::string OfSample(const HitSample& sample) const {
    std::string text =
        fmt::format("    {}  {}{}{}\n", sample.published_at ? DayText(DayOf(*sample.published_at)) : "no date   ",
                    PlainLine(sample.id), sample.source.empty() ? "" : ", " + PlainLine(sample.source),
                    sample.language.empty() ? "" : fmt::format(" ({})", PlainLine(sample.language)));
    const TextLayout layout{.width = style_.width,
                            .indent = 6,
                            .mark = style_.colour ? "\x1b[1;33m" : "[",
                            .unmark = style_.colour ? "\x1b[0m" : "]",
                            .mark_is_visible = !style_.colour};
    // The title that has words of its own is one of these.
    const bool has_title = std::any_of(sample.words.begin(), sample.words.end(), [&](const SampleWords& words) {
      return sample.title.find(words.text) != std::string::npos;
    });
    if (!has_title && !sample.title.empty()) text += WrapMarked(sample.title, {}, layout);
    for (const SampleWords& words : sample.words) text += WrapMarked(words.text, words.marks, layout);
    return text;
  }

  // What an editor of rules looks for first.
  std::string Never() const {
    std::vector<std::string> topics;
    std::size_t rules = 0;
    for (const TopicHits& topic : report_.counts.topics()) {
      if (topic.hits == 0) topics.push_back(topic.topic);
      rules += static_cast<std::size_t>(std::count_if(topic.rules.begin(), topic.rules.end(),
                                                      [](const RuleHits& rule) { return rule.never_fired(); }));
    }
    std::string text;
    if (rules > 0) text += fmt::format("\n{} rule{} never fired", Number(rules), rules == 1 ? "" : "s");
    if (!topics.empty())
      text += fmt::format("{}topics without a hit: {}", text.empty() ? "\n" : "; ", fmt::join(topics, ", "));
    return text.empty() ? text : text + "\n";
  }

  const BacktestReport& report_;
  const TextStyle& style_;
  const BucketPlan plan_;
};

}  // namespace

std::string BacktestText(const BacktestReport& report, const TextStyle& style) {
  return TextReport(report, style).Text();
}

std::string RuleNote(const RuleHits& rule) {
  if (rule.status == RuleStatus::kOff) return "off";
  const bool in_shadow = rule.status == RuleStatus::kShadow;
  if (rule.hits == 0) return in_shadow ? "never fired, in shadow" : "never fired";
  return in_shadow ? "in shadow" : "";
}

}  // namespace wirewatch
