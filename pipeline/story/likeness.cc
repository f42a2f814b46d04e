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
SharedShingles Compare(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b, std::size_t most) {
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
  found.of = static_cast<std::uint32_t>(std::min(i, j));
  return found;
}

double CopyLikeness(const SignatureView& a, const SignatureView& b, const LikenessLimits& limits, bool same_source) {
  const SharedShingles text = Compare(a.text, b.text, StorySignature::kText);
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
  const double missing = 1 - static_cast<double>(article.terms.size()) / static_cast<double>(StorySignature::kTerms);
  return limits.event_cosine + limits.event_few_terms * missing;
}

double EventLikeness(const SignatureView& a, const SignatureView& b, std::span<const double> factors) {
  double product = 0, norm_a = 0, norm_b = 0;
  std::size_t j = 0;
  for (std::size_t i = 0; i < a.terms.size(); ++i) {
    const double damped = factors.empty() ? 1 : Square(factors[i]);
    norm_a += Square(a.weights[i]) * damped;
    for (; j < b.terms.size() && b.terms[j] < a.terms[i]; ++j) norm_b += Square(b.weights[j]);
    if (j == b.terms.size() || b.terms[j] != a.terms[i]) continue;
    product += double{1} * a.weights[i] * b.weights[j] * damped;
    norm_b += Square(b.weights[j]) * damped;
    ++j;
  }
  for (; j < b.terms.size(); ++j) norm_b += Square(b.weights[j]);
  return norm_a > 0 && norm_b > 0 ? product / std::sqrt(norm_a * norm_b) : 0;
}

}  // namespace wirewatch
