#include "rules/language/regex_cost.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "rules/language/expression.h"

namespace wirewatch {
namespace {

std::string Alternatives(int count, const std::function<std::string(int)>& one) {
  std::string all;
  for (int i = 0; i < count; ++i) all += (i == 0 ? "(" : "|") + one(i);
  return all + ")";
}

std::string Word(int i) { return fmt::format("word{}x{}", i, i * 7919 % 1000); }

double Work(const std::string& regex, bool ignore_case = false) { return EstimateRegexCost(regex, ignore_case).work; }

// As analysts write them, and the largest that were measured to take below some 5 s.
TEST(RegexCostTest, OrdinaryExpressionsAreFarBelowTheLimit) {
  const std::string kept[] = {
      R"(wei\s+jing)",
      R"(\b(0?[1-9]|[12][0-9]|3[01])[-/.](0?[1-9]|1[012])[-/.](19|20)\d\d\b)",
      R"([a-z0-9._%+-]{1,64}@[a-z0-9.-]{1,255}\.[a-z]{2,24})",
      R"(\$\d{1,3}(,\d{3})*(\.\d+)?\s*(million|billion|bn|m))",
      R"("[^"]{1,300}")",
      R"(\p{Lu}\p{L}+\s+\p{Lu}\p{L}+)",
      R"((?i)huawei.{0,100}(ban|exclud|remov)\w*)",
      R"([一-龥]{2,10}禁[令止])",
      R"(\w*(ban|bans|banned|banning|exclude|excluded)\w*)",
      R"((a.*b.*c.*d)|(e\s*f){3,5})",
  };
  for (const std::string& regex : kept) EXPECT_LT(Work(regex), kMostRegexWork / 10) << regex;
  EXPECT_LT(Work(Alternatives(500, Word)), kMostRegexWork);
  EXPECT_LT(Work(Alternatives(100, [](int i) { return fmt::format("w{}[a-z]{{1,200}}x", i); })), kMostRegexWork);
}

// Each was measured to compile for longer than 10 s, or would need gigabytes.
TEST(RegexCostTest, WhatCompilesForLongIsAboveIt) {
  const auto wide = [](int i) { return fmt::format("w{}.{{1,30}}x{}", i, i); };
  const std::string refused[] = {
      Alternatives(800, [](int i) { return fmt::format("w{}[a-z]{{1,200}}x", i); }),
      Alternatives(300, wide),
      "huawei.{0,5000}ban",
      R"(\w+)" + Alternatives(200, Word) + R"(\w*)",
      R"(\w+)" + Alternatives(1000, Word) + R"(\w*)",
      R"(\p{L}{1,1000})",
      R"(\p{L}{1,40})",
      R"(\p{L}{0,50}x)",
      "(((a.{1,50}b){1,50}c){1,50}d){1,50}",
      "((x{1,1000}y){1,1000}z){1,1000}",
      R"((\w+\s+){1,10000}ban)",
      "(a|bc|def){1,30000}",
      R"((\W{1,300}\S{1,300}){30})",
      Alternatives(2000, [](int i) { return fmt::format("[^{}].{{5,9}}", i % 10); }),
  };
  for (const std::string& regex : refused) EXPECT_GT(Work(regex), kMostRegexWork) << regex.substr(0, 60);
}

TEST(RegexCostTest, CountsTheStatesOfWhatIsWritten) {
  const auto states = [](const std::string& regex) { return EstimateRegexCost(regex, false).states; };
  EXPECT_EQ(states("abc"), 3);
  EXPECT_EQ(states("a{3}"), 3);
  EXPECT_EQ(states("a{2,5}b"), 6);
  EXPECT_EQ(states("a{0,5}"), 5);
  EXPECT_EQ(states("a{3,}"), 3);
  EXPECT_EQ(states("(ab|cd){4}"), 16);
  EXPECT_EQ(states("[abc]"), 1);
  EXPECT_EQ(states("[]a]"), 1) << "a bracket that comes first is one of the class";
  EXPECT_EQ(states(R"([\]x]y)"), 2);
  EXPECT_EQ(states("[[:alpha:]]y"), 2);
  EXPECT_EQ(states("a|b|c"), 1) << "as [abc]";
  EXPECT_EQ(states(R"(\Qa{9}\E)"), 4);
  EXPECT_EQ(states("a{x}"), 4) << "no count: the braces are text";
  EXPECT_EQ(states("a{,3}"), 5) << "as PCRE has it";
  EXPECT_EQ(states("(?:ab)+(?i:c)(?<name>d)(?#comment)"), 4);
  EXPECT_EQ(states(R"(\bé\x{4e00}\x41)"), 2 + 3 + 1);
  EXPECT_EQ(states("^$"), 0);
}

TEST(RegexCostTest, TakesAnyText) {
  for (const std::string text :
       {"",   "(",   ")",   "a)b", "[",   "[^",   "[[:", "\\",  "\\x", "\\x{", "\\p", "\\p{", "\\Q",
        "(?", "(?<", "(?#", "a{",  "a{1", "a{1,", "*",   "a**", "|",   "||",   "{1}", "(|)",  "\xFF\xC3"}) {
    EXPECT_LT(Work(text), kMostRegexWork) << text;
  }
  EXPECT_GT(Work(std::string(60'000, '(') + "a"), kMostRegexWork) << "deeper than Hyperscan takes, and than the stack";
  EXPECT_GT(Work("a" + std::string(30, 'x') + "{32767}{32767}{32767}{32767}{32767}{32767}"), kMostRegexWork);
}

TEST(RegexCostTest, AlternativesAndLoopsBranch) {
  const auto branches = [](const std::string& regex) { return EstimateRegexCost(regex, false).branches; };
  EXPECT_EQ(branches("abc"), 1);
  EXPECT_EQ(branches("ab|cd|ef"), 3);
  EXPECT_EQ(branches("(ab|cd){4}"), 5);
  EXPECT_EQ(branches("a+b*c{2,}d?"), 4);
}

TEST(RegexCostTest, TheSameTextCostsTheSameWhateverComesBefore) {
  const double first = Work(R"(\p{L}{1,20}(ab|c.)+)", true);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(Work(R"(\p{L}{1,20}(ab|c.)+)", true), first);
}

TEST(RegexCostTest, AnExpressionThatIsTooCostlyIsRefusedWithItsPlace) {
  const std::string costly = "/huawei.{0,5000}ban/";
  const auto parsed = ParseExpression("nokia OR " + costly + " OR zte", {});
  ASSERT_FALSE(parsed.expression);
  ASSERT_EQ(parsed.errors.size(), 1u);
  EXPECT_EQ(parsed.errors[0].code, "regex-too-costly");
  EXPECT_EQ(parsed.errors[0].place.begin, 9u);
  EXPECT_EQ(parsed.errors[0].place.size(), costly.size());
  EXPECT_TRUE(ParseExpression("nokia OR /huawei.{0,50}ban/", {}).expression);
}

}  // namespace
}  // namespace wirewatch
