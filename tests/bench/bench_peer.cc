// bench_peer: the rules and articles of bench_engine for another matcher, and what ours makes of them.
//
//   bench_peer [--export DIR] [--rules N] [--articles N] [--wildcards SHARE] [FILE...]
//
// Prints one line of JSON: rules, articles, seconds to build the rule set, and articles a second of processor time on
// one thread, from strings to matches with spans ("match": fold and match) and from the record's bytes ("whole":
// decode, too). With --export it also writes, a line of JSON for each rule or article (tests/bench/peers has the
// readers):
//   rules.jsonl      an expression: {"term": words}, {"and": [...]}, {"or": [...]}, {"not": expression},
//                    {"near": words between, "ordered": bool, "of": [left, right]}; words are folded, `*` and `?` kept
//   articles.jsonl   {"title", "summary", "body", "folded"}: the last as the engine reads it (rules/text/fold.h)
//   matches.jsonl    the rules that hold: their lines in rules.jsonl, from 0, rising
//   frequencies.json {word: articles it stands in}, of the other articles, from which the rules were made

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "pipeline/decode/article_decoder.h"
#include "rules/engine/matcher.h"
#include "rules/text/fold.h"
#include "tests/support/bench_records.h"
#include "tests/support/bench_rules.h"

namespace wirewatch {
namespace {

using Json = nlohmann::ordered_json;

// Long enough to even out what the machine does besides.
constexpr double kSecondsToMeasure = 1.0;

struct Options {
  std::string export_to;  // empty: nothing is written
  std::size_t rules = 1'000;
  std::size_t articles = 2'000;
  double wildcards = 0;
  std::vector<std::string> files;
};

Json ToJson(const Expression& expression) {
  const auto children = [&] {
    Json list = Json::array();
    for (const Expression& child : expression.children) list.push_back(ToJson(child));
    return list;
  };
  switch (expression.kind) {
    case Expression::Kind::kTerm:
      if (expression.term.kind != Term::Kind::kWords || expression.term.scope != Scope::kAnywhere) {
        Die("a term that the peer does not know: " + ToText(expression.term));
      }
      return {{"term", FoldPattern(expression.term.text)}};
    case Expression::Kind::kAnd: return {{"and", children()}};
    case Expression::Kind::kOr: return {{"or", children()}};
    case Expression::Kind::kNot: return {{"not", ToJson(expression.children[0])}};
    case Expression::Kind::kNear:
      return {{"near", expression.distance}, {"ordered", expression.ordered}, {"of", children()}};
    default: Die("the format has no such expression: " + ToText(expression));
  }
}

// Writes one line of JSON after another; dies when that fails.
class Lines {
 public:
  explicit Lines(const std::filesystem::path& path) : path_(path), out_(path) {}
  void Add(const Json& json) {
    out_ << json.dump() << '\n';
    if (!out_) Die("cannot write " + path_.string());
  }

 private:
  std::filesystem::path path_;
  std::ofstream out_;
};

Json Frequencies(const std::vector<FoldedDocument>& articles) {
  std::map<std::string, std::uint32_t> frequencies;
  for (const FoldedDocument& article : articles) {
    std::set<std::string_view> words;
    for (std::uint32_t i = 0; i < article.tokens.size(); ++i) words.insert(article.Word(i));
    for (const std::string_view word : words) ++frequencies[std::string(word)];
  }
  return frequencies;
}

// The rules that hold, by their place in the pack, whose topics are of ten rules each.
std::vector<std::uint32_t> RulesOf(const std::vector<TopicMatch>& matches) {
  std::vector<std::uint32_t> rules;
  for (const TopicMatch& match : matches) {
    for (const std::uint32_t rule : match.rules) rules.push_back(match.topic * 10 + rule);
  }
  return rules;
}

std::vector<TopicMatch> Match(Matcher& matcher, const Document& document, const FoldedDocument& folded) {
  auto found = matcher.Match(document, folded);
  if (!found) Die(found.error().message);
  return std::move(*found);
}

// Passes of `pass` over `articles` articles: articles a second of processor time. One pass goes before.
template <typename Pass>
double ArticlesPerSecond(std::size_t articles, Pass pass) {
  pass();
  const std::clock_t begin = std::clock();
  std::size_t passes = 0;
  double seconds = 0;
  do {
    pass();
    ++passes;
    seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  } while (seconds < kSecondsToMeasure);
  return static_cast<double>(articles * passes) / seconds;
}

void Bench(const Options& options) {
  MetricsRegistry metrics;
  const BenchNews news = ReadBenchNews(BenchFiles(options.files), options.articles, metrics);
  std::vector<Pack> packs;
  packs.push_back(
      BenchRules(BenchRules::Profile::kSelective, 1, news.for_rules).Make(options.rules, options.wildcards));

  const std::filesystem::path folder = options.export_to;
  if (!options.export_to.empty()) {
    std::filesystem::create_directories(folder);
    Lines rules(folder / "rules.jsonl");
    for (const Topic& topic : packs[0].topics) {
      for (const Rule& rule : topic.rules) rules.Add(ToJson(rule.match));
    }
    Lines articles(folder / "articles.jsonl");
    for (std::size_t i = 0; i < news.articles.size(); ++i) {
      const Article& article = news.articles[i];
      articles.Add({{"title", article.title},
                    {"summary", article.summary},
                    {"body", article.body},
                    {"folded", news.folded[i].text}});
    }
    Lines(folder / "frequencies.json").Add(Frequencies(news.for_rules));
  }

  const SteadyTime begin = SteadyNow();
  const CompiledRules compiled = RuleSet::Compile(std::move(packs));
  const double build = std::chrono::duration<double>(SteadyNow() - begin).count();
  if (compiled.rule_set == nullptr) Die(Render(compiled.diagnostics));
  auto matcher = Matcher::Create(compiled.rule_set);
  if (!matcher) Die(matcher.error().message);
  if (!options.export_to.empty()) {
    Lines matches(folder / "matches.jsonl");
    for (std::size_t i = 0; i < news.articles.size(); ++i) {
      matches.Add(RulesOf(Match(*matcher, DocumentOf(news.articles[i]), news.folded[i])));
    }
  }

  auto decoder = ArticleDecoder::Create({}, {});
  if (!decoder) Die(decoder.error().message);
  Article article;
  FoldedDocument folded;
  std::size_t pairs = 0;
  const auto read_and_match = [&](const Article& one) {
    const Document document = DocumentOf(one);
    Fold(document, folded);
    for (const TopicMatch& match : Match(*matcher, document, folded)) pairs += match.rules.size();
  };
  const double match = ArticlesPerSecond(news.articles.size(), [&] {
    for (const Article& one : news.articles) read_and_match(one);
  });
  pairs = 0;
  std::size_t passes = 0;
  const double whole = ArticlesPerSecond(news.records.size(), [&] {
    ++passes;
    for (const Record& record : news.records) {
      if (decoder->Decode(record.payload, record.readable_after, article)) Die("decode failed");
      read_and_match(article);
    }
  });
  const Json line = {{"rules", options.rules},  {"articles", news.articles.size()},
                     {"pairs", pairs / passes}, {"build_s", build},
                     {"match_per_s", match},    {"whole_per_s", whole}};
  fmt::print("{}\n", line.dump());
}

}  // namespace
}  // namespace wirewatch

int main(int argc, char** argv) {
  wirewatch::Options options;
  CLI::App app("The rules and articles of bench_engine for another matcher, and what ours makes of them.");
  app.add_option("--export", options.export_to, "Also write rules, articles and matches to this folder");
  app.add_option("--rules", options.rules, "Number of rules")->capture_default_str();
  app.add_option("--articles", options.articles, "At most so many are matched")->capture_default_str();
  app.add_option("--wildcards", options.wildcards, "The share of the names that end with *")->check(CLI::Range(0., 1.));
  app.add_option("files", options.files, "NDJSON, plain, .zst or .gz; none: files of WIREWATCH_CORPUS");
  CLI11_PARSE(app, argc, argv);
  wirewatch::Bench(options);
}
