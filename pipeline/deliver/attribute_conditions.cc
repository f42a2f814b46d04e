#include "pipeline/deliver/attribute_conditions.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace wirewatch {
namespace {

constexpr std::uint32_t kUnknownTopic = std::numeric_limits<std::uint32_t>::max();
// The last round whose answers fit.
constexpr std::uint32_t kLastRound = std::numeric_limits<std::uint32_t>::max() >> 1;

}  // namespace

std::uint32_t AttributeConditions::Add(const Lists& lists) {
  const Condition condition{
      TopicsOf(lists.topics),
      {TestsOf(Attribute::kTag, lists.tags), TestsOf(Attribute::kLanguage, lists.languages),
       TestsOf(Attribute::kCountry, lists.countries), TestsOf(Attribute::kSource, lists.sources)}};
  const auto next = static_cast<std::uint32_t>(conditions_.size());
  const auto [known, is_new] = condition_numbers_.try_emplace(condition, next);
  if (is_new) conditions_.push_back(condition);
  return known->second;
}

std::uint32_t AttributeConditions::TopicsOf(const std::vector<std::string>* ids) {
  if (ids == nullptr) return 0;
  List list;
  for (const std::string& id : *ids) {
    list.push_back(topic_numbers_.try_emplace(id, static_cast<std::uint32_t>(topic_numbers_.size())).first->second);
  }
  return Keep(std::move(list));
}

std::uint32_t AttributeConditions::TestsOf(Attribute attribute, const std::vector<std::string>* values) {
  if (values == nullptr) return 0;
  List list;
  for (const std::string& value : *values) {
    const auto next = static_cast<std::uint32_t>(tests_.size());
    const auto [known, is_new] = test_numbers_.try_emplace({attribute, value}, next);
    if (is_new) tests_.emplace_back(attribute, Comparison::kIs, value);
    list.push_back(known->second);
  }
  return Keep(std::move(list));
}

std::uint32_t AttributeConditions::Keep(List list) {
  std::sort(list.begin(), list.end());
  list.erase(std::unique(list.begin(), list.end()), list.end());
  const auto [known, is_new] = list_numbers_.try_emplace(list, static_cast<std::uint32_t>(lists_.size()));
  if (is_new) lists_.push_back(std::move(list));
  return known->second;
}

AttributeAnswers::AttributeAnswers(const AttributeConditions& conditions)
    : conditions_(&conditions), of_conditions_(conditions.conditions_.size()), of_tests_(conditions.tests_.size()) {}

void AttributeAnswers::Begin(const Document& document, const std::string& topic) {
  attributes_.Begin(document, no_text_);
  const auto known = conditions_->topic_numbers_.find(topic);
  topic_ = known == conditions_->topic_numbers_.end() ? kUnknownTopic : known->second;
  if (round_ == kLastRound) {
    std::fill(of_conditions_.begin(), of_conditions_.end(), 0);
    std::fill(of_tests_.begin(), of_tests_.end(), 0);
    round_ = 0;
  }
  ++round_;
}

bool AttributeAnswers::AskCondition(std::uint32_t number) {
  const AttributeConditions::Condition& condition = conditions_->conditions_[number];
  const std::vector<std::uint32_t>& topics = conditions_->lists_[condition.topics];
  bool holds = topics.empty() || std::binary_search(topics.begin(), topics.end(), topic_);
  for (std::size_t i = 0; holds && i < condition.tests.size(); ++i) {
    const std::vector<std::uint32_t>& tests = conditions_->lists_[condition.tests[i]];
    holds = tests.empty() || HoldsOneOf(tests);
  }
  of_conditions_[number] = round_ << 1 | static_cast<std::uint32_t>(holds);
  return holds;
}

bool AttributeAnswers::HoldsOneOf(const std::vector<std::uint32_t>& tests) {
  return std::any_of(tests.begin(), tests.end(), [&](std::uint32_t test) { return AskTest(test); });
}

bool AttributeAnswers::AskTest(std::uint32_t test) {
  if (of_tests_[test] >> 1 == round_) return (of_tests_[test] & 1) != 0;
  const bool holds = attributes_.Holds(conditions_->tests_[test]);
  of_tests_[test] = round_ << 1 | static_cast<std::uint32_t>(holds);
  return holds;
}

}  // namespace wirewatch
