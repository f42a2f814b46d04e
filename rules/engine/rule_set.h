// RuleSet: all packs compiled together. Immutable; shared by threads as shared_ptr<const RuleSet>; swapped whole.
#ifndef WIREWATCH_RULES_ENGINE_RULE_SET_H_
#define WIREWATCH_RULES_ENGINE_RULE_SET_H_

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "base/digest.h"
#include "rules/pack/pack.h"

namespace wirewatch {

class FacetSet;  // facet_set.h
class RuleSet;

struct CompiledRules {
  std::shared_ptr<const RuleSet> rule_set;  // null: diagnostics says why
  Diagnostics diagnostics;                  // such as a regular expression that Hyperscan does not take, with its rule
};

class RuleSet {
 public:
  // REQUIRES: the packs were loaded together without errors (ids unique, lists resolved).
  //
  // `before`: topics that this rule set has compiled are taken over from it, so that an edit compiles only the topics
  // that changed; null: all topics are compiled. Topics that are taken over stay in their segment, and new ones get a
  // segment of their own. Such a rule set gives the same matches a little slower: see is_in_parts.
  //
  // `pattern_cache`: the directory that keeps what Hyperscan compiles (pattern_cache.h); empty: none does.
  // `stop`: checked between the parts of the work, each of some seconds at most. When it is requested, nothing is
  // compiled.
  // `facets`: what facets() gives.
  static CompiledRules Compile(Packs packs, const RuleSet* before = nullptr,
                               const std::filesystem::path& pattern_cache = {}, const std::stop_token& stop = {},
                               std::shared_ptr<const FacetSet> facets = nullptr);
  static CompiledRules Compile(std::vector<Pack> packs);
  ~RuleSet();
  RuleSet(const RuleSet&) = delete;
  RuleSet& operator=(const RuleSet&) = delete;

  // 32 hex digits; the same for the same packs and facets, whatever their file names and comments.
  const std::string& hash() const;

  const Packs& packs() const;
  // The names that are told of matches; null: none.
  const std::shared_ptr<const FacetSet>& facets() const;
  // All topics of all packs, in order; TopicMatch::topic is an index into this.
  std::span<const Topic* const> topics() const;

  // DigestOf the topic of that index.
  const Digest& digest(std::uint32_t topic) const;

  // The terms of all rules, numbered for MatchSpan::term: each once in a segment.
  std::uint32_t term_count() const;
  Term term(std::uint32_t number) const;
  // Every term of the topic's rules has just one number, and it lies in [begin, end).
  struct TermNumbers {
    std::uint32_t begin = 0, end = 0;
  };
  TermNumbers TermsAround(std::uint32_t topic) const;

  // Whether compiling the packs without `before` gives a rule set that matches faster or holds less memory.
  bool is_in_parts() const;

 private:
  friend class Matcher;
  struct Rep;
  class Inheritance;
  explicit RuleSet(std::unique_ptr<Rep> rep);
  std::unique_ptr<Rep> rep_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_ENGINE_RULE_SET_H_
