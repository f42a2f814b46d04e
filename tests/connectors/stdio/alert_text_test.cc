#include "connectors/stdio/alert_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/support/sample_alert.h"

namespace wirewatch {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(AlertTextTest, ShowsWhenHowGraveWhichTopicAndTheArticle) {
  EXPECT_EQ(RenderAlert(SampleAlert(), {}),
            "2026-05-01 10:00Z  HIGH  5G vendor bans\n"
            "  Sweden [bans] [Huawei] from 5G networks\n"
            "  example.org\n"
            "  rule ban-near-vendor · score 80\n"
            "\n");
}

TEST(AlertTextTest, ShowsTheTimeOfTheAlertWhereTheArticleHasNone) {
  Alert alert = SampleAlert();
  FactsIn(alert).published_at.reset();
  alert.alerted = *ParseRfc3339("2026-05-02T11:59:30.5Z");
  EXPECT_THAT(RenderAlert(alert, {}), HasSubstr("2026-05-02 11:59Z  HIGH"));
}

TEST(AlertTextTest, ColoursTheSeverityAndTheWords) {
  const std::string text = RenderAlert(SampleAlert(), {.colour = true});
  EXPECT_THAT(text, AllOf(HasSubstr("\x1B[1;31mHIGH\x1B[0m"), HasSubstr("\x1B[1;31mbans\x1B[0m"),
                          Not(HasSubstr("["
                                        "bans"))));
}

TEST(AlertTextTest, ShowsTheWordsAroundAMatchInTheBodyWithAllMatchesThere) {
  Alert alert = SampleAlert();
  const std::string body = "Yesterday the regulator said it will exclude equipment of ZTE from 2027 on";
  alert.match.spans.push_back(SpanIn(Field::kBody, body, "exclude", 10));
  alert.match.spans.push_back(SpanIn(Field::kBody, body, "ZTE", 24));
  EXPECT_THAT(RenderAlert(alert, {}),
              HasSubstr("  … the regulator said it will [exclude] equipment of [ZTE] from 2027 on …\n"));
}

TEST(AlertTextTest, ShowsTwoSnippetsWhereOneDoesNotShowAllTerms) {
  Alert alert = SampleAlert();
  const std::string body = "First a ban. " + std::string(300, 'x') + " Then Nokia was told. And Nokia again.";
  MatchedSpan ban = SpanIn(Field::kBody, body, "ban");
  ban.snippet = "First a ban.";
  alert.match.spans.push_back(ban);
  alert.match.spans.push_back(SpanIn(Field::kBody, body, "Nokia", 314));
  const std::string text = RenderAlert(alert, {});
  EXPECT_THAT(text, AllOf(HasSubstr("\n  First a [ban].\n"), HasSubstr("\n  … Then [Nokia] was told.")));
}

TEST(AlertTextTest, MakesOneMarkOfMatchesThatOverlap) {
  Alert alert = SampleAlert();
  alert.match.spans.push_back(SpanIn(Field::kTitle, alert.match.article->title, "Huawei from"));
  EXPECT_THAT(RenderAlert(alert, {}), HasSubstr("[bans] [Huawei from] 5G"));
}

TEST(AlertTextTest, TellsWhatAnEditorMustKnow) {
  Alert alert = SampleAlert();
  FactsIn(alert).status = PublicationStatus::kCanceled;
  FactsIn(alert).embargoed_until = ParseRfc3339("2026-05-03T06:00:00Z");
  FactsIn(alert).url = "https://example.org/a";
  EXPECT_THAT(RenderAlert(alert, {}), AllOf(HasSubstr("HIGH  5G vendor bans  EMBARGOED until 2026-05-03 06:00Z\n"),
                                            HasSubstr("  example.org · canceled · https://example.org/a\n")));
}

TEST(AlertTextTest, TellsACorrectionAndAWithdrawalFromANewAlert) {
  Alert alert = SampleAlert();
  alert.match.rules.push_back("another-rule");
  EXPECT_THAT(RenderAlert(alert, {}), HasSubstr("\n  rules ban-near-vendor, another-rule · score 80\n\n"));
  alert.kind = AlertKind::kCorrection;
  EXPECT_THAT(RenderAlert(alert, {}), HasSubstr("5G vendor bans  CORRECTION\n"));
  alert.kind = AlertKind::kWithdrawn;
  alert.reason = kArticleCanceled;
  EXPECT_THAT(RenderAlert(alert, {}), HasSubstr("5G vendor bans  WITHDRAWN (canceled)\n"));
  alert.reason = kHoldsNoLonger;
  FactsIn(alert).embargoed_until = ParseRfc3339("2026-05-03T06:00:00Z");
  EXPECT_THAT(RenderAlert(alert, {}), HasSubstr("WITHDRAWN (a later version holds no longer), EMBARGOED until"));
}

// Of a match of a regular expression that is as long as its paragraph, the first words are shown and marked.
TEST(AlertTextTest, MarksOfALongMatchWhatIsShown) {
  Alert alert = SampleAlert();
  MatchedSpan span = SpanIn(Field::kBody, "Then Huawei and more\u2026", "Huawei and more\u2026");
  span.span.end = 1'000'000;
  alert.match.spans.push_back(span);
  EXPECT_THAT(RenderAlert(alert, {}), HasSubstr("Then [Huawei and more\u2026]"));
}

TEST(AlertTextTest, LetsNothingOfAStrangersTextActOnTheTerminal) {
  Alert alert = SampleAlert();
  FactsIn(alert).title = "Sweden bans Huawei\x1B]0;owned\x07\x1B[2J\nfake line";
  FactsIn(alert).source = "evil\x1B[31m";
  FactsIn(alert).url =
      "https://x/\xC2\x9B"
      "31m";
  alert.match.topic_title = "T\x1B[0m";
  const std::string text = RenderAlert(alert, {});
  EXPECT_THAT(text, AllOf(Not(HasSubstr("\x1B")), Not(HasSubstr("\x07")), Not(HasSubstr("\xC2\x9B")),
                          HasSubstr("fake line"), Not(HasSubstr("\nfake"))));
}

TEST(AlertTextTest, ShowsAnArticleWithoutATitle) {
  Alert alert = SampleAlert();
  FactsIn(alert).title.clear();
  alert.match.spans.clear();
  EXPECT_EQ(RenderAlert(alert, {}),
            "2026-05-01 10:00Z  HIGH  5G vendor bans\n  example.org\n  rule ban-near-vendor · score 80\n\n");
}

Alert TopicAlert(AlertKind kind) {
  Alert alert;
  alert.kind = kind;
  alert.match.topic_title = "5G vendor bans";
  alert.match.severity = TopicSeverity::kHigh;
  alert.match.times.recorded = ParseRfc3339("2026-05-01T11:00:00Z");
  return alert;
}

TEST(AlertTextTest, TellsOfTheStoryAndWhy) {
  Alert alert = SampleAlert();
  alert.kind = AlertKind::kGrow;
  alert.because = "the story has come to 5 sources; the latest is The Harbour Courier";
  alert.story = AlertStory{"id", *ParseRfc3339("2026-05-01T07:30:00Z"), "Meridian Wire", 5, 7, 9};
  EXPECT_THAT(RenderAlert(alert, {}),
              AllOf(HasSubstr("5G vendor bans  GROWS\n"),
                    HasSubstr("\n  the story has come to 5 sources; the latest is The Harbour Courier · story of 7 "
                              "articles, 5 sources, since 2026-05-01 07:30Z\n")));
}

TEST(AlertTextTest, OfATopicThereIsNoArticle) {
  Alert alert = TopicAlert(AlertKind::kQuiet);
  alert.because = "the topic is silent since 2026-04-28T10:00 UTC; usual are 9.5 articles a day";
  EXPECT_EQ(RenderAlert(alert, {}),
            "2026-05-01 11:00Z  HIGH  5G vendor bans  QUIET\n"
            "  the topic is silent since 2026-04-28T10:00 UTC; usual are 9.5 articles a day\n\n");
}

TEST(AlertTextTest, ASummaryListsWhatItStandsFor) {
  Alert alert = TopicAlert(AlertKind::kSummary);
  alert.because = "3 alerts over the topic's throttle in the hour from 2026-05-01T10:00 UTC";
  alert.summary.emplace();
  alert.summary->count = 3;
  alert.summary->alerts.push_back(
      std::make_shared<const FoldedAlert>(FoldedAlert{"1", "new", "Oslo\x1B[2J decides", "", "Meridian Wire", "s"}));
  alert.summary->alerts.push_back(
      std::make_shared<const FoldedAlert>(FoldedAlert{"2", "update", "Turku waits", "", "", "s"}));
  const std::string text = RenderAlert(alert, {});
  EXPECT_THAT(text, AllOf(HasSubstr("SUMMARY\n"), HasSubstr("  update: Turku waits\n"), HasSubstr("  and 1 more\n"),
                          HasSubstr(" decides (Meridian Wire)\n"), Not(HasSubstr("\x1B"))));
}

}  // namespace
}  // namespace wirewatch
