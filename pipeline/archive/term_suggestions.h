// Term suggestions: which terms would make a topic better, as far as labelled articles tell.
//
//   recall     terms of articles of label 2 that the topic misses, and seldom of articles of label 0: beside the rules,
//              with OR; at least two articles of label 2 come in for each of label 0
//   precision  terms of false alarms (label 0) that stand in no article of label 2 on which the topic fires: in front
//   of
//              the rules, with AND NOT
//
// What is of one group and not of the other shows by the log-odds ratio with an informative Dirichlet prior
// (LogOddsWithPrior, "Fightin' Words"), by the number of articles that hold a term; the prior is how many of all
// labelled articles of the language do, and weighs as much as kPriorArticles. Languages are looked at one by one. A
// term must have support of several stories, since copies of a text share all of its words.
//
// Of terms that stand in the same articles of both groups the strongest is suggested, with others beside it. One story
// and its rewrites share chance words, so every suggestion is for a person to judge.
//
// Memory: 8 bytes for each term of a labelled article, some 10 KB an article; at most kMostUses.
#ifndef WIREWATCH_PIPELINE_ARCHIVE_TERM_SUGGESTIONS_H_
#define WIREWATCH_PIPELINE_ARCHIVE_TERM_SUGGESTIONS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "pipeline/archive/labels.h"
#include "pipeline/archive/term_uses.h"
#include "pipeline/story/story_signature.h"

namespace wirewatch {

// A labelled article, as the topic sees it.
struct JudgedText {
  std::string id;
  std::string language;  // primary subtag
  std::optional<WallTime> time;
  Grade grade = Grade::kMustNot;
  bool fired = false;
  bool out_of_reach = false;  // `unless` or the topic's languages keep it out: no term can bring it in
  StorySignature signature;
  std::vector<TermUse> uses;  // TermUsesOf
};

enum class SuggestionKind : std::uint8_t { kRecall, kPrecision };

struct TermSuggestion {
  SuggestionKind kind = SuggestionKind::kRecall;
  std::string language;
  TermUse term = 0;  // in kTermBits
  Scope scope = Scope::kAnywhere;
  double log_odds_ratio = 0, z = 0;
  // Articles that it would bring in (recall) or take out (precision), by grade: indices 0, 1, 2.
  std::array<std::uint32_t, kGrades> articles{};
  std::size_t stories = 0;           // of the missed 2s, or of the false alarms, in which it stands
  std::vector<TermUse> beside = {};  // other terms in the same articles
  // By TermCosts.
  std::string text = {};  // folded; empty: not seen any more
  std::vector<std::string> beside_texts = {};
  std::uint64_t archive_articles = 0;  // of the whole archive that hold it, in its scope
  std::uint64_t new_hits = 0;          // recall: of them without a label, on which the topic does not fire
};

// What there was to learn from, of one language.
struct SuggestionGround {
  std::string language;
  std::uint32_t must = 0, missed = 0, missed_stories = 0, out_of_reach = 0;
  std::uint32_t false_alarms = 0, false_stories = 0, right = 0, must_not = 0;
  bool enough_for_recall = false, enough_for_precision = false;
};

struct SuggestionOptions {
  std::size_t min_stories = 2;
  std::size_t most = 20;  // of each kind and language
};

struct Suggestions {
  std::vector<SuggestionGround> grounds;  // by language
  std::vector<TermSuggestion> terms;      // by language and kind, the strongest first
};

// Threads: one at a time.
class TermLearner {
 public:
  static constexpr double kPriorArticles = 10;
  static constexpr std::size_t kMostUses = 32 << 20;  // 256 MB

  // Another version of an article that is known takes part only by having fired.
  void Add(JudgedText text);
  // Articles beyond kMostUses, which take no part.
  std::size_t left_out() const { return left_out_; }
  std::size_t size() const { return texts_.size(); }

  Suggestions Suggest(const SuggestionOptions& options) const;

 private:
  std::vector<JudgedText> texts_;
  std::map<std::string, std::size_t> at_;
  std::size_t uses_ = 0, left_out_ = 0;
};

// Counts on the whole archive what suggested terms would cost. Make one a worker, and add them up.
class TermCosts {
 public:
  explicit TermCosts(const Suggestions& suggestions);

  // `labelled`: it has a label for the topic.
  void Add(const FoldedDocument& folded, bool fired, bool labelled);
  void Add(const TermCosts& other);  // REQUIRES: of the same suggestions
  // Into the suggestions that this was made of; counts of terms.
  void PutInto(Suggestions& suggestions) const;

 private:
  struct Cost {
    std::array<std::uint64_t, kSuggestedScopes.size()> articles{}, new_hits{};
    std::string text;
    std::uint64_t seen_in = 0;  // the number of the article in which it was last seen
    TermUse parts = 0;          // there
  };
  std::unordered_map<TermUse, Cost> costs_;
  std::uint64_t number_ = 0;
  std::vector<TermUse> seen_;  // reused
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_ARCHIVE_TERM_SUGGESTIONS_H_
