#include "cli/report/hygiene_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "cli/report/archive_json_internal.h"
#include "cli/report/sparkline.h"
#include "cli/terminal/progress.h"
#include "rules/text/plain_text.h"

namespace wirewatch {
namespace {

using Json = nlohmann::ordered_json;
using Kind = RulePair::Kind;

std::string Number(std::uint64_t number) { return Grouped(static_cast<double>(number)); }

std::string Articles(std::uint64_t count) { return Number(count) + (count == 1 ? " article" : " articles"); }

std::string RuleName(const RuleSet& rules, RulePlace place) {
  const Topic& topic = *rules.topics()[place.topic];
  return topic.id + "/" + topic.rules[place.rule].id;
}
// " (shadow)"
std::string StatusText(const RuleSet& rules, RulePlace place) {
  const Topic& topic = *rules.topics()[place.topic];
  return StatusOf(topic, topic.rules[place.rule]) == RuleStatus::kShadow ? " (shadow)" : "";
}

// What is told of: by the topics that are asked for.
struct Findings {
  std::vector<RulePlace> never, only_false;
  std::vector<RulePair> pairs, topic_pairs;
  std::vector<RuleDrift> drifting;
  std::vector<SilentTopic> silent;
  std::vector<IdleTerm> terms;
  std::vector<std::string> without_owner;  // files
};

Findings FindingsOf(const HygieneReport& report) {
  const RuleHygiene& hygiene = report.hygiene;
  Findings findings{.never = hygiene.NeverHeld(),
                    .only_false = hygiene.OnlyFalse(),
                    .pairs = hygiene.Pairs(report.options),
                    .topic_pairs = hygiene.TopicPairs(report.options),
                    .drifting = hygiene.Drifting(report.options),
                    .silent = hygiene.Silent(report.options),
                    .terms = hygiene.IdleTerms(),
                    .without_owner = {}};
  for (const std::size_t pack : hygiene.WithoutOwner()) {
    findings.without_owner.push_back(report.rules.packs()[pack]->file);
  }
  if (report.topics.empty()) return findings;
  const auto wanted = [&](const std::string& id) {
    return std::find(report.topics.begin(), report.topics.end(), id) != report.topics.end();
  };
  const auto of_other = [&](std::uint32_t topic) { return !wanted(report.rules.topics()[topic]->id); };
  std::erase_if(findings.never, [&](RulePlace place) { return of_other(place.topic); });
  std::erase_if(findings.only_false, [&](RulePlace place) { return of_other(place.topic); });
  std::erase_if(findings.pairs, [&](const RulePair& pair) { return of_other(pair.first.topic); });
  std::erase_if(findings.topic_pairs,
                [&](const RulePair& pair) { return of_other(pair.first.topic) && of_other(pair.second.topic); });
  std::erase_if(findings.drifting, [&](const RuleDrift& drift) { return of_other(drift.place.topic); });
  std::erase_if(findings.silent, [&](const SilentTopic& topic) { return of_other(topic.topic); });
  std::erase_if(findings.terms,
                [&](const IdleTerm& term) { return std::none_of(term.topics.begin(), term.topics.end(), wanted); });
  return findings;
}

// A list under its head; nothing where it is empty.
class List {
 public:
  List(std::string_view head, std::size_t most) : head_(head), most_(most) {}
  void Add(const std::string& line) {
    if (++count_ <= most_ || most_ == 0) lines_ += "  " + line + "\n";
  }
  std::string Text() const {
    if (count_ == 0) return "";
    std::string text = fmt::format("\n{} ({})\n{}", head_, Number(count_), lines_);
    if (most_ > 0 && count_ > most_)
      text += fmt::format("  and {} more: --limit 0 shows all\n", Number(count_ - most_));
    return text;
  }

 private:
  const std::string head_;
  const std::size_t most_;
  std::size_t count_ = 0;
  std::string lines_;
};

std::string PairsText(const HygieneReport& report, const Findings& findings, Kind kind, std::string_view head,
                      std::size_t most) {
  List list(head, most);
  for (const RulePair& pair : findings.pairs) {
    if (pair.kind != kind) continue;
    const std::string first = RuleName(report.rules, pair.first) + StatusText(report.rules, pair.first);
    const std::string second =
        report.rules.topics()[pair.second.topic]->rules[pair.second.rule].id + StatusText(report.rules, pair.second);
    switch (kind) {
      case Kind::kTwins:
        list.Add(fmt::format("{} and {}: on the same {} articles; {}", first, second, Number(pair.both),
                             pair.proven ? "proven: they say the same" : "observed: their expressions differ"));
        break;
      case Kind::kNearTwins:
        list.Add(fmt::format("{} ({} articles) and {} ({}): {:.1f} % of them together", first, Number(pair.first_hits),
                             second, Number(pair.second_hits), 100 * pair.jaccard));
        break;
      case Kind::kInside:
        list.Add(fmt::format("{}: all its {} articles are among the {} of {}; {}{}", first, Number(pair.first_hits),
                             Number(pair.second_hits), second,
                             pair.proven ? "proven: it cannot be otherwise" : "observed",
                             pair.raises ? "; it raises score or severity, so it may be there for that" : ""));
        break;
    }
  }
  return list.Text();
}

std::string TopicList(const std::vector<std::string>& topics) {
  constexpr std::size_t kMost = 3;
  std::string text = fmt::format(
      "{}",
      fmt::join(topics.begin(), topics.begin() + static_cast<std::ptrdiff_t>(std::min(topics.size(), kMost)), ", "));
  return topics.size() > kMost ? text + fmt::format(" and {} more", topics.size() - kMost) : text;
}

Json PlaceJson(const RuleSet& rules, RulePlace place) {
  const Topic& topic = *rules.topics()[place.topic];
  return {{"topic", topic.id},
          {"rule", topic.rules[place.rule].id},
          {"status", Name(StatusOf(topic, topic.rules[place.rule]))}};
}

}  // namespace

std::string HygieneText(const HygieneReport& report, std::size_t most, bool unicode) {
  const Findings findings = FindingsOf(report);
  const RuleHygiene& hygiene = report.hygiene;
  std::string text = fmt::format("hygiene of {} on {}: {}\n", fmt::join(report.packs, ", "),
                                 PlainLine(NameOf(report.archive)), SpanOf(report.archive));
  if (!hygiene.is_complete()) {
    text += fmt::format(
        "more than {} pairs of rules held together: not all of them are counted, and twins may be "
        "missing\n",
        Number(RuleHygiene::kMostPairs));
  }
  const std::size_t before = text.size();
  List never("rules that never fired", most);
  for (const RulePlace place : findings.never)
    never.Add(RuleName(report.rules, place) + StatusText(report.rules, place));
  text += never.Text();
  text += PairsText(report, findings, Kind::kTwins, "rules that always fire together", most);
  text += PairsText(report, findings, Kind::kNearTwins, "rules that nearly always fire together", most);
  text += PairsText(report, findings, Kind::kInside, "rules inside another one", most);
  List topics("topics that fire on the same articles", most);
  for (const RulePair& pair : findings.topic_pairs) {
    topics.Add(fmt::format("{} ({} articles) and {} ({}): {:.1f} % of them together",
                           report.rules.topics()[pair.first.topic]->id, Number(pair.first_hits),
                           report.rules.topics()[pair.second.topic]->id, Number(pair.second_hits), 100 * pair.jaccard));
  }
  text += topics.Text();
  List drifting("rules that drift to zero: the last quarter of the time against what was before", most);
  for (const RuleDrift& drift : findings.drifting) {
    drifting.Add(fmt::format("{}: {} hits, then {}; {:.2f} per thousand articles, then {:.2f}; by chance {:.1e}{}  {}",
                             RuleName(report.rules, drift.place), Number(drift.before), Number(drift.after),
                             drift.before_per_thousand, drift.after_per_thousand, drift.p,
                             drift.trend_p ? fmt::format("; trend (Mann-Kendall) {:.2g}", *drift.trend_p) : "",
                             Sparkline(drift.months, unicode)));
  }
  text += drifting.Text();
  List silent(fmt::format("topics without a hit for {} days or more at the end", report.options.silent_days), most);
  for (const SilentTopic& topic : findings.silent) {
    const std::string& id = report.rules.topics()[topic.topic]->id;
    silent.Add(topic.last ? fmt::format("{}: last on {}, {} days before the end", id, DayText(*topic.last), topic.days)
                          : fmt::format("{}: never, in {} days", id, topic.days));
  }
  text += silent.Text();
  if (!report.labels.empty()) {
    List only("rules that bring only false alarms (label 0)", most);
    for (const RulePlace place : findings.only_false) {
      const RuleTally& tally = hygiene.tally(place);
      only.Add(fmt::format("{}: {} articles of label 0, and none of 1 or 2; {} of its {} hits are its alone",
                           RuleName(report.rules, place), Number(tally.grades[0]), Number(tally.alone),
                           Number(tally.hits)));
    }
    text += only.Text();
  }
  List nowhere("terms that stand in no article", most);
  List idle("terms that stand in articles and never made a rule hold", most);
  for (const IdleTerm& term : findings.terms) {
    const std::string of = term.list.empty() ? TopicList(term.topics) : "@" + term.list;
    if (term.articles == 0) {
      nowhere.Add(PlainLine(fmt::format("{}: {}", of, term.text)));
    } else {
      idle.Add(PlainLine(fmt::format("{}: {}, in {}", of, term.text, Articles(term.articles))));
    }
  }
  text += nowhere.Text() + idle.Text();
  if (hygiene.idle_library_entries() > 0 && report.topics.empty()) {
    text += fmt::format("\n{} entries of libraries made no rule hold: many packs share these, so they are not listed\n",
                        Number(hygiene.idle_library_entries()));
  }
  List owner("packs without an owner", most);
  for (const std::string& file : findings.without_owner) owner.Add(PlainLine(file));
  text += owner.Text();
  if (text.size() == before) text += "\nnothing to tidy\n";
  return text;
}

std::string HygieneJson(const HygieneReport& report) {
  const Findings findings = FindingsOf(report);
  const RuleHygiene& hygiene = report.hygiene;
  Json json;
  json["packs"] = report.packs;
  json["rule_set"] = report.rules.hash();
  json["archive"] = JsonOf(report.archive);
  json["labels"] = report.labels.empty() ? Json() : Json(report.labels);
  json["pairs_complete"] = hygiene.is_complete();
  const auto list = [&](const char* key) -> Json& { return json[key] = Json::array(); };
  Json& never = list("never_fired");
  for (const RulePlace place : findings.never) never.push_back(PlaceJson(report.rules, place));
  for (const auto& [key, kind] :
       {std::pair("always_together", Kind::kTwins), std::pair("nearly_always_together", Kind::kNearTwins),
        std::pair("inside_another", Kind::kInside)}) {
    Json& pairs = list(key);
    for (const RulePair& pair : findings.pairs) {
      if (pair.kind != kind) continue;
      const Topic& topic = *report.rules.topics()[pair.first.topic];
      Json one = {{"topic", topic.id},
                  {"rule", topic.rules[pair.first.rule].id},
                  {"other", topic.rules[pair.second.rule].id},
                  {"hits", pair.first_hits},
                  {"other_hits", pair.second_hits},
                  {"both", pair.both},
                  {"jaccard", pair.jaccard}};
      if (kind != Kind::kNearTwins) one["proven"] = pair.proven;
      if (kind == Kind::kInside) one["raises"] = pair.raises;
      pairs.push_back(std::move(one));
    }
  }
  Json& topics = list("topics_together");
  for (const RulePair& pair : findings.topic_pairs) {
    topics.push_back({{"topic", report.rules.topics()[pair.first.topic]->id},
                      {"other", report.rules.topics()[pair.second.topic]->id},
                      {"hits", pair.first_hits},
                      {"other_hits", pair.second_hits},
                      {"both", pair.both},
                      {"jaccard", pair.jaccard}});
  }
  Json& drifting = list("drifting_to_zero");
  for (const RuleDrift& drift : findings.drifting) {
    Json one = PlaceJson(report.rules, drift.place);
    one["hits_before"] = drift.before;
    one["hits_after"] = drift.after;
    one["before_per_thousand_articles"] = drift.before_per_thousand;
    one["after_per_thousand_articles"] = drift.after_per_thousand;
    one["p"] = drift.p;
    one["trend_p"] = drift.trend_p ? Json(*drift.trend_p) : Json();
    one["hits_by_30_days"] = drift.months;
    drifting.push_back(std::move(one));
  }
  Json& silent = list("silent_topics");
  for (const SilentTopic& topic : findings.silent) {
    silent.push_back({{"topic", report.rules.topics()[topic.topic]->id},
                      {"last_hit", topic.last ? Json(DayText(*topic.last)) : Json()},
                      {"days", topic.days}});
  }
  Json& only = list("only_false_alarms");
  for (const RulePlace place : findings.only_false) {
    Json one = PlaceJson(report.rules, place);
    one["label_0"] = hygiene.tally(place).grades[0];
    one["hits"] = hygiene.tally(place).hits;
    one["alone"] = hygiene.tally(place).alone;
    only.push_back(std::move(one));
  }
  Json& terms = list("idle_terms");
  for (const IdleTerm& term : findings.terms) {
    terms.push_back({{"list", term.list.empty() ? Json() : Json(term.list)},
                     {"term", term.text},
                     {"topics", term.topics},
                     {"articles", term.articles}});
  }
  json["idle_library_entries"] = hygiene.idle_library_entries();
  json["packs_without_owner"] = findings.without_owner;
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace wirewatch
