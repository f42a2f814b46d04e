#include "pipeline/archive/evaluation.h"

#include <algorithm>
#include <functional>
#include <string_view>
#include <utility>

#include "pipeline/archive/story_groups.h"

namespace wirewatch {
namespace {

std::optional<double> Ratio(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return std::nullopt;
  return static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

std::string PrimaryLanguage(std::string_view tag) { return std::string(tag.substr(0, tag.find('-'))); }

GradeCounts EvaluationRow::fired() const {
  GradeCounts sum{};
  for (const GradeCounts& counts : fired_by_severity) {
    for (std::size_t grade = 0; grade < kGrades; ++grade) sum[grade] += counts[grade];
  }
  return sum;
}
GradeCounts EvaluationRow::high() const {
  GradeCounts sum = fired_by_severity[static_cast<std::size_t>(TopicSeverity::kHigh)];
  const GradeCounts& critical = fired_by_severity[static_cast<std::size_t>(TopicSeverity::kCritical)];
  for (std::size_t grade = 0; grade < kGrades; ++grade) sum[grade] += critical[grade];
  return sum;
}
std::uint64_t EvaluationRow::alerts() const { return right() + fired()[0]; }
std::uint64_t EvaluationRow::right() const { return fired()[1] + fired()[2]; }
Interval EvaluationRow::precision_interval() const { return WilsonInterval(right(), alerts()); }
Interval EvaluationRow::strict_interval() const { return WilsonInterval(fired()[2], alerts()); }
Interval EvaluationRow::recall_interval() const { return WilsonInterval(fired()[2], must()); }
std::optional<double> EvaluationRow::precision() const { return Ratio(right(), alerts()); }
std::optional<double> EvaluationRow::strict_precision() const { return Ratio(fired()[2], alerts()); }
std::optional<double> EvaluationRow::recall() const { return Ratio(fired()[2], must()); }
std::optional<double> EvaluationRow::high_share() const { return Ratio(high()[2], high()[0] + high()[1] + high()[2]); }

void Evaluation::Add(LabelledArticle article) {
  const auto [known, is_new] = at_.try_emplace(article.id, articles_.size());
  if (is_new) {
    articles_.push_back(std::move(article));
    return;
  }
  for (auto& [topic, version] : article.topics) {
    LabelledArticle::OnTopic& before = articles_[known->second].topics[topic];
    if (!version.fired || (before.fired && *before.fired >= *version.fired)) continue;
    before = std::move(version);
  }
}

std::vector<Evaluation::TopicRows> Evaluation::Rows(const EvaluationOptions& options) const {
  std::vector<std::size_t> groups(articles_.size());
  if (options.resample == Resample::kStories) {
    std::vector<GroupedArticle> grouped;
    for (const LabelledArticle& article : articles_) grouped.push_back({&article.signature, article.time});
    groups = GroupStories(grouped);
  } else {
    for (std::size_t i = 0; i < groups.size(); ++i) groups[i] = i;
  }

  using Groups = std::map<std::size_t, HitCounts>;
  std::vector<TopicRows> rows;
  for (std::size_t topic = 0; topic < labels_.topics().size(); ++topic) {
    TopicRows made{.topic = topic, .all = {}, .languages = {}};
    Groups all;
    std::map<std::string, Groups> by_language;
    for (std::size_t i = 0; i < articles_.size(); ++i) {
      const auto at = articles_[i].topics.find(topic);
      if (at == articles_[i].topics.end()) continue;
      const LabelledArticle::OnTopic& on = at->second;
      const auto grade = static_cast<std::size_t>(on.grade);
      const std::string& language = articles_[i].language;
      for (EvaluationRow* const row : {&made.all, &made.languages[language]}) {
        ++row->labelled;
        ++row->grades[grade];
        if (on.fired) ++row->fired_by_severity[static_cast<std::size_t>(*on.fired)][grade];
      }
      const bool fired = on.fired.has_value();
      if (!fired && on.grade != Grade::kMust) continue;
      for (Groups* const of : {&all, &by_language[language]}) {
        HitCounts& counts = (*of)[groups[i]];
        counts.must += on.grade == Grade::kMust;
        counts.must_fired += fired && on.grade == Grade::kMust;
        counts.may_fired += fired && on.grade == Grade::kMay;
        counts.false_fired += fired && on.grade == Grade::kMustNot;
      }
    }
    if (made.all.labelled == 0) continue;
    const auto measure = [&](EvaluationRow& row, const Groups& of) {
      std::vector<HitCounts> counts;
      for (const auto& [group, count] : of) counts.push_back(count);
      const GradeCounts fired = row.fired();
      const auto small = [](std::uint64_t number) { return static_cast<std::uint32_t>(number); };
      row.f1 = F1Of({small(row.must()), small(fired[2]), small(fired[1]), small(fired[0])});
      if (row.f1) row.f1_interval = BootstrapF1(counts, options.rounds, options.seed);
    };
    measure(made.all, all);
    for (auto& [language, row] : made.languages) measure(row, by_language[language]);
    rows.push_back(std::move(made));
  }
  return rows;
}

std::vector<std::string> Evaluation::Missing() const {
  std::vector<std::string> missing;
  for (const auto& [id, row] : labels_.articles()) {
    if (!at_.contains(id)) missing.push_back(id);
  }
  return missing;
}

}  // namespace wirewatch
