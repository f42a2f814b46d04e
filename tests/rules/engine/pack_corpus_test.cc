// The engine against the reference matcher: the shipped packs on articles of the corpus that WIREWATCH_CORPUS names:
// one part in sixteen, or all of them with WIREWATCH_CORPUS_PARTS=1.
#include <gtest/gtest.h>

#include <atomic>
#include <iostream>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/diagnostic.h"
#include "rules/engine/matcher.h"
#include "rules/engine/rule_set.h"
#include "rules/pack/pack_files.h"
#include "rules/pack/pack_loader.h"
#include "tests/support/corpus.h"
#include "tests/support/difference.h"
#include "tests/support/source_directory.h"

namespace wirewatch {
namespace {

TEST(PackCorpusTest, EngineEqualsReferenceOnTheCorpus) {
  const auto corpus = CorpusFiles();
  if (corpus.empty()) GTEST_SKIP() << "WIREWATCH_CORPUS names no directory with *.ndjson.zst: nothing was compared";
  const auto files = FindPackFiles({SourceDirectory() / "rules" / "packs"});
  ASSERT_TRUE(files) << files.error().message;
  LoadedPacks loaded = LoadPacks(*files);
  ASSERT_FALSE(HasErrors(loaded.diagnostics)) << Render(loaded.diagnostics);
  const CompiledRules compiled = RuleSet::Compile(std::move(loaded.packs));
  ASSERT_NE(compiled.rule_set, nullptr) << Render(compiled.diagnostics);

  std::atomic<std::size_t> next_file = 0, articles = 0, matched = 0;
  std::mutex report_mutex;
  std::vector<std::string> reports;
  const auto work = [&] {
    const auto report = [&](std::string text) {
      const std::lock_guard lock(report_mutex);
      reports.push_back(std::move(text));
    };
    auto matcher = Matcher::Create(compiled.rule_set);
    if (!matcher) return report(matcher.error().message);
    FoldedDocument folded;
    for (std::size_t i; (i = next_file++) < corpus.size();) {
      const Status status = ReadArticles(corpus[i], [&](const StoredArticle& article) {
        if (!IsInCorpusPart(article.id)) return;
        const auto comparison = Compare(*matcher, article.document(), folded);
        if (!comparison) return report(comparison.error().message + " on article " + article.id);
        if (!comparison->equal()) return report(Describe(*compiled.rule_set, article, *comparison));
        ++articles;
        matched += comparison->engine.size();
      });
      if (!status) report(status.error().message);
    }
  };
  std::thread other(work);
  work();
  other.join();
  for (const std::string& report : reports) ADD_FAILURE() << report;
  EXPECT_GT(matched, 0u);
  std::cout << articles << " articles, " << compiled.rule_set->topics().size() << " topics, " << matched
            << " matches, one part in " << CorpusParts() << " of the corpus\n";
}

}  // namespace
}  // namespace wirewatch
