#include "cli/report/diff_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/report/archive_json_internal.h"
#include "cli/terminal/progress.h"
#include "cli/terminal/table.h"
#include "rules/text/plain_text.h"

namespace wirewatch {
namespace {

using Json = nlohmann::ordered_json;

std::string Number(std::uint64_t number) { return Grouped(static_cast<double>(number)); }
std::string Right(const std::string& text, std::size_t width) { return fmt::format("{:>{}}", text, width); }
// "+3", "-2", "0": of a count that goes one way; a 0 is a dot, to be looked past.
std::string Signed(char sign, std::uint64_t number) { return number == 0 ? "." : sign + Number(number); }
double Mean(const DayCounts& counts, const DayCounts& days) { return RateOf(counts, days).mean; }
double Microseconds(std::chrono::nanoseconds cpu, std::uint64_t articles) {
  return articles == 0 ? 0 : static_cast<double>(cpu.count()) / 1e3 / static_cast<double>(articles);
}

std::vector<Reservoir<ChangedArticle>::Kept> InOrder(const Reservoir<ChangedArticle>& sample) {
  auto kept = sample.kept();
  std::sort(kept.begin(), kept.end(), [](const auto& a, const auto& b) { return a.number < b.number; });
  return kept;
}

// What is less than that says more of the machine than of the rules.
constexpr std::chrono::milliseconds kLeastCost{200};
std::optional<double> CostRatio(const DiffCounts& counts) {
  if (counts.cost(Side::kOld) < kLeastCost) return std::nullopt;
  return static_cast<double>(counts.cost(Side::kNew).count()) / static_cast<double>(counts.cost(Side::kOld).count());
}

bool Differs(const TopicDiff& topic) {
  return topic.count(ChangeKind::kGained) + topic.count(ChangeKind::kLost) + topic.count(ChangeKind::kChanged) > 0;
}

Json JsonOf(const PackComparison& comparison, const ChangedArticle& changed) {
  const Article& article = changed.article;
  const TopicChange& change = changed.change;
  Json json{{"topic", comparison.topics()[change.pair].id},
            {"change", Name(change.kind)},
            {"article_id", article.id},
            {"title", article.title},
            {"source", article.source},
            {"language", article.language}};
  if (!article.url.empty()) json["url"] = article.url;
  if (article.published_at) json["published_at"] = FormatRfc3339(*article.published_at);
  json["cause"] = Name(change.cause);
  json["rules"] = change.rules;
  if (!change.rule.empty()) json["rule"] = change.rule;
  json["clause"] = comparison.ClauseOf(change, DocumentOf(article));
  const auto side = [](const TopicMatch& match) {
    return Json{{"severity", Name(match.severity)}, {"score", match.score}};
  };
  json["old"] = change.kind == ChangeKind::kGained ? Json() : side(change.before);
  json["new"] = change.kind == ChangeKind::kLost ? Json() : side(change.after);
  return json;
}

std::string Overview(const DiffReport& report) {
  const DiffCounts& counts = report.counts;
  Table table({"TOPIC", Right("HITS OLD", 9), Right("NEW", 8), Right("GAINED", 8), Right("LOST", 8),
               Right("CHANGED", 8), Right("STORIES", 8), Right("GAINED", 8), Right("LOST", 8), "ALERTS A DAY"});
  const auto alerts = [](double was, double is) {
    return fmt::format("{:.2f} -> {:.2f} ({:+.2f})", was, is, is - was);
  };
  std::size_t same = 0;
  for (const TopicDiff& topic : counts.topics()) {
    if (!Differs(topic)) {
      ++same;
      continue;
    }
    table.Add(
        {topic.topic, Right(Number(topic.hits[0]), 9), Right(Number(topic.hits[1]), 8),
         Right(Signed('+', topic.count(ChangeKind::kGained)), 8), Right(Signed('-', topic.count(ChangeKind::kLost)), 8),
         Right(topic.count(ChangeKind::kChanged) == 0 ? "." : Number(topic.count(ChangeKind::kChanged)), 8),
         Right(Number(topic.stories[1].stories()), 8), Right(Signed('+', topic.stories[1].alone()), 8),
         Right(Signed('-', topic.stories[0].alone()), 8),
         alerts(Mean(topic.alerts_by_day[0], report.archive.days), Mean(topic.alerts_by_day[1], report.archive.days))});
  }
  std::string text;
  if (same < counts.topics().size()) {
    text += table.Text();
    if (same > 0) text += fmt::format("without a change: {} other topic{}\n", same, same == 1 ? "" : "s");
  } else {
    text += "both hold on the same articles, with the same severity and score\n";
  }
  text += fmt::format("alerts a day, all topics: {}\n",
                      alerts(Mean(counts.alerts_by_day(Side::kOld), report.archive.days),
                             Mean(counts.alerts_by_day(Side::kNew), report.archive.days)));
  if (const auto ratio = CostRatio(counts)) {
    text += fmt::format(
        "cost of matching: {:.2f} times that of OLD ({:.1f} us of CPU an article, {:.1f} before), as measured in this "
        "run\n",
        *ratio, Microseconds(counts.cost(Side::kNew), counts.articles()),
        Microseconds(counts.cost(Side::kOld), counts.articles()));
  } else {
    text += "cost of matching: not told, the archive is too small to measure it\n";
  }
  return text;
}

std::string OfTopic(const DiffReport& report, const TopicDiff& topic, const TextStyle& style) {
  std::string text = fmt::format("\ntopic {}\n", topic.topic);
  for (const ChangeKind kind : kChangeKinds) {
    const auto at = static_cast<std::size_t>(kind);
    if (topic.changes[at] == 0) continue;
    std::string causes;
    for (const auto& [cause, count] : topic.causes[at]) {
      causes += fmt::format("{}{} {}", causes.empty() ? "" : ", ", Number(count), Name(cause));
    }
    const auto kept = InOrder(topic.samples[at]);
    text += fmt::format("  {} {}: {}{}\n", Name(kind), Number(topic.changes[at]), causes,
                        kept.size() < topic.changes[at] ? fmt::format("; {} of them:", kept.size()) : "");
    for (const auto& one : kept) {
      const Article& article = one.thing.article;
      text += fmt::format("    {} {}  {}{}{}\n",
                          kind == ChangeKind::kGained ? "+"
                          : kind == ChangeKind::kLost ? "-"
                                                      : "~",
                          article.published_at ? DayText(DayOf(*article.published_at)) : "no date   ",
                          PlainLine(article.id), article.source.empty() ? "" : ", " + PlainLine(article.source),
                          article.language.empty() ? "" : fmt::format(" ({})", PlainLine(article.language)));
      const TextLayout layout{.width = style.width, .indent = 6, .mark = "", .unmark = ""};
      if (!article.title.empty()) text += WrapMarked(article.title, {}, layout);
      text += WrapMarked(report.comparison.ClauseOf(one.thing.change, DocumentOf(article)), {},
                         {.width = style.width, .indent = 8, .mark = "", .unmark = ""});
    }
  }
  return text;
}

}  // namespace

bool IsOverBudget(const DiffReport& report) { return report.budget && report.counts.AlertsGained() > *report.budget; }

std::string DiffText(const DiffReport& report, const TextStyle& style) {
  std::string text = fmt::format("OLD {}, NEW {}, on {}: {}\n\n", report.old_name, report.new_name,
                                 PlainLine(NameOf(report.archive)), SpanOf(report.archive));
  text += Overview(report);
  for (const TopicDiff& topic : report.counts.topics()) {
    if (Differs(topic)) text += OfTopic(report, topic, style);
  }
  return text;
}

std::string DiffJson(const DiffReport& report) {
  const DiffCounts& counts = report.counts;
  Json json;
  json["old"] = {{"packs", report.old_name}, {"rule_set", report.old_rule_set}};
  json["new"] = {{"packs", report.new_name}, {"rule_set", report.new_rule_set}};
  json["archive"] = JsonOf(report.archive);
  json["alerts_a_day"] = {{"old", Mean(counts.alerts_by_day(Side::kOld), report.archive.days)},
                          {"new", Mean(counts.alerts_by_day(Side::kNew), report.archive.days)},
                          {"gained", counts.AlertsGained()}};
  const auto ratio = CostRatio(counts);
  json["cost"] = {{"old_microseconds_an_article", Microseconds(counts.cost(Side::kOld), counts.articles())},
                  {"new_microseconds_an_article", Microseconds(counts.cost(Side::kNew), counts.articles())},
                  {"ratio", ratio ? Json(*ratio) : Json()}};  // null: too little to measure
  json["budget"] = report.budget ? Json(*report.budget) : Json();
  json["over_budget"] = IsOverBudget(report);
  json["topics"] = Json::array();
  for (const TopicDiff& topic : counts.topics()) {
    Json one{{"topic", topic.topic}, {"hits", {{"old", topic.hits[0]}, {"new", topic.hits[1]}}}};
    for (const ChangeKind kind : kChangeKinds) {
      const auto at = static_cast<std::size_t>(kind);
      Json causes = Json::object(), samples = Json::array();
      for (const auto& [cause, count] : topic.causes[at]) causes[std::string(Name(cause))] = count;
      for (const auto& kept : InOrder(topic.samples[at])) samples.push_back(JsonOf(report.comparison, kept.thing));
      one[std::string(Name(kind))] = {
          {"articles", topic.changes[at]}, {"causes", std::move(causes)}, {"samples", std::move(samples)}};
    }
    one["stories"] = {{"old", topic.stories[0].stories()},
                      {"new", topic.stories[1].stories()},
                      {"gained", topic.stories[1].alone()},
                      {"lost", topic.stories[0].alone()}};
    one["alerts_a_day"] = {{"old", Mean(topic.alerts_by_day[0], report.archive.days)},
                           {"new", Mean(topic.alerts_by_day[1], report.archive.days)},
                           {"gained", counts.AlertsGained(topic)}};
    json["topics"].push_back(std::move(one));
  }
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string ChangeJson(const PackComparison& comparison, const ChangedArticle& changed) {
  return JsonOf(comparison, changed).dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace wirewatch
