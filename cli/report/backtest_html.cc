#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "cli/report/backtest_report.h"
#include "cli/report/html_page.h"
#include "cli/terminal/progress.h"

namespace wirewatch {
namespace {

std::string Number(std::uint64_t number) { return Grouped(static_cast<double>(number)); }

std::string Heads(const std::vector<std::string_view>& heads) {
  std::string html = "<tr>";
  for (const std::string_view head : heads) {
    const bool number = head.starts_with('#');
    html += fmt::format("<th{}>{}</th>", number ? " class=\"n\"" : "", InHtml(head.substr(number ? 1 : 0)));
  }
  return html + "</tr>\n";
}

std::string NumberCell(const std::string& number) { return fmt::format("<td class=\"n\">{}</td>", number); }

std::string TopTable(std::string_view what, const TopValues& values) {
  constexpr std::size_t kMost = 8;
  const auto top = values.Top(kMost);
  if (top.empty()) return "";
  std::string html = fmt::format("<div><h3>{}</h3>\n<table>", what);
  for (const TopValues::Count& one : top) {
    html += fmt::format("<tr><td>{}</td>{}{}</tr>\n", InHtml(one.value), NumberCell(Number(one.count)),
                        HtmlBarCell(one.count, top.front().count));
  }
  html += "</table>";
  if (values.size() > top.size()) {
    html += fmt::format("<p class=\"small soft\">and {} more</p>", Number(values.size() - top.size()));
  }
  return html + "</div>\n";
}

class HtmlReport {
 public:
  explicit HtmlReport(const BacktestReport& report) : report_(report), plan_(PlanBuckets(report.archive.days, 120)) {}

  std::string Page() const {
    const std::string title = fmt::format("Backtest on {}", NameOf(report_.archive));
    std::string body =
        fmt::format("<h1>{}</h1>\n<p class=\"soft\">{}; rules of {}</p>\n", InHtml(title),
                    InHtml(SpanOf(report_.archive)), InHtml(fmt::format("{}", fmt::join(report_.packs, ", "))));
    if (!report_.archive.complete) body += "<p class=\"loss\">The archive was not read to its end.</p>\n";
    if (report_.archive.late > 0) {
      body += fmt::format(
          "<p class=\"loss\">{} hits came more than an hour behind later ones: stories and alerts are "
          "those of this order.</p>\n",
          Number(report_.archive.late));
    }
    body += Figures() + Overview();
    for (const TopicHits& topic : report_.counts.topics()) {
      if (topic.hits > 0) body += OfTopic(topic);
    }
    body +=
        fmt::format("<p class=\"small soft\" style=\"margin-top:48px\">Rule set <code>{}</code>; {} articles/s.</p>\n",
                    InHtml(report_.rule_set),
                    Grouped(static_cast<double>(report_.archive.read) / std::max(report_.archive.seconds, 1e-3)));
    return HtmlPage(title, body);
  }

 private:
  std::string Figures() const {
    std::uint64_t hits = 0, stories = 0, alerts = 0, never = 0;
    for (const TopicHits& topic : report_.counts.topics()) {
      hits += topic.hits;
      stories += topic.stories();
      alerts += topic.alerts();
      for (const RuleHits& rule : topic.rules) never += rule.never_fired() ? 1 : 0;
    }
    const DailyRate rate = RateOf(report_.counts.alerts_by_day(), report_.archive.days);
    return "<div class=\"figures\">\n" + HtmlFigure(Number(report_.archive.articles), "articles") +
           HtmlFigure(Number(hits), "hits") + HtmlFigure(Number(stories), "stories") +
           HtmlFigure(Number(alerts), "alerts") + HtmlFigure(fmt::format("{:.2f}", rate.mean), "alerts a day") +
           HtmlFigure(Number(rate.most), rate.most_on ? "most, on " + DayText(*rate.most_on) : "most in a day") +
           HtmlFigure(Number(never), "rules never fired") + "</div>\n";
  }

  std::string Overview() const {
    std::string html =
        "<div class=\"wide\"><table>" + Heads({"Topic", "#Hits", "#Stories", "#Alerts", "#A day", "Most in a day",
                                               plan_.count > 1 ? "Hits over time" : ""});
    for (const TopicHits& topic : report_.counts.topics()) {
      const DailyRate rate = RateOf(topic.alerts_by_day, report_.archive.days);
      const std::string name = topic.hits > 0
                                   ? fmt::format("<a href=\"#{0}\">{0}</a>", InHtml(topic.topic))
                                   : fmt::format("{} <span class=\"never small\">no hit</span>", InHtml(topic.topic));
      html += fmt::format("<tr><td>{}</td>{}{}{}{}<td>{}</td><td>{}</td></tr>\n", name, NumberCell(Number(topic.hits)),
                          NumberCell(Number(topic.stories())), NumberCell(Number(topic.alerts())),
                          NumberCell(fmt::format("{:.2f}", rate.mean)),
                          rate.most_on ? fmt::format("{} on {}", Number(rate.most), DayText(*rate.most_on)) : "",
                          plan_.count > 1 ? SvgSparkline(InBuckets(topic.hits_by_day, plan_)) : "");
    }
    return html + "</table></div>\n";
  }

  std::string OfTopic(const TopicHits& topic) const {
    std::string html = fmt::format(
        "<h2 id=\"{0}\">{1} <span class=\"tag\">{2}</span></h2>\n<p class=\"soft small\"><code>{0}</code></p>\n",
        InHtml(topic.topic), InHtml(topic.title.empty() ? topic.topic : topic.title), Name(topic.severity));
    html += OfAlerts(topic);
    html += OverTime(topic);
    html += OfRules(topic);
    html += "<div class=\"columns\">\n" + TopTable("Sources", topic.sources) + TopTable("Languages", topic.languages) +
            TopTable("Countries", topic.countries) + "</div>\n";
    for (const RuleHits& rule : topic.rules) html += OfSamples(rule);
    return html;
  }

  // Over the days of the topic's own hits and alerts: an archive may begin long before them.
  static std::string OverTime(const TopicHits& topic) {
    DayCounts both = topic.hits_by_day;
    for (const auto& [day, count] : topic.alerts_by_day.days()) both.Add(WallTime(day), count);
    const BucketPlan plan = PlanBuckets(both, 120);
    if (plan.count < 2) return "";
    BarPlot plot{InBuckets(topic.hits_by_day, plan), InBuckets(topic.alerts_by_day, plan), {}, "hits", "alerts"};
    for (std::size_t i = 0; i < plan.count; ++i) plot.labels.push_back(DayText(plan.begin(i)));
    std::string html = SvgBars(plot);
    if (plan.width > 1) {
      html += fmt::format("<p class=\"small soft\">A bar is {}, named by its first day.</p>\n",
                          plan.width == 7 ? "a week" : fmt::format("{} weeks", plan.width / 7));
    }
    return html;
  }

  static std::string OfAlerts(const TopicHits& topic) {
    std::string text = fmt::format("{} hits: {} alerts", Number(topic.hits), Number(topic.alerts()));
    std::string kinds;
    for (const AlertKind kind : kAlertKinds) {
      const std::uint64_t count = topic.alerts_by_kind[static_cast<std::size_t>(kind)];
      if (count > 0) kinds += fmt::format("{}{} {}", kinds.empty() ? "" : ", ", Number(count), Name(kind));
    }
    if (!kinds.empty()) text += fmt::format(" ({})", kinds);
    std::string silent;
    for (const auto& [why, count] : topic.not_alerted) {
      silent += fmt::format("{}{} {}", silent.empty() ? "" : ", ", Number(count), why);
    }
    if (!silent.empty()) text += "; no alert: " + silent;
    if (topic.undated > 0) text += fmt::format("; {} hits have no date and stand in no plot", Number(topic.undated));
    return "<p>" + InHtml(text) + ".</p>\n";
  }

  static std::string OfRules(const TopicHits& topic) {
    std::uint64_t most = 0;
    for (const RuleHits& rule : topic.rules) most = std::max(most, rule.hits);
    std::string html =
        "<h3>Rules</h3>\n<div class=\"wide\"><table>" + Heads({"Rule", "#Hits", "#Alone", "#With others", ""});
    for (const RuleHits& rule : topic.rules) {
      const std::string note = RuleNote(rule);
      html += fmt::format("<tr><td><code>{}</code>{}</td>{}{}{}{}</tr>\n", InHtml(rule.rule),
                          note.empty() ? "" : fmt::format(" <span class=\"never small\">{}</span>", note),
                          NumberCell(Number(rule.hits)), NumberCell(Number(rule.alone)),
                          NumberCell(Number(rule.hits - rule.alone)), HtmlBarCell(rule.hits, most));
    }
    return html + "</table></div>\n";
  }

  static std::string OfSamples(const RuleHits& rule) {
    if (rule.samples.kept().empty()) return "";
    auto kept = rule.samples.kept();
    std::sort(kept.begin(), kept.end(), [](const auto& a, const auto& b) { return a.number < b.number; });
    std::string html = fmt::format("<h3>Samples of <code>{}</code></h3>\n", InHtml(rule.rule));
    for (const auto& one : kept) {
      const HitSample& sample = one.thing;
      std::string about = sample.published_at ? DayText(DayOf(*sample.published_at)) : std::string("no date");
      for (const std::string& part : {sample.source, sample.language, sample.id}) {
        if (!part.empty()) about += " \u00b7 " + part;
      }
      html += fmt::format("<div class=\"sample\"><p><b>{}</b></p><p class=\"small soft\">{}</p>\n",
                          HtmlLink(sample.url, sample.title.empty() ? "(no title)" : sample.title), InHtml(about));
      for (const SampleWords& words : sample.words) html += "<p>" + HtmlMarked(words.text, words.marks) + "</p>\n";
      html += "</div>\n";
    }
    return html;
  }

  const BacktestReport& report_;
  const BucketPlan plan_;
};

}  // namespace

std::string BacktestHtml(const BacktestReport& report) { return HtmlReport(report).Page(); }

}  // namespace wirewatch
