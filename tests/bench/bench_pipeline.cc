// bench_pipeline: what each part of the pipeline costs on one thread, beside the raw limits on the same bytes, in one
// run.
//
//   bench_pipeline [--packs DIR] [--articles N] [FILE...]
//
// Files are NDJSON (plain, .zst, .gz); none: the corpus of WIREWATCH_CORPUS, else the sample wire, over and over. Each
// figure is the best of several passes over all articles; passes of all rows alternate, so that a machine whose speed
// drifts treats them alike. Read the ratios: machines differ, and this one may be busy.

#include <fmt/format.h>
#include <simdjson.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "monitoring/metrics.h"
#include "pipeline/decode/article_decoder.h"
#include "pipeline/match/article_matcher.h"
#include "rules/engine/compile_packs.h"
#include "rules/engine/matcher.h"
#include "rules/lanes/hs_database.h"
#include "rules/lanes/positions.h"
#include "rules/lanes/regex_lane.h"
#include "rules/lanes/word_lane.h"
#include "rules/text/fold.h"
#include "tests/support/bench_literals.h"
#include "tests/support/bench_records.h"
#include "tests/support/bench_rows.h"

namespace wirewatch {
namespace {

constexpr int kPasses = 5;

void Bench(const std::string& packs, std::size_t limit, const std::vector<std::string>& files) {
  MetricsRegistry metrics;
  auto compiled = CompilePacks({packs});
  if (!compiled) Die(compiled.error().message);
  if (compiled->rule_set == nullptr) Die(Render(compiled->diagnostics));
  const std::shared_ptr<const RuleSet> rules = compiled->rule_set;

  // Only records that are articles: every row then works on the same bytes.
  std::vector<Record> records;
  std::vector<Article> articles;
  auto decoder = ArticleDecoder::Create({}, {});
  if (!decoder) Die(decoder.error().message);
  for (Record& record : ReadRecords(BenchFiles(files), limit, metrics)) {
    Article article;
    if (decoder->Decode(record.payload, record.readable_after, article)) continue;
    articles.push_back(std::move(article));
    records.push_back(std::move(record));
  }
  if (records.empty()) Die("no articles");
  std::vector<FoldedDocument> folded(articles.size());
  std::size_t json_bytes = 0, text_bytes = 0, folded_bytes = 0;
  for (std::size_t i = 0; i < articles.size(); ++i) {
    const Document document = DocumentOf(articles[i]);
    Fold(document, folded[i]);
    json_bytes += records[i].payload.size();
    folded_bytes += folded[i].text.size();
    for (std::string_view text : document.texts) text_bytes += text.size();
  }

  std::vector<char> copy(16 << 20);
  simdjson::ondemand::parser parser;
  const std::vector<std::string> literals = PlainTerms(*rules);
  const HsDatabase database = CompileLiterals(literals);
  TermTable terms;
  for (std::uint32_t i = 0; i < rules->term_count(); ++i) terms.Add(rules->term(i));
  const auto regexes = RegexLane::Build(terms, PatternCache());
  const WordLane words(terms);
  WordLane::Memory word_memory(words);
  if (!regexes) Die(regexes.error().message);
  HsScratch scratch;
  RegexLane::Memory regex_memory;
  Positions positions(terms.size());
  if (!scratch.GrowFor(database.get()) || !regexes->Prepare(scratch)) Die("no scratch memory");
  auto matcher = Matcher::Create(rules);
  if (!matcher) Die(matcher.error().message);
  auto article_matcher = ArticleMatcher::Create(rules, {}, {}, RecordTime::kReceived, metrics);
  if (!article_matcher) Die(article_matcher.error().message);
  Article article;
  FoldedDocument document_folded;
  std::string lines;
  std::size_t matches = 0, sink = 0;

  BenchRow copy_json("memcpy of the JSON", [&] {
    for (const Record& record : records) {
      std::memcpy(copy.data(), record.payload.data(), std::min(record.payload.size(), copy.size()));
      sink += static_cast<unsigned char>(copy[record.payload.size() / 2]);
    }
  });
  BenchRow simdjson_alone("simdjson alone (iterate, all keys, strings unescaped)", [&] {
    for (const Record& record : records) {
      sink += ParseAlone(parser, record.payload);
    }
  });
  BenchRow hs_scan_alone(fmt::format("hs_scan alone ({} plain literals, folded text)", literals.size()), [&] {
    for (const FoldedDocument& document : folded) {
      const auto count = [](unsigned, unsigned long long, unsigned long long, unsigned, void* context) {
        ++*static_cast<std::size_t*>(context);
        return 0;
      };
      if (!HsScan(database.get(), scratch, document.text, count, &sink)) Die("hs_scan failed");
    }
  });
  BenchRow decode("decode", [&] {
    for (const Record& record : records) {
      if (decoder->Decode(record.payload, record.readable_after, article)) Die("decode failed");
    }
  });
  BenchRow fold("fold", [&] {
    for (const Article& one : articles) Fold(DocumentOf(one), document_folded);
  });
  BenchRow word_lane("word lane", [&] {
    for (std::size_t i = 0; i < articles.size(); ++i) {
      positions.Begin(folded[i]);
      words.Scan(DocumentOf(articles[i]), folded[i], word_memory, positions);
      sink += positions.found().size();
    }
  });
  BenchRow scan("scan", [&] {
    for (std::size_t i = 0; i < articles.size(); ++i) {
      const Document document = DocumentOf(articles[i]);
      positions.Begin(folded[i]);
      words.Scan(document, folded[i], word_memory, positions);
      if (!regexes->Scan(document, folded[i], scratch, regex_memory, positions)) Die("scan failed");
    }
  });
  BenchRow scan_and_evaluate("scan + evaluate", [&] {
    for (std::size_t i = 0; i < articles.size(); ++i) {
      const auto found = matcher->Match(DocumentOf(articles[i]), folded[i]);
      if (!found) Die(found.error().message);
      sink += found->size();
    }
  });
  BenchRow whole("whole: decode, fold, match, describe, JSON", [&] {
    matches = 0;
    for (const Record& record : records) {
      const Outcome<ArticleMatches> outcome = article_matcher->Process(record, WallTime());
      lines.clear();
      for (const Match& match : outcome.value.matches) AppendJson(match, lines);
      sink += lines.size();
      matches += outcome.value.matches.size();
    }
  });
  BenchRow* const rows[] = {&copy_json, &simdjson_alone, &hs_scan_alone,     &decode, &fold,
                            &word_lane, &scan,           &scan_and_evaluate, &whole};
  Measure(kPasses, rows);

  const double count = static_cast<double>(records.size());
  fmt::print(
      "{} articles, {:.1f} MB of JSON, {:.1f} MB of text, {:.1f} MB folded; {} topics, {} terms; {} matches; one "
      "thread, best of {}\n\n",
      records.size(), static_cast<double>(json_bytes) / 1e6, static_cast<double>(text_bytes) / 1e6,
      static_cast<double>(folded_bytes) / 1e6, rules->topics().size(), terms.size(), matches, kPasses);
  fmt::print("{:<56} {:>12} {:>10} {:>8} {:>10} {:>10}\n", "", "articles/s", "MB/s JSON", "us/art.", "x simdjson",
             "x hs_scan");
  for (const BenchRow* row : rows) {
    fmt::print("{:<56} {:>12.0f} {:>10.0f} {:>8.2f} {:>10.3f} {:>10.3f}\n", row->name, count / row->seconds,
               static_cast<double>(json_bytes) / 1e6 / row->seconds, row->seconds / count * 1e6,
               simdjson_alone.seconds / row->seconds, hs_scan_alone.seconds / row->seconds);
  }
  const double evaluate = scan_and_evaluate.seconds - scan.seconds;
  fmt::print("\nevaluate (scan + evaluate less scan): {:.2f} us an article\n", evaluate / count * 1e6);
  if (sink == 0) fmt::print("\n");  // keeps the work from being optimised away
}

}  // namespace
}  // namespace wirewatch

int main(int argc, char** argv) {
  std::string packs = WIREWATCH_SOURCE_DIR "/rules/packs";
  std::size_t articles = 40'000;
  std::vector<std::string> files;
  CLI::App app("What each part of the pipeline costs on one thread, beside the raw limits on the same bytes.");
  app.add_option("--packs", packs, "A rule file or a directory of them")->capture_default_str();
  app.add_option("--articles", articles, "At most so many are read")->capture_default_str();
  app.add_option("files", files, "NDJSON, plain, .zst or .gz; none: files of WIREWATCH_CORPUS");
  CLI11_PARSE(app, argc, argv);
  wirewatch::Bench(packs, articles, files);
}
