#include "pipeline/deliver/notice_text.h"

#include <gtest/gtest.h>

#include <string>

#include "pipeline/match/article_facts.h"
#include "pipeline/match/match.h"
#include "tests/support/sample_notice.h"

namespace wirewatch {
namespace {

Document TextOf(NoticeText& text, const AlertNotice& notice) {
  text.Begin(notice);
  return text.document();
}

TEST(NoticeTextTest, TheBodyIsTheFirstParagraphAndTheSnippetsEachAParagraph) {
  AlertNotice notice = SampleNotice();
  notice.spans.push_back(SpanOf("body", "a fine of 2 million kronor a day", "fine"));
  NoticeText text;
  const Document document = TextOf(text, notice);
  EXPECT_EQ(document.text(Field::kTitle), "Sweden bans Huawei from 5G networks");
  EXPECT_EQ(document.text(Field::kSummary), "");
  EXPECT_EQ(document.text(Field::kBody),
            "The regulator in Stockholm said on Friday that two vendors must leave.\n"
            "operators must take the kit of Huawei down by 2029\n"
            "a fine of 2 million kronor a day");
  EXPECT_EQ(text.folded().first_paragraph.size(), 12U);
}

TEST(NoticeTextTest, AttributesAreThoseOfTheAlert) {
  const AlertNotice notice = SampleNotice();
  NoticeText text;
  const Document document = TextOf(text, notice);
  EXPECT_EQ(document.language, "en");
  EXPECT_EQ(document.country, "SE");
  EXPECT_EQ(document.source, "Example Wire");
  EXPECT_EQ(document.source_host, "news.example.org");
  EXPECT_EQ(document.section, "Technology");
  ASSERT_EQ(document.tags.size(), 2U);
  EXPECT_EQ(document.tags[0], "telecom");
  EXPECT_EQ(document.published_at, notice.published_at);
  EXPECT_EQ(document.now, notice.alerted);
  EXPECT_FALSE(document.urgency);
}

TEST(NoticeTextTest, SnippetsOfTheTitleAreNotRepeatedAndThoseOfTheSummaryAreTheSummary) {
  AlertNotice notice = SampleNotice();
  notice.spans = {SpanOf("title", "Sweden bans Huawei from 5G networks", "bans"),
                  SpanOf("summary", "A ban that was long expected", "ban")};
  NoticeText text;
  const Document document = TextOf(text, notice);
  EXPECT_EQ(document.text(Field::kSummary), "A ban that was long expected");
  EXPECT_EQ(document.text(Field::kBody), notice.first_paragraph);
}

TEST(NoticeTextTest, WhatStandsInTwoSnippetsIsReadOnce) {
  AlertNotice notice = SampleNotice();
  notice.first_paragraph = "Huawei is out, the regulator said.";
  notice.spans = {SpanOf("body", "Huawei is out, the regulator said.", "Huawei"),
                  SpanOf("body", "the regulator said. In Oslo nobody was surprised by the", "said"),
                  SpanOf("body", "was surprised by the ban, least of all ZTE", "ban"),
                  SpanOf("body", "surprised by the ban", "ban"), SpanOf("body", "far below, another one", "one")};
  NoticeText text;
  EXPECT_EQ(TextOf(text, notice).text(Field::kBody),
            "Huawei is out, the regulator said.\n"
            " In Oslo nobody was surprised by the ban, least of all ZTE\n"
            "far below, another one");
}

TEST(NoticeTextTest, WhatWasCutLosesItsMarkAndTheWordThatMayBeCut) {
  AlertNotice notice = SampleNotice();
  const std::string long_text = Cut(std::string(1'010, 'a') + " telecommunications", kMaxFact);
  ASSERT_TRUE(long_text.ends_with("telecommun" + std::string(kCutMark))) << long_text;
  notice.first_paragraph = long_text;
  notice.title = "Wait" + std::string(kCutMark);
  notice.spans = {
      SpanOf("body", "before it " + Cut(std::string(1'010, 'b') + " telecommunications", kMaxSpanText), "")};
  notice.spans[0].text = notice.spans[0].snippet.substr(10);
  NoticeText text;
  const Document document = TextOf(text, notice);
  EXPECT_EQ(document.text(Field::kTitle), notice.title) << "an author's mark cuts no word";
  EXPECT_EQ(document.text(Field::kBody), std::string(1'010, 'a') + "\nbefore it " + std::string(1'010, 'b'));
}

TEST(NoticeTextTest, WhatWasCutInATextWithoutBlanksLosesItsMarkAlone) {
  AlertNotice notice = SampleNotice();
  std::string chinese;
  for (int i = 0; i < 400; ++i) chinese += "华";
  notice.first_paragraph = Cut(chinese, kMaxFact);
  notice.spans.clear();
  NoticeText text;
  EXPECT_EQ(TextOf(text, notice).text(Field::kBody), chinese.substr(0, 340 * 3));
}

TEST(NoticeTextTest, ASummaryHasADocumentForEachAlertThatItLists) {
  const AlertNotice notice = SampleSummary({{"1", "new", "Oslo bans ZTE", "https://a.example.org/1", "A Wire", ""},
                                            {"2", "grow", "Oslo waits", "https://b.example.org/2", "", ""}});
  NoticeText text;
  text.Begin(notice);
  ASSERT_EQ(text.count(), 2U);
  EXPECT_EQ(text.document().text(Field::kTitle), "Oslo bans ZTE");
  EXPECT_EQ(text.document().source, "A Wire");
  text.Choose(1);
  EXPECT_EQ(text.document().text(Field::kTitle), "Oslo waits");
  EXPECT_EQ(text.document().source, "");
  EXPECT_EQ(text.document().source_host, "b.example.org");
  EXPECT_EQ(text.document().tags.size(), 2U);
  EXPECT_EQ(text.folded().text.substr(0, 10), "oslo waits");
}

TEST(NoticeTextTest, AnAlertWithoutAnArticleHasAnEmptyDocument) {
  const AlertNotice notice = SampleQuiet();
  NoticeText text;
  text.Begin(notice);
  ASSERT_EQ(text.count(), 1U);
  EXPECT_TRUE(text.folded().tokens.empty());
  EXPECT_EQ(text.document().language, "");
}

}  // namespace
}  // namespace wirewatch
