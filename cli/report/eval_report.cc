#include "cli/report/eval_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <utility>

#include "cli/report/archive_json_internal.h"
#include "cli/terminal/progress.h"
#include "cli/terminal/table.h"
#include "rules/text/plain_text.h"

namespace wirewatch {
namespace {

using Json = nlohmann::ordered_json;
using Kind = Disagreement::Kind;

std::string Number(std::uint64_t number) { return Grouped(static_cast<double>(number)); }
std::string Right(const std::string& text, std::size_t width) { return fmt::format("{:>{}}", text, width); }
std::string LanguageText(const std::string& language) { return language.empty() ? "?" : language; }

// "0.945 [0.88, 0.98]"
std::string WithInterval(std::optional<double> value, const Interval& interval) {
  return value ? fmt::format("{:.3f} [{:.2f}, {:.2f}]", *value, interval.low, interval.high) : "-";
}
std::string OrNone(std::optional<double> value) { return value ? fmt::format("{:.3f}", *value) : "-"; }
std::string ByGrade(const GradeCounts& counts) { return fmt::format("{}/{}/{}", counts[2], counts[1], counts[0]); }

std::string Table1(const EvalReport& report) {
  Table table({"TOPIC", "LANG", Right("2S", 5), Right("FOUND", 6), "RECALL", Right("FIRED", 9), "PRECISION", "STRICT",
               "F1", Right("HIGH", 9), "SHARE OF 2S"});
  const auto add = [&](const std::string& topic, const std::string& language, const EvaluationRow& row) {
    const GradeCounts fired = row.fired();
    table.Add({topic, language, Right(Number(row.must()), 5), Right(Number(fired[2]), 6),
               WithInterval(row.recall(), row.recall_interval()), Right(ByGrade(fired), 9),
               WithInterval(row.precision(), row.precision_interval()),
               WithInterval(row.strict_precision(), row.strict_interval()),
               WithInterval(row.f1, row.f1_interval.value_or(Interval())), Right(ByGrade(row.high()), 9),
               OrNone(row.high_share())});
  };
  for (const Evaluation::TopicRows& topic : report.topics) {
    const std::string name = PlainLine(report.evaluation.labels().topics()[topic.topic]);
    add(name, "all", topic.all);
    for (const auto& [language, row] : topic.languages) {
      if (row.must() > 0 || row.alerts() > 0) add("", LanguageText(language), row);
    }
  }
  return table.Text();
}

std::string SeverityTable(const EvalReport& report) {
  Table table({"TOPIC", "SEVERITY", Right("FIRED", 9), "PRECISION", "SHARE OF 2S"});
  bool any = false;
  for (const Evaluation::TopicRows& topic : report.topics) {
    bool first = true;
    for (std::size_t severity = kSeverities; severity-- > 0;) {
      const GradeCounts& fired = topic.all.fired_by_severity[severity];
      const std::uint64_t all = fired[0] + fired[1] + fired[2];
      if (all == 0) continue;
      table.Add({first ? PlainLine(report.evaluation.labels().topics()[topic.topic]) : "",
                 std::string(Name(static_cast<TopicSeverity>(severity))), Right(ByGrade(fired), 9),
                 WithInterval(static_cast<double>(fired[1] + fired[2]) / static_cast<double>(all),
                              WilsonInterval(fired[1] + fired[2], all)),
                 OrNone(static_cast<double>(fired[2]) / static_cast<double>(all))});
      first = false;
      any = true;
    }
  }
  return any ? "\n" + table.Text() : "";
}

std::string_view Head(Kind kind) {
  switch (kind) {
    case Kind::kMissed: return "missed: label 2, and the topic did not fire";
    case Kind::kFalse: return "false alarms: label 0, and the topic fired";
    case Kind::kHigh: break;
  }
  return "high alerts on label 1";
}

// Of the rules of a why-not the nearest; `explain` tells of all.
std::string NearestOf(const std::string& why) {
  const std::size_t end = why.find("; rule '");
  return end == std::string::npos ? why : why.substr(0, end);
}

std::string ListText(const EvalReport& report, const std::vector<Disagreement>& all, Kind kind, std::size_t most) {
  std::string text;
  std::size_t count = 0;
  for (const Disagreement& one : all) {
    if (one.kind != kind) continue;
    if (++count > most && most > 0) continue;
    text += fmt::format("  {}  {}{}  {}\n", *one.topic, PlainLine(one.article->id),
                        one.on->fired ? fmt::format("  {}", Name(*one.on->fired)) : "",
                        one.article->title.empty() ? "(no title)" : PlainLine(one.article->title));
    if (!one.on->why.empty()) text += "    " + PlainLine(NearestOf(one.on->why)) + "\n";
    const std::string command = ExplainCommand(report, one.article->id, *one.topic);
    if (!command.empty()) text += "    " + command + "\n";
  }
  if (count == 0) return "";
  if (most > 0 && count > most) text += fmt::format("  and {} more: --limit 0 shows all\n", count - most);
  return fmt::format("\n{} ({})\n", Head(kind), count) + text;
}

// For a shell.
std::string Quoted(const std::string& word) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_-./:@%+,").find(c) != std::string_view::npos;
  };
  if (!word.empty() && std::all_of(word.begin(), word.end(), plain)) return word;
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
}

Json JsonOf(std::optional<double> value) { return value ? Json(*value) : Json(); }
Json JsonOf(std::optional<double> value, const Interval& interval) {
  return {{"value", JsonOf(value)}, {"low", interval.low}, {"high", interval.high}};
}
Json JsonOf(const GradeCounts& counts) { return {{"2", counts[2]}, {"1", counts[1]}, {"0", counts[0]}}; }
Json JsonOf(const EvaluationRow& row) {
  Json json;
  json["labelled"] = JsonOf(row.grades);
  json["fired"] = JsonOf(row.fired());
  for (std::size_t severity = 0; severity < kSeverities; ++severity) {
    json["fired_by_severity"][std::string(Name(static_cast<TopicSeverity>(severity)))] =
        JsonOf(row.fired_by_severity[severity]);
  }
  json["precision"] = JsonOf(row.precision(), row.precision_interval());
  json["strict_precision"] = JsonOf(row.strict_precision(), row.strict_interval());
  json["recall"] = JsonOf(row.recall(), row.recall_interval());
  json["f1"] = JsonOf(row.f1, row.f1_interval.value_or(Interval()));
  json["share_of_2s_among_high"] = JsonOf(row.high_share());
  return json;
}

}  // namespace

std::string_view Name(Kind kind) {
  constexpr std::string_view kNames[] = {"missed", "false-alarm", "high-on-1"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::vector<Disagreement> DisagreementsOf(const EvalReport& report) {
  std::vector<Disagreement> found;
  for (const Evaluation::TopicRows& rows : report.topics) {
    for (const Kind kind : {Kind::kMissed, Kind::kFalse, Kind::kHigh}) {
      for (const LabelledArticle& article : report.evaluation.articles()) {
        const auto at = article.topics.find(rows.topic);
        if (at == article.topics.end()) continue;
        const LabelledArticle::OnTopic& on = at->second;
        const bool high = on.fired && *on.fired >= TopicSeverity::kHigh;
        const bool is_one = (kind == Kind::kMissed && on.grade == Grade::kMust && !on.fired) ||
                            (kind == Kind::kFalse && on.grade == Grade::kMustNot && on.fired) ||
                            (kind == Kind::kHigh && on.grade == Grade::kMay && high);
        if (is_one) found.push_back({kind, &report.evaluation.labels().topics()[rows.topic], &article, &on});
      }
    }
  }
  return found;
}

std::string ExplainCommand(const EvalReport& report, const std::string& article, const std::string& topic) {
  std::string command = "wirewatch explain";
  for (const std::string& on : report.archive.on) {
    if (on == "-" || on.starts_with("kafka:")) return "";
    command += " " + Quoted(on);
  }
  if (report.archive.on.empty()) return "";
  command += fmt::format(" --id {} --topic {} --packs", Quoted(article), Quoted(topic));
  for (const std::string& pack : report.packs) command += " " + Quoted(pack);
  if (!report.config.empty()) command += " --config " + Quoted(report.config);
  return PlainLine(command);
}

std::string EvalText(const EvalReport& report, std::size_t most) {
  const std::size_t labelled = report.evaluation.labels().articles().size();
  const std::vector<std::string> missing = report.evaluation.Missing();
  std::string text =
      fmt::format("eval of {} on {}: {}\nlabels of {}: {} articles, {} of them in the archive\n",
                  fmt::join(report.packs, ", "), PlainLine(NameOf(report.archive)), SpanOf(report.archive),
                  PlainLine(report.labels), Number(labelled), Number(labelled - missing.size()));
  if (report.disagreements > 0) {
    text += fmt::format("readers disagree on {} alerts: they count as label 1\n", Number(report.disagreements));
  }
  if (report.left_out > 0)
    text += fmt::format("{} lines of feedback say nothing of the rules\n", Number(report.left_out));
  if (!report.unknown_topics.empty()) {
    text += PlainLine(fmt::format("left out, since the packs have no such topic: labels for {}",
                                  fmt::join(report.unknown_topics, ", "))) +
            "\n";
  }
  if (report.topics.empty()) return text + "\nno labelled article is in the archive: there is nothing to measure\n";
  text += fmt::format("95 % intervals: Wilson's; of F1 a bootstrap over {}\n\n",
                      report.options.resample == Resample::kStories ? "stories" : "articles");
  text += Table1(report) + SeverityTable(report);
  const std::vector<Disagreement> all = DisagreementsOf(report);
  for (const Kind kind : {Kind::kMissed, Kind::kFalse, Kind::kHigh}) text += ListText(report, all, kind, most);
  if (report.unlabelled > 0) {
    text += fmt::format("\nalerts on articles without a label ({}): to be judged\n", Number(report.unlabelled));
    for (const UnlabelledAlert& alert : report.unlabelled_sample) {
      text += fmt::format("  {}  {}  {}  {}\n", alert.topic, PlainLine(alert.article), alert.severity,
                          alert.title.empty() ? "(no title)" : PlainLine(alert.title));
    }
    if (report.unlabelled > report.unlabelled_sample.size()) {
      text += fmt::format("  these were drawn by chance from {}\n", Number(report.unlabelled));
    }
  }
  if (!missing.empty()) {
    text += fmt::format("\nlabelled articles that the archive lacks ({})\n", Number(missing.size()));
    for (std::size_t i = 0; i < missing.size() && (most == 0 || i < most); ++i) {
      text += "  " + PlainLine(missing[i]) + "\n";
    }
    if (most > 0 && missing.size() > most) text += fmt::format("  and {} more\n", missing.size() - most);
  }
  for (const std::string& low : report.too_low) text += "\nTOO LOW: " + low;
  return report.too_low.empty() ? text : text + "\n";
}

std::string EvalCsv(const EvalReport& report) {
  std::string csv =
      "topic,language,labelled,label_2,label_1,label_0,fired_2,fired_1,fired_0,high_2,high_1,high_0,precision,"
      "precision_low,precision_high,strict_precision,strict_low,strict_high,recall,recall_low,recall_high,f1,f1_low,"
      "f1_high,share_of_2s_among_high\r\n";
  const auto cell = [](std::optional<double> value) { return value ? fmt::format("{:.4f}", *value) : ""; };
  const auto add = [&](const std::string& topic, const std::string& language, const EvaluationRow& row) {
    std::vector<std::string> cells = {topic.find_first_of(",\"\r\n") == std::string::npos ? topic : Json(topic).dump(),
                                      language, std::to_string(row.labelled)};
    for (const GradeCounts& counts : {row.grades, row.fired(), row.high()}) {
      for (std::size_t grade = kGrades; grade-- > 0;) cells.push_back(std::to_string(counts[grade]));
    }
    const auto measure = [&](std::optional<double> value, const Interval& interval) {
      cells.push_back(cell(value));
      cells.push_back(value ? cell(interval.low) : "");
      cells.push_back(value ? cell(interval.high) : "");
    };
    measure(row.precision(), row.precision_interval());
    measure(row.strict_precision(), row.strict_interval());
    measure(row.recall(), row.recall_interval());
    measure(row.f1, row.f1_interval.value_or(Interval()));
    cells.push_back(cell(row.high_share()));
    csv += fmt::format("{}\r\n", fmt::join(cells, ","));
  };
  for (const Evaluation::TopicRows& topic : report.topics) {
    const std::string& name = report.evaluation.labels().topics()[topic.topic];
    add(name, "all", topic.all);
    for (const auto& [language, row] : topic.languages) add(name, language.empty() ? "und" : language, row);
  }
  return csv;
}

std::string EvalJson(const EvalReport& report) {
  Json json;
  json["packs"] = report.packs;
  json["archive"] = JsonOf(report.archive);
  const std::vector<std::string> missing = report.evaluation.Missing();
  json["labels"] = {{"file", report.labels},
                    {"articles", report.evaluation.labels().articles().size()},
                    {"in_archive", report.evaluation.articles().size()},
                    {"missing", missing},
                    {"disagreements", report.disagreements},
                    {"left_out", report.left_out},
                    {"unknown_topics", report.unknown_topics}};
  json["bootstrap"] = {{"over", report.options.resample == Resample::kStories ? "stories" : "articles"},
                       {"rounds", report.options.rounds},
                       {"seed", report.options.seed}};
  json["topics"] = Json::array();
  for (const Evaluation::TopicRows& topic : report.topics) {
    Json one = {{"topic", report.evaluation.labels().topics()[topic.topic]}};
    one["all"] = JsonOf(topic.all);
    one["languages"] = Json::object();
    for (const auto& [language, row] : topic.languages)
      one["languages"][language.empty() ? "und" : language] = JsonOf(row);
    json["topics"].push_back(std::move(one));
  }
  json["disagreements"] = Json::array();
  for (const Disagreement& one : DisagreementsOf(report)) {
    json["disagreements"].push_back({{"kind", Name(one.kind)},
                                     {"topic", *one.topic},
                                     {"article_id", one.article->id},
                                     {"title", one.article->title},
                                     {"language", one.article->language},
                                     {"label", static_cast<int>(one.on->grade)},
                                     {"severity", one.on->fired ? Json(Name(*one.on->fired)) : Json()},
                                     {"rules", one.on->rules},
                                     {"why", one.on->why},
                                     {"explain", ExplainCommand(report, one.article->id, *one.topic)}});
  }
  json["unlabelled_alerts"] = report.unlabelled;
  json["unlabelled_sample"] = Json::array();
  for (const UnlabelledAlert& alert : report.unlabelled_sample) {
    json["unlabelled_sample"].push_back(
        {{"topic", alert.topic}, {"article_id", alert.article}, {"title", alert.title}, {"severity", alert.severity}});
  }
  json["too_low"] = report.too_low;
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace wirewatch
