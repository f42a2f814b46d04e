// Edition: one version of an article, as far as it can be told from another, and which of two is the later one.
//
// Producers number their versions, or give each the time at which it was published, or neither. So of two editions the
// later one is, by the first that decides:
//   1. the one with the higher version, where both have one and these can be compared (CompareVersions);
//   2. the one that was published later, where both say when;
//   3. none: then the one that comes later in the log is taken for the later one.
// Two are the same if version, text and status are; that one of them was published at another time makes no difference.
#ifndef WIREWATCH_PIPELINE_MATCH_EDITION_H_
#define WIREWATCH_PIPELINE_MATCH_EDITION_H_

#include <compare>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/digest.h"
#include "pipeline/match/match.h"

namespace wirewatch {

// Numbers in parts by value, whatever their length: "2" < "10", "1.9" < "1.10", "v2" = "2.0"; times by time, as
// publishers write them (article_date.h). Nothing: no order is known.
std::optional<std::strong_ordering> CompareVersions(std::string_view a, std::string_view b);

struct Edition {
  std::string version;
  std::optional<WallTime> published_at;
  PublicationStatus status = PublicationStatus::kUsable;
  bool tells_text = true;  // false: a match of an older program, which knows no hash of the text
  Digest digest{};         // of version, text and status
};

Edition EditionOf(const ArticleFacts& article);

// Where one does not tell its text, version and status decide.
bool IsSame(const Edition& a, const Edition& b);
// Whether version or time of publication say that `a` is later than `b`.
bool IsLater(const Edition& a, const Edition& b);

struct DigestHash {
  std::size_t operator()(const Digest& digest) const;
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_MATCH_EDITION_H_
