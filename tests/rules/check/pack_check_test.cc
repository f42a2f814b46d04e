// What is said of packs that load: lints that compare, comments that switch warnings, policies. The full texts of
// reports are in tests/testdata/checks (tests/integration/check_golden.sh).
#include "rules/check/pack_check.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rules/check/policy.h"
#include "rules/check/term_index.h"
#include "rules/check/whole_pattern.h"
#include "rules/engine/rule_set.h"
#include "rules/pack/pack_loader.h"
#include "rules/reference/reference_matcher.h"

namespace wirewatch {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string Pack(const std::vector<std::string>& rules, std::string_view topic = "", std::string_view lists = "") {
  std::string text = "pack: p\nowner: desk\n";
  if (!lists.empty()) text += fmt::format("lists:\n{}", lists);
  text += fmt::format("topics:\n  - id: t\n    title: T\n{}    rules:\n", topic);
  for (std::size_t i = 0; i < rules.size(); ++i) text += fmt::format("      - {{id: r{}, match: '{}'}}\n", i, rules[i]);
  return text;
}

Diagnostics Check(const std::string& text, const Policy* policy) {
  LibraryFiles libraries;
  return CheckPackText(text, "p.yaml", libraries, policy, nullptr);
}

// All that is found, as "line:column code", with what the loader says.
std::vector<std::string> Found(const std::string& text) {
  LoadedPacks loaded = LoadPackText(text, "p.yaml");
  EXPECT_FALSE(HasErrors(loaded.diagnostics)) << text << Render(loaded.diagnostics);
  Diagnostics found = std::move(loaded.diagnostics);
  Diagnostics more = Check(text, nullptr);
  ApplySwitches(loaded.switches, more);
  found.insert(found.end(), more.begin(), more.end());
  std::vector<std::string> lines;
  for (const Diagnostic& d : found)
    lines.push_back(fmt::format("{}:{} {}", d.position.line, d.position.column, d.code));
  return lines;
}
std::vector<std::string> FoundInRules(const std::vector<std::string>& rules, std::string_view topic = "") {
  std::vector<std::string> codes;
  for (const std::string& line : Found(Pack(rules, topic))) codes.push_back(line.substr(line.find(' ') + 1));
  return codes;
}

TEST(PackLintTest, ARuleThatAnotherOneIncludesAddsNothing) {
  for (const char* narrow : {"huawei AND 5G", "title:huawei", "huawei AND NOT review", "huawei{2,}", "=HUAWEI",
                             "huawei NEAR/3 ban", "2 OF (huawei, zte) AND huawei", "\"huawei ban\""}) {
    EXPECT_THAT(FoundInRules({narrow, "huawei"}), ElementsAre("subsumed-rule")) << narrow;
    EXPECT_THAT(FoundInRules({"huawei", narrow}), ElementsAre("subsumed-rule")) << narrow;
  }
  EXPECT_THAT(FoundInRules({"huawei NEAR/3 ban", "huawei NEAR/5 ban"}), ElementsAre("subsumed-rule"));
  EXPECT_THAT(FoundInRules({"zte AND ban", "ban AND zte"}), ElementsAre("subsumed-rule")) << "one of the two";
  EXPECT_THAT(FoundInRules({"zte AND nokia", "zte AND (nokia OR ericsson)", "zte AND NOT review"}),
              ElementsAre("subsumed-rule"));
  EXPECT_THAT(FoundInRules({"zte AND lang:de AND 5G", "zte AND NOT lang:en"}), ElementsAre("subsumed-rule"));
}

TEST(PackLintTest, WhatAddsSomethingIsLeftAlone) {
  EXPECT_THAT(FoundInRules({"huawei AND 5G", "huawei AND ban"}), IsEmpty());
  EXPECT_THAT(FoundInRules({"huawei", "title:zte", "huawe?"}), IsEmpty());
  EXPECT_THAT(FoundInRules({"huawei NEAR/5 ban", "huawei NEAR/3 ban AND 5G"}), ElementsAre("subsumed-rule"));
  EXPECT_THAT(FoundInRules({"huawei ONEAR/5 ban", "ban ONEAR/5 huawei"}), IsEmpty());
  EXPECT_THAT(FoundInRules({"huawei AND NOT zte", "huawei AND zte"}), IsEmpty());
  // It raises the score or the severity.
  const std::string scored =
      "pack: p\nowner: desk\ntopics:\n  - id: t\n    title: T\n    rules:\n"
      "      - {id: a, match: huawei}\n      - {id: b, match: 'huawei AND 5G', score: 51}\n"
      "      - {id: c, match: 'huawei AND zte', severity: high}\n      - {id: d, match: 'huawei AND ban', score: 49}\n";
  EXPECT_THAT(Found(scored), ElementsAre("10:24 subsumed-rule"));
}

TEST(PackLintTest, AnAlternativeBesideAWiderOneIsFound) {
  for (const char* text : {"5G AND (ban* OR banned)", "5G AND (banned OR ban*)", "5G AND (huawei OR \"huawei ban\")",
                           "5G AND (huawei OR title:huawei)", "(zte OR =ZTE) AND 5G", "(zte OR (zte AND nokia)) AND 5G",
                           "((zte AND nokia AND ban) OR (zte AND nokia)) AND 5G", "(ban* OR banned) NEAR/5 huawei",
                           "(ban* OR banned){2,}", "huawei AND NOT (review* OR reviewer)",
                           "(ban* OR \"travel banning\") SAME SENTENCE huawei OR "
                           "(ban* OR banned) SAME SENTENCE zte"}) {
    EXPECT_THAT(FoundInRules({text}), testing::Contains("shadowed-term")) << text;
  }
  for (const char* text :
       {"5G AND (banned OR banning)", "(huawei OR \"huawei ban\") NEAR/5 sweden", "(rip OR \"rip and replace\"){2,}",
        "2 OF (ban*, banned, zte)", "5G AND (title:huawei OR body:huawei)", "5G AND (zte OR (huawei AND nokia))",
        "5G AND (=ZTE OR =zte)", "(삼성 OR 삼성전자) AND 5G"}) {
    EXPECT_THAT(FoundInRules({text}), IsEmpty()) << text;
  }
  EXPECT_THAT(Found(Pack({"5G AND (@v OR huawei)"}, "", "  v: [Huawei, ZTE]\n")), ElementsAre("9:40 shadowed-term"));
}

TEST(PackLintTest, EntriesOfAListAreJudgedByItsUse) {
  constexpr const char* kList = "  v:\n    - ban*\n    - banned\n    - ban on\n";
  EXPECT_THAT(Found(Pack({"@v AND 5G"}, "", kList)), ElementsAre("6:7 shadowed-term", "7:7 shadowed-term"));
  EXPECT_THAT(Found(Pack({"@v NEAR/5 5G"}, "", kList)), ElementsAre("6:7 shadowed-term"));
  EXPECT_THAT(Found(Pack({"2 OF @v"}, "", kList)), IsEmpty());
  EXPECT_THAT(Found(Pack({"@v{2,}"}, "", kList)), ElementsAre("6:7 shadowed-term"));
  constexpr const char* kPhrases =
      "  v:\n    - huawei\n    - huawei ban\n  w: ['@v', zte]\n  x: [nokia, ericsson, NOT @y]\n  y: [nokia "
      "phone, nokia]\n";
  EXPECT_THAT(Found(Pack({"@w AND @v AND @x"}, "", kPhrases)), testing::Contains("6:7 shadowed-term"));
  EXPECT_THAT(Found(Pack({"@w NEAR/5 ban"}, "", "  v:\n    - huawei\n    - huawei ban\n  w: ['@v', zte]\n")),
              IsEmpty());
}

TEST(PackLintTest, AListOfManyTermsIsCompared) {
  std::string list = "  v:\n";
  for (int i = 0; i < 20'000; ++i) list += fmt::format("    - vendor{} phone\n", i);
  list += "    - vendor77 phone maker\n";
  EXPECT_THAT(Found(Pack({"@v AND 5G"}, "", list)), ElementsAre("20005:7 shadowed-term"));
}

TEST(PackLintTest, ANotThatLeavesOutNothingIsFound) {
  for (const char* text : {"huawei AND NOT lang:de", "huawei AND NOT (lang:de AND review)",
                           "huawei AND lang:en AND NOT lang:fr", "words: < 100 AND huawei AND NOT words: > 200"}) {
    EXPECT_THAT(FoundInRules({text}, "    languages: [en]\n"), ElementsAre("idle-not")) << text;
  }
  EXPECT_THAT(FoundInRules({"huawei AND NOT lang:de"}), IsEmpty());
  EXPECT_THAT(FoundInRules({"huawei AND NOT review"}), IsEmpty());
  EXPECT_THAT(FoundInRules({"huawei AND words: < 100"}, "    unless: 'review OR (words: > 200 AND deal)'\n"),
              ElementsAre("idle-not"));
  EXPECT_THAT(FoundInRules({"huawei AND words: < 100", "zte"}, "    unless: 'review OR words: > 200'\n"), IsEmpty());
  EXPECT_THAT(FoundInRules({"huawei AND NOT the"}), ElementsAre("nearly-never"));
  EXPECT_THAT(FoundInRules({"huawei AND NOT title:the"}), IsEmpty());
}

TEST(PackLintTest, APatternThatWordsCouldSay) {
  const auto help = [](const std::string& pattern) {
    const std::string text = Pack({pattern + " AND 5G"});
    for (const Diagnostic& d : Check(text, nullptr)) {
      if (d.code == "word-regex") return d.help;
    }
    return std::string();
  };
  EXPECT_EQ(help("/\\bhuawei\\b/i"), "write huawei");
  EXPECT_EQ(help("/huawei/i"), "write huawei");
  EXPECT_EQ(help("/\\bHuawei\\b/"), "write =Huawei");
  EXPECT_EQ(help("title:/\\bban\\w*/i"), "write title:ban*");
  EXPECT_EQ(help("/\\b(ban|bans|banned)\\b/i"), "write (ban OR bans OR banned)");
  EXPECT_EQ(help("/\\bwei\\s+jing\\b/i"), "write \"wei jing\"");
  EXPECT_EQ(help("/\\bsanction/i"), "write sanction*");
  for (const char* pattern : {"/CVE-[0-9]+/", "/\\bban(s|ned)\\b/i", "/wei/", "/colou?r/i", "/a.c/", "/\\$huawei/",
                              "/\\bto\\w*/i", "/huawei$/", "/^huawei/", "/5G+/", "/\\bHuawei\\w*/"}) {
    EXPECT_EQ(help(pattern), "") << pattern;
  }
}

TEST(PackLintTest, WhatExtendsATopicIsLookedAtAlone) {
  EXPECT_THAT(
      Found(
          "pack: p\nowner: o\ntopics:\n  - extends: elsewhere\n    languages: [nl]\n    rules:\n"
          "      - {id: a, match: 'huawei AND verbod'}\n      - {id: b, match: huawei}\n"
          "      - {id: c, match: 'zte AND NOT lang:de'}\n      - {id: d, match: 'huawei AND ban', languages: [en]}\n"),
      ElementsAre("7:24 subsumed-rule", "9:33 idle-not"));
}

TEST(PackLintTest, ListsByLanguage) {
  constexpr const char* kLists = "  ban_en: [ban]\n  ban_nl: [verbod]\n  ban: [blocage]\n";
  const auto found = [&](const char* match, const char* languages) {
    std::vector<std::string> codes;
    for (const std::string& line : Found(Pack({match}, fmt::format("    languages: {}\n", languages), kLists))) {
      if (line.find("unused-list") == std::string::npos) codes.push_back(line);
    }
    return codes;
  };
  EXPECT_THAT(found("huawei AND (@ban_en OR @ban_nl)", "[en, nl, de]"), ElementsAre("10:25 language-without-list"));
  EXPECT_THAT(found("huawei AND (@ban_en OR @ban_nl)", "[en, nl]"), IsEmpty());
  EXPECT_THAT(found("huawei AND (@ban_en OR @ban_nl OR @ban)", "[en, nl, fr]"), IsEmpty());
  EXPECT_THAT(found("huawei AND @ban_en", "[en]"), IsEmpty());
  EXPECT_THAT(found("huawei AND @ban_en", "[en, nl]"), ElementsAre("10:21 language-without-list"));
}

// Random alternatives in random places: what is called idle may be deleted, and the same articles are found.
TEST(PackLintTest, WithoutWhatAddsNothingTheSameIsFound) {
  std::mt19937_64 random(7);
  const auto pick = [&](const std::vector<std::string>& of) { return of[random() % of.size()]; };
  const std::vector<std::string> terms = {"ban*",        "ban",         "banned",    "=Ban",      "\"ban on\"",
                                          "\"ban* on\"", "\"on ban*\"", "title:ban", "body:ban*", "\"the ban on\"",
                                          "banning",     "ba?n*"};
  const std::vector<std::string> shapes = {"{} AND zte",
                                           "{} NEAR/2 zte",
                                           "zte NEAR/2 {}",
                                           "zte NOT NEAR/2 {}",
                                           "{} NOT NEAR/1 zte",
                                           "{} SAME SENTENCE zte",
                                           "zte NOT SAME SENTENCE {}",
                                           "{}{{2,}}",
                                           "zte AND NOT {}",
                                           "2 OF ({}, zte, on)",
                                           "{} ONEAR/1 zte"};
  const std::vector<std::string> words = {"ban", "Ban", "banned", "banning", "on",
                                          "the", "zte", "zte.",   "ban.",    "Ban on"};
  std::vector<std::string> articles;
  for (int i = 0; i < 60; ++i) {
    std::string& article = articles.emplace_back();
    for (std::size_t n = 2 + random() % 7; n > 0; --n) article += pick(words) + " ";
  }
  std::size_t shadowed = 0;
  for (int i = 0; i < 700; ++i) {
    const std::string one = pick(terms), other = pick(terms), shape = pick(shapes);
    const std::string both = fmt::format(fmt::runtime(shape), fmt::format("({} OR {})", one, other));
    const std::string text = Pack({both});
    LoadedPacks loaded = LoadPackText(text, "p.yaml");
    if (HasErrors(loaded.diagnostics)) continue;  // title: in a NEAR with body:
    for (const Diagnostic& d : Check(text, nullptr)) {
      if (d.code != "shadowed-term") continue;
      const bool first = d.message.starts_with(one + " adds");
      const std::string alone = fmt::format(fmt::runtime(shape), first ? other : one);
      ++shadowed;
      LoadedPacks less = LoadPackText(Pack({alone}), "p.yaml");
      ASSERT_FALSE(HasErrors(less.diagnostics)) << alone;
      const auto whole = RuleSet::Compile(loaded.packs), without = RuleSet::Compile(less.packs);
      ASSERT_NE(whole.rule_set, nullptr) << both;
      ASSERT_NE(without.rule_set, nullptr) << alone;
      for (const std::string& article : articles) {
        Document document;
        document.texts[static_cast<std::size_t>(Field::kBody)] = article;
        const auto more = ReferenceMatch(*whole.rule_set, document),
                   fewer = ReferenceMatch(*without.rule_set, document);
        ASSERT_TRUE(more && fewer);
        EXPECT_EQ(more->empty(), fewer->empty()) << both << " and " << alone << " differ on: " << article;
      }
      break;
    }
  }
  EXPECT_GT(shadowed, 50u);
}

TEST(PackSwitchTest, ACommentCountsForWhatBeginsThere) {
  const auto found = [](std::string_view text) { return Found(std::string(text)); };
  constexpr std::string_view kTopic = R"(topics:
  - id: t
    title: T
    rules:
      - id: r
        match: '@v AND (a OR b AND c)'
)";
  const std::string head = "pack: p\nowner: o\n";
  EXPECT_THAT(found(head + "lists: {v: [US]}\n" + std::string(kTopic)),
              ElementsAre("3:13 common-word", "9:27 mixed-operators"));
  EXPECT_THAT(found(head + "lists: {v: [US]}  # wirewatch: off common-word\n" + std::string(kTopic)),
              ElementsAre("9:27 mixed-operators"));
  EXPECT_THAT(
      found(head + "# wirewatch: off common-word\n\n  # and a reason\nlists:\n  v:\n    - US\n" + std::string(kTopic)),
      ElementsAre("14:27 mixed-operators"));
  EXPECT_THAT(
      found("# wirewatch: off common-word, mixed-operators\n" + head + "lists: {v: [US]}\n" + std::string(kTopic)),
      IsEmpty());
  EXPECT_THAT(found(head + "lists: {v: [US]} #wirewatch:off common-word mixed-operators\n" + std::string(kTopic)),
              ElementsAre("9:27 mixed-operators"))
      << "that line alone";
  EXPECT_THAT(found(head + "lists:\n  # wirewatch: off common-word\n  v: [US]\n  w: [IT]\n" + std::string(kTopic)),
              testing::IsSupersetOf({"6:7 common-word", "12:27 mixed-operators"}));
  // A whole rule or topic; and a # in a text is no comment.
  const std::string rules = head + "lists: {v: [huawei]}\n";
  for (const char* at :
       {"topics:", "  - id: t", "    rules:", "      - id: r", "        match: '@v AND (a OR b AND c)'"}) {
    std::string topic(kTopic);
    topic.insert(topic.find(at) + std::string_view(at).size(), "   # wirewatch: off mixed-operators");
    EXPECT_THAT(found(rules + topic), IsEmpty()) << at;
    topic = kTopic;
    topic.insert(topic.find(at), "# wirewatch: off mixed-operators\n");
    EXPECT_THAT(found(rules + topic), IsEmpty()) << at;
  }
  std::string text(kTopic);
  text.replace(text.find("title: T"), 8, "title: 'T # wirewatch: off mixed-operators'");
  EXPECT_THAT(found(rules + text), ElementsAre("9:27 mixed-operators"));
}

TEST(PackSwitchTest, TheInnerCommentCounts) {
  const std::string text =
      "# wirewatch: off mixed-operators\npack: p\nowner: o\ntopics:\n  - id: t\n    title: T\n    rules:\n"
      "      - {id: a, match: 'kiwi OR fig AND lime'}\n      - {id: b, match: 'plum OR pear AND date'}  # wirewatch: "
      "warn "
      "mixed-operators\n";
  EXPECT_THAT(Found(text), ElementsAre("9:30 mixed-operators"));
}

TEST(PackSwitchTest, AnyPlaceForACommentEndsInPacksOrErrors) {
  const std::string text = Pack({"@v AND (a OR b AND c)", "d"}, "    tags: [x]\n", "  v:\n    - US\n    - 'IT'\n");
  for (std::size_t at = 0; at <= text.size(); ++at) {
    for (const char* comment : {"# wirewatch: off common-word\n", " # wirewatch:", "\n# wirewatch: error no\n"}) {
      std::string changed = text;
      changed.insert(at, comment);
      LoadedPacks loaded = LoadPackText(changed, "p.yaml");
      EXPECT_TRUE(HasErrors(loaded.diagnostics) || !loaded.packs.empty());
      for (const Diagnostic& d : IdleSwitches(loaded.switches)) EXPECT_NE(d.position.line, 0u);
    }
  }
}

TEST(PolicyTest, BreachesAreReportedWithTheirLevel) {
  const ReadPolicy read = LoadPolicyText(R"(
metadata:
  pack: {owner: {required: true, pattern: '.+@.+'}}
  topic:
    tags: {values: [telecom]}
    description: {required: true, level: warn}
    title: {level: off, pattern: nothing}
limits: {rules_of_topic: 1}
)",
                                         "policy.yaml");
  ASSERT_THAT(Render(read.diagnostics), "");
  const std::string text = Pack({"huawei", "zte"}, "    tags: [telecom, trade]\n");
  std::vector<std::string> found;
  for (const Diagnostic& d : Check(text, &read.policy)) {
    found.push_back(fmt::format("{}:{} {} {}", d.position.line, d.position.column,
                                d.severity == Severity::kError ? "error" : "warning", d.code));
  }
  EXPECT_THAT(found, ElementsAre("2:8 error policy-pattern", "4:5 warning policy-required", "4:9 error policy-limit",
                                 "6:21 error policy-value"));
}

TEST(PolicyTest, APatternFitsTheWholeOfAText) {
  const auto pattern = WholePattern::Create("[a-z]+|é{2}");
  ASSERT_TRUE(pattern);
  EXPECT_TRUE(pattern->Fits("abc"));
  EXPECT_TRUE(pattern->Fits("éé"));
  EXPECT_FALSE(pattern->Fits("abc1"));
  EXPECT_FALSE(pattern->Fits(""));
  EXPECT_FALSE(WholePattern::Create("(["));
  const auto costly = WholePattern::Create("(a+)+b");
  ASSERT_TRUE(costly);
  EXPECT_FALSE(costly->Fits(std::string(5'000, 'a'))) << "given up, not run for ever";
}

}  // namespace
}  // namespace wirewatch
