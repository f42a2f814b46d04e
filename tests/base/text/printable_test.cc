#include "base/text/printable.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "base/diagnostic.h"

namespace wirewatch {
namespace {

std::string Utf8(char32_t c) {
  const auto byte = [](char32_t bits) { return static_cast<char>(bits); };
  if (c < 0x80) return {byte(c)};
  if (c < 0x800) return {byte(0xC0 | (c >> 6)), byte(0x80 | (c & 0x3F))};
  if (c < 0x10000) return {byte(0xE0 | (c >> 12)), byte(0x80 | ((c >> 6) & 0x3F)), byte(0x80 | (c & 0x3F))};
  return {byte(0xF0 | (c >> 18)), byte(0x80 | ((c >> 12) & 0x3F)), byte(0x80 | ((c >> 6) & 0x3F)),
          byte(0x80 | (c & 0x3F))};
}

// The control codes of ISO 6429, and Unicode's property Bidi_Control with the two separators (PropList.txt).
bool MustBeWritten(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x61C || c == 0x200E || c == 0x200F || c == 0x2028 ||
         c == 0x2029 || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

TEST(PrintableTest, EveryCodePointStandsAsItIsOrInAscii) {
  for (char32_t c = 0; c < 0x110000; ++c) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    const std::string text = "a" + Utf8(c) + "b";
    const std::string printable = Printable(text);
    if (!MustBeWritten(c)) {
      ASSERT_EQ(printable, text) << std::hex << static_cast<unsigned>(c);
      continue;
    }
    ASSERT_NE(printable, text) << std::hex << static_cast<unsigned>(c);
    ASSERT_TRUE(std::all_of(printable.begin(), printable.end(), [](char b) { return b >= ' ' && b < 0x7F; }));
  }
}

TEST(PrintableTest, WritesWhatItWasAndLeavesNothingOut) {
  EXPECT_EQ(Printable("a\nb\r\tc\x1b[31m\x7f"), "a\\x0Ab\\x0D\\x09c\\x1B[31m\\x7F");
  EXPECT_EQ(Printable("\xC2\x9B"
                      "31m"),
            "\\x9B31m");
  EXPECT_EQ(Printable("a\u202Eb\u2028"), "a\\u{202E}b\\u{2028}");
  EXPECT_EQ(Printable(std::string("a\0b", 3)), "a\\x00b");
}

TEST(PrintableTest, BytesThatAreNotUtf8AreWritten) {
  // A byte alone, a tail too few, overlong, a surrogate, past the last code point: a terminal may take 0x9B for CSI.
  EXPECT_EQ(Printable("\x9B"), "\\x9B");
  EXPECT_EQ(Printable("\xE2\x82"), "\\xE2\\x82");
  EXPECT_EQ(Printable("\xC0\x8A"), "\\xC0\\x8A");
  EXPECT_EQ(Printable("\xE0\x80\x8A"), "\\xE0\\x80\\x8A");
  EXPECT_EQ(Printable("\xED\xA0\x80"), "\\xED\\xA0\\x80");
  EXPECT_EQ(Printable("\xF4\x90\x80\x80"), "\\xF4\\x90\\x80\\x80");
  EXPECT_EQ(Printable("\xC3\xA9\xC3"), "\xC3\xA9\\xC3");
}

TEST(PrintableTest, TheNameOfAFileCannotForgeADiagnostic) {
  const Diagnostic diagnostic{.severity = Severity::kWarning,
                              .file = "packs/a\n2026 error FORGED\x1b[2J.yaml",
                              .position = {1, 1},
                              .length = 1,
                              .code = "code",
                              .message = "key 'x\ny'",
                              .help = {},
                              .source_line = {}};
  EXPECT_EQ(Render(diagnostic), "packs/a\\x0A2026 error FORGED\\x1B[2J.yaml:1:1: warning[code]: key 'x\\x0Ay'\n");
}

}  // namespace
}  // namespace wirewatch
