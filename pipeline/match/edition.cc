#include "pipeline/match/edition.h"

#include <algorithm>
#include <cstring>

#include "base/text/ascii.h"
#include "pipeline/decode/article_date.h"

namespace wirewatch {
namespace {

bool IsNumbered(std::string_view version) {
  return !version.empty() && version.front() != '.' && version.back() != '.' &&
         version.find("..") == std::string_view::npos &&
         std::all_of(version.begin(), version.end(), [](char c) { return IsAsciiDigit(c) || c == '.'; });
}

std::string_view WithoutV(std::string_view version) {
  if (version.starts_with('v') || version.starts_with('V')) version.remove_prefix(1);
  return version;
}

// Takes the first part off; empty for 0, and behind the last.
std::string_view TakePart(std::string_view& version) {
  const std::size_t dot = std::min(version.find('.'), version.size());
  std::string_view part = version.substr(0, dot);
  version.remove_prefix(std::min(dot + 1, version.size()));
  part.remove_prefix(std::min(part.find_first_not_of('0'), part.size()));
  return part;
}

}  // namespace

std::optional<std::strong_ordering> CompareVersions(std::string_view a, std::string_view b) {
  std::string_view left = WithoutV(a), right = WithoutV(b);
  if (IsNumbered(left) && IsNumbered(right)) {
    while (!left.empty() || !right.empty()) {
      const std::string_view l = TakePart(left), r = TakePart(right);
      if (l.size() != r.size()) return l.size() <=> r.size();
      if (const int order = l.compare(r); order != 0) return order <=> 0;
    }
    return std::strong_ordering::equal;
  }
  const auto at_left = ReadDate(a), at_right = ReadDate(b);
  if (at_left && at_right) return *at_left <=> *at_right;
  return std::nullopt;
}

Edition EditionOf(const ArticleFacts& article) {
  return {article.version, article.published_at, article.status, !article.content_hash.empty(),
          DigestOf({article.version, article.content_hash, Name(article.status)})};
}

bool IsSame(const Edition& a, const Edition& b) {
  if (a.digest == b.digest) return true;
  return (!a.tells_text || !b.tells_text) && a.version == b.version && a.status == b.status;
}

bool IsLater(const Edition& a, const Edition& b) {
  if (!a.version.empty() && !b.version.empty()) {
    const auto order = CompareVersions(a.version, b.version);
    if (order && *order != 0) return *order > 0;
  }
  return a.published_at && b.published_at && *a.published_at > *b.published_at;
}

std::size_t DigestHash::operator()(const Digest& digest) const {
  std::size_t hash = 0;
  std::memcpy(&hash, digest.data(), sizeof hash);
  return hash;
}

}  // namespace wirewatch
