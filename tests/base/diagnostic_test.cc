#include "base/diagnostic.h"

#include <gtest/gtest.h>

namespace wirewatch {
namespace {

Diagnostic UnknownList() {
  return {.severity = Severity::kError,
          .file = "rules/packs/energy.yaml",
          .position = {12, 9},
          .length = 7,
          .code = "unknown-list",
          .message = "there is no list named 'vendor'",
          .help = "did you mean '@vendors'?",
          .source_line = "match: '@vendor NEAR/12 @banning'"};
}

TEST(DiagnosticTest, LooksLikeACompilers) {
  EXPECT_EQ(Render(UnknownList()),
            "rules/packs/energy.yaml:12:9: error[unknown-list]: there is no list named 'vendor'\n"
            "   12 | match: '@vendor NEAR/12 @banning'\n"
            "      |         ^^^^^^^\n"
            "      = help: did you mean '@vendors'?\n");
}

TEST(DiagnosticTest, LeavesOutWhatIsNotKnown) {
  Diagnostic d = UnknownList();
  d.help.clear();
  d.source_line.clear();
  EXPECT_EQ(Render(d), "rules/packs/energy.yaml:12:9: error[unknown-list]: there is no list named 'vendor'\n");
  d.position.column = 0;
  EXPECT_EQ(Render(d), "rules/packs/energy.yaml:12: error[unknown-list]: there is no list named 'vendor'\n");
  d.position = {};
  EXPECT_EQ(Render(d), "rules/packs/energy.yaml: error[unknown-list]: there is no list named 'vendor'\n");
  d.file.clear();
  EXPECT_EQ(Render(d), "error[unknown-list]: there is no list named 'vendor'\n");
}

TEST(DiagnosticTest, QuotesALineWithoutCaretsWhenTheColumnIsNotKnown) {
  Diagnostic d = UnknownList();
  d.position.column = 0;
  EXPECT_EQ(Render(d),
            "rules/packs/energy.yaml:12: error[unknown-list]: there is no list named 'vendor'\n"
            "   12 | match: '@vendor NEAR/12 @banning'\n"
            "      = help: did you mean '@vendors'?\n");
}

TEST(DiagnosticTest, CountsCharactersNotBytesAndKeepsTabs) {
  Diagnostic d = UnknownList();
  d.help.clear();
  d.source_line = "\tśćłó 'x'";
  d.position = {3, 7};
  d.length = 3;
  EXPECT_EQ(Render(d),
            "rules/packs/energy.yaml:3:7: error[unknown-list]: there is no list named 'vendor'\n"
            "    3 | \tśćłó 'x'\n"
            "      | \t     ^^^\n");
}

TEST(DiagnosticTest, UnderlinesNoFurtherThanTheLinesEnd) {
  Diagnostic d = UnknownList();
  d.help.clear();
  d.source_line = "tags: [a";
  d.position = {1, 7};
  d.length = 4'000'000'000;
  EXPECT_EQ(Render(d),
            "rules/packs/energy.yaml:1:7: error[unknown-list]: there is no list named 'vendor'\n"
            "    1 | tags: [a\n"
            "      |       ^^\n");
}

TEST(DiagnosticTest, StandsOneCaretPastALineThatEndsTooSoon) {
  Diagnostic d = UnknownList();
  d.help.clear();
  d.source_line = "a";
  d.position = {1, 2};
  EXPECT_TRUE(Render(d).ends_with("    1 | a\n      |  ^\n")) << Render(d);
}

TEST(DiagnosticTest, ColoursOnlyWhenAsked) {
  EXPECT_EQ(Render(UnknownList(), false).find('\x1b'), std::string::npos);
  EXPECT_NE(Render(UnknownList(), true).find("\x1b[1;31merror[unknown-list]\x1b[0m"), std::string::npos);
  Diagnostic warning = UnknownList();
  warning.severity = Severity::kWarning;
  EXPECT_NE(Render(warning, true).find("\x1b[1;33mwarning[unknown-list]\x1b[0m"), std::string::npos);
}

TEST(DiagnosticTest, RendersManyInOrder) {
  Diagnostic first{.file = "a.yaml", .code = "one", .message = "first"};
  Diagnostic second{.severity = Severity::kWarning, .file = "b.yaml", .code = "two", .message = "second"};
  EXPECT_EQ(Render(Diagnostics{first, second}), "a.yaml: error[one]: first\nb.yaml: warning[two]: second\n");
}

TEST(DiagnosticTest, WarningsAreNoErrors) {
  Diagnostic warning = UnknownList();
  warning.severity = Severity::kWarning;
  EXPECT_FALSE(HasErrors({}));
  EXPECT_FALSE(HasErrors({warning}));
  EXPECT_TRUE(HasErrors({warning, UnknownList()}));
}

TEST(NearestTest, FindsTheNameThatWasMeant) {
  const std::vector<std::string_view> keys = {"id", "title", "severity", "tags", "languages", "rules", "unless"};
  EXPECT_EQ(Nearest("tilte", keys), "title");
  EXPECT_EQ(Nearest("severty", keys), "severity");
  EXPECT_EQ(Nearest("language", keys), "languages");
  EXPECT_EQ(Nearest("ids", keys), "id");
  EXPECT_EQ(Nearest("rules", keys), "rules");
}

TEST(NearestTest, FindsNothingWhereNothingIsNear) {
  EXPECT_EQ(Nearest("colour", {"id", "title", "severity"}), "");
  EXPECT_EQ(Nearest("x", {"y", "z"}), "");
  EXPECT_EQ(Nearest("", {"id"}), "");
  EXPECT_EQ(Nearest("title", {}), "");
}

TEST(DiagnosticTest, OfALongLineAPartIsQuoted) {
  Diagnostic d = UnknownList();
  d.help.clear();
  d.source_line = "…match: '@vendor'…";
  d.source_column = 500;
  d.position = {3, 509};
  EXPECT_EQ(Render(d),
            "rules/packs/energy.yaml:3:509: error[unknown-list]: there is no list named 'vendor'\n"
            "    3 | …match: '@vendor'…\n"
            "      |          ^^^^^^^\n");
}

TEST(DiagnosticTest, OfOneCodeTwentyAreShownAndTheRestIsCounted) {
  Diagnostics many(45, UnknownList());
  for (Diagnostic& d : many) d = {.severity = Severity::kError, .code = "a", .message = "m"};
  many[3].code = "b";
  many[4].severity = Severity::kWarning;
  const std::string text = Render(many);
  std::size_t shown = 0;
  for (std::size_t at = text.find("error[a]: m"); at != std::string::npos; at = text.find("error[a]: m", at + 1))
    ++shown;
  EXPECT_EQ(shown, 20u);
  EXPECT_NE(text.find("error[a]: 23 more are not shown\n"), std::string::npos) << text;
  EXPECT_NE(text.find("error[b]: m\n"), std::string::npos);
  EXPECT_NE(text.find("warning[a]: m\n"), std::string::npos) << "warnings are counted by themselves";
  EXPECT_EQ(text.find("error[b]: 1"), std::string::npos);
}

TEST(DiagnosticTest, NothingInItSteersTheTerminal) {
  Diagnostic d = UnknownList();
  d.file = "a\n2026-01-01 error forged\x1b[31m.yaml";
  d.message =
      "no list '\xC2\x9B"
      "31m\x7f\r'";
  d.help = "a\tb\x07";
  d.source_line = "x: \x1b]0;title\x07\ty";
  const std::string text = Render(d);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(text.find('\x07'), std::string::npos);
  EXPECT_EQ(text.find('\r'), std::string::npos);
  EXPECT_EQ(text.find('\x7f'), std::string::npos);
  EXPECT_EQ(text.find("\xC2\x9B"), std::string::npos);
  EXPECT_TRUE(text.starts_with("a\\x0A2026-01-01 error forged\\x1B[31m.yaml:12:9: error")) << text;
}

}  // namespace
}  // namespace wirewatch
