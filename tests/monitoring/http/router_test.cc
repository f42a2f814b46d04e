#include "monitoring/http/router.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace wirewatch {
namespace {

HttpHandler Named(const std::string& name) {
  return [name](const HttpRequest&) { return HttpResponse{.body = name}; };
}

// The name of the route that answers, and its parameters: "story id=7".
std::string Found(const Router& router, const char* method, const char* path) {
  const auto target = ParseTarget(path);
  if (!target) return "invalid";
  const Router::Found found = router.Find(method, *target);
  if (found.route == nullptr) return "none, allowed: " + found.allowed;
  std::string told = std::get<HttpResponse>(found.route->handler({})).body;
  for (const HttpField& param : found.params) told += " " + param.name + "=" + param.value;
  return told;
}

Router Stories() {
  Router router;
  // The general ones first: the order in which they are added must not matter.
  router.Get("/{page}", Named("page"));
  router.Get("/assets/{file...}", Named("asset"));
  router.Get("/assets/logo.svg", Named("logo"));
  router.Get("/api/stories", Named("stories"));
  router.Get("/api/stories/{id}", Named("story"));
  router.Get("/api/stories/today", Named("today"));
  router.Get("/api/stories/{id}/articles/{article}", Named("article"));
  router.Add("POST", "/api/stories/{id}", Named("change"), 100);
  router.Add("DELETE", "/api/stories/{id}", Named("remove"));
  router.Get("/", Named("home"));
  return router;
}

TEST(RouterTest, FindsTheRouteWithItsParameters) {
  const Router router = Stories();
  EXPECT_EQ(Found(router, "GET", "/"), "home");
  EXPECT_EQ(Found(router, "GET", ""), "home");
  EXPECT_EQ(Found(router, "GET", "/about"), "page page=about");
  EXPECT_EQ(Found(router, "GET", "/api/stories"), "stories");
  EXPECT_EQ(Found(router, "GET", "/api/stories/7"), "story id=7");
  EXPECT_EQ(Found(router, "HEAD", "/api/stories/7"), "story id=7");
  EXPECT_EQ(Found(router, "POST", "/api/stories/7"), "change id=7");
  EXPECT_EQ(Found(router, "GET", "/api/stories/7/articles/a%20b"), "article id=7 article=a b");
  EXPECT_EQ(Found(router, "GET", "/api/stories/7%2Fb"), "story id=7/b") << "the identifiers of a wire have slashes";
  EXPECT_EQ(Found(router, "GET", "/api/stories/%252e%252e"), "story id=%2e%2e") << "decoded once";
}

TEST(RouterTest, WhatIsWrittenOutGoesFirst) {
  const Router router = Stories();
  EXPECT_EQ(Found(router, "GET", "/api/stories/today"), "today");
  EXPECT_EQ(Found(router, "POST", "/api/stories/today"), "change id=today") << "where it has the method";
  EXPECT_EQ(Found(router, "GET", "/assets/logo.svg"), "logo");
  EXPECT_EQ(Found(router, "GET", "/assets/fonts/a.woff2"), "asset file=fonts/a.woff2");
}

TEST(RouterTest, SaysWhichMethodsAPathHas) {
  const Router router = Stories();
  EXPECT_EQ(Found(router, "PUT", "/api/stories/7"), "none, allowed: DELETE, GET, HEAD, OPTIONS, POST");
  EXPECT_EQ(Found(router, "get", "/api/stories"), "none, allowed: GET, HEAD, OPTIONS");
  EXPECT_EQ(router.AllMethods(), "DELETE, GET, HEAD, OPTIONS, POST");
  EXPECT_EQ(router.Pages(), "/ /api/stories /api/stories/today /assets/logo.svg");
}

TEST(RouterTest, AParameterTakesOneSegmentThatIsNotEmpty) {
  const Router router = Stories();
  for (const char* path : {"/api", "/api/", "/api/stories/", "/api/stories/7/", "/api/stories//articles/8",
                           "/api/stories/7/articles", "//", "/assets/", "/assets//a", "/assets/a%2Fb"}) {
    const std::string found = Found(router, "GET", path);
    if (std::string(path) == "/api") {
      EXPECT_EQ(found, "page page=api");
    } else {
      EXPECT_EQ(found, "none, allowed: ") << path;
    }
  }
}

TEST(RouterTest, AQueryIsReadInItsOrder) {
  const auto target = ParseTarget("/a?b=1&c=2=3&&b=%26&d");
  ASSERT_TRUE(target.has_value());
  std::string told;
  for (const HttpField& field : target->query) told += field.name + "=" + field.value + ";";
  EXPECT_EQ(told, "b=1;c=2=3;b=&;d=;");
  EXPECT_EQ(Find(target->query, "b"), "1");
  EXPECT_EQ(Find(target->query, "e"), std::nullopt);
}

TEST(ProblemTest, IsJsonWhateverTheDetail) {
  const HttpResponse problem = Problem(404, "no \"story\"\n\xff");
  EXPECT_EQ(problem.status, 404u);
  EXPECT_EQ(problem.content_type, "application/problem+json");
  EXPECT_EQ(problem.body,
            "{\"type\":\"about:blank\",\"title\":\"Not Found\",\"status\":404,"
            "\"detail\":\"no \\\"story\\\"\\n\uFFFD\"}\n");
}

}  // namespace
}  // namespace wirewatch
