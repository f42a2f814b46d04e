#include "pipeline/decode/html_text.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "pipeline/decode/html_references.h"

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

TEST(HtmlToTextTest, ReadsTheMarkupOfCdata) {
  EXPECT_EQ(HtmlToText("<![CDATA[<p>See <a href=\"http://x.example/z\">here</a></p>]]>"), "See here");
  EXPECT_EQ(HtmlToText("a <![CDATA[<b>b</b> &amp; c]]> d ]]> e"), "a b & c d ]]> e");
  EXPECT_EQ(HtmlToText("<![CDATA[one]]><![CDATA[two]]> three"), "onetwo three");
  EXPECT_EQ(HtmlToText("<![CDATA[<a href=x]]>one</a>"), "one") << "an end within a tag";
}

TEST(HtmlToTextTest, LeavesTheReadingsOfRubyOut) {
  EXPECT_EQ(HtmlToText("<p><ruby>東京<rt>とうきょう</rt></ruby><ruby>都<rt>と</rt></ruby>の</p>"), "東京都の");
  EXPECT_EQ(HtmlToText("<ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp>字<rp>(</rp><rt>じ</rt><rp>)</rp></ruby>だ"),
            "漢字だ");
  EXPECT_EQ(HtmlToText("<ruby>漢<rt>かん<rb>字<rt>じ</ruby>だ"), "漢字だ") << "without end tags";
  EXPECT_EQ(HtmlToText("<ruby><rb>北京</rb><rtc><rt>Peking</rt></rtc></ruby>市"), "北京市");
  EXPECT_EQ(HtmlToText("<RUBY>東<RT>ひがし</RT></RUBY>口"), "東口");
  EXPECT_EQ(HtmlToText("one<rt>two"), "onetwo") << "no ruby ends it";
}

TEST(HtmlToTextTest, PartsTheMarkOfANoteFromItsWord) {
  EXPECT_EQ(HtmlToText("<p>Huawei<sup>1</sup> said</p>"), "Huawei 1 said");
  EXPECT_EQ(HtmlToText("Huawei<sup><a href='#n1'>12</a></sup>, ZTE<sup>1,2</sup>."), "Huawei 12 , ZTE 1,2 .");
  EXPECT_EQ(HtmlToText("Huawei<sup>a</sup> EU<sup>3</sup> 2020<sup>4</sup> Acme<sup>TM</sup> Acme<sup>®</sup>"),
            "Huawei a EU 3 2020 4 Acme TM Acme®");
  EXPECT_EQ(HtmlToText("Huawei<sup>[1]</sup> Acme<sup>a,b</sup>"), "Huawei[1] Acme a,b");
  EXPECT_EQ(HtmlToText("<sup>1</sup>Huawei said"), "1 Huawei said");
  for (const char* text : {"H<sub>2</sub>O", "CO<sub>2</sub>", "m<sup>2</sup>", "km<sup>2</sup>", "10<sup>9</sup>",
                           "x<sup>2</sup>", "1<sup>st</sup>", "XX<sup>e</sup>", "M<sup>me</sup>", "n<sup>o</sup>",
                           "<sup>14</sup>C", "<sup>235</sup>U", "км<sup>2</sup>", "E=mc<sup>2</sup>"}) {
    std::string joined(text);
    for (const std::string_view tag : {"<sup>", "</sup>", "<sub>", "</sub>"}) {
      if (const auto at = joined.find(tag); at != std::string::npos) joined.erase(at, tag.size());
    }
    EXPECT_EQ(HtmlToText(text), joined);
  }
}

TEST(HtmlToTextTest, KeepsTheLinesOfPre) {
  EXPECT_EQ(HtmlToText("<pre>   Alpha one.\n   Beta two.</pre>"), "Alpha one.\nBeta two.");
  EXPECT_EQ(HtmlToText("<p>a\nb</p><PRE>c\r\nd <b>e</b>\n\nf&amp;g</PRE>h\ni"), "a b\nc\nd e\nf&g\nh i");
  EXPECT_EQ(HtmlToText("<pre>   The harbour office said on Tuesday that the new cranes will be\n"
                       "tested for a year.\n"
                       "   The union of the dockers asked for a longer test, since nobody\n"
                       "knows why.</pre>"),
            "The harbour office said on Tuesday that the new cranes will be tested for a year.\n"
            "The union of the dockers asked for a longer test, since nobody knows why.");
  EXPECT_EQ(HtmlToText("<pre>a\nb"), "a\nb") << "without an end";
  EXPECT_EQ(HtmlToText("<pre>a<br>b<p>c</p></pre>"), "a\nb\nc");
}

TEST(HtmlToTextTest, JoinsLinesThatWereBrokenAtAMargin) {
  EXPECT_EQ(HtmlToText("<p>The harbour office said on Tuesday that the new cranes will be<br>"
                       "tested for a year.<br>"
                       "<br>"
                       "The union of the dockers asked for a longer test, since nobody<br/>"
                       "knows why.</p><p>the last one</p>"),
            "The harbour office said on Tuesday that the new cranes will be tested for a year.\n"
            "The union of the dockers asked for a longer test, since nobody knows why.\nthe last one");
}

TEST(HtmlToTextTest, ReadsAnEmptyComment) {
  EXPECT_EQ(HtmlToText("<p>Alpha<!--> beta <!---> gamma</p>"), "Alpha beta gamma");
  EXPECT_EQ(HtmlToText("a<!---->b<!-- > -->c<!-- x --!>d<!-- -- > -->e<!----!>f"), "abcdef");
}

TEST(HtmlToTextTest, ShowsNothingOfWhatNoReaderSees) {
  EXPECT_EQ(HtmlToText("<p>Alpha</p><script>evil("), "Alpha");
  EXPECT_EQ(HtmlToText("<p>Alpha</p><STYLE type='text/css'>p { color: red"), "Alpha");
  EXPECT_EQ(HtmlToText("<p>Alpha</p><a href=\"http://evil.exam"), "Alpha") << "cut within a tag";
  EXPECT_EQ(HtmlToText("<p>Alpha</p><scr"), "Alpha\n<scr");
  EXPECT_EQ(HtmlToText("<div style=\"display:none;max-height:0\">pre<div>head</div>er</div><p>Alpha</p>"), "Alpha");
  EXPECT_EQ(HtmlToText("a<span hidden>b</span>c<p hidden=''>d<p>e<i STYLE='display : none'>f</i>"), "ac\ne");
  EXPECT_EQ(HtmlToText("<p aria-hidden='true'>a</p><p title='is hidden now'>b</p><p class='hidden'>c</p>"), "a\nb\nc");
  EXPECT_EQ(HtmlToText("<div class='hidden' hidden>a</div><div hidden=until-found>b</div>c"), "b\nc");
  EXPECT_EQ(HtmlToText("<div data-x=\"a'b\" ='' hidden>a</div>b"), "b");
  EXPECT_EQ(HtmlToText("<div hidden>no end"), "no end");
  EXPECT_EQ(HtmlToText("a<span style='visibility: hidden'>b</span>c"), "ac");
  EXPECT_EQ(HtmlToText("<p>a</p><video controls>no video here</video><audio>nor sound</audio><canvas>c</canvas>"), "a");
  EXPECT_EQ(HtmlToText("<p>a</p><datalist><option>b</datalist><noframes>c</noframes>"), "a");
  EXPECT_EQ(HtmlToText("<math><mi>x</mi><annotation encoding='application/x-tex'>\\alpha</annotation></math>"), "x");
}

TEST(HtmlToTextTest, KnowsEveryNameOfHtml) {
  EXPECT_EQ(HtmlReferences().size(), 2231u);
  std::size_t open = 0;
  for (const HtmlReference& reference : HtmlReferences()) {
    const bool closed = reference.name.ends_with(';');
    open += closed ? 0 : 1;
    std::string numeric = "a&#" + std::to_string(static_cast<std::uint32_t>(reference.first)) + ";";
    if (reference.second != 0) numeric += "&#" + std::to_string(static_cast<std::uint32_t>(reference.second)) + ";";
    EXPECT_EQ(HtmlToText("a&" + std::string(reference.name) + "-b"), HtmlToText(numeric + "-b")) << reference.name;
    EXPECT_LE(reference.name.size(), kLongestHtmlReference);
    EXPECT_TRUE(closed || reference.name.size() <= kLongestOpenHtmlReference) << reference.name;
  }
  EXPECT_EQ(open, 106u);
  EXPECT_EQ(HtmlToText("<p>Huawei&comma; ZTE&period;&nbsp;&NotEqualTilde;&fjlig;</p>"), "Huawei, ZTE. \u2242\u0338fj");
  EXPECT_EQ(HtmlToText("&copy2026 &notit; &notin; &eacutex &ampfoo; &comma"), "©2026 ¬it; ∉ éx &foo; &comma");
}

TEST(UnescapedMarkupTest, ReadsWhatWasEscapedOnceTooOften) {
  for (const char* text :
       {"&lt;p&gt;Alpha &lt;b&gt;beta&lt;/b&gt;&lt;/p&gt;", "Alpha &lt;b&gt;beta&lt;/b&gt;",
        "&lt;div class=&quot;x&quot;&gt;Alpha beta", "&#60;p&#62;Alpha beta&#60;/p&#62;", "Alpha&lt;br /&gt;beta",
        "&LT;p&GT;AT&amp;T", "see &lt;a href=&quot;http://x.example&quot;&gt;this&lt;/a&gt;"}) {
    EXPECT_NE(UnescapedMarkup(text), std::nullopt) << text;
  }
  EXPECT_EQ(HtmlToText(UnescapedMarkup("&lt;p&gt;AT&amp;amp;T&lt;/p&gt;").value_or("")), "AT&T");
}

TEST(UnescapedMarkupTest, LeavesTextThatSpeaksOfTags) {
  for (const char* text :
       {"5 &lt; 7 and 9 &gt; 8", "use the &lt;b&gt; tag", "the &lt;p&gt; and &lt;/p&gt; tags", "AT&amp;T",
        "if a&lt;b and c&gt;d", "write &lt;br&gt; for a line", "<p>use &lt;p&gt;x&lt;/p&gt;</p>",
        "List&lt;String&gt; and Map&lt;b&gt;", "&lt;unknown&gt;x&lt;/unknown&gt;", ""}) {
    EXPECT_EQ(UnescapedMarkup(text), std::nullopt) << text;
  }
}

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
  EXPECT_EQ(HtmlToText("one<!-- two > three"), "one") << "an unclosed comment";
  EXPECT_EQ(HtmlToText("<p>one</p><!-- two"), "one");
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
                                       "<ruby>",
                                       "<rt>",
                                       "<pre>",
                                       "<pre>\n",
                                       "<br>",
                                       "a<br>",
                                       "<sup>",
                                       "a<sup>1</sup>",
                                       "<p hidden>",
                                       "<div hidden>",
                                       "<div hidden></p>",
                                       "]]>",
                                       "<![CDATA[]]>",
                                       "<!-->",
                                       "&lt;p&gt;",
                                       "&lt;p",
                                       "&CounterClockwiseContourIntegral",
                                       "<style x='"}) {
    const std::string text = HtmlToText(Repeat(piece, 1'000'000));
    EXPECT_LE(text.size(), piece.size() * 1'000'000) << piece;
    UnescapedMarkup(Repeat(piece, 1'000'000));
    EXPECT_FALSE(LooksLikeHtml(Repeat("<p" + std::string(piece.substr(0, 1)), 100'000))) << piece;
  }
  EXPECT_EQ(HtmlToText(Repeat("<div>", 1'000'000) + Repeat("</b>", 1'000'000)), "");
}

TEST(LooksLikeHtmlTest, KnowsTags) {
  for (const char* text : {"<p>one", "one<br/>two", "one<br />two", "</b>", "<A HREF='x'>y</A>", "<div class=\"a\">",
                           "<img src=x>", "1 < 2 <p>", "<p\n>", "a<!-- b -->", "a<!-- b --!>", "<!-- <p>"}) {
    EXPECT_TRUE(LooksLikeHtml(text)) << text;
  }
}

TEST(LooksLikeHtmlTest, TakesPlainTextForPlain) {
  for (const char* text :
       {"", "<", "a < b", "if a<b and c>d", "<b and c>", "I <3 it", "<https://example.org>", "Ann <ann@example.org>",
        "AT&amp;T", "<unknown>", "<p", "List<String>", "write <!-- to begin"}) {
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
