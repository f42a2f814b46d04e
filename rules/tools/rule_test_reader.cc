#include "rules/tools/rule_test_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "base/clock.h"
#include "rules/codes/country_code.h"
#include "rules/codes/host.h"
#include "rules/codes/language_code.h"
#include "rules/language/attribute_value.h"
#include "rules/pack/pack_keys.h"
#include "rules/pack/pack_loader.h"
#include "rules/text/paragraphs.h"

namespace wirewatch {
namespace {

bool Has(const std::vector<ExpectedTopic>& topics, std::string_view id) {
  return std::any_of(topics.begin(), topics.end(), [&](const ExpectedTopic& topic) { return topic.id == id; });
}

bool HoldsRules(const YamlNode& root) {
  return std::any_of(root.entries.begin(), root.entries.end(), [](const YamlEntry& entry) {
    return entry.key.scalar == "topics" || entry.key.scalar == "pack" || entry.key.scalar == "lists";
  });
}

}  // namespace

bool RuleTest::Names(std::string_view topic) const {
  return Has(must_fire, topic) || Has(must_not_fire, topic) || IsToDo(topic);
}

bool RuleTest::IsToDo(std::string_view topic) const { return Has(todo_fire, topic) || Has(todo_silent, topic); }

RuleTestReader::RuleTestReader(YamlText& text, const RuleSet& rule_set, const TestArticleLoader& load_article)
    : text_(text), rule_set_(rule_set), load_article_(load_article) {
  for (const Topic* topic : rule_set.topics()) topics_.push_back(topic->id);
}

std::vector<const YamlNode*> RuleTestReader::Find(const YamlNode& root) {
  if (HoldsRules(root)) {
    text_.Error(root, "unknown-key", "this file holds rules, but is named as a test file",
                "rules stand in a file whose name does not end in _test, and their tests in its neighbour");
    return {};
  }
  const YamlMapping mapping(text_, root, "a test file", KeysOf(PackPart::kTestFile));
  return ReadItems(text_, mapping.Require("tests"), "'tests'", "- name: a ban names the vendor");
}

RuleTestReader::Read RuleTestReader::ReadTest(const YamlNode& node) {
  good_ = true;
  RuleTest test;
  const YamlMapping mapping(text_, node, "a test", KeysOf(PackPart::kTest));
  if (node.kind != YamlNode::Kind::kMapping) good_ = false;
  test.name_node = mapping.Require("name");
  test.name = Needed(ReadText(text_, test.name_node, "'name'"));
  if (const YamlNode* article = mapping.Require("article")) {
    test.article = ReadArticle(*article);
  } else {
    good_ = false;
  }
  ReadExpectations(mapping, node, test);
  if (good_) CheckConflicts(test);
  return {std::move(test), good_};
}

void RuleTestReader::ReadExpectations(const YamlMapping& mapping, const YamlNode& node, RuleTest& test) {
  const YamlNode* fires = mapping.Find("fires");
  const YamlNode* must_fire = mapping.Find("must_fire");
  const YamlNode* must_not_fire = mapping.Find("must_not_fire");
  if (fires != nullptr && (must_fire != nullptr || must_not_fire != nullptr)) {
    Fail(*fires, "conflicting-keys", "'fires' already says it for all topics",
         "keep either 'fires', or 'must_fire' and 'must_not_fire'");
  }
  const bool judges_now = fires != nullptr || must_fire != nullptr || must_not_fire != nullptr;
  test.exactly = fires != nullptr;
  const char* const key = fires != nullptr ? "'fires'" : "'must_fire'";
  for (const YamlNode* item : ReadTopics(fires != nullptr ? fires : must_fire, key)) {
    test.must_fire.push_back(ReadFiring(*item, key));
  }
  for (const YamlNode* item : ReadTopics(must_not_fire, "'must_not_fire'")) {
    test.must_not_fire.push_back({ReadTopic(*item, "an entry of 'must_not_fire'"), item, {}, {}, {}});
  }
  ReadToDo(mapping, test);
  const bool judges_later = !test.todo_fire.empty() || !test.todo_silent.empty();
  if (!judges_now && !judges_later && node.kind == YamlNode::Kind::kMapping) {
    Fail(node, "missing-key", "a test says what must fire", "add 'fires: [topic, ...]'; [] asserts silence");
  }
  test.wants_nothing_now = !judges_now || test.todo_node != nullptr;
}

void RuleTestReader::ReadToDo(const YamlMapping& mapping, RuleTest& test) {
  for (const YamlNode* item : ReadTopics(mapping.Find("todo_fire"), "'todo_fire'")) {
    test.todo_fire.push_back(ReadFiring(*item, "'todo_fire'"));
  }
  for (const YamlNode* item : ReadTopics(mapping.Find("todo_silent"), "'todo_silent'")) {
    test.todo_silent.push_back({ReadTopic(*item, "an entry of 'todo_silent'"), item, {}, {}, {}});
  }
  const YamlNode* const todo = mapping.Find("todo");
  if (todo == nullptr) return;
  const std::string written = Needed(ReadText(text_, todo, "'todo'"));
  if (written != "false") test.todo_node = todo;  // true, or why
}

// A topic of which two things are said.
void RuleTestReader::CheckConflicts(const RuleTest& test) {
  const auto conflict = [&](const ExpectedTopic& topic, std::string_view key) {
    Fail(*topic.node, "conflicting-keys", fmt::format("'{}' is said of '{}', too", key, topic.id),
         "say of each topic one thing: what is to do stands in 'todo_fire' or 'todo_silent' alone");
  };
  for (const ExpectedTopic& topic : test.must_not_fire) {
    if (Has(test.must_fire, topic.id)) conflict(topic, "must_fire");
  }
  for (const std::vector<ExpectedTopic>* todo : {&test.todo_fire, &test.todo_silent}) {
    for (const ExpectedTopic& topic : *todo) {
      if (Has(test.must_fire, topic.id)) conflict(topic, test.exactly ? "fires" : "must_fire");
      if (Has(test.must_not_fire, topic.id)) conflict(topic, "must_not_fire");
      if (todo == &test.todo_silent && Has(test.todo_fire, topic.id)) conflict(topic, "todo_fire");
    }
  }
}

TestArticle RuleTestReader::LoadArticle(const YamlNode& file, const YamlNode* id) {
  const std::string path = Needed(ReadText(text_, &file, "'file'"));
  if (id == nullptr) {
    Fail(file, "missing-key", "an article of a file needs the key 'id'", "add 'id: ...', as the file has it");
    return {};
  }
  const std::string wanted = Needed(ReadText(text_, id, "'id'"));
  if (!good_) return {};
  if (load_article_ == nullptr) {
    Fail(file, "unknown-article", "articles of files are not read here", "write the article out");
    return {};
  }
  auto loaded = load_article_(std::filesystem::path(text_.file()).parent_path() / path, wanted);
  if (loaded) return *std::move(loaded);
  const bool no_such = loaded.error().code == ErrorCode::kNotFound && loaded.error().message.starts_with("no article");
  Fail(no_such ? *id : file, "unknown-article", loaded.error().message,
       "'file' is a file of articles, as `match` reads it, beside the test file; 'id' one of its articles");
  return {};
}

TestArticle RuleTestReader::ReadArticle(const YamlNode& node) {
  TestArticle article;
  const YamlMapping mapping(text_, node, "an article", KeysOf(PackPart::kArticle));
  const YamlNode* const file = mapping.Find("file");
  const YamlNode* const id = mapping.Find("id");
  if (file != nullptr) {
    article = LoadArticle(*file, id);
  } else if (id != nullptr) {
    Fail(*id, "missing-key", "an article with an 'id' needs the key 'file'", "add 'file: wire.ndjson'");
  }
  // Gives what is written; nothing: what the file says stays.
  const auto text = [&](std::string_view key) -> std::optional<std::string> {
    const YamlNode* value = mapping.Find(key);
    if (value == nullptr) return std::nullopt;
    return Needed(ReadText(text_, value, fmt::format("'{}'", key)));
  };
  bool has_text = false;
  for (const Field field : {Field::kTitle, Field::kSummary, Field::kBody}) {
    std::string& kept = article.texts[static_cast<std::size_t>(field)];
    if (auto written = text(Name(field))) {
      kept = *std::move(written);
      if (field != Field::kTitle) JoinWrappedLines(kept);  // as the decoder does
    }
    has_text = has_text || !kept.empty();
  }
  if (const auto language = text("language")) article.language = CanonicalLanguage(*language);
  if (const auto country = text("country")) article.country = CanonicalCountry(*country);
  if (auto source = text("source")) article.source = *std::move(source);
  if (const auto host = text("host")) article.host = HostOf(*host);
  if (auto section = text("section")) article.section = *std::move(section);
  if (const YamlNode* tags = mapping.Find("tags")) {
    article.tags = ReadTexts(text_, tags, "'tags'", "[telecom, security]");
  }
  if (const YamlNode* age = mapping.Find("age")) {
    article.age = ParseDuration(Needed(ReadText(text_, age, "'age'")));
    if (!article.age) Fail(*age, "bad-value", "'age' is a time", "write it like 90m, 48h or 7d");
  }
  if (const YamlNode* urgency = mapping.Find("urgency")) {
    const auto number = ReadNumber(text_, urgency, "'urgency'", 1, kMostUrgency);
    if (number) article.urgency = static_cast<int>(*number);
    good_ = good_ && number;
  }
  if (!has_text && good_) {
    Fail(node, "missing-key", "an article without text", "add 'title', 'summary' or 'body'");
  }
  return article;
}

std::vector<const YamlNode*> RuleTestReader::ReadTopics(const YamlNode* node, std::string_view what) {
  if (node != nullptr && node->kind != YamlNode::Kind::kSequence) good_ = false;
  return ReadItems(text_, node, what, "[5g-vendor-bans]; [] is silence");
}

ExpectedTopic RuleTestReader::ReadFiring(const YamlNode& item, std::string_view key) {
  const std::string what = fmt::format("an entry of {}", key);
  if (item.kind != YamlNode::Kind::kMapping) return {ReadTopic(item, what), &item, {}, {}, {}};
  const YamlMapping mapping(text_, item, what, KeysOf(PackPart::kExpectedTopic));
  ExpectedTopic expected{"", &item, {}, {}, {}};
  if (const YamlNode* topic = mapping.Require("topic")) {
    expected.id = ReadTopic(*topic, "'topic'");
  } else {
    good_ = false;
  }
  if (const YamlNode* severity = mapping.Find("severity")) {
    expected.severity = ReadSeverity(text_, *severity);
    good_ = good_ && expected.severity;
  }
  if (const YamlNode* score = mapping.Find("score")) {
    expected.score = ReadNumber(text_, score, "'score'", 0, kMaxScore);
    good_ = good_ && expected.score;
  }
  if (const YamlNode* rules = mapping.Find("rules"); rules != nullptr && good_) {
    expected.rules = ReadRules(*rules, expected.id);
  }
  return expected;
}

std::vector<std::string> RuleTestReader::ReadRules(const YamlNode& node, const std::string& topic) {
  const auto topics = rule_set_.topics();
  const auto known = std::find_if(topics.begin(), topics.end(), [&](const Topic* t) { return t->id == topic; });
  std::vector<std::string_view> ids;
  if (known != topics.end()) {
    for (const Rule& rule : (*known)->rules) ids.push_back(rule.id);
  }
  if (node.kind != YamlNode::Kind::kSequence) good_ = false;
  std::vector<std::string> rules;
  for (const YamlNode* item : ReadItems(text_, &node, "'rules'", "[ban-near-vendor]")) {
    std::string id = Needed(ReadText(text_, item, "an entry of 'rules'"));
    if (item->kind == YamlNode::Kind::kScalar && std::find(ids.begin(), ids.end(), id) == ids.end()) {
      const std::string_view nearest = Nearest(id, ids);
      Fail(*item, "unknown-rule", fmt::format("the topic '{}' has no rule '{}'", topic, id),
           nearest.empty() ? fmt::format("it has {}", fmt::join(ids, ", "))
                           : fmt::format("did you mean '{}'?", nearest));
    }
    rules.push_back(std::move(id));
  }
  return rules;
}

std::string RuleTestReader::ReadTopic(const YamlNode& node, std::string_view what) {
  const std::string id = Needed(ReadText(text_, &node, what));
  if (std::find(topics_.begin(), topics_.end(), id) == topics_.end() && node.kind == YamlNode::Kind::kScalar) {
    const std::string_view nearest = Nearest(id, topics_);
    Fail(node, "unknown-topic", fmt::format("there is no topic '{}'", id),
         nearest.empty() ? fmt::format("the packs have {}", fmt::join(topics_, ", "))
                         : fmt::format("did you mean '{}'?", nearest));
  }
  return id;
}

std::string RuleTestReader::Needed(std::optional<std::string> value) {
  if (!value) good_ = false;
  return std::move(value).value_or("");
}

void RuleTestReader::Fail(const YamlNode& node, std::string code, std::string message, std::string help) {
  text_.Error(node, std::move(code), std::move(message), std::move(help));
  good_ = false;
}

}  // namespace wirewatch
