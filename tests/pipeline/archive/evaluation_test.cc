#include "pipeline/archive/evaluation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>

#include "rules/text/fold.h"

namespace wirewatch {
namespace {

using testing::ElementsAre;

class EvaluationTest : public testing::Test {
 protected:
  EvaluationTest() : topic_(labels_.TopicIndex("harbour")) {}

  void Judge(const std::string& id, Grade grade, std::optional<TopicSeverity> fired, const std::string& language = "en",
             const std::string& text = "") {
    if (labels_.Find(id) == nullptr) labels_.Add(id, topic_, grade);
    LabelledArticle article;
    article.id = id;
    article.language = language;
    article.signature = SignatureMaker().Make(FoldText(text.empty() ? id : text));
    article.topics[topic_] = {grade, fired, {}, ""};
    evaluation_.Add(std::move(article));
  }

  Labels labels_;
  const std::size_t topic_;
  Evaluation evaluation_{labels_};
};

TEST_F(EvaluationTest, CountsAreThoseOfThePage) {
  Judge("a", Grade::kMust, TopicSeverity::kHigh);
  Judge("b", Grade::kMust, TopicSeverity::kLow);
  Judge("c", Grade::kMust, std::nullopt, "nl");
  Judge("d", Grade::kMay, TopicSeverity::kCritical);
  Judge("e", Grade::kMay, std::nullopt);
  Judge("f", Grade::kMustNot, TopicSeverity::kMedium);
  Judge("g", Grade::kMustNot, std::nullopt);
  const auto rows = evaluation_.Rows({});
  ASSERT_EQ(rows.size(), 1u);
  const EvaluationRow& all = rows.front().all;
  EXPECT_EQ(all.labelled, 7u);
  EXPECT_THAT(all.fired(), ElementsAre(1, 1, 2));
  EXPECT_THAT(all.high(), ElementsAre(0, 1, 1));
  EXPECT_DOUBLE_EQ(all.precision().value(), 3 / 4.0);
  EXPECT_DOUBLE_EQ(all.strict_precision().value(), 2 / 4.0);
  EXPECT_DOUBLE_EQ(all.recall().value(), 2 / 3.0);
  EXPECT_DOUBLE_EQ(all.high_share().value(), 1 / 2.0);
  EXPECT_EQ(all.precision_interval(), WilsonInterval(3, 4));
  ASSERT_TRUE(rows.front().languages.contains("nl"));
  EXPECT_FALSE(rows.front().languages.at("nl").precision());
  EXPECT_DOUBLE_EQ(rows.front().languages.at("nl").recall().value(), 0);
}

TEST_F(EvaluationTest, VersionsOfAnArticleCountOnceAndTheFiredOneCounts) {
  Judge("a", Grade::kMust, std::nullopt);
  Judge("a", Grade::kMust, TopicSeverity::kLow);
  Judge("a", Grade::kMust, TopicSeverity::kHigh);
  Judge("a", Grade::kMust, std::nullopt);
  const auto rows = evaluation_.Rows({});
  EXPECT_THAT(rows.front().all.fired(), ElementsAre(0, 0, 1));
  EXPECT_THAT(rows.front().all.high(), ElementsAre(0, 0, 1));
}

TEST_F(EvaluationTest, LabelledArticlesThatTheArchiveLacksAreNamed) {
  labels_.Add("not-there", topic_, Grade::kMust);
  Judge("a", Grade::kMust, std::nullopt);
  EXPECT_THAT(evaluation_.Missing(), ElementsAre("not-there"));
}

TEST_F(EvaluationTest, CopiesOfATextAreOneWitness) {
  const std::string copy = "The quay of Vellingby sank into the harbour at noon while pilots watched from the old mole";
  for (int i = 0; i < 12; ++i) Judge("copy" + std::to_string(i), Grade::kMust, TopicSeverity::kLow, "en", copy);
  for (int i = 0; i < 4; ++i) {
    const std::string number = std::to_string(i);
    Judge("other" + number, Grade::kMust, i < 2 ? std::optional(TopicSeverity::kLow) : std::nullopt, "en",
          "word" + number + " thing" + number + " matter" + number);
  }
  const auto by_story = evaluation_.Rows({.resample = Resample::kStories}).front().all.f1_interval.value();
  const auto by_article = evaluation_.Rows({.resample = Resample::kArticles}).front().all.f1_interval.value();
  EXPECT_LT(by_story.low, by_article.low);
}

}  // namespace
}  // namespace wirewatch
