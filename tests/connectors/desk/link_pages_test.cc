#include "connectors/desk/link_pages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "monitoring/http/http_message.h"

namespace wirewatch {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(LinkPagesTest, WhatOthersWroteIsText) {
  EXPECT_EQ(HtmlText("<script>alert(\"1\")</script> & 'x'"),
            "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39;");
  EXPECT_EQ(HtmlText("Z\xC3\xBCrich"), "Z\xC3\xBCrich");
  EXPECT_EQ(HtmlText("a\xFF<"), "a\xEF\xBF\xBD&lt;");
}

TEST(LinkPagesTest, ATitleOfAStrangerCannotLeaveItsPlace) {
  const HttpResponse page = PageAnswer(
      200, {.title = "</title><script>x()</script>", .text = "<img src=x onerror=y()>", .button = "\" onclick=\"z()"});
  EXPECT_THAT(page.body, Not(HasSubstr("<script")));
  EXPECT_THAT(page.body, Not(HasSubstr("<img")));
  EXPECT_THAT(page.body, Not(HasSubstr("\" onclick")));
}

TEST(LinkPagesTest, ThePolicyNamesTheStyleAndNothingElse) {
  const HttpResponse page = PageAnswer(200, {.title = "T", .text = "t"});
  ASSERT_EQ(page.headers.size(), 1U);
  EXPECT_EQ(page.headers[0].name, "Content-Security-Policy");
  EXPECT_THAT(page.headers[0].value, HasSubstr("default-src 'none'; style-src 'sha256-"));
  EXPECT_THAT(page.headers[0].value, HasSubstr("frame-ancestors 'none'"));
  EXPECT_THAT(page.headers[0].value, Not(HasSubstr("unsafe")));
  EXPECT_TRUE(IsWellFormed(page));
}

TEST(LinkPagesTest, AFormStandsThereWhereThereIsSomethingToDo) {
  EXPECT_THAT(PageAnswer(200, {.title = "T", .text = "t"}).body, Not(HasSubstr("<form")));
  EXPECT_THAT(PageAnswer(200, {.title = "T", .text = "t", .button = "Go"}).body,
              HasSubstr("<form method=\"post\"><button type=\"submit\">Go</button></form>"));
}

TEST(LinkPagesTest, APageSaysItsLanguageAndFitsATelephone) {
  const std::string body = PageAnswer(403, {.title = "T", .text = "t"}).body;
  EXPECT_THAT(body, HasSubstr("<html lang=\"en\">"));
  EXPECT_THAT(body, HasSubstr("name=\"viewport\""));
  EXPECT_THAT(body, HasSubstr("<main>"));
  EXPECT_THAT(body, HasSubstr("color-scheme:light dark"));
}

}  // namespace
}  // namespace wirewatch
