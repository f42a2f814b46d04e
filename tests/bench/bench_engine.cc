// bench_engine: articles against 100 to 1,000,000 rules, on one thread, beside what else could find their terms.
//
//   bench_engine [--rules N,N,...] [--articles N] [--profile selective|dense] [--wildcards SHARE] [--peers on|off]
//   [FILE...]
//
// Files are NDJSON (plain, .zst, .gz); none: allsides of WIREWATCH_CORPUS. Rules are made from every second article
// and matched against the others (tests/support/bench_rules.h). One line for each number of rules:
//   build      seconds from packs in memory to a rule set; and bytes a rule, by the growth of the process
//   whole      decode, fold, match with spans: articles/s
//   match      the last of these alone
//   x simdjson the whole's speed as a share of simdjson's, which only parses
//   x hs_scan  the match's speed over that of one Hyperscan scan for the plain terms of the same rules
//   x RE2::Set likewise over that of RE2::Set
// Passes of all rows of a line alternate; the best of each counts. Read the ratios.

#include <fmt/format.h>
#include <malloc.h>
#include <re2/set.h>
#include <simdjson.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "pipeline/article_decoder.h"
#include "rules/fold.h"
#include "rules/hs_handles.h"
#include "rules/matcher.h"
#include "tests/support/bench_literals.h"
#include "tests/support/bench_records.h"
#include "tests/support/bench_rows.h"
#include "tests/support/bench_rules.h"

namespace wirewatch {
namespace {

constexpr int kPasses = 3;
// Larger ones take minutes to compile, or gigabytes.
constexpr std::size_t kMostHyperscanTerms = 300'000, kMostRe2Terms = 30'000;

struct Options {
  std::vector<std::size_t> rules = {100, 1'000, 10'000, 100'000};
  std::size_t articles = 4'000;
  BenchRules::Profile profile = BenchRules::Profile::kSelective;
  double wildcards = 0;
  bool peers = true;  // off: for a profile of ours alone
  std::vector<std::string> files;
};

std::unique_ptr<RE2::Set> CompileRe2(const std::vector<std::string>& terms) {
  RE2::Options options;
  options.set_literal(true);
  options.set_max_mem(std::int64_t{8} << 30);
  auto set = std::make_unique<RE2::Set>(options, RE2::UNANCHORED);
  for (const std::string& term : terms) set->Add(term, nullptr);
  if (!set->Compile()) Die("RE2::Set does not compile");
  return set;
}

// Large arrays are mapped by themselves and counted by themselves.
std::size_t AllocatedBytes() {
  const struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

void Bench(const Options& options) {
  Metrics metrics;
  auto decoder = ArticleDecoder::Create({}, {});
  if (!decoder) Die(decoder.error().message);
  const auto [for_rules, records, articles, folded] =
      ReadBenchNews(BenchFiles(options.files), options.articles, metrics);
  std::size_t json_bytes = 0;
  for (const Record& record : records) json_bytes += record.payload.size();
  BenchRules generator(options.profile, 1, for_rules);
  const double count = static_cast<double>(records.size());
  fmt::print("{} articles of {:.1f} KB JSON; {} rules; {:.0f} % of the names with *; one thread, best of {}\n\n",
             records.size(), static_cast<double>(json_bytes) / count / 1e3,
             options.profile == BenchRules::Profile::kSelective ? "selective" : "dense", options.wildcards * 100,
             kPasses);
  fmt::print("{:>9} {:>9} {:>8} {:>7} {:>9} {:>10} {:>10} {:>10} {:>9} {:>10}\n", "rules", "terms", "build s", "B/rule",
             "matches", "whole a/s", "match a/s", "x simdjson", "x hs_scan", "x RE2::Set");

  for (const std::size_t rule_count : options.rules) {
    std::vector<Pack> packs;
    packs.push_back(generator.Make(rule_count, options.wildcards));
    const std::size_t before = AllocatedBytes();
    const double begin = ThreadSeconds();
    const CompiledRules compiled = RuleSet::Compile(std::move(packs));
    const double build = ThreadSeconds() - begin;
    if (compiled.rule_set == nullptr) Die(Render(compiled.diagnostics));
    const std::size_t bytes = AllocatedBytes() - before;
    auto matcher = Matcher::Create(compiled.rule_set);
    if (!matcher) Die(matcher.error().message);

    std::size_t sink = 0, matches = 0;
    Article article;
    FoldedDocument document;
    simdjson::ondemand::parser parser;
    BenchRow whole("whole", [&] {
      matches = 0;
      for (const Record& record : records) {
        if (decoder->Decode(record.payload, record.readable_after, article)) Die("decode failed");
        const Document read = DocumentOf(article);
        Fold(read, document);
        const auto found = matcher->Match(read, document);
        if (!found) Die(found.error().message);
        for (const TopicMatch& match : *found) matches += match.rules.size();
      }
    });
    BenchRow match("match", [&] {
      for (std::size_t i = 0; i < articles.size(); ++i) {
        const auto found = matcher->Match(DocumentOf(articles[i]), folded[i]);
        if (!found) Die(found.error().message);
        sink += found->size();
      }
    });
    BenchRow parse("parse", [&] {
      for (const Record& record : records) sink += ParseAlone(parser, record.payload);
    });
    const std::vector<std::string> terms = PlainTerms(*compiled.rule_set);
    HsDatabase database;
    HsScratch scratch;
    BenchRow scan("hs_scan"), re2("RE2::Set");
    if (options.peers && terms.size() <= kMostHyperscanTerms) {
      database = CompileLiterals(terms);
      if (!scratch.GrowFor(database.get())) Die("no scratch memory");
      scan.pass = [&] {
        for (const FoldedDocument& one : folded) {
          const auto on_match = [](unsigned, unsigned long long, unsigned long long, unsigned, void* context) {
            ++*static_cast<std::size_t*>(context);
            return 0;
          };
          if (!HsScan(database.get(), scratch, one.text, on_match, &sink)) Die("hs_scan failed");
        }
      };
    }
    std::unique_ptr<RE2::Set> set;
    if (options.peers && terms.size() <= kMostRe2Terms) {
      set = CompileRe2(terms);
      re2.pass = [&] {
        std::vector<int> found;
        for (const FoldedDocument& one : folded) {
          RE2::Set::ErrorInfo error{};
          if (!set->Match(one.text, &found, &error) && error.kind != RE2::Set::kNoError)
            Die("RE2::Set ran out of memory");
          sink += found.size();
        }
      };
    }
    BenchRow* const rows[] = {&whole, &match, &parse, &scan, &re2};
    Measure(kPasses, rows);
    const auto ratio = [](const BenchRow& other, const BenchRow& ours) {
      return other.pass ? fmt::format("{:.2f}", other.seconds / ours.seconds) : "-";
    };
    fmt::print("{:>9} {:>9} {:>8.3f} {:>7.0f} {:>9} {:>10.0f} {:>10.0f} {:>9.1f}% {:>9} {:>10}\n", rule_count,
               compiled.rule_set->term_count(), build, static_cast<double>(bytes) / static_cast<double>(rule_count),
               matches, count / whole.seconds, count / match.seconds, 100 * parse.seconds / whole.seconds,
               ratio(scan, match), ratio(re2, match));
    if (sink == 0) fmt::print("\n");  // keeps the work from being optimised away
  }
}

}  // namespace
}  // namespace wirewatch

int main(int argc, char** argv) {
  using Profile = wirewatch::BenchRules::Profile;
  const std::map<std::string, Profile> profiles = {{"selective", Profile::kSelective}, {"dense", Profile::kDense}};
  wirewatch::Options options;
  CLI::App app("Articles against 100 to 1,000,000 rules, beside what else could find their terms.");
  app.add_option("--rules", options.rules, "Numbers of rules: a line of the table for each")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->capture_default_str();
  app.add_option("--articles", options.articles, "At most so many are matched")->capture_default_str();
  app.add_option("--profile", options.profile, "How rare the rules' names are: selective or dense")
      ->transform(CLI::CheckedTransformer(profiles));
  app.add_option("--wildcards", options.wildcards, "The share of the names that end with *")->check(CLI::Range(0., 1.));
  app.add_option("--peers", options.peers, "off: for a profile of ours alone");
  app.add_option("files", options.files, "NDJSON, plain, .zst or .gz; none: allsides of WIREWATCH_CORPUS");
  CLI11_PARSE(app, argc, argv);
  wirewatch::Bench(options);
}
