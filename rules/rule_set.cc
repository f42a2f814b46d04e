#include "rules/rule_set.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <string_view>
#include <utility>

#include "base/digest.h"
#include "rules/rule_set_rep.h"

namespace wirewatch {
namespace {

// Text that is the same for the same rules: every part with its length before it, so that no two can run together.
class Canonical {
 public:
  void Add(std::string_view part) {
    AddNumber(part.size());
    text_ += ':';
    text_ += part;
  }
  void Add(std::uint64_t number) {
    AddNumber(number);
    text_ += ';';
  }

  void Add(const Expression& expression) {
    Add(static_cast<std::uint64_t>(expression.kind));
    switch (expression.kind) {
      case Expression::Kind::kTerm:
        Add(static_cast<std::uint64_t>(expression.term.kind));
        Add(std::string_view(expression.term.text));
        Add(std::uint64_t{expression.term.ignore_case});
        Add(static_cast<std::uint64_t>(expression.term.scope));
        break;
      case Expression::Kind::kAttribute:
        Add(static_cast<std::uint64_t>(expression.attribute));
        Add(static_cast<std::uint64_t>(expression.comparison));
        Add(std::string_view(expression.value));
        break;
      case Expression::Kind::kNear:
        Add(std::uint64_t{expression.distance});
        Add(std::uint64_t{expression.ordered});
        Add(std::uint64_t{expression.negated});
        break;
      case Expression::Kind::kSame:
        Add(static_cast<std::uint64_t>(expression.unit));
        Add(std::uint64_t{expression.negated});
        break;
      case Expression::Kind::kAtLeast:
      case Expression::Kind::kRepeated: Add(std::uint64_t{expression.count}); break;
      case Expression::Kind::kAnd:
      case Expression::Kind::kOr:  // what a list holds counts, not its name
      case Expression::Kind::kNot: break;
    }
    Add(std::uint64_t{expression.children.size()});
    for (const Expression& child : expression.children) Add(child);
  }

  void Add(const std::vector<std::string>& parts) {
    Add(std::uint64_t{parts.size()});
    for (const std::string& part : parts) Add(std::string_view(part));
  }

  void Add(const Topic& topic) {
    Add(std::string_view(topic.id));
    Add(std::string_view(topic.title));
    Add(Name(topic.severity));
    Add(topic.tags);
    Add(topic.languages);
    Add(std::uint64_t{topic.rules.size()});
    for (const Rule& rule : topic.rules) {
      Add(std::string_view(rule.id));
      Add(std::uint64_t{rule.score});
      Add(rule.match);
    }
    Add(std::uint64_t{topic.unless.has_value()});
    if (topic.unless) Add(*topic.unless);
    Add(static_cast<std::uint64_t>(topic.story.window.count()));
    Add(std::uint64_t{topic.story.grow.size()});
    for (const std::uint32_t step : topic.story.grow) Add(std::uint64_t{step});
  }

  const std::string& text() const { return text_; }

 private:
  void AddNumber(std::uint64_t number) {
    std::array<char, 20> digits;
    text_.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr);
  }

  std::string text_;
};

// Topics in order of their ids: the order of files is that of their names, which must not count.
std::string HashOf(std::vector<const Topic*> topics) {
  std::sort(topics.begin(), topics.end(), [](const Topic* a, const Topic* b) { return a->id < b->id; });
  Canonical canonical;
  for (const Topic* topic : topics) canonical.Add(*topic);
  return DigestHex({canonical.text()});
}

// Diagnoses the regular expressions of one pack, each once.
class RegexCheck {
 public:
  RegexCheck(const Pack& pack, Diagnostics& diagnostics) : pack_(pack), diagnostics_(diagnostics) {}

  // `where()` says where the expression stands.
  template <typename Where>
  void Check(const Expression& expression, TextPosition place, const Where& where) {
    if (expression.kind == Expression::Kind::kTerm && expression.term.kind == Term::Kind::kRegex) {
      const Term& term = expression.term;
      if (!seen_.emplace(term.text, term.ignore_case).second) return;
      if (std::optional<RegexProblem> problem = FindRegexProblem(term)) {
        diagnostics_.push_back({.severity = Severity::kError,
                                .file = pack_.file,
                                .position = place,
                                .length = 1,
                                .code = std::move(problem->code),
                                .message = where() + ": " + problem->message,
                                .help = std::move(problem->help),
                                .source_line = {}});
      }
    }
    for (const Expression& child : expression.children) Check(child, place, where);
  }

 private:
  const Pack& pack_;
  Diagnostics& diagnostics_;
  std::set<std::pair<std::string, bool>> seen_;
};

void CheckRegexes(const Pack& pack, Diagnostics& diagnostics) {
  RegexCheck check(pack, diagnostics);
  for (const Topic& topic : pack.topics) {
    for (const Rule& rule : topic.rules) {
      check.Check(rule.match, rule.place, [&] { return "rule '" + rule.id + "' of topic '" + topic.id + "'"; });
    }
    if (topic.unless) {
      check.Check(*topic.unless, topic.unless_place, [&] { return "`unless` of topic '" + topic.id + "'"; });
    }
  }
}

Diagnostic EngineFailure(const Error& error) {
  return {.severity = Severity::kError,
          .file = "rules",
          .position = {},
          .length = 1,
          .code = "engine",
          .message = error.message,
          .help = "the rules are too much for one database: split them over two processes, and report this",
          .source_line = {}};
}

}  // namespace

CompiledRules RuleSet::Compile(std::vector<Pack> packs) {
  CompiledRules compiled;
  for (const Pack& pack : packs) CheckRegexes(pack, compiled.diagnostics);
  if (HasErrors(compiled.diagnostics)) return compiled;

  RulePrograms programs;
  std::vector<const Topic*> topics;
  std::vector<Rep::CompiledRule> rules;
  std::vector<std::optional<std::uint32_t>> unless;
  std::vector<NecessaryTerms> necessary;
  for (const Pack& pack : packs) {
    for (const Topic& topic : pack.topics) {
      const auto topic_number = static_cast<std::uint32_t>(topics.size());
      topics.push_back(&topic);  // stays valid: the vector's memory moves over whole
      for (std::uint32_t i = 0; i < topic.rules.size(); ++i) {
        const std::uint32_t root = programs.Add(topic.rules[i].match);
        rules.push_back({topic_number, i, root});
      }
      unless.push_back(topic.unless ? std::optional(programs.Add(*topic.unless)) : std::nullopt);
    }
  }

  for (const Rep::CompiledRule& rule : rules) necessary.push_back(programs.Necessary(rule.root));
  programs.FinishAdding();

  Result<RegexLane> regexes = RegexLane::Build(programs.terms());
  if (!regexes) compiled.diagnostics.push_back(EngineFailure(regexes.error()));
  if (HasErrors(compiled.diagnostics)) return compiled;

  WordLane words(programs.terms());
  RuleIndex index(necessary, programs.terms().size());
  std::string hash = HashOf(topics);
  compiled.rule_set.reset(new RuleSet(std::make_unique<Rep>(Rep{.packs = std::move(packs),
                                                                .hash = std::move(hash),
                                                                .topics = std::move(topics),
                                                                .rules = std::move(rules),
                                                                .unless = std::move(unless),
                                                                .programs = std::move(programs),
                                                                .index = std::move(index),
                                                                .words = std::move(words),
                                                                .regexes = *std::move(regexes)})));
  return compiled;
}

RuleSet::RuleSet(std::unique_ptr<Rep> rep) : rep_(std::move(rep)) {}
RuleSet::~RuleSet() = default;

const std::string& RuleSet::hash() const { return rep_->hash; }
std::span<const Pack> RuleSet::packs() const { return rep_->packs; }
std::span<const Topic* const> RuleSet::topics() const { return rep_->topics; }
std::span<const Term> RuleSet::terms() const { return rep_->programs.terms(); }

}  // namespace wirewatch
