#include "base/yaml/yaml_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/text/utf8.h"
#include "tests/support/source_directory.h"

namespace wirewatch {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// What is wrong with `text`, each as "line:column code: message".
std::vector<std::string> Mistakes(std::string_view text) {
  YamlText yaml("f.yaml", text);
  yaml.Parse();
  std::vector<std::string> mistakes;
  for (const Diagnostic& d : yaml.TakeDiagnostics()) {
    mistakes.push_back(std::to_string(d.position.line) + ":" + std::to_string(d.position.column) + " " + d.code + ": " +
                       d.message);
  }
  return mistakes;
}

// The one value of `key: ...`, and what of the file it was written as.
struct Value {
  std::string scalar;
  std::string written;
};
std::optional<Value> ValueIn(std::string_view text) {
  YamlText yaml("f.yaml", text);
  const auto root = yaml.Parse();
  if (!root || root->entries.size() != 1) return std::nullopt;
  const YamlNode& node = root->entries[0].value;
  return Value{node.scalar, std::string(node.span().Of(yaml.text()))};
}

TEST(YamlTextTest, AScalarKnowsWhereItIsWritten) {
  for (const auto& [text, scalar, written] : std::vector<std::tuple<std::string_view, std::string, std::string>>{
           {"a: huawei ban  # which\n", "huawei ban", "huawei ban"},
           {"a: 'it''s'\n", "it's", "'it''s'"},
           {"é: \"\\u00e9t\\x41\" \n", "étA", "\"\\u00e9t\\x41\""},
           {"a: |\n  one\n  two\n\n# end\n", "one\ntwo\n", "|\n  one\n  two"},
           {"a: >-\r\n  one\r\n  two\r\n", "one two", ">-\r\n  one\r\n  two"},
           {"a: one\n  two\n", "one two", "one\n  two"}}) {
    const auto value = ValueIn(text);
    ASSERT_TRUE(value) << text;
    EXPECT_EQ(value->scalar, scalar) << text;
    EXPECT_EQ(value->written, written) << text;
  }
}

TEST(YamlTextTest, AFindingInsideAValueIsUnderlinedWhereItWasWritten) {
  for (const auto& [text, begin, end, place] : std::vector<std::tuple<std::string_view, int, int, std::string>>{
           {"a: 'it''s zte'\n", 5, 8, "1:11+3"},
           {"a: \"\\u00e9 zte\"\n", 3, 6, "1:12+3"},
           {"a: >\n  huawei\n  AND zte\n", 11, 14, "3:7+3"},
           {"a: |\n  huawei\n\n   zte\n", 9, 12, "4:4+3"},
           {"ключ: é zte\n", 3, 6, "1:9+3"},
           {"a: \"one\\\n  two\"\n", 3, 6, "2:3+3"}}) {
    YamlText yaml("f.yaml", text);
    const auto root = yaml.Parse();
    ASSERT_TRUE(root) << text;
    yaml.ReportInside(root->entries.at(0).value, {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)},
                      Severity::kWarning, "c", "m", "h");
    const Diagnostic d = yaml.TakeDiagnostics().at(0);
    EXPECT_EQ(
        std::to_string(d.position.line) + ":" + std::to_string(d.position.column) + "+" + std::to_string(d.length),
        place)
        << text;
  }
}

TEST(YamlTextTest, WhatNoEditorShowsIsRefused) {
  EXPECT_THAT(Mistakes("a: b\n# \xE2\x80\xA8 c: d\n"),
              ElementsAre("2:3 encoding: a character that cannot be seen (U+2028)"));
  EXPECT_THAT(Mistakes("a: \xC2\x85"), ElementsAre("1:4 encoding: a character that cannot be seen (U+0085)"));
  EXPECT_THAT(Mistakes("a: \xEF\xBB\xBFx"), ElementsAre("1:4 encoding: a character that cannot be seen (U+FEFF)"));
  EXPECT_THAT(Mistakes("\xEF\xBB\xBF"
                       "a: x"),
              IsEmpty())
      << "but for the mark at the beginning";
  EXPECT_THAT(Mistakes("a: \x07"), ElementsAre("1:4 encoding: a control character (0x07)"));
}

TEST(YamlTextTest, AQuoteThatIsNotClosedIsReportedWhereItOpens) {
  EXPECT_THAT(Mistakes("a: 'b\nc: d\n"), ElementsAre("1:4 yaml-syntax: this quote is not closed"));
  EXPECT_THAT(Mistakes("a: \"b\n---\nc: d\n"), ElementsAre("1:4 yaml-syntax: this quote is not closed"));
}

TEST(YamlTextTest, OneDocumentOnly) {
  EXPECT_THAT(Mistakes("---\na: b\n...\n# end\n"), IsEmpty());
  EXPECT_THAT(Mistakes("a: b\n---\nc: d\n"), ElementsAre("3:1 yaml-syntax: a second document begins here"));
  EXPECT_THAT(Mistakes("  a: b\nc: d\n"), ElementsAre("2:1 yaml-syntax: a second document begins here"));
}

TEST(YamlTextTest, NestingHasABound) {
  std::string deep = "a: ";
  for (int level = 0; level < 100'000; ++level) deep += "[\n ";
  EXPECT_THAT(Mistakes(deep), ElementsAre(HasSubstr("nested too deeply")));
}

TEST(YamlTextTest, AnEmptyItemStandsAtItsDash) {
  YamlText yaml("f.yaml", "- a\n-\n- b\n");
  const auto root = yaml.Parse();
  ASSERT_TRUE(root);
  EXPECT_EQ(root->items.at(1).kind, YamlNode::Kind::kNull);
  EXPECT_EQ(root->items.at(1).begin, 4u);
}

// ---- whatever bytes come

void ExpectPlacesInside(const YamlNode& node, Span outer) {
  ASSERT_LE(node.begin, node.end);
  ASSERT_GE(node.begin, outer.begin);
  ASSERT_LE(node.end, outer.end);
  for (const YamlNode& item : node.items) ExpectPlacesInside(item, node.span());
  for (const YamlEntry& entry : node.entries) {
    ExpectPlacesInside(entry.key, node.span());
    if (entry.value.kind != YamlNode::Kind::kNull) ExpectPlacesInside(entry.value, node.span());
  }
}

void ReportEverywhere(YamlText& yaml, const YamlNode& node) {
  yaml.Report(node, Severity::kWarning, "at", "m", "h");
  if (node.kind == YamlNode::Kind::kScalar && !node.scalar.empty()) {
    const auto size = static_cast<std::uint32_t>(node.scalar.size());
    yaml.ReportInside(node, {0, size}, Severity::kWarning, "whole", "m", "h");
    yaml.ReportInside(node, {size / 2, size}, Severity::kWarning, "half", "m", "h");
  }
  for (const YamlNode& item : node.items) ReportEverywhere(yaml, item);
  for (const YamlEntry& entry : node.entries) {
    ReportEverywhere(yaml, entry.key);
    ReportEverywhere(yaml, entry.value);
  }
}

void ExpectInText(const Diagnostic& d, const std::vector<std::string>& lines) {
  ASSERT_GE(d.position.line, 1u) << Render(d);
  ASSERT_LE(d.position.line, lines.size()) << Render(d);
  ASSERT_GE(d.position.column, 1u) << Render(d);
  const std::size_t characters = lines[d.position.line - 1].size();  // bytes: at least as many
  ASSERT_LE(d.position.column, characters + 1) << Render(d);
  ASSERT_NE(d.help, "") << Render(d);
  ASSERT_EQ(FirstInvalidUtf8(d.source_line), d.source_line.size()) << Render(d);
}

std::vector<std::string> LinesOf(std::string_view text) {
  std::vector<std::string> lines(1);
  for (const char c : text) {
    if (c == '\n') {
      lines.emplace_back();
    } else {
      lines.back() += c;
    }
  }
  return lines;
}

TEST(YamlTextTest, ADirectiveIsRefusedAsATagIs) {
  for (const std::string_view directive : {"%YAML 1.2", "%TAG ! tag:example.org,2026:"}) {
    const std::string text = "# ours\n" + std::string(directive) + "\n---\na: 1\n";
    YamlText yaml("f.yaml", text);
    EXPECT_FALSE(yaml.Parse()) << text;
    const Diagnostics diagnostics = yaml.TakeDiagnostics();
    ASSERT_EQ(diagnostics.size(), 1u) << text;
    EXPECT_EQ(diagnostics[0].message, "YAML directives are not used here");
    EXPECT_EQ(diagnostics[0].source_line, directive);
    EXPECT_EQ(diagnostics[0].position.line, 2u);
    EXPECT_EQ(diagnostics[0].position.column, 1u);
    EXPECT_EQ(diagnostics[0].length, directive.size());
  }
  EXPECT_THAT(Mistakes("---\na: 1\n"), IsEmpty());
}

std::string Mutated(std::string text, std::mt19937& random) {
  static constexpr std::string_view kPieces[] = {
      "'",  "\"",   ":",  "\n", "\t",   "*",    "&a ",          "!",     "[",     "]",  "{",
      "}",  ",",    "- ", "?",  "#",    "|",    ">-\n",         "@",     "%",     "`",  " ",
      "\\", "\\x4", "~",  "é",  "\r\n", "\xFF", "\xE2\x80\xA8", "---\n", "...\n", "? ", "<<: "};
  for (std::size_t edits = 1 + random() % 3; edits > 0 && !text.empty(); --edits) {
    const std::size_t at = random() % text.size();
    const std::string_view piece = kPieces[random() % std::size(kPieces)];
    switch (random() % 4) {
      case 0: text.replace(at, 1, piece); break;
      case 1: text.insert(at, piece); break;
      case 2: text.erase(at, 1 + random() % 4); break;
      default: text.insert(at, text.substr(random() % text.size(), random() % 30)); break;
    }
  }
  return text;
}

TEST(YamlTextTest, AnyBytesEndInATreeWithPlacesInTheTextOrInAnError) {
  std::mt19937 random(20261129);
  int trees = 0, errors = 0;
  for (const auto& entry : fs::directory_iterator(SourceDirectory() / "tests/testdata/packs")) {
    if (entry.path().extension() != ".yaml") continue;
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string pack{std::istreambuf_iterator<char>(in), {}};
    for (int round = 0; round < 60; ++round) {
      const std::string text = round == 0 ? pack : Mutated(pack, random);
      YamlText yaml("f.yaml", text);
      const auto root = yaml.Parse();
      if (root) {
        ASSERT_NO_FATAL_FAILURE(ExpectPlacesInside(*root, {0, static_cast<std::uint32_t>(yaml.text().size())})) << text;
        ReportEverywhere(yaml, *root);
      }
      const Diagnostics diagnostics = yaml.TakeDiagnostics();
      ASSERT_EQ(HasErrors(diagnostics), !root) << text;
      ++(root ? trees : errors);
      for (const Diagnostic& d : diagnostics) ASSERT_NO_FATAL_FAILURE(ExpectInText(d, LinesOf(text))) << text;
    }
  }
  EXPECT_GT(trees, 500);
  EXPECT_GT(errors, 500);
}

}  // namespace
}  // namespace wirewatch
