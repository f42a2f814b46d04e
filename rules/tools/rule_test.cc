#include "rules/tools/rule_test.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/clock.h"
#include "base/yaml/yaml_mapping.h"
#include "base/yaml/yaml_text.h"
#include "rules/codes/country_code.h"
#include "rules/codes/host.h"
#include "rules/codes/language_code.h"
#include "rules/engine/matcher.h"
#include "rules/engine/shadow_rules.h"
#include "rules/language/attribute_value.h"
#include "rules/pack/pack_files.h"
#include "rules/pack/pack_loader.h"
#include "rules/text/document.h"
#include "rules/text/fold.h"
#include "rules/text/paragraphs.h"
#include "rules/tools/explanation.h"

namespace wirewatch {
namespace {

// Owns what a Document borrows.
struct TestArticle {
  std::array<std::string, kFieldCount> texts;
  std::string language, country, source, host, section;
  std::vector<std::string> tags;
  std::optional<std::chrono::milliseconds> age;
  std::optional<int> urgency;

  Document AsDocument() const {
    Document document;
    for (std::size_t field = 0; field < kFieldCount; ++field) document.texts[field] = texts[field];
    document.language = language;
    document.country = country;
    document.source = source;
    document.source_host = host;
    document.section = section;
    document.tags = tags;
    if (age) {  // which moment it is does not matter
      document.published_at = WallTime();
      document.now = WallTime() + *age;
    }
    document.urgency = urgency;
    return document;
  }
};

struct ExpectedTopic {
  std::string id;
  const YamlNode* node;                   // where the test says so
  std::optional<TopicSeverity> severity;  // that the match must have; none: any
};

struct RuleTest {
  std::string name;
  const YamlNode* name_node = nullptr;
  TestArticle article;
  std::vector<ExpectedTopic> must_fire;
  std::vector<ExpectedTopic> must_not_fire;
  bool exactly = false;  // `fires`: no other topic may fire
};

// Reads the tests of one file. The nodes in them live as long as `root`.
class TestReader {
 public:
  TestReader(YamlText& text, const std::vector<std::string_view>& topics) : text_(text), topics_(topics) {}

  // An entry for each test; nothing where it has mistakes, which are reported.
  std::vector<std::optional<RuleTest>> Read(const YamlNode& root) {
    std::vector<std::optional<RuleTest>> tests;
    if (HoldsRules(root)) {
      text_.Error(root, "unknown-key", "this file holds rules, but is named as a test file",
                  "rules stand in a file whose name does not end in _test, and their tests in its neighbour");
      return tests;
    }
    const YamlMapping mapping(text_, root, "a test file", {"tests"});
    for (const YamlNode* node :
         ReadItems(text_, mapping.Require("tests"), "'tests'", "- name: a ban names the vendor")) {
      good_ = true;
      RuleTest test = ReadTest(*node);
      tests.push_back(good_ ? std::optional(std::move(test)) : std::nullopt);
    }
    return tests;
  }

 private:
  static bool HoldsRules(const YamlNode& root) {
    return std::any_of(root.entries.begin(), root.entries.end(), [](const YamlEntry& entry) {
      return entry.key.scalar == "topics" || entry.key.scalar == "pack" || entry.key.scalar == "lists";
    });
  }

  RuleTest ReadTest(const YamlNode& node) {
    RuleTest test;
    const YamlMapping mapping(text_, node, "a test", {"name", "article", "fires", "must_fire", "must_not_fire"});
    if (node.kind != YamlNode::Kind::kMapping) good_ = false;
    test.name_node = mapping.Require("name");
    test.name = Needed(ReadText(text_, test.name_node, "'name'"));
    if (const YamlNode* article = mapping.Require("article")) {
      test.article = ReadArticle(*article);
    } else {
      good_ = false;
    }
    const YamlNode* fires = mapping.Find("fires");
    const YamlNode* must_fire = mapping.Find("must_fire");
    const YamlNode* must_not_fire = mapping.Find("must_not_fire");
    if (fires != nullptr && (must_fire != nullptr || must_not_fire != nullptr)) {
      Fail(*fires, "conflicting-keys", "'fires' already says it for all topics",
           "keep either 'fires', or 'must_fire' and 'must_not_fire'");
    }
    if (fires == nullptr && must_fire == nullptr && must_not_fire == nullptr && node.kind == YamlNode::Kind::kMapping) {
      Fail(node, "missing-key", "a test says what must fire", "add 'fires: [topic, ...]'; [] asserts silence");
    }
    test.exactly = fires != nullptr;
    const char* const key = fires != nullptr ? "'fires'" : "'must_fire'";
    for (const YamlNode* item : ReadTopics(fires != nullptr ? fires : must_fire, key)) {
      test.must_fire.push_back(ReadFiring(*item, key));
    }
    for (const YamlNode* item : ReadTopics(must_not_fire, "'must_not_fire'")) {
      test.must_not_fire.push_back({ReadTopic(*item, "an entry of 'must_not_fire'"), item, std::nullopt});
    }
    return test;
  }

  TestArticle ReadArticle(const YamlNode& node) {
    TestArticle article;
    const YamlMapping mapping(
        text_, node, "an article",
        {"title", "summary", "body", "language", "country", "source", "host", "section", "tags", "age", "urgency"});
    const auto text = [&](std::string_view key) {
      const YamlNode* value = mapping.Find(key);
      return value == nullptr ? std::string() : Needed(ReadText(text_, value, fmt::format("'{}'", key)));
    };
    bool has_text = false;
    for (const Field field : {Field::kTitle, Field::kSummary, Field::kBody}) {
      std::string& written = article.texts[static_cast<std::size_t>(field)];
      written = text(Name(field));
      if (field != Field::kTitle) JoinWrappedLines(written);  // as the decoder does
      has_text = has_text || !written.empty();
    }
    article.language = CanonicalLanguage(text("language"));
    article.country = CanonicalCountry(text("country"));
    article.source = text("source");
    article.host = HostOf(text("host"));
    article.section = text("section");
    article.tags = ReadTexts(text_, mapping.Find("tags"), "'tags'", "[telecom, security]");
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

  std::vector<const YamlNode*> ReadTopics(const YamlNode* node, std::string_view what) {
    if (node != nullptr && node->kind != YamlNode::Kind::kSequence) good_ = false;
    return ReadItems(text_, node, what, "[5g-vendor-bans]; [] is silence");
  }

  // A topic, or {topic: ..., severity: ...}.
  ExpectedTopic ReadFiring(const YamlNode& item, std::string_view key) {
    const std::string what = fmt::format("an entry of {}", key);
    if (item.kind != YamlNode::Kind::kMapping) return {ReadTopic(item, what), &item, std::nullopt};
    const YamlMapping mapping(text_, item, what, {"topic", "severity"});
    ExpectedTopic expected{"", &item, std::nullopt};
    if (const YamlNode* topic = mapping.Require("topic")) {
      expected.id = ReadTopic(*topic, "'topic'");
    } else {
      good_ = false;
    }
    if (const YamlNode* severity = mapping.Find("severity")) {
      expected.severity = ReadSeverity(text_, *severity);
      good_ = good_ && expected.severity;
    }
    return expected;
  }

  std::string ReadTopic(const YamlNode& node, std::string_view what) {
    const std::string id = Needed(ReadText(text_, &node, what));
    if (std::find(topics_.begin(), topics_.end(), id) == topics_.end() && node.kind == YamlNode::Kind::kScalar) {
      const std::string_view nearest = Nearest(id, topics_);
      Fail(node, "unknown-topic", fmt::format("there is no topic '{}'", id),
           nearest.empty() ? fmt::format("the packs have {}", fmt::join(topics_, ", "))
                           : fmt::format("did you mean '{}'?", nearest));
    }
    return id;
  }

  std::string Needed(std::optional<std::string> value) {
    if (!value) good_ = false;
    return std::move(value).value_or("");
  }

  void Fail(const YamlNode& node, std::string code, std::string message, std::string help) {
    text_.Error(node, std::move(code), std::move(message), std::move(help));
    good_ = false;
  }

  YamlText& text_;
  const std::vector<std::string_view>& topics_;
  bool good_ = true;  // the test at hand
};

class TestRun {
 public:
  TestRun(YamlText& text, const RuleSet& rule_set, Matcher& matcher)
      : text_(text), rule_set_(rule_set), shadow_(rule_set), matcher_(matcher) {}

  // Reports each expectation that does not come true; true: all do.
  Result<bool> Run(const RuleTest& test) {
    const Document document = test.article.AsDocument();
    Fold(document, folded_);
    const auto matches = matcher_.Match(document, folded_);
    if (!matches) return matches.error();

    bool passed = true;
    const auto fail = [&](const YamlNode& node, std::string message, std::string help) {
      text_.Error(node, "rule-test", fmt::format("test '{}': {}", test.name, message), std::move(help));
      passed = false;
    };
    for (const ExpectedTopic& topic : test.must_fire) {
      const TopicMatch* match = MatchOf(*matches, topic.id);
      if (match == nullptr) {
        fail(*topic.node, fmt::format("'{}' must fire, and does not", topic.id),
             WhyItDoesNot(topic.id, document, *matches));
      } else if (const TopicSeverity severity = SeverityOf(*match); topic.severity && severity != *topic.severity) {
        fail(*topic.node,
             fmt::format("'{}' must fire with severity {}, and does with {}", topic.id, Name(*topic.severity),
                         Name(severity)),
             Why(*match, document));
      }
    }
    for (const ExpectedTopic& topic : test.must_not_fire) {
      const TopicMatch* match = MatchOf(*matches, topic.id);
      if (match != nullptr && (IsActive(*match) || IsInShadow(*match))) {
        fail(*topic.node, fmt::format("'{}' must not fire, and does", topic.id), Why(*match, document));
      }
    }
    if (!test.exactly) return passed;
    for (const TopicMatch& match : *matches) {
      if (!IsActive(match)) continue;  // nobody would be alerted
      const std::string& id = rule_set_.topics()[match.topic]->id;
      const bool expected = std::any_of(test.must_fire.begin(), test.must_fire.end(),
                                        [&](const ExpectedTopic& topic) { return topic.id == id; });
      if (!expected) {
        fail(*test.name_node, fmt::format("'{}' fires, and is not in 'fires'", id), Why(match, document));
      }
    }
    return passed;
  }

 private:
  // A rule that is active holds.
  bool IsActive(const TopicMatch& match) const { return shadow_.Part(rule_set_, match).active.has_value(); }
  // The topic itself is in shadow: who names it means what it says.
  bool IsInShadow(const TopicMatch& match) const {
    return rule_set_.topics()[match.topic]->status != RuleStatus::kActive;
  }
  // As alerts would have it; of a match in shadow as they will.
  TopicSeverity SeverityOf(const TopicMatch& match) const {
    const MatchParts parts = shadow_.Part(rule_set_, match);
    return parts.active ? parts.active->severity : match.severity;
  }

  const TopicMatch* MatchOf(const std::vector<TopicMatch>& matches, std::string_view id) const {
    const auto match = std::find_if(matches.begin(), matches.end(),
                                    [&](const TopicMatch& m) { return rule_set_.topics()[m.topic]->id == id; });
    return match == matches.end() ? nullptr : &*match;
  }

  std::string WhyItDoesNot(std::string_view id, const Document& document,
                           const std::vector<TopicMatch>& matches) const {
    const auto topics = rule_set_.topics();
    const auto topic = std::find_if(topics.begin(), topics.end(), [&](const Topic* t) { return t->id == id; });
    const std::string why = topic == topics.end() ? "" : WhyNot(**topic, document);
    return fmt::format("{}{}{}", why, why.empty() ? "" : "; ", WhatFired(matches));
  }

  std::string WhatFired(const std::vector<TopicMatch>& matches) const {
    std::string ids;
    for (const TopicMatch& match : matches) ids += (ids.empty() ? "" : ", ") + rule_set_.topics()[match.topic]->id;
    return ids.empty() ? "no topic fires on this article" : "on this article fires: " + ids;
  }

  std::string Why(const TopicMatch& match, const Document& document) const {
    return "it fires by " + WhyItFired(*rule_set_.topics()[match.topic], match, document);
  }

  YamlText& text_;
  const RuleSet& rule_set_;
  const ShadowRules shadow_;
  Matcher& matcher_;
  FoldedDocument folded_;
};

Status RunFile(const std::filesystem::path& file, const RuleSet& rule_set, Matcher& matcher, RuleTestReport& report) {
  const auto bytes = YamlText::ReadFile(file);
  if (!bytes) {
    Diagnostic& diagnostic = report.diagnostics.emplace_back();
    diagnostic.file = file.string();
    diagnostic.code = "unreadable";
    diagnostic.message = bytes.error().message;
    diagnostic.help = "check its path and permissions";
    return {};
  }
  std::vector<std::string_view> topics;
  for (const Topic* topic : rule_set.topics()) topics.push_back(topic->id);

  YamlText text(file.string(), *bytes);
  text.QuoteOnlyWith({"tests", "name", "article", "pack", "topics"});
  if (const auto root = text.Parse()) {
    TestRun run(text, rule_set, matcher);
    for (const auto& test : TestReader(text, topics).Read(*root)) {
      bool passed = false;
      if (test) {
        for (const ExpectedTopic& topic : test->must_fire) report.expected.insert(topic.id);
        const auto outcome = run.Run(*test);
        if (!outcome) return Error(outcome.error()).In(fmt::format("{}: test '{}'", file.string(), test->name));
        passed = *outcome;
      }
      ++(passed ? report.passed : report.failed);
    }
  }
  for (Diagnostic& diagnostic : text.TakeDiagnostics()) report.diagnostics.push_back(std::move(diagnostic));
  return {};
}

// The tests beside a pack file: telecom.yaml has telecom_test.yaml.
std::vector<std::filesystem::path> NeighboursOf(const std::filesystem::path& pack) {
  std::vector<std::filesystem::path> files;
  for (std::string_view extension : {".yaml", ".yml"}) {
    auto file = pack.parent_path() / fmt::format("{}_test{}", pack.stem().string(), extension);
    std::error_code error;
    if (std::filesystem::exists(file, error)) files.push_back(std::move(file));
  }
  return files;
}

}  // namespace

Result<std::vector<std::filesystem::path>> FindRuleTestFiles(const std::vector<std::filesystem::path>& paths) {
  std::vector<std::filesystem::path> near;
  for (const std::filesystem::path& path : paths) {
    near.push_back(path);
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) continue;
    for (std::filesystem::path& neighbour : NeighboursOf(path)) near.push_back(std::move(neighbour));
  }
  auto files = FindYamlFiles(near);
  if (files) std::erase_if(*files, [](const std::filesystem::path& file) { return !IsRuleTestFile(file); });
  return files;
}

Result<RuleTestReport> RunRuleTests(const RuleSet& rule_set, const std::vector<std::filesystem::path>& files) {
  RuleTestReport report;
  if (files.empty()) return report;
  // The matcher wants to share the rule set, but this one outlives it.
  auto matcher = Matcher::Create(std::shared_ptr<const RuleSet>(std::shared_ptr<void>(), &rule_set));
  if (!matcher) return std::move(matcher).error();
  for (const std::filesystem::path& file : files) {
    if (Status run = RunFile(file, rule_set, *matcher, report); !run) return std::move(run).error();
  }
  return report;
}

Diagnostics FindUntestedPacks(const RuleSet& rule_set, const RuleTestReport& report) {
  Diagnostics diagnostics;
  for (const auto& pack : rule_set.packs()) {
    const bool tested = std::any_of(pack->topics.begin(), pack->topics.end(),
                                    [&](const Topic& topic) { return report.expected.contains(topic.id); });
    if (tested) continue;
    const std::filesystem::path file(pack->file);
    diagnostics.push_back(
        {.severity = Severity::kWarning,
         .file = pack->file,
         .code = "no-test",
         .message = fmt::format("no test makes a topic of the pack '{}' fire", pack->name),
         .help = fmt::format("put tests beside it, in {}_test.yaml: an article, and 'fires: [{}]'",
                             file.stem().string(), pack->topics.empty() ? "" : pack->topics.front().id)});
  }
  return diagnostics;
}

}  // namespace wirewatch
