#include "pipeline/html_text.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace wirewatch {
namespace {

std::string Repeat(std::string_view text, std::size_t times) {
  std::string repeated;
  repeated.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i) repeated += text;
  return repeated;
}

TEST(HtmlToTextTest, PartsParagraphsAtBlockElementsAndBreaks) {
  EXPECT_EQ(HtmlToText("<p>One.</p><p>Two.</p>"), "One.\nTwo.");
  EXPECT_EQ(HtmlToText("<div><h1>Head</h1>\n  <p>One<br/>Two<br>Three</div>tail"), "Head\nOne\nTwo\nThree\ntail");
  EXPECT_EQ(HtmlToText("<ul><li>a</li><li>b</li></ul>"), "a\nb");
}

TEST(HtmlToTextTest, KeepsAWordTogetherAcrossInlineElements) {
  EXPECT_EQ(HtmlToText("<p>Hua<b>wei</b> and <a href='x'>Z<i>T</i>E</a>.</p>"), "Huawei and ZTE.");
}

TEST(HtmlToTextTest, KeepsWordsApartAcrossCellsAndUnknownElements) {
  EXPECT_EQ(HtmlToText("<table><tr><td>a</td><td>b</td></tr><tr><th>c</th></tr></table>"), "a b\nc");
  EXPECT_EQ(HtmlToText("one<x-card>two</x-card>three"), "one two three");
  EXPECT_EQ(HtmlToText("<BRD>one</BRD><BRD>two</BRD>"), "one two");
}

TEST(HtmlToTextTest, CollapsesBlanksAndTrims) {
  EXPECT_EQ(HtmlToText(" <p>\n one \t two&nbsp;&nbsp;\xC2\xA0three </p> \n<p> &nbsp; </p><p></p>four "),
            "one two three\nfour");
}

TEST(HtmlToTextTest, ResolvesCharacterReferences) {
  EXPECT_EQ(HtmlToText("AT&amp;T &lt;b&gt; &eacute;&#233;&#xE9; &hellip; &mdash;"), "AT&T <b> ééé … —");
  EXPECT_EQ(HtmlToText("it&#146;s &#x93;so&#148;"), "it’s “so”") << "windows-1252, as browsers read it";
  EXPECT_EQ(HtmlToText("&#128512;"), "😀");
  EXPECT_EQ(HtmlToText("AT&T; R&D &bogus; & && &#; &#x; &#xZ; &amp"), "AT&T; R&D &bogus; & && &#; &#x; &#xZ; &");
}

TEST(HtmlToTextTest, NeverWritesInvalidUtf8) {
  EXPECT_EQ(HtmlToText("a&#0;b&#xD800;c&#x110000;d&#99999999999;e"), "a\uFFFDb\uFFFDc\uFFFDd\uFFFDe");
}

TEST(HtmlToTextTest, LeavesOutWhatIsNoTextOfTheArticle) {
  EXPECT_EQ(HtmlToText("<html><head><title>T</title><meta charset=utf-8></head><body><p>One</p></body></html>"), "One");
  EXPECT_EQ(HtmlToText("a<script>if (1<2) document.write('<p>x</p>')</script>b"), "a b");
  EXPECT_EQ(HtmlToText("a<STYLE>p {}</STYLE>b<noscript>off</noscript>c<template><p>t</p></template>d"), "a b c d");
  EXPECT_EQ(HtmlToText("a<script src=/x/>let b = 1;</script>c<script src='x'/>d"), "a c d");
  EXPECT_EQ(HtmlToText("a<svg><text>drawn</text></svg>b<iframe src=x>old</iframe>c"), "a b c");
  EXPECT_EQ(HtmlToText("<!DOCTYPE html><?xml version='1.0'?>a<!-- <p>hidden > -->b"), "ab");
}

TEST(HtmlToTextTest, KeepsTheCaptionOfAFigureAsAParagraph) {
  EXPECT_EQ(HtmlToText("<p>One</p><figure><img src=a alt=b><figcaption>The port.</figcaption></figure><p>Two</p>"),
            "One\nThe port.\nTwo");
}

TEST(HtmlToTextTest, ReadsTheTextOfCdata) { EXPECT_EQ(HtmlToText("<p><![CDATA[a & b]]></p>"), "a & b"); }

TEST(HtmlToTextTest, DoesNotEndATagWithinQuotes) {
  EXPECT_EQ(HtmlToText("<a title='a > b' data-x=\">\">text</a>"), "text");
  EXPECT_EQ(HtmlToText("<p class=it's>text</p>"), "text");
}

TEST(HtmlToTextTest, GetsWhatTextCanBeHadFromBrokenMarkup) {
  EXPECT_EQ(HtmlToText("a < b and c > d"), "a < b and c > d");
  EXPECT_EQ(HtmlToText("I <3 it </ p> <>"), "I <3 it </ p> <>");
  EXPECT_EQ(HtmlToText("one <p two"), "one <p two");
  EXPECT_EQ(HtmlToText("<p>one</b></i></p></div>two"), "one\ntwo");
  EXPECT_EQ(HtmlToText("<a href=\"x>one</a> two"), "one two") << "an unclosed quote";
  EXPECT_EQ(HtmlToText("one<svg>two"), "one two") << "an unclosed element costs no text";
  EXPECT_EQ(HtmlToText("<head><title>T</title><body>one"), "one") << "a head ends where the body begins";
  EXPECT_EQ(HtmlToText("one<!-- two > three"), "one three") << "an unclosed comment";
  EXPECT_EQ(HtmlToText("one<![CDATA[two"), "onetwo");
  EXPECT_EQ(HtmlToText("<"), "<");
  EXPECT_EQ(HtmlToText("&"), "&");
  EXPECT_EQ(HtmlToText("</"), "</");
  EXPECT_EQ(HtmlToText("<!"), "<!");
  EXPECT_EQ(HtmlToText(""), "");
}

TEST(HtmlToTextTest, ReadsDeepNesting) {
  const std::size_t deep = 10'000;
  EXPECT_EQ(HtmlToText(Repeat("<div>", deep) + "text" + Repeat("</div>", deep)), "text");
}

// Quadratic time would take minutes here, and run into the time limit of the test program.
TEST(HtmlToTextTest, TakesLinearTimeForHostileInput) {
  const std::size_t size = 10'000'000;
  EXPECT_EQ(HtmlToText(Repeat("<", size)).size(), size);
  EXPECT_EQ(HtmlToText(Repeat("&", size)).size(), size);
  for (const std::string_view piece : {"<a",
                                       "<a ",
                                       "<a=\"",
                                       "<a x='>' ",
                                       "<a x=\">\" <b y='",
                                       "<!--",
                                       "<!-- >",
                                       "<![CDATA[",
                                       "<svg>",
                                       "<script>",
                                       "<script></style>",
                                       "<head>",
                                       "</",
                                       "</b>",
                                       "<div>",
                                       "<?",
                                       "&amp",
                                       "&#x",
                                       "&#999999",
                                       "\xC2",
                                       "\xC2\xA0",
                                       " ",
                                       "<title",
                                       "<style x='"}) {
    const std::string text = HtmlToText(Repeat(piece, 1'000'000));
    EXPECT_LE(text.size(), piece.size() * 1'000'000) << piece;
    EXPECT_FALSE(LooksLikeHtml(Repeat("<p" + std::string(piece.substr(0, 1)), 100'000))) << piece;
  }
  EXPECT_EQ(HtmlToText(Repeat("<div>", 1'000'000) + Repeat("</b>", 1'000'000)), "");
}

TEST(LooksLikeHtmlTest, KnowsTags) {
  for (const char* text : {"<p>one", "one<br/>two", "one<br />two", "</b>", "<A HREF='x'>y</A>", "<div class=\"a\">",
                           "<img src=x>", "1 < 2 <p>", "<p\n>"}) {
    EXPECT_TRUE(LooksLikeHtml(text)) << text;
  }
}

TEST(LooksLikeHtmlTest, TakesPlainTextForPlain) {
  for (const char* text : {"", "<", "a < b", "if a<b and c>d", "<b and c>", "I <3 it", "<https://example.org>",
                           "Ann <ann@example.org>", "AT&amp;T", "<unknown>", "<p", "List<String>"}) {
    EXPECT_FALSE(LooksLikeHtml(text)) << text;
  }
}

TEST(AppendUnescapedHtmlTest, KeepsEverythingElse) {
  std::string out = "before ";
  AppendUnescapedHtml("AT&amp;T\n  &quot;R&D&quot; &nbsp;| <p> &#8217;", out);
  EXPECT_EQ(out, "before AT&T\n  \"R&D\" \u00A0| <p> ’");
}

TEST(HtmlTextTest, EmptyLinesPartParagraphsOfTextWithATagOrTwo) {
  EXPECT_EQ(HtmlToText("The port is <b>closed</b>.\n\nShips wait\nat sea.\r\n \r\nMore soon."),
            "The port is closed.\nShips wait at sea.\nMore soon.");
}

}  // namespace
}  // namespace wirewatch
