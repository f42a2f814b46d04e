#include "cli/wiring/coverage_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "base/text/printable.h"
#include "cli/terminal/table.h"
#include "rules/pack/pack.h"

namespace wirewatch {
namespace {

constexpr std::size_t kKinds = std::size(kPlaceKinds);

struct Counts {
  CoverageCount all;
  std::array<CoverageCount, kKinds> by_kind;

  void Add(const CoveredPlace& place) {
    all.Add(place);
    by_kind[static_cast<std::size_t>(place.kind)].Add(place);
  }
};

// A topic, and the pack that it is of.
struct TopicOfPack {
  const Topic* topic;
  const Pack* pack;
};

std::vector<TopicOfPack> TopicsOf(const RuleSet& rules) {
  std::vector<TopicOfPack> topics;
  for (const auto& pack : rules.packs()) {
    for (const Topic& topic : pack->topics) topics.push_back({&topic, pack.get()});
  }
  return topics;
}

std::string Percent(const CoverageCount& count) {
  // 99.97 is not 100
  const double percent = count.percent();
  return percent < 100 && percent > 99.9 ? "99.9 %" : fmt::format("{:.1f} %", percent);
}

std::string Share(const CoverageCount& count) {
  return count.all == 0 ? "-" : fmt::format("{}/{}", count.exercised, count.all);
}

std::vector<std::string> Row(std::string name, const Counts& counts) {
  std::vector<std::string> row = {std::move(name), Percent(counts.all)};
  for (const CoverageCount& count : counts.by_kind) row.push_back(Share(count));
  return row;
}

std::string RuleOf(const Topic& topic, const CoveredPlace& place) {
  return place.rule ? topic.rules[*place.rule].id : "unless";
}

std::string Said(const CoveredPlace& place) {
  switch (place.kind) {
    case PlaceKind::kRule: return "no test makes this rule hold";
    case PlaceKind::kBranch: return fmt::format("branch {}", place.text);
    case PlaceKind::kExclusion: return fmt::format("exclusion {}: no test is silent because of it", place.text);
    case PlaceKind::kTerm: return fmt::format("term {}", place.text);
    case PlaceKind::kEntry: break;
  }
  return place.text;
}

// The entries of one list in one topic.
std::string SaidOfEntries(const std::vector<const CoveredPlace*>& entries, bool all) {
  constexpr std::size_t kMostShown = 8;
  std::string missing;
  std::size_t count = 0;
  for (const CoveredPlace* const entry : entries) {
    if (entry->exercised()) continue;
    ++count;
    if (all || count <= kMostShown) missing += (missing.empty() ? "" : ", ") + entry->text;
  }
  if (!all && count > kMostShown) missing += fmt::format(" and {} more", count - kMostShown);
  return fmt::format("{} of {} entries: {}", count, entries.size(), missing);
}

// What no test exercises, topic by topic.
class Missing {
 public:
  Missing(const Coverage& coverage, bool all_entries)
      : coverage_(coverage), topics_(TopicsOf(coverage.rule_set())), all_entries_(all_entries) {}

  std::string Text() {
    Span shadow;  // of what is not exercised: neither is anything in it
    for (const CoveredPlace& place : coverage_.places()) {
      if (place.kind == PlaceKind::kEntry) {
        entries_[{place.topic, place.file, place.list}].push_back(&place);
        continue;
      }
      if (place.is_whole) shadow = {};
      if (place.exercised() || (!place.is_whole && shadow.Contains(place.span))) continue;
      shadow = place.span;
      const TopicOfPack& about = topics_[place.topic];
      Line(fmt::format("{} / {}", about.topic->id, RuleOf(*about.topic, place)), place, Said(place));
    }
    for (const auto& [key, entries] : entries_) {
      const auto first = std::find_if(entries.begin(), entries.end(), [](const auto* e) { return !e->exercised(); });
      if (first == entries.end()) continue;
      Line(fmt::format("{} / @{}", topics_[std::get<0>(key)].topic->id, std::get<2>(key)), **first,
           SaidOfEntries(entries, all_entries_));
    }
    return text_;
  }

 private:
  void Line(const std::string& of, const CoveredPlace& place, const std::string& said) {
    if (of != heading_) text_ += fmt::format("{}:\n", Printable(of));
    heading_ = of;
    text_ += fmt::format("  {}:{}:{}: {}\n", Printable(place.file), place.position.line, place.position.column,
                         Printable(said));
  }

  const Coverage& coverage_;
  const std::vector<TopicOfPack> topics_;
  const bool all_entries_;
  // By topic, file and list.
  std::map<std::tuple<std::uint32_t, std::string, std::string>, std::vector<const CoveredPlace*>> entries_;
  std::string text_, heading_;
};

void PutCount(JsonWriter& json, const CoverageCount& count) {
  json.Put("exercised", count.exercised);
  json.Put("all", count.all);
  json.Put("percent", count.percent());
}

void PutCounts(JsonWriter& json, const Counts& counts) {
  PutCount(json, counts.all);
  json.Key("by_kind");
  json.BeginObject();
  for (const PlaceKind kind : kPlaceKinds) {
    json.Key(Name(kind));
    json.BeginObject();
    PutCount(json, counts.by_kind[static_cast<std::size_t>(kind)]);
    json.EndObject();
  }
  json.EndObject();
}

std::vector<Counts> CountTopics(const Coverage& coverage) {
  std::vector<Counts> topics(coverage.rule_set().topics().size());
  for (const CoveredPlace& place : coverage.places()) topics[place.topic].Add(place);
  return topics;
}

Counts CountAll(const Coverage& coverage) {
  Counts counts;
  for (const CoveredPlace& place : coverage.places()) counts.Add(place);
  return counts;
}

// Of one file.
std::string LcovRecord(const std::string& file, const std::vector<const CoveredPlace*>& places,
                       const std::vector<TopicOfPack>& topics) {
  std::map<std::uint32_t, std::size_t> lines;  // the count of each
  std::string functions, function_counts, branches;
  std::size_t rules = 0, rules_hit = 0, branch_count = 0, branches_hit = 0;
  std::map<std::uint32_t, std::size_t> branches_of;  // a line
  for (const CoveredPlace* const place : places) {
    const std::uint32_t line = place->position.line;
    std::size_t& count = lines[line];
    count = std::max(count, place->tests);
    if (place->kind == PlaceKind::kRule) {
      const std::string name = fmt::format("{}/{}", topics[place->topic].topic->id, place->text);
      functions += fmt::format("FN:{},{}\n", line, name);
      function_counts += fmt::format("FNDA:{},{}\n", place->tests, name);
      ++rules;
      rules_hit += place->exercised() ? 1 : 0;
      continue;
    }
    branches += fmt::format("BRDA:{},0,{},{}\n", line, branches_of[line]++, place->tests);
    ++branch_count;
    branches_hit += place->exercised() ? 1 : 0;
  }
  std::string text = fmt::format("TN:\nSF:{}\n{}{}FNF:{}\nFNH:{}\n{}BRF:{}\nBRH:{}\n", Printable(file), functions,
                                 function_counts, rules, rules_hit, branches, branch_count, branches_hit);
  std::size_t lines_hit = 0;
  for (const auto& [line, count] : lines) {
    text += fmt::format("DA:{},{}\n", line, count);
    lines_hit += count > 0 ? 1 : 0;
  }
  return text + fmt::format("LF:{}\nLH:{}\nend_of_record\n", lines.size(), lines_hit);
}

}  // namespace

CoverageCount CountPlaces(const Coverage& coverage) { return CountAll(coverage).all; }

std::string CoverageText(const Coverage& coverage, bool all_entries) {
  Table table({"topic", "exercised", "rules", "branches", "exclusions", "terms", "list entries"});
  const std::vector<Counts> topics = CountTopics(coverage);
  for (std::size_t i = 0; i < topics.size(); ++i) table.Add(Row(coverage.rule_set().topics()[i]->id, topics[i]));
  if (topics.size() != 1) table.Add(Row("all", CountAll(coverage)));
  const std::string missing = Missing(coverage, all_entries).Text();
  return (missing.empty() ? "" : "not exercised:\n" + missing + "\n") + table.Text();
}

void PutCoverage(JsonWriter& json, const Coverage& coverage) {
  json.Key("coverage");
  json.BeginObject();
  PutCounts(json, CountAll(coverage));
  json.Key("topics");
  json.BeginArray();
  const std::vector<TopicOfPack> topics = TopicsOf(coverage.rule_set());
  const std::vector<Counts> counts = CountTopics(coverage);
  for (std::size_t i = 0; i < topics.size(); ++i) {
    json.BeginObject();
    json.Put("topic", topics[i].topic->id);
    json.Put("file", topics[i].pack->file);
    PutCounts(json, counts[i]);
    json.Key("not_exercised");
    json.BeginArray();
    for (const CoveredPlace& place : coverage.places()) {
      if (place.topic != i || place.exercised()) continue;
      json.BeginObject();
      json.Put("kind", Name(place.kind));
      if (place.kind != PlaceKind::kEntry) json.Put("rule", RuleOf(*topics[i].topic, place));
      json.Put("text", place.text);
      if (place.kind == PlaceKind::kEntry) json.Put("list", place.list);
      if (place.file != topics[i].pack->file) json.Put("file", place.file);
      json.Put("line", place.position.line);
      json.Put("column", place.position.column);
      json.Put("length", place.length);
      json.EndObject();
    }
    json.EndArray();
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
}

std::string CoverageLcov(const Coverage& coverage) {
  const std::vector<TopicOfPack> topics = TopicsOf(coverage.rule_set());
  std::string text;
  std::map<std::string, std::vector<const CoveredPlace*>> files;
  for (const CoveredPlace& place : coverage.places()) files[place.file].push_back(&place);
  for (const auto& [file, places] : files) text += LcovRecord(file, places, topics);
  return text;
}

}  // namespace wirewatch
