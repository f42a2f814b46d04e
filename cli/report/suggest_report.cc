#include "cli/report/suggest_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "cli/report/archive_json_internal.h"
#include "cli/terminal/progress.h"
#include "cli/terminal/table.h"
#include "rules/language/expression.h"
#include "rules/text/plain_text.h"

namespace wirewatch {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kSure = 1.96;

std::string Number(std::uint64_t number) { return Grouped(static_cast<double>(number)); }
std::string Right(const std::string& text, std::size_t width) { return fmt::format("{:>{}}", text, width); }
std::string Counted(std::uint64_t count, std::string_view what) {
  return fmt::format("{} {}{}", Number(count), what, count == 1 ? "" : "s");
}
std::string StoriesText(std::uint64_t count) {
  return fmt::format("{} {}", Number(count), count == 1 ? "story" : "stories");
}

// As it is written in a rule.
std::string ExpressionText(const TermSuggestion& one) {
  Term term;
  term.text = TermText(one.text);
  term.scope = one.scope;
  return ToText(term);
}

double Share(const SuggestReport& report, const TermSuggestion& one) {
  const auto all = static_cast<double>(std::max<std::uint64_t>(report.archive.articles, 1));
  return static_cast<double>(one.archive_articles) / all;
}

std::string TermTable(const SuggestReport& report, const std::string& language, SuggestionKind kind) {
  const bool recall = kind == SuggestionKind::kRecall;
  Table table({recall ? "  OR" : "  AND NOT", Right("Z", 5), Right("2S", 4), Right("1S", 4), Right("0S", 4),
               Right("STORIES", 7), Right("IN ARCHIVE", 16), recall ? Right("NEW", 6) : "", "IN THE SAME ARTICLES"});
  bool any = false, weak = false;
  for (const TermSuggestion& one : report.suggestions.terms) {
    if (one.language != language || one.kind != kind || one.text.empty()) continue;
    any = true;
    weak |= one.z < kSure;
    std::vector<std::string> beside;
    for (const std::string& text : one.beside_texts) beside.push_back(TermText(text));
    const char sign = recall ? '+' : '-';
    const auto change = [&](std::uint32_t count) { return count == 0 ? "0" : fmt::format("{}{}", sign, count); };
    table.Add({"  " + PlainLine(ExpressionText(one)),
               Right(fmt::format("{:.1f}{}", one.z, one.z < kSure ? "?" : ""), 5), Right(change(one.articles[2]), 4),
               Right(change(one.articles[1]), 4), Right(change(one.articles[0]), 4),
               Right(std::to_string(one.stories), 7),
               Right(fmt::format("{} ({:.2f} %)", Number(one.archive_articles), 100 * Share(report, one)), 16),
               recall ? Right(Number(one.new_hits), 6) : "", PlainLine(fmt::format("{}", fmt::join(beside, ", ")))});
  }
  if (!any) return "  no term stands in articles of enough stories\n";
  return table.Text() + (weak ? "  ? weaker than 1.96 standard deviations: may well be chance\n" : "");
}

// What there is to say of a language: what was there to learn from, then what would gain recall and precision.
std::string GroundText(const SuggestReport& report, const SuggestionGround& ground, const std::string& language) {
  std::string text = fmt::format("\n{}: {} of label 2, {} missed; {} of label 0, {} of them false alarms\n", language,
                                 Counted(ground.must, "article"), ground.missed + ground.out_of_reach, ground.must_not,
                                 ground.false_alarms);
  if (ground.out_of_reach > 0) {
    text += fmt::format("  {} missed because of the topic's unless or languages: no term can bring {} in\n",
                        Counted(ground.out_of_reach, "article"), ground.out_of_reach == 1 ? "it" : "them");
  }
  if (ground.missed > 0) {
    text += fmt::format(" recall: in the {} missed, of {}, and seldom in the 0s on which the topic is silent\n",
                        ground.missed, StoriesText(ground.missed_stories));
    text += ground.enough_for_recall ? TermTable(report, ground.language, SuggestionKind::kRecall)
                                     : fmt::format("  too few labels: missed 2s of {} and a silent 0 are needed\n",
                                                   StoriesText(report.options.min_stories));
  }
  if (ground.false_alarms > 0) {
    text += fmt::format(" precision: in the {} false alarms, of {}, and in no 2 on which the topic fires\n",
                        ground.false_alarms, StoriesText(ground.false_stories));
    text += ground.enough_for_precision
                ? TermTable(report, ground.language, SuggestionKind::kPrecision)
                : fmt::format("  too few labels: false alarms of {} and a 2 that fires are needed\n",
                              StoriesText(report.options.min_stories));
  }
  return text;
}

Json JsonOf(const SuggestReport& report, const TermSuggestion& one) {
  Json json;
  json["kind"] = one.kind == SuggestionKind::kRecall ? "recall" : "precision";
  json["language"] = one.language;
  json["expression"] = ExpressionText(one);
  json["z"] = one.z;
  json["log_odds_ratio"] = one.log_odds_ratio;
  json["articles"] = {{"2", one.articles[2]}, {"1", one.articles[1]}, {"0", one.articles[0]}};
  json["stories"] = one.stories;
  json["archive_articles"] = one.archive_articles;
  json["archive_share"] = Share(report, one);
  json["new_hits"] = one.kind == SuggestionKind::kRecall ? Json(one.new_hits) : Json();
  json["in_the_same_articles"] = Json::array();
  for (const std::string& text : one.beside_texts) json["in_the_same_articles"].push_back(TermText(text));
  return json;
}

}  // namespace

std::string SuggestText(const SuggestReport& report) {
  std::string text = fmt::format(
      "suggest for topic {} of {} on {}: {}\nlabels of {}: {} have one for the topic, {} of them in the archive\n",
      report.topic, fmt::join(report.packs, ", "), PlainLine(NameOf(report.archive)), SpanOf(report.archive),
      PlainLine(report.labels), Counted(report.labelled, "article"), Number(report.in_archive));
  if (report.left_out > 0) {
    text += fmt::format("{} took no part: their words would take more than the memory that is set apart\n",
                        Counted(report.left_out, "article"));
  }
  if (report.suggestions.grounds.empty()) return text + "\nthere is nothing to learn from\n";
  text +=
      "Z: how sure it is that the term is of these articles and not of the others (log-odds ratio with a prior)\n"
      "IN ARCHIVE: articles that hold it; NEW: of them without a label, on which the topic would fire in addition\n";
  std::vector<std::string> idle;
  for (const SuggestionGround& ground : report.suggestions.grounds) {
    const std::string language = ground.language.empty() ? "unknown language" : PlainLine(ground.language);
    if (ground.missed + ground.out_of_reach + ground.false_alarms == 0) {
      idle.push_back(language);
      continue;
    }
    text += GroundText(report, ground, language);
  }
  if (!idle.empty())
    text += fmt::format("\n{}: nothing is missed, and there are no false alarms\n", fmt::join(idle, ", "));
  return text;
}

std::string SuggestJson(const SuggestReport& report) {
  Json json;
  json["topic"] = report.topic;
  json["packs"] = report.packs;
  json["archive"] = JsonOf(report.archive);
  json["labels"] = {{"file", report.labels},
                    {"articles", report.labelled},
                    {"in_archive", report.in_archive},
                    {"left_out", report.left_out}};
  json["min_stories"] = report.options.min_stories;
  json["languages"] = Json::array();
  for (const SuggestionGround& ground : report.suggestions.grounds) {
    json["languages"].push_back({{"language", ground.language},
                                 {"label_2", ground.must},
                                 {"label_0", ground.must_not},
                                 {"missed", ground.missed + ground.out_of_reach},
                                 {"missed_stories", ground.missed_stories},
                                 {"out_of_reach", ground.out_of_reach},
                                 {"false_alarms", ground.false_alarms},
                                 {"false_alarm_stories", ground.false_stories},
                                 {"enough_for_recall", ground.enough_for_recall},
                                 {"enough_for_precision", ground.enough_for_precision}});
  }
  json["suggestions"] = Json::array();
  for (const TermSuggestion& one : report.suggestions.terms) {
    if (!one.text.empty()) json["suggestions"].push_back(JsonOf(report, one));
  }
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace wirewatch
