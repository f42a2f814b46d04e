// Article: one version of one news item, as all that comes after reads it.
#ifndef WIREWATCH_PIPELINE_DECODE_ARTICLE_H_
#define WIREWATCH_PIPELINE_DECODE_ARTICLE_H_

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "rules/text/document.h"

namespace wirewatch {

// What an article has, by the names of the flat shape (docs/articles.md).
enum class ArticleField : std::uint8_t {
  kId,
  kVersion,
  kTitle,
  kSummary,
  kBody,
  kUrl,
  kSource,
  kAuthors,
  kPublishedAt,
  kLanguage,
  kCountry,
  kTags,
  kSection,
  kStatus,
  kEmbargoedUntil,
  kUrgency,
  kCount
};
inline constexpr std::size_t kArticleFieldCount = static_cast<std::size_t>(ArticleField::kCount);

constexpr std::string_view Name(ArticleField field) {
  constexpr std::string_view kNames[] = {"id",      "version", "title",           "summary",  "body",    "url",
                                         "source",  "authors", "published_at",    "language", "country", "tags",
                                         "section", "status",  "embargoed_until", "urgency"};
  return kNames[static_cast<std::size_t>(field)];
}

class ArticleFields {
 public:
  void Add(ArticleField field) { bits_.set(static_cast<std::size_t>(field)); }
  bool Has(ArticleField field) const { return bits_[static_cast<std::size_t>(field)]; }
  bool empty() const { return bits_.none(); }
  void Clear() { bits_.reset(); }
  bool operator==(const ArticleFields&) const = default;

 private:
  std::bitset<kArticleFieldCount> bits_;
};

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
  std::string language;  // canonical BCP 47 (rules/codes/language_code.h)
  std::string country;   // ISO 3166 alpha-2, upper case
  std::vector<std::string> tags;
  std::string section;
  PublicationStatus status = PublicationStatus::kUsable;
  std::optional<WallTime> embargoed_until;
  std::optional<int> urgency;  // 1 (most) to 9

  ArticleFields
      unreadable;  // were given, but not as what they mean: they, or the part that could not be read, are left out

  std::string url_host;  // canonical (rules/codes/host.h); from url
};

// What a rule can ask about, but for `now`, which the article's record knows. Borrows from `article`.
Document DocumentOf(const Article& article);

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_DECODE_ARTICLE_H_
