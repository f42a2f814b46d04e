#include "pipeline/article.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wirewatch {
namespace {

TEST(HostOfTest, IsLowerCaseWithoutWwwPortUserAndPath) {
  EXPECT_EQ(HostOf("https://www.Example.ORG:8443/a/b?c#d"), "example.org");
  EXPECT_EQ(HostOf("http://desk@news.example.org"), "news.example.org");
  EXPECT_EQ(HostOf("HTTPS://WWW.EXAMPLE.ORG."), "example.org");
  EXPECT_EQ(HostOf("  https://example.org/"), "example.org");
  EXPECT_EQ(HostOf("https://wwwexample.org"), "wwwexample.org");
}

TEST(HostOfTest, KeepsAnAddressOfVersionSixWhole) { EXPECT_EQ(HostOf("http://[2001:DB8::1]:80/x"), "[2001:db8::1]"); }

TEST(HostOfTest, IsEmptyWhereThereIsNoHost) {
  for (const char* url : {"", "example.org/a", "urn:newsml:example.org:1", "mailto:desk@example.org", "https://",
                          "https:///path", "http://[::1", "https://two words/", "/relative"}) {
    EXPECT_EQ(HostOf(url), "") << url;
  }
}

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
