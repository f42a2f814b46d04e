#include "pipeline/archive/term_suggestions.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "pipeline/archive/statistics.h"
#include "pipeline/archive/story_groups.h"

namespace wirewatch {
namespace {

constexpr std::size_t kMostBeside = 4;
// What is brought in must be worth it: so many articles of label 2 for each of label 0.
constexpr std::uint32_t kMustForEachFalse = 2;

std::size_t IndexOf(Scope scope) {
  return static_cast<std::size_t>(std::find(kSuggestedScopes.begin(), kSuggestedScopes.end(), scope) -
                                  kSuggestedScopes.begin());
}

// A labelled article and its story.
struct Text {
  const JudgedText* text = nullptr;
  std::size_t story = 0;
};
using Texts = std::vector<Text>;

std::size_t StoriesOf(const Texts& texts) {
  std::set<std::size_t> stories;
  for (const Text& text : texts) stories.insert(text.story);
  return stories.size();
}

// Terms of one group against another, in one language.
class Contest {
 public:
  // `group`: that the terms are to be of; `other`: that they must not be of; `all`: for the prior.
  Contest(SuggestionKind kind, const Texts& group, const Texts& other, const Texts& all)
      : kind_(kind), group_(group), other_(other), all_(all) {}

  // `bystanders`: articles of the grade 1 on the same side as `group`, which are only counted.
  std::vector<TermSuggestion> Best(const SuggestionOptions& options, const std::string& language,
                                   const Texts& bystanders) {
    Count();
    std::vector<TermSuggestion> found;
    for (const auto& [term, counts] : counts_) {
      std::optional<TermSuggestion> best;
      for (std::size_t scope = 0; scope < kSuggestedScopes.size(); ++scope) {
        if (counts[scope].group < options.min_stories) continue;
        // What an exclusion takes out must be false.
        if (kind_ == SuggestionKind::kPrecision && counts[scope].other > 0) continue;
        if (kind_ == SuggestionKind::kRecall && counts[scope].other * kMustForEachFalse > counts[scope].group) continue;
        const double weight = TermLearner::kPriorArticles / static_cast<double>(all_.size());
        const WordOdds odds =
            LogOddsWithPrior(counts[scope].group, group_total_[scope], counts[scope].other, other_total_[scope],
                             counts[scope].all * weight, std::max(1.0, all_total_[scope] * weight));
        if (odds.z <= 0 || (best && odds.z <= best->z)) continue;
        best = TermSuggestion{.kind = kind_,
                              .language = language,
                              .term = term,
                              .scope = kSuggestedScopes[scope],
                              .log_odds_ratio = odds.log_odds_ratio,
                              .z = odds.z};
      }
      if (best) found.push_back(*std::move(best));
    }
    std::sort(found.begin(), found.end(), [](const TermSuggestion& a, const TermSuggestion& b) {
      return std::tuple(-a.z, a.term) < std::tuple(-b.z, b.term);
    });
    return Distinct(std::move(found), options, bystanders);
  }

 private:
  struct Counts {
    std::uint32_t group = 0, other = 0, all = 0;
  };
  using ByScope = std::array<Counts, kSuggestedScopes.size()>;

  static bool Holds(const JudgedText& text, TermUse term, Scope scope) {
    const auto at = std::lower_bound(text.uses.begin(), text.uses.end(), term);
    return at != text.uses.end() && (*at & kTermBits) == term && StandsIn(*at, scope);
  }

  void Count() {
    // Only what two articles of the group have can be suggested.
    std::unordered_map<TermUse, std::uint32_t> seen;
    for (const Text& text : group_) {
      for (const TermUse use : text.text->uses) ++seen[use & kTermBits];
    }
    for (const auto& [term, times] : seen) {
      if (times > 1) counts_.emplace(term, ByScope());
    }
    const auto count = [&](const Texts& texts, std::uint32_t Counts::*of, auto& totals) {
      for (const Text& text : texts) {
        for (const TermUse use : text.text->uses) {
          const auto at = counts_.find(use & kTermBits);
          for (std::size_t scope = 0; scope < kSuggestedScopes.size(); ++scope) {
            if (!StandsIn(use, kSuggestedScopes[scope])) continue;
            ++totals[scope];
            if (at != counts_.end()) ++(at->second[scope].*of);
          }
        }
      }
    };
    count(group_, &Counts::group, group_total_);
    count(other_, &Counts::other, other_total_);
    count(all_, &Counts::all, all_total_);
  }

  // Leaves of terms that stand in the same articles the strongest.
  std::vector<TermSuggestion> Distinct(std::vector<TermSuggestion> found, const SuggestionOptions& options,
                                       const Texts& bystanders) {
    std::vector<TermSuggestion> distinct;
    std::map<std::vector<std::uint32_t>, std::size_t> known;
    for (TermSuggestion& one : found) {
      std::vector<std::uint32_t> articles;
      std::set<std::size_t> stories;
      std::uint32_t in_other = 0, in_bystanders = 0;
      for (std::uint32_t i = 0; i < group_.size(); ++i) {
        if (!Holds(*group_[i].text, one.term, one.scope)) continue;
        articles.push_back(i);
        stories.insert(group_[i].story);
      }
      const auto in_group = static_cast<std::uint32_t>(articles.size());
      for (std::uint32_t i = 0; i < other_.size(); ++i) {
        if (!Holds(*other_[i].text, one.term, one.scope)) continue;
        articles.push_back(static_cast<std::uint32_t>(group_.size()) + i);
        ++in_other;
      }
      if (stories.size() < options.min_stories) continue;
      const auto [at, is_new] = known.try_emplace(articles, distinct.size());
      if (!is_new) {
        std::vector<TermUse>& beside = distinct[at->second].beside;
        if (beside.size() < kMostBeside) beside.push_back(one.term);
        continue;
      }
      if (distinct.size() == options.most) {
        known.erase(at);
        continue;
      }
      for (const Text& text : bystanders) in_bystanders += Holds(*text.text, one.term, one.scope);
      one.stories = stories.size();
      one.articles = kind_ == SuggestionKind::kRecall
                         ? std::array<std::uint32_t, kGrades>{in_other, in_bystanders, in_group}
                         : std::array<std::uint32_t, kGrades>{in_group, in_bystanders, in_other};
      distinct.push_back(std::move(one));
    }
    return distinct;
  }

  const SuggestionKind kind_;
  const Texts &group_, &other_, &all_;
  std::unordered_map<TermUse, ByScope> counts_;
  std::array<double, kSuggestedScopes.size()> group_total_{}, other_total_{}, all_total_{};
};

}  // namespace

void TermLearner::Add(JudgedText text) {
  const auto known = at_.find(text.id);
  if (known != at_.end()) {
    texts_[known->second].fired |= text.fired;
    return;
  }
  if (uses_ + text.uses.size() > kMostUses) {
    ++left_out_;
    return;
  }
  uses_ += text.uses.size();
  at_.emplace(text.id, texts_.size());
  texts_.push_back(std::move(text));
}

Suggestions TermLearner::Suggest(const SuggestionOptions& options) const {
  std::vector<GroupedArticle> grouped;
  for (const JudgedText& text : texts_) grouped.push_back({&text.signature, text.time});
  const std::vector<std::size_t> stories = GroupStories(grouped);
  std::map<std::string, Texts> by_language;
  for (std::size_t i = 0; i < texts_.size(); ++i) by_language[texts_[i].language].push_back({&texts_[i], stories[i]});

  Suggestions suggestions;
  for (const auto& [language, texts] : by_language) {
    SuggestionGround ground{.language = language};
    Texts missed, silent, silent_ones, wrong, right, fired_ones;
    for (const Text& each : texts) {
      const JudgedText& text = *each.text;
      ground.must += text.grade == Grade::kMust;
      ground.must_not += text.grade == Grade::kMustNot;
      if (text.grade == Grade::kMust && !text.fired && text.out_of_reach) {
        ++ground.out_of_reach;
        continue;
      }
      switch (text.grade) {
        case Grade::kMust: (text.fired ? right : missed).push_back(each); break;
        case Grade::kMay: (text.fired ? fired_ones : silent_ones).push_back(each); break;
        case Grade::kMustNot: (text.fired ? wrong : silent).push_back(each); break;
      }
    }
    ground.missed = static_cast<std::uint32_t>(missed.size());
    ground.missed_stories = static_cast<std::uint32_t>(StoriesOf(missed));
    ground.false_alarms = static_cast<std::uint32_t>(wrong.size());
    ground.false_stories = static_cast<std::uint32_t>(StoriesOf(wrong));
    ground.right = static_cast<std::uint32_t>(right.size());
    ground.enough_for_recall = ground.missed_stories >= options.min_stories && !silent.empty();
    ground.enough_for_precision = ground.false_stories >= options.min_stories && !right.empty();
    const auto take = [&](std::vector<TermSuggestion> found) {
      for (TermSuggestion& one : found) suggestions.terms.push_back(std::move(one));
    };
    if (ground.enough_for_recall) {
      take(Contest(SuggestionKind::kRecall, missed, silent, texts).Best(options, language, silent_ones));
    }
    if (ground.enough_for_precision) {
      take(Contest(SuggestionKind::kPrecision, wrong, right, texts).Best(options, language, fired_ones));
    }
    suggestions.grounds.push_back(std::move(ground));
  }
  return suggestions;
}

TermCosts::TermCosts(const Suggestions& suggestions) {
  for (const TermSuggestion& one : suggestions.terms) {
    costs_.try_emplace(one.term);
    for (const TermUse beside : one.beside) costs_.try_emplace(beside);
  }
}

void TermCosts::Add(const FoldedDocument& folded, bool fired, bool labelled) {
  if (costs_.empty()) return;
  ++number_;
  seen_.clear();
  ForEachTerm(folded, [&](TermUse use, std::string_view term) {
    const auto at = costs_.find(use & kTermBits);
    if (at == costs_.end()) return;
    Cost& cost = at->second;
    if (cost.text.empty()) cost.text = std::string(term);
    if (cost.seen_in != number_) {
      cost.seen_in = number_;
      cost.parts = 0;
      seen_.push_back(at->first);
    }
    cost.parts |= use & ~kTermBits;
  });
  for (const TermUse term : seen_) {
    Cost& cost = costs_.find(term)->second;
    for (std::size_t scope = 0; scope < kSuggestedScopes.size(); ++scope) {
      if (!StandsIn(cost.parts, kSuggestedScopes[scope])) continue;
      ++cost.articles[scope];
      if (!fired && !labelled) ++cost.new_hits[scope];
    }
  }
}

void TermCosts::Add(const TermCosts& other) {
  for (const auto& [term, more] : other.costs_) {
    Cost& cost = costs_[term];
    if (cost.text.empty()) cost.text = more.text;
    for (std::size_t scope = 0; scope < kSuggestedScopes.size(); ++scope) {
      cost.articles[scope] += more.articles[scope];
      cost.new_hits[scope] += more.new_hits[scope];
    }
  }
}

void TermCosts::PutInto(Suggestions& suggestions) const {
  for (TermSuggestion& one : suggestions.terms) {
    const Cost& cost = costs_.find(one.term)->second;
    one.text = cost.text;
    one.archive_articles = cost.articles[IndexOf(one.scope)];
    one.new_hits = cost.new_hits[IndexOf(one.scope)];
    for (const TermUse beside : one.beside) {
      const std::string& text = costs_.find(beside)->second.text;
      if (!text.empty()) one.beside_texts.push_back(text);
    }
    std::sort(one.beside_texts.begin(), one.beside_texts.end());
  }
}

}  // namespace wirewatch
