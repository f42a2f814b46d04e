// StoryIndex: the articles of one topic, and which story each is in. It finds the story that a new article belongs to.
//
// An article goes to the story of which it is a copy, else to that of which it tells the same event (likeness.h), else
// to none. Candidates come from two tables: of the smallest shingles of each text, and of its heaviest terms. What
// decides depends only on the articles that are in the index, so a replay finds the same: not on what else was in it
// before, nor on the order in which they came.
//
// What is common does not count: a shingle that stands in several stories of the article's own source is boilerplate
// (a footer, a list of links), and a term that many stories of the topic have tells little.
#ifndef WIREWATCH_PIPELINE_STORY_STORY_INDEX_H_
#define WIREWATCH_PIPELINE_STORY_STORY_INDEX_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "pipeline/story/likeness.h"
#include "pipeline/story/posting_table.h"
#include "pipeline/story/story_signature.h"

namespace wirewatch {

using StoryNumber = std::uint32_t;  // the caller's name of a story

// Threads: one at a time.
class StoryIndex {
 public:
  using Entry = std::uint32_t;

  struct Nearest {
    StoryNumber story = 0;
    Entry article = 0;     // the one most like it
    bool is_copy = false;  // else: of the same event
    double likeness = 0;   // CopyLikeness with that article, or the story's mean of EventLikeness (LikenessLimits)
  };

  explicit StoryIndex(LikenessLimits limits = {}) : limits_(limits) {}

  // The story that an article belongs to; nothing: to none here. `source`: a hash. `since`: articles that were added
  // with an earlier time are passed over. `topic_words`: stems that made the topic match, so most articles have them.
  std::optional<Nearest> Find(const SignatureView& signature, std::uint32_t source, WallTime since,
                              std::span<const std::uint32_t> topic_words = {});

  // The result is its name until Remove. `order`: of the article in its log. Of articles that are alike to a new one
  // the later count first; one that was removed may come back to its place by the same order. REQUIRES: fewer than 2^31
  // - 1 articles; no other one here has this order.
  Entry Add(const SignatureView& signature, std::uint32_t source, StoryNumber story, WallTime time,
            std::uint64_t order);
  void Remove(Entry entry);

  // What was added.
  struct Added {
    StorySignature signature;
    std::uint32_t source = 0;
    StoryNumber story = 0;
    std::uint64_t order = 0;
  };
  Added Look(Entry entry) const;

  std::size_t articles() const { return count_; }
  std::size_t stories() const { return stories_.size(); }
  std::size_t bytes() const;  // about, of the heap

 private:
  // What every look at an article asks for; the signature is read of few.
  struct Article {
    WallTime time;
    std::uint32_t source = 0;
    StoryNumber story = 0;
  };
  struct Packed {
    SignatureView View() const;

    std::unique_ptr<std::uint32_t[]> words;  // text, title, terms, and the weights, four in a word
    std::uint8_t text = 0, title = 0, terms = 0;
  };
  struct Candidate {
    Entry entry = 0;
    float weight = 0;
  };

  static Packed Pack(const SignatureView& signature);

  std::optional<Nearest> FindCopy(const SignatureView& signature, std::uint32_t source, WallTime since);
  std::optional<Nearest> FindEvent(const SignatureView& signature, WallTime since,
                                   std::span<const std::uint32_t> topic_words);
  bool IsBoilerplate(std::span<const Entry> entries, std::uint32_t source) const;
  double FactorOf(std::span<const Entry> entries) const;
  // Of found_, in which an entry may stand often, those with the greatest sum of weights, the greatest first.
  std::span<const Candidate> Best(std::size_t most);

  LikenessLimits limits_;
  std::vector<Article> articles_;
  std::vector<std::uint64_t> orders_;  // of the same
  std::vector<Packed> signatures_;     // of the same
  std::vector<Entry> free_;
  std::size_t count_ = 0;
  std::unordered_map<StoryNumber, std::uint32_t> stories_;  // and how many of their articles are here
  PostingTable shingles_, terms_;
  std::vector<Candidate> found_;  // of a Find; memory that is reused
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_STORY_STORY_INDEX_H_
