#include "rules/pack/topic_digest.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <string_view>

namespace wirewatch {
namespace {

// Text that is the same for the same rules: every part with its length before it, so that no two can run together.
class Canonical {
  static constexpr std::uint64_t kHanSame = 1 << 8;

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
        Add(static_cast<std::uint64_t>(expression.term.scope) | (expression.term.han_same ? kHanSame : 0) |
            std::uint64_t{expression.term.languages} << 32);
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

  void Add(const RuleBudget& budget) {
    Add(budget.cpu ? static_cast<std::uint64_t>(budget.cpu->count()) : 0);
    Add(std::uint64_t{budget.hits.value_or(0)});
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
      Add(Name(rule.severity.value_or(topic.severity)));
      if (!rule.languages.empty()) Add(rule.languages);
      Add(rule.match);
      Add(Name(StatusOf(topic, rule)));
      Add(rule.budget);
    }
    Add(Name(topic.status));
    Add(topic.budget);
    Add(std::uint64_t{topic.unless.has_value()});
    if (topic.unless) Add(*topic.unless);
    Add(static_cast<std::uint64_t>(topic.story.window.count()));
    Add(std::uint64_t{topic.story.grow.size()});
    for (const std::uint32_t step : topic.story.grow) Add(std::uint64_t{step});
    Add(std::uint64_t{topic.story.throttle.value_or(0)});
    Add(Name(topic.story.burst));
    Add(std::uint64_t{topic.story.join});
    Add(std::uint64_t{topic.story.quiet});
  }

  void AddCompiled(const Topic& topic) {
    Add(std::string_view(topic.id));
    Add(topic.languages);
    Add(std::uint64_t{topic.rules.size()});
    for (const Rule& rule : topic.rules) {
      Add(std::uint64_t{rule.score});
      Add(Name(rule.severity.value_or(topic.severity)));
      if (!rule.languages.empty()) Add(rule.languages);
      Add(rule.match);
      Add(std::uint64_t{StatusOf(topic, rule) == RuleStatus::kOff});  // it is not compiled
    }
    Add(std::uint64_t{topic.unless.has_value()});
    if (topic.unless) Add(*topic.unless);
  }

  const std::string& text() const { return text_; }

 private:
  void AddNumber(std::uint64_t number) {
    std::array<char, 20> digits;
    text_.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr);
  }

  std::string text_;
};

}  // namespace

Digest DigestOf(const Topic& topic) {
  Canonical canonical;
  canonical.Add(topic);
  return DigestOf({canonical.text()});
}

Digest CompiledDigestOf(const Topic& topic) {
  Canonical canonical;
  canonical.AddCompiled(topic);
  return DigestOf({canonical.text()});
}

Digest FoundDigestOf(const Topic& topic, const Rule& rule) {
  Canonical canonical;
  canonical.Add(std::string_view(topic.id));
  canonical.Add(std::string_view(rule.id));
  canonical.Add(rule.languages.empty() ? topic.languages : rule.languages);
  canonical.Add(rule.match);
  if (topic.unless) canonical.Add(*topic.unless);
  return DigestOf({canonical.text()});
}

std::string HexOfAll(std::vector<Digest> topics) {
  std::sort(topics.begin(), topics.end());
  std::string bytes;
  bytes.reserve(topics.size() * sizeof(Digest));
  for (const Digest& topic : topics) bytes.append(topic.begin(), topic.end());
  return DigestHex({bytes});
}

}  // namespace wirewatch
