#include "rules/engine/matcher.h"

#include <algorithm>
#include <utility>

#include "rules/engine/rule_set_rep.h"
#include "rules/engine/segment_matcher.h"

namespace wirewatch {

struct Matcher::Rep {
  Status Use(std::shared_ptr<const RuleSet> next);

  std::shared_ptr<const RuleSet> rule_set;
  std::vector<std::unique_ptr<SegmentMatcher>> segments;  // as those of the rule set
  HsScratch scratch;
};

Result<Matcher> Matcher::Create(std::shared_ptr<const RuleSet> rule_set) {
  auto rep = std::make_unique<Rep>();
  if (Status used = rep->Use(std::move(rule_set)); !used) return std::move(used).error();
  return Matcher(std::move(rep));
}

Matcher::Matcher(std::unique_ptr<Rep> rep) : rep_(std::move(rep)) {}
Matcher::~Matcher() = default;
Matcher::Matcher(Matcher&&) noexcept = default;
Matcher& Matcher::operator=(Matcher&&) noexcept = default;

const RuleSet& Matcher::rule_set() const { return *rep_->rule_set; }
Status Matcher::Use(std::shared_ptr<const RuleSet> rule_set) { return rep_->Use(std::move(rule_set)); }

Status Matcher::Rep::Use(std::shared_ptr<const RuleSet> next) {
  const auto& wanted = next->rep_->segments;
  for (const RuleSet::Rep::Segment& segment : wanted) {
    if (Status grown = segment.compiled->regexes.Prepare(scratch); !grown) return grown;
  }
  std::vector<std::unique_ptr<SegmentMatcher>> matchers;
  for (const RuleSet::Rep::Segment& segment : wanted) {
    const auto known = std::find_if(segments.begin(), segments.end(), [&](const auto& matcher) {
      return matcher != nullptr && &matcher->segment() == segment.compiled.get();
    });
    matchers.push_back(known != segments.end() ? std::move(*known)
                                               : std::make_unique<SegmentMatcher>(segment.compiled));
  }
  segments = std::move(matchers);
  rule_set = std::move(next);
  return {};
}

Result<std::vector<TopicMatch>> Matcher::Match(const Document& document, const FoldedDocument& folded,
                                               MatchWatch* watch) {
  std::vector<TopicMatch> matches;
  const auto& places = rep_->rule_set->rep_->segments;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const SegmentMatcher::Numbers numbers{places[i].topics, places[i].first_term};
    if (Status matched = rep_->segments[i]->Match(document, folded, rep_->scratch, numbers, watch, matches); !matched) {
      return std::move(matched).error();
    }
  }
  const auto by_topic = [](const TopicMatch& a, const TopicMatch& b) { return a.topic < b.topic; };
  if (!std::is_sorted(matches.begin(), matches.end(), by_topic)) std::sort(matches.begin(), matches.end(), by_topic);
  return matches;
}

void Matcher::AppendFoundTerms(std::vector<std::uint32_t>& terms) const {
  const auto& places = rep_->rule_set->rep_->segments;
  for (std::size_t i = 0; i < places.size(); ++i) {
    for (const std::uint32_t term : rep_->segments[i]->found_terms()) terms.push_back(places[i].first_term + term);
  }
}

}  // namespace wirewatch
