#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string_view>

#include "cli/report/archive_json_internal.h"
#include "cli/report/backtest_report.h"

namespace wirewatch {
namespace {

using Json = nlohmann::ordered_json;

Json JsonOf(const TopValues& values) {
  constexpr std::size_t kMost = 50;
  Json list = Json::array();
  for (const TopValues::Count& top : values.Top(kMost)) {
    Json one{{"name", top.value}, {"hits", top.count}};
    if (top.over > 0) one["at_most_too_high_by"] = top.over;
    list.push_back(std::move(one));
  }
  return list;
}

Json JsonOf(const DailyRate& rate) {
  return {{"mean", rate.mean},
          {"median", rate.median},
          {"most", rate.most},
          {"most_on", rate.most_on ? Json(DayText(*rate.most_on)) : Json()}};
}

Json JsonOf(const HitSample& sample) {
  Json json{
      {"article_id", sample.id}, {"title", sample.title}, {"source", sample.source}, {"language", sample.language}};
  if (!sample.url.empty()) json["url"] = sample.url;
  if (sample.published_at) json["published_at"] = FormatRfc3339(*sample.published_at);
  json["severity"] = Name(sample.severity);
  json["score"] = sample.score;
  json["words"] = Json::array();
  for (const SampleWords& words : sample.words) {
    Json marks = Json::array();
    for (const Span& mark : words.marks) marks.push_back({{"begin", mark.begin}, {"end", mark.end}});
    json["words"].push_back({{"text", words.text}, {"marks", std::move(marks)}});
  }
  return json;
}

Json JsonOf(const RuleHits& rule) {
  Json json{{"rule", rule.rule},
            {"status", std::string(Name(rule.status))},
            {"hits", rule.hits},
            {"alone", rule.alone},
            {"together", rule.hits - rule.alone}};
  auto kept = rule.samples.kept();
  std::sort(kept.begin(), kept.end(), [](const auto& a, const auto& b) { return a.number < b.number; });
  json["samples"] = Json::array();
  for (const auto& one : kept) json["samples"].push_back(JsonOf(one.thing));
  return json;
}

Json JsonOf(const TopicHits& topic, const DayCounts& archive_days) {
  Json json{{"topic", topic.topic},    {"title", topic.title},     {"severity", Name(topic.severity)},
            {"hits", topic.hits},      {"undated", topic.undated}, {"stories", topic.stories()},
            {"alerts", topic.alerts()}};
  json["alerts_by_kind"] = Json::object();
  for (const AlertKind kind : kAlertKinds) {
    json["alerts_by_kind"][std::string(Name(kind))] = topic.alerts_by_kind[static_cast<std::size_t>(kind)];
  }
  json["alerts_a_day"] = JsonOf(RateOf(topic.alerts_by_day, archive_days));
  json["not_alerted"] = Json::object();
  for (const auto& [why, count] : topic.not_alerted) json["not_alerted"][why] = count;
  json["rules"] = Json::array();
  for (const RuleHits& rule : topic.rules) json["rules"].push_back(JsonOf(rule));
  json["sources"] = JsonOf(topic.sources);
  json["languages"] = JsonOf(topic.languages);
  json["countries"] = JsonOf(topic.countries);
  // Days on which there was anything.
  json["days"] = Json::array();
  DayCounts days;
  for (const auto& [day, count] : topic.hits_by_day.days()) days.Add(WallTime(day), count);
  for (const auto& [day, count] : topic.alerts_by_day.days()) days.Add(WallTime(day), count);
  for (const auto& [day, ignored] : days.days()) {
    json["days"].push_back(
        {{"day", DayText(day)}, {"hits", topic.hits_by_day.on(day)}, {"alerts", topic.alerts_by_day.on(day)}});
  }
  return json;
}

}  // namespace

std::string BacktestJson(const BacktestReport& report) {
  Json json;
  json["packs"] = report.packs;
  json["rule_set"] = report.rule_set;
  json["archive"] = JsonOf(report.archive);
  json["alerts_a_day"] = JsonOf(RateOf(report.counts.alerts_by_day(), report.archive.days));
  json["topics"] = Json::array();
  for (const TopicHits& topic : report.counts.topics()) json["topics"].push_back(JsonOf(topic, report.archive.days));
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace wirewatch
