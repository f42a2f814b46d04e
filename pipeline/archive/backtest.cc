#include "pipeline/archive/backtest.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "pipeline/match/article_facts.h"

namespace wirewatch {
namespace {

// FNV-1a: the same in every build, so that a rule's sample does not depend on the rules beside it.
std::uint64_t SeedOf(std::uint64_t seed, std::string_view topic, std::string_view rule) {
  std::uint64_t hash = 14695981039346656037U ^ seed;
  const auto mix = [&](std::string_view text) {
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
    hash = (hash ^ 0xFFU) * 1099511628211U;
  };
  mix(topic);
  mix(rule);
  return hash;
}

}  // namespace

HitSample SampleOf(const Match& match, std::string_view rule) {
  const ArticleFacts& article = *match.article;
  HitSample sample{.id = article.id,
                   .title = article.title,
                   .source = SourceOf(article),
                   .language = article.language,
                   .url = article.url,
                   .published_at = article.published_at,
                   .severity = match.severity,
                   .score = match.score,
                   .words = {}};
  // Where each text begins in its field: snippets that overlap are one place, told by the first of them.
  struct Place {
    Field field;
    Span reach;
  };
  std::vector<Place> places;
  for (const MatchedSpan& span : match.spans) {
    if (span.rule != rule) continue;
    const Span reach{span.span.begin - span.in_snippet.begin,
                     span.span.begin - span.in_snippet.begin + static_cast<std::uint32_t>(span.snippet.size())};
    const auto known = std::find_if(places.begin(), places.end(), [&](const Place& place) {
      return place.field == span.field && place.reach.begin <= span.span.begin && span.span.end <= place.reach.end;
    });
    if (known != places.end()) {
      const Span mark{span.span.begin - known->reach.begin, span.span.end - known->reach.begin};
      std::vector<Span>& marks = sample.words[static_cast<std::size_t>(known - places.begin())].marks;
      // In reading order: it overlaps the last one, if any.
      if (!marks.empty() && mark.begin < marks.back().end) {
        marks.back().end = std::max(marks.back().end, mark.end);
      } else {
        marks.push_back(mark);
      }
    } else if (places.size() < kMostSampleWords) {
      places.push_back({span.field, reach});
      sample.words.push_back({span.snippet, {span.in_snippet}});
    }
  }
  return sample;
}

std::uint64_t TopicHits::alerts() const {
  return std::accumulate(alerts_by_kind.begin(), alerts_by_kind.end(), std::uint64_t{0});
}

Backtest::Backtest(const RuleSet& rules, const BacktestOptions& options) {
  for (const Topic* const topic : rules.topics()) {
    const auto& asked = options.topics;
    if (!asked.empty() && std::find(asked.begin(), asked.end(), topic->id) == asked.end()) continue;
    by_id_.emplace(topic->id, topics_.size());
    TopicHits& hits = topics_.emplace_back();
    hits.topic = topic->id;
    hits.title = topic->title;
    hits.severity = topic->severity;
    for (const Rule& rule : topic->rules) {
      hits.rules.push_back({rule.id, StatusOf(*topic, rule), 0, 0,
                            Reservoir<HitSample>(options.samples, SeedOf(options.seed, topic->id, rule.id))});
    }
  }
}

TopicHits* Backtest::Find(const std::string& topic) {
  const auto at = by_id_.find(topic);
  return at == by_id_.end() ? nullptr : &topics_[at->second];
}

void Backtest::AddArticle(std::optional<WallTime> time) {
  ++articles_;
  if (time) days_.Add(*time);
}

void Backtest::AddMatch(const Match& match, std::optional<WallTime> time) {
  TopicHits* const topic = Find(match.topic);
  if (topic == nullptr) return;
  ++topic->hits;
  if (time) {
    topic->hits_by_day.Add(*time);
  } else {
    ++topic->undated;
  }
  const ArticleFacts& article = *match.article;
  const auto known = [](std::string_view value) { return value.empty() ? std::string_view("(unknown)") : value; };
  topic->sources.Add(known(SourceOf(article)));
  topic->languages.Add(known(article.language));
  topic->countries.Add(known(article.country));
  // Both are in the order of the pack.
  auto rule = topic->rules.begin();
  for (const std::string& id : match.rules) {
    rule = std::find_if(rule, topic->rules.end(), [&](const RuleHits& hits) { return hits.rule == id; });
    if (rule == topic->rules.end()) return;
    ++rule->hits;
    if (match.rules.size() == 1) ++rule->alone;
    if (const auto place = rule->samples.Pass()) rule->samples.Put(*place, SampleOf(match, id));
  }
}

void Backtest::AddAlert(const Alert& alert, WallTime time) {
  TopicHits* const topic = Find(alert.match.topic);
  if (topic == nullptr) return;
  ++topic->alerts_by_kind[static_cast<std::size_t>(alert.kind)];
  topic->alerts_by_day.Add(time);
  alerts_by_day_.Add(time);
}

void Backtest::AddDecision(const Decision& decision) {
  if (decision.outcome == "alerted" || decision.outcome == "state") return;
  TopicHits* const topic = Find(decision.topic);
  if (topic == nullptr) return;
  ++topic->not_alerted[decision.reason.empty() ? decision.outcome : decision.reason];
}

}  // namespace wirewatch
