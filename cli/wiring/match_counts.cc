#include "cli/wiring/match_counts.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text/json_writer.h"
#include "base/text/printable.h"
#include "cli/terminal/progress.h"
#include "cli/terminal/table.h"
#include "pipeline/match/article_facts.h"

namespace wirewatch {
namespace {

constexpr std::string_view kUnknown = "(not given)";

// The most frequent first; of the same count by name.
template <typename Value, typename Count>
std::vector<std::pair<std::string, Value>> Sorted(const std::map<std::string, Value>& counts, Count count) {
  std::vector<std::pair<std::string, Value>> sorted(counts.begin(), counts.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [&](const auto& a, const auto& b) { return count(a.second) > count(b.second); });
  return sorted;
}

std::string Number(std::uint64_t number) { return Grouped(static_cast<double>(number)); }

std::vector<std::pair<std::string, MatchCounts::RuleCount>> SortedRules(const MatchCounts::TopicCount& topic) {
  return Sorted(topic.rules, [](const MatchCounts::RuleCount& rule) { return rule.articles; });
}

std::vector<std::pair<std::string, std::uint64_t>> SortedNumbers(const std::map<std::string, std::uint64_t>& numbers) {
  return Sorted(numbers, [](std::uint64_t number) { return number; });
}

std::string CsvLine(const std::vector<std::string>& cells) {
  std::string line;
  for (const std::string& cell : cells) line += (&cell == &cells.front() ? "" : ",") + CsvCell(cell);
  return line + "\r\n";
}

// Rows of the same cells as a table or as CSV.
class Rows {
 public:
  Rows(CountForm form, std::vector<std::string> heads) : form_(form), table_(heads), csv_(CsvLine(heads)) {}

  void Add(std::vector<std::string> cells) {
    csv_ += CsvLine(cells);
    for (std::string& cell : cells) cell = Printable(cell);
    table_.Add(std::move(cells));
  }
  // For people and programs.
  std::string Count(std::uint64_t count) const {
    return form_ == CountForm::kCsv ? std::to_string(count) : Number(count);
  }
  std::string Text() const { return form_ == CountForm::kCsv ? csv_ : table_.Text(); }

 private:
  const CountForm form_;
  Table table_;
  std::string csv_;
};

class CountingView : public MatchView {
 public:
  CountingView(MatchCounts counts, CountForm form) : counts_(std::move(counts)), form_(form) {}

  void Add(const std::vector<const Match*>& matches, std::string&) override { counts_.Add(matches); }
  void End(std::string& out) override { out += counts_.Text(form_); }

 private:
  MatchCounts counts_;
  const CountForm form_;
};

}  // namespace

MatchCounts::MatchCounts(CountBy by, const RuleSet& rules, const std::vector<std::string>& topics) : by_(by) {
  for (const Topic* const topic : rules.topics()) {
    if (!topics.empty() && std::find(topics.begin(), topics.end(), topic->id) == topics.end()) continue;
    if (topic->status != RuleStatus::kActive) {
      not_counted_.push_back(topic->id);
      continue;
    }
    TopicCount& count = topics_[topic->id];
    for (const Rule& rule : topic->rules) {
      if (rule.status == RuleStatus::kActive) {
        count.rules[rule.id];
      } else if (by == CountBy::kRule) {
        not_counted_.push_back(fmt::format("{}/{}", topic->id, rule.id));
      }
    }
  }
}

void MatchCounts::Add(const std::vector<const Match*>& matches) {
  for (const Match* const match : matches) AddToTopic(*match);
  if (by_ != CountBy::kSource && by_ != CountBy::kLanguage) return;
  const ArticleFacts& article = *matches.front()->article;
  const std::string key = by_ == CountBy::kSource ? SourceOf(article) : article.language;
  GroupCount& group = groups_[key.empty() ? std::string(kUnknown) : key];
  ++group.articles;
  group.matches += matches.size();
  for (const Match* const match : matches) ++group.topics[match->topic];
}

void MatchCounts::AddToTopic(const Match& match) {
  TopicCount& topic = topics_[match.topic];
  ++topic.articles;
  if (by_ != CountBy::kRule) return;
  for (const std::string& id : match.rules) {
    RuleCount& rule = topic.rules[id];
    ++rule.articles;
    if (match.rules.size() == 1) ++rule.alone;
    for (const std::string& other : match.rules) {
      if (other != id) ++rule.with[other];
    }
  }
}

std::string MatchCounts::Text(CountForm form) const {
  if (form == CountForm::kJson) return by_ == CountBy::kRule ? RuleJson() : GroupJson();
  return by_ == CountBy::kRule ? RuleText(form) : GroupText(form);
}

std::string MatchCounts::RuleText(CountForm form) const {
  Rows rows(form, {"topic", "rule", "articles", "alone", "together", "mostly with"});
  std::vector<std::string> never;
  std::size_t all = 0;
  for (const auto& [id, topic] : topics_) {
    for (const auto& [rule, count] : SortedRules(topic)) {
      ++all;
      if (count.articles == 0) never.push_back(fmt::format("{}/{}", id, rule));
      std::string mostly;
      const auto with = SortedNumbers(count.with);
      if (!with.empty()) mostly = fmt::format("{} ({})", with.front().first, with.front().second);
      rows.Add({id, rule, rows.Count(count.articles), rows.Count(count.alone), rows.Count(count.articles - count.alone),
                std::move(mostly)});
    }
  }
  if (form == CountForm::kCsv) return rows.Text();
  std::string text = rows.Text();
  if (!never.empty()) {
    text += fmt::format("{} of {} rules never held: {}\n", never.size(), all,
                        Printable(fmt::format("{}", fmt::join(never, ", "))));
  }
  return text + NotCountedText();
}

std::string MatchCounts::NotCountedText() const {
  if (not_counted_.empty()) return "";
  return fmt::format("not counted, in shadow or off: {}\n",
                     Printable(fmt::format("{}", fmt::join(not_counted_, ", "))));
}

std::string MatchCounts::RuleJson() const {
  std::string text;
  JsonWriter json(text);
  json.BeginObject();
  json.Put("by", Name(by_));
  json.Key("topics");
  json.BeginArray();
  for (const auto& [id, topic] : topics_) {
    json.BeginObject();
    json.Put("topic", id);
    json.Put("articles", topic.articles);
    json.Key("rules");
    json.BeginArray();
    for (const auto& [rule, count] : SortedRules(topic)) {
      json.BeginObject();
      json.Put("rule", rule);
      json.Put("articles", count.articles);
      json.Put("alone", count.alone);
      json.Put("together", count.articles - count.alone);
      json.Key("with");
      json.BeginObject();
      for (const auto& [other, articles] : count.with) json.Put(other, articles);
      json.EndObject();
      json.EndObject();
    }
    json.EndArray();
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
  return text + "\n";
}

std::map<std::string, MatchCounts::GroupCount> MatchCounts::Groups() const {
  if (by_ != CountBy::kTopic) return groups_;
  std::map<std::string, GroupCount> groups;
  for (const auto& [id, topic] : topics_) groups[id] = {topic.articles, topic.articles, {}};
  return groups;
}

std::string MatchCounts::GroupText(CountForm form) const {
  const bool by_topic = by_ == CountBy::kTopic;
  std::vector<std::string> heads = {std::string(Name(by_)), "articles"};
  if (!by_topic) heads.insert(heads.end(), {"matches", "topics"});
  Rows rows(form, std::move(heads));
  for (const auto& [key, group] : Sorted(Groups(), [](const GroupCount& group) { return group.articles; })) {
    std::vector<std::string> row = {key, rows.Count(group.articles)};
    if (!by_topic) {
      std::string topics;
      for (const auto& [topic, count] : SortedNumbers(group.topics)) {
        topics += fmt::format("{}{} {}", topics.empty() ? "" : ", ", topic, count);
      }
      row.push_back(rows.Count(group.matches));
      row.push_back(std::move(topics));
    }
    rows.Add(std::move(row));
  }
  if (form == CountForm::kCsv || !by_topic) return rows.Text();
  return rows.Text() + NotCountedText();
}

std::string MatchCounts::GroupJson() const {
  std::string text;
  JsonWriter json(text);
  json.BeginObject();
  json.Put("by", Name(by_));
  json.Key("rows");
  json.BeginArray();
  for (const auto& [key, group] : Sorted(Groups(), [](const GroupCount& group) { return group.articles; })) {
    json.BeginObject();
    json.Put(Name(by_), key);
    json.Put("articles", group.articles);
    if (by_ != CountBy::kTopic) {
      json.Put("matches", group.matches);
      json.Key("topics");
      json.BeginObject();
      for (const auto& [topic, count] : group.topics) json.Put(topic, count);
      json.EndObject();
    }
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
  return text + "\n";
}

std::unique_ptr<MatchView> MakeCountingView(MatchCounts counts, CountForm form) {
  return std::make_unique<CountingView>(std::move(counts), form);
}

}  // namespace wirewatch
