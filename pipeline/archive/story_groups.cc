#include "pipeline/archive/story_groups.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <numeric>
#include <set>
#include <unordered_map>
#include <utility>

#include "pipeline/story/likeness.h"

namespace wirewatch {
namespace {

constexpr std::size_t kMostCandidates = 100;  // a hash; what more articles than that share tells little
constexpr std::chrono::hours kWindow{48};

bool IsNear(const GroupedArticle& a, const GroupedArticle& b) {
  return a.time && b.time && (*a.time > *b.time ? *a.time - *b.time : *b.time - *a.time) <= kWindow;
}

bool TellTheSame(const GroupedArticle& a, const GroupedArticle& b) {
  constexpr LikenessLimits kLimits;
  const SignatureView first = a.signature->View(), second = b.signature->View();
  if (CopyLikeness(first, second, kLimits) > 0) return true;
  return IsNear(a, b) &&
         EventLikeness(first, second) >= std::max(EventCosineFor(first, kLimits), EventCosineFor(second, kLimits));
}

}  // namespace

std::vector<std::size_t> GroupStories(const std::vector<GroupedArticle>& articles) {
  std::vector<std::size_t> parent(articles.size());
  std::iota(parent.begin(), parent.end(), std::size_t{0});
  const auto root = [&](std::size_t at) {
    while (parent[at] != at) at = parent[at] = parent[parent[at]];
    return at;
  };
  std::unordered_map<std::uint64_t, std::vector<std::size_t>> postings;
  for (std::size_t i = 0; i < articles.size(); ++i) {
    std::set<std::size_t> candidates;
    const auto look_up = [&](std::uint64_t hash) {
      std::vector<std::size_t>& known = postings[hash];
      const std::size_t first = known.size() > kMostCandidates ? known.size() - kMostCandidates : 0;
      candidates.insert(known.begin() + static_cast<std::ptrdiff_t>(first), known.end());
      known.push_back(i);
    };
    const StorySignature& signature = *articles[i].signature;
    for (const std::uint32_t shingle : signature.text) look_up(shingle);
    for (const std::uint32_t shingle : signature.title) look_up(std::uint64_t{1} << 32 | shingle);
    for (const std::uint32_t term : signature.terms) look_up(std::uint64_t{2} << 32 | term);
    for (const std::size_t candidate : candidates) {
      const std::size_t a = root(i), b = root(candidate);
      if (a != b && TellTheSame(articles[i], articles[candidate])) parent[std::max(a, b)] = std::min(a, b);
    }
  }
  std::vector<std::size_t> groups(articles.size());
  for (std::size_t i = 0; i < articles.size(); ++i) groups[i] = root(i);
  return groups;
}

}  // namespace wirewatch
