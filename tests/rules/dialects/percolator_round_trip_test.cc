// Random expressions, exported to Elasticsearch's JSON and imported again, hold on the same articles.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "rules/dialects/elastic_query.h"
#include "rules/dialects/json_tree.h"
#include "rules/dialects/percolator_query.h"
#include "rules/dialects/query_translation.h"
#include "rules/language/expression.h"
#include "rules/reference/reference_matcher.h"
#include "tests/support/corpus.h"
#include "tests/support/rule_generator.h"

namespace wirewatch {
namespace {

// What is exact here, and not there; and a NOT NEAR in the summary, which is a part of the lead here.
bool Keeps(Expression& e) {
  if (e.kind == Expression::Kind::kNear && e.negated) {
    for (Expression& side : e.children) {
      side.term.scope = Scope::kBody;
      for (Expression& term : side.children) term.term.scope = Scope::kBody;
    }
  }
  return std::all_of(e.children.begin(), e.children.end(), Keeps);
}

bool ChangesNothing(const std::vector<QueryNote>& notes) {
  return std::all_of(notes.begin(), notes.end(), [](const QueryNote& n) { return n.effect == QueryEffect::kNone; });
}

TEST(PercolatorRoundTripTest, KeepsTheMeaning) {
  const std::vector<StoredArticle>& articles = SampleArticles();
  std::vector<const StoredArticle*> tried;
  for (std::size_t i = 0; i < articles.size() && tried.size() < 60; i += 1 + articles.size() / 60)
    tried.push_back(&articles[i]);
  std::vector<Document> documents;  // which the evaluations borrow
  for (const StoredArticle* article : tried) documents.push_back(article->document());
  std::vector<ReferenceEvaluation> evaluations;
  for (const Document& document : documents) evaluations.emplace_back(document);
  RuleGenerator generator(20'260, articles);
  int compared = 0, held = 0;
  for (int i = 0; i < 6000; ++i) {
    Expression expression = generator.MakeExpression(i % 4);
    if (!Keeps(expression)) continue;
    // The generator's terms may be none that an analyst can write: `x~2`.
    const ParsedExpression written = ParseExpression(ToText(expression), {});
    if (!written.expression && written.errors[0].code != "nothing-required") continue;
    const PercolatorQuery exported = MakePercolatorQuery(expression);
    if (exported.json.empty() || !ChangesNothing(exported.notes)) continue;
    std::size_t at = 0;
    const auto json = ReadJson(exported.json, at);
    ASSERT_TRUE(json) << exported.json;
    ASSERT_EQ(at, exported.json.size());
    const ParsedQuery parsed = ParseElasticQuery(*json, false);
    ASSERT_TRUE(parsed.query) << exported.json;
    const TranslatedQuery imported = TranslateQuery(*parsed.query, {});
    if (exported.json.find("match_none") != std::string::npos) continue;
    ASSERT_TRUE(imported.expression) << ToText(expression) << "\n" << exported.json;
    if (!ChangesNothing(imported.notes) || !ChangesNothing(parsed.notes)) continue;
    ++compared;
    for (std::size_t a = 0; a < tried.size(); ++a) {
      const bool holds = evaluations[a].Holds(expression);
      held += holds ? 1 : 0;
      ASSERT_EQ(evaluations[a].Holds(*imported.expression), holds) << tried[a]->id << "\n"
                                                                   << ToText(expression) << "\n"
                                                                   << exported.json << "\n"
                                                                   << ToText(*imported.expression);
    }
  }
  EXPECT_GT(compared, 500);
  EXPECT_GT(held, 1000);
}

}  // namespace
}  // namespace wirewatch
