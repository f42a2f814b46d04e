#include "rules/tools/rule_test.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "rules/engine/matcher.h"
#include "rules/language/diagnostic_codes.h"
#include "rules/pack/pack_loader.h"
#include "tests/support/source_directory.h"

namespace wirewatch {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

const fs::path kSource = SourceDirectory();

constexpr std::string_view kPack = R"(
pack: telecom
topics:
  - id: bans
    title: Bans
    rules:
      - {id: ban-near-vendor, match: '(ban OR bans) NEAR/5 (huawei OR zte)'}
      - {id: headline, match: 'title:"rip and replace"'}
    unless: tag:satire
  - id: spies
    title: Spies
    rules: [{id: r, match: 'spy* AND source:example.org'}]
)";

std::string Contents(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::shared_ptr<const RuleSet> Compile(std::string_view pack) {
  LoadedPacks loaded = LoadPackText(pack, "pack.yaml");
  EXPECT_FALSE(HasErrors(loaded.diagnostics)) << Render(loaded.diagnostics);
  CompiledRules compiled = RuleSet::Compile(std::move(loaded.packs));
  EXPECT_NE(compiled.rule_set, nullptr) << Render(compiled.diagnostics);
  return compiled.rule_set;
}

class RuleTestTest : public testing::Test {
 protected:
  RuleTestTest()
      : directory_(fs::path(testing::TempDir()) /
                   fmt::format("wirewatch-{}", testing::UnitTest::GetInstance()->current_test_info()->name())) {
    fs::remove_all(directory_);
    fs::create_directories(directory_);
  }
  ~RuleTestTest() override { fs::remove_all(directory_); }

  fs::path Write(const fs::path& name, std::string_view text) const {
    fs::create_directories((directory_ / name).parent_path());
    std::ofstream(directory_ / name, std::ios::binary) << text;
    return directory_ / name;
  }

  RuleTestReport Run(std::string_view tests, std::string_view pack = kPack) const {
    auto report = RunRuleTests(*Compile(pack), {Write("pack_test.yaml", tests)});
    EXPECT_TRUE(report) << report.error().message;
    for (Diagnostic& diagnostic : report->diagnostics) diagnostic.file = fs::path(diagnostic.file).filename();
    return *std::move(report);
  }

  std::vector<std::string> Found(const std::vector<fs::path>& paths) const {
    const auto files = FindRuleTestFiles(paths);
    if (!files) return {files.error().message};
    std::vector<std::string> names;
    for (const fs::path& file : *files) names.push_back(fs::relative(file, directory_));
    return names;
  }

  const fs::path directory_;
};

TEST_F(RuleTestTest, PassesWhenExactlyTheNamedTopicsFire) {
  const RuleTestReport report = Run(R"(
tests:
  - name: both
    article: {title: Rip and replace, body: A spy bans ZTE., source: Example, host: news.example.org}
    fires: [bans, spies]
  - name: silence
    article: {title: Nothing happened}
    fires: []
  - name: unless
    article: {title: Rip and replace, tags: [satire]}
    fires: []
  - name: only one is judged
    article: {title: Rip and replace, body: spying, host: example.org}
    must_fire: [bans]
  - name: judged by what must not fire
    article: {summary: spying, language: en, country: PL, section: world, host: example.org}
    must_fire: [spies]
    must_not_fire: [bans]
)");
  EXPECT_EQ(Render(report.diagnostics), "");
  EXPECT_EQ(report.passed, 5u);
  EXPECT_EQ(report.failed, 0u);
}

TEST_F(RuleTestTest, AFailedTestSaysWhatFiredAndByWhichWords) {
  const RuleTestReport report = Run(R"(tests:
  - name: a vendor is banned
    article: {title: Sweden bans Huawei, body: "The ban of ZTE, too."}
    fires: []
  - name: a spy
    article: {title: Rip and replace the spy}
    fires: [spies]
  - name: not this one
    article: {title: Rip and replace}
    must_not_fire: [spies, bans]
)");
  EXPECT_EQ(report.passed, 0u);
  EXPECT_EQ(report.failed, 3u);
  EXPECT_EQ(Render(report.diagnostics),
            R"(pack_test.yaml:2:11: error[rule-test]: test 'a vendor is banned': 'bans' fires, and is not in 'fires'
    2 |   - name: a vendor is banned
      |           ^^^^^^^^^^^^^^^^^^
      = help: it fires by rule 'ban-near-vendor' by "bans" in the title, "Huawei" in the title, "ban" in the body, "ZTE" in the body
pack_test.yaml:5:11: error[rule-test]: test 'a spy': 'bans' fires, and is not in 'fires'
    5 |   - name: a spy
      |           ^^^^^
      = help: it fires by rule 'headline' by "Rip and replace" in the title
pack_test.yaml:7:13: error[rule-test]: test 'a spy': 'spies' must fire, and does not
    7 |     fires: [spies]
      |             ^^^^^
      = help: rule 'r': source:example.org asked, the article's source is unknown; spy* holds; on this article fires: bans
pack_test.yaml:10:28: error[rule-test]: test 'not this one': 'bans' must not fire, and does
   10 |     must_not_fire: [spies, bans]
      |                            ^^^^
      = help: it fires by rule 'headline' by "Rip and replace" in the title
)");
}

TEST_F(RuleTestTest, ATopicIsAskedForWithItsSeverity) {
  const RuleTestReport report = Run(R"(tests:
  - name: as asked
    article: {title: Sweden bans Huawei}
    fires: [{topic: bans, severity: medium}]
  - name: any severity
    article: {title: Sweden bans Huawei}
    must_fire: [{topic: bans}]
  - name: another severity
    article: {title: Sweden bans Huawei}
    fires: [{topic: bans, severity: high}]
  - name: no severity
    article: {title: Sweden bans Huawei}
    fires: [{topic: bans, severity: hihg}]
  - name: no topic
    article: {title: Sweden bans Huawei}
    must_fire: [{severity: medium}]
  - name: silence has none
    article: {title: Sweden bans Huawei}
    must_not_fire: [{topic: spies, severity: low}]
)");
  EXPECT_EQ(report.passed, 2u);
  EXPECT_EQ(report.failed, 4u);
  std::vector<std::string> found;
  for (const Diagnostic& d : report.diagnostics) found.push_back(fmt::format("{}: {}; {}", d.code, d.message, d.help));
  EXPECT_THAT(found, ElementsAre("rule-test: test 'another severity': 'bans' must fire with severity high, and does "
                                 "with medium; it fires by rule 'ban-near-vendor' by \"bans\" in the title, "
                                 "\"Huawei\" in the title",
                                 "bad-value: there is no severity 'hihg'; did you mean 'high'?",
                                 "missing-key: an entry of 'must_fire' needs the key 'topic'; add 'topic: ...'",
                                 HasSubstr("wrong-type: an entry of 'must_not_fire' is a text, not a mapping")));
}

TEST_F(RuleTestTest, ATopicIsAskedForWithItsScoreAndItsRules) {
  const RuleTestReport report = Run(R"(tests:
  - name: as asked
    article: {title: Rip and replace as Sweden bans Huawei}
    fires: [{topic: bans, score: 50, rules: [headline]}]
  - name: another score
    article: {title: Sweden bans Huawei}
    fires: [{topic: bans, score: 80}]
  - name: another rule
    article: {title: Sweden bans Huawei}
    fires: [{topic: bans, rules: [ban-near-vendor, headline]}]
  - name: no such rule
    article: {title: Sweden bans Huawei}
    fires: [{topic: bans, rules: [hedline]}]
)");
  EXPECT_EQ(report.passed, 1u);
  std::vector<std::string> found;
  for (const Diagnostic& d : report.diagnostics) found.push_back(fmt::format("{}: {}; {}", d.code, d.message, d.help));
  EXPECT_THAT(found, ElementsAre(HasSubstr("rule-test: test 'another score': 'bans' must fire with score 80, and does "
                                           "with 50; it fires by rule 'ban-near-vendor'"),
                                 HasSubstr("rule-test: test 'another rule': 'bans' must fire by rule 'headline', and "
                                           "does by ban-near-vendor; it fires"),
                                 "unknown-rule: the topic 'bans' has no rule 'hedline'; did you mean 'headline'?"));
}

TEST_F(RuleTestTest, WhatIsToDoIsNoFailureAndSaysWhenItPasses) {
  const RuleTestReport report = Run(R"(tests:
  - name: a known miss
    article: {title: Sweden bars Huawei}
    fires: []
    todo_fire: [bans]
  - name: a known false alarm
    article: {title: Sweden bans Huawei}
    fires: []
    todo_silent: [bans]
  - name: nothing is sure
    article: {title: Sweden bars Huawei}
    todo_fire: [{topic: bans, severity: high}]
  - name: all of it
    article: {title: Sweden bars Huawei}
    todo: no word of barring yet
    fires: [bans]
  - name: works now
    article: {title: Sweden bans Huawei}
    must_not_fire: [spies]
    todo_fire: [bans]
  - name: is silent now
    article: {title: Sweden}
    todo_silent: [bans]
  - name: all works now
    article: {title: Sweden bans Huawei}
    todo: true
    fires: [bans]
  - name: no to-do at all
    article: {title: Sweden bans Huawei}
    todo: false
    fires: [bans]
)");
  EXPECT_EQ(report.passed, 4u);
  EXPECT_EQ(report.failed, 0u);
  EXPECT_EQ(report.to_do, 4u);
  EXPECT_EQ(report.to_do_passes, 3u);
  ASSERT_EQ(report.files.size(), 1u);
  std::vector<std::string> outcomes;
  for (const RuleTestResult& test : report.files[0].tests) {
    outcomes.push_back(fmt::format("{}: {}", Name(test.outcome), fmt::join(test.to_do, "; ")));
  }
  EXPECT_THAT(outcomes, ElementsAre("passed: 'bans' must fire, and does not", "passed: 'bans' must not fire, and does",
                                    "todo: 'bans' must fire, and does not", "todo: 'bans' must fire, and does not",
                                    "passed: ", "todo-passes: ", "todo-passes: ", "passed: "));
  std::vector<std::string> found;
  for (const Diagnostic& d : report.diagnostics) {
    EXPECT_EQ(d.severity, Severity::kWarning);
    found.push_back(fmt::format("{}: {}; {}", d.code, d.message, d.help));
  }
  EXPECT_THAT(
      found, ElementsAre("to-do-passes: test 'works now': to-do passes now: 'bans' fires: make it a test; move it to "
                         "'must_fire'",
                         "to-do-passes: test 'is silent now': to-do passes now: 'bans' is silent: make it a test; move "
                         "it to 'must_not_fire'",
                         "to-do-passes: test 'all works now': to-do passes now: all that it wants: make it a test; "
                         "delete 'todo'"));
}

TEST_F(RuleTestTest, OfATopicOneThingIsSaid) {
  const RuleTestReport report = Run(R"(tests:
  - name: both
    article: {title: a}
    must_fire: [bans]
    must_not_fire: [bans]
  - name: to do and not
    article: {title: a}
    fires: [bans]
    todo_silent: [bans]
)");
  EXPECT_EQ(report.failed, 2u);
  std::vector<std::string> found;
  for (const Diagnostic& d : report.diagnostics) found.push_back(fmt::format("{}: {}", d.code, d.message));
  EXPECT_THAT(found, ElementsAre("conflicting-keys: 'must_fire' is said of 'bans', too",
                                 "conflicting-keys: 'fires' is said of 'bans', too"));
}

TEST_F(RuleTestTest, AnArticleOfAFileIsAskedForBesideTheTest) {
  constexpr std::string_view kTests = R"(tests:
  - name: of the file
    article: {file: wire.ndjson, id: a1}
    fires: [bans]
  - name: in other words
    article: {file: wire.ndjson, id: a1, title: Sweden}
    fires: []
  - name: not there
    article: {file: wire.ndjson, id: a2}
    fires: []
  - name: without an id
    article: {file: wire.ndjson}
    fires: []
)";
  RuleTestOptions options;
  options.load_article = [&](const fs::path& file, const std::string& id) -> Result<TestArticle> {
    EXPECT_EQ(file, directory_ / "wire.ndjson");
    if (id != "a1") return Error{ErrorCode::kNotFound, "no article of the file has the id"};
    TestArticle article;
    article.texts[0] = "Sweden bans Huawei";
    return article;
  };
  const auto rules = Compile(kPack);
  const auto report = RunRuleTests(*rules, {Write("pack_test.yaml", kTests)}, options);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->passed, 2u);
  std::vector<std::string> found;
  for (const Diagnostic& d : report->diagnostics) {
    found.push_back(fmt::format("{}:{}: {}: {}", d.position.line, d.position.column, d.code, d.message));
  }
  EXPECT_THAT(found, ElementsAre("9:38: unknown-article: no article of the file has the id",
                                 "12:21: missing-key: an article of a file needs the key 'id'"));
  const auto without = RunRuleTests(*rules, {Write("pack_test.yaml", kTests)});
  ASSERT_TRUE(without);
  EXPECT_EQ(without->passed, 0u);
}

TEST_F(RuleTestTest, TestsAreChosenByNameAndTopic) {
  const fs::path file = Write("pack_test.yaml", R"(tests:
  - name: a ban
    article: {title: Sweden bans Huawei}
    fires: [bans]
  - name: silence
    article: {title: Sweden}
    fires: []
  - name: no ban
    article: {title: Sweden}
    must_not_fire: [spies]
)");
  const auto rules = Compile(kPack);
  const auto names = [&](const RuleTestOptions& options) {
    const auto report = RunRuleTests(*rules, {file}, options);
    EXPECT_TRUE(report);
    std::vector<std::string> chosen;
    for (const RuleTestResult& test : report->files[0].tests) chosen.push_back(test.name);
    EXPECT_EQ(report->left_out, 3 - chosen.size());
    return chosen;
  };
  RuleTestOptions by_name;
  by_name.wanted = [](std::string_view name) { return name.ends_with("ban"); };
  EXPECT_THAT(names(by_name), ElementsAre("a ban", "no ban"));
  RuleTestOptions by_topic;
  by_topic.topic = "spies";
  EXPECT_THAT(names(by_topic), ElementsAre("no ban"));
}

TEST_F(RuleTestTest, MistakesInATestFailItAndTheOthersStillRun) {
  const RuleTestReport report = Run(R"(tests:
  - name: a misspelt topic
    article: {title: a}
    fires: [ban]
  - name: a misspelt key
    article: {titel: a}
    fires: []
  - name: says nothing
    article: {title: a}
  - article: {title: [a]}
    fires: []
    must_fire: [bans]
  - just text
  - name: good
    article: {title: a}
    fires: []
)");
  EXPECT_EQ(report.passed, 1u);
  EXPECT_EQ(report.failed, 5u);
  std::vector<std::string> found;
  for (const Diagnostic& d : report.diagnostics) found.push_back(fmt::format("{}: {}; {}", d.code, d.message, d.help));
  EXPECT_THAT(
      found,
      ElementsAre("unknown-topic: there is no topic 'ban'; did you mean 'bans'?",
                  "missing-key: an article without text; add 'title', 'summary' or 'body'",
                  "unknown-key: an article has no key 'titel'; did you mean 'title'?",
                  "missing-key: a test says what must fire; add 'fires: [topic, ...]'; [] asserts silence",
                  "missing-key: a test needs the key 'name'; add 'name: ...'",
                  "wrong-type: 'title' is a text, not a list; put quotes around it if it begins with [ or {",
                  "conflicting-keys: 'fires' already says it for all topics; keep either 'fires', or 'must_fire' "
                  "and 'must_not_fire'",
                  HasSubstr("wrong-type: a test is a mapping, not a single value")));
}

TEST_F(RuleTestTest, AnUnreadableFileIsADiagnostic) {
  const auto report = RunRuleTests(*Compile(kPack), {directory_ / "gone_test.yaml"});
  ASSERT_TRUE(report);
  ASSERT_EQ(report->diagnostics.size(), 1u);
  EXPECT_EQ(report->diagnostics[0].code, "unreadable");
}

TEST_F(RuleTestTest, TestsAreFoundBesideTheirPacks) {
  for (const char* name : {"a.yaml", "a_test.yaml", "b.yml", "b_test.yml", "c.yaml", "sub/d_test.yaml"})
    Write(name, "");
  EXPECT_THAT(Found({directory_}), ElementsAre("a_test.yaml", "b_test.yml", "sub/d_test.yaml"));
  EXPECT_THAT(Found({directory_ / "a.yaml", directory_ / "c.yaml"}), ElementsAre("a_test.yaml"));
  EXPECT_THAT(Found({directory_ / "a.yaml", directory_ / "a_test.yaml"}), ElementsAre("a_test.yaml"));
  EXPECT_THAT(Found({directory_ / "b.yml"}), ElementsAre("b_test.yml"));
  EXPECT_THAT(Found({directory_ / "gone"}), ElementsAre(HasSubstr("no such file")));
}

// ---- docs/rules.md and docs/cookbook.md

std::vector<std::string> YamlBlocks(const std::string& text) {
  constexpr std::string_view kFence = "```yaml\n";
  std::vector<std::string> blocks;
  for (std::size_t begin = text.find(kFence); begin != std::string::npos; begin = text.find(kFence, begin)) {
    begin += kFence.size();
    blocks.push_back(text.substr(begin, text.find("```", begin) - begin));
  }
  return blocks;
}

TEST_F(RuleTestTest, TheWorkedPackOfTheDocumentationPassesItsTests) {
  for (const auto& [page, packs] : {std::pair{"docs/rules.md", 2}, std::pair{"docs/cookbook.md", 1}}) {
    const std::vector<std::string> blocks = YamlBlocks(Contents(kSource / page));
    int runs = 0;
    for (std::size_t i = 1; i < blocks.size(); ++i) {
      if (!blocks[i].starts_with("tests:")) continue;
      ++runs;
      const RuleTestReport report = Run(blocks[i], blocks[i - 1]);
      EXPECT_EQ(Render(report.diagnostics), "") << page;
      EXPECT_GT(report.passed, 0u) << page;
    }
    EXPECT_EQ(runs, packs) << page;
  }
}

// The rows | `expression` | holds on | does not hold on |.
TEST(RulesDocumentationTest, ExamplesHoldWhereTheTableSaysSo) {
  std::istringstream lines(Contents(kSource / "docs/rules.md") + Contents(kSource / "docs/cookbook.md"));
  const std::regex row(R"(\| `([^`]+)` \| ([^|]+) \| ([^|]+) \|)");
  bool in_table = false;
  int rows = 0;
  for (std::string line; std::getline(lines, line);) {
    if (line == "| expression | holds on | does not hold on |") in_table = true;
    if (!line.starts_with("|")) in_table = false;
    std::smatch cells;
    if (!in_table || !std::regex_match(line, cells, row)) continue;
    ++rows;
    std::string quoted;
    for (char c : cells[1].str()) quoted += c == '\'' ? "''" : std::string(1, c);
    const auto rule_set = Compile("pack: p\ntopics: [{id: t, title: T, rules: [{id: r, match: '" + quoted + "'}]}]\n");
    ASSERT_NE(rule_set, nullptr) << line;
    auto matcher = Matcher::Create(rule_set);
    ASSERT_TRUE(matcher);
    for (const bool holds : {true, false}) {
      const std::string body = cells[holds ? 2 : 3];
      Document document;
      document.texts[static_cast<std::size_t>(Field::kBody)] = body;
      FoldedDocument folded;
      Fold(document, folded);
      const auto matches = matcher->Match(document, folded);
      ASSERT_TRUE(matches);
      EXPECT_EQ(!matches->empty(), holds) << cells[1] << " on " << body;
    }
  }
  EXPECT_GT(rows, 30);
}

TEST(RulesDocumentationTest, TheTablesOfCodesAreThoseOfTheProgram) {
  EXPECT_THAT(Contents(kSource / "docs/rules.md"), HasSubstr(DiagnosticReference()))
      << "print them with `wirewatch docs diagnostics`";
}

// Every code that the rule language reports is in the table, as a warning or an error, and no other.
TEST(RulesDocumentationTest, TheTableHasEveryCodeOfADiagnostic) {
  std::string sources;
  for (const char* room : {"rules", "base/yaml"}) {
    for (const auto& entry : fs::recursive_directory_iterator(kSource / room)) {
      if (entry.path().extension() != ".cc" || entry.path().filename() == "diagnostic_codes.cc") continue;
      sources += Contents(entry.path());
    }
  }
  std::set<std::string> known;
  for (const DiagnosticCode& code : DiagnosticCodes()) {
    EXPECT_TRUE(
        known.insert(fmt::format("{}[{}]", code.severity == Severity::kError ? "error" : "warning", code.name)).second);
    EXPECT_NE(sources.find(fmt::format("\"{}\"", code.name)), std::string::npos)
        << code.name << " is in the table, but no file of rules/ or base/yaml/ reports it";
  }
  std::set<std::string> reported;
  for (const auto& entry : fs::directory_iterator(kSource / "tests/testdata/packs")) {
    if (entry.path().extension() != ".txt") continue;
    const std::string report = Contents(entry.path());
    const std::regex in_report(R"(^(?:[^ ]+: )?((?:error|warning)\[[a-z-]+\]))", std::regex::multiline);
    for (std::sregex_iterator i(report.begin(), report.end(), in_report), end; i != end; ++i) reported.insert((*i)[1]);
  }
  for (const std::string& code : reported) EXPECT_TRUE(known.contains(code)) << code << " is not in the table";
  EXPECT_GT(reported.size(), 50u) << "a golden report shows most of them";
}

}  // namespace
}  // namespace wirewatch
