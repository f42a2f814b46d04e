// Matcher: one thread's scanner over a RuleSet.
//
// Pure: the same document and rule set give the same matches, in any process, in any order; equal to
// reference_matcher's on every input.
#ifndef WIREWATCH_RULES_ENGINE_MATCHER_H_
#define WIREWATCH_RULES_ENGINE_MATCHER_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "base/result.h"
#include "rules/engine/match.h"
#include "rules/engine/match_watch.h"
#include "rules/engine/rule_set.h"
#include "rules/text/document.h"
#include "rules/text/fold.h"

namespace wirewatch {

// Threads: one at a time (it owns the scratch memory); make one a thread.
class Matcher {
 public:
  // kInternal: Hyperscan could not give scratch memory.
  static Result<Matcher> Create(std::shared_ptr<const RuleSet> rule_set);
  ~Matcher();
  Matcher(Matcher&&) noexcept;
  Matcher& operator=(Matcher&&) noexcept;

  // Uses these rules from now on. Cheap after an edit: the memory for segments that both rule sets have is kept.
  // kInternal: as Create; the rules before stay in use.
  Status Use(std::shared_ptr<const RuleSet> rule_set);

  // The topics that match, in order of their index. `folded` must be the fold of `document`.
  // kInternal: the engine failed; this is never reported as "no match".
  // `watch`: null, all rules are looked at, and no time is taken.
  Result<std::vector<TopicMatch>> Match(const Document& document, const FoldedDocument& folded,
                                        MatchWatch* watch = nullptr);

  // Appends the terms (RuleSet::term) that stand in the document of the last Match, whether or not a rule holds; each
  // once, in no particular order. REQUIRES: it gave no error.
  void AppendFoundTerms(std::vector<std::uint32_t>& terms) const;

  const RuleSet& rule_set() const;

 private:
  struct Rep;
  explicit Matcher(std::unique_ptr<Rep> rep);
  std::unique_ptr<Rep> rep_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_ENGINE_MATCHER_H_
