// The lints against the oracle: what is proved to hold never must not hold on any article, generated or real.
#include "rules/pack/lint/rule_lint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rules/pack/lint/breadth.h"
#include "rules/pack/lint/never_holds.h"
#include "rules/reference/reference_matcher.h"
#include "tests/support/corpus.h"
#include "tests/support/difference.h"
#include "tests/support/rule_generator.h"

namespace wirewatch {
namespace {

Expression Parsed(std::string_view text) {
  auto parsed = ParseExpression(text, {});
  EXPECT_TRUE(parsed.expression) << text << ": " << (parsed.errors.empty() ? "" : parsed.errors[0].message);
  return parsed.expression.value_or(Expression());
}

bool Never(std::string_view text, const std::vector<std::string>& languages = {}) {
  const Expression expression = Parsed(text);
  return NeverHolds({&expression}, {}, languages);
}

TEST(RuleLintTest, ContradictionsAreFound) {
  for (const char* text : {"huawei AND NOT huawei",
                           "HUAWEI AND NOT huawei",
                           "a AND b AND NOT (c OR a)",
                           "a AND NOT NOT (b AND NOT b)",
                           "(a OR b) AND NOT a AND NOT b",
                           "(a AND b) AND NOT (a OR c)",
                           "title:a AND NOT (title, lead):a",
                           "=ZTE AND NOT zte",
                           "\"rip and replace\" AND NOT replace",
                           "\"telecom network\" AND NOT \"telecom* network*\"",
                           "excluded AND NOT exclud*",
                           "exclude* AND NOT exclud*",
                           "/a+/ AND NOT /a+/",
                           "2 OF (a, b) AND NOT a",
                           "1 OF (a, b) AND NOT a AND NOT b",
                           "2 OF (a, b, c) AND NOT (1 OF (a, b, c))",
                           "a{3,} AND NOT a",
                           "a ONEAR/3 b AND NOT (a NEAR/3 b)",
                           "a NOT NEAR/3 b AND NOT a",
                           "a SAME PARAGRAPH b AND NOT b",
                           "huawei NEAR/3 banned AND NOT ((huawei OR zte) NEAR/5 ban*)",
                           "banned NEAR/3 huawei AND NOT ((huawei OR zte) NEAR/5 ban*)",
                           "huawei ONEAR/3 banned AND NOT (ban* NEAR/3 huawei)",
                           "title:(a SAME SENTENCE b) AND NOT ((b OR c) SAME SENTENCE a)",
                           "lang:en AND lang:de",
                           "lang:en-GB AND NOT lang:en",
                           "lang:(en, fr) AND lang:(de, it)",
                           "urgency: > 9",
                           "urgency: < 1 AND a",
                           "urgency:3 AND urgency:4",
                           "words: < 0",
                           "words: > 5 AND words: < 6",
                           "words:5 AND NOT words:5",
                           "published: < 1h AND published: > 2h",
                           "words: < 10 AND NOT words: < 20",
                           "country:PL AND country:DE",
                           "country:GB AND NOT country:UK",
                           "section:\"World News\" AND NOT section:world-news",
                           "published: > 2d AND NOT published: > 48h",
                           "section:a AND section:b",
                           "tag:a AND NOT tag:A",
                           "source:a.com AND NOT source:a.com",
                           "\"삼성 전자\" AND NOT 삼성",
                           "\"국 회의\" AND NOT (국 OR 회의)"}) {
    EXPECT_TRUE(Never(text)) << text;
  }
  EXPECT_TRUE(Never("lang:de AND a", {"en"}));
  EXPECT_TRUE(Never("a AND (lang:fr OR lang:it)", {"en", "de"}));
}

TEST(RuleLintTest, WhatSomeArticleHoldsIsLeftAlone) {
  for (const char* text :
       {"huawei AND NOT zte", "huawei AND NOT title:huawei", "huawei AND NOT =HUAWEI",
        "replace AND NOT \"rip and replace\"", "exclud* AND NOT excluded", "a NEAR/10 b AND NOT (a NEAR/5 b)",
        "a NEAR/5 b AND NOT (a ONEAR/5 b)", "a{2,} AND NOT a{3,}", "2 OF (a, b, c) AND NOT a",
        "2 OF (a, b, c) AND NOT (3 OF (a, b, c))", "lang:en AND lang:en-GB", "lang:zh-HK AND lang:zh-Hant AND a",
        "lang:en AND NOT lang:en-GB", "tag:a AND tag:b", "source:a.com AND source:b.com", "a AND NOT lang:en",
        "urgency: <= 9 AND urgency: >= 9", "words: > 5 AND words: < 7", "published: < 0s AND a",
        "NOT urgency: < 5 AND NOT urgency: > 4 AND a", "a NOT NEAR/5 a AND b", "(a OR b) AND NOT a",
        "/a+/ AND NOT /a+/i", "a AND NOT (a AND b)",
        // However it is written: one country, one section, one language and a member.
        "country:UK AND country:GB AND a", "section:\"World-News\" AND section:\"world news\" AND a",
        "section:\"Économie\" AND section:economie AND a", "lang:zh AND lang:yue AND a",
        "lang:zh-Hant AND lang:zh-TW AND a", "lang:no AND lang:nb AND NOT lang:nn AND a", "lang:fil AND lang:tl AND a",
        "lang:zh AND NOT lang:zh-Hant AND a", "source:uk.a.com AND source:a.com AND source:*.a.com AND a",
        // A word of one syllable takes particles only in a phrase: 국은 회의.
        "\"국 회의\" AND NOT 국", "삼성 AND NOT =삼성", "삼성* AND NOT 삼성",
        // Scopes that overlap, and those that only seem to hold each other.
        "lead:a AND NOT body:a", "body:a AND NOT lead:a", "(title, lead):a AND NOT title:a",
        "(lead, body):a AND NOT lead:a", "a AND NOT title:a AND NOT lead:a", "title:\"a b\" AND NOT body:a",
        // Pairs and counts.
        "a ONEAR/5 b AND NOT (b ONEAR/5 a)", "a NOT NEAR/5 b AND a NEAR/5 b",
        "ban NOT NEAR/1 \"travel ban\" AND \"travel ban\"", "a SAME PARAGRAPH b AND NOT (a SAME SENTENCE b)",
        "a NEAR/5 b AND NOT (a SAME SENTENCE b)", "banned NEAR/5 a AND NOT (ban* NEAR/4 a)",
        "\"huawei ban\" NEAR/3 a AND NOT (huawei NEAR/3 a)", "banned ONEAR/3 a AND NOT (a ONEAR/3 ban*)",
        "ban* NEAR/3 a AND NOT (banned NEAR/3 a)", "a SAME PARAGRAPH (b OR c) AND NOT (a SAME PARAGRAPH b)",
        "a NOT SAME SENTENCE b AND a SAME SENTENCE b", "(a OR b){3,} AND NOT a{3,}", "a{2,} AND NOT title:a",
        "2 OF (a, b, NOT c) AND c", "2 OF (a, NOT a, b)", "2 OF (a, b, c) AND NOT (a AND b)",
        // Terms.
        "exclud* AND NOT exclude*", "t?st* AND NOT test*", "\"a b c\" AND NOT \"a c\"", "=Huawei AND NOT =HUAWEI",
        "cafe AND NOT =café", "/ban/ AND NOT ban", "(a OR b) AND (NOT a OR NOT b)",
        "NOT published: < 1h AND NOT published: >= 1h AND a", "words: >= 0 AND words: <= 0 AND title:a"}) {
    EXPECT_FALSE(Never(text)) << text;
  }
  EXPECT_FALSE(Never("lang:en-GB AND a", {"en"}));
  EXPECT_FALSE(Never("a AND NOT lang:en", {"en"})) << "an article of unknown language passes";
}

TEST(RuleLintTest, AProofThatIsTooLongIsGivenUp) {
  std::string text = "NOT z";
  for (int i = 0; i < 40; ++i) text += " AND (lang:en OR (a" + std::to_string(i) + " AND b) OR tag:x)";
  EXPECT_FALSE(Never(text));
}

std::vector<StoredArticle> Articles() {
  std::vector<StoredArticle> articles = SampleArticles();
  const auto files = CorpusFiles();
  std::mt19937_64 random(1);
  for (const auto& file : files) {
    std::size_t taken = 0;
    const Status status = ReadArticles(file, [&](StoredArticle article) {
      if (taken < 8 && article.body.size() < 1'500 && random() % 20 == 0) {
        articles.push_back(std::move(article));
        ++taken;
      }
    });
    EXPECT_TRUE(status) << status.error().message;
  }
  return articles;
}

// Generated rules with a contradiction planted in some; each that the lint condemns is put to the oracle.
TEST(RuleLintTest, WhatIsCondemnedHoldsOnNoArticle) {
  const std::vector<StoredArticle> articles = Articles();
  const char* seed_text = std::getenv("WIREWATCH_SEED");
  const std::uint64_t seed = seed_text != nullptr ? std::strtoull(seed_text, nullptr, 10) : 1;
  RuleGenerator generator(seed, articles);
  std::mt19937_64 random(seed);
  std::vector<Topic> condemned;
  std::size_t rules = 0, covered = 0;
  for (int i = 0; i < 6'000; ++i) {
    Topic topic = generator.MakeTopic("topic-" + std::to_string(i));
    for (Rule& rule : topic.rules) {
      ++rules;
      // In each third rule a part of another rule, or of itself, must not hold.
      if (random() % 3 == 0) {
        Expression other;
        other.kind = Expression::Kind::kNot;
        const Expression& source = rule.match.children.empty() || random() % 2 == 0
                                       ? generator.MakeExpression(1)
                                       : rule.match.children[random() % rule.match.children.size()];
        other.children.push_back(source);
        Expression both;
        both.kind = Expression::Kind::kAnd;
        both.children = {rule.match, std::move(other)};
        rule.match = std::move(both);
      }
      const bool never = NeverHolds({&rule.match}, {}, topic.languages);
      const bool useless = topic.unless && NeverHolds({&rule.match}, {&*topic.unless}, topic.languages);
      if (!never && !useless) continue;
      covered += !never ? 1 : 0;
      Topic alone;
      alone.id = "condemned-" + std::to_string(condemned.size());
      alone.languages = topic.languages;
      alone.rules = {rule};
      if (!never) alone.unless = topic.unless;
      condemned.push_back(std::move(alone));
    }
  }
  std::cout << condemned.size() << " of " << rules << " rules condemned, " << covered << " of them by unless; put to "
            << articles.size() << " articles\n";
  ASSERT_GT(condemned.size(), 200u);
  std::size_t refused = 0;
  for (Topic& topic : condemned) {
    const std::string text = ToText(topic.rules[0].match) + (topic.unless ? " UNLESS " + ToText(*topic.unless) : "");
    std::vector<Topic> one;
    one.push_back(std::move(topic));
    const auto rule_set = CompileTopics(std::move(one));
    if (rule_set == nullptr) {
      ++refused;
      continue;
    }
    for (const StoredArticle& article : articles) {
      const auto matches = ReferenceMatch(*rule_set, article.document());
      if (!matches) continue;  // PCRE2 gave up
      ASSERT_TRUE(matches->empty()) << text << "\nholds on " << article.id << ": " << article.title << "\n"
                                    << article.body;
    }
  }
  EXPECT_LT(refused * 5, condemned.size());
}

TEST(RuleLintTest, BroadRulesAreFound) {
  const auto broad = [](std::string_view text, const std::vector<std::string>& languages = {}) {
    return BroadPart(Parsed(text), languages, true) != nullptr;
  };
  for (const char* text : {"the",
                           "body:the",
                           "THE OR huawei",
                           "/./",
                           "/.+/",
                           "/\\w+/i",
                           "/[a-z]+/",
                           "lang:en",
                           "words: > 0",
                           "words: >= 10",
                           "urgency: >= 1",
                           "the AND of",
                           "the AND NOT huawei",
                           "2 OF (the, of, huawei)",
                           "the{2,}",
                           "the NOT NEAR/5 huawei",
                           "lang:en AND words: > 0",
                           "/e/",
                           "=the",
                           "/^.+$/",
                           "/^\\S/",
                           "the AND NOT words: < 10",
                           "the AND NOT (words: < 10 OR huawei)",
                           "lang:en AND NOT (huawei AND the)",
                           "the AND NOT words:5",
                           "the AND NOT source:reuters.com",
                           "the AND NOT (2 OF (the, huawei, zte))"}) {
    EXPECT_TRUE(broad(text)) << text;
  }
  for (const char* text : {"huawei", "the AND huawei", "title:the", "=\"The Times\"", "the NEAR/5 huawei", "/wei/",
                           "/\\d+/", "words: >= 200", "words: < 100", "urgency: <= 3", "source:reuters.com",
                           "country:PL", "published: < 48h", "huawei AND NOT the", "2 OF (the, huawei, zte)", "/a.c/",
                           // In capitals it is a name, and at the begin or end of a text a letter is rare.
                           "=UN", "=\"THE\"", "=LA OR huawei", "/e$/", "/^e/", "/^\\s/", "/^.$/", "/^[a-z]/",
                           // What is left out is not rare.
                           "the AND NOT words: < 200", "lang:en AND NOT words: < 300",
                           "lang:en AND NOT (sport OR words: < 300)", "the AND NOT published: > 48h",
                           "the AND NOT lang:en", "the AND NOT (the NEAR/5 of)", "the AND NOT (NOT huawei)"}) {
    EXPECT_FALSE(broad(text)) << text;
  }
  EXPECT_TRUE(broad("un", {"fr"}));
  EXPECT_TRUE(broad("un"));
  EXPECT_FALSE(broad("UN", {"en"})) << "no function word of the language";
  const std::vector<std::string> any;
  EXPECT_EQ(BroadPart(Parsed("lang:de"), any, false), nullptr) << "an unless may name a language";
  EXPECT_EQ(BroadPart(Parsed("the AND NOT lang:de"), any, false), nullptr) << "and leave one out";
}

}  // namespace
}  // namespace wirewatch
