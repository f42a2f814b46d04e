// bench_engine: articles against 100 to 1,000,000 rules, on one thread, beside what else could find their terms.
//
//   bench_engine [--rules N,N,...] [--articles N] [--profile selective|dense] [--wildcards SHARE] [--threads N]
//   [--peers on|off] [FILE...]
//
// Files are NDJSON (plain, .zst, .gz); none: allsides of WIREWATCH_CORPUS. Rules are made from every second article
// and matched against the others (tests/support/bench_rules.h). One line for each number of rules:
//   build      seconds from packs in memory to a rule set; and bytes a rule, by the growth of the process
//   whole      decode, fold, match with spans: articles/s
//   match      the last of these alone
//   x simdjson the whole's speed as a share of simdjson's, which only parses
//   x hs_scan  the match's speed over that of one Hyperscan scan for the plain terms of the same rules
//   x RE2::Set likewise over that of RE2::Set
//   x 1 thread the match's rate of --threads threads on that rule set over one thread's, by the wall clock
// Below the table: the time of an article of 100 KB over that of one of 4 KB, fold and match, against 10,000 rules. The
// articles of both lengths are pieces of the same texts. More rules hold in a long piece than in its parts, since the
// words of one rule may stand far apart: so the topics are told, too.
// Then what the marks of words cost: the time of 10,000 rules of which a fifth of the names is ~name (all forms of the
// word) or name~1 (a letter wrong), over that of the same rules with name*.
// Passes of all rows of a line alternate; the best of each counts. Read the ratios.

#include <fmt/format.h>
#include <malloc.h>
#include <re2/set.h>
#include <simdjson.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "pipeline/decode/article_decoder.h"
#include "rules/engine/matcher.h"
#include "rules/lanes/hs_database.h"
#include "rules/text/fold.h"
#include "tests/support/bench_literals.h"
#include "tests/support/bench_records.h"
#include "tests/support/bench_rows.h"
#include "tests/support/bench_rules.h"

namespace wirewatch {
namespace {

constexpr int kPasses = 3;
constexpr std::size_t kRulesForLengths = 10'000;
// Larger ones take minutes to compile, or gigabytes.
constexpr std::size_t kMostHyperscanTerms = 300'000, kMostRe2Terms = 30'000;

struct Options {
  std::vector<std::size_t> rules = {100, 1'000, 10'000, 100'000};
  std::size_t articles = 4'000;
  BenchRules::Profile profile = BenchRules::Profile::kSelective;
  double wildcards = 0;
  std::size_t threads = 1;
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

Matcher MakeMatcher(const std::shared_ptr<const RuleSet>& rules) {
  auto matcher = Matcher::Create(rules);
  if (!matcher) Die(matcher.error().message);
  return *std::move(matcher);
}

std::shared_ptr<const RuleSet> Compile(Pack pack) {
  std::vector<Pack> packs;
  packs.push_back(std::move(pack));
  const CompiledRules compiled = RuleSet::Compile(std::move(packs));
  if (compiled.rule_set == nullptr) Die(Render(compiled.diagnostics));
  return compiled.rule_set;
}

// The topics that hold.
std::size_t CountTopics(Matcher& matcher, const Document& document, const FoldedDocument& folded) {
  const auto found = matcher.Match(document, folded);
  if (!found) Die(found.error().message);
  return found->size();
}

std::size_t MatchAll(Matcher& matcher, const BenchNews& news) {
  std::size_t topics = 0;
  for (std::size_t i = 0; i < news.articles.size(); ++i) {
    topics += CountTopics(matcher, DocumentOf(news.articles[i]), news.folded[i]);
  }
  return topics;
}

// Every matcher goes through all the news, in a thread of its own.
void MatchInThreads(std::span<Matcher> matchers, const BenchNews& news) {
  std::vector<std::jthread> threads;
  for (Matcher& matcher : matchers) threads.emplace_back([&] { MatchAll(matcher, news); });
}

// The bodies one after another, and again from the first, until there are so many bytes.
std::string JoinBodies(const std::vector<Article>& articles, std::size_t bytes) {
  std::string text;
  for (std::size_t i = 0; text.size() < bytes; ++i) {
    text += articles[i % articles.size()].body;
    text += '\n';
  }
  return text;
}

// Pieces of so many bytes, and what is missing to the end of a word.
std::vector<Document> CutIntoArticles(std::string_view text, std::size_t bytes) {
  std::vector<Document> articles;
  for (std::size_t end; (end = text.find_first_of(" \n", bytes)) != std::string_view::npos; text.remove_prefix(end)) {
    articles.emplace_back().texts[static_cast<std::size_t>(Field::kBody)] = text.substr(0, end);
  }
  return articles;
}

void BenchLengths(const BenchNews& news, Pack rules) {
  constexpr std::size_t kShort = 4'000, kLong = 100'000, kTogether = 4'000'000;
  Matcher matcher = MakeMatcher(Compile(std::move(rules)));
  const std::string text = JoinBodies(news.articles, kTogether);
  const std::vector<Document> short_articles = CutIntoArticles(text, kShort);
  const std::vector<Document> long_articles = CutIntoArticles(text, kLong);
  FoldedDocument folded;
  // The mean of the topics that hold.
  const auto read = [&](const std::vector<Document>& articles) {
    std::size_t topics = 0;
    for (const Document& article : articles) {
      Fold(article, folded);
      topics += CountTopics(matcher, article, folded);
    }
    return static_cast<double>(topics) / static_cast<double>(articles.size());
  };
  double short_topics = 0, long_topics = 0;
  BenchRow short_row("4 KB", [&] { short_topics = read(short_articles); });
  BenchRow long_row("100 KB", [&] { long_topics = read(long_articles); });
  BenchRow* const rows[] = {&short_row, &long_row};
  Measure(kPasses, rows);
  const double bytes = static_cast<double>(short_articles.size()) / static_cast<double>(long_articles.size());
  fmt::print(
      "\n{} rules, fold and match: an article of {} takes {:.1f} times as long as one of {}, with {:.1f} times the "
      "bytes and {:.1f} times the topics\n",
      kRulesForLengths, long_row.name, bytes * long_row.seconds / short_row.seconds, short_row.name, bytes,
      long_topics / short_topics);
}

// The same rules with *, and with each of the other marks.
void BenchMarks(const BenchNews& news, const BenchRules& rules) {
  constexpr double kMarked = 0.2;
  using Mark = BenchRules::Mark;
  const auto matcher_of = [&](Mark mark) {
    BenchRules generator = rules;
    return MakeMatcher(Compile(generator.Make(kRulesForLengths, kMarked, mark)));
  };
  Matcher plain = [&] {
    BenchRules generator = rules;
    return MakeMatcher(Compile(generator.Make(kRulesForLengths)));
  }();
  Matcher star = matcher_of(Mark::kStar), forms = matcher_of(Mark::kForms), wrong = matcher_of(Mark::kOneWrong);
  std::size_t sink = 0;
  BenchRow plain_row("none", [&] { sink += MatchAll(plain, news); });
  BenchRow star_row("name*", [&] { sink += MatchAll(star, news); });
  BenchRow forms_row("~name", [&] { sink += MatchAll(forms, news); });
  BenchRow wrong_row("name~1", [&] { sink += MatchAll(wrong, news); });
  BenchRow* const rows[] = {&plain_row, &star_row, &forms_row, &wrong_row};
  Measure(kPasses, rows);
  fmt::print("\n{} rules, {:.0f} % of the names marked: the match takes", kRulesForLengths, kMarked * 100);
  for (const BenchRow* row : {&plain_row, &forms_row, &wrong_row}) {
    fmt::print(" {:.2f} ({}){}", row->seconds / star_row.seconds, row->name, row == &wrong_row ? "" : ",");
  }
  fmt::print(" times as long as with {}\n", star_row.name);
  if (sink == 0) fmt::print("\n");
}

void Bench(const Options& options) {
  MetricsRegistry metrics;
  auto decoder = ArticleDecoder::Create({}, {});
  if (!decoder) Die(decoder.error().message);
  const BenchNews news = ReadBenchNews(BenchFiles(options.files), options.articles, metrics);
  std::size_t json_bytes = 0;
  for (const Record& record : news.records) json_bytes += record.payload.size();
  BenchRules generator(options.profile, 1, news.for_rules);
  const double count = static_cast<double>(news.records.size());
  fmt::print("{} articles of {:.1f} KB JSON; {} rules; {:.0f} % of the names with *; one thread, best of {}\n\n",
             news.records.size(), static_cast<double>(json_bytes) / count / 1e3,
             options.profile == BenchRules::Profile::kSelective ? "selective" : "dense", options.wildcards * 100,
             kPasses);
  fmt::print("{:>9} {:>9} {:>8} {:>7} {:>9} {:>10} {:>10} {:>10} {:>9} {:>10} {:>10}\n", "rules", "terms", "build s",
             "B/rule", "matches", "whole a/s", "match a/s", "x simdjson", "x hs_scan", "x RE2::Set", "x 1 thread");

  for (const std::size_t rule_count : options.rules) {
    Pack pack = generator.Make(rule_count, options.wildcards);
    const std::size_t before = AllocatedBytes();
    const double begin = ThreadSeconds();
    const std::shared_ptr<const RuleSet> rules = Compile(std::move(pack));
    const double build = ThreadSeconds() - begin;
    const std::size_t bytes = AllocatedBytes() - before;
    std::vector<Matcher> matchers;
    for (std::size_t i = 0; i < options.threads; ++i) matchers.push_back(MakeMatcher(rules));
    Matcher& matcher = matchers.front();

    std::size_t sink = 0, matches = 0;
    Article article;
    FoldedDocument document;
    simdjson::ondemand::parser parser;
    BenchRow whole("whole", [&] {
      matches = 0;
      for (const Record& record : news.records) {
        if (decoder->Decode(record.payload, record.readable_after, article)) Die("decode failed");
        const Document read = DocumentOf(article);
        Fold(read, document);
        const auto found = matcher.Match(read, document);
        if (!found) Die(found.error().message);
        for (const TopicMatch& match : *found) matches += match.rules.size();
      }
    });
    BenchRow match("match", [&] { sink += MatchAll(matcher, news); });
    BenchRow one_thread("one thread"), all_threads("all threads");
    one_thread.now = all_threads.now = WallSeconds;
    if (options.threads > 1) {
      one_thread.pass = [&] { MatchInThreads(std::span(matchers).first(1), news); };
      all_threads.pass = [&] { MatchInThreads(matchers, news); };
    }
    BenchRow parse("parse", [&] {
      for (const Record& record : news.records) sink += ParseAlone(parser, record.payload);
    });
    const std::vector<std::string> terms = PlainTerms(*rules);
    HsDatabase database;
    HsScratch scratch;
    BenchRow scan("hs_scan"), re2("RE2::Set");
    if (options.peers && terms.size() <= kMostHyperscanTerms) {
      database = CompileLiterals(terms);
      if (!scratch.GrowFor(database.get())) Die("no scratch memory");
      scan.pass = [&] {
        for (const FoldedDocument& one : news.folded) {
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
        for (const FoldedDocument& one : news.folded) {
          RE2::Set::ErrorInfo error{};
          if (!set->Match(one.text, &found, &error) && error.kind != RE2::Set::kNoError)
            Die("RE2::Set ran out of memory");
          sink += found.size();
        }
      };
    }
    BenchRow* const rows[] = {&whole, &match, &parse, &scan, &re2, &one_thread, &all_threads};
    Measure(kPasses, rows);
    const auto ratio = [](const BenchRow& other, const BenchRow& ours, double work = 1) {
      return other.pass ? fmt::format("{:.2f}", work * other.seconds / ours.seconds) : "-";
    };
    fmt::print("{:>9} {:>9} {:>8.3f} {:>7.0f} {:>9} {:>10.0f} {:>10.0f} {:>9.1f}% {:>9} {:>10} {:>10}\n", rule_count,
               rules->term_count(), build, static_cast<double>(bytes) / static_cast<double>(rule_count), matches,
               count / whole.seconds, count / match.seconds, 100 * parse.seconds / whole.seconds, ratio(scan, match),
               ratio(re2, match), ratio(one_thread, all_threads, static_cast<double>(options.threads)));
    if (sink == 0) fmt::print("\n");  // keeps the work from being optimised away
  }
  BenchLengths(news, generator.Make(kRulesForLengths, options.wildcards));
  BenchMarks(news, generator);
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
  app.add_option("--threads", options.threads, "More than 1: also match with so many threads at once")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  app.add_option("--peers", options.peers, "off: for a profile of ours alone");
  app.add_option("files", options.files, "NDJSON, plain, .zst or .gz; none: allsides of WIREWATCH_CORPUS");
  CLI11_PARSE(app, argc, argv);
  wirewatch::Bench(options);
}
