// RuleTestReader: the tests of one *_test.yaml, read and checked. Only for rule_test.cc.
#ifndef WIREWATCH_RULES_TOOLS_RULE_TEST_READER_H_
#define WIREWATCH_RULES_TOOLS_RULE_TEST_READER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/yaml/yaml_mapping.h"
#include "base/yaml/yaml_text.h"
#include "rules/engine/rule_set.h"
#include "rules/pack/pack.h"
#include "rules/tools/test_article.h"

namespace wirewatch {

struct ExpectedTopic {
  std::string id;
  const YamlNode* node;                   // where the test says so
  std::optional<TopicSeverity> severity;  // that the match must have; none: any
  std::optional<std::uint32_t> score;     // likewise
  std::vector<std::string> rules;         // that must hold, whichever else do
};

struct RuleTest {
  // True: the test says something of the topic by its name.
  bool Names(std::string_view topic) const;
  // True: whether it fires, or not, is to do.
  bool IsToDo(std::string_view topic) const;

  std::string name;
  const YamlNode* name_node = nullptr;  // null: it has no name, which was reported
  TestArticle article;
  std::vector<ExpectedTopic> must_fire;
  std::vector<ExpectedTopic> must_not_fire;
  std::vector<ExpectedTopic> todo_fire;
  std::vector<ExpectedTopic> todo_silent;
  bool exactly = false;                 // `fires`: no other topic may fire
  bool wants_nothing_now = false;       // all that it wants is to do
  const YamlNode* todo_node = nullptr;  // `todo`; null: must_fire, must_not_fire and exactly are no to-do
};

// Borrows all for its life. Mistakes are reported to the text. Threads: one at a time.
class RuleTestReader {
 public:
  // `load_article`: may be null.
  RuleTestReader(YamlText& text, const RuleSet& rule_set, const TestArticleLoader& load_article);

  // The nodes of the tests. They live as long as `root`.
  std::vector<const YamlNode*> Find(const YamlNode& root);

  struct Read {
    RuleTest test;
    bool good = true;  // false: with mistakes, which are reported
  };
  Read ReadTest(const YamlNode& node);

 private:
  void ReadExpectations(const YamlMapping& mapping, const YamlNode& node, RuleTest& test);
  void ReadToDo(const YamlMapping& mapping, RuleTest& test);
  void CheckConflicts(const RuleTest& test);
  TestArticle ReadArticle(const YamlNode& node);
  TestArticle LoadArticle(const YamlNode& file, const YamlNode* id);
  std::vector<const YamlNode*> ReadTopics(const YamlNode* node, std::string_view what);
  // A topic, or {topic: ..., severity: ..., score: ..., rules: [...]}.
  ExpectedTopic ReadFiring(const YamlNode& item, std::string_view key);
  std::vector<std::string> ReadRules(const YamlNode& node, const std::string& topic);
  std::string ReadTopic(const YamlNode& node, std::string_view what);
  std::string Needed(std::optional<std::string> value);
  void Fail(const YamlNode& node, std::string code, std::string message, std::string help);

  YamlText& text_;
  const RuleSet& rule_set_;
  const TestArticleLoader& load_article_;
  std::vector<std::string_view> topics_;
  bool good_ = true;  // the test at hand
};

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_TOOLS_RULE_TEST_READER_H_
