#include "pipeline/decode/article.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wirewatch {
namespace {

TEST(ArticleTest, ShowsRulesItsTextsAndAttributes) {
  Article article;
  article.title = "T";
  article.summary = "S";
  article.body = "B";
  article.language = "en";
  article.country = "GB";
  article.source = "The Harbour Post";
  article.url_host = "example.org";
  article.section = "sport";
  article.tags = {"sea", "port"};
  const Document document = DocumentOf(article);
  EXPECT_EQ(document.text(Field::kTitle), "T");
  EXPECT_EQ(document.text(Field::kSummary), "S");
  EXPECT_EQ(document.text(Field::kBody), "B");
  EXPECT_EQ(document.language, "en");
  EXPECT_EQ(document.country, "GB");
  EXPECT_EQ(document.source, "The Harbour Post");
  EXPECT_EQ(document.source_host, "example.org");
  EXPECT_EQ(document.section, "sport");
  EXPECT_THAT(document.tags, testing::ElementsAre("sea", "port"));
}

}  // namespace
}  // namespace wirewatch
