#include "rules/engine/rule_set.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <utility>

#include "rules/engine/facet_set.h"
#include "rules/engine/rule_set_rep.h"
#include "rules/language/regex_cost.h"
#include "rules/pack/topic_digest.h"

namespace wirewatch {
namespace {

// Diagnoses the regular expressions of one pack, each once.
class RegexCheck {
 public:
  using Judge = std::optional<RegexProblem> (*)(const Term& term);
  RegexCheck(Judge judge, const std::stop_token& stop, Diagnostics& diagnostics)
      : judge_(judge), stop_(stop), diagnostics_(diagnostics) {}

  // `file` and `place` are the expression's; `where()` says it in words.
  template <typename Where>
  void Check(const Expression& expression, const std::string& file, TextPosition place, const Where& where) {
    if (expression.kind == Expression::Kind::kTerm && expression.term.kind == Term::Kind::kRegex) {
      const Term& term = expression.term;
      if (stop_.stop_requested()) return;
      if (!seen_.emplace(term.text, term.ignore_case).second) return;
      if (std::optional<RegexProblem> problem = judge_(term)) {
        diagnostics_.push_back({.severity = Severity::kError,
                                .file = file,
                                .position = place,
                                .length = 1,
                                .code = std::move(problem->code),
                                .message = where() + ": " + problem->message,
                                .help = std::move(problem->help),
                                .source_line = {}});
      }
    }
    for (const Expression& child : expression.children) Check(child, file, place, where);
  }

 private:
  const Judge judge_;
  const std::stop_token& stop_;
  Diagnostics& diagnostics_;
  std::set<std::pair<std::string, bool>> seen_;
};

void CheckRegexes(const Pack& pack, RegexCheck::Judge judge, const std::stop_token& stop, Diagnostics& diagnostics) {
  RegexCheck check(judge, stop, diagnostics);
  for (const Topic& topic : pack.topics) {
    for (const Rule& rule : topic.rules) {
      check.Check(rule.match, rule.file.empty() ? pack.file : rule.file, rule.place,
                  [&] { return "rule '" + rule.id + "' of topic '" + topic.id + "'"; });
    }
    if (topic.unless) {
      check.Check(*topic.unless, pack.file, topic.unless_place, [&] { return "`unless` of topic '" + topic.id + "'"; });
    }
  }
}

Diagnostic Failure(const Error& error, std::string help) {
  return {.severity = Severity::kError,
          .file = "rules",
          .position = {},
          .length = 1,
          .code = error.code == ErrorCode::kUnavailable ? "stopped" : "engine",
          .message = error.message,
          .help = std::move(help),
          .source_line = {}};
}

double StatesOf(const Expression& expression) {
  double states = 0;
  if (expression.kind == Expression::Kind::kTerm && expression.term.kind == Term::Kind::kRegex) {
    states = EstimateRegexCost(expression.term.text, expression.term.ignore_case).states;
  }
  for (const Expression& child : expression.children) states += StatesOf(child);
  return states;
}

// The rules are too much together: said where the largest share of it stands.
Diagnostic TooMuchTogether(const Packs& packs, const Error& error) {
  Diagnostic diagnostic = Failure(error,
                                  "write fewer and shorter regular expressions, here first; or split the rules "
                                  "over two processes");
  diagnostic.code = "rules-too-large";
  double most = 0;
  for (const auto& pack : packs) {
    for (const Topic& topic : pack->topics) {
      for (const Rule& rule : topic.rules) {
        const double states = StatesOf(rule.match);
        if (states <= most) continue;
        most = states;
        diagnostic.file = rule.file.empty() ? pack->file : rule.file;
        diagnostic.position = rule.place;
        diagnostic.message = error.message + "; those of rule '" + rule.id + "' of topic '" + topic.id + "' the most";
      }
    }
  }
  return diagnostic;
}

}  // namespace

// What the packs of a new rule set share with the set before.
class RuleSet::Inheritance {
 public:
  // `before` may be null.
  Inheritance(const Rep* before, const Packs& packs) {
    if (before == nullptr) return;
    std::set<const Pack*> wanted;
    for (const auto& pack : packs) wanted.insert(pack.get());
    std::size_t first = 0;
    for (const auto& pack : before->packs) {
      if (wanted.contains(pack.get())) {
        unchanged_.emplace(pack.get(), first);
      } else {
        for (std::size_t i = 0; i < pack->topics.size(); ++i)
          changed_.emplace(CompiledDigestOf(pack->topics[i]), first + i);
      }
      first += pack->topics.size();
    }
  }

  // A pack of the set before, which need not be looked into: the index there of its first topic.
  std::optional<std::size_t> FirstTopicOf(const Pack& pack) const {
    const auto known = unchanged_.find(&pack);
    return known == unchanged_.end() ? std::nullopt : std::optional(known->second);
  }
  // A topic of another pack that is compiled to the same: its index.
  std::optional<std::size_t> Find(const Topic& topic) const {
    if (changed_.empty()) return std::nullopt;  // not worth a hash
    const auto known = changed_.find(CompiledDigestOf(topic));
    return known == changed_.end() ? std::nullopt : std::optional(known->second);
  }

 private:
  std::map<const Pack*, std::size_t> unchanged_;
  std::map<Digest, std::size_t> changed_;  // topics of packs that the new set does not hold, by CompiledDigestOf
};

CompiledRules RuleSet::Compile(std::vector<Pack> packs) {
  Packs shared;
  shared.reserve(packs.size());
  for (Pack& pack : packs) shared.push_back(std::make_shared<const Pack>(std::move(pack)));
  return Compile(std::move(shared));
}

CompiledRules RuleSet::Compile(Packs packs, const RuleSet* before, const std::filesystem::path& pattern_cache,
                               const std::stop_token& stop, std::shared_ptr<const FacetSet> facets) {
  CompiledRules compiled;
  const Rep* const old = before == nullptr ? nullptr : before->rep_.get();
  const Inheritance inheritance(old, packs);
  auto rep = std::make_unique<Rep>();
  std::vector<std::optional<Rep::Home>> earlier;  // of each topic, in `before`
  for (const auto& pack : packs) {
    const auto first = inheritance.FirstTopicOf(*pack);
    if (!first) CheckRegexes(*pack, FindRegexMistake, stop, compiled.diagnostics);
    for (std::size_t i = 0; i < pack->topics.size(); ++i) {
      rep->topics.push_back(&pack->topics[i]);
      rep->digests.push_back(first ? old->digests[*first + i] : DigestOf(pack->topics[i]));
      const auto same = first ? std::optional(*first + i) : inheritance.Find(pack->topics[i]);
      earlier.push_back(same ? std::optional(old->homes[*same]) : std::nullopt);
    }
  }
  if (HasErrors(compiled.diagnostics)) return compiled;
  rep->packs = std::move(packs);
  rep->facets = std::move(facets);
  std::vector<Digest> digests = rep->digests;
  if (rep->facets != nullptr) digests.push_back(rep->facets->digest());
  rep->hash = HexOfAll(std::move(digests));
  if (Status made = rep->MakeSegments(earlier, old, PatternCache(pattern_cache), stop); !made) {
    const Error& error = made.error();
    if (error.code == ErrorCode::kTooLarge) {
      compiled.diagnostics.push_back(TooMuchTogether(rep->packs, error));
      return compiled;
    }
    for (const auto& pack : rep->packs) {
      if (!inheritance.FirstTopicOf(*pack)) CheckRegexes(*pack, FindRegexProblem, stop, compiled.diagnostics);
    }
    if (!HasErrors(compiled.diagnostics)) {
      compiled.diagnostics.push_back(
          Failure(error, "the rules are too much for one database: split them over two processes, and report this"));
    }
    return compiled;
  }
  compiled.rule_set.reset(new RuleSet(std::move(rep)));
  return compiled;
}

void RuleSet::Rep::Add(std::shared_ptr<const RuleSegment> segment) {
  const std::uint32_t first_term = term_count();
  std::vector<std::uint32_t> no_topics(segment->topics.size(), SegmentMatcher::Numbers::kGone);
  segments.push_back({std::move(segment), std::move(no_topics), first_term});
}

void RuleSet::Rep::Settle(std::uint32_t topic, Home home) {
  homes[topic] = home;
  segments[home.segment].topics[home.topic] = topic;
}

Status RuleSet::Rep::MakeSegments(const std::vector<std::optional<Home>>& earlier, const Rep* before,
                                  const PatternCache& cache, const std::stop_token& stop) {
  homes.resize(topics.size());
  const auto in_first = [](const std::optional<Home>& home) { return home && home->segment == 0; };
  if (std::any_of(earlier.begin(), earlier.end(), in_first)) Add(before->segments.front().compiled);
  std::vector<std::uint32_t> others;
  for (std::uint32_t topic = 0; topic < topics.size(); ++topic) {
    if (in_first(earlier[topic])) {
      Settle(topic, *earlier[topic]);
    } else {
      others.push_back(topic);
    }
  }
  if (others.empty()) return {};

  const auto place = static_cast<std::uint32_t>(segments.size());
  if (std::all_of(others.begin(), others.end(), [&](std::uint32_t topic) { return earlier[topic].has_value(); })) {
    Add(before->segments.back().compiled);  // nothing in it is new
    for (const std::uint32_t topic : others) Settle(topic, {place, earlier[topic]->topic});
    return {};
  }
  std::vector<const Topic*> new_topics;
  new_topics.reserve(others.size());
  for (const std::uint32_t topic : others) new_topics.push_back(topics[topic]);
  auto segment = RuleSegment::Build(new_topics, cache, stop);
  if (!segment) return std::move(segment).error();
  Add(*std::move(segment));
  for (std::uint32_t i = 0; i < others.size(); ++i) Settle(others[i], {place, i});
  return {};
}

std::uint32_t RuleSet::Rep::term_count() const {
  if (segments.empty()) return 0;
  return segments.back().first_term + static_cast<std::uint32_t>(segments.back().compiled->terms().size());
}

RuleSet::RuleSet(std::unique_ptr<Rep> rep) : rep_(std::move(rep)) {}
RuleSet::~RuleSet() = default;

const std::string& RuleSet::hash() const { return rep_->hash; }
const Packs& RuleSet::packs() const { return rep_->packs; }
std::span<const Topic* const> RuleSet::topics() const { return rep_->topics; }
const std::shared_ptr<const FacetSet>& RuleSet::facets() const { return rep_->facets; }
const Digest& RuleSet::digest(std::uint32_t topic) const { return rep_->digests[topic]; }
std::uint32_t RuleSet::term_count() const { return rep_->term_count(); }

Term RuleSet::term(std::uint32_t number) const {
  auto segment = rep_->segments.rbegin();
  while (number < segment->first_term) ++segment;
  return segment->compiled->terms().At(number - segment->first_term);
}

RuleSet::TermNumbers RuleSet::TermsAround(std::uint32_t topic) const {
  const Rep::Segment& segment = rep_->segments[rep_->homes[topic].segment];
  return {segment.first_term, segment.first_term + static_cast<std::uint32_t>(segment.compiled->terms().size())};
}

bool RuleSet::is_in_parts() const {
  if (rep_->segments.size() > 1) return true;
  const auto is_gone = [](std::uint32_t topic) { return topic == SegmentMatcher::Numbers::kGone; };
  return std::any_of(rep_->segments.begin(), rep_->segments.end(), [&](const Rep::Segment& segment) {
    return std::any_of(segment.topics.begin(), segment.topics.end(), is_gone);
  });
}

}  // namespace wirewatch
