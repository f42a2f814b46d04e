#include "rules/pack/pack_loader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

#include "base/yaml/yaml_text.h"
#include "rules/pack/library_files.h"
#include "rules/pack/pack_files.h"
#include "tests/support/source_directory.h"

namespace wirewatch {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const fs::path kSource = SourceDirectory();

std::string Contents(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void Write(const fs::path& file, std::string_view text) {
  fs::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
}

// A directory of its own for each test, gone afterwards.
class PackFilesTest : public testing::Test {
 protected:
  PackFilesTest()
      : directory_(fs::path(testing::TempDir()) /
                   ("wirewatch-packs-" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()))) {
    fs::remove_all(directory_);
    fs::create_directories(directory_);
  }
  ~PackFilesTest() override { fs::remove_all(directory_); }

  std::vector<std::string> Found(const std::vector<fs::path>& paths) const {
    const auto files = FindPackFiles(paths);
    if (!files) return {std::string(Name(files.error().code)), files.error().message};
    std::vector<std::string> names;
    for (const fs::path& file : *files) names.push_back(fs::relative(file, directory_).string());
    return names;
  }

  const fs::path directory_;
};

std::string OneTopic(std::string_view id) {
  return "pack: p\ntopics:\n  - {id: " + std::string(id) + ", title: T, rules: [{id: r, match: huawei}]}\n";
}

// A pack for each mistake, with the full report beside it. WIREWATCH_UPDATE_GOLDEN=1 writes the reports anew: read the
// difference before it is committed.
TEST(PackDiagnosticsTest, EveryMistakeIsReportedAsItsGoldenFileSays) {
  std::vector<fs::path> packs;
  for (const auto& entry : fs::directory_iterator(kSource / "tests/testdata/packs")) {
    if (entry.path().extension() == ".yaml") packs.push_back(entry.path());
  }
  ASSERT_GT(packs.size(), 40u);
  for (const fs::path& pack : packs) {
    // What a pack uses is below the folder of these.
    LibraryFiles libraries([&](const fs::path& file) { return YamlText::ReadFile(pack.parent_path() / file); });
    LoadedPacks loaded = LoadPackText(Contents(pack), pack.filename().string(), libraries);
    AddLibraries(libraries, loaded);
    const std::string report = Render(loaded.diagnostics);
    fs::path golden = pack;
    golden.replace_extension(".txt");
    if (std::getenv("WIREWATCH_UPDATE_GOLDEN") != nullptr) Write(golden, report);
    ASSERT_TRUE(fs::exists(golden)) << golden;
    EXPECT_EQ(report, Contents(golden)) << pack;
  }
}

TEST(PackLoaderTest, ReadsEveryKey) {
  const LoadedPacks loaded = LoadPackText(Contents(kSource / "tests/testdata/packs/valid.yaml"), "valid.yaml");
  ASSERT_THAT(Render(loaded.diagnostics), "");
  ASSERT_EQ(loaded.packs.size(), 1u);
  const Pack& pack = *loaded.packs[0];
  EXPECT_EQ(pack.name, "telecom-security");
  EXPECT_EQ(pack.owner, "desk-europe@example.org");
  EXPECT_EQ(pack.file, "valid.yaml");
  ASSERT_EQ(pack.topics.size(), 1u);
  const Topic& topic = pack.topics[0];
  EXPECT_EQ(topic.id, "5g-vendor-bans");
  EXPECT_EQ(topic.title, "5G vendor bans");
  EXPECT_EQ(topic.severity, TopicSeverity::kHigh);
  EXPECT_THAT(topic.tags, ElementsAre("telecom", "security"));
  EXPECT_THAT(topic.languages, ElementsAre("en"));
  EXPECT_EQ(ToText(topic.unless.value()), "title:review OR title:hands-on OR title:deal*");
  EXPECT_EQ(topic.unless_text, "title:(review OR \"hands-on\" OR deal*)");
  EXPECT_EQ(topic.story.window, std::chrono::hours(48));
  EXPECT_THAT(topic.story.grow, ElementsAre(5, 20, 100));
  EXPECT_EQ(topic.story.throttle, 10u);
  EXPECT_EQ(topic.story.burst, BurstSensitivity::kOff);
  EXPECT_TRUE(topic.story.quiet);

  std::vector<std::string> rules;
  for (const Rule& rule : topic.rules) rules.push_back(rule.id + ": " + ToText(rule.match));
  EXPECT_THAT(rules, ElementsAre("ban-near-vendor: (@vendors NEAR/12 @banning) AND (5G OR \"telecom* network*\")",
                                 "folded: huawei AND (ban OR \"rip and replace\")", "literal: huawei AND ban",
                                 "double: huawei AND \"rip and replace\" AND é", "plain: huawei AND bans"));
  EXPECT_EQ(topic.rules[0].score, 80u);
  EXPECT_EQ(topic.rules[1].score, 50u);
  EXPECT_EQ(topic.rules[1].severity, std::nullopt);
  EXPECT_EQ(topic.rules[4].severity, TopicSeverity::kLow);
  std::vector<std::string> vendors;
  for (const Expression& term : topic.rules[0].match.children[0].children[0].children) {
    vendors.push_back(ToText(term.term));
  }
  EXPECT_THAT(vendors,
              ElementsAre("Huawei", "ZTE", "\"high-risk vendor*\"", "\"untrusted vendor*\"", "=\"ZTE Corporation\""));
}

TEST(PackLoaderTest, ReadsStatusAndBudget) {
  const LoadedPacks loaded = LoadPackText(
      "pack: p\n"
      "topics:\n"
      "  - id: t\n"
      "    title: T\n"
      "    status: shadow\n"
      "    budget: {hits: 50/h}\n"
      "    rules:\n"
      "      - {id: a, match: huawei, budget: {cpu: 2ms}}\n"
      "      - {id: b, match: zte, status: off, budget: {cpu: 50us, hits: 1/h}}\n"
      "      - {id: c, match: nokia, status: active}\n",
      "p.yaml");
  ASSERT_EQ(Render(loaded.diagnostics), "");
  const Topic& topic = loaded.packs[0]->topics[0];
  EXPECT_EQ(topic.status, RuleStatus::kShadow);
  EXPECT_EQ(topic.budget, (RuleBudget{std::nullopt, 50}));
  EXPECT_EQ(topic.rules[0].budget, (RuleBudget{std::chrono::milliseconds(2), std::nullopt}));
  EXPECT_EQ(topic.rules[1].budget, (RuleBudget{std::chrono::microseconds(50), 1}));
  EXPECT_EQ(StatusOf(topic, topic.rules[0]), RuleStatus::kShadow);
  EXPECT_EQ(StatusOf(topic, topic.rules[1]), RuleStatus::kOff);
  EXPECT_EQ(StatusOf(topic, topic.rules[2]), RuleStatus::kShadow);
}

TEST(PackLoaderTest, AListTakesInAndLeavesOutOtherLists) {
  const LoadedPacks loaded = LoadPackText(R"(
pack: p
lists:
  all: ['@makers', '@makers', Kaspersky, NOT @cleared, NOT HIKVISION, NOT ="ZTE"]
  makers: [Huawei, ZTE, Hikvision, '@more']
  cleared: [dahua]
  more: [Dahua, "high-risk vendor*"]
topics:
  - {id: t, title: T, rules: [{id: r, match: '@all OR @more'}]}
)",
                                          "p.yaml");
  ASSERT_THAT(Render(loaded.diagnostics), "");
  std::vector<std::string> terms;
  for (const Expression& term : loaded.packs.at(0)->topics.at(0).rules.at(0).match.children.at(0).children) {
    terms.push_back(ToText(term.term));
  }
  EXPECT_THAT(terms, ElementsAre("Huawei", "ZTE", "\"high-risk vendor*\"", "Kaspersky"))
      << "the exact ZTE is another term";
}

TEST(PackLoaderTest, ARuleKnowsWhereItsExpressionStands) {
  const LoadedPacks loaded = LoadPackText(Contents(kSource / "tests/testdata/packs/valid.yaml"), "valid.yaml");
  std::vector<std::string> places;
  for (const Rule& rule : loaded.packs.at(0)->topics.at(0).rules) {
    places.push_back(std::to_string(rule.place.line) + ":" + std::to_string(rule.place.column));
  }
  EXPECT_THAT(places, ElementsAre("19:17", "23:11", "27:11", "30:17", "33:16"));
}

TEST(PackLoaderTest, AnyBytesEndInPacksOrInErrors) {
  const std::string valid = Contents(kSource / "tests/testdata/packs/valid.yaml");
  for (std::size_t cut = 0; cut < valid.size(); cut += 3) {  // truncated, and with one byte replaced
    LoadPackText(std::string_view(valid).substr(0, cut), "cut.yaml");
    for (const char c : {'\'', '"', ':', '\n', '\t', '*', '\xFF', '['}) {
      std::string changed = valid;
      changed[cut] = c;
      const LoadedPacks loaded = LoadPackText(changed, "changed.yaml");
      for (const Diagnostic& diagnostic : loaded.diagnostics) {
        ASSERT_NE(diagnostic.help, "") << Render(diagnostic);
        ASSERT_NE(diagnostic.position.line, 0u) << Render(diagnostic);
      }
      ASSERT_TRUE(HasErrors(loaded.diagnostics) || !loaded.packs.empty());
    }
  }
}

TEST_F(PackFilesTest, ADirectoryGivesItsRuleFilesInOrder) {
  for (const char* name :
       {"b.yaml", "a.yml", "a_test.yaml", "sub/c.yaml", "notes.txt", ".hidden.yaml", "..data/a.yaml"}) {
    Write(directory_ / name, "");
  }
  EXPECT_THAT(Found({directory_}), ElementsAre("a.yml", "b.yaml", "sub/c.yaml"));
  EXPECT_THAT(Found({directory_ / "sub", directory_}), ElementsAre("sub/c.yaml", "a.yml", "b.yaml"));
  EXPECT_THAT(Found({directory_ / "b.yaml", directory_ / "a_test.yaml", directory_ / "notes.txt"}),
              ElementsAre("b.yaml", "notes.txt"));
}

TEST_F(PackFilesTest, SaysWhichPathGivesNoRuleFile) {
  EXPECT_THAT(Found({directory_ / "missing"}), ElementsAre("not-found", HasSubstr("missing: there is no such file")));
  EXPECT_THAT(Found({directory_}),
              ElementsAre("invalid", HasSubstr("no rule file (*.yaml) in " + directory_.string())));
  EXPECT_THAT(Found({}), ElementsAre("invalid", HasSubstr("no rule file")));
}

TEST_F(PackFilesTest, ATopicMayStandInOnePackOnly) {
  Write(directory_ / "a.yaml", OneTopic("bans"));
  Write(directory_ / "b.yaml", "# the same once more\n" + OneTopic("bans"));
  const LoadedPacks loaded = LoadPacks({directory_ / "a.yaml", directory_ / "b.yaml"});
  ASSERT_EQ(loaded.diagnostics.size(), 1u);
  EXPECT_EQ(loaded.diagnostics[0].file, (directory_ / "b.yaml").string());
  EXPECT_EQ(loaded.diagnostics[0].position.line, 4u);
  EXPECT_EQ(loaded.diagnostics[0].message, "the topic 'bans' is already at " + (directory_ / "a.yaml").string() + ":3");
}

TEST_F(PackFilesTest, MistakesOfAllFilesAreReported) {
  Write(directory_ / "a.yaml", "pack: p\n");
  Write(directory_ / "b.yaml", "\tx");
  const LoadedPacks loaded =
      LoadPacks({directory_ / "a.yaml", directory_ / "b.yaml", directory_ / "gone.yaml", directory_});
  std::vector<std::string> codes;
  for (const Diagnostic& diagnostic : loaded.diagnostics) codes.push_back(diagnostic.code);
  EXPECT_THAT(codes, ElementsAre("missing-key", "tab", "unreadable", "unreadable"));
  EXPECT_THAT(loaded.diagnostics[2].message, HasSubstr("No such file"));
  EXPECT_THAT(loaded.diagnostics[3].message, HasSubstr("is a directory"));
}

TEST_F(PackFilesTest, AFileOverTheLimitIsRefusedUnread) {
  const fs::path file = directory_ / "large.yaml";
  Write(file, "pack: p\n");
  fs::resize_file(file, (64u << 20) + 1);
  const LoadedPacks loaded = LoadPacks({file});
  ASSERT_EQ(loaded.diagnostics.size(), 1u);
  EXPECT_THAT(loaded.diagnostics[0].message, HasSubstr("larger than 64 MiB"));
}

TEST(PackLoaderTest, ThePacksOfTheRepositoryLoadWithoutAWord) {
  const auto files = FindPackFiles({kSource / "rules/packs"});
  ASSERT_TRUE(files) << files.error().message;
  EXPECT_EQ(Render(LoadPacks(*files).diagnostics), "");
}

// What docs/packs.md promises to those who filter by one of the two.
TEST(PackLoaderTest, InThePacksOfTheRepositoryScoreAndSeveritySayTheSame) {
  const auto files = FindPackFiles({kSource / "rules" / "packs"});
  ASSERT_TRUE(files);
  for (const auto& pack : LoadPacks(*files).packs) {
    for (const Topic& topic : pack->topics) {
      for (const Rule& rule : topic.rules) {
        const TopicSeverity said = rule.score >= 70   ? TopicSeverity::kHigh
                                   : rule.score >= 40 ? TopicSeverity::kMedium
                                                      : TopicSeverity::kLow;
        EXPECT_EQ(rule.severity.value_or(topic.severity), said) << topic.id << ' ' << rule.id;
      }
    }
  }
}

// What analysts copy from: each of its YAML blocks that is a pack must load.
TEST(PackLoaderTest, EveryPackInTheDocumentationLoads) {
  for (const std::string page : {"docs/rules.md", "docs/cookbook.md"}) {
    const std::string text = Contents(kSource / page);
    const std::string fence = "```yaml\n";
    int packs = 0;
    for (std::size_t begin = text.find(fence); begin != std::string::npos; begin = text.find(fence, begin)) {
      begin += fence.size();
      const std::size_t end = text.find("```", begin);
      ASSERT_NE(end, std::string::npos);
      const std::string_view block = std::string_view(text).substr(begin, end - begin);
      const auto line = std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(begin), '\n') + 1;
      begin = end;
      if (block.starts_with("tests:")) continue;  // the test of rule tests runs those
      ++packs;
      EXPECT_EQ(Render(LoadPackText(block, page + ", block at line " + std::to_string(line)).diagnostics), "");
    }
    EXPECT_GT(packs, 1) << page;
  }
}

}  // namespace
}  // namespace wirewatch
