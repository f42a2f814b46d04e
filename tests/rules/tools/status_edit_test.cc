#include "rules/tools/status_edit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

#include "rules/pack/pack_loader.h"
#include "tests/support/source_directory.h"

namespace wirewatch {
namespace {

using testing::HasSubstr;

constexpr char kPack[] =
    "# of the desk\n"
    "pack: p\n"
    "topics:\n"
    "  - id: a          # the first\n"
    "    title: A\n"
    "    status: \"shadow\"   # since Monday\n"
    "    rules:\n"
    "      - {id: r, match: '\"huawei, ban\"', status: shadow}\n"
    "      - {match: zte, id: \"s\"}\n"
    "  -   title: B\n"
    "      id: b\n"
    "      rules:\n"
    "        - id: r\n"
    "          match: nokia\n";

// What differs, line by line: "-old", "+new".
std::string Difference(std::string_view before, std::string_view after) {
  std::size_t begin = 0, end = 0;
  while (begin < before.size() && begin < after.size() && before[begin] == after[begin]) ++begin;
  while (end < before.size() - begin && end < after.size() - begin &&
         before[before.size() - 1 - end] == after[after.size() - 1 - end]) {
    ++end;
  }
  return "-" + std::string(before.substr(begin, before.size() - begin - end)) + "+" +
         std::string(after.substr(begin, after.size() - begin - end));
}

std::string Edit(std::string_view text, std::string_view topic, std::string_view rule, RuleStatus status) {
  const auto edited = WithStatus(text, topic, rule, status);
  if (!edited) return edited.error().message;
  LoadedPacks loaded = LoadPackText(edited->text, "p.yaml");
  EXPECT_FALSE(HasErrors(loaded.diagnostics)) << Render(loaded.diagnostics);
  return std::to_string(edited->line) + Difference(text, edited->text);
}

TEST(StatusEditTest, OnlyTheStatusChanges) {
  EXPECT_EQ(Edit(kPack, "a", "", RuleStatus::kActive), "6-\"shadow\"+active");
  EXPECT_EQ(Edit(kPack, "a", "r", RuleStatus::kActive), "8-shadow+active");
  EXPECT_EQ(Edit(kPack, "a", "s", RuleStatus::kShadow), "9-+, status: shadow");
  EXPECT_EQ(Edit(kPack, "b", "", RuleStatus::kShadow), "12-+status: shadow\n      ");
  EXPECT_EQ(Edit(kPack, "b", "r", RuleStatus::kOff), "14-+status: off\n          ");
}

TEST(StatusEditTest, ATopicMayGoOnInThisFile) {
  const std::string text =
      "pack: p\ntopics:\n  - extends: a\n    rules: [{id: r, match: x}]\n  - extends: a\n    rules: [{id: s, match: "
      "y}]\n";
  const auto edited = WithStatus(text, "a", "s", RuleStatus::kShadow);
  ASSERT_TRUE(edited) << edited.error().message;
  EXPECT_EQ(edited->line, 6u);
  EXPECT_THAT(edited->text, HasSubstr("[{id: s, status: shadow, match: y}]"));
  EXPECT_FALSE(WithStatus(text, "a", "", RuleStatus::kShadow));
}

TEST(StatusEditTest, LineEndsStayAsTheyAre) {
  const std::string text = "pack: p\r\ntopics:\r\n- id: a\r\n  title: A\r\n  rules:\r\n  - id: r\r\n    match: x\r\n";
  const auto edited = WithStatus(text, "a", "r", RuleStatus::kShadow);
  ASSERT_TRUE(edited);
  EXPECT_THAT(edited->text, HasSubstr("  - id: r\r\n    status: shadow\r\n    match: x\r\n"));
}

TEST(StatusEditTest, WhatIsNotThereIsSaid) {
  EXPECT_EQ(Edit(kPack, "c", "", RuleStatus::kActive), "it has no topic 'c'");
  EXPECT_EQ(Edit(kPack, "b", "s", RuleStatus::kActive), "topic 'b' has no rule 's' there");
  EXPECT_EQ(Edit("pack: [", "b", "s", RuleStatus::kActive), "it is no pack");
}

// docs/shadow.md is what analysts copy from: each of its YAML blocks that is a pack must load.
TEST(StatusEditTest, ThePacksOfItsPageLoad) {
  std::ostringstream text;
  text << std::ifstream(std::filesystem::path(SourceDirectory()) / "docs/shadow.md").rdbuf();
  const std::string page = text.str(), fence = "```yaml\n";
  int packs = 0;
  for (std::size_t begin = page.find(fence); begin != std::string::npos; begin = page.find(fence, begin)) {
    begin += fence.size();
    const std::string block = page.substr(begin, page.find("```", begin) - begin);
    if (!block.starts_with("pack:")) continue;
    ++packs;
    EXPECT_EQ(Render(LoadPackText(block, "docs/shadow.md").diagnostics), "");
  }
  EXPECT_EQ(packs, 2);
}

}  // namespace
}  // namespace wirewatch
