#include "pipeline/story/likeness.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace wirewatch {
namespace {

constexpr double kTitleShare = 0.5;  // of titles that go with texts too short to tell

double Square(double x) { return x * x; }

}  // namespace

// Below the largest value of a full sketch nothing of its text is missing; above it is not known.
SharedShingles Compare(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b, std::size_t most,
                       std::span<const std::uint32_t> left_out) {
  const auto bound = [&](std::span<const std::uint32_t> sketch) {
    return sketch.size() < most ? std::numeric_limits<std::uint32_t>::max() : sketch.back();
  };
  if (a.empty() || b.empty()) return {};
  const std::uint32_t known = std::min(bound(a), bound(b));
  SharedShingles found;
  std::size_t i = 0, j = 0;
  while (i < a.size() && j < b.size() && a[i] <= known && b[j] <= known) {
    found.shared += a[i] == b[j];
    const bool first = a[i] <= b[j], second = b[j] <= a[i];
    i += first;
    j += second;
  }
  while (i < a.size() && a[i] <= known) ++i;
  while (j < b.size() && b[j] <= known) ++j;
  std::size_t of_a = i, of_b = j;
  for (const std::uint32_t shingle : left_out) {
    if (shingle > known) break;
    const bool is_shared = std::binary_search(b.begin(), b.end(), shingle);
    found.shared -= is_shared;
    of_b -= is_shared;
    --of_a;
  }
  found.of = static_cast<std::uint32_t>(std::min(of_a, of_b));
  return found;
}

double CopyLikeness(const SignatureView& a, const SignatureView& b, const LikenessLimits& limits,
                    bool same_source, std::span<const std::uint32_t> left_out) {
  const SharedShingles text = Compare(a.text, b.text, StorySignature::kText, left_out);
  const SharedShingles title = Compare(a.title, b.title, StorySignature::kTitle);
  if (text.of >= limits.copy_shingles) {
    const bool may_be_form = same_source && title.of > 0 && title.shared == 0;
    const double least = may_be_form ? limits.form_share : limits.copy_share;
    return text.shared >= limits.copy_shingles && text.share() >= least ? text.share() : 0;
  }
  // Too short: the titles must say the same.
  if (text.of > 0) return text.shared == text.of && title.share() >= kTitleShare ? text.share() : 0;
  return a.text.empty() && b.text.empty() && title.shared == title.of && title.of > 1 ? 1 : 0;
}

double EventCosineFor(const SignatureView& article, const LikenessLimits& limits) {
  const double missing =
      1 - static_cast<double>(article.terms.size()) / static_cast<double>(StorySignature::kTerms);
  return limits.event_cosine + limits.event_few_terms * missing;
}

double EventLikeness(const SignatureView& a, const SignatureView& b, std::span<const double> factors) {
  double product = 0, norm_a = 0, norm_b = 0;
  for (std::size_t i = 0; i < a.terms.size(); ++i)
    norm_a += Square(a.weights[i]) * (factors.empty() ? 1 : Square(factors[i]));
  for (const std::uint8_t weight : b.weights) norm_b += Square(weight);
  for (std::size_t i = 0, j = 0; i < a.terms.size() && j < b.terms.size();) {
    const std::uint32_t term = a.terms[i], other = b.terms[j];
    if (term == other) {
      const double damped = factors.empty() ? 1 : Square(factors[i]);
      product += double{1} * a.weights[i] * b.weights[j] * damped;
      norm_b -= Square(b.weights[j]) * (1 - damped);
    }
    // Sums, no branches: which of the two is smaller cannot be predicted.
    i += term <= other;
    j += other <= term;
  }
  return norm_a > 0 && norm_b > 0 ? product / std::sqrt(norm_a * norm_b) : 0;
}

}  // namespace wirewatch
