#include "tests/support/bench_rules.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace wirewatch {
namespace {

constexpr std::size_t kFrequentWords = 2'000;
// A quarter of the names stand in no article at all, as most names that people watch for.
constexpr std::size_t kUnseenShare = 4;

// In how many articles each text stands, by text.
using Frequencies = std::unordered_map<std::string, std::uint32_t>;

void Count(const std::vector<std::string>& texts, Frequencies& frequencies) {
  for (const std::string& text : texts) ++frequencies[text];
}

void SortUnique(std::vector<std::string>& texts) {
  std::sort(texts.begin(), texts.end());
  texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
}

Expression TermOf(std::string text) {
  Expression term;
  term.kind = Expression::Kind::kTerm;
  term.term.text = std::move(text);
  return term;
}

template <typename... Children>
Expression Of(Expression::Kind kind, Children... children) {
  Expression expression;
  expression.kind = kind;
  (expression.children.push_back(std::move(children)), ...);
  return expression;
}

}  // namespace

BenchRules::BenchRules(Profile profile, std::uint64_t seed, const std::vector<FoldedDocument>& articles)
    : random_(seed) {
  Frequencies words, pairs;
  for (const FoldedDocument& article : articles) {
    std::vector<std::string> of_article, pairs_of_article;
    for (std::uint32_t i = 0; i < article.tokens.size(); ++i) {
      of_article.emplace_back(article.Word(i));
      const bool same_paragraph = i > 0 && article.text[article.tokens[i].folded.begin - 1] == ' ';
      if (same_paragraph) pairs_of_article.push_back(std::string(article.Word(i - 1)) + ' ' + of_article.back());
    }
    SortUnique(of_article);
    SortUnique(pairs_of_article);
    Count(of_article, words);
    Count(pairs_of_article, pairs);
  }

  std::vector<std::pair<std::uint32_t, std::string>> by_frequency;
  for (const auto& [word, count] : words) by_frequency.emplace_back(count, word);
  std::sort(by_frequency.rbegin(), by_frequency.rend());
  for (std::size_t i = 0; i < std::min(kFrequentWords, by_frequency.size()); ++i) {
    words_.push_back(by_frequency[i].second);
  }

  const auto most =
      static_cast<std::uint32_t>(profile == Profile::kSelective ? articles.size() / 1'000 + 1 : articles.size());
  for (const Frequencies* frequencies : {&words, &pairs}) {
    for (const auto& [text, count] : *frequencies) {
      if (count <= most && text.size() >= 4) names_.push_back(text);
    }
  }
  std::sort(names_.begin(), names_.end());  // the order of a hash table is the library's
  const std::size_t seen = names_.size();
  if (seen == 0 || words_.empty()) std::abort();  // REQUIRES: articles with words
  for (std::size_t i = 0; i < seen / (kUnseenShare - 1); ++i) {
    const auto half = [&] {
      const std::string& name = names_[Below(seen)];
      return name.substr(0, name.find(' '));
    };
    std::string pair = half();
    pair += ' ' + half();
    if (!pairs.contains(pair)) names_.push_back(std::move(pair));
  }
}

Expression BenchRules::Name() {
  std::string text = names_[Below(names_.size())];
  if (static_cast<double>(Below(1'000)) < marked_ * 1'000) {
    switch (mark_) {
      case Mark::kStar: text += '*'; break;
      case Mark::kForms: text.insert(text.rfind(' ') + 1, "~"); break;
      case Mark::kOneWrong: text += "~1"; break;
    }
  }
  return TermOf(std::move(text));
}

Expression BenchRules::Word() { return TermOf(words_[Below(words_.size())]); }

Pack BenchRules::Make(std::size_t count, double marked, Mark mark) {
  using Kind = Expression::Kind;
  marked_ = marked;
  mark_ = mark;
  Pack pack;
  pack.name = "bench";
  pack.owner = "bench@example.org";
  pack.file = "bench.yaml";
  for (std::size_t i = 0; i < count; ++i) {
    if (i % 10 == 0) {
      pack.topics.emplace_back();
      pack.topics.back().id = "topic-" + std::to_string(i / 10);
      pack.topics.back().title = pack.topics.back().id;
    }
    Rule rule;
    rule.id = "rule-" + std::to_string(i);
    const std::size_t shape = Below(100);
    if (shape < 35) {
      rule.match = Of(Kind::kAnd, Name(), Of(Kind::kOr, Word(), Word(), Word()));
    } else if (shape < 55) {
      rule.match = Of(Kind::kAnd, Of(Kind::kOr, Name(), Name()), Of(Kind::kOr, Word(), Word()), Of(Kind::kNot, Word()));
    } else if (shape < 70) {
      rule.match = Of(Kind::kNear, Name(), Word());
      rule.match.distance = 8;
    } else if (shape < 80) {
      rule.match = Of(Kind::kOr, Name(), Name(), Name(), Name());
    } else if (shape < 88) {
      rule.match = Of(Kind::kAnd, Of(Kind::kOr, Name(), Name()), Of(Kind::kOr, Word(), Word()), Word());
    } else {
      rule.match = Of(Kind::kAnd, Name(), Name(), Word());
    }
    rule.match_text = ToText(rule.match);
    pack.topics.back().rules.push_back(std::move(rule));
  }
  return pack;
}

}  // namespace wirewatch
