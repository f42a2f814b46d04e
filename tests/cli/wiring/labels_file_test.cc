#include "cli/wiring/labels_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>

namespace wirewatch {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::optional<Grade> GradeIn(const LabelsFile& file, const std::string& article, const std::string& topic) {
  const auto& topics = file.labels.topics();
  const auto at = std::find(topics.begin(), topics.end(), topic);
  const Labels::Row* const row = file.labels.Find(article);
  if (row == nullptr || at == topics.end()) return std::nullopt;
  return Labels::Of(*row, static_cast<std::size_t>(at - topics.begin()));
}

LabelsFile Parsed(const std::string& text) {
  auto file = ParseLabels(text);
  EXPECT_TRUE(file.has_value()) << (file ? "" : file.error().message);
  return file ? *std::move(file) : LabelsFile();
}
std::string Mistake(const std::string& text) {
  const auto file = ParseLabels(text);
  return file ? "" : file.error().message;
}

TEST(LabelsFileTest, EveryFormSaysTheSame) {
  for (const std::string text :
       {"id\tharbour\tlock\na-1\t2\t0\na-2\t\t1\n", "id,harbour,lock\r\na-1,2,0\r\na-2,-,1\r\n",
        "\xEF\xBB\xBFid,harbour,lock\n\"a-1\", 2 ,0\n\n\"a-2\",,\"1\"",
        "article_id\ttopic\tlabel\na-1\tharbour\t2\na-1\tlock\t0\na-2\tlock\t1\n",
        "{\"article_id\":\"a-1\",\"topic\":\"harbour\",\"label\":2}\n\n{\"article_id\":\"a-1\",\"topic\":\"lock\","
        "\"label\":0}\n"
        "{\"article_id\":\"a-2\",\"topic\":\"lock\",\"label\":\"1\"}\n"}) {
    const LabelsFile file = Parsed(text);
    EXPECT_THAT(file.labels.topics(), ElementsAre("harbour", "lock")) << text;
    EXPECT_EQ(GradeIn(file, "a-1", "harbour"), Grade::kMust) << text;
    EXPECT_EQ(GradeIn(file, "a-1", "lock"), Grade::kMustNot) << text;
    EXPECT_EQ(GradeIn(file, "a-2", "harbour"), std::nullopt) << text;
    EXPECT_EQ(GradeIn(file, "a-2", "lock"), Grade::kMay) << text;
  }
}

TEST(LabelsFileTest, FeedbackIsRead) {
  const LabelsFile lines = Parsed(
      R"({"subscription":"s","alert":"x","verdict":"useful","said":"2026-03-02T06:00:00Z","topic":"harbour","article_id":"a-1","rules":["r"]})"
      "\n"
      R"({"subscription":"t","alert":"x","verdict":"not-useful","topic":"harbour","article_id":"a-1","rules":[]})"
      "\n"
      R"({"subscription":"t","alert":"y","verdict":"not-useful","topic":"harbour","article_id":"a-2","rules":[]})"
      "\n"
      R"({"subscription":"t","alert":"z","verdict":"duplicate","topic":"harbour","article_id":"a-3","rules":[]})");
  EXPECT_EQ(GradeIn(lines, "a-1", "harbour"), Grade::kMay);
  EXPECT_EQ(GradeIn(lines, "a-2", "harbour"), Grade::kMustNot);
  EXPECT_EQ(lines.disagreements, 1u);
  EXPECT_EQ(lines.left_out, 1u);
  const LabelsFile table = Parsed(
      "said,verdict,topic,rule,article,alert,subscription\r\n"
      "2026-03-02T06:00:00Z,useful,harbour,one,'=a-1,x,s\r\n2026-03-02T06:00:00Z,useful,harbour,two,'=a-1,x,s\r\n");
  EXPECT_EQ(GradeIn(table, "=a-1", "harbour"), Grade::kMust);
  EXPECT_EQ(table.disagreements, 0u);
}

TEST(LabelsFileTest, MistakesNameTheirLine) {
  EXPECT_THAT(Mistake(""), HasSubstr("empty"));
  EXPECT_THAT(Mistake("id\tharbour\n"), HasSubstr("no label"));
  EXPECT_THAT(Mistake("some text\nof others\n"), HasSubstr("line 1: these are no labels"));
  EXPECT_THAT(Mistake("id\tharbour\na\t3\n"), HasSubstr("line 2: a label is 2"));
  EXPECT_THAT(Mistake("id\tharbour\na\t2\na\t0\n"), HasSubstr("line 3: article a has another label"));
  EXPECT_THAT(Mistake("id\tharbour\na\t2\t1\n"), HasSubstr("line 2: it has 3 cells"));
  EXPECT_THAT(Mistake("id\tharbour\tharbour\na\t2\t1\n"), HasSubstr("two columns are 'harbour'"));
  EXPECT_THAT(Mistake("id,harbour\n\"a,2\n"), HasSubstr("line 2: a quote is not closed"));
  EXPECT_THAT(Mistake("{\"article_id\":\"a\",\"topic\":\"t\",\"label\":2}\nnot json\n"), HasSubstr("line 2"));
  EXPECT_THAT(Mistake("{\"article_id\":\"a\",\"topic\":\"t\"}\n"), HasSubstr("line 1: a label is 2"));
  EXPECT_THAT(Mistake("{\"topic\":\"t\",\"label\":2}\n"), HasSubstr("no article id"));
  EXPECT_THAT(Mistake("{\"verdict\":\"nice\",\"article_id\":\"a\",\"topic\":\"t\"}\n"), HasSubstr("'nice'"));
}

}  // namespace
}  // namespace wirewatch
