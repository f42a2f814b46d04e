#include "rules/tools/coverage.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "base/text/utf8.h"
#include "rules/engine/matcher.h"
#include "rules/language/attributes.h"
#include "rules/language/expression.h"

namespace wirewatch {
namespace {

using Kind = Expression::Kind;

bool IsLeaf(const Expression& e) { return e.kind == Kind::kTerm || e.kind == Kind::kAttribute; }
bool IsPair(const Expression& e) { return e.kind == Kind::kNear || e.kind == Kind::kSame; }
// What leaves out: NOT, NOT NEAR, NOT SAME.
bool IsExclusion(const Expression& e) { return e.kind == Kind::kNot || (IsPair(e) && e.negated); }

std::string Shown(const Expression& e) {
  constexpr std::size_t kLongestShown = 80;
  const std::string text = ToText(e);
  return text.size() <= kLongestShown ? text : std::string(BeginningOf(text, kLongestShown)) + "...";
}

// The parts that the engine is asked about, each as a rule of one topic.
class Probes {
 public:
  // The number of a part's rule. `topic`: its text alone does not tell which lists it names and what its terms are by
  // the topic's keys.
  std::uint32_t Add(const Expression& part, std::uint32_t topic) {
    const std::string text = ToText(part);
    const std::string key = fmt::format("{} {}", topic, text);
    const auto [known, is_new] = numbers_.try_emplace(key, static_cast<std::uint32_t>(topic_.rules.size()));
    if (is_new) {
      Rule& rule = topic_.rules.emplace_back();
      rule.id = std::to_string(known->second);
      rule.match = part;
      rule.match_text = text;
    }
    return known->second;
  }

  Status Compile() {
    Pack pack;
    topic_.id = "parts";
    holds_.resize(topic_.rules.size());
    pack.topics.push_back(std::move(topic_));
    std::vector<Pack> packs;
    packs.push_back(std::move(pack));
    CompiledRules compiled = RuleSet::Compile(std::move(packs));
    if (compiled.rule_set == nullptr) {
      return Error{ErrorCode::kInternal, "the parts of the rules cannot be compiled: " + Render(compiled.diagnostics)};
    }
    rule_set_ = compiled.rule_set;
    auto matcher = Matcher::Create(rule_set_);
    if (!matcher) return matcher.error();
    matcher_.emplace(*std::move(matcher));
    return {};
  }

  Status Ask(const Document& document, const FoldedDocument& folded) {
    std::fill(holds_.begin(), holds_.end(), false);
    found_.clear();
    const auto matches = matcher_->Match(document, folded);
    if (!matches) return matches.error();
    for (const TopicMatch& match : *matches) {
      for (const std::uint32_t rule : match.rules) holds_[rule] = true;
      for (const MatchSpan& span : match.spans) found_.emplace(span.rule, span.term);
    }
    return {};
  }

  bool Holds(std::uint32_t probe) const { return holds_[probe]; }
  // Whether the part holds by a place of this term.
  bool HoldsBy(std::uint32_t probe, const Term& term) const {
    for (auto i = found_.lower_bound({probe, 0}); i != found_.end() && i->first == probe; ++i) {
      if (rule_set_->term(i->second) == term) return true;
    }
    return false;
  }

 private:
  Topic topic_;
  std::unordered_map<std::string, std::uint32_t> numbers_;
  std::shared_ptr<const RuleSet> rule_set_;
  std::optional<Matcher> matcher_;
  // Of the document at hand.
  std::vector<bool> holds_;
  std::set<std::pair<std::uint32_t, std::uint32_t>> found_;  // rule and term
};

}  // namespace

struct Coverage::Rep {
  explicit Rep(std::shared_ptr<const RuleSet> rules) : rule_set(std::move(rules)) {}

  // A rule, or an `unless`.
  struct Whole {
    const Expression* expression = nullptr;
    const std::vector<std::string>* languages = nullptr;  // of the articles that it reads
    std::size_t place = 0;
    std::vector<const Expression*> exclusions;  // in it
  };
  struct TopicParts {
    std::vector<Whole> rules;
    std::optional<Whole> unless;
  };

  // ---- before the tests

  void AddTopic(std::uint32_t number) {
    const Topic& topic = *rule_set->topics()[number];
    TopicParts& parts = topics.emplace_back();
    for (std::uint32_t i = 0; i < topic.rules.size(); ++i) {
      const Rule& rule = topic.rules[i];
      if (StatusOf(topic, rule) == RuleStatus::kOff) continue;  // nobody runs it
      CoveredPlace about;
      about.topic = number;
      about.rule = i;
      parts.rules.push_back(AddWhole(rule.match, rule.languages, PlaceKind::kRule, rule.id, about));
    }
    if (topic.unless) {
      CoveredPlace about;
      about.topic = number;
      parts.unless =
          AddWhole(*topic.unless, topic.languages, PlaceKind::kExclusion, "unless " + Shown(*topic.unless), about);
    }
    AddEntries();
  }

  // Those that were met in the topic.
  void AddEntries() {
    std::map<std::tuple<std::string, std::string, std::string>, std::size_t> known;  // file, list and entry
    for (auto& [entry, place] : entries) {
      const auto [at, is_new] = known.try_emplace({FileOf(place), place.list, place.text}, places.size());
      if (is_new) places.push_back(std::move(place));
      place_of.emplace(entry, at->second);
    }
    entries.clear();
    shared.clear();
  }

  // Of the place's rule, if that stands in another file than its topic: files have lists of their own.
  const std::string& FileOf(const CoveredPlace& place) const {
    static const std::string kOfTheTopic;
    return place.rule ? rule_set->topics()[place.topic]->rules[*place.rule].file : kOfTheTopic;
  }

  Whole AddWhole(const Expression& e, const std::vector<std::string>& languages, PlaceKind kind, std::string text,
                 const CoveredPlace& about) {
    Whole whole{&e, &languages, places.size(), {}};
    CoveredPlace place = about;
    place.kind = kind;
    place.is_whole = true;
    place.span = e.place;
    place.text = std::move(text);
    places.push_back(std::move(place));
    Visit(e, nullptr, about, whole);
    return whole;
  }

  // `about.span`: empty, unless `e` stands elsewhere than its rule: in the `unless` of a topic's extension, which is
  // part of each of its rules, and counts once.
  void AddPlace(const Expression& e, PlaceKind kind, CoveredPlace about) {
    about.kind = kind;
    about.text = e.kind == Kind::kTerm ? ToText(e.term) : Shown(e);
    if (about.span.empty()) {
      about.span = e.place;
    } else if (const auto [at, is_new] = shared.try_emplace({FileOf(about), about.text}, places.size()); !is_new) {
      place_of.emplace(&e, at->second);
      return;
    }
    place_of.emplace(&e, places.size());
    places.push_back(std::move(about));
  }

  // `list`: null, `e` is no entry of one.
  void Visit(const Expression& e, const std::string* list, const CoveredPlace& about, Whole& whole) {
    if (IsLeaf(e)) {
      probe_of.emplace(&e, probes.Add(e, about.topic));
      if (list == nullptr) return AddPlace(e, PlaceKind::kTerm, about);
      if (e.of_library) return;
      Term entry = e.term;  // a prefix before the list was pushed down to it
      entry.scope = Scope::kAnywhere;
      CoveredPlace place = about;
      place.kind = PlaceKind::kEntry;
      place.text = ToText(entry);
      place.list = *list;
      if (place.span.empty()) place.span = e.place;
      entries.emplace_back(&e, std::move(place));
      return;
    }
    if (e.kind == Kind::kNot && e.place.empty() && about.span.empty() && !whole.expression->place.empty()) {
      CoveredPlace elsewhere = about;
      elsewhere.span = whole.expression->place;
      return Visit(e, list, elsewhere, whole);
    }
    if (IsExclusion(e)) {
      AddPlace(e, PlaceKind::kExclusion, about);
      whole.exclusions.push_back(&e);
    }
    if (IsPair(e) || e.kind == Kind::kRepeated) probe_of.emplace(&e, probes.Add(e, about.topic));
    if (!e.list.empty()) AddPlace(e, PlaceKind::kTerm, about);
    const bool chooses = e.kind == Kind::kOr || e.kind == Kind::kAtLeast;
    for (const Expression& child : e.children) {
      const bool is_branch = chooses && !IsLeaf(child) && !IsExclusion(child) && child.list.empty();
      if (is_branch) AddPlace(child, PlaceKind::kBranch, about);
      Visit(child, e.list.empty() ? nullptr : &e.list, about, whole);
    }
  }

  // ---- one test

  // Of the document that `probes` was asked about. `lifted`: an exclusion that is taken to leave out nothing; or null.
  bool Holds(const Expression& e, const Expression* lifted = nullptr) const {
    const auto holds = [&](const Expression& child) { return Holds(child, lifted); };
    switch (e.kind) {
      case Kind::kAnd: return std::all_of(e.children.begin(), e.children.end(), holds);
      case Kind::kOr: return std::any_of(e.children.begin(), e.children.end(), holds);
      case Kind::kNot: return &e == lifted || !holds(e.children[0]);
      case Kind::kAtLeast:
        return std::count_if(e.children.begin(), e.children.end(), holds) >= static_cast<std::ptrdiff_t>(e.count);
      case Kind::kNear:
      case Kind::kSame:
        if (&e == lifted) return holds(e.children[0]);
        break;
      default: break;
    }
    return probes.Holds(probe_of.at(&e));
  }

  void Mark(std::size_t place) {
    if (marked.insert(place).second) ++places[place].tests;
  }
  void Mark(const Expression& e) {
    if (const auto place = place_of.find(&e); place != place_of.end()) Mark(place->second);
  }

  // REQUIRES: it holds, and so does what stands around it.
  void Walk(const Expression& e) {
    if (IsExclusion(e)) {
      if (e.kind != Kind::kNot) WalkSide(e.children[0], e);  // the left side stands
      return;
    }
    Mark(e);
    switch (e.kind) {
      case Kind::kTerm:
      case Kind::kAttribute: return;
      case Kind::kNear:
      case Kind::kSame:
      case Kind::kRepeated:
        for (const Expression& side : e.children) WalkSide(side, e);
        return;
      default:
        for (const Expression& child : e.children) {
          if (Holds(child)) Walk(child);
        }
    }
  }

  // The terms of one side of a pair by which the pair holds. True: there are some.
  bool WalkSide(const Expression& side, const Expression& pair) {
    bool any = false;
    if (side.kind == Kind::kTerm) any = probes.HoldsBy(probe_of.at(&pair), side.term);
    for (const Expression& child : side.children) any |= WalkSide(child, pair);
    if (any) Mark(side);
    return any;
  }

  // What an exclusion left out by.
  void WalkExcluded(const Expression& exclusion) {
    Mark(exclusion);
    if (exclusion.kind == Kind::kNot) return Walk(exclusion.children[0]);
    if (Holds(exclusion.children[1])) Walk(exclusion.children[1]);
  }

  // The exclusions without which it would hold, or would not: the other way round than it is.
  void WalkDeciding(const Whole& whole) {
    const bool holds = Holds(*whole.expression);
    for (const Expression* const exclusion : whole.exclusions) {
      if (Holds(*whole.expression, exclusion) != holds) WalkExcluded(*exclusion);
    }
  }

  bool Reads(const Whole& whole) const { return LanguagePasses(language, *whole.languages); }

  void TakeFired(const TopicParts& parts) {
    for (const Whole& rule : parts.rules) {
      if (!Reads(rule) || !Holds(*rule.expression)) continue;
      Mark(rule.place);
      Walk(*rule.expression);
      WalkDeciding(rule);
    }
    if (parts.unless) WalkDeciding(*parts.unless);
  }

  void TakeSilent(const TopicParts& parts) {
    const bool excluded = parts.unless && Holds(*parts.unless->expression);
    const bool any = std::any_of(parts.rules.begin(), parts.rules.end(),
                                 [&](const Whole& rule) { return Reads(rule) && Holds(*rule.expression); });
    if (any && excluded) {
      Mark(parts.unless->place);
      Walk(*parts.unless->expression);
      return;
    }
    if (any || excluded) return;
    for (const Whole& rule : parts.rules) {
      if (Reads(rule)) WalkDeciding(rule);
    }
  }

  std::shared_ptr<const RuleSet> rule_set;
  std::vector<TopicParts> topics;
  std::vector<CoveredPlace> places;
  std::vector<std::pair<const Expression*, CoveredPlace>> entries;  // of the topic that is added
  std::map<std::pair<std::string, std::string>, std::size_t>
      shared;  // likewise: file and text, of what AddPlace shares
  std::unordered_map<const Expression*, std::size_t> place_of;
  std::unordered_map<const Expression*, std::uint32_t> probe_of;
  Probes probes;
  // Of the test at hand.
  std::string_view language;     // of its article
  std::set<std::size_t> marked;  // what it exercises
};

Coverage::Coverage(std::unique_ptr<Rep> rep) : rep_(std::move(rep)) {}
Coverage::~Coverage() = default;
Coverage::Coverage(Coverage&&) noexcept = default;
Coverage& Coverage::operator=(Coverage&&) noexcept = default;

Result<Coverage> Coverage::Create(std::shared_ptr<const RuleSet> rule_set) {
  auto rep = std::make_unique<Rep>(std::move(rule_set));
  for (std::uint32_t i = 0; i < rep->rule_set->topics().size(); ++i) rep->AddTopic(i);
  if (Status compiled = rep->probes.Compile(); !compiled) return std::move(compiled).error();
  LocatePlaces(*rep->rule_set, rep->places);
  return Coverage(std::move(rep));
}

Status Coverage::Take(const JudgedArticle& judged) {
  if (Status asked = rep_->probes.Ask(judged.document, judged.folded); !asked) return asked;
  rep_->marked.clear();
  rep_->language = judged.document.language;
  for (const std::uint32_t topic : judged.fired) rep_->TakeFired(rep_->topics[topic]);
  for (const std::uint32_t topic : judged.silent) {
    if (!LanguagePasses(judged.document.language, rep_->rule_set->topics()[topic]->languages)) continue;
    rep_->TakeSilent(rep_->topics[topic]);
  }
  return {};
}

const std::vector<CoveredPlace>& Coverage::places() const { return rep_->places; }
const RuleSet& Coverage::rule_set() const { return *rep_->rule_set; }

}  // namespace wirewatch
