// The engine against the reference matcher on generated rules: about our own small articles always, and about the
// corpus that WIREWATCH_CORPUS names: four rule sets of 320 topics, 64 with WIREWATCH_CORPUS_PARTS=1. WIREWATCH_SEED
// chooses other rules than the usual ones.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "rules/engine/matcher.h"
#include "rules/engine/rule_set.h"
#include "rules/lanes/regex_lane.h"
#include "rules/language/expression.h"
#include "rules/language/expression_words.h"
#include "rules/text/text_unit.h"
#include "tests/support/corpus.h"
#include "tests/support/difference.h"
#include "tests/support/rule_generator.h"

namespace wirewatch {
namespace {

std::uint64_t Seed() {
  const char* seed = std::getenv("WIREWATCH_SEED");
  return seed != nullptr ? std::strtoull(seed, nullptr, 10) : 1;
}

// How often each part of the language was in a rule, and in one that held: a comparison in which nothing ever holds
// proves nothing.
class Coverage {
 public:
  void Count(const RuleSet& rule_set, const std::vector<TopicMatch>& matches) {
    for (const Topic* topic : rule_set.topics()) {
      for (const Rule& rule : topic->rules) Visit(rule.match, &Counts::written);
      if (topic->unless) ++counts_["unless"].written;
      if (!topic->languages.empty()) ++counts_["languages"].written;
    }
    for (const TopicMatch& match : matches) {
      const Topic& topic = *rule_set.topics()[match.topic];
      for (const std::uint32_t rule : match.rules) VisitHeld(topic.rules[rule].match);
      for (const MatchSpan& span : match.spans) ++counts_[NameOf(rule_set.term(span.term))].held;
      for (const MatchSpan& span : match.spans) CountScope(rule_set.term(span.term));
      if (topic.unless) ++counts_["unless"].held;
      if (!topic.languages.empty()) ++counts_["languages"].held;
    }
  }

  void ExpectAllHeld() const {
    std::cout << "covered (part of the language: in rules, in what held)\n";
    for (const auto& [name, counts] : counts_) {
      std::cout << "  " << name << ": " << counts.written << ", " << counts.held << "\n";
      EXPECT_GT(counts.held, 0u) << name << " never held";
    }
    EXPECT_GE(counts_.size(), 58u) << "the generator leaves parts of the language out";
  }

 private:
  struct Counts {
    std::size_t written = 0, held = 0;
  };

  static std::string NameOf(const Term& term) {
    const bool phrase = term.text.find(' ') != std::string::npos;
    switch (term.kind) {
      case Term::Kind::kRegex: return term.ignore_case ? "regex i" : "regex";
      case Term::Kind::kExact: return phrase ? "exact phrase" : "exact word";
      case Term::Kind::kWords: break;
    }
    if (term.han_same) return phrase ? "phrase of any Han" : "word of any Han";
    if (term.text.find("~1") != std::string::npos) return phrase ? "phrase with ~1" : "word with ~1";
    if (term.text.find("~2") != std::string::npos) return phrase ? "phrase with ~2" : "word with ~2";
    if (term.text.find('~') != std::string::npos) {
      return std::string(phrase ? "phrase with ~" : "word with ~") +
             (term.languages != 0 ? " of a topic's languages" : "");
    }
    if (term.text.find('*') != std::string::npos) return phrase ? "phrase with *" : "word with *";
    if (term.text.find('?') != std::string::npos) return phrase ? "phrase with ?" : "word with ?";
    return phrase ? "phrase" : "word";
  }
  static std::string NameOf(const Expression& e) {
    switch (e.kind) {
      case Expression::Kind::kTerm: return NameOf(e.term);
      case Expression::Kind::kAttribute:
        return "attribute " + std::to_string(static_cast<int>(e.attribute)) +
               (e.value.starts_with("*.") ? " *." : " " + std::string(Sign(e.comparison)));
      case Expression::Kind::kAnd: return "AND";
      case Expression::Kind::kOr: return "OR";
      case Expression::Kind::kNot: return "NOT";
      case Expression::Kind::kNear: return std::string(e.negated ? "NOT " : "") + (e.ordered ? "ONEAR" : "NEAR");
      case Expression::Kind::kAtLeast: return "OF";
      case Expression::Kind::kRepeated: return "{n,}";
      case Expression::Kind::kSame:
        return (e.negated ? "NOT SAME " : "SAME ") +
               std::string(e.unit == TextUnit::kSentence ? "SENTENCE" : "PARAGRAPH");
    }
    std::abort();
  }

  void CountScope(const Term& term) {
    if (term.scope != Scope::kAnywhere) ++counts_["scope " + std::to_string(static_cast<int>(term.scope))].held;
  }
  void Visit(const Expression& e, std::size_t Counts::*count) {
    ++(counts_[NameOf(e)].*count);
    if (e.kind == Expression::Kind::kTerm && e.term.scope != Scope::kAnywhere) {
      ++(counts_["scope " + std::to_string(static_cast<int>(e.term.scope))].*count);
    }
    for (const Expression& child : e.children) Visit(child, count);
  }
  void VisitHeld(const Expression& e) {
    if (e.kind != Expression::Kind::kTerm) ++counts_[NameOf(e)].held;
    for (const Expression& child : e.children) VisitHeld(child);
  }

  std::map<std::string, Counts> counts_;
};

// Whether Hyperscan takes the regular expressions of `e`.
bool TakesRegexes(const Expression& e) {
  if (e.kind == Expression::Kind::kTerm && e.term.kind == Term::Kind::kRegex && FindRegexProblem(e.term)) return false;
  return std::all_of(e.children.begin(), e.children.end(), TakesRegexes);
}
bool TakesRegexes(const Topic& topic) {
  return (!topic.unless || TakesRegexes(*topic.unless)) &&
         std::all_of(topic.rules.begin(), topic.rules.end(), [](const Rule& rule) { return TakesRegexes(rule.match); });
}

// `sets` rule sets of `topics` topics each about some articles; each set is put to `articles_per_set` of them. The
// number of pairs of a rule and an article that were compared.
std::size_t CompareAll(const std::vector<StoredArticle>& articles, std::size_t sets, std::size_t topics,
                       std::size_t articles_per_set) {
  Coverage coverage;
  std::size_t expressions = 0, compared = 0, matched = 0, refused = 0;
  for (std::size_t set = 0; set < sets; ++set) {
    std::vector<StoredArticle> some;
    for (std::size_t i = 0; i < articles_per_set; ++i)
      some.push_back(articles[(set * articles_per_set + i) % articles.size()]);
    RuleGenerator generator(Seed() * 1'000'003 + set, some);
    std::vector<Topic> generated;
    std::size_t rules = 0;
    while (generated.size() < topics) {
      Topic topic = generator.MakeTopic("topic-" + std::to_string(set) + "-" + std::to_string(generated.size()));
      if (!TakesRegexes(topic)) {
        ++refused;
        continue;
      }
      rules += topic.rules.size();
      generated.push_back(std::move(topic));
    }
    expressions += rules;
    const auto rule_set = set % 2 == 0 ? CompileTopics(std::move(generated)) : CompileByEdits(std::move(generated));
    auto matcher = Matcher::Create(rule_set);
    if (!matcher) return ADD_FAILURE() << matcher.error().message, 0;
    FoldedDocument folded;
    for (const StoredArticle& article : some) {
      const auto comparison = Compare(*matcher, article.document(), folded);
      if (!comparison) return ADD_FAILURE() << comparison.error().message << " on article " << article.id, 0;
      if (!comparison->equal()) {
        return ADD_FAILURE() << "seed " << Seed() << ", set " << set << ": "
                             << Describe(*rule_set, article, *comparison),
               0;
      }
      coverage.Count(*rule_set, comparison->engine);
      compared += rules;
      matched += comparison->engine.size();
    }
  }
  std::cout << expressions << " expressions (" << refused << " topics refused by Hyperscan), " << compared
            << " pairs of a rule and an article compared, " << matched << " topics matched\n";
  EXPECT_LT(refused * 20, expressions);
  coverage.ExpectAllHeld();
  return compared;
}

TEST(DifferentialTest, EngineEqualsReferenceOnTheSampleArticles) {
  EXPECT_GT(CompareAll(SampleArticles(), 100, 20, SampleArticles().size()), 10'000u);
}

TEST(DifferentialTest, EngineEqualsReferenceOnTheCorpus) {
  const auto files = CorpusFiles();
  if (files.empty())
    GTEST_SKIP() << "WIREWATCH_CORPUS names no directory with *.ndjson.zst: only our own articles were compared";
  // As many of each file, taken from all over it.
  constexpr std::size_t kArticles = 2000;
  const std::size_t per_file = kArticles / files.size() + 1;
  std::vector<StoredArticle> articles;
  for (const auto& file : files) {
    std::vector<StoredArticle> sample;
    std::size_t seen = 0, read = 0;
    std::mt19937_64 random(Seed());
    const Status status = ReadArticles(file, [&](StoredArticle article) {
      // The reference takes its time: a tenth of the articles may be long.
      if (article.body.size() > (++read % 10 == 0 ? 20'000u : 3'000u)) return;
      ++seen;
      if (sample.size() < per_file) {
        sample.push_back(std::move(article));
      } else if (const std::size_t place = random() % seen; place < per_file) {
        sample[place] = std::move(article);
      }
    });
    ASSERT_TRUE(status) << status.error().message;
    for (StoredArticle& article : sample) articles.push_back(std::move(article));
  }
  std::mt19937_64 random(Seed());
  for (std::size_t i = articles.size(); i > 1; --i) std::swap(articles[i - 1], articles[random() % i]);
  articles.resize(std::min(articles.size(), kArticles));
  std::cout << articles.size() << " articles of " << files.size() << " files\n";
  const std::size_t sets = std::max<std::size_t>(64 / CorpusParts(), 4);
  EXPECT_GE(CompareAll(articles, sets, 320, 80), sets * 30'000);
}

}  // namespace
}  // namespace wirewatch
