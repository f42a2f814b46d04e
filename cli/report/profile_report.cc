#include "cli/report/profile_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>
#include <utility>

#include "cli/report/archive_json_internal.h"
#include "cli/terminal/progress.h"
#include "cli/terminal/table.h"
#include "rules/text/plain_text.h"

namespace wirewatch {
namespace {

using Json = nlohmann::ordered_json;

std::string Number(std::uint64_t number) { return Grouped(static_cast<double>(number)); }
std::string Right(const std::string& text, std::size_t width) { return fmt::format("{:>{}}", text, width); }
double Nanoseconds(std::chrono::nanoseconds time) { return static_cast<double>(time.count()); }
double Share(std::chrono::nanoseconds part, std::chrono::nanoseconds whole) {
  return whole.count() <= 0 ? 0 : Nanoseconds(part) / Nanoseconds(whole);
}
double Each(std::chrono::nanoseconds time, std::uint64_t times) {
  return times == 0 ? 0 : Nanoseconds(time) / static_cast<double>(times);
}
double PerMillion(std::uint64_t number, std::uint64_t articles) {
  return articles == 0 ? 0 : 1e6 * static_cast<double>(number) / static_cast<double>(articles);
}

struct RuleRow {
  std::string topic, rule;
  RuleCost cost;
};
// The slowest first.
std::vector<RuleRow> RulesOf(const ProfileReport& report) {
  std::vector<RuleRow> rows;
  const auto topics = report.rules.topics();
  for (std::size_t i = 0; i < topics.size(); ++i) {
    const auto& asked = report.topics;
    if (!asked.empty() && std::find(asked.begin(), asked.end(), topics[i]->id) == asked.end()) continue;
    for (std::size_t rule = 0; rule < topics[i]->rules.size(); ++rule) {
      if (StatusOf(*topics[i], topics[i]->rules[rule]) == RuleStatus::kOff) continue;  // costs nothing, finds nothing
      rows.push_back({topics[i]->id, topics[i]->rules[rule].id, report.profile.rules[i][rule]});
    }
    if (topics[i]->unless && topics[i]->status != RuleStatus::kOff)
      rows.push_back({topics[i]->id, "unless", report.profile.unless[i]});
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const RuleRow& a, const RuleRow& b) { return a.cost.took > b.cost.took; });
  return rows;
}

struct TermRow {
  std::uint32_t number = 0;
  std::string text;
  std::uint64_t articles = 0;
  std::set<std::string> topics;
};

void CollectTerms(const Expression& expression, const std::string& topic,
                  std::map<std::string, std::set<std::string>>& topics) {
  if (expression.kind == Expression::Kind::kTerm) topics[ToText(expression.term)].insert(topic);
  for (const Expression& child : expression.children) CollectTerms(child, topic, topics);
}

// The most frequent first: they make rules be looked at in vain.
std::vector<TermRow> TermsOf(const ProfileReport& report) {
  std::map<std::string, std::set<std::string>> topics;
  for (const Topic* const topic : report.rules.topics()) {
    for (const Rule& rule : topic->rules) CollectTerms(rule.match, topic->id, topics);
    if (topic->unless) CollectTerms(*topic->unless, topic->id, topics);
  }
  std::vector<TermRow> rows;
  for (std::uint32_t number = 0; number < report.rules.term_count(); ++number) {
    TermRow row{number, ToText(report.rules.term(number)), report.profile.term_articles[number], {}};
    row.topics = topics[row.text];
    const auto& asked = report.topics;
    const bool is_asked = asked.empty() || std::any_of(asked.begin(), asked.end(), [&](const std::string& topic) {
                            return row.topics.contains(topic);
                          });
    if (is_asked) rows.push_back(std::move(row));
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const TermRow& a, const TermRow& b) { return a.articles > b.articles; });
  return rows;
}

std::string More(std::size_t all, std::size_t shown, std::string_view what) {
  return all > shown ? fmt::format("and {} {} more: --limit 0 shows all\n", all - shown, what) : "";
}

std::string RuleTable(const ProfileReport& report, const std::vector<RuleRow>& rows, std::size_t most) {
  const RuleProfile& profile = report.profile;
  const auto evaluating = profile.evaluating();
  Table table({"RULE", Right("TIME", 7), Right("NS EACH", 9), Right("LOOKED AT", 10), Right("HELD", 9),
               Right("OF THEM", 8), Right("PER MILLION", 12)});
  std::size_t shown = 0;
  for (const RuleRow& row : rows) {
    if (row.cost.evaluated == 0 || (most > 0 && shown == most)) break;
    ++shown;
    table.Add({row.topic + "/" + row.rule, Right(fmt::format("{:.1f} %", 100 * Share(row.cost.took, evaluating)), 7),
               Right(Grouped(Each(row.cost.took, row.cost.evaluated)), 9), Right(Number(row.cost.evaluated), 10),
               Right(Number(row.cost.held), 9),
               Right(fmt::format("{:.0f} %",
                                 100.0 * static_cast<double>(row.cost.held) / static_cast<double>(row.cost.evaluated)),
                     8),
               Right(Grouped(PerMillion(row.cost.held, profile.articles)), 12)});
  }
  const auto evaluated = static_cast<std::size_t>(
      std::count_if(rows.begin(), rows.end(), [](const RuleRow& row) { return row.cost.evaluated > 0; }));
  return shown == 0 ? std::string("no rule was looked at: none of their terms stands in the archive\n")
                    : table.Text() + More(evaluated, shown, "rules");
}

std::string Never(const std::vector<RuleRow>& rows, std::size_t most) {
  std::vector<const RuleRow*> never;
  for (const RuleRow& row : rows) {
    if (row.cost.held == 0 && row.rule != "unless") never.push_back(&row);
  }
  if (never.empty()) return "";
  std::string text = fmt::format("\nnever held: {} rule{}\n", never.size(), never.size() == 1 ? "" : "s");
  for (std::size_t i = 0; i < never.size() && (most == 0 || i < most); ++i) {
    text += fmt::format("  {}/{}{}\n", never[i]->topic, never[i]->rule,
                        never[i]->cost.evaluated == 0
                            ? ", never looked at: its necessary terms stand in no article"
                            : fmt::format(", looked at in {} articles", Number(never[i]->cost.evaluated)));
  }
  return text + More(never.size(), most == 0 ? never.size() : most, "rules");
}

std::string TermTable(const ProfileReport& report, const std::vector<TermRow>& rows, std::size_t most) {
  Table table({"TERM", Right("ARTICLES", 10), Right("PER MILLION", 12), "TOPICS"});
  std::size_t shown = 0, found = 0;
  for (const TermRow& row : rows) {
    if (row.articles == 0) break;
    ++found;
    if (most > 0 && shown == most) continue;
    ++shown;
    table.Add({PlainLine(row.text), Right(Number(row.articles), 10),
               Right(Grouped(PerMillion(row.articles, report.profile.articles)), 12),
               fmt::format("{}", fmt::join(row.topics, ", "))});
  }
  std::string text = shown == 0 ? std::string() : "\n" + table.Text() + More(found, shown, "terms");
  if (found < rows.size()) {
    text += fmt::format("\nin no article: {} of {} terms", Number(rows.size() - found), Number(rows.size()));
    std::string named;
    for (std::size_t i = found; i < rows.size() && (most == 0 || i < found + most); ++i) {
      named += (named.empty() ? ": " : ", ") + PlainLine(rows[i].text);
    }
    text += named + (most > 0 && rows.size() - found > most ? ", ...\n" : "\n");
  }
  return text;
}

std::vector<RegexCost> SlowestFirst(std::vector<RegexCost> costs) {
  std::stable_sort(costs.begin(), costs.end(),
                   [](const RegexCost& a, const RegexCost& b) { return a.an_article > b.an_article; });
  return costs;
}

std::string RegexTable(const ProfileReport& report, std::size_t most) {
  if (report.regexes.empty()) return "";
  Table table({"REGULAR EXPRESSION", Right("US AN ARTICLE, ALONE", 21), Right("ARTICLES", 10), "IN THE SAMPLE"});
  std::size_t shown = 0;
  for (const RegexCost& cost : SlowestFirst(report.regexes)) {
    if (most > 0 && shown == most) break;
    ++shown;
    table.Add({PlainLine(ToText(report.rules.term(cost.term))),
               Right(fmt::format("{:.2f}", Nanoseconds(cost.an_article) / 1e3), 21),
               Right(Number(report.profile.term_articles[cost.term]), 10),
               fmt::format("{} of {}", cost.held, report.regex_sample)});
  }
  return "\n" + table.Text() + More(report.regexes.size(), shown, "regular expressions");
}

}  // namespace

std::string ProfileText(const ProfileReport& report, std::size_t most) {
  const RuleProfile& profile = report.profile;
  std::string text = fmt::format("profile of {} on {}: {}\n", fmt::join(report.packs, ", "),
                                 PlainLine(NameOf(report.archive)), SpanOf(report.archive));
  text += fmt::format(
      "matching: {:.1f} us of CPU an article; {:.0f} % of it finds the terms of all rules at once, {:.0f} % evaluates "
      "rules one by one (TIME)\n\n",
      Each(profile.matching, profile.articles) / 1e3, 100 * (1 - Share(profile.evaluating(), profile.matching)),
      100 * Share(profile.evaluating(), profile.matching));
  const std::vector<RuleRow> rows = RulesOf(report);
  return text + RuleTable(report, rows, most) + Never(rows, most) + TermTable(report, TermsOf(report), most) +
         RegexTable(report, most);
}

std::string ProfileJson(const ProfileReport& report) {
  const RuleProfile& profile = report.profile;
  Json json;
  json["packs"] = report.packs;
  json["rule_set"] = report.rules.hash();
  json["archive"] = JsonOf(report.archive);
  json["matching_nanoseconds_an_article"] = Each(profile.matching, profile.articles);
  json["evaluating_share"] = Share(profile.evaluating(), profile.matching);
  json["rules"] = Json::array();
  for (const RuleRow& row : RulesOf(report)) {
    json["rules"].push_back({{"topic", row.topic},
                             {"rule", row.rule},
                             {"share_of_evaluating", Share(row.cost.took, profile.evaluating())},
                             {"nanoseconds", row.cost.took.count()},
                             {"evaluated", row.cost.evaluated},
                             {"held", row.cost.held},
                             {"held_per_million", PerMillion(row.cost.held, profile.articles)}});
  }
  json["terms"] = Json::array();
  for (const TermRow& row : TermsOf(report)) {
    json["terms"].push_back({{"term", row.text},
                             {"articles", row.articles},
                             {"articles_per_million", PerMillion(row.articles, profile.articles)},
                             {"topics", row.topics}});
  }
  json["regexes"] = Json::array();
  for (const RegexCost& cost : SlowestFirst(report.regexes)) {
    json["regexes"].push_back({{"term", ToText(report.rules.term(cost.term))},
                               {"nanoseconds_an_article", cost.an_article.count()},
                               {"articles", profile.term_articles[cost.term]},
                               {"held_in_sample", cost.held}});
  }
  json["regex_sample"] = report.regex_sample;
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace wirewatch
