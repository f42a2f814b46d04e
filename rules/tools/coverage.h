// Coverage: which parts of the rules their tests exercise.
//
// A place is a part of a topic that can be exercised, or not. docs/testing.md says it for authors:
//
//   rule       a test wants its topic to fire, it does, and this rule is among those that hold
//   branch     a part of an OR or OF that is more than one term: in such a test it holds, and so does what stands
//   around
//              it up to the rule
//   term       a term or attribute that is written out, or the use of a list: the same; beside NEAR, SAME or {n,} its
//              places must be among those that made that hold
//   entry      an entry of a list that the topic uses: in one of the uses it is exercised as a term is. It counts once
//   a
//              topic: that it is spelt right shows anywhere, and where the list works show its uses. An entry of a
//              library does not count: many packs share it
//   exclusion  a NOT, the right side of NOT NEAR or NOT SAME, or an `unless`: a test wants its topic to be silent, it
//   is,
//              and without the exclusion it would fire. (Of one that stands inside another exclusion: the topic fires,
//              and without the inner one it would not.)
//
// Terms, entries and branches inside of an exclusion are exercised in the tests that exercise the exclusion, when they
// hold there. Only expectations that come true count, and none that are to do.
//
// How: every term, attribute and pair of the rules is compiled as a rule of its own, so it is the engine that says what
// holds; AND, OR, NOT and OF are looked at here.
#ifndef WIREWATCH_RULES_TOOLS_COVERAGE_H_
#define WIREWATCH_RULES_TOOLS_COVERAGE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "base/result.h"
#include "base/span.h"
#include "rules/engine/rule_set.h"
#include "rules/tools/rule_test.h"

namespace wirewatch {

enum class PlaceKind : std::uint8_t { kRule, kBranch, kExclusion, kTerm, kEntry };
inline constexpr PlaceKind kPlaceKinds[] = {PlaceKind::kRule, PlaceKind::kBranch, PlaceKind::kExclusion,
                                            PlaceKind::kTerm, PlaceKind::kEntry};

constexpr std::string_view Name(PlaceKind kind) {
  constexpr std::string_view kNames[] = {"rule", "branch", "exclusion", "term", "entry"};
  return kNames[static_cast<std::size_t>(kind)];
}

struct CoveredPlace {
  PlaceKind kind = PlaceKind::kRule;
  bool is_whole = false;              // a rule, or an `unless`: all places behind it are its parts, up to the next
  std::uint32_t topic = 0;            // index into RuleSet::topics()
  std::optional<std::uint32_t> rule;  // index into the topic's rules; none: of its `unless`; kEntry: of the first use
  std::string text;       // as an analyst writes it: the rule's id, the term, the expression; an entry as in its list
  std::string list;       // kEntry: the name of the list
  Span span;              // bytes of the expression's text; an entry: those of the @name
  std::string file;       // that it stands in: of the pack, or one that extends the topic
  TextPosition position;  // of that in the file
  std::uint32_t length = 1;  // characters, on that line
  TextPosition written;      // kEntry: of the entry in its list; line 0: not in this file
  std::size_t tests = 0;     // that exercise it

  bool exercised() const { return tests > 0; }
};

// How many places there are, and how many of them are exercised.
struct CoverageCount {
  std::size_t exercised = 0, all = 0;

  void Add(const CoveredPlace& place) {
    ++all;
    exercised += place.exercised() ? 1 : 0;
  }
  double percent() const {  // 100 of nothing
    return all == 0 ? 100.0 : 100.0 * static_cast<double>(exercised) / static_cast<double>(all);
  }
};

// Threads: one at a time.
class Coverage {
 public:
  // Reads the files of the packs once again, for the places; of one that has changed meanwhile the place of the rule is
  // told. kInternal: the engine does not take the parts.
  static Result<Coverage> Create(std::shared_ptr<const RuleSet> rule_set);
  ~Coverage();
  Coverage(Coverage&&) noexcept;
  Coverage& operator=(Coverage&&) noexcept;

  // RuleTestOptions::judged. `judged` is of the same rule set. kInternal: the engine failed.
  Status Take(const JudgedArticle& judged);

  // By topic; of a topic its rules, each with its parts as they stand in the expression, then its `unless`, then the
  // entries of its lists.
  const std::vector<CoveredPlace>& places() const;
  const RuleSet& rule_set() const;

 private:
  struct Rep;
  explicit Coverage(std::unique_ptr<Rep> rep);
  std::unique_ptr<Rep> rep_;
};

// For Coverage::Create: sets `position` and `length` of the places, from the files of the packs.
void LocatePlaces(const RuleSet& rule_set, std::vector<CoveredPlace>& places);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_TOOLS_COVERAGE_H_
