#include "pipeline/deliver/subscription_set.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstddef>
#include <utility>

#include "base/text/ascii.h"
#include "pipeline/alert/alert.h"
#include "pipeline/deliver/attribute_conditions.h"
#include "pipeline/deliver/candidate_index.h"
#include "pipeline/deliver/correction.h"
#include "pipeline/deliver/expression_set.h"
#include "pipeline/deliver/notice_text.h"
#include "rules/engine/match.h"
#include "rules/engine/matcher.h"

namespace wirewatch {
namespace {

// Whether one of the values stands near in the alert, for each facet that is asked for.
bool HasFacets(const AlertNotice& notice, const SubscriptionFilter& filter) {
  return std::all_of(filter.facets.begin(), filter.facets.end(), [&](const auto& asked) {
    return std::any_of(notice.facets.begin(), notice.facets.end(), [&](const Facet& facet) {
      return facet.name == asked.first &&
             std::any_of(facet.values.begin(), facet.values.end(), [&](const FacetValue& value) {
               return value.near &&
                      std::any_of(asked.second.begin(), asked.second.end(), [&](const std::string& wanted) {
                        return AsciiLowerCase(wanted) == AsciiLowerCase(value.value);
                      });
             });
    });
  });
}

bool IsActive(const StoredSubscription& stored) {
  return !stored.deleted && stored.subscription.enabled && stored.disabled_because.empty();
}

}  // namespace

// ----------------------------------------------------------------------------------------------------------- the set

struct SubscriptionSet::Rep {
  std::vector<StoredSubscription> subscriptions;
  AttributeConditions conditions;
  CandidateIndex plain;            // those without an expression
  CandidateIndex with_expression;  // whether one of them would take an alert whose text it likes
  // By the number of the expression: those that have it, with all their conditions.
  std::vector<std::vector<Candidate>> by_expression;
  std::shared_ptr<const ExpressionSet> expressions;  // null: there are none
};

SubscriptionSet::SubscriptionSet(std::unique_ptr<Rep> rep) : rep_(std::move(rep)) {}
SubscriptionSet::~SubscriptionSet() = default;

const std::vector<StoredSubscription>& SubscriptionSet::subscriptions() const { return rep_->subscriptions; }

Result<std::shared_ptr<const SubscriptionSet>> SubscriptionSet::Compile(std::vector<StoredSubscription> subscriptions,
                                                                        const SubscriptionSet* before) {
  auto rep = std::make_unique<Rep>();
  subscriptions.erase(std::remove_if(subscriptions.begin(), subscriptions.end(),
                                     [](const StoredSubscription& stored) { return !IsActive(stored); }),
                      subscriptions.end());
  rep->subscriptions = std::move(subscriptions);

  std::vector<OwnedExpression> expressions;
  for (const StoredSubscription& stored : rep->subscriptions) {
    const std::string& match = stored.subscription.filter.match;
    if (!match.empty()) expressions.push_back({match, stored.subscription.id});
  }
  if (!expressions.empty()) {
    auto compiled = ExpressionSet::Compile(expressions, before == nullptr ? nullptr : before->rep_->expressions);
    if (!compiled) return std::move(compiled).error();
    rep->expressions = *std::move(compiled);
    rep->by_expression.resize(rep->expressions->size());
  }

  for (std::uint32_t i = 0; i < rep->subscriptions.size(); ++i) {
    const SubscriptionFilter& filter = rep->subscriptions[i].subscription.filter;
    if (filter.match.empty()) {
      rep->plain.Add(i, filter, rep->conditions);
      continue;
    }
    rep->with_expression.Add(i, filter, rep->conditions);
    const std::uint32_t all =
        rep->conditions.Add({&filter.topics, &filter.tags, &filter.languages, &filter.countries, &filter.sources});
    rep->by_expression[rep->expressions->NumberOf(filter.match)].push_back(CandidateOf(i, filter, all));
  }
  return std::shared_ptr<const SubscriptionSet>(new SubscriptionSet(std::move(rep)));
}

// ------------------------------------------------------------------------------------------------------- the matcher

struct SubscriptionMatcher::Rep {
  Rep(std::shared_ptr<const SubscriptionSet> of, std::optional<Matcher> engine)
      : set(std::move(of)), rules(std::move(engine)), attributes(set->rep_->conditions) {}

  // Appends those that take a document of the alert.
  Status AddTakers(const AlertNotice& notice, std::vector<std::uint32_t>& takers);

  std::shared_ptr<const SubscriptionSet> set;
  std::optional<Matcher> rules;  // of the expressions; none: there are none
  NoticeText text;
  AttributeAnswers attributes;
};

Result<SubscriptionMatcher> SubscriptionMatcher::Create(std::shared_ptr<const SubscriptionSet> set) {
  std::optional<Matcher> rules;
  if (const auto& expressions = set->rep_->expressions; expressions != nullptr) {
    auto created = Matcher::Create(expressions->rules());
    if (!created) return std::move(created).error();
    rules = *std::move(created);
  }
  return SubscriptionMatcher(std::make_unique<Rep>(std::move(set), std::move(rules)));
}

SubscriptionMatcher::SubscriptionMatcher(std::unique_ptr<Rep> rep) : rep_(std::move(rep)) {}
SubscriptionMatcher::~SubscriptionMatcher() = default;
SubscriptionMatcher::SubscriptionMatcher(SubscriptionMatcher&&) noexcept = default;
SubscriptionMatcher& SubscriptionMatcher::operator=(SubscriptionMatcher&&) noexcept = default;

const SubscriptionSet& SubscriptionMatcher::set() const { return *rep_->set; }

Status SubscriptionMatcher::Rep::AddTakers(const AlertNotice& notice, std::vector<std::uint32_t>& takers) {
  const SubscriptionSet::Rep& known = *set->rep_;
  const AskedAlert alert(notice);
  attributes.Begin(text.attributes(), notice.topic);
  known.plain.ForEach(notice, [&](const Candidate& candidate) {
    if (alert.Meets(candidate, attributes)) takers.push_back(candidate.subscription);
    return true;
  });
  bool is_asked = false;
  known.with_expression.ForEach(notice, [&](const Candidate& candidate) {
    is_asked = alert.Meets(candidate, attributes);
    return !is_asked;
  });
  if (!is_asked) return {};
  const auto found = rules->Match(text.document(), text.folded());
  if (!found) return found.error();
  for (const TopicMatch& expression : *found) {
    for (const Candidate& candidate : known.by_expression[expression.topic]) {
      if (alert.Meets(candidate, attributes)) takers.push_back(candidate.subscription);
    }
  }
  return {};
}

Result<std::vector<std::uint32_t>> SubscriptionMatcher::Match(const AlertNotice& notice) {
  std::vector<std::uint32_t> takers;
  rep_->text.Begin(notice);
  for (std::size_t i = 0; i < rep_->text.count(); ++i) {
    rep_->text.Choose(i);
    if (Status added = rep_->AddTakers(notice, takers); !added) return std::move(added).error();
  }
  std::erase_if(takers, [&](std::uint32_t taker) {
    return !HasFacets(notice, rep_->set->subscriptions()[taker].subscription.filter);
  });
  std::sort(takers.begin(), takers.end());
  takers.erase(std::unique(takers.begin(), takers.end()), takers.end());
  return takers;
}

// --------------------------------------------------------------------------------------------------------- the reason

namespace {

constexpr std::size_t kMostListed = 5;

// "'a', 'b' and 4 more"
std::string Listed(const std::vector<std::string>& values) {
  const std::size_t shown = values.size() > kMostListed ? kMostListed - 1 : values.size();
  std::string text;
  for (std::size_t i = 0; i < shown; ++i) {
    if (i > 0) text += i + 1 == values.size() ? " or " : ", ";
    text += fmt::format("'{}'", values[i]);
  }
  if (shown < values.size()) text += fmt::format(" or {} more", values.size() - shown);
  return text;
}

std::string IsWanted(const std::vector<std::string>& values) { return Listed(values) + " is asked for"; }

std::string KnownOrNot(std::string_view what, std::string_view value) {
  return value.empty() ? fmt::format("its {} is not known", what) : fmt::format("its {} is '{}'", what, value);
}

std::string TagsOf(const AlertNotice& notice) {
  if (notice.tags.empty()) return "it has no tags";
  return fmt::format("its tags are '{}'", fmt::join(notice.tags, "', '"));
}

std::string SourceOf(const Document& attributes) {
  if (attributes.source.empty()) return KnownOrNot("source", attributes.source_host);
  if (attributes.source_host.empty()) return KnownOrNot("source", attributes.source);
  return fmt::format("its source is '{}' ({})", attributes.source, attributes.source_host);
}

std::string ScoreOf(const AlertNotice& notice) {
  return HasArticle(notice.kind) ? fmt::format("its score is {}", notice.score)
                                 : fmt::format("an alert of kind {} has no score", Name(notice.kind));
}

// Why not, of what the alert says of its topic and itself; empty: it meets all of that.
std::string WhyNotItself(const AlertNotice& notice, const SubscriptionFilter& filter) {
  const auto& topics = filter.topics;
  if (!topics.empty() && std::find(topics.begin(), topics.end(), notice.topic) == topics.end()) {
    return fmt::format("its topic is '{}'; {}", notice.topic, IsWanted(topics));
  }
  if (notice.severity < filter.severity) {
    return fmt::format("its severity is {}; {}{} is asked for", Name(notice.severity), Name(filter.severity),
                       filter.severity == TopicSeverity::kCritical ? "" : " or more");
  }
  if (notice.score < filter.score) {
    return fmt::format("{}; {} or more is asked for", ScoreOf(notice), filter.score);
  }
  const auto& kinds = filter.kinds;
  if (!kinds.empty() && std::find(kinds.begin(), kinds.end(), notice.kind) == kinds.end()) {
    std::vector<std::string> names;
    for (const AlertKind kind : kinds) names.emplace_back(Name(kind));
    return fmt::format("its kind is '{}'; {}", Name(notice.kind), IsWanted(names));
  }
  for (const auto& [name, values] : filter.facets) {
    if (!HasFacets(notice, {.facets = {{name, values}}})) {
      return fmt::format("none of the {} that are asked for ({}) is near its matches", name, fmt::join(values, ", "));
    }
  }
  if (!WantsKind(filter, notice.kind)) {
    return fmt::format("its kind is '{}', which is told to those only that ask for it in 'kinds'", Name(notice.kind));
  }
  return "";
}

}  // namespace

Result<std::string> SubscriptionMatcher::WhyNot(const AlertNotice& notice, std::uint32_t subscription) {
  const SubscriptionSet::Rep& known = *rep_->set->rep_;
  const SubscriptionFilter& filter = known.subscriptions[subscription].subscription.filter;
  if (std::string why = WhyNotItself(notice, filter); !why.empty()) return why;

  AttributeConditions conditions;
  const std::uint32_t tags = conditions.Add({.tags = &filter.tags});
  const std::uint32_t languages = conditions.Add({.languages = &filter.languages});
  const std::uint32_t countries = conditions.Add({.countries = &filter.countries});
  const std::uint32_t sources = conditions.Add({.sources = &filter.sources});
  AttributeAnswers answers(conditions);
  std::string why;
  NoticeText& text = rep_->text;
  text.Begin(notice);
  for (std::size_t i = 0; i < text.count(); ++i) {
    text.Choose(i);
    answers.Begin(text.attributes(), notice.topic);
    if (!answers.Hold(tags)) return fmt::format("{}; {}", TagsOf(notice), IsWanted(filter.tags));
    if (!answers.Hold(languages)) {
      return fmt::format("{}; {}", KnownOrNot("language", text.attributes().language), IsWanted(filter.languages));
    }
    if (!answers.Hold(countries)) {
      return fmt::format("{}; {}", KnownOrNot("country", text.attributes().country), IsWanted(filter.countries));
    }
    if (!answers.Hold(sources)) {
      if (why.empty()) {
        why = fmt::format("{}; {}", notice.summary.empty() ? SourceOf(text.attributes()) : "its alerts are of others",
                          IsWanted(filter.sources));
      }
      continue;
    }
    if (filter.match.empty()) return std::string();
    const auto found = rep_->rules->Match(text.document(), text.folded());
    if (!found) return found.error();
    const std::uint32_t number = known.expressions->NumberOf(filter.match);
    if (std::any_of(found->begin(), found->end(), [&](const TopicMatch& match) { return match.topic == number; })) {
      return std::string();
    }
    why = notice.summary.empty() ? "the expression does not hold on its title, first paragraph and snippets"
                                 : "the expression holds on none of the alerts that it lists";
  }
  return why;
}

}  // namespace wirewatch
