#include "pipeline/deliver/expression_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <unordered_set>
#include <utility>

#include "base/text/numbers.h"
#include "pipeline/deliver/match_expression.h"
#include "rules/language/expression.h"

namespace wirewatch {
namespace {

// All are compiled together again when one in so many of them would not be in the large part, or is there for nobody;
// of fewer than kFewChanges it is not worth it.
constexpr std::size_t kChangedShare = 8, kFewChanges = 500;

Error MistakeIn(const OwnedExpression& expression, std::string_view what) {
  return {ErrorCode::kInvalid,
          fmt::format("the expression of the subscription '{}' cannot be used: {}", expression.owner, what)};
}

// The expression as the one rule of a topic, whose id is the text. `line`: where it would stand if its pack were a file
// with a text a line; diagnostics name it.
Result<Topic> TopicOf(const OwnedExpression& expression, const Topic* before, std::uint32_t line) {
  if (before != nullptr) {
    Topic topic = *before;
    topic.rules.front().place.line = line;
    return topic;
  }
  ParsedExpression parsed = ReadMatch(expression.text);
  if (!parsed.expression) {
    const ExpressionError& first = parsed.errors.front();
    return MistakeIn(expression, fmt::format("{} ({})", first.message, first.help));
  }
  Topic topic;
  topic.id = expression.text;
  Rule& rule = topic.rules.emplace_back();
  rule.id = "match";
  rule.match = *std::move(parsed.expression);
  rule.place = {line, 1};
  return topic;
}

}  // namespace

ExpressionSet::Texts ExpressionSet::DifferentOf(const std::vector<OwnedExpression>& expressions) {
  std::unordered_set<std::string_view> seen;
  seen.reserve(expressions.size());
  Texts texts;
  for (const OwnedExpression& expression : expressions) {
    if (!seen.insert(expression.text).second) continue;
    texts[std::hash<std::string_view>()(expression.text) % kPacks].push_back(&expression);
  }
  for (auto& pack : texts) {
    std::sort(pack.begin(), pack.end(), [](const auto* a, const auto* b) { return a->text < b->text; });
  }
  return texts;
}

Result<Packs> ExpressionSet::PacksOf(const Texts& texts, const ExpressionSet* before) {
  Packs packs;
  for (std::size_t i = 0; i < kPacks; ++i) {
    if (before != nullptr) {
      const std::shared_ptr<const Pack>& old = before->rules_->packs()[i];
      if (std::equal(texts[i].begin(), texts[i].end(), old->topics.begin(), old->topics.end(),
                     [](const OwnedExpression* text, const Topic& topic) { return text->text == topic.id; })) {
        packs.push_back(old);
        continue;
      }
    }
    auto pack = std::make_shared<Pack>();
    pack->file = std::to_string(i);  // ErrorOf reads it
    for (const OwnedExpression* const expression : texts[i]) {
      const auto line = static_cast<std::uint32_t>(pack->topics.size() + 1);
      auto topic = TopicOf(*expression, before == nullptr ? nullptr : before->Find(expression->text), line);
      if (!topic) return std::move(topic).error();
      pack->topics.push_back(*std::move(topic));
    }
    packs.push_back(std::move(pack));
  }
  return packs;
}

Error ExpressionSet::ErrorOf(const Diagnostics& diagnostics, const Texts& texts) {
  for (const Diagnostic& diagnostic : diagnostics) {
    if (diagnostic.severity != Severity::kError) continue;
    if (diagnostic.position.line == 0) return {ErrorCode::kInternal, diagnostic.message};
    const std::size_t pack = ParseNumber<std::size_t>(diagnostic.file).value();
    Error error = MistakeIn(*texts[pack][diagnostic.position.line - 1],
                            fmt::format("{} ({})", diagnostic.message, diagnostic.help));
    if (diagnostic.code == "rules-too-large") error.code = ErrorCode::kTooLarge;
    return error;
  }
  return {ErrorCode::kInternal, "the expressions of the subscriptions were not compiled, and nothing says why"};
}

const Topic* ExpressionSet::Find(std::string_view text) const {
  const auto known = numbers_.find(text);
  return known == numbers_.end() ? nullptr : rules_->topics()[known->second];
}

bool ExpressionSet::IsInWhole(std::string_view text) const {
  const auto known = numbers_.find(text);
  return known != numbers_.end() && in_whole_[known->second];
}

bool ExpressionSet::IsWorthAll(const Texts& texts) const {
  std::size_t kept = 0, come = 0;
  for (const auto& pack : texts) {
    for (const OwnedExpression* const expression : pack) ++(IsInWhole(expression->text) ? kept : come);
  }
  return come + (whole_ - kept) > std::max(kFewChanges, whole_ / kChangedShare);
}

Result<std::shared_ptr<const ExpressionSet>> ExpressionSet::Compile(
    const std::vector<OwnedExpression>& expressions, const std::shared_ptr<const ExpressionSet>& before) {
  const Texts texts = DifferentOf(expressions);
  auto packs = PacksOf(texts, before.get());
  if (!packs) return std::move(packs).error();
  if (before != nullptr && *packs == before->rules_->packs()) return before;

  const bool together = before == nullptr || before->IsWorthAll(texts);
  CompiledRules compiled = RuleSet::Compile(*std::move(packs), together ? nullptr : before->rules_.get());
  if (compiled.rule_set == nullptr) return ErrorOf(compiled.diagnostics, texts);

  auto set = std::make_shared<ExpressionSet>();
  set->rules_ = std::move(compiled.rule_set);
  const auto topics = set->rules_->topics();
  set->numbers_.reserve(topics.size());
  for (std::uint32_t number = 0; number < topics.size(); ++number) {
    const std::string& text = topics[number]->id;
    set->numbers_.emplace(text, number);
    set->in_whole_.push_back(together || before->IsInWhole(text));
  }
  set->whole_ = together ? topics.size() : before->whole_;
  return std::shared_ptr<const ExpressionSet>(std::move(set));
}

}  // namespace wirewatch
