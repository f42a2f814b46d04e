// AttributeConditions: what filters ask of an alert's attributes: one of these topics, tags, languages, countries and
// sources. What many filters ask is kept once, and asked of an alert once. Only for subscription_set.cc.
//
// Tags, languages, countries and sources mean what `tag:`, `lang:`, `country:` and `source:` mean in the rule language
// (rules/language/attributes.h); topics are ids.
#ifndef WIREWATCH_PIPELINE_DELIVER_ATTRIBUTE_CONDITIONS_H_
#define WIREWATCH_PIPELINE_DELIVER_ATTRIBUTE_CONDITIONS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "rules/language/attributes.h"
#include "rules/language/expression.h"
#include "rules/text/document.h"
#include "rules/text/fold.h"

namespace wirewatch {

class AttributeConditions {
 public:
  static constexpr std::uint32_t kNone = 0;  // the condition that always holds

  // The lists of a filter; null and empty ones ask for nothing.
  struct Lists {
    const std::vector<std::string>* topics = nullptr;
    const std::vector<std::string>* tags = nullptr;
    const std::vector<std::string>* languages = nullptr;
    const std::vector<std::string>* countries = nullptr;
    const std::vector<std::string>* sources = nullptr;
  };
  // The number of the condition that one of each list holds.
  std::uint32_t Add(const Lists& lists);

 private:
  friend class AttributeAnswers;

  using List = std::vector<std::uint32_t>;  // of topics or tests, sorted, each once
  struct Condition {
    std::uint32_t topics = 0;                 // index into lists_, whose first is empty
    std::array<std::uint32_t, 4> tests = {};  // the same: of tags, languages, countries, sources

    auto operator<=>(const Condition&) const = default;
  };

  std::uint32_t TopicsOf(const std::vector<std::string>* ids);
  std::uint32_t TestsOf(Attribute attribute, const std::vector<std::string>* values);
  std::uint32_t Keep(List list);

  std::vector<Condition> conditions_ = {Condition()};
  std::vector<List> lists_ = {List()};
  std::vector<AttributeTest> tests_;
  // Their numbers.
  std::map<Condition, std::uint32_t> condition_numbers_ = {{Condition(), kNone}};
  std::map<List, std::uint32_t> list_numbers_ = {{List(), 0}};
  std::map<std::pair<Attribute, std::string>, std::uint32_t> test_numbers_;
  std::unordered_map<std::string, std::uint32_t> topic_numbers_;
};

// Which conditions hold on one document after the other. Threads: one at a time.
class AttributeAnswers {
 public:
  // Borrows `conditions`, to which nothing is added any more.
  explicit AttributeAnswers(const AttributeConditions& conditions);

  // Borrows `document` until the next call; of its texts nothing is read. `topic`: of the alert.
  void Begin(const Document& document, const std::string& topic);

  bool Hold(std::uint32_t condition) {
    if (condition == AttributeConditions::kNone) return true;
    const std::uint32_t answer = of_conditions_[condition];
    return answer >> 1 == round_ ? (answer & 1) != 0 : AskCondition(condition);
  }

 private:
  bool AskCondition(std::uint32_t condition);
  bool AskTest(std::uint32_t test);
  bool HoldsOneOf(const std::vector<std::uint32_t>& tests);

  const AttributeConditions* conditions_;
  ArticleAttributes attributes_;
  FoldedDocument no_text_;
  std::uint32_t topic_ = 0, round_ = 0;
  // 2 * round + holds, of the round in which it was asked last.
  std::vector<std::uint32_t> of_conditions_, of_tests_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_DELIVER_ATTRIBUTE_CONDITIONS_H_
