// Likeness: whether two articles report one story, as far as their signatures tell.
//
//   copy   one text stands in the other, whole or in part: wire copies, updates, cut tails.
//   event  other words, but the same rare ones: rewrites and independent reports of what happened.
#ifndef WIREWATCH_PIPELINE_STORY_LIKENESS_H_
#define WIREWATCH_PIPELINE_STORY_LIKENESS_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "pipeline/story/story_signature.h"

namespace wirewatch {

// Measured by bench_stories, which prints what others would give.
struct LikenessLimits {
  // A text is a copy of another if so much of the shorter one stands in the longer one ...
  double copy_share = 0.45;
  // ... and so many shingles of the sketches are the same.
  std::uint32_t copy_shingles = 3;
  // The share that one source's texts need whose titles have nothing in common: forms and notices share most of it.
  double form_share = 0.5;
  // The cosine of the terms, from which on two articles tell of one event. Of a story: half the best, half the mean of
  // its best three articles.
  double event_cosine = 0.22;
  // What is added to it for an article of very few terms: a chance word weighs more there.
  double event_few_terms = 0.14;
};

// Two bottom-k sketches, as far as both are complete.
struct SharedShingles {
  std::uint32_t shared = 0;
  std::uint32_t of = 0;  // in the shorter text

  double share() const { return of == 0 ? 0 : static_cast<double>(shared) / of; }
};
// `most`: of the sketches; one that is shorter has all shingles of its text. `left_out`: of `a`, rising; as if neither
// text had them.
SharedShingles Compare(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b, std::size_t most,
                       std::span<const std::uint32_t> left_out = {});

// How much of the shorter text stands in the other, 0 to 1; 0: it is no copy. `left_out`: of a.text, as of Compare.
double CopyLikeness(const SignatureView& a, const SignatureView& b, const LikenessLimits& limits,
                    bool same_source = false, std::span<const std::uint32_t> left_out = {});

// The cosine that an article must reach to tell of the event of others.
double EventCosineFor(const SignatureView& article, const LikenessLimits& limits);

// The cosine of the terms' weights, 0 to 1. `factors`: by how much each term of `a` counts, 0 to 1; empty: in full.
double EventLikeness(const SignatureView& a, const SignatureView& b, std::span<const double> factors = {});

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_STORY_LIKENESS_H_
