// bench_parts: the parts of the engine under Google Benchmark, to compare one build with another; what they cost beside
// other programs, bench_engine and bench_pipeline tell.
//
//   bench_parts [--benchmark_filter=BM_Match] [--benchmark_out=before.json] ... (--help has them all)
//
//   BM_Decode         a record's bytes to an article; bytes of JSON
//   BM_Fold           an article's texts to words; bytes of these texts
//   BM_Match/rules:N  one article's words against N rules, with spans; bytes of the same texts
//
// An iteration is a pass over all articles, 4,000 of WIREWATCH_CORPUS; without it, over as many generated ones
// (tests/support/bench_articles.h). items_per_second is articles a second of processor time, on one thread. Rules are
// made as those of bench_engine, from other articles. That Debian's library warns of being built for debugging does not
// matter where an iteration takes milliseconds.

#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstdlib>
#include <map>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "monitoring/metrics.h"
#include "pipeline/decode/article_decoder.h"
#include "rules/engine/matcher.h"
#include "rules/text/fold.h"
#include "tests/support/bench_articles.h"
#include "tests/support/bench_records.h"
#include "tests/support/bench_rules.h"

namespace wirewatch {
namespace {

constexpr std::size_t kArticles = 4'000;

bool HasCorpus() { return std::getenv("WIREWATCH_CORPUS") != nullptr; }

// Read by the first who asks, which must not be a loop that is measured.
const BenchNews& News() {
  static MetricsRegistry metrics;
  static const BenchNews news =
      HasCorpus() ? ReadBenchNews(BenchFiles({}), kArticles, metrics) : ToBenchNews(GenerateRecords(2 * kArticles));
  return news;
}

// Google Benchmark calls a function several times, to find out how many iterations it needs: the rules are kept.
std::shared_ptr<const RuleSet> RulesOf(std::size_t count) {
  static std::map<std::size_t, std::shared_ptr<const RuleSet>> made;
  std::shared_ptr<const RuleSet>& rules = made[count];
  if (rules == nullptr) {
    std::vector<Pack> packs;
    packs.push_back(BenchRules(BenchRules::Profile::kSelective, 1, News().for_rules).Make(count));
    const CompiledRules compiled = RuleSet::Compile(std::move(packs));
    if (compiled.rule_set == nullptr) Die(Render(compiled.diagnostics));
    rules = compiled.rule_set;
  }
  return rules;
}

std::size_t JsonBytes() {
  std::size_t bytes = 0;
  for (const Record& record : News().records) bytes += record.payload.size();
  return bytes;
}

std::size_t TextBytes() {
  std::size_t bytes = 0;
  for (const Article& article : News().articles) {
    for (const std::string_view text : DocumentOf(article).texts) bytes += text.size();
  }
  return bytes;
}

void Count(benchmark::State& state, std::size_t bytes) {
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(News().records.size()));
}

void BM_Decode(benchmark::State& state) {
  auto decoder = ArticleDecoder::Create({}, {});
  if (!decoder) Die(decoder.error().message);
  const BenchNews& news = News();
  Article article;
  for ([[maybe_unused]] auto pass : state) {
    for (const Record& record : news.records) {
      if (decoder->Decode(record.payload, record.readable_after, article)) Die("decode failed");
      benchmark::DoNotOptimize(article);
    }
  }
  Count(state, JsonBytes());
}
BENCHMARK(BM_Decode)->Unit(benchmark::kMillisecond);

void BM_Fold(benchmark::State& state) {
  const BenchNews& news = News();
  FoldedDocument folded;
  for ([[maybe_unused]] auto pass : state) {
    for (const Article& article : news.articles) {
      Fold(DocumentOf(article), folded);
      benchmark::DoNotOptimize(folded);
    }
  }
  Count(state, TextBytes());
}
BENCHMARK(BM_Fold)->Unit(benchmark::kMillisecond);

void BM_Match(benchmark::State& state) {
  const BenchNews& news = News();
  auto matcher = Matcher::Create(RulesOf(static_cast<std::size_t>(state.range(0))));
  if (!matcher) Die(matcher.error().message);
  std::size_t matches = 0;
  for ([[maybe_unused]] auto pass : state) {
    matches = 0;
    for (std::size_t i = 0; i < news.articles.size(); ++i) {
      const auto found = matcher->Match(DocumentOf(news.articles[i]), news.folded[i]);
      if (!found) Die(found.error().message);
      matches += found->size();
    }
  }
  Count(state, TextBytes());
  state.counters["matches"] = static_cast<double>(matches);  // of a pass: two builds that differ here do other work
}
BENCHMARK(BM_Match)->ArgName("rules")->RangeMultiplier(10)->Range(100, 100'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace wirewatch

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::AddCustomContext("articles", wirewatch::HasCorpus() ? "of WIREWATCH_CORPUS" : "generated");
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
