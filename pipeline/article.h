// Article: one version of one news item, as every stage reads it.
#ifndef WIREWATCH_PIPELINE_ARTICLE_H_
#define WIREWATCH_PIPELINE_ARTICLE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "rules/document.h"

namespace wirewatch {

// IPTC ninjs pubstatus.
enum class PublicationStatus : std::uint8_t { kUsable, kWithheld, kCanceled };

constexpr std::string_view Name(PublicationStatus status) {
  constexpr std::string_view kNames[] = {"usable", "withheld", "canceled"};
  return kNames[static_cast<std::size_t>(status)];
}

// All text is valid UTF-8. Paragraphs are parted by newlines. Empty: not given.
struct Article {
  std::string id;       // never empty: given, or the hash of source, url, title and date
  std::string version;  // as given
  std::string title;    // one line
  std::string summary;
  std::string body;
  std::string url;
  std::string source;
  std::vector<std::string> authors;
  std::optional<WallTime> published_at;
  std::string language;  // canonical BCP 47 (rules/language_code.h)
  std::string country;   // ISO 3166 alpha-2, upper case
  std::vector<std::string> tags;
  std::string section;
  PublicationStatus status = PublicationStatus::kUsable;
  std::optional<WallTime> embargoed_until;
  std::optional<int> urgency;  // 1 (most) to 9

  std::string url_host;  // canonical (rules/host.h); from url
};

// What a rule can ask about, but for `now`, which the article's record knows. Borrows from `article`.
Document DocumentOf(const Article& article);

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_ARTICLE_H_
