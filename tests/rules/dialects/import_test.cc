// Queries of each dialect: the expression that they become, that it holds where they do, and what is told.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "rules/dialects/dialect.h"
#include "rules/dialects/elastic_query.h"
#include "rules/dialects/imported_pack.h"
#include "rules/dialects/json_tree.h"
#include "rules/dialects/query_file.h"
#include "rules/dialects/query_parser.h"
#include "rules/dialects/query_translation.h"
#include "rules/language/expression.h"
#include "rules/pack/pack_loader.h"
#include "rules/reference/reference_matcher.h"
#include "tests/support/source_directory.h"

namespace wirewatch {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TranslatedQuery Import(Dialect dialect, std::string_view text, TranslationOptions options = {},
                       bool and_between = false) {
  ParsedQuery parsed = ParseQuery(dialect, text, and_between);
  options.dialect = dialect;
  TranslatedQuery translated;
  if (parsed.query) translated = TranslateQuery(*parsed.query, options);
  translated.notes.insert(translated.notes.begin(), parsed.notes.begin(), parsed.notes.end());
  return translated;
}

std::string TextOf(const TranslatedQuery& translated) {
  return translated.expression ? ToText(*translated.expression) : "";
}

// "title | body".
bool Holds(const Expression& expression, std::string_view text) {
  const std::size_t bar = std::min(text.find(" | "), text.size());
  Document document;
  document.texts[0] = text.substr(0, bar);
  if (bar < text.size()) document.texts[2] = text.substr(bar + 3);
  document.language = "en";
  document.country = "PL";
  document.source_host = "uk.reuters.com";
  return ReferenceEvaluation(document).Holds(expression);
}

struct Row {
  std::string_view query, expression;
  std::string_view holds = "", silent = "";  // empty: not tried
};

void Check(Dialect dialect, const std::vector<Row>& rows, const TranslationOptions& options = {}) {
  for (const Row& row : rows) {
    SCOPED_TRACE(row.query);
    const TranslatedQuery translated = Import(dialect, row.query, options);
    ASSERT_EQ(TextOf(translated), row.expression);
    const ParsedExpression read = ParseExpression(row.expression, {});
    ASSERT_TRUE(read.expression) << read.errors[0].message;
    EXPECT_TRUE(row.holds.empty() || Holds(*read.expression, row.holds)) << row.holds;
    EXPECT_FALSE(!row.silent.empty() && Holds(*read.expression, row.silent)) << row.silent;
  }
}

TEST(ImportTest, ReadsLucene) {
  Check(
      Dialect::kLucene,
      {{"huawei zte", "huawei OR zte", "ZTE", "Nokia"},
       {"huawei AND zte", "huawei AND zte", "ZTE and Huawei", "ZTE"},
       {"+huawei -review", "huawei AND NOT review", "Huawei sues", "Huawei review"},
       {"huawei && !review", "huawei AND NOT review"},
       {"huawei NOT review", "huawei AND NOT review"},
       {"a AND b OR c", "a AND b", "a b", "c"},  // no precedence: +a +b c
       {"a OR b AND c", "b AND c", "b c", "a"},
       {"(a AND b) OR c", "(a AND b) OR c", "c", "a"},
       {"title:huawei", "title:huawei", "Huawei | x", "x | Huawei"},
       {"title:(huawei ban) AND body:zte", "(title:huawei OR title:ban) AND body:zte", "a ban | ZTE", "ZTE | a ban"},
       {"headline:\"rip and replace\"", "title:\"rip and replace\"", "Rip and replace", "rip it and replace"},
       {"\"sweden ban\"~3", "(sweden ONEAR/3 ban) OR (ban ONEAR/1 sweden)", "Sweden to ban", "a ban of old by Sweden"},
       {"\"sweden ban\"~2", "(sweden ONEAR/2 ban) OR \"ban sweden\"", "ban Sweden", "ban in Sweden"},
       {"\"one two\"~1", "one ONEAR/1 two"},
       {"huawei~1", "huawei~1", "Huwei", "Hwei"},
       {"huawei~", "huawei~1"},
       {"ban*", "ban*", "bans", "a urban area"},
       {"te?t", "te?t", "test", "teest"},
       {"*phone", R"(/\b\w*phone\b/i)", "a smartphone", "phones"},
       {"/hua.*/", R"(/\b(?:hua\w*)\b/i)", "Huawei", "a hub"},
       {"lang:en AND huawei", "lang:en AND huawei", "Huawei", "Nokia"},
       {"huawei AND words:[200 TO *]", "huawei AND words: >= 200"},
       {"huawei AND words:{200 TO 300]", "huawei AND words: > 200 AND words: <= 300"},
       {"huawei AND urgency:<3", "huawei AND urgency: < 3"},
       {"huawei AND published:[now-48h TO now]", "huawei AND published: <= 48h"},
       {"huawei^2 AND (ban OR bans)^3", "huawei AND (ban OR bans)"},
       {R"(AT\&T AND \"x)", "AT&T AND x", "AT&T x", "AT and x"},
       {"\"who?\"", "who", "Who", "whom"},
       {"and or not", "and OR or OR not"}});
}

TEST(ImportTest, ReadsLuceneWithAndBetween) {
  EXPECT_EQ(TextOf(Import(Dialect::kLucene, "huawei ban -review", {}, true)), "huawei AND ban AND NOT review");
  EXPECT_EQ(TextOf(Import(Dialect::kLucene, "huawei OR ban", {}, true)), "huawei OR ban");
}

TEST(ImportTest, ReadsMeltwater) {
  Check(Dialect::kMeltwater,
        {{"apple NEAR watch", "apple NEAR/4 watch", "watch by the makers of Apple", "watch a b c d e apple"},
         {"apple near/10 watch", "apple NEAR/10 watch"},
         {"apple ONEAR/2 watch", "apple ONEAR/2 watch", "Apple Watch", "watch Apple"},
         {"(a OR b) NEAR/3 (c OR \"d e\")", "(a OR b) NEAR/3 (c OR \"d e\")", "b d e", "b d x e"},
         {"a AND (b OR c) NOT (d OR e)", "a AND (b OR c) AND NOT (d OR e)", "a c", "a c e"},
         {"a or b and c", "a OR (b AND c)", "a", "b"},
         {"title:huawei AND ingress:ban", "title:huawei AND lead:ban", "Huawei | a ban", "ban | Huawei"},
         {"\"huawei ban\"~5", "huawei NEAR/5 ban", "ban of Huawei", "ban a b c d e f Huawei"},
         {"\"telecom* network*\"", "\"telecom* network*\"", "telecoms networks", "telecom gear network"},
         {"country:pl AND language:en AND huawei", "country:pl AND lang:en AND huawei", "Huawei", "Nokia"},
         {"a NEAR/5 b NEAR/7 c", "(a NEAR/5 b) AND ((a OR b) NEAR/7 c)", "a b c", "a b"},
         {"a AND NOT b NEAR/2 c", "a AND NOT (b NEAR/2 c)", "a b", "a b c"}});
}

TEST(ImportTest, ReadsTalkwalker) {
  Check(Dialect::kTalkwalker,
        {{"++ZTE AND content:ban", "=ZTE AND body:ban", "ZTE | ban", "zte | ban"},
         {"++\"Der Spiegel\" OR x", "=\"Der Spiegel\" OR x", "Der Spiegel", "der Spiegel"},
         {"+huawei AND sourcecountry:pl", "huawei AND country:pl", "Huawei", "Nokia"},
         {"huawei -site:\"http://www.mysite.example/news\"", "huawei AND NOT source:mysite.example"},
         {"huawei and ban", "huawei AND and AND ban"},  // operators are in upper case
         {"lang:de OR title:(a NEAR/2 b)", "lang:de OR (title:a NEAR/2 title:b)", "b a", "x | b a"}});
}

TEST(ImportTest, ReadsBrandwatch) {
  Check(Dialect::kBrandwatch,
        {{"{ZTE} NEAR/5f (ban OR bans)", "=ZTE ONEAR/5 (ban OR bans)", "ZTE faces bans", "zte faces bans"},
         {"raw:\"AT&T\"", "=AT&T", "AT&T", "at&t"},
         {"a NEAR/2 b", "a NEAR/2 b", "b x y a", "b x y z a"},
         {"(a AND b)~5", "a NEAR/5 b"},
         {"site:reuters.com AND -title:review AND huawei", "source:reuters.com AND NOT title:review AND huawei",
          "Huawei", "Huawei review"},
         {"a NEAR/3 NOT b", "a NOT NEAR/3 b", "a", "a b"},
         {"(a AND b) NEAR/4 c", "(a NEAR/4 c) AND (b NEAR/4 c)", "a b c", "a c"},
         {"(a OR (b AND c)) NEAR/4 d", "((b NEAR/4 d) AND (c NEAR/4 d)) OR (a NEAR/4 d)", "a d", "b d"}});
}

TEST(ImportTest, ReadsLexisNexis) {
  Check(Dialect::kLexisNexis,
        {{"huawei w/5 ban!", "huawei NEAR/5 ban*", "bans on Huawei", "bans a b c d e f Huawei"},
         {"rip pre/2 replace", "rip ONEAR/2 replace", "rip and replace", "replace and rip"},
         {"a OR b AND c", "(a OR b) AND c", "b c", "a"},  // OR is tightest
         {"a w/10 b w/3 c", "(b NEAR/3 c) AND (a NEAR/10 (b OR c))"},
         {"a w/s b and c w/p d", "(a SAME SENTENCE b) AND (c SAME PARAGRAPH d)", "a b. c d", "a this. And b. c d"},
         {"a and not b or c", "a AND NOT (b OR c)", "a", "a c"},
         {"a not w/5 b", "a NOT NEAR/5 b", "a", "a b"},
         {"white house and ban", "\"white house\" AND ban", "White House ban", "house ban, white"},
         {"hlead(huawei)", "(title, lead):huawei"},
         {"headline(huawei or zte) and language(english)", "(title:huawei OR title:zte) AND lang:en", "ZTE | x",
          "x | ZTE"},
         {"atleast3(huawei)", "huawei{3,}", "Huawei huawei huawei", "Huawei huawei"},
         {"atleast2(a and b)", "a{2,} AND b{2,}", "a b a b", "a b a"},
         {"allcaps(aid)", "=AID", "AID", "aid"},
         {"colo*r", "colo?r", "colour", "colouur"},
         {"bank*", "bank OR bank?", "banks", "banking"},
         {"length > 500 and x", "words: > 500 AND x"}});
  TranslationOptions plurals;
  plurals.plurals = true;
  Check(Dialect::kLexisNexis,
        {{"bank w/3 policy", "(bank OR banks) NEAR/3 (policy OR policies)", "banks of policies", "bankers"},
         {"\"bank\"", "bank"}},
        plurals);
}

TEST(ImportTest, ReadsElasticsearchJson) {
  const auto import = [](std::string_view text) {
    std::size_t at = 0;
    const auto json = ReadJson(text, at);
    EXPECT_TRUE(json) << text;
    const ParsedQuery parsed = ParseElasticQuery(*json, false);
    return parsed.query ? TextOf(TranslateQuery(*parsed.query, {})) : "";
  };
  EXPECT_EQ(import(R"({"query":{"match":{"title":"huawei ban"}}})"), "title:huawei OR title:ban");
  EXPECT_EQ(import(R"({"match":{"title":{"query":"huawei ban","operator":"and"}}})"), "title:huawei AND title:ban");
  EXPECT_EQ(import(R"({"match_phrase":{"body":{"query":"huawei ban","slop":1}}})"), "body:huawei ONEAR/1 body:ban");
  EXPECT_EQ(
      import(
          R"({"span_near":{"clauses":[{"span_term":{"body":"a"}},{"span_term":{"body":"b"}}],"slop":4,"in_order":false}})"),
      "body:a NEAR/4 body:b");
  EXPECT_EQ(
      import(
          R"({"span_near":{"clauses":[{"span_term":{"body":"a"}},{"span_term":{"body":"b"}}],"slop":0,"in_order":true}})"),
      "body:\"a b\"");
  EXPECT_EQ(
      import(
          R"({"bool":{"must":{"prefix":{"title":"tele"}},"must_not":[{"term":{"lang":"de"}}],"filter":[{"terms":{"country":["PL","SE"]}}]}})"),
      "title:tele* AND (country:PL OR country:SE) AND NOT lang:de");
  EXPECT_EQ(
      import(
          R"({"bool":{"should":[{"term":{"body":"a"}},{"term":{"body":"b"}},{"term":{"body":"c"}}],"minimum_should_match":2}})"),
      "2 OF (body:a, body:b, body:c)");
  EXPECT_EQ(
      import(
          R"({"bool":{"should":[{"term":{"body":"a"}},{"term":{"body":"b"}},{"term":{"body":"c"}}],"minimum_should_match":"-1"}})"),
      "2 OF (body:a, body:b, body:c)");
  EXPECT_EQ(import(R"({"bool":{"must":[{"term":{"body":"a"}}],"should":[{"term":{"body":"b"}}]}})"), "body:a");
  EXPECT_EQ(import(R"({"wildcard":{"title":{"value":"b?n*"}}})"), R"(title:/\bb\wn\w*\b/i)");
  EXPECT_EQ(import(R"({"query_string":{"query":"huawei AND ban","fields":["title^2","body"]}})"),
            "(title:huawei AND title:ban) OR (body:huawei AND body:ban)");
  EXPECT_EQ(
      import(
          R"({"intervals":{"body":{"all_of":{"intervals":[{"match":{"query":"a"}},{"any_of":{"intervals":[{"match":{"query":"b"}},{"prefix":{"prefix":"cde"}}]}}],"max_gaps":5,"ordered":true}}}})"),
      "body:a ONEAR/5 (body:b OR body:cde*)");
}

// "effect: part of the query".
std::vector<std::string> Told(Dialect dialect, std::string_view query) {
  std::vector<std::string> told;
  for (const QueryNote& note : Import(dialect, query).notes)
    told.push_back(std::string(Name(note.effect)) + ": " + std::string(note.place.Of(query)));
  return told;
}

TEST(ImportTest, TellsWhatHasNoEqualAndWhatThatDoes) {
  EXPECT_THAT(Told(Dialect::kMeltwater, "huawei AND author:doe"), ElementsAre("widened: author:doe"));
  EXPECT_THAT(Told(Dialect::kMeltwater, "huawei OR author:doe"), ElementsAre("narrowed: author:doe"));
  EXPECT_THAT(Told(Dialect::kMeltwater, "huawei AND NOT author:doe"), ElementsAre("widened: author:doe"));
  EXPECT_THAT(Told(Dialect::kMeltwater, "huawei AND NOT (zte OR author:doe)"), ElementsAre("widened: author:doe"));
  EXPECT_THAT(Told(Dialect::kMeltwater, "huawei AND NOT (zte AND author:doe)"), ElementsAre("narrowed: author:doe"));
  EXPECT_THAT(Told(Dialect::kMeltwater, "huawei AND NOT hu*"), ElementsAre("widened: hu*"));
  EXPECT_THAT(Told(Dialect::kMeltwater, "a NEAR/150 b"), ElementsAre("narrowed: a NEAR/150 b"));
  EXPECT_THAT(Told(Dialect::kMeltwater, "a NEAR/500 b"), ElementsAre("widened: a NEAR/500 b"));
  EXPECT_THAT(Told(Dialect::kLexisNexis, "a w/seg b"), ElementsAre("widened: w/seg"));
  EXPECT_THAT(Told(Dialect::kLucene, "huawei AND date:[2024-01-01 TO *]"),
              ElementsAre("widened: date:[2024-01-01 TO *]"));
  EXPECT_THAT(Told(Dialect::kLucene, "huawei AND lang:klingonish"), ElementsAre("widened: klingonish"));
  EXPECT_THAT(Told(Dialect::kLucene, "foo:huawei"), ElementsAre("widened: foo:huawei"));
  EXPECT_THAT(Told(Dialect::kLucene, "\"a b c\"~3"), ElementsAre("widened: \"a b c\"~3"));
  EXPECT_THAT(Told(Dialect::kLucene, "zte~1"), ElementsAre("narrowed: zte~1"));
  EXPECT_THAT(Told(Dialect::kMeltwater, "(huawei OR zte) NEAR/10 \"phase out\""), IsEmpty());
  EXPECT_THAT(Told(Dialect::kMeltwater, "author:doe"), ElementsAre("none: author:doe", "narrowed: author:doe"));
}

TEST(ImportTest, ReadsOverMistakesAndSaysWhere) {
  EXPECT_EQ(TextOf(Import(Dialect::kMeltwater, "(a AND (b OR c)")), "a AND (b OR c)");
  EXPECT_EQ(TextOf(Import(Dialect::kMeltwater, "a) AND b")), "a AND b");
  EXPECT_EQ(TextOf(Import(Dialect::kMeltwater, "a AND OR b")), "a OR b");
  EXPECT_EQ(TextOf(Import(Dialect::kMeltwater, "a AND \"b c")), "a AND \"b c\"");
  EXPECT_EQ(TextOf(Import(Dialect::kMeltwater, "a AND ()")), "a");
  EXPECT_THAT(Told(Dialect::kMeltwater, "(a AND (b OR c)"), ElementsAre("changed: ("));
  EXPECT_THAT(Told(Dialect::kMeltwater, "a) AND b"), testing::Contains("changed: )"));
  EXPECT_EQ(TextOf(Import(Dialect::kMeltwater, std::string(1000, '('))), "");
  EXPECT_EQ(TextOf(Import(Dialect::kLucene, "a\xff")), "");
}

// The tables of docs/import.md, each under the name of its dialect.
TEST(ImportTest, DoesWhatThePageSays) {
  std::ifstream page(SourceDirectory() / "docs/import.md");
  std::optional<Dialect> dialect;
  int rows = 0;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("## ")) dialect = FindDialect(std::string_view(line).substr(3));
    if (!dialect || !line.starts_with("| `") || !line.ends_with("` |")) continue;
    const std::size_t middle = line.find("` | `");
    ASSERT_NE(middle, std::string::npos) << line;
    EXPECT_EQ(TextOf(Import(*dialect, std::string_view(line).substr(3, middle - 3))),
              std::string_view(line).substr(middle + 5, line.size() - middle - 8))
        << line;
    ++rows;
  }
  EXPECT_GE(rows, 40);
}

// ---- Files and packs

ImportOptions OptionsFor(Dialect dialect) {
  ImportOptions options;
  options.translation.dialect = dialect;
  options.file = "queries.txt";
  options.pack = "queries";
  options.owner = "desk's";
  return options;
}

ImportedPack ImportFile(Dialect dialect, std::string_view text, QueryFileFormat format = QueryFileFormat::kLines) {
  const auto queries = ReadQueryFile(text, format);
  EXPECT_TRUE(queries);
  auto pack = ImportQueries(text, *queries, OptionsFor(dialect));
  EXPECT_TRUE(pack) << pack.error().message;
  return *std::move(pack);
}

TEST(ImportTest, MakesAPackThatLoadsWithPlacesInTheFile) {
  const ImportedPack pack =
      ImportFile(Dialect::kMeltwater, "# desk\n\nhuawei AND 'it''s' AND @x:y\nzte AND author:doe\nNOT zte\n");
  ASSERT_EQ(pack.rules.size(), 2u);
  EXPECT_EQ(pack.failed, 1u);
  EXPECT_EQ(pack.rules[1].place.line, 4u);
  const LoadedPacks loaded = LoadPackText(pack.yaml, "queries.yaml");
  EXPECT_FALSE(HasErrors(loaded.diagnostics)) << Render(loaded.diagnostics);
  ASSERT_EQ(loaded.packs.size(), 1u);
  EXPECT_EQ(loaded.packs[0]->owner, "desk's");
  EXPECT_EQ(loaded.packs[0]->topics[1].rules[0].match_text, "zte");
}

TEST(ImportTest, TellsThePlaceInTheFile) {
  const ImportedPack pack = ImportFile(
      Dialect::kMeltwater, "name,query\n\"Z, T\",\"zte AND \"\"b c\"\" AND author:doe\"\n", QueryFileFormat::kCsv);
  ASSERT_EQ(pack.rules.size(), 1u);
  EXPECT_EQ(pack.rules[0].id, "z-t");
  EXPECT_EQ(pack.rules[0].title, "Z, T");
  ASSERT_EQ(pack.findings.size(), 1u);
  EXPECT_THAT(Render(pack.findings[0].diagnostic),
              HasSubstr("queries.txt:2:29: warning[no-equal]: this has no equal here: 'author:'"));
  EXPECT_EQ(pack.findings[0].diagnostic.length, 10u);
}

TEST(ImportTest, ReadsJsonOfSeveralShapes) {
  const ImportedPack pack = ImportFile(Dialect::kLucene,
                                       R"([{"name":"one","query":"a \"b c\""}, "d"]
{"index":{"_id":"two/r"}}
{"query":{"term":{"title":"x"}}}
{"match_all":{}}
)",
                                       QueryFileFormat::kJson);
  std::vector<std::string> rules;
  for (const ImportedRule& rule : pack.rules) rules.push_back(rule.id + ": " + rule.match);
  EXPECT_THAT(rules, ElementsAre("one: a OR \"b c\"", "d: d", "two-r: title:x"));
  EXPECT_EQ(pack.failed, 1u);
}

TEST(ImportTest, MakesListsOfLongGroups) {
  std::string query = "title:(";
  for (int i = 0; i < 2000; ++i)
    query += (i == 0 ? "" : " OR ") + std::string(i % 3 == 0 ? "\"long name " : "\"vendor ") + std::to_string(i) + "\"";
  query += ") NEAR/10 (ban OR bans)";
  ASSERT_GT(query.size(), 20'000u);
  const ImportedPack pack = ImportFile(Dialect::kMeltwater, query, QueryFileFormat::kWhole);
  ASSERT_EQ(pack.rules.size(), 1u);
  EXPECT_THAT(pack.rules[0].match, testing::MatchesRegex("title:@[a-z0-9-]+ NEAR/10 \\(ban OR bans\\)"));
  EXPECT_THAT(pack.findings, IsEmpty());
}

TEST(ImportTest, PutsAllQueriesIntoOneTopicWhereAskedTo) {
  ImportOptions options = OptionsFor(Dialect::kLucene);
  options.topic = "bans";
  const std::string text = "huawei\nzte\n";
  const auto pack = ImportQueries(text, *ReadQueryFile(text, QueryFileFormat::kLines), options);
  ASSERT_TRUE(pack);
  const LoadedPacks loaded = LoadPackText(pack->yaml, "p.yaml");
  ASSERT_EQ(loaded.packs.size(), 1u);
  ASSERT_EQ(loaded.packs[0]->topics.size(), 1u);
  EXPECT_EQ(loaded.packs[0]->topics[0].rules.size(), 2u);
}

TEST(ImportTest, GuessesTheFormat) {
  EXPECT_EQ(GuessQueryFormat("x.csv", ""), QueryFileFormat::kCsv);
  EXPECT_EQ(GuessQueryFormat("x", "name,query\n"), QueryFileFormat::kCsv);
  EXPECT_EQ(GuessQueryFormat("x", "Query\tId\n"), QueryFileFormat::kTsv);
  EXPECT_EQ(GuessQueryFormat("x", " {\"query\": \"a\"}"), QueryFileFormat::kJson);
  EXPECT_EQ(GuessQueryFormat("x", "{ZTE} AND ban"), QueryFileFormat::kLines);
  EXPECT_EQ(GuessQueryFormat("x", "huawei, zte"), QueryFileFormat::kLines);
}

// ---- Anything at all

TEST(ImportTest, TakesWhateverItIsGiven) {
  std::mt19937 random(7);
  const std::vector<std::string> pieces = {"(",
                                           ")",
                                           "\"",
                                           "AND",
                                           "OR",
                                           "NOT",
                                           "NEAR/5",
                                           "NEAR/5f",
                                           "w/s",
                                           "PRE/3",
                                           "~2",
                                           "^3",
                                           "{",
                                           "}",
                                           "[a TO b]",
                                           "title:",
                                           "lang:",
                                           "lang:en",
                                           "author:",
                                           "/x.*/",
                                           "*",
                                           "?",
                                           "hu*",
                                           "+",
                                           "-",
                                           "++",
                                           "!",
                                           "\\",
                                           "&&",
                                           "||",
                                           "atleast3(",
                                           "allcaps(",
                                           "length",
                                           ">",
                                           "5",
                                           "word",
                                           "zwei",
                                           "\xc3\xa9t\xc3\xa9",
                                           "\xe5\x8d\x8e",
                                           "\xff",
                                           "\x01",
                                           "\n",
                                           " ",
                                           " ",
                                           " ",
                                           "'",
                                           "@l",
                                           "~",
                                           ":",
                                           "://",
                                           ","};
  std::size_t imported = 0;
  for (int i = 0; i < 6000; ++i) {
    std::string text;
    const int count = 1 + static_cast<int>(random() % 14);
    for (int j = 0; j < count; ++j) {
      text += random() % 20 == 0 ? std::string(1, static_cast<char>(random() % 256)) : pieces[random() % pieces.size()];
      if (random() % 2 == 0) text += ' ';
    }
    const auto dialect = static_cast<Dialect>(i % 5);
    const TranslatedQuery translated = Import(dialect, text, {}, i % 2 == 0);
    for (const QueryNote& note : translated.notes)
      ASSERT_LE(note.place.end, std::max<std::size_t>(text.size(), 1)) << text;
    if (!translated.expression) continue;
    // What is made can be printed, and what is printed is read as the same or refused as a whole.
    const std::string printed = ToText(*translated.expression);
    const ParsedExpression read = ParseExpression(printed, {});
    if (!read.expression) {
      EXPECT_THAT(read.errors[0].code,
                  testing::AnyOf("nothing-required", "near-scopes", "regex-not-supported", "empty-regex", "of-entries"))
          << text << "\n"
          << printed << "\n"
          << read.errors[0].message;
      continue;
    }
    ++imported;
    EXPECT_EQ(ToText(*read.expression), printed) << text;
  }
  EXPECT_GT(imported, 2000u);
}

TEST(ImportTest, TakesWhateverJsonItIsGiven) {
  const std::string good =
      R"({"query":{"bool":{"must":[{"match":{"title":{"query":"a b","operator":"and"}}},{"span_near":{"clauses":[{"span_term":{"body":"a"}}],"slop":1}}],"minimum_should_match":"2%"}}})";
  std::mt19937 random(11);
  for (int i = 0; i < 4000; ++i) {
    std::string text = good;
    for (std::uint32_t j = 0; j <= random() % 4; ++j)
      text[random() % text.size()] = "{}[]\",:0a\\\x01\xff"[random() % 12];
    std::size_t at = 0;
    const auto json = ReadJson(text, at);
    if (!json) continue;
    const ParsedQuery parsed = ParseElasticQuery(*json, false);
    if (parsed.query) TranslateQuery(*parsed.query, {});
  }
  std::size_t at = 0;
  EXPECT_FALSE(ReadJson(std::string(100'000, '['), at));
}

}  // namespace
}  // namespace wirewatch
