// bench_stories: how well articles are put into stories, and what it costs.
//
//   WIREWATCH_CORPUS=DIR bench_stories [--pairs FILE] [--events NAME...] [--sizes N...]
//
// Quality, on the corpus:
//   copies      of the listed pairs (near_duplicate_pairs.tsv.zst): how many are found (recall), and of all pairs that
//               are taken for copies among their articles, how many are listed, or hold by their full texts (the list
//               has no reworded copies): the shorter text shares kTrueShare of its shingles. Beside it SimHash-64.
//   same event  articles with an `event` (newscluster, bsnlp), in order of their dates: B-cubed precision, recall and
//   F1
//               (Bagga and Baldwin, 1998) and the adjusted Rand index, for several thresholds, and for several windows.
// Cost: microseconds an article to make a signature, to find its story and to add it, and bytes a story, with so many
// stories in the index. Articles that nobody wrote (bench_articles.h).

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "pipeline/story/likeness.h"
#include "pipeline/story/story_index.h"
#include "pipeline/story/story_signature.h"
#include "rules/text/fold.h"
#include "tests/support/bench_records.h"
#include "tests/support/bench_rows.h"
#include "tests/support/corpus.h"

namespace wirewatch {
namespace {

constexpr double kTrueShare = 0.4;  // of the sentences of the shorter text: that of the list

struct NewsItem {
  std::string id, event, language;
  WallTime time;
  std::uint32_t source = 0;
  StorySignature signature;
  std::uint64_t sim_hash = 0;
  std::vector<std::uint32_t> shingles;  // all
};

// --------------------------------------------------------------------------------------------------------- texts

// Charikar's, over the words: what most others use.
std::uint64_t SimHash(const FoldedDocument& folded) {
  std::array<int, 64> sums{};
  for (std::uint32_t token = 0; token < folded.tokens.size(); ++token) {
    const std::uint64_t hash = std::hash<std::string_view>()(folded.Word(token));
    for (int bit = 0; bit < 64; ++bit) sums[static_cast<std::size_t>(bit)] += (hash >> bit & 1) != 0 ? 1 : -1;
  }
  std::uint64_t result = 0;
  for (int bit = 0; bit < 64; ++bit) result |= std::uint64_t{sums[static_cast<std::size_t>(bit)] > 0} << bit;
  return result;
}

// Of four words; the whole text, not a sketch.
std::vector<std::uint32_t> AllShingles(const FoldedDocument& folded) {
  std::vector<std::uint32_t> shingles;
  const TokenRange text{folded.fields[1].begin, folded.fields[2].end};
  for (std::uint32_t token = text.begin; token + 4 <= text.end; ++token) {
    const std::string_view words = std::string_view(folded.text)
                                       .substr(folded.tokens[token].folded.begin,
                                               folded.tokens[token + 3].folded.end - folded.tokens[token].folded.begin);
    shingles.push_back(static_cast<std::uint32_t>(std::hash<std::string_view>()(words)));
  }
  std::sort(shingles.begin(), shingles.end());
  shingles.erase(std::unique(shingles.begin(), shingles.end()), shingles.end());
  return shingles;
}

double TrueShare(const NewsItem& a, const NewsItem& b) {
  const std::size_t of = std::min(a.shingles.size(), b.shingles.size());
  if (of == 0) return a.signature.title == b.signature.title ? 1 : 0;
  std::vector<std::uint32_t> shared;
  std::set_intersection(a.shingles.begin(), a.shingles.end(), b.shingles.begin(), b.shingles.end(),
                        std::back_inserter(shared));
  return static_cast<double>(shared.size()) / static_cast<double>(of);
}

// All but the signature. `folded` holds the text then.
NewsItem Read(const StoredArticle& stored, FoldedDocument& folded) {
  Fold(stored.document(), folded);
  NewsItem article;
  article.id = stored.id;
  article.event = stored.event;
  article.language = stored.language.substr(0, 2);
  article.time = stored.published_at.value_or(WallTime());
  article.source =
      static_cast<std::uint32_t>(std::hash<std::string>()(stored.source.empty() ? stored.source_host : stored.source));
  article.sim_hash = SimHash(folded);
  article.shingles = AllShingles(folded);
  return article;
}

// ---------------------------------------------------------------------------------------------------------- copies

using Pair = std::pair<std::size_t, std::size_t>;

std::vector<std::pair<std::string, std::string>> ReadPairs(const std::string& file) {
  std::vector<std::pair<std::string, std::string>> pairs;
  const Status read = ReadZstdLines(file, [&](std::string_view line) -> Status {
    const std::size_t first = line.find('\t'), second = line.find('\t', first + 1);
    if (first != std::string_view::npos && !line.starts_with("id_a")) {
      pairs.emplace_back(line.substr(0, first), line.substr(first + 1, second - first - 1));
    }
    return {};
  });
  if (!read) Die(read.error().message);
  return pairs;
}

struct Counts {
  std::size_t listed_found = 0, found = 0, listed = 0, held = 0;  // found; of these in the list; held by the texts
};

// Every pair of articles that share a shingle of their sketches, or whose SimHashes are near.
template <class IsCopy>
Counts CountPairs(const std::vector<NewsItem>& articles, const std::set<Pair>& listed,
                  const std::vector<Pair>& candidates, IsCopy is_copy) {
  Counts counts;
  for (const Pair& pair : listed) counts.listed_found += is_copy(articles[pair.first], articles[pair.second]);
  for (const Pair& pair : candidates) {
    const NewsItem &a = articles[pair.first], &b = articles[pair.second];
    if (!is_copy(a, b)) continue;
    ++counts.found;
    const bool is_listed = listed.contains(pair);
    counts.listed += is_listed;
    counts.held += is_listed || TrueShare(a, b) >= kTrueShare;
  }
  return counts;
}

std::vector<Pair> CandidatePairs(const std::vector<NewsItem>& articles) {
  std::unordered_map<std::uint32_t, std::vector<std::size_t>> by_shingle;
  for (std::size_t i = 0; i < articles.size(); ++i) {
    for (const std::uint32_t shingle : articles[i].signature.text) by_shingle[shingle].push_back(i);
    if (articles[i].signature.text.empty()) {
      for (const std::uint32_t shingle : articles[i].signature.title) by_shingle[shingle].push_back(i);
    }
  }
  std::set<Pair> pairs;
  for (const auto& [shingle, which] : by_shingle) {
    if (which.size() > 200) continue;
    for (std::size_t i = 0; i < which.size(); ++i) {
      for (std::size_t j = i + 1; j < which.size(); ++j) pairs.emplace(std::minmax(which[i], which[j]));
    }
  }
  for (std::size_t i = 0; i < articles.size(); ++i) {
    for (std::size_t j = i + 1; j < articles.size(); ++j) {
      if (std::popcount(articles[i].sim_hash ^ articles[j].sim_hash) <= 12) pairs.emplace(i, j);
    }
  }
  return {pairs.begin(), pairs.end()};
}

void PrintPairs(const char* name, const Counts& counts, std::size_t listed) {
  fmt::print("{:<34} recall {:.4f}   precision {:.4f} ({:.4f} in the list alone)   {} pairs found\n", name,
             static_cast<double>(counts.listed_found) / static_cast<double>(listed),
             static_cast<double>(counts.held) / static_cast<double>(counts.found),
             static_cast<double>(counts.listed) / static_cast<double>(counts.found), counts.found);
}

void MeasureCopies(const std::vector<NewsItem>& articles,
                   const std::vector<std::pair<std::string, std::string>>& names) {
  std::unordered_map<std::string, std::size_t> by_id;
  for (std::size_t i = 0; i < articles.size(); ++i) by_id[articles[i].id] = i;
  std::set<Pair> listed;
  for (const auto& [a, b] : names) {
    if (by_id.contains(a) && by_id.contains(b)) listed.emplace(std::minmax(by_id[a], by_id[b]));
  }
  const std::vector<Pair> candidates = CandidatePairs(articles);
  fmt::print("== copies: {} listed pairs of {} articles, {} candidates\n", listed.size(), articles.size(),
             candidates.size());
  for (const double share : {0.2, 0.3, 0.4, 0.45, 0.5, 0.6}) {
    LikenessLimits limits;
    limits.copy_share = share;
    const auto is_copy = [&](const NewsItem& a, const NewsItem& b) {
      return CopyLikeness(a.signature.View(), b.signature.View(), limits, a.source == b.source) > 0;
    };
    const bool is_default = share == LikenessLimits().copy_share;
    PrintPairs(fmt::format("sketches, share {:.2f}{}", share, is_default ? " (in use)" : "").c_str(),
               CountPairs(articles, listed, candidates, is_copy), listed.size());
  }
  for (const int distance : {3, 6, 9, 12}) {
    const auto is_copy = [&](const NewsItem& a, const NewsItem& b) {
      return std::popcount(a.sim_hash ^ b.sim_hash) <= distance;
    };
    PrintPairs(fmt::format("SimHash-64, distance {}", distance).c_str(),
               CountPairs(articles, listed, candidates, is_copy), listed.size());
  }
}

// ------------------------------------------------------------------------------------------------------ same event

struct Clustering {
  double precision = 0, recall = 0, rand = 0;
  std::size_t clusters = 0;
  double f1() const { return 2 * precision * recall / (precision + recall); }
};

Clustering Compare(const std::vector<std::string>& wanted, const std::vector<StoryNumber>& found) {
  std::map<std::string, double> by_wanted;
  std::map<StoryNumber, double> by_found;
  std::map<std::pair<std::string, StoryNumber>, double> by_both;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    ++by_wanted[wanted[i]];
    ++by_found[found[i]];
    ++by_both[{wanted[i], found[i]}];
  }
  Clustering result;
  result.clusters = by_found.size();
  const auto pairs = [](double n) { return n * (n - 1) / 2; };
  double in_both = 0, in_wanted = 0, in_found = 0;
  for (const auto& [key, n] : by_both) {
    result.precision += n * n / by_found[key.second];
    result.recall += n * n / by_wanted[key.first];
    in_both += pairs(n);
  }
  for (const auto& [key, n] : by_wanted) in_wanted += pairs(n);
  for (const auto& [key, n] : by_found) in_found += pairs(n);
  const auto all = static_cast<double>(wanted.size());
  result.precision /= all;
  result.recall /= all;
  const double expected = in_wanted * in_found / pairs(all);
  result.rand = (in_both - expected) / ((in_wanted + in_found) / 2 - expected);
  return result;
}

std::vector<StoryNumber> Cluster(const std::vector<NewsItem>& articles, const LikenessLimits& limits,
                                 std::chrono::hours window) {
  std::map<std::string, StoryIndex> indexes;  // a translation is not expected to join
  std::vector<StoryNumber> stories;
  StoryNumber next = 0;
  for (const NewsItem& article : articles) {
    StoryIndex& index = indexes.try_emplace(article.language, limits).first->second;
    const auto nearest = index.Find(article.signature.View(), article.source, article.time - window);
    stories.push_back(nearest ? nearest->story : next++);
    index.Add(article.signature.View(), article.source, stories.back(), article.time, stories.size());
  }
  return stories;
}

void MeasureEvents(const std::string& name, std::vector<NewsItem> articles) {
  std::stable_sort(articles.begin(), articles.end(),
                   [](const NewsItem& a, const NewsItem& b) { return a.time < b.time; });
  std::vector<std::string> wanted;
  for (const NewsItem& article : articles) wanted.push_back(article.language + ' ' + article.event);
  fmt::print("== same event: {}, {} articles, {} events of one language\n", name, articles.size(),
             std::set<std::string>(wanted.begin(), wanted.end()).size());
  for (const auto window : {std::chrono::hours(48), std::chrono::hours(7 * 24), std::chrono::hours(24 * 365 * 100)}) {
    for (const double cosine : {0.14, 0.18, 0.22, 0.26, 0.30, 0.34}) {
      LikenessLimits limits;
      limits.event_cosine = cosine;
      const Clustering result = Compare(wanted, Cluster(articles, limits, window));
      fmt::print(
          "window {:>6} h, cosine {:.2f}{:<9} B-cubed precision {:.3f} recall {:.3f} F1 {:.3f}   ARI {:.3f}   "
          "{} stories\n",
          window.count(), cosine, cosine == LikenessLimits().event_cosine ? " (in use)" : "", result.precision,
          result.recall, result.f1(), result.rand, result.clusters);
    }
  }
}

// ------------------------------------------------------------------------------------------------------------ cost

// Signatures as of articles that nobody wrote: random shingles, and terms whose frequencies fall as those of words do.
StorySignature RandomSignature(std::mt19937_64& random) {
  StorySignature signature;
  const auto sketch = [&](std::size_t size, double words) {
    std::vector<std::uint32_t> values(size);
    for (std::uint32_t& value : values) {
      value = static_cast<std::uint32_t>(static_cast<double>(random() >> 32) * static_cast<double>(size) / words);
    }
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    return values;
  };
  signature.text = sketch(StorySignature::kText, 500);
  signature.title = sketch(StorySignature::kTitle, 8);
  std::set<std::uint32_t> terms;
  while (terms.size() < StorySignature::kTerms) {
    const double rank = std::exp(static_cast<double>(random() >> 11) / 9007199254740992.0 * std::log(1e6));
    if (rank < 300) continue;  // these are no rare words
    terms.insert(static_cast<std::uint32_t>(std::hash<double>()(std::floor(rank))));
  }
  signature.terms.assign(terms.begin(), terms.end());
  for (std::size_t i = 0; i < terms.size(); ++i)
    signature.weights.push_back(static_cast<std::uint8_t>(40 + random() % 80));
  return signature;
}

void MeasureCost(std::vector<std::size_t> sizes) {
  std::sort(sizes.begin(), sizes.end());
  fmt::print("== cost: an article in the index, by stories in the window\n");
  std::mt19937_64 random(20'261'129);
  StoryIndex index;
  StoryNumber next = 0;
  std::uint64_t order = 0;
  for (const std::size_t size : sizes) {
    while (index.stories() < size) {
      const StorySignature signature = RandomSignature(random);
      index.Add(signature.View(), static_cast<std::uint32_t>(random() & 0xFFF), next++, WallTime(), ++order);
    }
    constexpr std::size_t kProbes = 5'000;
    std::vector<StorySignature> probes;
    for (std::size_t i = 0; i < kProbes; ++i) probes.push_back(RandomSignature(random));
    std::vector<double> micros;
    double find = 0, add = 0;
    std::vector<StoryIndex::Entry> added;
    for (const StorySignature& probe : probes) {
      const double begin = ThreadSeconds();
      const auto nearest = index.Find(probe.View(), 7, WallTime());
      const double found = ThreadSeconds();
      added.push_back(index.Add(probe.View(), 7, nearest ? nearest->story : next++, WallTime(), ++order));
      const double done = ThreadSeconds();
      find += found - begin;
      add += done - found;
      micros.push_back((done - begin) * 1e6);
    }
    std::sort(micros.begin(), micros.end());
    fmt::print(
        "{:>9} stories: find {:6.1f} us, add {:5.1f} us, both p50 {:6.1f} p99 {:6.1f} us; {:.0f} bytes a story\n", size,
        find / kProbes * 1e6, add / kProbes * 1e6, micros[kProbes / 2], micros[kProbes * 99 / 100],
        static_cast<double>(index.bytes()) / static_cast<double>(index.stories()));
    for (const StoryIndex::Entry entry : added) index.Remove(entry);
  }
}

void Main(std::string pairs_file, const std::vector<std::string>& events, const std::vector<std::size_t>& sizes) {
  if (const char* const corpus = std::getenv("WIREWATCH_CORPUS"); pairs_file.empty() && corpus != nullptr) {
    pairs_file = (std::filesystem::path(corpus) / "near_duplicate_pairs.tsv.zst").string();
  }
  if (CorpusFiles().empty()) {
    fmt::print("== no quality is measured: WIREWATCH_CORPUS names no corpus\n");
  } else {
    const auto names = ReadPairs(pairs_file);
    std::set<std::string> in_pairs;
    for (const auto& [a, b] : names) in_pairs.insert(a), in_pairs.insert(b);
    std::vector<NewsItem> copies;
    std::map<std::string, std::vector<NewsItem>> by_set;
    SignatureMaker maker;
    FoldedDocument folded;
    double seconds = 0;
    std::size_t made = 0;
    for (const auto& file : CorpusFiles()) {
      const Status read = ReadArticles(file, [&](const StoredArticle& stored) {
        const std::string set = stored.id.substr(0, stored.id.find(':'));
        const bool is_event = !stored.event.empty() && std::find(events.begin(), events.end(), set) != events.end();
        if (!is_event && !in_pairs.contains(stored.id)) return;
        NewsItem article = Read(stored, folded);
        const double begin = ThreadSeconds();
        article.signature = maker.Make(folded);
        seconds += ThreadSeconds() - begin;
        ++made;
        if (in_pairs.contains(stored.id)) copies.push_back(article);
        if (is_event) by_set[set].push_back(std::move(article));
      });
      if (!read) Die(read.error().message);
    }
    fmt::print("== signature: {:.1f} us an article, {} articles of the corpus\n",
               seconds / static_cast<double>(made) * 1e6, made);
    MeasureCopies(copies, names);
    for (auto& [set, articles] : by_set) MeasureEvents(set, std::move(articles));
  }
  MeasureCost(sizes);
}

}  // namespace
}  // namespace wirewatch

int main(int argc, char** argv) {
  CLI::App app("bench_stories: how well articles are put into stories, and what it costs");
  std::string pairs;
  std::vector<std::string> events = {"newscluster", "bsnlp"};
  std::vector<std::size_t> sizes = {10'000, 100'000, 1'000'000};
  app.add_option("--pairs", pairs, "Pairs of copies: id, id, share; tab-separated, zstd");
  app.add_option("--events", events, "Datasets of the corpus whose articles have an event");
  app.add_option("--sizes", sizes, "Stories in the index");
  CLI11_PARSE(app, argc, argv);
  wirewatch::Main(pairs, events, sizes);
}
